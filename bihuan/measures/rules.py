"""What a measure is, and the register of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.db.models import QuerySet
from django.utils.functional import Promise

from bihuan.orgs.models import Org

Number = int | Fraction | None
"""A count, a share between 0 and 1, or None where there is nothing to divide by."""


@dataclass(frozen=True)
class Span:
    """A stretch of days, both ends included, and the day on which one looks."""

    since: dt.date
    until: dt.date
    today: dt.date


@dataclass(frozen=True)
class Item:
    """One record behind a number, as a line that opens it."""

    text: str
    url: str
    day: dt.date | None = None


@dataclass(frozen=True)
class Records:
    """The records behind a number: rows that can be cut into pages, and how to show one."""

    rows: QuerySet[Any] | Sequence[Any]
    show: Callable[[Any], Item]

    def count(self) -> int:
        return self.rows.count() if isinstance(self.rows, QuerySet) else len(self.rows)


Value = Callable[[Org, Span], Number]
ByChild = Callable[[Org, Span], dict[int, Number]]
OfEach = Callable[[Sequence[Org], Span], dict[int, Number]]
Behind = Callable[[Org, Span], Records]


@dataclass(frozen=True)
class Measure:
    """A named, documented number of an organisation, with all below it, in a span.

    `by_child` gives the same number for each child at once, in a number of queries that
    does not grow with the children; `of_each`, where a measure has it, does so for any
    organisations; `records` gives the rows that were counted.
    """

    code: str
    name: str | Promise
    definition: str | Promise
    unit: str | Promise
    value: Value
    records: Behind
    by_child: ByChild
    share: bool = False
    of_each: OfEach | None = None

    def shown(self, number: Number) -> str:
        """The number as it is printed: 1234, 93.5%, or a dash where there is none."""
        if number is None:
            return "—"
        if self.share:
            tenths = round(Fraction(number) * 1000)
            return f"{tenths // 10}.{tenths % 10}%" if tenths % 10 else f"{tenths // 10}%"
        return str(number)


_register: dict[str, Measure] = {}


def register(measure: Measure) -> Measure:
    """Put a measure into the register; a code can be taken once."""
    if measure.code in _register and _register[measure.code] != measure:
        raise ValueError(f"the measure {measure.code} is declared twice")
    _register[measure.code] = measure
    return measure


def measure(code: str) -> Measure:
    """The measure with this code; KeyError if there is none."""
    return _register[code]


def all_measures() -> list[Measure]:
    """Every measure, in the order of the codes."""
    return [_register[code] for code in sorted(_register)]
