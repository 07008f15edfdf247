"""Task tables whose cells stand on lines of their own, as in copies out of PDFs and web pages.

The labels of the header come one under another (序号, 重点任务, 责任单位, 完成时限), then the
cells, row after row. `stacked_tables` says which lines make up which cell; the caller joins them
with tabs, and from then on the table is like any other.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import combinations

from bihuan.reading.tables import Column, column_kind, header_columns, split_columns
from bihuan.reading.units import is_unit, split_units

Row = list[list[int]]
"""The lines of each cell, in the order of the columns; an empty list is an empty cell."""

_UNITS = (Column.LEAD, Column.RESPONSIBLE, Column.SUPPORT, Column.PERSON)
_TIMES = (Column.DUE, Column.PERIOD)
_OFTEN_EMPTY = (Column.SUPPORT, Column.OTHER, Column.GROUP, Column.DETAIL, *_TIMES, Column.PERSON)
_LONGEST_LABEL = 12
_LONGEST_CELL = 400
_FEWEST_LABELS = 3
_MOST_LABELS = 16
_MOST_LINES = 24
_FOOT = re.compile(
    r"(?:附(?:件|表|注)?|备注|注)\s*\d{0,2}[:\uff1a].*|.{0,30}(?:19|20)\d\d年\d{1,2}月\d{1,2}日(?:印发)?"
)
_NUMBER = re.compile(r"[(\uff08]?(\d{1,3})[)\uff09]?[.\uff0e、]?")
_TOP = re.compile(
    r"[一二三四五六七八九十]{1,3}、|第[一二三四五六七八九十]{1,3}[章节部]|[(\uff08][一二三四五六七八九十]{1,3}[)\uff09]"
)
_TIME = re.compile(r"[月日年季]|长期|持续|常态|适时|随时|立行|[—\-/无]")


def stacked_tables(lines: Sequence[str]) -> list[list[Row]]:
    """The rows of each stacked table in `lines`, a header that is stacked among them."""
    tables: list[list[Row]] = []
    at = 0
    while at < len(lines):
        kinds, after = _header(lines, at)
        rows = _rows(lines, after, kinds) if kinds else []
        if rows:
            tables.append([[[i] for i in range(at, after)], *rows] if after - at > 1 else rows)
            at = max(i for cell in rows[-1] for i in cell) + 1
        else:
            at += 1
    return tables


def _header(lines: Sequence[str], at: int) -> tuple[list[Column | None], int]:
    """The columns of a header that begins at line `at`, and the line after it."""
    if header_columns(lines[at]):
        kinds = [column_kind(label) for label in split_columns(lines[at])]
        following = lines[at + 1] if at + 1 < len(lines) else ""
        stacked = kinds[0] is Column.NUMBER and _value(following) == 1
        return (kinds, at + 1) if stacked else ([], at)
    kinds = []
    end = at
    last = min(len(lines), at + _MOST_LABELS)
    while end < last and len(lines[end]) <= _LONGEST_LABEL and "\t" not in lines[end]:
        kind = column_kind(lines[end])
        if kind is None or (kind is Column.NUMBER and kinds):
            break
        kinds.append(kind)
        end += 1
    useful = set(kinds) - {Column.OTHER}
    return (kinds, end) if len(kinds) >= _FEWEST_LABELS and len(useful) >= 2 else ([], at)


def _rows(lines: Sequence[str], at: int, kinds: list[Column | None]) -> list[Row]:
    if kinds[0] is Column.NUMBER:
        return _numbered_rows(lines, at, kinds)
    return _plain_rows(lines, at, kinds)


def _numbered_rows(lines: Sequence[str], at: int, kinds: list[Column | None]) -> list[Row]:
    """Rows that begin with a running number; a heading may stand between two of them."""
    rows: list[Row] = []
    expected = 1
    while at < len(lines):
        value = _value(lines[at])
        if value == expected or (value == 1 and rows):
            end = _end_of_row(lines, at, value + 1, len(kinds))
            row = _aligned(lines, list(range(at, end)), kinds)
            if row is None:
                break
            rows.append(row)
            expected, at = value + 1, end
        elif rows and _is_heading(lines[at]) and _value(_line(lines, at + 1)) in (expected, 1):
            at += 1
        else:
            break
    return rows


def _end_of_row(lines: Sequence[str], at: int, following: int, width: int) -> int:
    """The line after a row that begins at `at`: the next number, or what is no cell.

    Only the next number proves that more lines than columns belong to one row.
    """
    end = at + 1
    while end < len(lines) and end - at < _MOST_LINES:
        if _value(lines[end]) == following:
            return end
        if _is_heading(lines[end]) and _value(_line(lines, end + 1)) == following:
            return end
        if _is_over(lines[end]) or (_is_heading(lines[end]) and end - at >= 2):
            break
        end += 1
    return min(end, at + width)


def _plain_rows(lines: Sequence[str], at: int, kinds: list[Column | None]) -> list[Row]:
    """Rows of a table without numbers: as many lines each as there are columns."""
    rows: list[Row] = []
    width = len(kinds)
    while at + width <= len(lines):
        row = [[i] for i in range(at, at + width)]
        if all(_fits(lines[i], kind) for (i,), kind in zip(row, kinds, strict=True)):
            rows.append(row)
            at += width
        elif _is_heading(lines[at]):
            at += 1
        else:
            break
    return rows


def _aligned(lines: Sequence[str], cells: list[int], kinds: list[Column | None]) -> Row | None:
    """The cells of a row under their columns: blanks left out of the text are put back.

    Lines too many belong to the column with the most to say.
    """
    more = len(cells) - len(kinds)
    if more > 0:
        at = next((kinds.index(k) for k in (Column.DETAIL, Column.TASK) if k in kinds), 1)
        return [
            *([i] for i in cells[:at]),
            cells[at : at + more + 1],
            *([i] for i in cells[at + more + 1 :]),
        ]
    optional = [kinds.index(kind) for kind in _OFTEN_EMPTY if kind in kinds]
    found: list[tuple[int, list[int]]] = []
    for blanks in combinations(optional, -more):
        used = [i for i in range(len(kinds)) if i not in blanks]
        pairs = [(lines[cell], kinds[i]) for cell, i in zip(cells, used, strict=True)]
        if all(_fits(*pair) for pair in pairs):
            found.append((sum(_is_typical(*pair) for pair in pairs), used))
    if not found:
        return None
    # Of equal ones the first, which leaves the column blank that most often is.
    _, used = max(found, key=lambda each: each[0])
    places = dict(zip(used, cells, strict=True))
    return [[places[i]] if i in places else [] for i in range(len(kinds))]


def _fits(cell: str, kind: Column | None) -> bool:
    """Whether `cell` can stand in a column of this kind."""
    if _is_over(cell):
        return False
    if kind is Column.NUMBER:
        return _value(cell) is not None
    if kind in _UNITS:
        plain = len(cell) <= 80 and re.search(r"[。;\uff1b]", cell) is None
        return plain and _TOP.match(cell) is None and re.match(r"\d|[—\-/]?$", cell) is None
    if kind in _TIMES:
        return len(cell) <= 30 and _TIME.search(cell) is not None
    return True


def _is_typical(cell: str, kind: Column | None) -> bool:
    """Whether `cell` looks like what this column holds and no other does."""
    if kind in _UNITS:
        return bool(split_units(cell)) and all(is_unit(unit) for unit in split_units(cell))
    return kind not in _TIMES or len(cell) <= 16


def _is_over(line: str) -> bool:
    return len(line) > _LONGEST_CELL or "\t" in line or _FOOT.fullmatch(line) is not None


def _is_heading(line: str) -> bool:
    return len(line) <= 40 and "。" not in line and _TOP.match(line) is not None


def _line(lines: Sequence[str], at: int) -> str:
    return lines[at] if at < len(lines) else ""


def _value(line: str) -> int | None:
    match = _NUMBER.fullmatch(line)
    return int(match[1]) if match else None
