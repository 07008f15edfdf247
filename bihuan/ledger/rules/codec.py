"""Where the cells of a year lie, and what a byte of them means.

`docs/reference/ledger.md` describes the bytes. Nothing outside this module knows them.

- slot: one byte position. A line takes one slot a period; "each" takes two, the cell and
  beside it the number of occasions. Lines lie in order of first appearance and the year
  only ever gains lines, so a short row reads as zeros.
- counters: low nibble all records that count (on time or made up), high nibble those on
  time; both saturate at 15.
- owed: 0 not owed, low six bits how many, 0x80 exempt.
- counts: four 32-bit integers a slot: expected (with exempt), exempt, done, made up.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from bihuan.ledger.rules.matching import passes, triggers
from bihuan.ledger.rules.periods import Window, due_day, first_day, last_chance, windows
from bihuan.ledger.rules.terms import FAR, LineKey, Signature

ENGINE = 1
"""Raised whenever stored bytes, evidence or signatures come to mean something else.

A book with another number is as good as none, and is computed again from the records. Its
lines stay: `LineKey.from_dict` reads what every engine wrote.
"""
EXEMPT = 0x80
MANY = 0x3F
FULL = 15
EXPECTED, EXEMPTED, DONE, MADE_UP = range(4)
YEAR_DAYS = 366

Bytes = npt.NDArray[np.uint8]
Ints = npt.NDArray[Any]


class State(StrEnum):
    """What a cell says."""

    NONE = "none"
    DONE = "done"
    MADE_UP = "made_up"
    OPEN = "open"
    NOT_YET_DUE = "not_yet_due"
    OVERDUE = "overdue"
    EXEMPT = "exempt"


@dataclass(frozen=True, slots=True)
class Slot:
    """One byte position: period `index` of line `line`, or its occasions if `trigger`."""

    line: int
    index: int
    window: Window
    due: int
    limit: int
    trigger: bool = False


class Layout:
    """The lines of one year and their slots, in order of first appearance."""

    def __init__(self, year: int, lines: Sequence[LineKey] = ()) -> None:
        self.year = year
        self.lines = tuple(lines)
        self.slots: list[Slot] = []
        self.cells: list[list[int]] = []
        for at, line in enumerate(self.lines):
            self.cells.append([])
            for index, window in enumerate(windows(line, year)):
                self._place(at, index, window, line)
        self._targets: dict[tuple[str, int], list[int]] = {}

    def _place(self, at: int, index: int, window: Window, line: LineKey) -> None:
        due, limit = due_day(line.due, window), last_chance(line, window)
        self.cells[at].append(len(self.slots))
        self.slots.append(Slot(at, index, window, due, limit))
        if line.period == "each":
            self.slots.append(Slot(at, index, window, FAR, FAR, trigger=True))

    def __len__(self) -> int:
        return len(self.slots)

    def grown(self, lines: Iterable[LineKey]) -> Layout:
        """This layout with the lines it does not have yet behind the others."""
        known = set(self.lines)
        new = [line for line in dict.fromkeys(lines) if line not in known]
        return Layout(self.year, (*self.lines, *new)) if new else self

    @cached_property
    def number(self) -> dict[LineKey, int]:
        return {line: at for at, line in enumerate(self.lines)}

    @cached_property
    def due(self) -> Ints:
        return np.array([slot.due for slot in self.slots], np.int32)

    @cached_property
    def limit(self) -> Ints:
        return np.array([slot.limit for slot in self.slots], np.int32)

    @cached_property
    def first(self) -> Ints:
        return np.array([slot.window.first for slot in self.slots], np.int32)

    @cached_property
    def is_trigger(self) -> npt.NDArray[np.bool_]:
        return np.array([slot.trigger for slot in self.slots], bool)

    @cached_property
    def each_cells(self) -> npt.NDArray[np.intp]:
        """The cells of "each" lines; their occasions lie one slot further."""
        return np.flatnonzero(self.is_trigger) - 1

    @cached_property
    def day_slots(self) -> Ints:
        """[line, day of the year] → the cell's slot, -1 where the line has no period."""
        table = np.full((len(self.lines), YEAR_DAYS), -1, np.int32)
        begin = first_day(self.year)
        for at, slot in enumerate(self.slots):
            if not slot.trigger:
                window = slot.window
                table[slot.line, window.first - begin : window.last - begin + 1] = at
        return table

    def line_targets(self, signature: Signature) -> list[tuple[int, int]]:
        """(line, 0 for its cell or 1 for its occasions) for each line this signature touches."""
        found = []
        for at, line in enumerate(self.lines):
            if passes(signature, line):
                found.append((at, 0))
            if triggers(signature, line):
                found.append((at, 1))
        return found

    def targets(self, key: str, counts_for: int) -> list[int]:
        """The slots a record with this signature key touches on this day, quorum left aside."""
        day = counts_for - first_day(self.year)
        if (key, day) not in self._targets:
            lines = self.line_targets(Signature.from_key(key))
            slots = [(int(self.day_slots[line, day]), more) for line, more in lines]
            self._targets[key, day] = [slot + more for slot, more in slots if slot >= 0]
        return self._targets[key, day]

    def counted(
        self, key: str, held: int, counts_for: int, present: int, entitled: int
    ) -> list[tuple[int, int]]:
        """(slot, 1 if on time else 0) for every slot in which this record counts."""
        found = []
        for at in self.targets(key, counts_for):
            slot = self.slots[at]
            quorum = None if slot.trigger else self.lines[slot.line].conditions.quorum
            if held <= slot.limit and (quorum is None or quorum.reached(present, entitled)):
                found.append((at, int(held <= slot.due)))
        return found


def classify(owed: int, n_all: int, n_on: int, occasions: int | None = None) -> tuple[int, ...]:
    """(expected, exempt, done, made up) of one cell as zeros and ones; the day plays no part.

    `occasions` is given for "each" cells and takes the place of the number owed.
    """
    need = owed & MANY
    if occasions is not None and need:
        need = min(occasions, FULL)
    if not need:
        return (0, 0, 0, 0)
    if owed & EXEMPT:
        return (1, 1, 0, 0)
    done = n_on >= need
    return (1, 0, int(done), int(not done and n_all >= need))


def state_of(kept: tuple[int, ...], slot: Slot, today: int) -> State:
    """The word for a cell, from `classify` and the calendar."""
    expected, exempt, done, made_up = kept
    if not expected:
        return State.NONE
    if exempt:
        return State.EXEMPT
    if done or made_up:
        return State.DONE if done else State.MADE_UP
    if today > slot.due:
        return State.OVERDUE
    return State.OPEN if today >= slot.window.first else State.NOT_YET_DUE


def at(row: bytes, slot: int) -> int:
    """The byte of a slot; beyond the end of a short row it is zero."""
    return row[slot] if slot < len(row) else 0


def unpack(byte: int) -> tuple[int, int]:
    """(n_all, n_on) of one counter byte."""
    return byte & 15, byte >> 4


def pack(n_all: int, n_on: int) -> int:
    return min(n_all, FULL) | min(n_on, FULL) << 4


def kept(layout: Layout, counters: bytes, owed: bytes, slot: int) -> tuple[int, ...]:
    """`classify` of one cell of a row. `slot` is a cell, not a place of occasions."""
    n_all, n_on = unpack(at(counters, slot))
    occasions = None
    if layout.lines[layout.slots[slot].line].period == "each":
        occasions = unpack(at(counters, slot + 1))[0]
    return classify(at(owed, slot), n_all, n_on, occasions)


def overdue_in(layout: Layout, counters: bytes, owed: bytes, today: int) -> int:
    """How many cells of this row are overdue on `today`."""
    return sum(
        1
        for number, slot in enumerate(layout.slots)
        if slot.due < today and not slot.trigger and at(owed, number)
        and kept(layout, counters, owed, number) == (1, 0, 0, 0)
    )  # fmt: skip


def matrix(rows: Sequence[bytes], width: int) -> Bytes:
    """Rows of any length as one array, padded with zeros (or cut) to `width`."""
    if all(len(row) == width for row in rows):
        return np.frombuffer(b"".join(rows), np.uint8).reshape(len(rows), width)
    padded = b"".join(bytes(row[:width]).ljust(width, b"\0") for row in rows)
    return np.frombuffer(padded, np.uint8).reshape(len(rows), width)


def with_occasions(layout: Layout, cells: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """These cells [subject, slot], and with the cells of "each" lines their occasions."""
    found = cells.copy()
    each = layout.each_cells
    found[:, each + 1] = cells[:, each]
    return found


def only_owed(layout: Layout, counters: Bytes, owed: Bytes) -> Bytes:
    """The counters as they are kept: zero where nothing is owed."""
    return np.where(with_occasions(layout, owed > 0), counters, np.uint8(0))


def evidence_columns(packed: bytes, *, characters: bool) -> Ints:
    """Packed evidence (see `models.Packed`), strung together, as [6, record]: subject,
    signature, held, counts for, present, entitled.

    `characters`: as SQLite packs them, seven a record in UTF-8; otherwise six integers.
    """
    words = np.frombuffer(packed, ">u4")
    if not characters:
        return words.reshape(-1, 6).T.astype(np.int32, order="C")
    words = words.reshape(-1, 7).T.astype(np.uint32, order="C")
    # Four bytes of UTF-8 hold 3, 6, 6 and 6 bits of a character.
    points = words & 0x3F | words >> 2 & 0xFC0 | words >> 4 & 0x3F000 | words >> 6 & 0x1C0000
    columns: Ints = points.astype(np.int32) - 65536
    columns[1] += columns[0] << 20
    return columns[1:]


def counts_from(blob: bytes, width: int) -> Ints:
    """A roll-up vector as [slot, 4], padded with zeros."""
    table = np.zeros((width, 4), np.int32)
    stored = np.frombuffer(blob, "<i4").reshape(-1, 4)[:width]
    table[: len(stored)] = stored
    return table


def counts_to(table: npt.NDArray[np.integer]) -> bytes:
    return table.astype("<i4").tobytes()


def describe(layout: Layout, counters: bytes, owed: bytes, today: int) -> list[str]:
    """A row in words, one line of text a cell that is owed or counted."""
    told = []
    for number, slot in enumerate(layout.slots):
        byte, need = at(counters, number), at(owed, number)
        if not byte and not need:
            continue
        line = layout.lines[slot.line]
        n_all, n_on = unpack(byte)
        name = "+".join(sorted(line.kinds)) or "?"
        if slot.trigger:
            told.append(f"{number}: {name} {line.period} {slot.index + 1}: {n_all} occasions")
            continue
        state = state_of(kept(layout, counters, owed, number), slot, today)
        exempt = " exempt" if need & EXEMPT else ""
        told.append(
            f"{number}: {name} {line.period} {slot.index + 1}: "
            f"owed {need & MANY}{exempt}, counted {n_all}, on time {n_on}, {state}"
        )
    return told
