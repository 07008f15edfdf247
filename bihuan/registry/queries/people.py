"""People as somebody may see them."""

from __future__ import annotations

import datetime as dt

from django.db.models import Prefetch, QuerySet

from bihuan.access.models import Grant
from bihuan.access.permissions import Permission
from bihuan.access.queries import Visitor, orgs_where, within_reach
from bihuan.accounts.models import User
from bihuan.accounts.queries import find_account
from bihuan.orgs.models import Appointment, Membership, Org, Person, StatusSpan

FEW = 12


def people_seen(user: Visitor, *, name: str, status: str, today: dt.date) -> QuerySet[Person]:
    """The people within reach that fit, by name, each with where they belong today."""
    rows = within_reach(Person, user, Permission.PERSON_VIEW)
    if name:
        rows = rows.filter(name__icontains=name)
    if status:
        rows = rows.filter(status=status)
    belong = Membership.objects.on(today).select_related("org")
    here = Prefetch("memberships", queryset=belong, to_attr="here")
    return rows.prefetch_related(here).order_by("name", "pk")


def person_in_reach(user: Visitor, permission: Permission) -> QuerySet[Person]:
    return within_reach(Person, user, permission)


def people_named(user: Visitor, name: str, org: Org) -> list[Person]:
    """The people of this name whom `user` keeps, those who belong to `org` first; few."""
    rows = within_reach(Person, user, Permission.PERSON_EDIT).filter(name=name.strip())
    found = list(rows.order_by("pk")[: FEW + 1])
    near = set(
        Membership.objects.filter(org=org, until_date=None, person__in=found).values_list(
            "person_id", flat=True
        )
    )
    return [person for person in found if person.pk in near] or found


def names_in(org: Org, *, today: dt.date) -> list[str]:
    """Names to offer while one types: up to a hundred of those who belong to `org`."""
    rows = Membership.objects.on(today).filter(org=org).order_by("person__name")
    return list(dict.fromkeys(rows.values_list("person__name", flat=True)[:100]))


def has_namesake(org: Org, name: str, *, on: dt.date) -> bool:
    """Whether somebody of this name belongs to `org` already."""
    return Membership.objects.on(on).filter(org=org, person__name=name).exists()


def where_belongs(person: Person, *, today: dt.date) -> Org | None:
    found = Membership.objects.on(today).filter(person=person).select_related("org").first()
    return found.org if found else None


def memberships_of(person: Person) -> list[Membership]:
    rows = person.memberships.select_related("org__parent", "group")
    return list(rows.order_by("-since_date", "-pk"))


def appointments_of(person: Person) -> list[Appointment]:
    rows = person.appointments.select_related("org")
    return list(rows.order_by("-since_date", "-pk"))


def statuses_of(person: Person) -> list[StatusSpan]:
    return list(person.status_spans.order_by("-since_date"))


def linkable(user: Visitor, username: str, *, today: dt.date) -> User | None:
    """The account of this name, if it is in use and holds a role where `user` keeps people."""
    found = find_account(username, active=True)
    orgs = orgs_where(user, Permission.PERSON_EDIT)
    granted = Grant.objects.valid(on=today).filter(user=found, org__in=orgs)
    return found if found is not None and granted.exists() else None


def relievable(user: Visitor) -> QuerySet[Appointment]:
    """The posts that last, in organisations whose people `user` keeps."""
    rows = within_reach(Appointment, user, Permission.PERSON_EDIT)
    return rows.filter(until_date=None).select_related("person", "org")
