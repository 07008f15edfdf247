"""The plain answer: every cell looked at by itself, every vector added to its parent's.

Slow and without a trick, so that it can be believed by reading; the peers share only
``bench.ledger.lines`` with it.
"""

from __future__ import annotations

import hashlib

import numpy as np

from bench.ledger.data import World
from bench.ledger.lines import LINES, SIGNATURES, SLOTS, Slot, attended, covers_half, owed


def digest(table: np.ndarray) -> str:
    """A fingerprint of a result: [organisation with children, slot, (expected, exempt, done, made
    up)], organisations by key."""
    return hashlib.sha256(np.ascontiguousarray(table, np.int32).tobytes()).hexdigest()


def compute(world: World) -> np.ndarray:
    """The roll-up of every organisation with children, its own cells included."""
    orgs, size = world.orgs, len(world.orgs.parent)
    totals = np.zeros((size + 1, len(SLOTS), 4), np.int32)
    waived = _waivers_by_org(world)
    rows = _rows_by_org(world)
    columns = [c.tolist() for c in (orgs.band, orgs.since, orgs.until)]
    for key in range(1, size + 1):
        band, since, until = (column[key - 1] for column in columns)
        _add_cells(totals[key], band, since, until, waived.get(key, []), _by_line(world, rows, key))
    for key in range(size, 1, -1):
        totals[orgs.parent[key - 1]] += totals[key]
    return totals[1:][orgs.has_children]


def _rows_by_org(world: World) -> tuple[np.ndarray, np.ndarray]:
    order = np.argsort(world.evidence.org, kind="stable")
    starts = np.searchsorted(world.evidence.org[order], np.arange(1, len(world.orgs.parent) + 2))
    return order, starts


def _by_line(
    world: World, rows: tuple[np.ndarray, np.ndarray], key: int
) -> list[list[tuple[int, int]]]:
    """The organisation's records that pass each line, as (held, counts for)."""
    order, starts = rows
    mine, e = order[starts[key - 1] : starts[key]], world.evidence
    taken = [c[mine].tolist() for c in (e.signature, e.held, e.counts_for, e.present, e.entitled)]
    found: list[list[tuple[int, int]]] = [[] for _ in LINES]
    for signature, held, counts_for, present, entitled in zip(*taken, strict=True):
        for at, line in enumerate(LINES):
            if SIGNATURES[signature] & line.kinds and attended(line, present, entitled):
                found[at].append((held, counts_for))
    return found


def _waivers_by_org(world: World) -> dict[int, list[tuple[int, int, int]]]:
    found: dict[int, list[tuple[int, int, int]]] = {}
    columns = (column.tolist() for column in vars(world.waivers).values())
    for org, line, since, until in zip(*columns, strict=True):
        found.setdefault(org, []).append((line, since, until))
    return found


def _add_cells(
    totals: np.ndarray,
    band: int,
    since: int,
    until: int,
    waived: list[tuple[int, int, int]],
    records: list[list[tuple[int, int]]],
) -> None:
    for slot in SLOTS:
        need = owed(band, since, until, slot)
        if not need:
            continue
        totals[slot.number, 0] += 1
        if any(line in (-1, slot.line) and covers_half(a, b, slot) for line, a, b in waived):
            totals[slot.number, 1] += 1
        else:
            on, both = _count(records[slot.line], slot)
            if on >= need:
                totals[slot.number, 2] += 1
            elif both >= need:
                totals[slot.number, 3] += 1


def _count(records: list[tuple[int, int]], slot: Slot) -> tuple[int, int]:
    inside = [held for held, day in records if slot.since <= day <= slot.until]
    on = sum(held <= slot.due for held in inside)
    return on, sum(held <= slot.latest for held in inside)
