from __future__ import annotations

import datetime as dt

import pytest

from bihuan.activities.models import Kind
from bihuan.duties.models import Duty
from bihuan.ledger.queries.lines import Line
from bihuan.ledger.queries.screens import Cell, OwedLine
from bihuan.ledger.queries.wanted import button_for
from bihuan.ledger.rules.codec import State
from bihuan.orgs.models import Org

FIRST, LAST = dt.date(2026, 6, 1), dt.date(2026, 6, 30)


@pytest.mark.parametrize(
    ("today", "asked"),
    [
        (dt.date(2026, 7, 31), "counts_for=2026-06-01"),
        (dt.date(2026, 8, 1), "held_date=2026-06-30"),
    ],
)
def test_an_overdue_cell_asks_for_a_make_up_only_while_one_counts(
    today: dt.date, asked: str
) -> None:
    line = Line(0, "会议", "month", (Duty(grace_days=31),), (Kind(code="meeting"),), ())
    june = Cell(
        line=0, index=5, label="6月", state=State.OVERDUE, need=1, on_time=0, counted=0,
        due=LAST, first=FIRST, last=LAST,
    )  # fmt: skip
    owed = OwedLine(line, "", 1, (june,))

    url, _button = button_for(Org(pk=7), owed, june, today)

    assert url.endswith(f"?org=7&kind=meeting&{asked}")
