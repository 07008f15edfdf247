"""Printed lines back into paragraphs, by how full they are and where the next begins.

A line goes on in the next one when it reaches the right edge of the text, and the next one
stands at the left edge, follows closely, and does not begin with a number of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

# How far short of the edge a full line may end, in characters: a sign that must not begin a
# line takes its neighbour along, a Latin word more.
SLACK, LATIN_SLACK = 2.3, 6.0
INDENT = 1.2
GAP = 1.35
NUMBERED = re.compile(
    r"\s*(?:[一二三四五六七八九十百]{1,4}[、.\uff0e]|"
    r"[(\uff08][一二三四五六七八九十\d]{1,4}[)\uff09]|\d{1,3}[、.\uff0e](?!\d)|"
    r"[①-⑳⑴-⒇]|第[一二三四五六七八九十百零\d]{1,5}[章节条款项]|[•●■◆▪])"
)
PAGE_NUMBER = re.compile(
    r"[-—–―─\s]*(?:第\s*)?\d{1,4}(?:\s*页)?(?:\s*[/,\uff0c]?\s*共\s*\d{1,4}\s*页|\s*/\s*\d{1,4})?[-—–―─\s]*"
)
LONGEST_PAGE_NUMBER = 30
MARGIN = 0.12
WIDE = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\u3000-\u303f\U00020000-\U000323af]")
QUOTES = "“”‘’…—"


@dataclass(frozen=True)
class Line:
    """One printed line. Measures in points from the lower left corner of the page;
    `em` is the height of its characters, `page` the height of the page."""

    text: str
    left: float
    right: float
    bottom: float
    top: float
    em: float
    page: float


def join_pages(pages: Iterable[list[Line]]) -> Iterator[str]:
    """The paragraphs of all pages, page numbers left out; one may run over a page's end."""
    bodies = [[line for line in lines if not is_page_number(line)] for lines in pages]
    everything = [line for lines in bodies for line in lines]
    if not everything:
        return
    parts: list[str] = []
    last: Line | None = None
    for lines in bodies:
        # A page with a few lines does not show where its edges are.
        edges = edges_of(lines if len(lines) > 4 else everything)
        for at, line in enumerate(lines):
            if last is not None and not goes_on(last, line, edges, new_page=at == 0):
                yield glue(parts)
                parts = []
            parts.append(line.text)
            last = line
    yield glue(parts)


def rejoin(pieces: Iterable[Line]) -> list[Line]:
    """Lines whose pieces were parted by a raised or lowered sign, such as the call of a note."""
    lines: list[Line] = []
    for piece in pieces:
        if lines and goes_beside(lines[-1], piece):
            last = lines.pop()
            piece = Line(
                last.text + (" " if piece.left - last.right > 0.25 * last.em else "") + piece.text,
                last.left,
                piece.right,
                min(last.bottom, piece.bottom),
                max(last.top, piece.top),
                max(last.em, piece.em),
                last.page,
            )
        lines.append(piece)
    return lines


def goes_beside(last: Line, piece: Line) -> bool:
    """Whether `piece` stands right after `last` on the same printed line."""
    overlap = min(last.top, piece.top) - max(last.bottom, piece.bottom)
    height = min(last.top - last.bottom, piece.top - piece.bottom)
    gap = piece.left - last.right
    return overlap > 0.4 * height and -0.5 * last.em < gap < 0.6 * last.em


def is_page_number(line: Line) -> bool:
    """Whether a line in the upper or lower margin is nothing but the number of the page."""
    at_edge = line.top < line.page * MARGIN or line.bottom > line.page * (1 - MARGIN)
    is_short = len(line.text) <= LONGEST_PAGE_NUMBER
    return at_edge and is_short and PAGE_NUMBER.fullmatch(line.text) is not None


def edges_of(lines: list[Line]) -> tuple[float, float]:
    """The left and right edge of the text. A tenth of the lines may stick out."""
    lefts = sorted(line.left for line in lines)
    rights = sorted(line.right for line in lines)
    return lefts[len(lefts) // 10], rights[-1 - len(rights) // 10]


def goes_on(last: Line, line: Line, edges: tuple[float, float], *, new_page: bool) -> bool:
    """Whether `line` continues the paragraph that `last` belongs to."""
    left, right = edges
    slack = LATIN_SLACK if last.text[-1].isascii() and line.text[0].isascii() else SLACK
    is_full = last.right >= right - slack * last.em
    is_flush = line.left <= left + INDENT * line.em
    same_type = 0.85 < line.em / max(last.em, 0.1) < 1.18
    distance = last.bottom - line.top
    is_near = new_page or distance < GAP * line.em
    return is_full and is_flush and same_type and is_near and not NUMBERED.match(line.text)


def glue(lines: list[str]) -> str:
    """Lines of one paragraph put together: with a space between Latin words only."""
    text = ""
    for line in lines:
        if text and not is_wide(text[-1]) and not is_wide(line[0]):
            text += " "
        text += line
    return text


def is_wide(sign: str) -> bool:
    return sign in QUOTES or WIDE.match(sign) is not None
