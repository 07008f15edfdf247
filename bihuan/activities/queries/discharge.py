"""What a record is good for: asked of whoever counts records, shown on the record's page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from bihuan.accounts.models import User
from bihuan.activities.models import Activity


@dataclass(frozen=True)
class Counted:
    """A place in which a record counts: what it is called, how it stands now, where it is."""

    title: str
    state: str
    url: str


@dataclass(frozen=True)
class Discharge:
    """The places where a record counts, and why it does not count where one might expect it."""

    counted: tuple[Counted, ...] = ()
    missed: tuple[str, ...] = ()


discharges: list[Callable[[Activity, User, dt.date], Discharge | None]] = []
"""Asked with the record, its reader and today; None where nothing is counted for its year."""


def discharge_of(activity: Activity, user: User, today: dt.date) -> Discharge | None:
    """What everybody who counts says of `activity` together, as far as `user` may see it."""
    told = [found for ask in discharges if (found := ask(activity, user, today)) is not None]
    if not told:
        return None
    return Discharge(
        tuple(each for found in told for each in found.counted),
        tuple(each for found in told for each in found.missed),
    )
