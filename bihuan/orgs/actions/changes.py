"""Who is told when organisations or the people in them are not what they were.

After each change the callables in `after_change` are told which organisations it is about and
from which day on; the ledger uses it to move the cells concerned.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True)
class Change:
    """Organisations that are not what they were, from the day `since` on.

    `people` are those whose post or membership it is about; None if that is not known.
    """

    org_ids: frozenset[int]
    since: dt.date
    people: frozenset[int] | None = frozenset()


after_change: list[Callable[[Change], None]] = []


_held: ContextVar[list[Change] | None] = ContextVar("bihuan_changes", default=None)


def tell(change: Change) -> None:
    """Tell everybody who listens, inside the transaction of the change; see `together`."""
    held = _held.get()
    if held is not None:
        held.append(change)
        return
    for told in after_change:
        told(change)


@contextmanager
def together() -> Iterator[None]:
    """Tell all changes of this block as one at its end, so that whoever follows does so once."""
    if _held.get() is not None:
        yield
        return
    held: list[Change] = []
    token = _held.set(held)
    try:
        yield
    finally:
        _held.reset(token)
    if held:
        tell(_summed(held))


def _summed(changes: list[Change]) -> Change:
    people: frozenset[int] | None = frozenset()
    for change in changes:
        people = None if people is None or change.people is None else people | change.people
    orgs = frozenset[int]().union(*(change.org_ids for change in changes))
    return Change(orgs, min(change.since for change in changes), people)
