"""A document cut into pieces, so that each proposal's words can be marked in it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

_BREAK = re.compile(r"[,;!?。、\uff0c\uff1b\uff01\uff1f]\s*")


@dataclass(frozen=True)
class Piece:
    """Some text and where it begins. `key` names the proposal it belongs to, if any.

    `head` marks the heading of a clause.
    """

    text: str
    start: int
    key: int | None = None
    head: bool = False


def pieces(
    text: str, spans: Iterable[tuple[int, int, int]], heads: Iterable[tuple[int, int]] = ()
) -> list[Piece]:
    """`text` in pieces that join to itself, marked by `spans` of (start, end, key).

    Where two proposals share words, the shorter one has them, else the first.
    """
    owner: list[int | None] = [None] * len(text)
    for start, end, key in sorted(spans, key=lambda span: span[0] - span[1]):
        for at in range(start, min(end, len(text))):
            owner[at] = key
    in_head = bytearray(len(text))
    for start, end in heads:
        for at in range(start, min(end, len(text))):
            in_head[at] = 1
    starts = [
        at
        for at in range(len(text))
        if at == 0 or owner[at] != owner[at - 1] or in_head[at] != in_head[at - 1]
    ]
    return [
        Piece(text[start:end], start, owner[start], bool(in_head[start]))
        for start, end in zip(starts, [*starts[1:], len(text)], strict=False)
    ]


def breaks(text: str, start: int, end: int) -> list[tuple[int, str, str]]:
    """Where a proposal can be split: (offset, the words before, the words after)."""
    found = []
    for match in _BREAK.finditer(text, start, end):
        at = match.end()
        if start < at < end and text[at:end].strip():
            found.append((at, text[max(start, at - 12) : at], text[at : min(end, at + 12)]))
    return found
