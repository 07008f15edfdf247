"""Periods of a year, days by which something is due, and dates carried to another year."""

from __future__ import annotations

import calendar
import datetime as dt
from dataclasses import dataclass

from bihuan.duties.choices import Period

MONTHS = {Period.MONTH: 1, Period.QUARTER: 3, Period.HALF: 6, Period.YEAR: 12}
"""How many months one period has, for the periods that recur."""


@dataclass(frozen=True)
class Span:
    """Days from `start` to `end`, both included."""

    start: dt.date
    end: dt.date

    @property
    def days(self) -> int:
        return (self.end - self.start).days + 1

    def common_days(self, other: Span) -> int:
        """How many days lie in both."""
        return max(0, Span(max(self.start, other.start), min(self.end, other.end)).days)


def year_of(year: int) -> Span:
    return Span(dt.date(year, 1, 1), dt.date(year, 12, 31))


def periods_of(period: str, year: int) -> list[Span]:
    """The periods of a year that recur; none for what is owed once or each time."""
    months = MONTHS.get(Period(period), 0)
    if not months:
        return []
    starts = [dt.date(year, month, 1) for month in range(1, 13, months)]
    return [Span(start, last_of_month(year, start.month + months - 1)) for start in starts]


def counted(period: str, year: int, valid: Span) -> int:
    """In how many periods of `year` something is owed that is valid in the span `valid`.

    A period counts from half of its days on, as in the ledger. What is owed once counts if
    it is valid at all; what is owed each time cannot be foreseen and counts 0.
    """
    if period == Period.ONCE:
        return int(valid.common_days(year_of(year)) > 0)
    return sum(span.common_days(valid) * 2 >= span.days for span in periods_of(period, year))


def passed(period: str, year: int, valid: Span, *, due: str, today: dt.date) -> int:
    """In how many of the periods that `counted` counts the last day of `due` lies before `today`.

    `due` is as `Duty.due` describes it.
    """
    if period == Period.ONCE:
        return counted(period, year, valid) if due < f"date:{today.isoformat()}" else 0
    ended = [span for span in periods_of(period, year) if due_day(due, span) < today]
    return sum(span.common_days(valid) * 2 >= span.days for span in ended)


def due_day(due: str, span: Span) -> dt.date:
    """The last day in time of a period that recurs; `due` is as `Duty.due` describes it."""
    form, _colon, number = due.partition(":")
    if form == "day":
        return span.end.replace(day=min(max(int(number), 1), span.end.day))
    if form == "minus":
        return span.end - dt.timedelta(days=int(number))
    return span.end


def last_of_month(year: int, month: int) -> dt.date:
    return dt.date(year, month, calendar.monthrange(year, month)[1])


def moved(day: dt.date, *, to_year: int) -> dt.date:
    """The same day of another year; the last of February stays the last of February."""
    if (day.month, day.day) in ((2, 28), (2, 29)) and day == last_of_month(day.year, 2):
        return last_of_month(to_year, 2)
    return day.replace(year=to_year)


def moved_from(day: dt.date, *, from_year: int | None, to_year: int) -> dt.date:
    """`day` of a plan for `from_year`, in the plan for `to_year`.

    A day in the year after the plan's stays in the year after. A plan whose year is not
    known keeps its dates.
    """
    if from_year is None:
        return day
    return moved(day, to_year=day.year + to_year - from_year)
