"""Reads about records that need the people of an organisation, or what is somebody's own."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from bihuan.accounts.models import User
from bihuan.activities.models import Activity, ActivityFile, Kind, RecordDraft, StagedFile
from bihuan.activities.rules import calls_roll
from bihuan.orgs.choices import MemberStatus, OrgKind, Post
from bihuan.orgs.models import Org, Person

COMMITTEE_POSTS = (
    Post.SECRETARY, Post.DEPUTY_SECRETARY, Post.FULL_TIME_DEPUTY, Post.ORGANISATION_MEMBER,
    Post.PUBLICITY_MEMBER, Post.DISCIPLINE_MEMBER, Post.COMMITTEE_MEMBER, Post.GROUP_SECRETARY,
    Post.GROUP_DEPUTY, Post.GROUP_MEMBER,
)  # fmt: skip


@dataclass(frozen=True)
class Due:
    """One person from whom attendance is due, and whether they may vote."""

    person: Person
    votes: bool


def due_people(org: Org, kinds: Iterable[Kind], *, on: dt.date) -> list[Due]:
    """Who should attend a meeting of these kinds hosted by `org` on the day `on`.

    The widest range among the kinds decides: a theme day that is a committee meeting too
    expects all members; a talk or a visit expects nobody. Only full members vote (党章 art. 7).
    """
    ranges = {kind.attendance for kind in kinds}
    if not calls_roll(ranges):
        return []
    ranges.discard("NONE")
    if org.kind == OrgKind.LEADING_GROUP or ranges == {"COMMITTEE"}:
        people = _in_office(org, on)
    elif org.kind == OrgKind.GROUP:
        people = _belonging(Q(memberships__group=org), on)
    elif org.kind == OrgKind.BRANCH:
        people = _belonging(Q(memberships__org=org), on)
    else:
        # By the tree of that day: who has moved away since was due, who came later was not.
        below = Org.objects.stood_below(org, on=on)
        people = _belonging(Q(memberships__org__in=below), on)
        if "COMMITTEE" in ranges or not people:
            people = people or _in_office(org, on)
    return [Due(person, votes=person.status == MemberStatus.FULL) for person in people]


def _belonging(where: Q, on: dt.date) -> list[Person]:
    dated = Q(memberships__until_date=None) | Q(memberships__until_date__gt=on)
    found = Person.objects.filter(
        where, dated, memberships__since_date__lte=on,
        status__in=[MemberStatus.FULL, MemberStatus.PROBATIONARY],
    )  # fmt: skip
    return list(found.distinct().order_by("name", "pk"))


def _in_office(org: Org, on: dt.date) -> list[Person]:
    dated = Q(appointments__until_date=None) | Q(appointments__until_date__gt=on)
    found = Person.objects.filter(
        dated, appointments__org=org, appointments__post__in=COMMITTEE_POSTS,
        appointments__since_date__lte=on,
    )  # fmt: skip
    return list(found.distinct().order_by("name", "pk"))


def people_of(org: Org, *, on: dt.date, also: Collection[int] = ()) -> list[Person]:
    """Who may chair, speak, take part or be given a task in a record of `org` on the day `on`.

    The members of a branch or group; elsewhere those in office, who are few where the members
    below are thousands. `also` are people who stand in the record already.
    """
    if org.kind == OrgKind.BRANCH:
        found = _belonging(Q(memberships__org=org), on)
    elif org.kind == OrgKind.GROUP:
        found = _belonging(Q(memberships__group=org), on)
    else:
        found = _in_office(org, on)
    missing = set(also) - {person.pk for person in found}
    return found + list(Person.objects.filter(pk__in=missing).order_by("name", "pk"))


def similar(org: Org, kinds: Sequence[str], *, on: dt.date) -> Activity | None:
    """A record of the same day, host and kind, perhaps filed a moment ago by somebody else."""
    found = Activity.objects.filed().filter(org=org, held_date=on, kinds__code__in=kinds)
    return found.select_related("filed_by").order_by("-pk").first()


@dataclass(frozen=True)
class Usual:
    """What was so last time and will probably be so again."""

    chair_id: int | None
    place: str
    start_time: dt.time | None


def usual(org: Org) -> Usual:
    """Chair, place and hour of the newest record of `org`; else its secretary."""
    last = Activity.objects.filed().filter(org=org).order_by("-held_date", "-pk").first()
    if last is not None:
        return Usual(last.chair_id, last.place, last.start_time)
    secretary = org.appointments.filter(
        post__in=[Post.SECRETARY, Post.GROUP_LEADER, Post.GROUP_SECRETARY], until_date=None
    ).first()
    return Usual(secretary.person_id if secretary else None, "", None)


def kinds_for(org: Org) -> list[Kind]:
    """The kinds of record that an organisation of this kind may host."""
    return [
        kind
        for kind in Kind.objects.order_by("order", "pk")
        if not kind.org_kinds or org.kind in kind.org_kinds
    ]


def all_kinds() -> QuerySet[Kind]:
    """Every kind of record there is, in the order of the packs."""
    return Kind.objects.order_by("order", "pk")


def drafts_of(user: User) -> QuerySet[RecordDraft]:
    """What `user` has begun and not filed, newest first. Nobody else sees it."""
    found = RecordDraft.objects.filter(user=user).select_related("org", "activity")
    return found.order_by("-saved_at", "pk")


def staged_of(user: User, key: uuid.UUID) -> QuerySet[StagedFile]:
    """The files that `user` has chosen in the form `key` and not yet sent. Nobody else's."""
    return StagedFile.objects.filter(user=user, key=key).order_by("pk")


def files_of(activity: Activity) -> QuerySet[ActivityFile]:
    """The files of a record: those that stand, and what is left of those removed."""
    return activity.files.select_related("added_by", "removed_by").order_by("pk")
