"""Operations on the tree: establish, rename, tag, move, dissolve."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from bihuan.accounts.models import User
from bihuan.audit.actions import write_entry
from bihuan.lib.refusals import Refused
from bihuan.lib.tree import LEVELS, SEGMENT, contains, segment
from bihuan.orgs.actions.changes import Change, tell, together
from bihuan.orgs.actions.people import enrol
from bihuan.orgs.actions.spans import (
    counting_groups,
    ever_above,
    parents,
    refuse_unless_living,
    stand_where_last,
    turn_page,
)
from bihuan.orgs.choices import OrgKind
from bihuan.orgs.models import Appointment, Membership, Org, OrgSpan

NAME_LENGTH = 120


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
    if parent is not None:
        refuse_unless_living(parent, founded)
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
    above = counting_groups(org, since=founded)
    write_entry("org.established", org, by=by, org=org, kind=kind)
    tell(Change(frozenset({org.pk, *above}), founded))
    return org


@transaction.atomic
def found(name: str, *, on: dt.date, by: User | str) -> Org:
    """Found the top of an empty tree: a committee, below which all others are established."""
    if Org.objects.exists():
        raise Refused(_("已经有组织了。请登录后在“组织与人员”里成立下级组织。"))
    name = name.strip()
    if not 0 < len(name) <= NAME_LENGTH:
        raise Refused(_("请填写组织的全称，最多 %(n)d 个字。") % {"n": NAME_LENGTH})
    return establish(name, OrgKind.COMMITTEE, parent=None, founded=on, by=by)


@transaction.atomic
def rename(org: Org, name: str, *, on: dt.date, by: User | str) -> Org:
    """Give `org` another name from the day `on` on; earlier papers keep the old one."""
    turn_page(org, on, name=name)
    before, org.name = org.name, name
    org.save(update_fields=["name"])
    write_entry("org.renamed", org, by=by, org=org, before=before, after=name)
    tell(Change(frozenset({org.pk}), on))
    return org


@transaction.atomic
def retag(org: Org, tags: Iterable[str], *, on: dt.date, by: User | str) -> Org:
    """Set the tags that duties may ask for, from the day `on` on."""
    before, org.tags = org.tags, sorted(set(tags))
    turn_page(org, on, tags=org.tags)
    org.save(update_fields=["tags"])
    write_entry("org.tagged", org, by=by, org=org, before=before, after=org.tags)
    tell(Change(frozenset({org.pk}), on))
    return org


@transaction.atomic
def amend(org: Org, *, by: User | str, **fields: Any) -> Org:
    """Put right what is not dated: short name, number of staff, end of the term."""
    changed = sorted(name for name, value in fields.items() if getattr(org, name) != value)
    if changed:
        for name in changed:
            setattr(org, name, fields[name])
        org.save(update_fields=changed)
        write_entry("org.amended", org, by=by, org=org, fields=changed)
    return org


@transaction.atomic
def move(org: Org, *, to: Org, on: dt.date, by: User | str) -> Org:
    """Put `org`, with all below it, under `to` from the day `on` on.

    Cells of periods whose middle day lies before `on` stay with the old parent.
    """
    org = Org.objects.select_for_update().get(pk=org.pk)
    to = Org.objects.get(pk=to.pk)
    if contains(org.path, to.path) or org.pk in ever_above(to, on):
        raise CyclicMove(
            _("不能把“%(org)s”移到它自己或它的下级“%(to)s”之下。") % {"org": org, "to": to}
        )
    if to.dissolved_date is not None:
        raise Refused(_("“%(to)s”已经撤销，不能再接收下级。") % {"to": to})
    old_parent, had = org.parent, parents(org)
    turn_page(org, on, parent=to)
    stand_where_last(org)
    above = counting_groups(org, had, since=on)
    org.refresh_from_db()
    left = old_parent.pk if old_parent else None
    write_entry("org.moved", org, by=by, org=org, left=left, to=to.pk)
    tell(Change(frozenset({org.pk, *above}), on))
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
    had = parents(org)
    OrgSpan.objects.filter(org=org, since_date__gte=on).delete()
    OrgSpan.objects.filter(org=org).filter(Q(until_date=None) | Q(until_date__gt=on)).update(
        until_date=on
    )
    Appointment.objects.filter(org=org, until_date=None).update(until_date=on)
    org.dissolved_date = on
    org.save(update_fields=["dissolved_date"])
    above = counting_groups(org, had, since=on)
    stand_where_last(org)
    write_entry("org.dissolved", org, by=by, org=org)
    tell(Change(frozenset({org.pk, *above}), on, people=None))
    return org


@transaction.atomic
def merge(org: Org, *, into: Org, on: dt.date, by: User | str) -> Org:
    """Let `org` become part of `into` from the day `on` on.

    What stands below it, with its people, goes under `into`; its own people belong to `into`,
    in their groups; its posts end, and it is dissolved. Records, exemptions and the ledger of
    before stay with it. Whoever follows is told once.
    """
    org = Org.objects.select_for_update().get(pk=org.pk)
    into = Org.objects.select_for_update().get(pk=into.pk)
    if org.kind != into.kind:
        raise Refused(_("“%(org)s”和“%(into)s”类型不同，不能合并。") % {"org": org, "into": into})
    if contains(org.path, into.path):
        raise CyclicMove(_("不能把“%(org)s”并入它自己或它的下级。") % {"org": org})
    with together():
        for child in Org.objects.filter(parent=org).living().order_by("path"):
            move(child, to=into, on=on, by=by)
        staying = Membership.objects.filter(org=org).on(on).filter(until_date=None)
        for each in staying.select_related("person", "group").order_by("pk"):
            group = Org.objects.get(pk=each.group_id) if each.group_id else None
            enrol(each.person, into, since=on, group=group, by=by)
        org.refresh_from_db()
        dissolve(org, on=on, by=by)
        Org.objects.filter(pk=org.pk).update(merged_into=into)
        write_entry("org.merged", org, by=by, org=into, to=into.pk)
    into.refresh_from_db()
    return into
