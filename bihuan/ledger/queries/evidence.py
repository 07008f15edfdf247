"""A year's evidence as columns, read in large blocks.

Many records travel as one value: a Python object for each would cost more than the whole
computation.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import connection
from psycopg import Cursor

from bihuan.ledger.queries.store import Progress
from bihuan.ledger.rules.codec import evidence_columns
from bihuan.ledger.rules.kernel import Records

BLOCK = 1 << 17
"""Keys read at once: enough that the two threads seldom wait for each other."""


def evidence_of_year(year: int, progress: Progress = None) -> Iterator[Records]:
    """Blocks of the year's evidence; `subject` and `signature` hold keys.

    While one block is computed with, a thread has the database string together the next.
    """
    connection.ensure_connection()
    link, characters = connection.connection, connection.vendor == "sqlite"
    # Two look-ups in the primary key; of the year alone it would be a scan.
    low, high = _one(link, "SELECT (SELECT MIN(id) FROM ledger_evidence),"
                           " (SELECT MAX(id) FROM ledger_evidence)")  # fmt: skip
    starts = range(low or 0, (high or -1) + 1, BLOCK)
    with ThreadPoolExecutor(1) as reader:
        coming = reader.submit(_block, link, year, starts.start)
        for start in starts:
            packed = coming.result()
            if start + BLOCK in starts:
                coming = reader.submit(_block, link, year, start + BLOCK)
            if progress:
                progress("evidence", min(start + BLOCK, starts.stop) - low, starts.stop - low)
            if packed:
                yield Records(*evidence_columns(packed, characters=characters))


def _block(link: Any, year: int, start: int) -> bytes | None:
    """The evidence with these keys, strung together; nothing if there is none."""
    together = {
        "sqlite": "CAST(group_concat(packed, '') AS blob)",
        "postgresql": "string_agg(packed, '')",
    }[connection.vendor]
    (found,) = _one(
        link,
        f"SELECT {together} FROM ledger_evidence"
        f" WHERE year = {year} AND id >= {start} AND id < {start + BLOCK}",
    )
    packed: bytes | None = found
    return packed


def _one(link: Any, sql: str) -> tuple[Any, ...]:
    """The one row of a statement without parameters, on the driver's own connection."""
    if connection.vendor == "sqlite":
        row: tuple[Any, ...] = link.execute(sql).fetchone()
        return row
    with Cursor(link) as cursor:
        return cursor.execute(sql.encode(), binary=True).fetchone() or ()
