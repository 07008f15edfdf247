"""Changes of sums: written at once on SQLite, appended and folded in later on PostgreSQL.

The root's sums are a row that every writer would wait for. So on PostgreSQL a writer appends
what it adds to them, and one of the writers folds what has gathered after its own commit: when
`SECONDS` have passed since this process did so last, or `PENDING` changes have come since.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from django.db import connection, transaction

from bihuan.ledger.actions.locks import alone, may_fold
from bihuan.ledger.actions.rows import add_to_sums, run
from bihuan.ledger.queries.books import Register
from bihuan.ledger.rules.codec import Ints

Flips = Mapping[int, Sequence[int]]
"""Slot → change of (expected, exempt, done, made up)."""
PENDING, SECONDS = 200, 0.5


@dataclass
class _Seen:
    """What this process knows of the queue: its numbers are given in order by the database."""

    newest: int = 0
    folded: int = 0
    at: float = float("-inf")

    def is_due(self, now: float) -> bool:
        return now - self.at >= SECONDS or self.newest - self.folded >= PENDING


_seen = _Seen()


def change_sums(register: Register, path: str, flips: Flips) -> None:
    """Carry changed cells of the subject at `path` to every organisation above them."""
    chains: dict[tuple[int, ...], dict[int, Sequence[int]]] = {}
    for slot, change in flips.items():
        if any(change):
            middle = register.layout.slots[slot].window.middle
            chains.setdefault(register.chain(path, middle), {})[slot] = change
    for chain, changes in chains.items():
        if connection.vendor == "postgresql":
            _append(register.year, chain, changes)
        else:
            table = np.zeros((len(register.layout), 4), np.int32)
            table[list(changes)] = list(changes.values())
            add_to_sums(register.year, dict.fromkeys(chain, table))
    if chains and connection.vendor == "postgresql":
        # Robust: the record is committed; that a fold failed is for the log.
        transaction.on_commit(fold_if_due, robust=True)


def _append(year: int, chain: Sequence[int], changes: Flips) -> None:
    ancestors = "[" + ",".join(map(str, chain)) + "]"
    rows = [(year, slot, ancestors, *map(int, change)) for slot, change in changes.items()]
    marks = ", ".join(["(?, ?, CAST(? AS jsonb), ?, ?, ?, ?)"] * len(rows))
    cursor = run(
        "INSERT INTO ledger_delta (year, slot, ancestors, d_expected, d_exempt, d_done, d_made)"
        f" VALUES {marks} RETURNING id",
        [value for row in rows for value in row],
        often=True,
    )
    numbers = [row[0] for row in cursor.fetchall()]
    _seen.folded = _seen.folded or min(numbers) - 1
    _seen.newest = max(_seen.newest, *numbers)


def fold_if_due() -> None:
    """Fold if it is time or much is pending. Never waits: else somebody is at it already."""
    now = time.monotonic()
    if _seen.is_due(now):
        _seen.at = now
        fold()


def fold() -> int:
    """Fold everything pending and return how many changes that were. Zero on SQLite."""
    if connection.vendor != "postgresql":
        return 0
    with transaction.atomic():
        return _fold() if may_fold() else 0


def fold_alone() -> None:
    """Keep all others from writing until the transaction ends, with nothing pending."""
    alone()
    if connection.vendor == "postgresql":
        _fold()


def _fold() -> int:
    rows = run(
        "DELETE FROM ledger_delta"
        " RETURNING id, year, slot, ancestors::text, d_expected, d_exempt, d_done, d_made"
    ).fetchall()
    _seen.folded = max(_seen.newest, *(row[0] for row in rows), 0)
    if not rows:
        return 0
    years: dict[int, dict[int, Ints]] = {}
    width = max(row[2] for row in rows) + 1
    for _number, year, slot, ancestors, *change in rows:
        tables = years.setdefault(year, {})
        for org in json.loads(ancestors):
            tables.setdefault(org, np.zeros((width, 4), np.int32))[slot] += change
    for year, tables in sorted(years.items()):
        add_to_sums(year, tables)
    return len(rows)
