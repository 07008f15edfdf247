"""Time passes: overdue counts follow the calendar. Nothing else in the ledger does."""

from __future__ import annotations

import datetime as dt

import numpy as np
from django.db import transaction

from bihuan.ledger.actions.locks import alone
from bihuan.ledger.actions.rebuild import rebuild
from bihuan.ledger.actions.rows import run, update
from bihuan.ledger.models import Book
from bihuan.ledger.queries.books import open_register, register_of
from bihuan.ledger.queries.store import row_key
from bihuan.ledger.rules import kernel
from bihuan.ledger.rules.codec import matrix


def catch_up(year: int, today: dt.date) -> None:
    """Make sure the year has a ledger whose overdue counts speak of `today`.

    Cheap when nothing is due to change: one small read.
    """
    found = register_of(year)
    if found is None:
        rebuild(year, today=today)
    elif found[1] < today.toordinal():
        tick(year, today)


@transaction.atomic
def tick(year: int, today: dt.date) -> int:
    """Move the overdue counts of `year` forward to `today`; return how many rows changed."""
    alone()
    book = Book.objects.get(year=year)
    day, layout = today.toordinal(), open_register(book).layout
    passed = (layout.due >= book.as_of) & (layout.due < day)
    Book.objects.filter(year=year).update(as_of=max(day, book.as_of))
    if day <= book.as_of or not passed.any():
        return 0
    rows = run(
        "SELECT subject_id, counters, owed, overdue FROM ledger_row WHERE year = ?", (year,)
    ).fetchall()
    if not rows:
        return 0
    counters = matrix([bytes(row[1]) for row in rows], len(layout))
    owed = matrix([bytes(row[2]) for row in rows], len(layout))
    late = kernel.overdue(layout, kernel.classify(layout, counters, owed), day)
    changed = np.flatnonzero(late != np.array([row[3] for row in rows])).tolist()
    pairs = [(int(late[at]), row_key(year, rows[at][0])) for at in changed]
    update("ledger_row", {"overdue": "int"}, pairs)
    return len(pairs)
