"""People and where they belong."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from bihuan.accounts.models import User
from bihuan.audit.actions import write_entry
from bihuan.lib.dates import told_day
from bihuan.lib.refusals import Refused
from bihuan.orgs.actions.changes import Change, tell
from bihuan.orgs.actions.spans import recount, refuse_unless_living
from bihuan.orgs.choices import OrgKind
from bihuan.orgs.models import Membership, Org, Person, StatusSpan


@transaction.atomic
def register(
    name: str,
    org: Org,
    *,
    since: dt.date,
    by: User | str,
    group: Org | None = None,
    **fields: Any,
) -> Person:
    """Keep a record of a person from now on, who belongs to `org` from the day `since` on."""
    person = Person.objects.create(name=name, **fields)
    sealed = {"person": person.pk}
    write_entry("person.registered", person, by=by, org=org, sealed=sealed)
    enrol(person, org, since=since, group=group, by=by)
    return person


@transaction.atomic
def correct(person: Person, *, by: User | str, **fields: Any) -> Person:
    """Put right what is recorded about a person: name, gender, position, joined, retired.

    The standing and where they belong are dated and have actions of their own.
    """
    changed = sorted(name for name, value in fields.items() if getattr(person, name) != value)
    if not changed:
        return person
    for name in changed:
        setattr(person, name, fields[name])
    person.save(update_fields=changed)
    org = org_of(person, timezone.localdate())
    sealed = {"person": person.pk}
    write_entry("person.corrected", person, by=by, org=org, sealed=sealed, fields=changed)
    return person


@transaction.atomic
def link_account(person: Person, user: User | None, *, by: User | str) -> Person:
    """Say which account is that of `person`; None for no account any more.

    Whoever signs in with it sees what is recorded about the person. Nobody links their own.
    """
    if by in (user, person.user):
        raise Refused(_("不能给自己关联账号，请另一位来办。"))
    if user is not None and Person.objects.filter(user=user).exclude(pk=person.pk).exists():
        raise Refused(_("这个账号已经是别人的。"))
    person.user = user
    person.save(update_fields=["user"])
    org = org_of(person, timezone.localdate())
    account = user.pk if user else None
    sealed = {"person": person.pk}
    write_entry("person.linked", person, by=by, org=org, sealed=sealed, user=account)
    return person


@transaction.atomic
def set_status(person: Person, status: str, *, on: dt.date, by: User | str) -> StatusSpan:
    """Let the standing of `person` be `status` from the day `on` on."""
    person = Person.objects.select_for_update().get(pk=person.pk)
    if person.status == status:
        raise Refused(_("%(person)s 已经是这个政治面貌。") % {"person": person})
    last = StatusSpan.objects.filter(person=person, until_date=None).first()
    if last is not None and last.since_date is not None and last.since_date >= on:
        raise Refused(
            _("%(person)s 的政治面貌 %(day)s 才改过，只能从更晚的一天起再改。")
            % {"person": person, "day": told_day(last.since_date)}
        )
    if last is None:
        StatusSpan.objects.create(person=person, status=person.status, until_date=on)
    else:
        StatusSpan.objects.filter(pk=last.pk).update(until_date=on)
    span = StatusSpan.objects.create(person=person, status=status, since_date=on)
    person.status = status
    person.save(update_fields=["status"])
    still = Q(until_date=None) | Q(until_date__gt=on)
    orgs = Org.objects.filter(pk__in=Membership.objects.filter(still, person=person).values("org"))
    recount(orgs, since=on)
    org = org_of(person, on)
    write_entry("person.status_changed", person, by=by, org=org, sealed={"person": person.pk})
    told = frozenset(orgs.values_list("pk", flat=True))
    tell(Change(told, on, people=frozenset({person.pk})))
    return span


def org_of(person: Person, on: dt.date) -> Org | None:
    """Where a person belongs on the day `on`; None if nowhere."""
    found = Membership.objects.on(on).filter(person=person).select_related("org").first()
    return found.org if found else None


@transaction.atomic
def enrol(
    person: Person, org: Org, *, since: dt.date, by: User | str, group: Org | None = None
) -> Membership:
    """Move the organisational relation of `person` to `org` from the day `since` on."""
    refuse_unless_living(org, since)
    if group is not None and (group.parent_id != org.pk or group.kind != OrgKind.GROUP):
        raise Refused(_("“%(group)s”不是“%(org)s”的党小组。") % {"group": group, "org": org})
    touched = {org.pk}
    for earlier in Membership.objects.filter(person=person, until_date=None):
        if earlier.since_date >= since:
            raise Refused(
                _("%(person)s 的组织关系 %(day)s 才转入，不能在那之前转走。")
                % {"person": person, "day": told_day(earlier.since_date)}
            )
        earlier.until_date = since
        earlier.save(update_fields=["until_date"])
        touched.add(earlier.org_id)
    membership = Membership.objects.create(person=person, org=org, group=group, since_date=since)
    recount(Org.objects.filter(pk__in=touched), since=since)
    write_entry("membership.begun", membership, by=by, org=org, sealed={"person": person.pk})
    tell(Change(frozenset(touched), since, people=frozenset({person.pk})))
    return membership
