"""The ledger computed for many subjects at once: tally, classify, roll up. NumPy only.

The same functions serve one organisation and five million. Rows are subjects, columns are
the slots of a `Layout`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bihuan.ledger.rules.codec import EXEMPT, FULL, MANY, YEAR_DAYS, Bytes, Ints, Layout
from bihuan.ledger.rules.owed import Facts
from bihuan.ledger.rules.periods import first_day
from bihuan.ledger.rules.terms import Signature

BLOCK = 1 << 16
"""Records handled at once: small enough that the intermediate columns stay in the cache."""

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Records:
    """Evidence as columns. `subject` and `signature` are row numbers, not keys; -1 is unknown."""

    subject: Ints
    signature: Ints
    held: Ints
    counts_for: Ints
    present: Ints
    entitled: Ints

    def __len__(self) -> int:
        return len(self.subject)

    def part(self, wanted: slice | npt.NDArray[np.intp]) -> Records:
        """Some of the records."""
        return Records(
            self.subject[wanted], self.signature[wanted], self.held[wanted],
            self.counts_for[wanted], self.present[wanted], self.entitled[wanted],
        )  # fmt: skip


class Tally:
    """Counts per subject and slot, filled block by block."""

    def __init__(self, layout: Layout, signatures: list[Signature], subjects: int) -> None:
        self.layout = layout
        self._tables = _slot_tables(layout, signatures)
        self._touched = np.array([len(layout.line_targets(each)) for each in signatures], np.int8)
        self._quorums = _quorum_table(layout)
        # Looked up at -1, where a record touches nothing, no day is early enough.
        self._limit, self._due = np.append(layout.limit, 0), np.append(layout.due, 0)
        # All that count in the low half, those on time in the high one.
        self._counts = np.zeros(subjects * len(layout), np.uint32)
        self._shape = (subjects, len(layout))

    def add(self, records: Records) -> None:
        for start in range(0, len(records), BLOCK):
            self._add_block(records.part(slice(start, start + BLOCK)))

    def _add_block(self, records: Records) -> None:
        for rank, table in enumerate(self._tables):
            if rank:
                records = records.part(np.flatnonzero(self._touched[records.signature] > rank))
            day = records.counts_for - first_day(self.layout.year)
            slot = table[records.signature * YEAR_DAYS + day]
            counts = records.held <= self._limit[slot]
            if self._quorums is not None:
                self._leave_out_small_meetings(counts, slot, records)
            at = np.flatnonzero(counts)
            slot = slot[at]
            on_time = records.held[at] <= self._due[slot]
            cell = records.subject[at].astype(np.int64) * len(self.layout) + slot
            np.add.at(self._counts, cell, 1 + (on_time.astype(np.uint32) << 16))

    def _leave_out_small_meetings(self, counts: Flags, slot: Ints, records: Records) -> None:
        """Clear the flags of records without the quorum their line asks for (few lines do)."""
        assert self._quorums is not None
        asked = np.flatnonzero(counts & (self._quorums[1] > 0)[slot])
        num, den, strict = self._quorums[:, slot[asked]]
        entitled = records.entitled[asked].astype(np.int64)
        spare = records.present[asked] * den - entitled * num
        counts[asked] = (entitled > 0) & (spare >= strict)

    def counters(self) -> Bytes:
        """The packed counter bytes, [subject, slot]."""
        packed: Bytes = np.minimum(self._counts >> 16, FULL).astype(np.uint8)
        packed <<= 4
        packed |= np.minimum(self._counts & 0xFFFF, FULL).astype(np.uint8)
        return packed.reshape(self._shape)


@dataclass(frozen=True, slots=True)
class Classes:
    """Which cells are expected, exempt, done, made up: four flags [subject, slot]."""

    expected: Flags
    exempt: Flags
    done: Flags
    made_up: Flags

    def stacked(self) -> tuple[Flags, Flags, Flags, Flags]:
        return self.expected, self.exempt, self.done, self.made_up

    def unmet(self) -> Flags:
        return self.expected & ~(self.exempt | self.done | self.made_up)


def classify(layout: Layout, counters: Bytes, owed: Bytes) -> Classes:
    """The state of every cell as far as the calendar plays no part in it."""
    n_all, n_on = counters & 15, counters >> 4
    need = owed & MANY
    each = layout.each_cells
    if len(each):
        need[:, each] = np.where(need[:, each] > 0, n_all[:, each + 1], 0)
    expected = need > 0
    exempt = expected & (owed >= EXEMPT)
    binding = expected & ~exempt
    done = binding & (n_on >= need)
    made_up = binding & (n_all >= need) & ~done
    return Classes(expected, exempt, done, made_up)


def overdue(layout: Layout, classes: Classes, today: int) -> Ints:
    """How many cells of each subject are overdue on `today`."""
    due = np.flatnonzero(layout.due < today)
    late: Ints = classes.unmet()[:, due].sum(axis=1, dtype=np.int32)
    return late


def roll_up(layout: Layout, facts: Facts, classes: Classes) -> dict[int, Ints]:
    """[slot, 4] counts of every organisation that has others or posts below it, by row number.

    Each period is summed over the tree of its own middle day.
    """
    inner = facts.inner_orgs([slot.window.middle for slot in layout.slots])
    place = np.full(facts.org_count, -1, np.int64)
    place[inner] = np.arange(len(inner))
    total = np.zeros((len(inner), len(layout), 4), np.int32)
    for parent, columns in facts.trees([slot.window.middle for slot in layout.slots]).values():
        total[:, columns] = _sweep(facts, classes, parent, np.array(columns), inner, place)
    return {int(org): total[number] for number, org in enumerate(inner)}


def _sweep(
    facts: Facts, classes: Classes, parent: Ints, columns: Ints, inner: Ints, place: Ints
) -> Ints:
    """One tree: cells of subjects to their nearest inner organisation, then level by level up."""
    org = facts.subject_org
    home = np.where(place[org] >= 0, org, parent[org])
    target = np.where(home >= 0, place[home], -1)
    order = np.argsort(target, kind="stable")
    order = order[np.searchsorted(target[order], 0) :]
    total = np.zeros((len(inner), len(columns), 4), np.int32)
    if len(order):
        names, starts = np.unique(target[order], return_index=True)
        for measure, flags in enumerate(classes.stacked()):
            picked = flags[order][:, columns].view(np.uint8)
            total[names, :, measure] = np.add.reduceat(picked, starts, axis=0, dtype=np.int32)
    for level in reversed(levels(parent, inner)):
        above = parent[inner[level]]
        has_parent = above >= 0
        np.add.at(total, place[above[has_parent]], total[level[has_parent]])
    return total


def levels(parent: Ints, nodes: Ints) -> list[Ints]:
    """Positions in `nodes` grouped by depth, the root first. A circle is cut, not followed."""
    depth = np.zeros(len(nodes), np.int32)
    at = parent[nodes]
    for _step in range(len(nodes) + 1):
        going = at >= 0
        if not going.any() or _step > 64:
            break
        depth[going] += 1
        at = np.where(going, parent[at], -1)
    return [np.flatnonzero(depth == each) for each in range(int(depth.max(initial=0)) + 1)]


def _slot_tables(layout: Layout, signatures: list[Signature]) -> list[Ints]:
    """Tables [signature · day] → slot or -1; as many as one signature touches lines at most."""
    touched = [layout.line_targets(signature) for signature in signatures]
    tables = []
    for rank in range(max((len(each) for each in touched), default=0)):
        table = np.full((len(signatures), YEAR_DAYS), -1, np.int32)
        for number, lines in enumerate(touched):
            if rank < len(lines):
                line, more = lines[rank]
                slots = layout.day_slots[line]
                table[number] = np.where(slots >= 0, slots + more, -1)
        tables.append(table.reshape(-1))
    return tables


def _quorum_table(layout: Layout) -> Ints | None:
    """(num, den, 1 if strict) by slot, den 0 where none is asked; None if none is anywhere."""
    table = np.zeros((3, len(layout)), np.int32)
    for at, slot in enumerate(layout.slots):
        quorum = layout.lines[slot.line].conditions.quorum
        if quorum is not None and not slot.trigger:
            table[:, at] = quorum.num, quorum.den, int(quorum.strict)
    return table if table.any() else None


def row_numbers(keys: Mapping[int, int], size: int) -> Ints:
    """A lookup array from keys to row numbers, -1 elsewhere."""
    table = np.full(size, -1, np.int32)
    if keys:
        table[np.fromiter(keys, np.int64)] = np.fromiter(keys.values(), np.int64)
    return table
