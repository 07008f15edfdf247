"""Random sequences of operations keep people and history, and give the right people access."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable

import pytest
from django.db.models import Count, Q

from bihuan.access.actions import give_role
from bihuan.access.permissions import Permission, Role
from bihuan.access.queries import orgs_where
from bihuan.accounts.actions import open_account
from bihuan.accounts.models import User
from bihuan.lib.refusals import Refused
from bihuan.orgs.actions.people import enrol, set_status
from bihuan.orgs.actions.posts import appoint, relieve
from bihuan.orgs.actions.spans import full_member
from bihuan.orgs.actions.tree import dissolve, establish, merge, move, rename
from bihuan.orgs.choices import MemberStatus, OrgKind, Post
from bihuan.orgs.models import Appointment, Membership, Org, OrgSpan, Person
from tests.village import FOUNDED, found_village

pytestmark = pytest.mark.django_db
STEPS = 40
Was = dict[tuple[int, dt.date], tuple[object, ...]]


class Life:
    """A year of operations on a village, one day after the other."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.village = found_village()
        self.day = dt.date(2026, 1, 1)
        self.done = 0
        self.operations: list[Callable[[], object]] = [
            self.establish, self.rename, self.move, self.merge, self.dissolve, self.enrol,
            self.change_standing, self.appoint, self.relieve,
        ]  # fmt: skip

    def step(self) -> None:
        """One operation, some days later; what is refused must have changed nothing."""
        self.day += dt.timedelta(days=self.dice.randrange(1, 9))
        try:
            self.dice.choice(self.operations)()
        except (Refused, IndexError):
            return
        self.done += 1

    def any(self, rows: object) -> Org:
        return self.dice.choice(list(rows))  # type: ignore[call-overload, no-any-return]

    def org(self, *kinds: str) -> Org:
        living = Org.objects.living()
        return self.any((living.filter(kind__in=kinds) if kinds else living).order_by("pk"))

    def person(self) -> Person:
        return self.dice.choice(list(Person.objects.order_by("pk")))

    def establish(self) -> None:
        parent = self.org(OrgKind.COMMITTEE, OrgKind.UNIT, OrgKind.BRANCH)
        kind = self.dice.choice([OrgKind.UNIT, OrgKind.BRANCH])
        kind = OrgKind.GROUP if parent.kind == OrgKind.BRANCH else kind
        establish(f"新{self.day}", kind, parent=parent, founded=self.day, by="system")

    def rename(self) -> None:
        rename(self.org(), f"改{self.day}", on=self.day, by="system")

    def move(self) -> None:
        to = self.org(OrgKind.COMMITTEE, OrgKind.UNIT)
        move(self.org(OrgKind.UNIT, OrgKind.BRANCH), to=to, on=self.day, by="system")

    def merge(self) -> None:
        kind = self.dice.choice([OrgKind.UNIT, OrgKind.BRANCH])
        merge(self.org(kind), into=self.org(kind), on=self.day, by="system")

    def dissolve(self) -> None:
        dissolve(self.org(OrgKind.UNIT, OrgKind.BRANCH, OrgKind.GROUP), on=self.day, by="system")

    def enrol(self) -> None:
        org = self.org(OrgKind.UNIT, OrgKind.BRANCH)
        groups = list(Org.objects.living().filter(parent=org, kind=OrgKind.GROUP).order_by("pk"))
        group = self.dice.choice([None, *groups])
        enrol(self.person(), org, since=self.day, group=group, by="system")

    def change_standing(self) -> None:
        status = self.dice.choice(MemberStatus.values)
        set_status(self.person(), status, on=self.day, by="system")

    def appoint(self) -> None:
        post = self.dice.choice([Post.SECRETARY, Post.COMMITTEE_MEMBER])
        appoint(self.person(), self.org(), post, since=self.day, by="system")

    def relieve(self) -> None:
        held = Appointment.objects.filter(until_date=None).order_by("pk")
        relieve(self.dice.choice(list(held)), on=self.day, by="system")


def as_it_was(days: list[dt.date]) -> Was:
    """What every organisation was on these days, and how many belonged to it."""
    found: Was = {}
    for day in days:
        spans = OrgSpan.objects.filter(
            Q(until_date=None) | Q(until_date__gt=day), since_date__lte=day
        )
        counts = Membership.objects.on(day).values("org").annotate(n=Count("pk")).order_by()
        people = dict(counts.values_list("org", "n"))
        for span in spans:
            facts = (span.name, span.kind, span.parent_id, span.full_members, span.groups)
            found[span.org_id, day] = (*facts, people.get(span.org_id, 0))
    return found


def check_today(day: dt.date) -> None:
    """Every organisation is what its last span says, and stands where its path leads."""
    for org in Org.objects.order_by("path"):
        spans = list(OrgSpan.objects.filter(org=org).order_by("since_date"))
        ends = [span.until_date for span in spans]
        assert ends[:-1] == [span.since_date for span in spans[1:]]
        assert ends[-1] == org.dissolved_date
        if org.dissolved_date is not None:
            assert not Membership.objects.filter(org=org).on(day).exists()
            assert not Appointment.objects.filter(org=org, until_date=None).exists()
            continue
        last = spans[-1]
        assert (last.name, last.parent_id, last.kind) == (org.name, org.parent_id, org.kind)
        full = Membership.objects.filter(full_member(day), org=org).on(day).count()
        assert (last.full_members, org.full_members) == (full, full)
        assert org.parent is None or org.path[:-5] == org.parent.path
        assert org.parent is None or org.parent.dissolved_date is None


def check_people(born: int, day: dt.date) -> None:
    """Nobody is lost, nobody is in two places, and a group is one of the branch's own."""
    now = Membership.objects.on(day)
    assert Person.objects.count() == born
    assert sorted(now.values_list("person", flat=True)) == sorted(
        Person.objects.values_list("pk", flat=True)
    )
    for each in now.exclude(group=None).select_related("group"):
        assert each.group is not None and each.group.parent_id == each.org_id


def below(org: Org) -> set[int]:
    """`org` and all below it, by parents alone."""
    found, todo = set[int](), {org.pk}
    while todo:
        found |= todo
        todo = set(Org.objects.filter(parent__in=todo).values_list("pk", flat=True)) - found
    return found


def holder(org: Org) -> User:
    user = open_account(f"holder{org.pk}", password=None, name="", by="system")
    give_role(user, Role.UNIT_SECRETARY, org, since=FOUNDED, by="system")
    return user


@pytest.mark.parametrize("seed", range(8))
def test_people_history_and_access_survive_any_sequence(seed: int) -> None:
    life = Life(seed)
    born = Person.objects.count()
    holders = {org: holder(org) for org in (life.village.unit, life.village.other_unit)}
    days = [FOUNDED]

    for _number in range(STEPS):
        before = as_it_was(days)
        life.step()
        assert as_it_was(days) == before
        days.append(life.day)
        check_people(born, life.day)

    check_today(life.day)
    for org, user in holders.items():
        reached = orgs_where(user, Permission.ORG_VIEW).values_list("pk", flat=True)
        assert set(reached) == below(org)
    assert life.done > STEPS // 3
