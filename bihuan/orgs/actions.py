"""Everything that changes the tree, a membership or a post.

After each change the callables in `after_change` are told which organisations are not what
they were and from which day on; the ledger uses it to move the cells concerned.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from bihuan.accounts.models import User
from bihuan.audit.actions import write_entry
from bihuan.lib.refusals import Refused
from bihuan.lib.tree import LEVELS, SEGMENT, contains, end_of_subtree, segment
from bihuan.orgs.choices import MemberStatus, OrgKind
from bihuan.orgs.models import Appointment, Membership, Org, OrgSpan, Person


@dataclass(frozen=True)
class Change:
    """Organisations that are not what they were, from the day `since` on.

    `people` are those whose post or membership it is about; None if that is not known.
    """

    org_ids: frozenset[int]
    since: dt.date
    people: frozenset[int] | None = frozenset()


after_change: list[Callable[[Change], None]] = []


class CyclicMove(Refused):
    """An organisation cannot be moved below itself."""


@transaction.atomic
def establish(
    name: str,
    kind: str,
    *,
    parent: Org | None,
    founded: dt.date,
    by: User | str,
    **fields: Any,
) -> Org:
    """Establish an organisation below `parent` from the day `founded` on."""
    if parent is not None:
        # Locked and read anew: it may be on the move, and its path is the beginning of ours.
        parent = Org.objects.select_for_update().get(pk=parent.pk)
    if parent is not None and len(parent.path) >= SEGMENT * LEVELS:
        raise Refused(_("组织层级过深，最多 %(levels)d 级。") % {"levels": LEVELS})
    org = Org(name=name, kind=kind, parent=parent, founded_date=founded, **fields)
    # The path holds the primary key, which the database gives; until then it is a
    # placeholder that no real path can equal.
    org.path = f"new:{name[:40]}:{parent.pk if parent else 0}"
    org.save()
    org.path = (parent.path if parent else "") + segment(org.pk)
    org.save(update_fields=["path"])
    OrgSpan.objects.create(
        org=org, since_date=founded, name=name, kind=kind, parent=parent, tags=org.tags
    )
    above = _counting_groups(org, since=founded)
    write_entry("org.established", org, by=by, org=org, kind=kind)
    _tell(Change(frozenset({org.pk, *above}), founded))
    return org


@transaction.atomic
def rename(org: Org, name: str, *, on: dt.date, by: User | str) -> Org:
    """Give `org` another name from the day `on` on; earlier papers keep the old one."""
    _turn_page(org, on, name=name)
    before, org.name = org.name, name
    org.save(update_fields=["name"])
    write_entry("org.renamed", org, by=by, org=org, before=before, after=name)
    _tell(Change(frozenset({org.pk}), on))
    return org


@transaction.atomic
def retag(org: Org, tags: Iterable[str], *, on: dt.date, by: User | str) -> Org:
    """Set the tags that duties may ask for, from the day `on` on."""
    before, org.tags = org.tags, sorted(set(tags))
    _turn_page(org, on, tags=org.tags)
    org.save(update_fields=["tags"])
    write_entry("org.tagged", org, by=by, org=org, before=before, after=org.tags)
    _tell(Change(frozenset({org.pk}), on))
    return org


@transaction.atomic
def move(org: Org, *, to: Org, on: dt.date, by: User | str) -> Org:
    """Put `org`, with all below it, under `to` from the day `on` on.

    Cells of periods whose middle day lies before `on` stay with the old parent.
    """
    org = Org.objects.select_for_update().get(pk=org.pk)
    to = Org.objects.get(pk=to.pk)
    if contains(org.path, to.path) or org.pk in _ever_above(to, on):
        raise CyclicMove(
            _("不能把“%(org)s”移到它自己或它的下级“%(to)s”之下。") % {"org": org, "to": to}
        )
    if to.dissolved_date is not None:
        raise Refused(_("“%(to)s”已经撤销，不能再接收下级。") % {"to": to})
    old_parent, had = org.parent, _parents(org)
    _turn_page(org, on, parent=to)
    _stand_where_last(org)
    above = _counting_groups(org, had, since=on)
    org.refresh_from_db()
    left = old_parent.pk if old_parent else None
    write_entry("org.moved", org, by=by, org=org, left=left, to=to.pk)
    _tell(Change(frozenset({org.pk, *above}), on))
    return org


@transaction.atomic
def dissolve(org: Org, *, on: dt.date, by: User | str) -> Org:
    """Dissolve `org` from the day `on` on. It must have no living children and no members."""
    if Org.objects.filter(parent=org).living().exists():
        raise Refused(_("“%(org)s”还有下级组织，请先移走或撤销它们。") % {"org": org})
    if on <= org.founded_date:
        raise Refused(_("撤销日期必须晚于成立日期。"))
    if Appointment.objects.filter(org=org, until_date=None, since_date__gte=on).exists():
        raise Refused(_("“%(org)s”在这一天以后还有任职，请先免去。") % {"org": org})
    if Membership.objects.filter(org=org).on(on).exists():
        raise Refused(_("“%(org)s”还有党员，请先转接他们的组织关系。") % {"org": org})
    had = _parents(org)
    OrgSpan.objects.filter(org=org, since_date__gte=on).delete()
    OrgSpan.objects.filter(org=org).filter(Q(until_date=None) | Q(until_date__gt=on)).update(
        until_date=on
    )
    Appointment.objects.filter(org=org, until_date=None).update(until_date=on)
    org.dissolved_date = on
    org.save(update_fields=["dissolved_date"])
    above = _counting_groups(org, had, since=on)
    _stand_where_last(org)
    write_entry("org.dissolved", org, by=by, org=org)
    _tell(Change(frozenset({org.pk, *above}), on, people=None))
    return org


@transaction.atomic
def enrol(
    person: Person, org: Org, *, since: dt.date, by: User | str, group: Org | None = None
) -> Membership:
    """Move the organisational relation of `person` to `org` from the day `since` on."""
    touched = {org.pk}
    for earlier in Membership.objects.filter(person=person, until_date=None):
        if earlier.since_date >= since:
            raise Refused(
                _("%(person)s 的组织关系 %(day)s 才转入，不能在那之前转走。")
                % {"person": person, "day": earlier.since_date}
            )
        earlier.until_date = since
        earlier.save(update_fields=["until_date"])
        touched.add(earlier.org_id)
    membership = Membership.objects.create(person=person, org=org, group=group, since_date=since)
    _recount(Org.objects.filter(pk__in=touched), since=since)
    write_entry("membership.begun", membership, by=by, org=org, sealed={"person": person.pk})
    _tell(Change(frozenset(touched), since, people=frozenset({person.pk})))
    return membership


@transaction.atomic
def appoint(
    person: Person,
    org: Org,
    post: str,
    *,
    since: dt.date,
    by: User | str,
    portfolio: str = "",
) -> Appointment:
    """Give `person` a post in `org` from the day `since` on."""
    appointment = Appointment.objects.create(
        person=person, org=org, post=post, since_date=since, portfolio=portfolio
    )
    sealed = {"person": person.pk}
    write_entry("post.given", appointment, by=by, org=org, post=post, sealed=sealed)
    _tell(Change(frozenset({org.pk}), since, people=frozenset({person.pk})))
    return appointment


@transaction.atomic
def relieve(appointment: Appointment, *, on: dt.date, by: User | str) -> Appointment:
    """End a post with the day before `on`."""
    if on <= appointment.since_date:
        raise Refused(_("免职日期必须晚于任职日期。"))
    appointment.until_date = on
    appointment.save(update_fields=["until_date"])
    write_entry("post.ended", appointment, by=by, org=appointment.org, post=appointment.post)
    people = frozenset({appointment.person_id})
    _tell(Change(frozenset({appointment.org_id}), on, people=people))
    return appointment


def _tell(change: Change) -> None:
    for told in after_change:
        told(change)


def _turn_page(org: Org, on: dt.date, **facts: Any) -> None:
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
        raise Refused(_("“%(org)s”在 %(day)s 还没有成立或已经撤销。") % {"org": org, "day": on})
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


def _ever_above(org: Org, since: dt.date) -> set[int]:
    """`org` and all who stand above it on a day from `since` on, or will."""
    found: set[int] = set()
    todo = {org.pk}
    while todo:
        found |= todo
        spans = OrgSpan.objects.filter(Q(until_date=None) | Q(until_date__gt=since), org__in=todo)
        parents = spans.filter(parent__isnull=False).values_list("parent_id", flat=True)
        todo = {parent for parent in parents if parent is not None} - found
    return found


def _stand_where_last(org: Org) -> None:
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


def _parents(org: Org) -> set[int]:
    """Under whom `org` stands, stood or is going to stand."""
    found = OrgSpan.objects.filter(org=org, parent__isnull=False)
    return {parent for parent in found.values_list("parent_id", flat=True) if parent is not None}


def _counting_groups(org: Org, had: Iterable[int] = (), *, since: dt.date) -> set[int]:
    """Count the groups of those above `org` again, if it is one of them; return who they are.

    `had` are its parents before a change that may have left no trace of them.
    """
    if org.kind != OrgKind.GROUP:
        return set()
    above = {*had, *_parents(org)}
    _recount(Org.objects.filter(pk__in=above).exclude(dissolved_date__lte=since), since=since)
    return above


def _recount(orgs: Iterable[Org], *, since: dt.date) -> None:
    """Count members and groups of `orgs` again, for every span from `since` on."""
    for org in orgs:
        day = max(since, org.founded_date)
        members, groups = _counted(org, day)
        _turn_page(org, day, full_members=members, groups=groups)
        for later in OrgSpan.objects.filter(org=org, since_date__gt=day):
            members, groups = _counted(org, later.since_date)
            OrgSpan.objects.filter(pk=later.pk).update(full_members=members, groups=groups)
        Org.objects.filter(pk=org.pk).update(full_members=members, groups=groups)


def _counted(org: Org, day: dt.date) -> tuple[int, int]:
    """Full members and groups of `org` on the day `day`."""
    full = Membership.objects.filter(org=org, person__status=MemberStatus.FULL).on(day)
    groups = OrgSpan.objects.filter(parent=org, kind=OrgKind.GROUP, since_date__lte=day)
    return full.count(), groups.filter(Q(until_date=None) | Q(until_date__gt=day)).count()
