"""A change touches what it concerns: counted in rows whose bytes changed, and in statements."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bihuan.accounts.models import User
from bihuan.activities.models import Activity, Kind
from bihuan.activities.queries import due_people
from bihuan.duties.actions import end_duty, grant_exemption, tell_duties
from bihuan.duties.models import Duty
from bihuan.ledger.actions import replant
from bihuan.ledger.actions.fold import fold
from bihuan.ledger.actions.rebuild import rebuild
from bihuan.ledger.models import Book, Evidence, Rollup, Row, Subject
from bihuan.ledger.queries.audit import differences_of_year
from bihuan.ledger.rules.ways import Ways
from bihuan.orgs.actions.people import enrol
from bihuan.orgs.actions.posts import appoint, relieve
from bihuan.orgs.actions.tree import establish, move
from bihuan.orgs.choices import OrgKind
from bihuan.orgs.models import Org, Person
from tests.ledger.stored import NOW
from tests.ledger.test_changes import SINCE, TODAY, YEAR, add_duty, hold

LONG_AGO = dt.date(2015, 1, 1)
JULY = dt.date(YEAR, 7, 1)
pytestmark = pytest.mark.django_db


@pytest.fixture
def officer() -> User:
    return User.objects.create(username="officer")


@pytest.fixture
def tree(officer: User) -> dict[str, Org]:
    """工委 → 甲, 乙, 丙 (机关党委) → three branches each; a monthly duty and a year's ledger."""
    root = establish("工委", OrgKind.COMMITTEE, parent=None, founded=LONG_AGO, by="system")
    found = {"工委": root}
    for name in "甲乙丙":
        found[name] = establish(
            name, OrgKind.AGENCY_COMMITTEE, parent=root, founded=LONG_AGO, by="system"
        )
        for number in "123":
            found[name + number] = establish(
                name + number, OrgKind.BRANCH, parent=found[name], founded=LONG_AGO, by="system"
            )
            enrol(
                Person.objects.create(name=f"党员{name}{number}"), found[name + number],
                since=LONG_AGO, by="system",
            )  # fmt: skip
    add_duty()
    rebuild(YEAR, today=TODAY)
    return found


def stored() -> dict[str, bytes]:
    """Every row and sum of the year by the name of its organisation, as bytes."""
    names = dict(Org.objects.values_list("pk", "name"))
    posts = dict(Subject.objects.values_list("pk", "post"))
    found = {
        f"{names[row.org_id]} {posts[row.subject_id]}".strip(): b"|".join(
            [bytes(row.counters).rstrip(b"\0"), bytes(row.owed).rstrip(b"\0"),
             f"{row.overdue}{row.path}".encode()]
        )
        for row in Row.objects.filter(year=YEAR)
    }  # fmt: skip
    sums = Rollup.objects.filter(year=YEAR)
    return found | {f"Σ{names[s.org_id]}": bytes(s.counts).rstrip(b"\0") for s in sums}


def touched(act: Callable[[], object]) -> set[str]:
    """Whose bytes `act` changes, with nothing pending; the ledger is right before and after."""
    fold()
    before = stored()
    act()
    fold()
    after = stored()
    assert list(differences_of_year(YEAR)) == []
    return {name for name in {*before, *after} if before.get(name) != after.get(name)}


@contextmanager
def nothing_recomputed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with monkeypatch.context() as patch:
        patch.setattr(replant, "recompute", lambda *_, **__: pytest.fail("recomputed"))
        yield


def test_an_establishment_adds_a_row_and_the_sums_above(
    tree: dict[str, Org], officer: User
) -> None:
    def act() -> None:
        establish("甲4", OrgKind.BRANCH, parent=tree["甲"], founded=JULY, by=officer)

    assert touched(act) == {"甲4", "Σ甲", "Σ工委"}


def test_the_first_branch_below_a_branch_gives_it_sums(tree: dict[str, Org], officer: User) -> None:
    def act() -> None:
        establish("组", OrgKind.BRANCH, parent=tree["甲1"], founded=LONG_AGO, by=officer)

    assert touched(act) == {"组", "Σ甲1", "Σ甲", "Σ工委"}


def test_a_move_changes_the_sums_of_both_ways_and_the_paths_of_the_moved(
    tree: dict[str, Org], officer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    with nothing_recomputed(monkeypatch):
        found = touched(lambda: move(tree["甲1"], to=tree["乙"], on=JULY, by=officer))
        assert found == {"甲1", "Σ甲", "Σ乙"}
        below = {"甲2", "甲3"}
        found = touched(lambda: move(tree["甲"], to=tree["丙"], on=JULY, by=officer))
        assert found == {*below, "Σ丙"}


def test_the_statements_of_a_move_do_not_grow_with_the_subtree(
    tree: dict[str, Org], officer: User
) -> None:
    def statements(org: Org, to: Org) -> int:
        with CaptureQueriesContext(connection) as ran:
            move(org, to=to, on=JULY, by=officer)
        return len(ran)

    first = statements(tree["甲"], tree["丙"])
    for number in range(30):
        establish(f"乙{number}+", OrgKind.BRANCH, parent=tree["乙"], founded=LONG_AGO, by=officer)
    assert statements(tree["乙"], tree["丙"]) == first


def test_a_move_into_the_scope_of_a_duty_assesses_the_moved_alone(
    tree: dict[str, Org], officer: User
) -> None:
    scope = {"kinds": ["BRANCH"], "under": [tree["乙"].pk]}
    duty = add_duty(lineage="local", kinds=["lecture"], scope=scope, period="QUARTER")
    tell_duties([duty])
    found = touched(lambda: move(tree["甲1"], to=tree["乙"], on=JULY, by=officer))
    assert found == {"甲1", "Σ甲", "Σ乙", "Σ工委"}


def test_a_duty_for_one_subtree_rewrites_nobody_else(tree: dict[str, Org], officer: User) -> None:
    hold(tree["甲1"], officer)
    hold(tree["乙1"], officer)
    scope = {"kinds": ["BRANCH"], "under": [tree["乙"].pk]}
    duty = Duty(
        lineage="local", title="专题", level="LOCAL", kinds=["theme_day"], scope=scope,
        period="HALF", minimum=2, valid_from_date=LONG_AGO, issued_at=NOW,
        conditions={"present_posts": ["SECRETARY"]},
    )  # fmt: skip

    def issue() -> None:
        duty.save()
        tell_duties([duty])

    mine = {"乙1", "乙2", "乙3", "Σ乙", "Σ工委"}
    assert touched(issue) == mine
    assert touched(lambda: end_duty(duty, on=dt.date(YEAR - 1, 12, 31), by=officer)) == mine


def test_a_duty_that_begins_late_counts_the_records_that_are_there(
    tree: dict[str, Org], officer: User
) -> None:
    hold(tree["甲1"], officer)
    duty = add_duty(lineage="once more", period="YEAR", minimum=15)
    found = touched(lambda: tell_duties([duty]))
    assert {"甲1", "乙2", "Σ工委"} <= found
    row = Row.objects.get(org_id=tree["甲1"].pk, year=YEAR)
    assert bytes(row.counters)[-1] == 0x11


def test_a_post_given_for_the_first_time_recomputes_nothing(
    tree: dict[str, Org], officer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_duty(lineage="led", posts=["SECRETARY"], period="QUARTER")
    rebuild(YEAR, today=TODAY)
    wang = Person.objects.create(name="王")
    with nothing_recomputed(monkeypatch):
        found = touched(lambda: appoint(wang, tree["甲1"], "SECRETARY", since=SINCE, by=officer))
        assert found == {"甲1 SECRETARY", "Σ甲1", "Σ甲", "Σ工委"}
        held = wang.appointments.get()
        assert touched(lambda: relieve(held, on=JULY, by=officer)) == found


def test_a_member_who_never_held_a_post_moves_no_record(
    tree: dict[str, Org], officer: User
) -> None:
    wang, li = Person.objects.create(name="王"), Person.objects.create(name="李")
    enrol(wang, tree["甲1"], since=SINCE, by=officer)
    appoint(wang, tree["甲1"], "SECRETARY", since=SINCE, by=officer)
    for _number in range(3):
        hold(tree["甲1"], officer)
    with CaptureQueriesContext(connection) as ran:
        enrol(li, tree["甲1"], since=SINCE, by=officer)
    assert [each["sql"] for each in ran if "activities_attendance" in each["sql"]] == []


def test_the_exemption_of_a_subtree_follows_who_stood_there(
    tree: dict[str, Org], officer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    move(tree["甲1"], to=tree["乙"], on=JULY, by=officer)

    def act() -> None:
        grant_exemption(
            tree["甲"], since=dt.date(YEAR, 1, 1), until=dt.date(YEAR, 12, 31), reason="停业整顿",
            subtree=True, by=officer,
        )  # fmt: skip

    with nothing_recomputed(monkeypatch):
        assert touched(act) == {"甲1", "甲2", "甲3", "Σ甲", "Σ工委"}
    owed = bytes(Row.objects.get(org_id=tree["甲1"].pk).owed)
    assert [byte & 0x80 for byte in owed] == [0x80] * 6 + [0] * 6


def test_attendance_above_is_due_by_the_tree_of_the_records_day(
    tree: dict[str, Org], officer: User
) -> None:
    wang = Person.objects.create(name="王")
    enrol(wang, tree["甲1"], since=SINCE, by=officer)
    appoint(wang, tree["甲1"], "SECRETARY", since=SINCE, by=officer)
    for name in ("甲", "乙"):
        for day in (dt.date(YEAR, 5, 6), dt.date(YEAR, 8, 6)):
            hold(tree[name], officer, held_date=day)

    def proves() -> list[tuple[str, int]]:
        told = Evidence.objects.exclude(subject_id__in=Subject.objects.filter(post="").values("pk"))
        held = dict(Activity.objects.values_list("pk", "org__name"))
        return sorted((held[e.source_id], dt.date.fromordinal(e.held).month) for e in told)

    assert proves() == [("甲", 5), ("甲", 8)]
    move(tree["甲1"], to=tree["乙"], on=JULY, by=officer)
    assert proves() == [("乙", 8), ("甲", 5)]
    # A record entered only now, of a day before the move.
    hold(tree["甲"], officer, held_date=dt.date(YEAR, 6, 9))
    assert proves() == [("乙", 8), ("甲", 5), ("甲", 6)]
    assert list(differences_of_year(YEAR)) == []
    kinds = Kind.objects.all()
    due = [due_people(tree["甲"], kinds, on=day) for day in (dt.date(YEAR, 6, 9), JULY)]
    assert [wang in [each.person for each in found] for found in due] == [True, False]


def test_a_record_of_last_year_counts_with_the_superior_of_last_year(
    tree: dict[str, Org], officer: User
) -> None:
    rebuild(YEAR - 1, today=TODAY)
    move(tree["甲1"], to=tree["乙"], on=dt.date(YEAR, 2, 1), by=officer)
    hold(tree["甲1"], officer, held_date=dt.date(YEAR - 1, 10, 8))
    assert list(differences_of_year(YEAR - 1)) == []
    assert Book.objects.get(year=YEAR - 1).movers == Book.objects.get(year=YEAR).movers


def test_the_way_up_is_cut_where_it_would_be_a_circle() -> None:
    ways = Ways({2: [(100, (1,)), (10**6, (1, 3))], 3: [(200, (1, 2)), (10**6, (1,))]})
    assert ways.chain((1, 3, 2), 50) == (2, 1)
    assert ways.chain((1, 3, 2), 150) == (2, 3)
    assert ways.chain((1, 3, 2), 250) == (2, 3, 1)
