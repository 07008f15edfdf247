"""The rules of the benchmark: eleven lines, seventy-eight slots of one year.

They are written down a second time here, apart from the product's own types, so that the peers
and the oracle share nothing with the engine they are compared with.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date

YEAR = 2026
TODAY = date(2026, 11, 20).toordinal()

BANDS = (7, 10, 15, 30)
"""Sizes at which a rule begins to bind. The band of an organisation is how many it reaches."""


@dataclass(frozen=True)
class Binding:
    """One duty of a line: organisations from ``min_members`` owe ``minimum`` from day ``since``."""

    minimum: int = 1
    min_members: int = 0
    since: int = date(YEAR, 1, 1).toordinal()


@dataclass(frozen=True)
class Line:
    """What is counted: records of any of ``kinds`` whose attendance passes ``quorum``.

    ``quorum`` is (numerator, denominator, strict): present/entitled must reach, or if strict
    exceed, that share. ``due_day`` is a day of the period's last month; None: its last day.
    """

    code: str
    kinds: frozenset[str]
    period: str
    bindings: tuple[Binding, ...]
    quorum: tuple[int, int, bool] | None = None
    due_day: int | None = None
    grace: int = 30


@dataclass(frozen=True)
class Slot:
    """One line in one period; days are ordinals, ``until`` and ``latest`` inclusive."""

    number: int
    line: int
    period: int
    since: int
    until: int
    due: int
    latest: int


def _line(code: str, period: str, *bindings: Binding, **more: object) -> Line:
    return Line(code, frozenset({code}), period, bindings or (Binding(),), **more)  # type: ignore[arg-type]


LINES: tuple[Line, ...] = (
    _line("theme_day", "month"),
    _line("committee_meeting", "month", Binding(min_members=7)),
    _line("group_meeting", "month", Binding(min_members=15)),
    _line("dues", "month", due_day=25),
    _line("reading", "month", Binding(min_members=10), grace=15),
    _line("general_meeting", "quarter", quorum=(1, 2, True)),
    _line(
        "lecture",
        "quarter",
        Binding(),
        Binding(minimum=2, min_members=30, since=date(YEAR, 7, 1).toordinal()),
    ),
    # The same kind of record as the first line, with a test of attendance the first has not.
    Line("theme_day_attended", frozenset({"theme_day"}), "quarter", (Binding(),), (4, 5, False)),
    _line("talk", "quarter"),
    _line("org_life_meeting", "year", due_day=30),
    _line("appraisal", "year", quorum=(2, 3, False)),
)

SIGNATURES: tuple[frozenset[str], ...] = (
    *(frozenset({line.code}) for line in LINES if line.code in line.kinds),
    frozenset({"theme_day", "lecture"}),
    frozenset({"general_meeting", "lecture"}),
    frozenset({"org_life_meeting", "appraisal"}),
    frozenset({"volunteer"}),
)
"""Combinations of kinds that records of the benchmark have. The last discharges nothing."""

MONTHS = {"month": 1, "quarter": 3, "year": 12}


def slots() -> tuple[Slot, ...]:
    """All slots of the year, line by line, in the order of their periods."""
    found: list[Slot] = []
    for at, line in enumerate(LINES):
        months = MONTHS[line.period]
        for period in range(12 // months):
            last = (period + 1) * months
            days = monthrange(YEAR, last)[1]
            since = date(YEAR, last - months + 1, 1).toordinal()
            until = date(YEAR, last, days).toordinal()
            due = date(YEAR, last, min(line.due_day or days, days)).toordinal()
            found.append(Slot(len(found), at, period, since, until, due, until + line.grace))
    return tuple(found)


SLOTS = slots()


def covers_half(since: int, until: int, slot: Slot) -> bool:
    """Whether the days since..until (inclusive) are at least half of the slot's days."""
    shared = min(until, slot.until) - max(since, slot.since) + 1
    return 2 * shared >= slot.until - slot.since + 1


def owed(band: int, since: int, until: int, slot: Slot) -> int:
    """How many records an organisation of this band, in being since..until, owes in the slot."""
    size = 0 if band == 0 else BANDS[band - 1]
    return max(
        (
            binding.minimum
            for binding in LINES[slot.line].bindings
            if binding.min_members <= size and covers_half(max(since, binding.since), until, slot)
        ),
        default=0,
    )


def attended(line: Line, present: int, entitled: int) -> bool:
    """Whether the attendance of one record passes the line's quorum."""
    if line.quorum is None:
        return True
    numerator, denominator, strict = line.quorum
    left, right = present * denominator, entitled * numerator
    return entitled > 0 and (left > right or (left == right and not strict))
