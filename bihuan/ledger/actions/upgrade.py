"""After an upgrade of the product: years that an older engine wrote are computed again."""

from __future__ import annotations

import datetime as dt

from bihuan.ledger.actions.rebuild import rebuild
from bihuan.ledger.models import Book
from bihuan.ledger.queries.store import Progress


def upgrade(*, today: dt.date, progress: Progress = None) -> list[int]:
    """Rebuild the years whose books are of an older engine, and return them."""
    years = list(Book.objects.older().order_by("year").values_list("year", flat=True))
    for year in years:
        rebuild(year, today=max(today, dt.date(year, 1, 1)), progress=progress)
    return years
