"""Turning the page of an organisation's history: its spans, its place, its counts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from bihuan.lib.dates import told_day
from bihuan.lib.refusals import Refused
from bihuan.lib.tree import end_of_subtree, segment
from bihuan.orgs.choices import MemberStatus, OrgKind
from bihuan.orgs.models import Membership, Org, OrgSpan, StatusSpan


def turn_page(org: Org, on: dt.date, **facts: Any) -> None:
    """Let the facts of `org` be others from the day `on` on.

    Later spans, if any, take over the changed facts too: a correction in the past holds
    until today unless a later change says otherwise about the same fact.
    """
    current = (
        OrgSpan.objects.filter(org=org, since_date__lte=on)
        .filter(Q(until_date=None) | Q(until_date__gt=on))
        .first()
    )
    if current is None:
        raise Refused(
            _("“%(org)s”在 %(day)s 还没有成立或已经撤销。") % {"org": org, "day": told_day(on)}
        )
    unchanged = {name: getattr(current, name) for name in facts}
    if unchanged == facts:
        return
    if current.since_date == on:
        OrgSpan.objects.filter(pk=current.pk).update(**facts)
    else:
        later = OrgSpan(
            org=org, since_date=on, until_date=current.until_date, name=current.name,
            kind=current.kind, parent=current.parent, full_members=current.full_members,
            groups=current.groups, tags=current.tags,
        )  # fmt: skip
        for name, value in facts.items():
            setattr(later, name, value)
        OrgSpan.objects.filter(pk=current.pk).update(until_date=on)
        later.save()
    for span in OrgSpan.objects.filter(org=org, since_date__gt=on):
        kept = {name: v for name, v in facts.items() if getattr(span, name) == unchanged[name]}
        if kept:
            OrgSpan.objects.filter(pk=span.pk).update(**kept)


def ever_above(org: Org, since: dt.date) -> set[int]:
    """`org` and all who stand above it on a day from `since` on, or will."""
    found: set[int] = set()
    todo = {org.pk}
    while todo:
        found |= todo
        spans = OrgSpan.objects.filter(Q(until_date=None) | Q(until_date__gt=since), org__in=todo)
        parents = spans.filter(parent__isnull=False).values_list("parent_id", flat=True)
        todo = {parent for parent in parents if parent is not None} - found
    return found


def stand_where_last(org: Org) -> None:
    """Put `org` under the parent of its last span: a later move stays if an earlier is added."""
    last = OrgSpan.objects.filter(org=org).select_related("parent").latest("since_date").parent
    if last == org.parent or last is None:
        return
    _rewrite_paths(org.path, last.path + segment(org.pk))
    Org.objects.filter(pk=org.pk).update(parent=last)
    org.refresh_from_db()


def _rewrite_paths(old: str, new: str) -> None:
    """Give every organisation at or below `old` a path that begins with `new` instead."""
    below = Org.objects.filter(path__gte=old, path__lt=end_of_subtree(old))
    moved = list(below.only("pk", "path"))
    for org in moved:
        org.path = new + org.path[len(old) :]
    Org.objects.bulk_update(moved, ["path"], batch_size=2000)


def parents(org: Org) -> set[int]:
    """Under whom `org` stands, stood or is going to stand."""
    found = OrgSpan.objects.filter(org=org, parent__isnull=False)
    return {parent for parent in found.values_list("parent_id", flat=True) if parent is not None}


def counting_groups(org: Org, had: Iterable[int] = (), *, since: dt.date) -> set[int]:
    """Count the groups of those above `org` again, if it is one of them; return who they are.

    `had` are its parents before a change that may have left no trace of them.
    """
    if org.kind != OrgKind.GROUP:
        return set()
    above = {*had, *parents(org)}
    recount(Org.objects.filter(pk__in=above).exclude(dissolved_date__lte=since), since=since)
    return above


def recount(orgs: Iterable[Org], *, since: dt.date) -> None:
    """Count members and groups of `orgs` again, for every span from `since` on."""
    for org in orgs:
        day = max(since, org.founded_date)
        members, groups = _counted(org, day)
        turn_page(org, day, full_members=members, groups=groups)
        for later in OrgSpan.objects.filter(org=org, since_date__gt=day):
            members, groups = _counted(org, later.since_date)
            OrgSpan.objects.filter(pk=later.pk).update(full_members=members, groups=groups)
        Org.objects.filter(pk=org.pk).update(full_members=members, groups=groups)


def _counted(org: Org, day: dt.date) -> tuple[int, int]:
    """Full members and groups of `org` on the day `day`."""
    full = Membership.objects.filter(full_member(day), org=org).on(day)
    groups = OrgSpan.objects.filter(parent=org, kind=OrgKind.GROUP, since_date__lte=day)
    return full.count(), groups.filter(Q(until_date=None) | Q(until_date__gt=day)).count()


def full_member(day: dt.date) -> Q:
    """Memberships of those who were full members on the day `day`."""
    spans = StatusSpan.objects.filter(person=OuterRef("person"))
    then = spans.filter(
        Q(since_date=None) | Q(since_date__lte=day),
        Q(until_date=None) | Q(until_date__gt=day),
        status=MemberStatus.FULL,
    )
    return Exists(then) | (~Exists(spans) & Q(person__status=MemberStatus.FULL))


def refuse_unless_living(org: Org, on: dt.date) -> None:
    """Refuse what begins in `org` on a day on which it is not there."""
    if on < org.founded_date:
        raise Refused(
            _("“%(org)s”%(day)s才成立，不能从更早的一天起。")
            % {"org": org, "day": told_day(org.founded_date)}
        )
    if org.dissolved_date is not None and on >= org.dissolved_date:
        raise Refused(_("“%(org)s”已经撤销，请另选一个组织。") % {"org": org})
