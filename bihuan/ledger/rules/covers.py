"""The stricter of two lines is owed; the cells of the other that it covers are its basis."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt

from bihuan.ledger.rules.codec import EXEMPT, MANY, Bytes, Layout
from bihuan.ledger.rules.terms import LineKey

Flags = npt.NDArray[np.bool_]


def leave_out_covered(layout: Layout, table: Bytes) -> None:
    """Line A covers a cell of line B that counts the same records, when A asks no less, no later.

    Judged for each subject on what is owed before anything is left out.
    """
    raw = table.copy()
    for slot, inner in _coverings(layout):
        table[_covered(raw, inner, slot), slot] = 0


@lru_cache(maxsize=32)
def _coverings(layout: Layout) -> list[tuple[int, list[int]]]:
    """Every cell that another line can cover, with the cells that together would."""
    return [
        (slot, inner)
        for b, lower in enumerate(layout.lines)
        for a, upper in enumerate(layout.lines)
        if a != b and _comparable(upper, lower)
        for slot in layout.cells[b]
        for inner in (covering_slots(layout, a, slot),)
        if inner
    ]


def _comparable(upper: LineKey, lower: LineKey) -> bool:
    alike = (upper.kinds, upper.conditions, upper.posts, upper.role)
    return alike == (lower.kinds, lower.conditions, lower.posts, lower.role) and "each" not in (
        upper.period,
        lower.period,
    )


def covering_slots(layout: Layout, a: int, slot: int) -> list[int]:
    """The slots of line `a` inside this cell if together they could cover it, else nothing.

    Of two lines with the same window and due day the one with less grace covers; if grace is
    equal too, the one whose text sorts first: otherwise each would leave out the other.
    """
    cell = layout.slots[slot]
    inner = [at for at in layout.cells[a] if layout.slots[at].window.within(cell.window)]
    if not inner or any(layout.slots[at].due > cell.due for at in inner):
        return []
    upper, lower = layout.lines[a], layout.lines[cell.line]
    only = layout.slots[inner[0]]
    if only.window == cell.window and only.due == cell.due:
        ranks = (upper.grace_days, upper.text), (lower.grace_days, lower.text)
        return [*inner, -1] if ranks[0] > ranks[1] else inner
    return inner


def _covered(raw: Bytes, inner: list[int], slot: int) -> Flags:
    """A trailing -1 in `inner` marks the weaker of two equals: it covers only by asking more."""
    equal = inner[-1] == -1
    inner = inner[:-1] if equal else inner
    upper = raw[:, inner]
    owed = ((upper > 0) & (upper < EXEMPT)).all(axis=1)
    many = (upper & MANY).sum(axis=1, dtype=np.int32)
    least = (raw[:, slot] & MANY).astype(np.int32) + (1 if equal else 0)
    result: Flags = owed & (many >= least) & (raw[:, slot] > 0)
    return result
