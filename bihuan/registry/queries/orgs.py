"""The tree and one organisation as somebody may see them."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet, Sum
from django.utils.translation import gettext as _

from bihuan.access.permissions import Permission
from bihuan.access.queries import Visitor, orgs_where, top_orgs_where, within_reach
from bihuan.ledger.queries.papers import heads_of
from bihuan.lib.tree import ancestors
from bihuan.orgs.choices import OrgKind, Post
from bihuan.orgs.models import Appointment, Membership, Org, OrgQuerySet, OrgSpan
from bihuan.registry.rules import COMMITTEE_POSTS, Facts

FOUND_AT_MOST = 60


@dataclass(frozen=True)
class Node:
    """One line of the tree: an organisation, its secretary, how many stand right below it."""

    org: Org
    head: str
    below: int


def tree_tops(user: Visitor) -> list[Org]:
    """Where the tree begins for `user`."""
    return list(top_orgs_where(user, Permission.ORG_VIEW))


def orgs_named(user: Visitor, words: str) -> list[Org]:
    """The living organisations within reach with these words in their name, one too many."""
    reach = within_reach(Org, user, Permission.ORG_VIEW)
    named = Q(name__icontains=words) | Q(short_name__icontains=words)
    rows = reach.filter(named, dissolved_date=None).select_related("parent")
    return list(rows.order_by("path")[: FOUND_AT_MOST + 1])


def nodes(orgs: Sequence[Org], *, today: dt.date, with_heads: bool) -> list[Node]:
    """Lines for these organisations, in two statements however many they are."""
    ids = [org.pk for org in orgs]
    heads = heads_of(ids, today) if with_heads else {}
    below = Org.objects.living().filter(parent__in=ids)
    counts = Counter(below.values_list("parent_id", flat=True))
    return [Node(org, heads.get(org.pk, ""), counts[org.pk]) for org in orgs]


def children_of(org: Org, *, dissolved: bool = False) -> list[Org]:
    rows = Org.objects.filter(parent=org)
    rows = rows.exclude(dissolved_date=None) if dissolved else rows.living()
    return list(rows.order_by("path"))


def way_to(org: Org, user: Visitor) -> list[Org]:
    """The organisations above `org` that `user` may see, top first."""
    above = within_reach(Org, user, Permission.ORG_VIEW)
    return list(above.filter(path__in=ancestors(org.path)).order_by("path"))


def may_at(user: Visitor, permission: Permission, org: Org) -> bool:
    """Whether `user` holds `permission` for this organisation."""
    return orgs_where(user, permission).filter(pk=org.pk).exists()


def operable(user: Visitor) -> OrgQuerySet:
    """The living organisations that `user` may rename, move, dissolve.

    What somebody was granted is changed by those above it; only the top of the tree, above
    which there is nobody, by whoever was granted it.
    """
    tops = top_orgs_where(user, Permission.ORG_EDIT).exclude(parent=None)
    return orgs_where(user, Permission.ORG_EDIT).living().exclude(pk__in=tops.values("pk"))


def editable(user: Visitor, permission: Permission = Permission.ORG_EDIT) -> OrgQuerySet:
    """The living organisations below which `user` may establish, or whose people they keep."""
    return orgs_where(user, permission).living()


def members_of(org: Org, *, today: dt.date) -> QuerySet[Membership]:
    """Who belongs to `org` today, by name."""
    rows = Membership.objects.on(today).filter(Q(org=org) | Q(group=org))
    return rows.select_related("person", "group").order_by("person__name", "person_id")


def posts_of(org: Org, *, today: dt.date) -> tuple[list[Appointment], list[Appointment]]:
    """The posts held in `org` today or later on, and the fifty that ended last."""
    rows = Appointment.objects.filter(org=org).select_related("person")
    over = Q(until_date__lte=today)
    ended = rows.filter(over).order_by("-until_date", "-pk")[:50]
    return sorted(rows.exclude(over).order_by("since_date", "pk"), key=_rank), list(ended)


def _rank(appointment: Appointment) -> int:
    order = [value for value, _label in Appointment._meta.get_field("post").flatchoices]
    return order.index(appointment.post) if appointment.post in order else len(order)


@dataclass(frozen=True)
class Event:
    """One line of an organisation's history."""

    on: dt.date
    text: str


def history_of(org: Org) -> list[Event]:
    """What became of `org`, newest first: founded, renamed, moved, dissolved."""
    spans = list(OrgSpan.objects.filter(org=org).select_related("parent").order_by("since_date"))
    told = [
        Event(later.since_date, text)
        for earlier, later in zip([None, *spans], spans, strict=False)
        for text in _changes(earlier, later)
    ]
    for each in org.merged.all():
        if each.dissolved_date is not None:
            told.append(Event(each.dissolved_date, _("接收：%(org)s") % {"org": each.name}))
    if org.dissolved_date is not None:
        into = org.merged_into
        text = _("并入：%(org)s") % {"org": into.name} if into else _("撤销")
        told.append(Event(org.dissolved_date, text))
    return sorted(told, key=lambda each: each.on)[::-1]


def _changes(earlier: OrgSpan | None, later: OrgSpan) -> Iterable[str]:
    where = later.parent.name if later.parent else ""
    if earlier is None:
        told = {"name": later.name, "kind": OrgKind(later.kind).label, "where": where}
        if where:
            yield _("成立：%(name)s（%(kind)s），隶属%(where)s") % told
        else:
            yield _("成立：%(name)s（%(kind)s）") % told
        return
    if earlier.name != later.name:
        yield _("更名：%(before)s → %(after)s") % {"before": earlier.name, "after": later.name}
    if earlier.parent_id != later.parent_id:
        before = earlier.parent.name if earlier.parent else ""
        yield _("调整隶属：%(before)s → %(after)s") % {"before": before, "after": where}
    if earlier.tags != later.tags:
        yield _("标签：%(tags)s") % {"tags": "、".join(later.tags) or "–"}


def namesakes(parent: Org, name: str) -> bool:
    """Whether a living organisation of this name stands right below `parent`."""
    return Org.objects.living().filter(parent=parent, name=name).exists()


def groups_of(org: Org) -> OrgQuerySet:
    """The groups that stand right below `org` today."""
    return Org.objects.living().filter(parent=org, kind=OrgKind.GROUP).order_by("path")


def facts_of(org: Org, *, today: dt.date) -> Facts:
    """What the rules ask of `org`: four statements, whatever its size."""
    held = Appointment.objects.on(today).filter(org=org).values_list("post", "person_id")
    posts = list(held)
    below = Org.objects.under(org.path).living()
    officers = Appointment.objects.on(today).filter(org__in=below, post=Post.PARTY_OFFICER)
    return Facts(
        kind=org.kind,
        full_members=org.full_members,
        held=frozenset(post for post, _person in posts),
        committee=len({person for post, person in posts if post in COMMITTEE_POSTS}),
        term_end=org.term_end_date,
        below_members=below.aggregate(total=Sum("full_members"))["total"] or 0,
        below_kinds=frozenset(below.values_list("kind", flat=True).distinct()),
        staff=org.staff_count,
        officers=officers.values("person").distinct().count(),
    )
