"""No page asks the database more often because there is more to show."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from bihuan.accounts.models import User
from bihuan.activities.actions import file_record
from bihuan.activities.rules import Absence, Record, Resolution
from bihuan.audit.actions import record_read
from bihuan.duties.actions import grant_exemption
from bihuan.duties.actions.review import import_programme
from bihuan.duties.models import Programme
from bihuan.ledger.actions.tick import catch_up
from bihuan.orgs.actions.people import enrol
from bihuan.orgs.actions.posts import appoint
from bihuan.orgs.actions.tree import establish
from bihuan.orgs.choices import MemberStatus, OrgKind, Post
from bihuan.orgs.models import Org, Person
from bihuan.reports.actions import write_briefing
from bihuan.reports.models import Briefing
from tests.cast import World, build_world
from tests.matrix import sweep
from tests.village import FOUNDED, Village

pytestmark = pytest.mark.django_db
MANY = 30
TODAY = timezone.localdate()
ROLES = ["officer", "unit_secretary", "branch_secretary", "member", "auditor"]
LINE = "{n}. 各党支部每季度开展第{n}项调研1次。\n"


@pytest.fixture
def world() -> World:
    world = build_world()
    catch_up(TODAY.year, TODAY)
    add(world.village, world.cast, 1)
    return world


def add(village: Village, cast: dict[str, User | None], count: int) -> None:
    """`count` more of everything that a list can show, below every role's organisation."""
    for number in range(count):
        unit = new_org(f"第{number}局", OrgKind.UNIT, village.committee)
        branch = new_org(f"第{number}局党支部", OrgKind.BRANCH, unit)
        within = new_org(f"测试局第{number}党支部", OrgKind.BRANCH, village.unit)
        person = new_person(f"新{number}", branch)
        appoint(person, branch, Post.SECRETARY, since=FOUNDED, by="system")
        new_person(f"同{number}", village.branch)
        new_person(f"邻{number}", within)
        for org in (branch, within, village.branch):
            hold(village, org)
        grant_exemption(
            village.branch, since=TODAY, until=TODAY, reason=f"原因{number}", by=village.officer
        )
        record_read(village.members[-1], by=village.officer, purpose="核对", about=mine(cast).pk)
        import_programme(
            f"第{number}份计划\n一、任务\n1. 每季度调研1次。\n",
            org=village.unit,
            by=village.officer,
        )
    for org in (village.committee, village.unit) * count:
        brief(village, org)


def mine(cast: dict[str, User | None]) -> Person:
    return Person.objects.get(user=cast["member"])


def new_org(name: str, kind: OrgKind, parent: Org) -> Org:
    return establish(name, kind, parent=parent, founded=FOUNDED, by="system")


def new_person(name: str, org: Org) -> Person:
    person = Person.objects.create(name=name, status=MemberStatus.FULL)
    enrol(person, org, since=FOUNDED, by="system")
    return person


def hold(village: Village, org: Org, *, count: int = 1) -> int:
    """A record with `count` absences and decisions."""
    people = village.members[-count:] if org == village.branch else []
    record = Record(
        org_id=org.pk, kinds=("theme_day",), held_date=TODAY,
        absences=tuple(Absence(person.pk, "LEAVE") for person in people),
        decisions=tuple(Resolution(f"第{number}条") for number in range(count)),
    )  # fmt: skip
    return file_record(record, by=village.officer).pk


def brief(village: Village, org: Org) -> Briefing:
    since = dt.date(TODAY.year, 1, 1)
    return write_briefing(
        org, title="通报", since=since, until=TODAY, demands="请补齐。", by=village.officer
    )


def plan(village: Village, count: int) -> Programme:
    lines = "".join(LINE.format(n=number + 1) for number in range(count))
    return import_programme(
        f"{count}项计划\n一、任务\n{lines}", org=village.unit, by=village.officer
    )


def asked(world: World, role: str, keys: dict[str, int]) -> dict[str, int]:
    """Route → statements of its page, for those that this role can open."""
    client = Client()
    client.force_login(world.cast[role])
    found = {}
    for route, address in sweep.addresses(keys):
        if client.get(address).status_code == 200:
            with CaptureQueriesContext(connection) as statements:
                client.get(address)
            found[route] = len(statements)
    return found


def test_thirty_rows_take_no_more_statements_than_one(world: World) -> None:
    village = world.village
    tops = {"officer": village.committee, "unit_secretary": village.unit}
    keys = {
        "programme": plan(village, 1).pk, "activity": hold(village, village.branch),
        "briefing": brief(village, village.unit).pk,
    }  # fmt: skip
    of_role = {role: {**world.keys, "org": tops.get(role, village.branch).pk} for role in ROLES}
    few = {role: asked(world, role, of_role[role] | keys) for role in ROLES}
    assert all(few.values())

    add(village, world.cast, MANY)
    keys = {
        "programme": plan(village, MANY).pk,
        "activity": hold(village, village.branch, count=4),
        "briefing": brief(village, village.unit).pk,
    }

    many = {role: asked(world, role, of_role[role] | keys) for role in ROLES}
    more = {
        (role, route): (count, many[role][route])
        for role in ROLES
        for route, count in few[role].items()
        if many[role][route] > count
    }
    assert more == {}
