"""Foreseeing an operation: carried out, looked at, taken back; ending roles with their place."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable

from django.db import transaction
from django.db.models import Q

from bihuan.access.actions import take_role
from bihuan.access.models import Grant
from bihuan.accounts.models import User
from bihuan.orgs.actions import tree
from bihuan.orgs.models import Org
from bihuan.registry.queries.effects import Effects, difference, people_of, picture_of

Act = Callable[[], Iterable[int]]
"""Carries an operation out and names the organisations that there are because of it."""


def foresee(act: Act, orgs: Iterable[int], *, on: dt.date, today: dt.date) -> Effects:
    """What `act` would change for `orgs` and all below them; nothing is changed.

    The operation itself is carried out and rolled back, so what it would refuse is refused
    here (`Refused`), and what is shown is what will happen.
    """
    concerned = list(orgs)
    with transaction.atomic():
        before = picture_of(concerned, on=on, today=today)
        size = people_of(concerned, on=on)
        after_orgs = {*concerned, *act()}
        after = picture_of(after_orgs, on=on, today=today)
        effects = difference(before, after, size=size, on=on, today=today)
        transaction.set_rollback(True)
    return effects


@transaction.atomic
def dissolve(org: Org, *, on: dt.date, today: dt.date, by: User) -> Org:
    """Dissolve `org` and end the roles that were given for it."""
    gone = tree.dissolve(org, on=on, by=by)
    _end_roles(org, today=today, by=by)
    return gone


@transaction.atomic
def merge(org: Org, *, into: Org, on: dt.date, today: dt.date, by: User) -> Org:
    """Let `org` become part of `into` and end the roles that were given for it."""
    kept = tree.merge(org, into=into, on=on, by=by)
    _end_roles(org, today=today, by=by)
    return kept


def _end_roles(org: Org, *, today: dt.date, by: User) -> None:
    """End what was given for `org` itself; what was given above it reaches on."""
    standing = Q(until_date=None) | Q(until_date__gt=today)
    for grant in Grant.objects.filter(standing, org=org).select_related("org", "user"):
        take_role(grant, on=today, by=by)
