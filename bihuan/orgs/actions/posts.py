"""Posts: who is appointed to what, and relieved of it."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from bihuan.accounts.models import User
from bihuan.audit.actions import write_entry
from bihuan.lib.refusals import Refused
from bihuan.orgs.actions.changes import Change, tell
from bihuan.orgs.actions.spans import refuse_unless_living
from bihuan.orgs.models import Appointment, Org, Person


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
    refuse_unless_living(org, since)
    same = Appointment.objects.filter(person=person, org=org, post=post)
    if same.filter(Q(until_date=None) | Q(until_date__gt=since)).exists():
        raise Refused(_("%(person)s 已经担任这个职务。") % {"person": person})
    appointment = Appointment.objects.create(
        person=person, org=org, post=post, since_date=since, portfolio=portfolio
    )
    sealed = {"person": person.pk}
    write_entry("post.given", appointment, by=by, org=org, post=post, sealed=sealed)
    tell(Change(frozenset({org.pk}), since, people=frozenset({person.pk})))
    return appointment


@transaction.atomic
def relieve(appointment: Appointment, *, on: dt.date, by: User | str) -> Appointment:
    """End a post with the day before `on`."""
    if appointment.until_date is not None:
        raise Refused(_("这个职务已经免去。"))
    if on <= appointment.since_date:
        raise Refused(_("免职日期必须晚于任职日期。"))
    appointment.until_date = on
    appointment.save(update_fields=["until_date"])
    write_entry("post.ended", appointment, by=by, org=appointment.org, post=appointment.post)
    people = frozenset({appointment.person_id})
    tell(Change(frozenset({appointment.org_id}), on, people=people))
    return appointment
