"""What happens, drawn from a seeded source."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from bihuan.demo.rules.words import GIVEN, SURNAMES


@dataclass(frozen=True)
class Habit:
    """How an organisation works: how surely it holds what is due, and how early."""

    reliability: float
    merges: bool
    weekday: int


def person_names(random: Random) -> Iterator[str]:
    """Invented names without end."""
    while True:
        length = 1 if random.random() < 0.25 else 2
        yield random.choice(SURNAMES) + "".join(random.choice(GIVEN) for _each in range(length))


def habit(random: Random) -> Habit:
    """Most are sound, some are slack, a few hardly do anything."""
    draw = random.random()
    if draw < 0.03:
        reliability = 0.35
    elif draw < 0.25:
        reliability = random.uniform(0.78, 0.92)
    else:
        reliability = random.uniform(0.94, 0.995)
    return Habit(reliability, merges=random.random() < 0.45, weekday=random.randrange(5))


def shares(random: Random, total: int, parts: int, *, least: int) -> list[int]:
    """`total` in `parts` uneven whole parts of at least `least`, summing exactly."""
    if total < parts * least:
        raise ValueError("not enough to share")
    weights = [math.exp(random.gauss(0, 0.6)) for _each in range(parts)]
    free = total - parts * least
    whole = sum(weights)
    sizes = [least + int(free * weight / whole) for weight in weights]
    for place in range(total - sum(sizes)):
        sizes[place % parts] += 1
    return sizes


def soon(today: dt.date) -> dt.date:
    """A deadline that falls into this week: its Friday, from then on its Sunday."""
    friday = today + dt.timedelta(days=4 - today.weekday())
    day = friday if today < friday else friday + dt.timedelta(days=2)
    return min(day, dt.date(today.year, 12, 31))


def working_day(random: Random, year: int, month: int, weekday: int) -> dt.date:
    """A day in the month on the host's usual weekday."""
    first = dt.date(year, month, 1)
    offset = (weekday - first.weekday()) % 7 + 7 * random.choice((0, 1, 1, 2, 3))
    return first + dt.timedelta(days=min(offset, 27))
