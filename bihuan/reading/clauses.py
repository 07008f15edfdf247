"""The clause tree: which numbers open a passage, and what lies under what.

A number is accepted by its place (start of a line, after a final mark, glued to a heading) and by
its sequence: 二、 needs 一、 before it, 一是 needs 二是 after it. Styles nest in the order in which
the document first uses them, so 一、→1. with running numbers, 第一条→(一) and 1.→(1) all work
without a fixed table of levels.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass, field

from bihuan.reading.frame import Frame
from bihuan.reading.numbering import LEGAL, RUNNING, Marker, Style, find_markers, marker_at
from bihuan.reading.sentences import Span, trimmed
from bihuan.reading.tables import Cell, Column, cells_of, column_kind, columns_of, header_columns

_FINAL = "。;!?:”)]…》"
_LIST_MARKS = ",、"
_IN_LISTS = RUNNING | {Style.ARABIC_BRACKET, Style.ARABIC_HALF, Style.CHINESE_BRACKET}
_TOP = LEGAL | {Style.CHINESE}
_CHINESE_DIGIT = "一二三四五六七八九十"
_CALENDAR = re.compile(
    r"(?:20\d\d年)?(?:(?:\d{1,2}|[一二三四五六七八九十]{1,3})月(?:份)?|第?[一二三四1-4]季度|[上下]半年):?(?=\n|$)"
)
_BULLET = re.compile(r"(?:——|[●•◆◇★☆▲■□※○►▪]|\[[^\[\]\n]{2,8}\])[ ]?(?=[\u4e00-\u9fff“])")
_MUST = re.compile(r"(?:^|(?<=[。;:,!?\n]))(?:各|机关|全体|广大|基层)[\u4e00-\u9fff]{0,8}$")
_CLOSING = re.compile(
    r"(?:下一?步|下一阶段|今后|总之|特此(?:通知|报告|函告)|以上|专此|此通知|最后,)"
)
_NEAR = 4000
_LONGEST_HEADING = 120
_LONGEST_GROUP = 30


@dataclass(slots=True)
class Node:
    """A clause while the tree grows. `body` is where its content starts, after the number.

    `heads`: a line without a number that stands over numbered ones, such as “一季度”.
    """

    start: int
    body: int
    end: int
    style: Style | None = None
    value: int = 0
    inline: bool = False
    dots: int = 0
    heads: bool = False
    children: list[Node] = field(default_factory=list)
    cells: dict[Column, Cell] = field(default_factory=dict)
    title: Span = (0, 0)

    def own_spans(self) -> list[Span]:
        """The text of the clause itself: after its title, without its children."""
        spans, at = [], max(self.body, self.title[1])
        for child in self.children:
            spans.append((at, child.start))
            at = child.end
        spans.append((at, self.end))
        return [span for span in spans if span[0] < span[1]]


class Grove:
    """Builds the nodes of one document. `grow` is its only use."""

    def __init__(self, folded: str, frame: Frame) -> None:
        self.folded = folded
        self.frame = frame
        self.roots: list[Node] = []
        self.stack: list[Node] = []
        self.header: list[Column | None] = []
        self.last: dict[Style, int] = {}
        self.starts = {a for a, _ in frame.lines}
        calendar = {a for a, _ in frame.lines if _CALENDAR.match(folded, a)}
        self.calendar = calendar if len(calendar) > 1 else set()
        bullets = {a: m.end() for a, _ in frame.lines if (m := _BULLET.match(folded, a))}
        self.bullets = bullets if len(bullets) > 1 else {}
        self.markers = [
            [m for m in find_markers(folded, a, b) if self._is_possible(m)] for a, b in frame.lines
        ]
        self.places: dict[tuple[Style, int], list[int]] = defaultdict(list)
        for marker in (m for line in self.markers for m in line):
            self.places[marker.style, marker.value].append(marker.start)
        self.numbered = any(m.style not in RUNNING for line in self.markers for m in line)

    def grow(self) -> list[Node]:
        """The top-level nodes, in order, with ends and children set."""
        for (start, end), markers in zip(self.frame.lines, self.markers, strict=True):
            if start in self.frame.breaks:
                self.stack.clear()
                self.header = []
            if not self._take_row(start, end):
                self._take_line(start, end, markers)
        return self.roots

    def _is_possible(self, marker: Marker) -> bool:
        """Whether place and neighbours allow `marker` to open a passage at all."""
        before = self.folded[marker.start - 1] if marker.start not in self.starts else "\n"
        after = self.folded[marker.end : marker.end + 1]
        if (marker.style is Style.CHINESE and after in _CHINESE_DIGIT + "、") or (
            marker.style is Style.CHINESE_BRACKET and after in ("", "、")
        ):
            return after == ""
        if before == "\n" or before in _FINAL:
            return True
        if marker.style in _IN_LISTS and before in _LIST_MARKS:
            return True
        if marker.style is Style.MUSTS and marker.value == 1:
            return _MUST.search(self.folded, max(0, marker.start - 14), marker.start) is not None
        if marker.style in RUNNING - {Style.CIRCLED} or marker.style is Style.DECIMAL:
            return False
        return not (
            before in _CHINESE_DIGIT + "第.-—至"
            or before.isdigit()
            or (before.isascii() and before.isalpha())
        )

    # -- tables

    def _take_row(self, start: int, end: int) -> bool:
        line = self.folded[start:end]
        if "\t" not in line:
            if end - start > _LONGEST_GROUP or "。" in line:
                self.header = []
            return False
        width = header_columns(line)
        if width:
            self.header = self._kinds_of(line.split("\t"))
            return True
        if not self.header or not columns_of(line, len(self.header)):
            return False
        self._open_row(start, end)
        return True

    def _kinds_of(self, labels: list[str]) -> list[Column | None]:
        """What the columns hold. Of two columns named like tasks the second has the detail."""
        kinds = [column_kind(label) for label in labels]
        if kinds.count(Column.TASK) > 1 and Column.DETAIL not in kinds:
            kinds[kinds.index(Column.TASK, kinds.index(Column.TASK) + 1)] = Column.DETAIL
        return kinds

    def _open_row(self, start: int, end: int) -> None:
        cells = cells_of(self.folded, start, end)
        kinds = self.header
        if len(cells) < len(kinds) and kinds[0] is Column.NUMBER and not self._is_number(cells[0]):
            kinds = kinds[1:]
        while self.stack and self.stack[-1].inline:
            self.stack.pop()
        row = Node(start, start, end)
        for kind, cell in zip(kinds, cells, strict=False):
            if kind is not None and kind not in row.cells and cell.start < cell.end:
                row.cells[kind] = cell
        number = row.cells.get(Column.NUMBER)
        if number is not None:
            row.body = number.end
        self._add(row, self.stack[-1] if self.stack else None)
        self._reach(end)

    def _is_number(self, cell: Cell) -> bool:
        return bool(
            re.fullmatch(r"[\d一二三四五六七八九十.、()]{1,5}", self.folded[cell.start : cell.end])
        )

    # -- lines

    def _take_line(self, start: int, end: int, markers: list[Marker]) -> None:
        opened = start in self.bullets
        if opened:
            self._open_unnumbered(start, Style.BULLET, self.bullets[start])
        for marker in markers:
            place = self._place(marker, start)
            if place is None:
                continue
            if not opened and marker.start > start:
                self._take_plain(start)
            opened = True
            self._reach(marker.start)
            self._open(marker, place, strong=marker.start == start)
        if not opened:
            self._take_plain(start)
        self._reach(end)

    def _take_plain(self, start: int) -> None:
        """A paragraph without a number of its own opens at `start`."""
        if start in self.calendar:
            self._open_unnumbered(start, None, start)
            return
        heading = self._is_heading(start)
        if not heading and self._goes_on(start):
            return
        self.stack.clear()
        self._add(Node(start, start, start, heads=heading), None)
        self.stack.append(self.roots[-1])

    def _open_unnumbered(self, start: int, style: Style | None, body: int) -> None:
        """A bullet, or a month alone in its line, stands beside the one of its sort before it."""
        mark = self.folded[start]
        alike = [i for i, node in enumerate(self.stack) if self._is_beside(node, style, mark)]
        depth = alike[0] if alike else len(self.stack)
        while depth and self._passes(self.stack[depth - 1]):
            depth -= 1
        del self.stack[depth:]
        node = Node(start, body, body, style, heads=style is None)
        self._add(node, self.stack[-1] if self.stack else None)
        self.stack.append(node)

    def _is_beside(self, node: Node, style: Style | None, mark: str) -> bool:
        """Bullets of one sort are siblings; a second sort stands below the first."""
        if style is None:
            return node.heads
        return node.style is style and self.folded[node.start] == mark

    def _passes(self, node: Node) -> bool:
        return node.inline or (node.style is None and not node.heads)

    def _goes_on(self, start: int) -> bool:
        """Whether the paragraph belongs to what is open; ends the lists inside paragraphs."""
        if not self.stack or self._is_closing(start):
            return False
        while self.stack[-1].inline and len(self.stack) > 1 and not self._is_headed(self.stack[-1]):
            self.stack.pop()
        first = self.stack[0]
        numbered = first.style is not None and not first.inline
        return numbered or first.heads or (first.style is None and self.numbered)

    def _is_headed(self, node: Node) -> bool:
        """Whether an item in ① has a line of its own that ends without a mark: it is a heading."""
        own_line = node.style is Style.CIRCLED and node.start in self.starts
        return own_line and self.folded[node.end - 1] not in _FINAL + _LIST_MARKS

    def _is_heading(self, start: int) -> bool:
        """A short line without marks right above a numbered line, where nothing ranks higher."""
        end = self.folded.find("\n", start)
        line = self.folded[start:end] if end > 0 else ""
        if not 2 <= len(line) <= 12 or re.search(r"[^\w“”]", line) or end + 1 not in self.starts:
            return False
        outranked = any(node.style in _TOP | {Style.CHINESE_BRACKET} for node in self.stack)
        below = marker_at(self.folded, end + 1)
        return not outranked and below is not None and below.style is Style.ARABIC

    def _is_closing(self, start: int) -> bool:
        return bool(self.stack and self.stack[0].style and _CLOSING.match(self.folded, start))

    def _add(self, node: Node, parent: Node | None) -> None:
        (self.roots if parent is None else parent.children).append(node)

    def _reach(self, end: int) -> None:
        for node in self.stack:
            node.end = end

    def _open(self, marker: Marker, depth: int, *, strong: bool) -> None:
        """Open `marker` below the first `depth` nodes of the stack."""
        sibling = self.stack[depth] if depth < len(self.stack) else None
        same = sibling is not None and sibling.style is marker.style
        inline = sibling.inline if same and sibling else not strong or marker.style in RUNNING
        del self.stack[depth:]
        if (
            self.stack
            and self.stack[0].style is None
            and not self.stack[0].heads
            and marker.style not in RUNNING
            and not inline
        ):
            self.stack.clear()
        node = Node(marker.start, marker.end, marker.end, marker.style, marker.value, inline)
        node.dots = self.folded.count(".", marker.start, marker.end)
        self._add(node, self.stack[-1] if self.stack else None)
        self.stack.append(node)
        self.last[marker.style] = marker.value

    # -- acceptance

    def _place(self, marker: Marker, line_start: int) -> int | None:
        """The depth at which `marker` opens a clause, None if it is only text."""
        strong = marker.start == line_start
        same = [i for i, node in enumerate(self.stack) if self._alike(node, marker)]
        following = [i for i in same if self.stack[i].value == marker.value - 1]
        if following:
            return following[-1]
        if marker.style in RUNNING:
            return self._place_first(marker, strong)
        if strong:
            return same[-1] if same else self._depth_of_new(marker)
        if marker.value == 1 and self._is_opening(marker):
            return self._place_first(marker, strong)
        if self.last.get(marker.style) == marker.value - 1 and self._is_opening(marker):
            return len(self.stack)
        return None

    def _alike(self, node: Node, marker: Marker) -> bool:
        if node.style is not marker.style:
            return False
        dots = self.folded.count(".", marker.start, marker.end)
        return marker.style is not Style.DECIMAL or node.dots == dots

    def _depth_of_new(self, marker: Marker) -> int:
        """Below everything open, except what is inline or ranks lower by the standard."""
        depth = len(self.stack)
        while depth and self._gives_way(self.stack[depth - 1], marker):
            depth -= 1
        return depth

    def _gives_way(self, node: Node, marker: Marker) -> bool:
        if (node.style is None and not node.heads) or (
            marker.style in _TOP and node.style not in _TOP
        ):
            return True
        if marker.style in LEGAL and node.style is Style.CHINESE:
            return True
        return node.inline and (node.style in RUNNING or marker.style is node.style)

    def _place_first(self, marker: Marker, strong: bool) -> int | None:
        """Depth for the first item of a list, which must have a second one further on."""
        if marker.value != 1 or not self._has_second(marker):
            return None
        depth = len(self.stack)
        apart = marker.style is Style.ORDINAL and self._opens_lines(marker)
        if strong and (apart or marker.style not in RUNNING):
            return self._depth_of_new(marker)
        if marker.style in _TOP:
            return self._depth_of_new(marker)
        while (
            depth and self.stack[depth - 1].style is marker.style and self.stack[depth - 1].inline
        ):
            depth -= 1
        while (
            depth
            and marker.style in (Style.COUNTING, Style.MUSTS)
            and (self.stack[depth - 1].style in (Style.COUNTING, Style.MUSTS))
        ):
            depth -= 1
        return depth

    def _has_second(self, marker: Marker) -> bool:
        places = self.places[marker.style, 2]
        i = bisect_right(places, marker.start)
        return i < len(places) and (places[i] - marker.start < _NEAR or marker.style in _TOP)

    def _opens_lines(self, marker: Marker) -> bool:
        """Whether the next of the ordinals opens a line too: the parts of a speech."""
        places = self.places[marker.style, 2]
        i = bisect_right(places, marker.start)
        return i < len(places) and places[i] in self.starts

    def _is_opening(self, marker: Marker) -> bool:
        """Whether a first number inside a line follows a final mark, a colon or a heading."""
        if self.folded[marker.start - 1] in _FINAL:
            return True
        since = self.stack[-1].start if self.stack else marker.start
        if marker.start - since > _LONGEST_HEADING:
            return False
        return not re.search(r"[。;]", self.folded[since : marker.start])


def grow(folded: str, frame: Frame) -> list[Node]:
    """The clause nodes of a document, top level first; `titles.name_nodes` gives them titles."""
    return Grove(folded, frame).grow()


def node_span(folded: str, node: Node) -> Span:
    """The span of a node without white space at its edges."""
    return trimmed(folded, node.start, node.end)
