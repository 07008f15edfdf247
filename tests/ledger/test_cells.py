"""The cells behind a number are those that the slow way finds, one by one."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from bihuan.activities.actions import file_record
from bihuan.activities.rules import Record
from bihuan.duties.actions import grant_exemption
from bihuan.ledger.actions.tick import catch_up
from bihuan.ledger.queries.cells import CellsBehind, Found, cells_where
from bihuan.ledger.queries.screens import owed_by
from bihuan.orgs.models import Org
from tests.village import Village, found_village

pytestmark = pytest.mark.django_db
STATES = ["done", "made_up", "open", "overdue", "not_yet_due", "exempt"]
Key = tuple[int, str, int, int, str]


@pytest.fixture
def village() -> Village:
    found = found_village()
    today = timezone.localdate()
    catch_up(today.year, today)
    for month in range(1, today.month + 1, 2):
        record = Record(
            org_id=found.branch.pk, kinds=("theme_day",), held_date=dt.date(today.year, month, 1)
        )
        file_record(record, by=found.secretary)
    grant_exemption(
        found.other_branch, since=dt.date(today.year, 1, 1), until=dt.date(today.year, 4, 30),
        reason="新成立", by=found.officer,
    )  # fmt: skip
    return found


def keys_of(found: list[Found]) -> list[Key]:
    return [(f.org.pk, f.post, f.line.number, f.cell.index, f.cell.state) for f in found]


def slowly(since: dt.date, until: dt.date, states: list[str]) -> set[Key]:
    today = timezone.localdate()
    return {
        (org.pk, owed.post, owed.line.number, cell.index, cell.state)
        for org in Org.objects.all()
        for owed in owed_by(org, today.year, today)
        for cell in owed.cells
        if since <= cell.due <= until and cell.state in states
    }


@pytest.mark.parametrize("states", [*([state] for state in STATES), ["done", "overdue"], STATES])
def test_cells_due_in_a_span_are_found_by_their_states(village: Village, states: list[str]) -> None:
    today = timezone.localdate()
    since, until = dt.date(today.year, 1, 1), today

    found = CellsBehind(village.committee, since=since, until=until, today=today, states=states)

    expected = slowly(since, until, states)
    assert (len(found), set(keys_of(found[:]))) == (len(expected), expected)
    assert keys_of([found[at] for at in range(len(found))]) == keys_of(found[:])


def test_cells_of_an_organisation_are_its_own(village: Village) -> None:
    today = timezone.localdate()
    since, until = dt.date(today.year, 1, 1), dt.date(today.year, 12, 31)

    found = CellsBehind(village.branch, since=since, until=until, today=today, states=STATES)

    own = {key for key in slowly(since, until, STATES) if key[0] == village.branch.pk}
    assert set(keys_of(found[:])) == own


@pytest.mark.parametrize("state", ["", *STATES])
def test_pages_of_cells_are_the_same_cells(village: Village, state: str) -> None:
    today = timezone.localdate()
    year = dt.date(today.year, 1, 1), dt.date(today.year, 12, 31)
    taken: list[Found] = []
    after, more = "", True

    while more:
        page, after = cells_where(
            village.committee, today.year, today, state=state, after=after, limit=4
        )
        taken, more = taken + page, after != ""

    assert set(keys_of(taken)) == slowly(*year, [state] if state else STATES)
    assert len(taken) == len(set(keys_of(taken)))
