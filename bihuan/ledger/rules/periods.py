"""The calendar of a ledger year: windows of a period, their due days, their middle days."""

from __future__ import annotations

import calendar
import datetime as dt
from dataclasses import dataclass

from bihuan.ledger.rules.terms import DueRule, LineKey, Rule

MONTHS = {"month": 1, "quarter": 3, "half": 6, "year": 12, "each": 1}


@dataclass(frozen=True, slots=True)
class Window:
    """The days `first`..`last` of one period, both inclusive ordinals."""

    first: int
    last: int

    @property
    def days(self) -> int:
        return self.last - self.first + 1

    @property
    def middle(self) -> int:
        """The day whose facts and whose tree decide; of two middle days the earlier."""
        return self.first + (self.days - 1) // 2

    def overlap(self, first: int, last: int) -> int:
        """How many days of this window lie in `first`..`last`."""
        return max(0, min(self.last, last) - max(self.first, first) + 1)

    def within(self, other: Window) -> bool:
        return other.first <= self.first and self.last <= other.last


def first_day(year: int) -> int:
    return dt.date(year, 1, 1).toordinal()


def last_day(year: int) -> int:
    return dt.date(year, 12, 31).toordinal()


def once_due(rule: Rule) -> dt.date:
    """The due date of what is owed once: said, or else the rule's last day or year's end."""
    if rule.due.date is not None:
        return rule.due.date
    return rule.valid_to or dt.date(rule.valid_from.year, 12, 31)


def line_of(rule: Rule, year: int) -> LineKey | None:
    """The line of `rule` in `year`, or None if it owes nothing there.

    What is owed once belongs to the year of its due date alone.
    """
    due, opens = rule.due, 0
    if rule.valid_from.toordinal() > last_day(year) or rule.last_day < first_day(year):
        return None
    if rule.period == "once":
        due = DueRule("date", 0, once_due(rule))
        opens = max(rule.valid_from.toordinal(), first_day(year))
        if once_due(rule).year != year or opens > once_due(rule).toordinal():
            return None
    return LineKey(
        kinds=rule.kinds, conditions=rule.conditions, posts=rule.posts,
        role=rule.role if rule.posts else "", period=rule.period, due=due,
        grace_days=rule.grace_days,
        trigger_kinds=rule.trigger_kinds if rule.period == "each" else frozenset(), opens=opens,
    )  # fmt: skip


def windows(line: LineKey, year: int) -> list[Window]:
    """The periods of `line` in `year`, in order."""
    if line.period == "once":
        assert line.due.date is not None
        return [Window(line.opens, line.due.date.toordinal())]
    length = MONTHS[line.period]
    return [
        Window(
            dt.date(year, month, 1).toordinal(),
            _month_end(year, month + length - 1).toordinal(),
        )
        for month in range(1, 13, length)
    ]


def due_day(due: DueRule, window: Window) -> int:
    """The last day that is on time for `window`."""
    if due.form == "day":
        end = dt.date.fromordinal(window.last)
        return end.replace(day=min(max(due.number, 1), end.day)).toordinal()
    if due.form == "offset":
        return window.last + due.number
    if due.form == "date" and due.date is not None:
        return due.date.toordinal()
    return window.last


def last_chance(line: LineKey, window: Window) -> int:
    """The last day on which a make-up for `window` may be held."""
    return max(window.last + line.grace_days, due_day(line.due, window))


def _month_end(year: int, month: int) -> dt.date:
    return dt.date(year, month, calendar.monthrange(year, month)[1])
