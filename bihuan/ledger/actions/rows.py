"""Writing packed rows and sums. Plain SQL in the dialect of the database at hand."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from django.db import connection
from psycopg import Cursor

from bihuan.ledger.queries.books import Register
from bihuan.ledger.queries.store import row_key
from bihuan.ledger.rules import kernel
from bihuan.ledger.rules.codec import Ints, Layout, counts_from, counts_to, matrix

ROW_COLUMNS = "id, year, subject_id, org_id, path, counters, owed, overdue"
ROW_TYPES = ("int8", "int2", "int8", "int8", "varchar", "bytea", "bytea", "int4")
SUM_COLUMNS = "id, year, org_id, counts"
SUM_TYPES = ("int8", "int2", "int8", "bytea")
NEVER = 1 << 62
PART = 2000
"""Keys named in one statement."""


def new_version() -> int:
    """A number no book had before, so that every process notices that a book has changed.

    Not a count: a rolled-back change and the next one would share their number.
    """
    return secrets.randbelow(2**31 - 1) + 1


def run(sql: str, values: Sequence[Any] = (), *, often: bool = False) -> Any:
    """Run one statement on the driver's own cursor; `?` marks values in either dialect.

    Of what runs `often`, in the same words each time, PostgreSQL remembers the plan: it costs
    as much as the statement.
    """
    connection.ensure_connection()
    link = connection.connection
    if connection.vendor == "sqlite":
        cursor = link.cursor()
        cursor.execute(sql, values)
        return cursor
    sql = sql.replace("?", "%s")
    if not often:
        cursor = link.cursor()
        cursor.execute(sql, values or None)
        return cursor
    # Nothing but what asks for it is prepared.
    link.prepare_threshold = NEVER
    planned = Cursor(link)
    planned.execute(sql.encode(), values or None, prepare=True)
    return planned


def fill(
    table: str, columns: str, rows: Iterable[Sequence[Any]], types: Sequence[str] = ()
) -> None:
    """Insert many rows: COPY on PostgreSQL, one prepared statement on SQLite.

    With the columns' `types` on PostgreSQL nothing is spelled out as text on the way.
    """
    connection.ensure_connection()
    cursor = connection.connection.cursor()
    if connection.vendor == "sqlite":
        marks = ",".join("?" * (columns.count(",") + 1))
        cursor.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", rows)
        return
    form = " (FORMAT BINARY)" if types else ""
    with cursor.copy(f"COPY {table} ({columns}) FROM STDIN{form}") as copy:
        if types:
            copy.set_types(types)
        for row in rows:
            copy.write_row(row)


def update(table: str, types: Mapping[str, str], rows: Sequence[Sequence[Any]]) -> None:
    """Set columns of many rows; each row of values ends with its key.

    `types` gives for each column its type on PostgreSQL.
    """
    if not rows:
        return
    if connection.vendor == "sqlite":
        sets = ", ".join(f"{column} = ?" for column in types)
        cursor = connection.connection.cursor()
        cursor.executemany(f"UPDATE {table} SET {sets} WHERE id = ?", rows)
        return
    sets = ", ".join(f"{column} = n.{column}" for column in types)
    arrays = ", ".join(f"?::{kind}[]" for kind in (*types.values(), "bigint"))
    names = ", ".join((*types, "id"))
    run(
        f"UPDATE {table} SET {sets} FROM unnest({arrays}) AS n({names}) WHERE {table}.id = n.id",
        [list(column) for column in zip(*rows, strict=True)],
    )


def select(columns: str, table: str, keys: Collection[int], more: str = "") -> list[Any]:
    """Rows with these keys, in the order of their keys."""
    wanted, found = sorted(keys), []
    for start in range(0, len(wanted), PART):
        part = ",".join(map(str, wanted[start : start + PART]))
        sql = f"SELECT {columns} FROM {table} WHERE id IN ({part}) ORDER BY id{more}"
        found += run(sql).fetchall()
    return found


def add_to_sums(year: int, changes: Mapping[int, Ints]) -> int:
    """Add [slot, 4] changes to the stored sums of these organisations.

    Those without sums are leaves, whose row says all. Returns how many sums were written.
    """
    tables = {row_key(year, org): table for org, table in changes.items() if table.any()}
    lock = " FOR UPDATE" if connection.vendor == "postgresql" else ""
    written = []
    for key, blob in select("id, counts", "ledger_rollup", tables, lock):
        change = tables[key]
        table = counts_from(bytes(blob), max(len(change), len(blob) // 16))
        table[: len(change)] += change
        written.append((counts_to(table), key))
    update("ledger_rollup", {"counts": "bytea"}, written)
    return len(written)


def ensure_sums(register: Register, org_ids: Iterable[int]) -> None:
    """Give these organisations sums if they have none, for something will stand below them.

    Until then an organisation's own row says all. Nothing may be pending, and nobody settle.
    """
    year, wanted = register.year, set(org_ids)
    known = select("org_id", "ledger_rollup", [row_key(year, org) for org in wanted])
    missing = sorted(wanted - {row[0] for row in known})
    if not missing:
        return
    own = own_tables(register.layout, missing)
    blank = np.zeros((len(register.layout), 4), np.int32)
    fill(
        "ledger_rollup", SUM_COLUMNS,
        [(row_key(year, org), year, org, counts_to(own.get(org, blank))) for org in missing],
    )  # fmt: skip


def own_tables(layout: Layout, org_ids: Collection[int]) -> dict[int, Ints]:
    """organisation → [slot, 4] of its own row, without the posts in it."""
    wanted = ",".join(str(int(org)) for org in org_ids) or "0"
    rows = run(
        "SELECT r.org_id, r.counters, r.owed FROM ledger_subject s"
        " JOIN ledger_row r ON r.id = ? + s.id"
        f" WHERE s.org_id IN ({wanted}) AND s.post = ''",
        (row_key(layout.year, 0),),
    ).fetchall()
    if not rows:
        return {}
    counters = matrix([bytes(row[1]) for row in rows], len(layout))
    owed = matrix([bytes(row[2]) for row in rows], len(layout))
    flags = np.stack(kernel.classify(layout, counters, owed).stacked(), axis=2)
    return {row[0]: table for row, table in zip(rows, flags.astype(np.int32), strict=True)}
