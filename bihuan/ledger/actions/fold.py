"""Folding pending changes of sums into the sums (PostgreSQL)."""

from __future__ import annotations

import time

import numpy as np
from django.db import connection, transaction

from bihuan.ledger.rules.codec import counts_from, counts_to

LOCK = 7_340_201
PENDING, SECONDS = 200, 0.5
_last = [0.0]


def fold_if_due() -> None:
    """Fold after a commit, unless this process did so a moment ago and little is pending.

    Never waits: if somebody else is folding, what is pending is theirs or the next one's.
    """
    now = time.monotonic()
    if now - _last[0] >= SECONDS:
        _last[0] = now
        fold()


def fold() -> int:
    """Fold everything pending and return how many changes that were. Zero on SQLite."""
    if connection.vendor != "postgresql":
        return 0
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        row = cursor.fetchone()
        if row is None or not row[0]:
            return 0
        cursor.execute(
            "WITH gone AS (DELETE FROM ledger_delta RETURNING *)"
            " SELECT year, org::bigint, slot, count(*), sum(d_expected)::int,"
            " sum(d_exempt)::int, sum(d_done)::int, sum(d_made)::int"
            " FROM gone, jsonb_array_elements_text(ancestors) AS org GROUP BY 1, 2, 3"
        )
        sums: dict[int, dict[int, tuple[int, ...]]] = {}
        number = 0
        for year, org, slot, many, *change in cursor.fetchall():
            sums.setdefault((year << 40) + org, {})[slot] = tuple(change)
            number += many
        if sums:
            _add(sums)
        return number


def _add(sums: dict[int, dict[int, tuple[int, ...]]]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, counts FROM ledger_rollup WHERE id = ANY(%s) ORDER BY id FOR UPDATE",
            [list(sums)],
        )
        changed = []
        for key, blob in cursor.fetchall():
            slots = sums[key]
            table = counts_from(blob, max(len(blob) // 16, max(slots) + 1))
            for slot, change in slots.items():
                table[slot] += np.array(change, np.int32)
            changed.append((key, counts_to(table)))
        if changed:
            keys, blobs = zip(*changed, strict=True)
            cursor.execute(
                "UPDATE ledger_rollup SET counts = n.counts FROM"
                " unnest(%s::bigint[], %s::bytea[]) AS n(id, counts)"
                " WHERE ledger_rollup.id = n.id",
                [list(keys), list(blobs)],
            )
