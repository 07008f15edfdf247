"""The registry of things that want something from a person; each app declares its own.

An app's `todos.py` is imported at start-up and puts its functions here:

    @todo(permission=Permission.RECORD_FILE)
    def overdue(user, orgs, today):
        yield Todo(_("……"), url, _("记一笔"), Urgency.OVERDUE, due)

`orgs` are the organisations for which the person acts, without those below them. The desk asks
only functions whose permission the person holds.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from operator import attrgetter

from bihuan.access.permissions import Permission
from bihuan.accounts.models import User
from bihuan.orgs.models import Org


class Urgency(IntEnum):
    """How soon it must be done; the desk shows the most urgent first."""

    OVERDUE = 0
    THIS_WEEK = 1
    THIS_MONTH = 2
    SOMETIME = 3

    @classmethod
    def of(cls, due: dt.date | None, today: dt.date) -> Urgency:
        """The urgency of something due on the day `due`."""
        if due is None:
            return cls.SOMETIME
        if due < today:
            return cls.OVERDUE
        if due <= today + dt.timedelta(days=6 - today.weekday()):
            return cls.THIS_WEEK
        if (due.year, due.month) == (today.year, today.month):
            return cls.THIS_MONTH
        return cls.SOMETIME


@dataclass(frozen=True)
class Todo:
    """One thing to do: a sentence, and the button that leads to doing it."""

    sentence: str
    url: str
    button: str
    urgency: Urgency = Urgency.SOMETIME
    due: dt.date | None = None
    detail: str = ""


Asked = Callable[[User, Sequence[Org], dt.date], Iterable[Todo]]

_asked: list[tuple[Permission | None, Asked]] = []


def todo(*, permission: Permission | None) -> Callable[[Asked], Asked]:
    """Register a function that tells what is wanted of a holder of `permission`."""

    def register(function: Asked) -> Asked:
        _asked.append((permission, function))
        return function

    return register


def todos_for(
    user: User, permissions: Iterable[Permission], orgs: Sequence[Org], today: dt.date
) -> list[Todo]:
    """Everything that is wanted of `user`, the most urgent first."""
    held = set(permissions)
    found: list[Todo] = []
    for permission, function in _asked:
        if permission is None or permission in held:
            found.extend(function(user, orgs, today))
    by_due = sorted(found, key=lambda each: each.due or dt.date.max)
    return sorted(by_due, key=attrgetter("urgency"))
