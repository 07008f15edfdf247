"""From the raw text of a document to the text that is read, with a way back.

Cut: lines that belong to a web site and page numbers. Mended: spaces inside Chinese text, lines
broken at the edge of a page, full-width digits and letters, Traditional characters (OpenCC, only
where it keeps the length of the line). Kept as printed: punctuation and its width, redaction
marks (X, **), and the columns of tables, which come out separated by one tab.
"""

from __future__ import annotations

import re
from array import array
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import opencc

from bihuan.reading.boilerplate import is_boilerplate
from bihuan.reading.numbering import is_bare_marker, starts_with_marker
from bihuan.reading.stacked import Row, stacked_tables
from bihuan.reading.tables import columns_of, header_columns

CJK = r"\u2e80-\u2fff\u3000-\u303f\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff00-\uffef"

# One character for one character, so that offsets survive.
_PLAIN = {0xFF10 + i: chr(0x30 + i) for i in range(10)}
_PLAIN |= {0xFF21 + i: chr(0x41 + i) for i in range(26)}
_PLAIN |= {0xFF41 + i: chr(0x61 + i) for i in range(26)}
_PLAIN |= dict.fromkeys([0x00A0, 0x3000, 0x2002, 0x2003, 0x2009, 0x202F, 0x0B, 0x0C], " ")
_PLAIN |= {0xFE54: ";", 0xFE50: ",", 0xFE55: ":", 0xFE52: ".", 0xFF0E: ".", 0x2022: "·"}

# Full-width forms become ASCII, brackets and quotes of one sort each.
_FOLD = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
_FOLD |= {ord(char): "[" for char in "【〔﹝"} | {ord(char): "]" for char in "】〕﹞"}
_FOLD |= {ord(char): "“" for char in "「『"} | {ord(char): "”" for char in "」』"}
_FOLD |= {ord(char): "—" for char in "~～–-―"}
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_CLOCK = re.compile(r"(?<=\d):(?=\d\d)")

_INVISIBLE = re.compile(r"[\u0000-\u0008\u000e-\u001f\u007f\u00ad\u200b-\u200f\u2060\ufeff\ufffc]+")
_NEWLINE = re.compile(r"\r\n|[\n\r\u0085\u2028\u2029]")
_BARS = re.compile(r"[|│｜]")
_NUMBERED = re.compile(r"\d{1,2}[.．]")  # “1. 3月底前” must not become 1.3
_SPACES = re.compile(r"[ \t]+")
_QUOTED = re.compile(r"“[^“”\n]{1,60}”")
_SPACED_UNIT = r"[^ ,。;:]{2,40}[局厅部委办院处科室组会队站署心]"
_UNITS = re.compile(
    r"(?:责任|牵头|配合|主责|协办|承办|协同)(?:单位|部门|处室|科室):"
    rf"(?:{_SPACED_UNIT} )+{_SPACED_UNIT} ?"
)
"""A line that lists units with spaces between them, which then part words."""
_ENDS = "。!?;:”…》),、"
_TRADITIONAL_SHARE = 0.02
# 著 is 着 in 著力 and 看著 but itself in 著作 and 显著; OpenCC leaves the doubtful ones.
_AMBIGUOUS = re.compile(r"(?<![显名原论编土专巨卓昭译遗])著(?![作名称述书者])")


@dataclass(frozen=True, slots=True)
class Normalised:
    """`text` is what people see, `folded` the same characters with punctuation of one width.

    Both have the same length; patterns run over `folded`, slices are taken from `text`.
    `origins[i]` is where character `i` stood in the raw document. `cut` holds the lines that were
    removed as boilerplate, in Simplified characters: they may still tell title, source and date.
    """

    text: str
    folded: str
    origins: tuple[int, ...]
    cut: tuple[str, ...]

    def raw_span(self, start: int, end: int) -> tuple[int, int]:
        """Where the non-empty span `[start, end)` of `text` stands in the raw document."""
        return self.origins[start], self.origins[end - 1] + 1


@dataclass(slots=True)
class _Line:
    """A line on its way: its characters and, one for one, their raw offsets."""

    text: str
    origins: array[int]
    newline: int

    def kept(self, spans: list[tuple[int, int]]) -> _Line:
        origins = array("l")
        for start, end in spans:
            origins.extend(self.origins[start:end])
        text = "".join(self.text[start:end] for start, end in spans)
        return _Line(text, origins, self.newline)


def normalise(raw: str) -> Normalised:
    """Mend `raw` as the module describes. Time grows linearly with its length."""
    lines = [line for line in _lines(raw) if line.text]
    _simplify(lines)
    lines = _unstacked(lines)
    read: list[_Line] = []
    cut: list[str] = []
    in_table = 0
    for line in lines:
        header = header_columns(line.text)
        in_row = header or columns_of(line.text, in_table)
        if in_row or not _is_group(line.text):
            in_table = header or (in_table if in_row else 0)
        tabbed = in_row or line.text.count("\t") > 1
        line = _columns(line) if tabbed else _without_spaces(line)
        if is_boilerplate(fold(line.text)):
            cut.append(line.text)
        else:
            read.append(line)
    return _joined(read, tuple(cut))


def _unstacked(lines: list[_Line]) -> list[_Line]:
    """Rows of tables whose cells stand on lines of their own become lines with tabs."""
    rows = {
        min(i for cell in row for i in cell): row
        for table in stacked_tables([line.text for line in lines])
        for row in table
    }
    done: list[_Line] = []
    at = 0
    while at < len(lines):
        row = rows.get(at)
        if row is None:
            done.append(lines[at])
            at += 1
        else:
            done.append(_row(lines, row))
            at = max(i for cell in row for i in cell) + 1
    return done


def _row(lines: list[_Line], row: Row) -> _Line:
    """One line of the cells of `row`; a tab stands where the line before it ended."""
    text: list[str] = []
    origins = array("l")
    newline = 0
    for column, cell in enumerate(row):
        if column:
            text.append("\t")
            origins.append(newline)
        for i in cell:
            text.append(_without_spaces(lines[i]).text)
            origins.extend(_without_spaces(lines[i]).origins)
            newline = lines[i].newline
    return _Line("".join(text), origins, newline)


def _is_group(text: str) -> bool:
    """A heading between the rows of a table, such as “一、政治建设”."""
    return len(text) <= 30 and "。" not in text and starts_with_marker(text)


def fold(text: str) -> str:
    """`text` with punctuation of one width, for patterns; of the same length.

    Patterns may write every mark in ASCII. The comma within 4,000 and the colon of 9:30 become
    U+066C and U+2236, so that a comma or colon in folded text always parts phrases.
    """
    text = _CLOCK.sub("\u2236", _THOUSANDS.sub("\u066c", text))
    return text.translate(_FOLD)


def _lines(raw: str) -> list[_Line]:
    lines, start = [], 0
    for match in [*_NEWLINE.finditer(raw), None]:
        end = len(raw) if match is None else match.start()
        text = raw[start:end].translate(_PLAIN)
        line = _Line(text, array("l", range(start, end)), end)
        if _INVISIBLE.search(text):
            line = line.kept(_between(text, _INVISIBLE.finditer(text)))
        left = len(line.text) - len(line.text.lstrip(" \t"))
        right = len(line.text.rstrip(" \t"))
        lines.append(line.kept([(left, max(left, right))]))
        start = end if match is None else match.end()
    return lines


def _between(text: str, dropped: object) -> list[tuple[int, int]]:
    """The spans of `text` outside the matches `dropped`."""
    spans, start = [], 0
    for match in dropped:  # type: ignore[attr-defined]
        spans.append((start, match.start()))
        start = match.end()
    spans.append((start, len(text)))
    return spans


@cache
def _converter() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


def _simplify(lines: list[_Line]) -> None:
    """Turn a Traditional document into Simplified characters; leave a Simplified one alone.

    OpenCC rewrites a few rare characters of Simplified text too, so the document as a whole
    decides: a share of changed characters above `_TRADITIONAL_SHARE` makes it Traditional.
    """
    whole = "".join(line.text for line in lines)
    sample = whole[:20_000]
    changed = sum(a != b for a, b in zip(sample, _converter().convert(sample), strict=False))
    if changed <= len(sample) * _TRADITIONAL_SHARE:
        return
    for line in lines:
        simple = _converter().convert(line.text)
        if len(simple) != len(line.text):
            simple = "".join(_one_for_one(char) for char in line.text)
        line.text = _AMBIGUOUS.sub("着", simple)


@cache
def _one_for_one(char: str) -> str:
    simple = _converter().convert(char)
    return simple if len(simple) == 1 else char


def _without_spaces(line: _Line) -> _Line:
    """Drop spaces unless both neighbours are Latin letters or digits, or they part a motto."""
    text = line.text
    if " " not in text and "\t" not in text:
        return line
    kept = _mottoes(text)
    dropped, i = [], 0
    for match in _SPACES.finditer(text):
        before, after = text[match.start() - 1], text[match.end()]
        latin = before.isascii() and before.isalnum() and after.isascii() and after.isalnum()
        while i < len(kept) and kept[i][1] <= match.start():
            i += 1
        in_motto = i < len(kept) and kept[i][0] <= match.start()
        numbered = after.isdigit() and _NUMBERED.fullmatch(text, 0, match.start()) is not None
        if not latin and not in_motto and not numbered:
            dropped.append(match)
    return line.kept(_between(text, dropped))


def _mottoes(text: str) -> list[tuple[int, int]]:
    """Spans whose spaces are meant: quoted or whole lines of phrases of three characters or more.

    “中国梦 新时代 跟党走” parts phrases; 贯彻落 实习近 平 is a broken word. Words break at
    any place, so a single part shorter than three characters tells the two apart.
    """
    if len(text) <= 60 and not re.search(r"[,。;:“]", fold(text)) and _is_motto(text):
        return [(0, len(text))]
    if _UNITS.fullmatch(fold(text)):
        return [(0, len(text))]
    quoted = _QUOTED.finditer(text)
    return [match.span() for match in quoted if _is_motto(match.group()[1:-1])]


def _is_motto(text: str) -> bool:
    parts = _SPACES.split(text)
    alike = any(len(a) == len(b) for a, b in pairwise(parts))
    chinese = all(re.fullmatch(rf"[{CJK}]{{3,}}", part) for part in parts)
    return len(parts) > 1 and alike and chinese and not starts_with_marker(text)


def _columns(line: _Line) -> _Line:
    """A row of a table with one tab between its columns."""
    pattern = re.compile(r"[ \t]*[|│｜][ \t]*|\t[ \t]*|[ ]*\t| {2,}|(?<=\S) (?=\S)")
    if "\t" in line.text:
        pattern = re.compile(r"[ ]*\t[ ]*")
    elif _BARS.search(line.text):
        pattern = re.compile(r"[ \t]*[|│｜][ \t]*")
    elif len(re.findall(r" {2,}", line.text)) > 1:
        pattern = re.compile(r" {2,}")
    spans: list[tuple[int, int]] = []
    start, chars = 0, list(line.text)
    for match in pattern.finditer(line.text):
        chars[match.start()] = "\t"
        spans.append((start, match.start() + 1))
        start = match.end()
    spans.append((start, len(chars)))
    kept = _Line("".join(chars), line.origins, line.newline).kept(spans)
    edge = [(len(kept.text) - len(kept.text.lstrip("\t")), len(kept.text))]
    return kept.kept(edge) if _BARS.search(line.text) else kept


def _joined(lines: list[_Line], cut: tuple[str, ...]) -> Normalised:
    """The lines as one text; a line broken at the page's edge goes on without a newline."""
    edge = _edge(lines)
    parts: list[str] = []
    origins = array("l")
    for i, line in enumerate(lines):
        parts.append(line.text)
        origins.extend(line.origins)
        if i + 1 < len(lines) and not _goes_on(line.text, lines[i + 1].text, edge):
            parts.append("\n")
            origins.append(line.newline)
    text = "".join(parts)
    return Normalised(text, fold(text), tuple(origins), cut)


def _edge(lines: list[_Line]) -> int:
    """The width at which this document breaks its lines, 0 if it keeps paragraphs whole."""
    widths = [len(line.text) for line in lines if "\t" not in line.text]
    broken = [len(line.text) for line in lines if _is_broken(line.text)]
    if len(broken) < 3 or max(widths) > 60:
        return 0
    widest = max(widths)
    near = sum(width >= widest - 3 for width in broken)
    return widest if near >= 3 else 0


def _is_broken(text: str) -> bool:
    return len(text) >= 18 and fold(text[-1]) not in _ENDS and "\t" not in text


def _goes_on(text: str, following: str, edge: int) -> bool:
    if is_bare_marker(text):
        return "\t" not in following and not starts_with_marker(following)
    if not edge or "\t" in text or "\t" in following or starts_with_marker(following):
        return False
    return len(text) >= edge - 3 and fold(text[-1]) not in "。!?:;"
