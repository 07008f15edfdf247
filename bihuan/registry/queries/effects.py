"""What hangs on organisations at one moment, and what an operation changes of it."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q

from bihuan.access.models import Grant
from bihuan.duties.models import Duty
from bihuan.ledger.queries.lines import binds
from bihuan.lib.tree import ancestors
from bihuan.orgs.models import Appointment, Membership, Org

Binding = tuple[str, int, str]
"""A duty's lineage, an organisation, and the post that owes it there ("" for itself)."""


@dataclass(frozen=True)
class Picture:
    """Which duties bind these organisations, and which grants reach them."""

    binding: frozenset[Binding]
    names: dict[str, str]
    grants: dict[tuple[int, int], Grant]
    """(organisation, grant) → the grant that reaches it today."""


@dataclass(frozen=True)
class DutyEffect:
    """A duty that binds `count` organisations more, or fewer."""

    name: str
    count: int


@dataclass(frozen=True)
class Effects:
    """What an operation changes: what moves along, duties and rights that come and go."""

    orgs: int
    people: int
    gained: list[DutyEffect]
    lost: list[DutyEffect]
    rights_gained: list[Grant]
    rights_lost: list[Grant]
    past: bool
    """Whether days of a month that is over are concerned."""


def picture_of(tops: Iterable[int], *, on: dt.date, today: dt.date) -> Picture:
    """The picture of the organisations `tops` and all below them, as they stand now."""
    roots = list(Org.objects.filter(pk__in=list(tops)))
    orgs = list(Org.objects.under(*(org.path for org in roots)).living()) if roots else []
    standing = Q(valid_to_date=None) | Q(valid_to_date__gte=on)
    duties = list(Duty.objects.filter(standing, valid_from_date__lte=on))
    held = defaultdict(set)
    posts = Appointment.objects.on(on).filter(org__in=[org.pk for org in roots])
    for org_id, post in posts.values_list("org_id", "post"):
        held[org_id].add(post)
    found = {each for duty in duties for org in orgs for each in _bindings(duty, org, held)}
    names = {duty.lineage: duty.label for duty in duties}
    return Picture(frozenset(found), names, _grants(roots, today))


def _bindings(duty: Duty, org: Org, held: dict[int, set[str]]) -> Iterable[Binding]:
    if not binds(duty, org):
        return
    if not duty.posts:
        yield duty.lineage, org.pk, ""
    for post in duty.posts:
        if post in held[org.pk]:
            yield duty.lineage, org.pk, post


def _grants(roots: Iterable[Org], today: dt.date) -> dict[tuple[int, int], Grant]:
    """The grants that reach these organisations today, from themselves or from above."""
    ways = {org.pk: {*ancestors(org.path), org.path} for org in roots}
    found = Grant.objects.valid(on=today).filter(org__path__in=set().union(*ways.values()))
    ordered = list(found.select_related("user", "org").order_by("org__path", "role", "pk"))
    return {
        (org, grant.pk): grant
        for org, way in ways.items()
        for grant in ordered
        if grant.org.path in way
    }


def people_of(tops: Iterable[int], *, on: dt.date) -> tuple[int, int]:
    """How many organisations lie at or below `tops`, and how many people belong to them."""
    roots = Org.objects.filter(pk__in=list(tops)).values_list("path", flat=True)
    orgs = Org.objects.under(*roots).living()
    return orgs.count(), Membership.objects.on(on).filter(org__in=orgs).count()


def difference(
    before: Picture, after: Picture, *, size: tuple[int, int], on: dt.date, today: dt.date
) -> Effects:
    """What is in one picture and not in the other."""
    names = {**before.names, **after.names}
    return Effects(
        *size,
        gained=_counted(after.binding - before.binding, names),
        lost=_counted(before.binding - after.binding, names),
        rights_gained=_only_in(after.grants, before.grants),
        rights_lost=_only_in(before.grants, after.grants),
        past=(on.year, on.month) < (today.year, today.month),
    )


def _only_in(
    here: dict[tuple[int, int], Grant], there: dict[tuple[int, int], Grant]
) -> list[Grant]:
    """The grants that reach an organisation here and not there, each once."""
    return list({key[1]: grant for key, grant in here.items() if key not in there}.values())


def _counted(bindings: Iterable[Binding], names: dict[str, str]) -> list[DutyEffect]:
    orgs = defaultdict(set)
    for lineage, org, _post in bindings:
        orgs[lineage].add(org)
    told = [DutyEffect(names[lineage], len(each)) for lineage, each in orgs.items()]
    return sorted(told, key=lambda each: (-each.count, each.name))
