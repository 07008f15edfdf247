"""The ledger follows the actions of the floors below it, told through their lists."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from bihuan.accounts.models import User
from bihuan.activities.actions import file_record, withdraw_record
from bihuan.activities.models import Activity, Kind
from bihuan.activities.rules import Record
from bihuan.duties.actions import change_minimum, end_duty
from bihuan.duties.models import Duty
from bihuan.ledger.actions.rebuild import rebuild
from bihuan.ledger.models import Row
from bihuan.ledger.queries.audit import differences_of_year
from bihuan.orgs.actions.people import enrol
from bihuan.orgs.actions.posts import appoint, relieve
from bihuan.orgs.actions.tree import dissolve, establish, move, retag
from bihuan.orgs.choices import OrgKind
from bihuan.orgs.models import Org, Person
from tests.ledger.stored import NOW

TODAY = timezone.localdate()
YEAR = TODAY.year
SINCE = dt.date(YEAR - 1, 12, 1)
pytestmark = pytest.mark.django_db


@pytest.fixture
def officer() -> User:
    return User.objects.create(username="officer")


@pytest.fixture
def tree(officer: User) -> dict[str, Org]:
    long_ago = dt.date(2015, 1, 1)
    root = establish("工委", OrgKind.COMMITTEE, parent=None, founded=long_ago, by="system")
    found = {"root": root}
    for name in ("甲", "乙"):
        found[name] = establish(
            f"{name}机关党委", OrgKind.AGENCY_COMMITTEE, parent=root, founded=long_ago, by="system"
        )
        for branch in ("一", "二"):
            found[name + branch] = establish(
                f"{name}{branch}支部", OrgKind.BRANCH, parent=found[name], founded=long_ago,
                by="system",
            )  # fmt: skip
    return found


def add_duty(**fields: object) -> Duty:
    told: dict[str, object] = {
        "lineage": "theme-day", "title": "主题党日", "level": "NATIONAL", "kinds": ["theme_day"],
        "scope": {"kinds": ["BRANCH"]}, "period": "MONTH", "valid_from_date": dt.date(2020, 1, 1),
        "issued_at": NOW,
    }  # fmt: skip
    return Duty.objects.create(**{**told, **fields})


def hold(org: Org, officer: User, **fields: object) -> Activity:
    Kind.objects.get_or_create(code="theme_day", defaults={"name": "主题党日"})
    told: dict[str, object] = {"kinds": ("theme_day",), "held_date": TODAY}
    return file_record(Record(org_id=org.pk, **{**told, **fields}), by=officer)


def test_every_action_leaves_the_ledger_equal_to_a_computation_from_nothing(
    tree: dict[str, Org], officer: User
) -> None:
    duty = add_duty()
    add_duty(lineage="led", title="双重组织生活", posts=["SECRETARY"], part="ATTENDEE")
    add_duty(lineage="plan", title="年度小结", kinds=[], period="YEAR")
    rebuild(YEAR, today=TODAY)
    wang, li, liu = (Person.objects.create(name=name) for name in ("王", "李", "刘"))
    steps = [
        lambda: enrol(wang, tree["甲一"], since=SINCE, by=officer),
        lambda: enrol(liu, tree["乙一"], since=SINCE, by=officer),
        lambda: appoint(wang, tree["甲一"], "SECRETARY", since=SINCE, by=officer),
        lambda: hold(tree["甲一"], officer, chair_id=wang.pk),
        lambda: hold(tree["乙一"], officer),
        lambda: appoint(li, tree["甲"], "SECRETARY", since=SINCE, by=officer),
        lambda: enrol(li, tree["甲二"], since=SINCE, by=officer),
        lambda: hold(tree["甲"], officer),
        lambda: retag(tree["乙一"], ["pilot"], on=SINCE, by=officer),
        lambda: move(tree["甲一"], to=tree["乙"], on=dt.date(YEAR, 2, 1), by=officer),
        lambda: withdraw_record(Activity.objects.earliest("pk"), reason="误登", by=officer),
        lambda: change_minimum(duty, 2, since=dt.date(YEAR, 2, 1), by=officer),
        lambda: relieve(wang.appointments.get(), on=TODAY, by=officer),
        lambda: dissolve(tree["乙二"], on=TODAY, by=officer),
        lambda: establish("新支部", OrgKind.BRANCH, parent=tree["甲"], founded=TODAY, by=officer),
        lambda: end_duty(Duty.objects.get(lineage="led"), on=TODAY, by=officer),
    ]
    for number, step in enumerate(steps):
        step()
        assert differences_of_year(YEAR) == [], f"step {number}"


def test_the_command_finds_a_byte_that_went_wrong(tree: dict[str, Org]) -> None:
    add_duty()
    rebuild(YEAR, today=TODAY)
    call_command("ledger", "check")
    row = Row.objects.order_by("pk").last()
    assert row is not None
    row.owed = bytes([0]) + bytes(row.owed)[1:]
    row.save()
    with pytest.raises(CommandError):
        call_command("ledger", "check")
    call_command("ledger", "rebuild")
    call_command("ledger", "check")
