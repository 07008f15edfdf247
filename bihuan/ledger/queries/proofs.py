"""What records prove, for whom: from activities and completions to proofs.

One function serves a single record and a whole year, so that what is kept up record by
record equals what is computed from nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from django.db.models import Q

from bihuan.activities.choices import ActivityState, Presence
from bihuan.activities.models import Activity, Attendance
from bihuan.activities.queries import COMMITTEE_POSTS
from bihuan.activities.rules import calls_roll
from bihuan.duties.models import Completion
from bihuan.ledger.choices import SourceType
from bihuan.ledger.queries.store import Progress, completion_kind
from bihuan.ledger.rules.terms import PARTS, Proof, Signature
from bihuan.lib.tree import end_of_subtree, keys
from bihuan.orgs.choices import MemberStatus, OrgKind
from bihuan.orgs.models import Appointment, Membership

BATCH = 2000


@dataclass
class _People:
    """Who holds posts, and where these people belong: all that a record's proofs ask of people."""

    posts: dict[int, list[tuple[int, str, dt.date, dt.date | None]]] = field(default_factory=dict)
    offices: dict[int, list[tuple[int, dt.date, dt.date | None]]] = field(default_factory=dict)
    at_org: dict[int, list[tuple[int, dt.date, dt.date | None]]] = field(default_factory=dict)
    in_group: dict[int, list[tuple[int, dt.date, dt.date | None]]] = field(default_factory=dict)
    below: dict[int, list[tuple[int, dt.date, dt.date | None]]] = field(default_factory=dict)

    @classmethod
    def load(cls, only: set[int] | None = None) -> _People:
        """Everybody who ever held a post, or `only` these people."""
        people = cls()
        holders = Appointment.objects.all()
        if only is not None:
            holders = holders.filter(person__in=only)
        rows = holders.values_list("person_id", "org_id", "post", "since_date", "until_date")
        for person, org, post, since, until in rows:
            people.posts.setdefault(person, []).append((org, post, since, until))
            if post in COMMITTEE_POSTS:
                people.offices.setdefault(org, []).append((person, since, until))
        members = Membership.objects.filter(
            person__status__in=[MemberStatus.FULL, MemberStatus.PROBATIONARY],
            person__in=holders.values("person"),
        ).values_list("person_id", "org_id", "group_id", "since_date", "until_date", "org__path")
        for person, org, group, since, until, path in members:
            stay = (person, since, until)
            people.at_org.setdefault(org, []).append(stay)
            people.in_group.setdefault(group, []).append(stay)
            for above in keys(path):
                people.below.setdefault(above, []).append(stay)
        return people

    def held(self, person: int, day: dt.date) -> list[tuple[int, str]]:
        """(organisation, post) of everything this person was on `day`."""
        found = self.posts.get(person, [])
        return [(org, post) for org, post, since, until in found if _covers(since, until, day)]

    def in_office(self, org_id: int, day: dt.date) -> set[int]:
        found = self.offices.get(org_id, [])
        return {person for person, since, until in found if _covers(since, until, day)}

    def due(self, activity: Activity, day: dt.date) -> set[int]:
        """Holders of posts who were due at this record; see `activities.queries.due_people`."""
        org = activity.org
        ranges = {kind.attendance for kind in activity.kinds.all()}
        if not calls_roll(ranges):
            return set()
        ranges.discard("NONE")
        if org.kind == OrgKind.LEADING_GROUP or ranges == {"COMMITTEE"}:
            return self.in_office(org.pk, day)
        tables = {OrgKind.GROUP: self.in_group, OrgKind.BRANCH: self.at_org}
        table = tables.get(OrgKind(org.kind), self.below)
        found = {
            person
            for person, since, until in table.get(org.pk, [])
            if _covers(since, until, day)
        }  # fmt: skip
        if table is self.below and not found:
            return self.in_office(org.pk, day)
        return found


def _covers(since: dt.date, until: dt.date | None, day: dt.date) -> bool:
    return since <= day and (until is None or day < until)


def proofs_of_activity(activity: Activity) -> list[Proof]:
    """The proofs of one record; none if it is withdrawn. Only people near to it are read."""
    host = activity.org
    members = Q(org__path__gte=host.path, org__path__lt=end_of_subtree(host.path)) | Q(group=host)
    near = Membership.objects.filter(members, person__in=Appointment.objects.values("person"))
    ids = set(near.values_list("person_id", flat=True))
    ids |= set(Appointment.objects.filter(org=host).values_list("person_id", flat=True))
    ids |= set(activity.speakers.values_list("pk", flat=True))
    there = activity.attendance.filter(person__isnull=False)
    ids |= {person for person in there.values_list("person_id", flat=True) if person is not None}
    if activity.chair_id is not None:
        ids.add(activity.chair_id)
    found = dict(proofs_of_activities(Q(pk=activity.pk), _People.load(ids)))
    return found.get(activity.pk, [])


def proofs_of_activities(
    wanted: Q, people: _People | None = None
) -> Iterable[tuple[int, list[Proof]]]:
    """(activity, its proofs) for the filed records that `wanted` picks."""
    people = people or _People.load()
    found = Activity.objects.filter(wanted, state=ActivityState.FILED).order_by("pk")
    full = found.select_related("org").prefetch_related("kinds", "co_hosts", "speakers")
    apart: dict[int, tuple[set[int], set[int]]] = {}
    rows = Attendance.objects.filter(activity__in=found.values("pk"), person__isnull=False)
    for record, person, presence in rows.values_list("activity_id", "person_id", "presence"):
        absent, visiting = apart.setdefault(record, (set(), set()))
        (absent if presence == Presence.ABSENT else visiting).add(person or 0)
    for activity in full.iterator(chunk_size=BATCH):
        absent, visiting = apart.get(activity.pk, (set(), set()))
        yield activity.pk, _proofs(activity, people, absent, visiting)


def _proofs(
    activity: Activity, people: _People, absent: set[int], visiting: set[int]
) -> list[Proof]:
    day = activity.held_date
    chair = {activity.chair_id} if activity.chair_id else set()
    speakers = {person.pk for person in activity.speakers.all()}
    there = (people.due(activity, day) | visiting) - absent | chair | speakers
    kinds = frozenset(kind.code for kind in activity.kinds.all())
    parts = [("chair", chair), ("speaker", speakers), ("attendee", there)]
    posts = {
        part: frozenset(post for person in who for _org, post in people.held(person, day))
        for part, who in parts
    }
    roles: dict[tuple[int, str], set[str]] = {}
    for part, who in parts:
        for person in who:
            for subject in people.held(person, day):
                roles.setdefault(subject, set()).add(part)
    hosts = {activity.org_id, *(org.pk for org in activity.co_hosts.all())}
    subjects = {(host, ""): frozenset[str]() for host in hosts}
    subjects |= {subject: frozenset(played) for subject, played in roles.items()}
    counts_for = activity.counts_for_date or day
    return [
        Proof(
            source=(SourceType.ACTIVITY, activity.pk),
            subject=subject,
            signature=Signature(
                kinds, played, posts["chair"], posts["speaker"], posts["attendee"]
            ),
            held=day.toordinal(),
            counts_for=counts_for.toordinal(),
            present=activity.voters_present,
            entitled=activity.entitled,
        )
        for subject, played in sorted(subjects.items())
    ]  # fmt: skip


def proof_of_completion(completion: Completion) -> Proof:
    """A completion proves the duty whose lineage it names, whatever part was to be played."""
    return Proof(
        source=(SourceType.COMPLETION, completion.pk),
        subject=(completion.org_id, completion.post),
        signature=Signature(
            frozenset({completion_kind(completion.lineage)}),
            frozenset(PARTS) if completion.post else frozenset(),
        ),
        held=completion.done_date.toordinal(),
        counts_for=completion.counts_for_date.toordinal(),
    )


def fresh_proofs(year: int, progress: Progress = None) -> Iterator[Proof]:
    """Everything the records of `year` prove, from the records themselves."""
    days = dt.date(year, 1, 1), dt.date(year, 12, 31)
    own = Q(counts_for_date=None, held_date__range=days) | Q(counts_for_date__range=days)
    for number, (_activity, proofs) in enumerate(proofs_of_activities(own)):
        yield from proofs
        if progress and number % 1000 == 0:
            progress("records", number, 0)
    for completion in Completion.objects.filter(withdrawn_at=None, counts_for_date__range=days):
        yield proof_of_completion(completion)
