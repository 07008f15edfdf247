from __future__ import annotations

import datetime as dt

import pytest

from bihuan.ledger.rules.codec import EXEMPT, Layout
from bihuan.ledger.rules.owed import Facts, lines_of, owed_table
from bihuan.ledger.rules.terms import OrgSpan, Rule, Signature, Waiver

MEETING = Rule(id=1, kinds=frozenset({"meeting"}), period="month", grace_days=10)
LAYOUT = Layout(2026, lines_of([MEETING], 2026))
JUNE = LAYOUT.cells[0][5]


def owed_in_june(since: dt.date, *waivers: Waiver) -> int:
    facts = Facts.from_rows([OrgSpan(1, since, None, None, "BRANCH")], [], [(1, "")])
    return int(owed_table(LAYOUT, [MEETING], facts, waivers)[0, JUNE])


@pytest.mark.parametrize(("day", "owed"), [(1, 1), (16, 1), (17, 0), (30, 0)])
def test_a_period_counts_from_half_of_its_days_on(day: int, owed: int) -> None:
    assert owed_in_june(dt.date(2026, 6, day)) == owed


@pytest.mark.parametrize(("day", "owed"), [(14, 1), (15, 1 | EXEMPT)])
def test_an_exemption_frees_from_half_of_the_days_on(day: int, owed: int) -> None:
    waiver = Waiver(1, 1, dt.date(2026, 6, 1), dt.date(2026, 6, day))
    assert owed_in_june(dt.date(2020, 1, 1), waiver) == owed


@pytest.mark.parametrize(
    ("held", "counted"),
    [
        (dt.date(2026, 6, 30), [(JUNE, 1)]),
        (dt.date(2026, 7, 1), [(JUNE, 0)]),
        (dt.date(2026, 7, 10), [(JUNE, 0)]),
        (dt.date(2026, 7, 11), []),
    ],
)
def test_a_meeting_is_on_time_made_up_or_too_late(
    held: dt.date, counted: list[tuple[int, int]]
) -> None:
    key = Signature(frozenset({"meeting"})).as_key()
    for_june = dt.date(2026, 6, 30).toordinal()
    assert LAYOUT.counted(key, held.toordinal(), for_june, 0, 0) == counted
