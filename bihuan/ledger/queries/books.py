"""A year's book as the update path needs it: its layout and the dated way up the tree."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import connection

from bihuan.ledger.models import Book
from bihuan.ledger.queries.store import layout_of
from bihuan.ledger.rules.codec import Layout
from bihuan.lib.tree import keys


@dataclass(frozen=True)
class Register:
    """What a process knows of one version of a book."""

    year: int
    version: int
    layout: Layout
    movers: dict[int, list[tuple[int, list[int]]]]

    def chain(self, path: str, day: int) -> list[int]:
        """The organisation at `path` and those above it on `day`, upwards.

        The path is today's; organisations that had several parents are looked up by day.
        """
        way = keys(path.partition("!")[0])
        found: list[int] = []
        while way and way[-1] not in found:
            found.append(way[-1])
            stays = self.movers.get(way[-1])
            if stays is None:
                way = way[:-1]
            else:
                way = next((up for until, up in stays if until > day), stays[-1][1])
        return found


_known: dict[int, Register] = {}


def register_of(year: int) -> tuple[Register, int] | None:
    """The register of a year and the day its overdue counts speak of; None without a book."""
    connection.ensure_connection()
    cursor = connection.connection.cursor()
    mark = "?" if connection.vendor == "sqlite" else "%s"
    cursor.execute(f"SELECT version, as_of FROM ledger_book WHERE year = {mark}", (year,))
    found = cursor.fetchone()
    cursor.close()
    if found is None:
        return None
    version, as_of = found
    known = _known.get(year)
    if known is None or known.version != version:
        known = _known[year] = open_register(Book.objects.get(year=year))
    return known, as_of


def open_register(book: Book) -> Register:
    movers: dict[str, Any] = book.movers
    return Register(
        book.year,
        book.version,
        layout_of(book),
        {int(org): [(until, keys(path)) for until, path in stays] for org, stays in movers.items()},
    )
