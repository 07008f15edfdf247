"""Writing packed rows and sums. Plain SQL in the dialect of the database at hand."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from django.db import connection, transaction

from bihuan.ledger.actions.fold import fold_if_due
from bihuan.ledger.queries.books import Register
from bihuan.ledger.queries.store import row_key
from bihuan.ledger.rules.codec import counts_from, counts_to

ROW_COLUMNS = "id, year, subject_id, org_id, path, counters, owed, overdue"
Flips = dict[int, Sequence[int]]
"""Slot → change of (expected, exempt, done, made up)."""


def new_version() -> int:
    """A number no book had before, so that every process notices that a book has changed.

    Not a count: a rolled-back change and the next one would share their number.
    """
    return secrets.randbelow(2**31 - 1) + 1


def run(sql: str, values: Sequence[Any] = ()) -> Any:
    """Run one statement on the driver's own cursor; `?` marks values in either dialect."""
    connection.ensure_connection()
    cursor = connection.connection.cursor()
    if connection.vendor != "sqlite":
        sql = sql.replace("?", "%s")
    cursor.execute(sql, values or None if connection.vendor != "sqlite" else values)
    return cursor


def fill(table: str, columns: str, rows: Iterable[Sequence[Any]]) -> None:
    """Insert many rows: COPY on PostgreSQL, one prepared statement on SQLite."""
    connection.ensure_connection()
    cursor = connection.connection.cursor()
    if connection.vendor == "sqlite":
        marks = ",".join("?" * (columns.count(",") + 1))
        cursor.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", rows)
        return
    with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def change_sums(register: Register, path: str, flips: Flips) -> None:
    """Carry changed cells of the subject at `path` to every organisation above them.

    SQLite has one writer anyway and adds at once. PostgreSQL appends, because the root's
    row would be a lock that every writer waits for.
    """
    chains: dict[tuple[int, ...], Flips] = {}
    for slot, change in flips.items():
        if any(change):
            middle = register.layout.slots[slot].window.middle
            chains.setdefault(tuple(register.chain(path, middle)), {})[slot] = change
    for chain, changes in chains.items():
        if connection.vendor == "postgresql":
            _append(register.year, chain, changes)
        else:
            add_to_sums(register.year, chain, changes, len(register.layout))
    if chains and connection.vendor == "postgresql":
        transaction.on_commit(fold_if_due)


def _append(year: int, chain: Sequence[int], changes: Flips) -> None:
    ancestors = "[" + ",".join(map(str, chain)) + "]"
    for slot, change in changes.items():
        run(
            "INSERT INTO ledger_delta (year, slot, ancestors, d_expected, d_exempt, d_done,"
            " d_made) VALUES (?, ?, CAST(? AS jsonb), ?, ?, ?, ?)",
            (year, slot, ancestors, *map(int, change)),
        )


def add_to_sums(year: int, org_ids: Sequence[int], changes: Flips, width: int) -> None:
    """Add changes to the stored sums of these organisations; those without sums are leaves."""
    wanted = ",".join(str(row_key(year, org)) for org in org_ids)
    found = run(f"SELECT id, counts FROM ledger_rollup WHERE id IN ({wanted})").fetchall()
    for key, blob in found:
        table = counts_from(blob, max(width, len(blob) // 16))
        for slot, change in changes.items():
            table[slot] += np.array(change, np.int32)
        run("UPDATE ledger_rollup SET counts = ? WHERE id = ?", (counts_to(table), key))
