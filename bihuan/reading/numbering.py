"""How passages are numbered: recognising a number where it stands, without judging its place.

GB/T 9704-2012 art. 7.3.3 orders 一、 (一) 1. (1); regulations have 第N章 and 第N条; running text
counts with 一是…二是…, 第一,…第二,… and ①②. Whether a number really opens a passage is decided
in `clauses`, which sees the sequence. All patterns run over folded text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from bihuan.reading.numbers import chinese_int

_CN = "[一二三四五六七八九十百〇零]"
_CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
_RINGED = "❶❷❸❹❺❻❼❽❾❿"
_BRACKETED = "⑴⑵⑶⑷⑸⑹⑺⑻⑼⑽⑾⑿⒀⒁⒂⒃⒄⒅⒆⒇"
_DOTTED = "⒈⒉⒊⒋⒌⒍⒎⒏⒐⒑⒒⒓⒔⒕⒖⒗⒘⒙⒚⒛"
_ENCLOSED = "㈠㈡㈢㈣㈤㈥㈦㈧㈨㈩"


class Style(Enum):
    """A way of numbering. The value is the name of its group in the pattern."""

    PART = "part"
    CHAPTER = "chapter"
    SECTION = "section"
    ARTICLE = "article"
    CHINESE = "chinese"
    CHINESE_BRACKET = "chinese_bracket"
    ARABIC = "arabic"
    DECIMAL = "decimal"
    ARABIC_BRACKET = "arabic_bracket"
    ARABIC_HALF = "arabic_half"
    CIRCLED = "circled"
    COUNTING = "counting"
    MUSTS = "musts"
    ORDINAL = "ordinal"
    STAGE = "stage"
    NAMED = "named"
    BULLET = "bullet"


RUNNING = {Style.COUNTING, Style.MUSTS, Style.ORDINAL, Style.CIRCLED}
"""Styles that live inside a paragraph even where one of their items happens to open a line."""

LEGAL = {Style.PART, Style.CHAPTER, Style.SECTION, Style.ARTICLE}

_PATTERN = re.compile(
    rf"(?P<part>第(?:{_CN}{{1,3}}|\d{{1,2}})(?:部分|编)[、:,.]?)"
    rf"|(?P<stage>第{_CN}{{1,2}}(?:阶段|步|环节)[:,、 ])"
    rf"|(?P<named>(?<![\u4e00-\u9fff])(?:问题|任务|步骤|阶段|行动|措施|项目|专题|议题|事项|清单)(?:{_CN}{{1,2}}|\d{{1,2}})[:.、,])"
    rf"|(?P<chapter>第(?:{_CN}{{1,3}}|\d{{1,2}})章)"
    rf"|(?P<section>第(?:{_CN}{{1,3}}|\d{{1,2}})节)"
    rf"|(?P<article>第(?:{_CN}{{1,4}}|\d{{1,3}})条(?:之{_CN})?)"
    rf"|(?P<counting>{_CN}{{1,2}}是)"
    rf"|(?P<musts>{_CN}{{1,2}}要)"
    rf"|(?P<ordinal>(?:第|其){_CN}{{1,2}}[,、:])"
    rf"|(?P<chinese>{_CN}{{1,3}}[、.])"
    rf"|(?P<chinese_bracket>\({_CN}{{1,3}}\)[、.]?|{_CN}{{1,2}}\)|[{_ENCLOSED}][、.]?)"
    r"|(?P<arabic_bracket>\(\d{1,2}\)[、.]?|[" + _BRACKETED + r"])"
    r"|(?P<decimal>\d{1,2}(?:\.\d{1,2}){1,3}(?![\d.%万亿个次名年月])[、.]?)"
    r"|(?P<arabic>\d{1,3}(?:、|\.(?!\d)|\.(?=\d{1,2}月|20\d\d年))|[" + _DOTTED + r"])"
    r"|(?P<arabic_half>\d{1,2}\))"
    r"|(?P<circled>[" + _CIRCLED + _RINGED + r"][、.]?)"
)
_BARE = re.compile(
    rf"{_CN}{{1,3}}、|\({_CN}{{1,3}}\)|\d{{1,2}}[.、]|\(\d{{1,2}}\)|第{_CN}{{1,4}}条|[{_CIRCLED}]"
)


@dataclass(frozen=True, slots=True)
class Marker:
    """A number found at `[start, end)` of the text. `value` is what it counts, at least 1."""

    style: Style
    value: int
    start: int
    end: int


def find_markers(folded: str, start: int = 0, end: int | None = None) -> Iterator[Marker]:
    """Everything in `folded[start:end]` that is written like a number of a passage."""
    stop = len(folded) if end is None else end
    for match in _PATTERN.finditer(folded, start, stop):
        marker = _marker(match)
        if marker is not None:
            yield marker


def marker_at(folded: str, start: int = 0) -> Marker | None:
    """The number that `folded` has at `start`, if any."""
    match = _PATTERN.match(folded, start)
    return None if match is None else _marker(match)


def starts_with_marker(text: str) -> bool:
    """Whether a line of unfolded text opens with a number of a passage."""
    marker = marker_at(_plain(text[:12]))
    return marker is not None


def is_bare_marker(text: str) -> bool:
    """Whether an unfolded line is a number and nothing else."""
    return len(text) < 8 and _BARE.fullmatch(_plain(text)) is not None


def _plain(text: str) -> str:
    return text.translate(_WIDTHS)


_WIDTHS = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}


def _marker(match: re.Match[str]) -> Marker | None:
    style = Style(match.lastgroup)
    value = _value(match.group(), style)
    if value is None or not 1 <= value <= 400:
        return None
    return Marker(style, value, match.start(), match.end())


def _value(printed: str, style: Style) -> int | None:
    for symbols in (_CIRCLED, _RINGED, _BRACKETED, _DOTTED, _ENCLOSED):
        if printed[0] in symbols:
            return symbols.index(printed[0]) + 1
    if style is Style.DECIMAL:
        return int(re.findall(r"\d+", printed)[-1])
    digits = re.search(r"\d+", printed)
    if digits is not None:
        return int(digits.group())
    numeral = re.search(f"{_CN}+", printed)
    return None if numeral is None else chinese_int(numeral.group())
