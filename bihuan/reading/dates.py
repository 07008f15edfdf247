"""Deadlines: 3月底前, 上半年, 第三季度, “七一”前, 2024年5月18日, 从3月至12月, 明年1月.

A date is a deadline or the time of an event; where a span is given, its end. Dates that only
explain (2022年以来, 3月1日印发的) are passed over. Feasts of the lunar calendar come from a table.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date

from bihuan.reading.feasts import NAME, WHEN, feast_day
from bihuan.reading.numbers import chinese_int

_N = r"(?:\d{1,2}|十[一二]?|[一二三四五六七八九])"
_DAY_NUMBER = r"\d{1,2}|[一二三]?十[一二三四五六七八九]?|[一二三四五六七八九]"
_YEAR = r"(?:(?P<{0}year>20\d\d)年|(?P<{0}named>今年|本年度?|当年|明年|次年|翌年|来年))?的?"

_DAY = re.compile(
    _YEAR.format("") + rf"(?P<month>{_N})月(?:份)?(?:(?P<day>{_DAY_NUMBER})[日号])?"
    r"(?:(?:—|-|至|到|、)(?P<until>\d{1,2})[日号])?(?P<part>(?:[上中]旬?(?:至|到|—|-|、)?)?[上中下]旬|底|末|初)?"
    r"(?P<before>[以之]?前(?!后|期|夕|[一二两三四五六\d]))?"
)
_DAY_OF_PART = {"上旬": 10, "中旬": 20, "初": 10}
_FIGURES = re.compile(
    r"(?<![\d.])(?P<year>20\d\d)[.\-/—](?P<month>\d{1,2})[.\-/—](?P<day>\d{1,2})(?![\d.])(?P<before>以?前)?"
)
_SPAN = r"(?:—|-|至|到)"
_QUARTER = re.compile(
    _YEAR.format("")
    + r"(?:第?[一二三四1-4](?:、|—|至|和))?第?(?P<quarter>[一二三四1-4])季度(?:末|底)?"
)
_HALF = re.compile(_YEAR.format("") + r"(?<!则)(?P<half>上半年|下半年)")
_YEAR_END = re.compile(
    r"(?:(?P<year>20\d\d)年(?:度)?|(?P<named>今年|本年度?|当年|明年|次年|翌年|来年))的?年?(?:底|末|内(?!容)|结束前)"
    r"|年(?:度)?(?:底|末|内(?!容|部|外)|结束前)|年终(?!总结|考核|奖|述职|测评|评)|岁末|全年(?:底|末|结束)前?"
)
_WHOLE_YEAR = re.compile(r"到(?P<year>20\d\d)年(?=[,底末]|基本|全面|实现)")

_FEAST = re.compile(
    rf"(?:(?P<year>20\d\d)年|(?P<named>今年|明年))?的?“?(?P<feast>{NAME})”?(?:节)?{WHEN}"
)
_WHEN = re.compile(WHEN)
_OBSERVANCE = re.compile(
    r"“?(?P<month>\d{1,2})·(?P<day>\d{1,2})”?(?:[\u4e00-\u9fff]{0,12}?[日节])?(?:前夕|前后|之前|前|期间|当天|当日|来临之际)"
)
_MIDYEAR = re.compile(r"(?:(?P<year>20\d\d)年|(?P<named>今年|明年))?年中(?![央国共期])")
_EXPLAINS = re.compile(
    r"(?:以来|起施行|以后|之后|召开的|的(?:重要)?讲话|会议精神|作出|发表|[^,。;]{0,4}起(?!草)|后,|实施以来|开始(?!至|到)"
    r"|(?:印发|发布|通过|修订|出台|颁布)(?=的|以来|后|《[^《》]{0,40}》(?:的|后|以来|要求|精神|规定)))"
)
_CITED = re.compile(r"(?:自|从|截至|依据|根据|按照)$")
_FULFILS = re.compile(r"[^,。;]{0,2}(?:前|底|之前|完成|截止|为止|末)")
_OTHERS = re.compile(r"^(?:[、和]“?[^,。;]{1,8}”?)?等")


@dataclass(frozen=True, slots=True)
class Due:
    """A deadline found. `iso` is None if the document leaves its year open."""

    iso: str | None
    start: int
    end: int
    firm: bool


def find_due(text: str, year: int | None, *, recurring: bool = False) -> Due | None:
    """The deadline that `text` states, None if it states none.

    The first date with a word of deadline wins over the first date; of a span, the end counts.
    A `recurring` task has no single date: only one with its own year counts then.
    """
    found = [due for due in _all_dates(text, year) if due is not None]
    if recurring:
        found = [due for due in found if re.match(r"20\d\d年", text[due.start : due.end])]
    if not found:
        return None
    found.sort(key=lambda due: due.start)
    firm = [due for due in found if due.firm]
    return firm[0] if firm else found[0]


def _all_dates(text: str, year: int | None) -> list[Due | None]:
    dues = [_day(text, match, year) for match in _DAY.finditer(text)]
    dues += [_quarter(text, match, year) for match in _QUARTER.finditer(text)]
    dues += [_half(text, match, year) for match in _HALF.finditer(text)]
    dues += [_year_end(text, match, year) for match in _YEAR_END.finditer(text)]
    dues += [_due(text, match, int(match["year"]), 12, 31) for match in _WHOLE_YEAR.finditer(text)]
    dues += [
        _due(text, match, int(match["year"]), int(match["month"]), int(match["day"]))
        for match in _FIGURES.finditer(text)
    ]
    dues += [
        _due(text, match, year, int(match["month"]), int(match["day"]))
        for match in _OBSERVANCE.finditer(text)
    ]
    dues += [_midyear(text, match, year) for match in _MIDYEAR.finditer(text)]
    return [*dues, _feast(text, year)]


def _year_of(match: re.Match[str], year: int | None) -> int | None:
    groups = match.groupdict()
    if groups.get("year"):
        return int(groups["year"])
    if groups.get("named") in ("明年", "次年", "翌年", "来年"):
        return None if year is None else year + 1
    return year


def _due(text: str, match: re.Match[str], year: int | None, month: int, day: int) -> Due | None:
    after = text[match.end() : match.end() + 20]
    before = text[max(0, match.start() - 3) : match.start()]
    if _EXPLAINS.match(after) or (_CITED.search(before) and not _FULFILS.match(after)):
        return None
    if re.match(
        rf"(?:{_SPAN}|(?:“[^”]{{1,9}}”)?[、和及与])(?:20\d\d年|今年|明年|次年)?{_N}(?:月|日)|{_SPAN}(?:今年)?年底",
        after,
    ):
        return None
    iso = None
    if year is not None:
        try:
            iso = date(year, month, day).isoformat()
        except ValueError:
            return None
    firm = bool(re.search(r"前|底|末|内", match.group()) or _FULFILS.match(after))
    return Due(iso, match.start(), match.end(), firm)


def _day(text: str, match: re.Match[str], year: int | None) -> Due | None:
    """A day or a month; a bare month stands for its last day, X月前 for the day before it."""
    month = _small(match["month"])
    if month is None or not 1 <= month <= 12 or text[max(0, match.start() - 1)] in "每":
        return None
    after = text[match.end() : match.end() + 4]
    if re.match(r"\d(?!\d?[时点\u2236])|个", after) or _in_number(text, match.start()):
        return None
    which = _year_of(match, year)
    if match["day"]:
        day = _small(match["until"] or match["day"]) or 0
    elif match["before"] and not match["part"]:
        month, which = (month - 1, which) if month > 1 else (12, which and which - 1)
        day = _last(which, month)
    else:
        day = _DAY_OF_PART.get((match["part"] or "")[-2:]) or _last(which, month)
    return _due(text, match, which, month, day)


def _in_number(text: str, at: int) -> bool:
    return at > 0 and (text[at - 1].isdigit() or text[at - 1] in "第.·两几数")


def _small(text: str) -> int | None:
    return int(text) if text.isdigit() else chinese_int(text)


def _last(year: int | None, month: int) -> int:
    return monthrange(year or 2001, month)[1]


def _quarter(text: str, match: re.Match[str], year: int | None) -> Due | None:
    if text[max(0, match.start() - 1)] == "每" or text[max(0, match.start() - 1)] == "前":
        return None
    number = _small(match["quarter"]) or 4
    which = _year_of(match, year)
    return _due(text, match, which, number * 3, _last(which, number * 3))


def _half(text: str, match: re.Match[str], year: int | None) -> Due | None:
    if re.match(r"[和、,及](?:下半年|半年)", text[match.end() : match.end() + 5]):
        return None
    month, day = (6, 30) if match["half"] == "上半年" else (12, 31)
    return _due(text, match, _year_of(match, year), month, day)


def _year_end(text: str, match: re.Match[str], year: int | None) -> Due | None:
    if (
        match.start()
        and text[match.start() - 1] in "每一二两三四五六七八九十几近月半多去往0123456789"
    ):
        return None
    return _due(text, match, _year_of(match, year), 12, 31)


def _midyear(text: str, match: re.Match[str], year: int | None) -> Due | None:
    if (
        match.start()
        and text[match.start() - 1] in "每一两三几近半今明去当往历0123456789"
        and not match["named"]
    ):
        return None
    return _due(text, match, _year_of(match, year), 6, 30)


def _feast(text: str, year: int | None) -> Due | None:
    """The one feast that dates a task; 春节、清明节等重要节点 is a list, not a date."""
    if not _WHEN.search(text):
        return None
    matches = list(_FEAST.finditer(text))
    if len(matches) != 1 or _OTHERS.match(text[matches[0].end() :]):
        return None
    match = matches[0]
    which = _year_of(match, year)
    if re.search(r"、“?$", text[: match.start()]):
        return None
    month_day = feast_day(match["feast"], which)
    if month_day is None:
        return Due(None, match.start(), match.end(), True)
    return _due(text, match, which, *month_day)
