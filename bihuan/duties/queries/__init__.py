"""Reads about duties and programmes that need a person's reach or the tree."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Concat
from django.utils.translation import gettext as _

from bihuan.access.permissions import Permission
from bihuan.access.queries import Visitor, orgs_where, within_reach
from bihuan.activities.models import Kind
from bihuan.duties.choices import ProgrammeState, Verdict
from bihuan.duties.models import Duty, Programme, Proposal
from bihuan.orgs.choices import OrgKind, Post
from bihuan.orgs.models import Appointment, Org, OrgQuerySet


def visible_duties(user: Visitor) -> QuerySet[Duty]:
    """The duties that `user` may read: of the nation, of their own reach, and of those above.

    Whoever is bound by a duty may read it, therefore an organisation's duties are open to
    everybody below it.
    """
    orgs = orgs_where(user, Permission.DUTY_VIEW)
    return Duty.objects.filter(Q(org=None) | Q(org__in=orgs) | Exists(_below(orgs)))


def visible_programmes(user: Visitor) -> QuerySet[Programme]:
    """The plans that `user` may read: those of their reach, and the issued ones from above."""
    orgs = orgs_where(user, Permission.PLAN_VIEW)
    from_above = Q(Exists(_below(orgs)), state=ProgrammeState.ISSUED)
    return Programme.objects.filter(Q(org__in=orgs) | from_above)


def _below(orgs: OrgQuerySet) -> OrgQuerySet:
    """Those of `orgs` that lie at or below the organisation of the outer row."""
    top = OuterRef("org__path")
    return orgs.filter(path__gte=top, path__lt=Concat(top, Value("~")))


def programme_list(user: Visitor) -> QuerySet[Programme]:
    """The plans that `user` may read, newest first, with how far their review is."""
    task = ~Q(proposals__verdict=Verdict.DROPPED) | ~Q(proposals__reading__actionable=False)
    return (
        visible_programmes(user)
        .select_related("org")
        .annotate(
            total=Count("proposals", filter=task),
            undecided=Count("proposals", filter=Q(proposals__verdict=Verdict.OPEN)),
        )
        .annotate(decided=F("total") - F("undecided"))
        .order_by("-created_at", "-pk")
    )


def proposals_of(programme: Programme) -> list[Proposal]:
    """All proposals in the order of the document, with clause and last reviewer."""
    return list(programme.proposals.select_related("clause", "changed_by").order_by("order", "pk"))


def proposals_to_edit(user: Visitor) -> QuerySet[Proposal]:
    """The proposals of the plans that `user` may write."""
    programmes = within_reach(Programme, user, Permission.PLAN_EDIT)
    found = Proposal.objects.select_related("programme__org", "clause", "changed_by")
    return found.filter(programme__in=programmes)


def scopes_of(programme: Programme, user: Visitor) -> OrgQuerySet:
    """Under which organisations `user` may let a plan bind: its own, and those right below."""
    near = Org.objects.filter(Q(pk=programme.org_id) | Q(parent=programme.org_id)).living()
    return near.filter(pk__in=orgs_where(user, Permission.DUTY_ISSUE)).order_by("path")


def is_task(proposal: Proposal) -> bool:
    """Whether the proposal counts as something to review.

    What the reader took for mere words, and nobody took up since, does not.
    """
    return bool(proposal.reading.get("actionable", True)) or proposal.verdict != Verdict.DROPPED


def kinds_by_code() -> dict[str, Kind]:
    return {kind.code: kind for kind in Kind.objects.order_by("order", "pk")}


def orgs_in_scope(scope: dict[str, object]) -> OrgQuerySet:
    """The living organisations that a scope names by today's facts; see `Duty.scope`."""
    found = Org.objects.living()
    filters = {
        "kinds": "kind__in",
        "min_members": "full_members__gte",
        "max_members": "full_members__lte",
        "orgs": "pk__in",
    }
    for key, lookup in filters.items():
        if scope.get(key):
            found = found.filter(**{lookup: scope[key]})
    if scope.get("groups") is not None:
        found = found.filter(groups__gt=0) if scope["groups"] else found.filter(groups=0)
    under = scope.get("under")
    if isinstance(under, list) and under:
        found = found.under(*Org.objects.filter(pk__in=under).values_list("path", flat=True))
    wanted = scope.get("tags")
    if isinstance(wanted, list) and wanted:
        # SQLite has no containment of JSON lists, so the few tagged ones are sifted here.
        tagged = found.exclude(tags=[]).values_list("pk", "tags")
        found = found.filter(pk__in=[pk for pk, tags in tagged if set(wanted) <= set(tags)])
    return found


def bound_by(duty: Duty, *, on: dt.date) -> tuple[int, int]:
    """How many organisations `duty` binds on the day `on`, and how many owe it in them.

    Without posts each organisation owes it once; with posts, each post that is held does.
    """
    orgs = orgs_in_scope(duty.scope)
    if not duty.posts:
        count = orgs.count()
        return count, count
    held = (
        Appointment.objects.on(on)
        .filter(org__in=orgs, post__in=duty.posts)
        .values("org", "post")
        .distinct()
    )
    owing = list(held.values_list("org", flat=True))
    return len(set(owing)), len(owing)


def whom(duty: Duty, under: dict[int, str]) -> str:
    """Whom `duty` binds, in words: kinds of organisation, conditions, posts, and where.

    `under` names the organisations of `scope["under"]` and `scope["orgs"]`.
    """
    scope = duty.scope
    kinds = "、".join(str(OrgKind(kind).label) for kind in scope.get("kinds", []))
    places = [under.get(pk, "") for pk in (*scope.get("under", []), *scope.get("orgs", []))]
    posts = "、".join(str(Post(post).label) for post in duty.posts)
    where = "、".join(place for place in places if place)
    return " · ".join(word for word in (where, kinds, *_conditions(scope), posts) if word)


def _conditions(scope: dict[str, Any]) -> list[str]:
    said = []
    if scope.get("min_members"):
        said.append(_("正式党员 %(n)d 人以上") % {"n": scope["min_members"]})
    if scope.get("max_members"):
        said.append(_("正式党员不超过 %(n)d 人") % {"n": scope["max_members"]})
    if scope.get("groups") is not None:
        said.append(_("设有党小组") if scope["groups"] else _("未设党小组"))
    if scope.get("tags"):
        said.append(_("标签：%(tags)s") % {"tags": "、".join(scope["tags"])})
    return said


def names_of_places(duties: Iterable[Duty]) -> dict[int, str]:
    """The names of the organisations that scopes mention, in one query."""
    wanted = {pk for duty in duties for key in ("under", "orgs") for pk in duty.scope.get(key, [])}
    if not wanted:
        return {}
    return {org.pk: str(org) for org in Org.objects.filter(pk__in=wanted)}


def history_of(duty: Duty) -> Sequence[Duty]:
    """All rows of the same lineage, oldest first."""
    rows = Duty.objects.filter(lineage=duty.lineage).select_related("issued_by")
    return list(rows.order_by("valid_from_date", "pk"))
