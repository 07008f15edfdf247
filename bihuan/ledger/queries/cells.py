"""The single cells behind a number, wherever they are below an organisation."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import overload

import numpy as np
from django.db.models import QuerySet

from bihuan.ledger.models import Row, Subject
from bihuan.ledger.queries.books import register_of
from bihuan.ledger.queries.lines import Line, lines_of
from bihuan.ledger.queries.screens import Cell, cells_of_row, layout_for, mask_of
from bihuan.ledger.queries.sums import Blob, Mask
from bihuan.ledger.rules.codec import Ints, Layout, State, matrix
from bihuan.ledger.rules.kernel import Flags, classify
from bihuan.lib.tree import end_of_subtree
from bihuan.orgs.models import Org

CHUNK = 500
Packed = tuple[int, int, str, Blob, Blob]
"""(subject, organisation, path, counters, owed) of one row."""
Taken = tuple[int, int, Cell]
"""(subject, organisation, cell)."""


@dataclass(frozen=True)
class Found:
    """One cell somewhere below an organisation."""

    org: Org
    post: str
    line: Line
    cell: Cell


def cells_where(
    org: Org,
    year: int,
    today: dt.date,
    *,
    line: int | None = None,
    state: str = "",
    first: dt.date | None = None,
    last: dt.date | None = None,
    after: str = "",
    limit: int = 50,
) -> tuple[list[Found], str]:
    """A page of the cells at and below `org` behind a number, in tree order, and its end.

    The end is what `after` takes to go on, or "" if nothing follows. It names the place in the
    tree and how many cells of it have been shown. Five statements; of rows only as many are
    read as it takes to find `limit` cells.
    """
    layout = layout_for(year)
    mask = mask_of(layout, None if line is None else [line], first, last)
    place, _mark, shown = after.partition("~")
    skip = int(shown) if shown.isascii() and shown.isdigit() else 0
    states = [state] if state else []
    rows = _rows(org, year, max(place, org.path), states, today).iterator(chunk_size=CHUNK)
    taken: list[Taken] = []
    ends: list[str] = []
    while len(taken) <= limit and (chunk := list(islice(rows, CHUNK))):
        flags = flags_of(layout, [row[3:] for row in chunk], states, today, mask)
        for at in np.flatnonzero(flags.any(axis=1)).tolist():
            if len(taken) > limit:
                break
            subject, org_id, path, counters, owed = chunk[at]
            cells = _cells_at(layout, counters, owed, today, flags[at])
            for number, cell in enumerate(cells, start=1):
                if path != place or number > skip:
                    taken.append((subject, org_id, cell))
                    ends.append(f"{path}~{number}")
    end = ends[limit - 1] if len(taken) > limit else ""
    return _found(layout, year, taken[:limit]), end


class CellsBehind(Sequence[Found]):
    """All cells at and below `org` that fall due in a span and are in one of `states`.

    In tree order. Which they are is worked out once, in one statement; only what is asked for
    is put into words.
    """

    def __init__(
        self, org: Org, *, since: dt.date, until: dt.date, today: dt.date, states: Collection[str]
    ) -> None:
        self._year, self._today = since.year, today
        self._layout = layout_for(since.year)
        mask = due_between(self._layout, since, until)
        self._rows = list(_rows(org, since.year, org.path, states, today))
        blobs = [row[3:] for row in self._rows]
        flags = flags_of(self._layout, blobs, states, today, mask)
        self._places = np.argwhere(flags)

    def __len__(self) -> int:
        return len(self._places)

    @overload
    def __getitem__(self, at: int) -> Found: ...

    @overload
    def __getitem__(self, at: slice) -> list[Found]: ...

    def __getitem__(self, at: int | slice) -> Found | list[Found]:
        if isinstance(at, int):
            return self._in_words(self._places[at : at + 1 or None])[0]
        return self._in_words(self._places[at])

    def _in_words(self, places: Ints) -> list[Found]:
        taken: list[Taken] = []
        for number, slot in places.tolist():
            subject, org_id, _path, counters, owed = self._rows[number]
            only = np.zeros(len(self._layout), bool)
            only[slot] = True
            cells = _cells_at(self._layout, counters, owed, self._today, only)
            taken += [(subject, org_id, cell) for cell in cells]
        return _found(self._layout, self._year, taken)


def due_between(layout: Layout, since: dt.date, until: dt.date) -> Mask:
    """The cells whose last day on time lies in the span."""
    mask: Mask = (layout.due >= since.toordinal()) & (layout.due <= until.toordinal())
    return mask & ~layout.is_trigger


def flags_of(
    layout: Layout,
    rows: Sequence[tuple[Blob, Blob]],
    states: Collection[str],
    today: dt.date,
    mask: Mask,
) -> Flags:
    """[row, slot]: the cells of rows (counters, owed) in one of `states`; owed or exempt if none.

    The same as `codec.state_of` for every cell, for many rows at once.
    """
    width, now = len(layout), today.toordinal()
    counters = matrix([bytes(row[0]) for row in rows], width)
    owed = matrix([bytes(row[1]) for row in rows], width)
    classes = classify(layout, counters, owed.copy())
    if not states:
        return classes.expected & mask & ~layout.is_trigger
    late, begun = layout.due < now, layout.first <= now
    unmet = classes.unmet()
    of_state = {
        State.DONE: classes.done,
        State.MADE_UP: classes.made_up,
        State.EXEMPT: classes.exempt,
        State.OVERDUE: unmet & late,
        State.OPEN: unmet & ~late & begun,
        State.NOT_YET_DUE: unmet & ~late & ~begun,
    }
    found: Flags = np.zeros_like(unmet)
    for state in states:
        found |= of_state.get(State(state), found)
    return found & mask & ~layout.is_trigger


def _rows(
    org: Org, year: int, start: str, states: Collection[str], today: dt.date
) -> QuerySet[Row, Packed]:
    """The rows at and below `org` from the path `start` on, in tree order.

    Rows without any overdue cell are left out where that is all that is asked and their
    counts speak of today.
    """
    rows = Row.objects.filter(year=year, path__gte=start, path__lt=end_of_subtree(org.path))
    known = register_of(year) if set(states) == {State.OVERDUE} else None
    if known is not None and known[1] == today.toordinal():
        rows = rows.filter(overdue__gt=0)
    return rows.order_by("path").values_list("subject_id", "org_id", "path", "counters", "owed")


def _cells_at(layout: Layout, counters: Blob, owed: Blob, today: dt.date, mask: Mask) -> list[Cell]:
    of_row = cells_of_row(layout, bytes(counters), bytes(owed), today, mask).values()
    return [cell for cells in of_row for cell in cells]


def _found(layout: Layout, year: int, taken: Sequence[Taken]) -> list[Found]:
    """Cells with their organisations, posts and lines; four statements."""
    posts = dict(Subject.objects.filter(pk__in={row[0] for row in taken}).values_list("pk", "post"))
    orgs = Org.objects.select_related("parent").in_bulk({row[1] for row in taken})
    lines = lines_of(year, layout)
    return [
        Found(orgs[org_id], posts.get(subject, ""), lines[cell.line], cell)
        for subject, org_id, cell in taken
        if org_id in orgs
    ]
