"""How often and by when: recurrence, minimum and deadline of one task.

“每季度不少于2次” is a quarter and 2; a single event or a deadline is `once` with its date;
常态化, 持续 and 全年 are `ongoing`; 每次 and 每名 are `each`; what is not said stays None. A month
stands for its last day, 上半年 for 30 June, 年底前 for 31 December, “七一”前 for 1 July.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from bihuan.reading.dates import find_due
from bihuan.reading.deadlines import day_of_period
from bihuan.reading.feasts import NAME
from bihuan.reading.numbers import NUMBER, chinese_int, number_value
from bihuan.reading.plan import Period
from bihuan.reading.rhythms import is_beyond, is_every_other_month, other_period, recurrence
from bihuan.reading.sentences import BLANK, hide_titles

_QUOTED = re.compile(r"“([^“”\n]{0,60})”")
_FESTIVAL = re.compile(rf"{NAME}|[七八五十三六]一|五四|三八|十一|\d{{1,2}}·\d{{1,2}}")
_RHYTHM = (
    r"(?:[月季年]|半年)(?:初|中|末)?"
    r"(?:调度|通报|例会|小结|督查|评估|研判|报告|讲评|点评|考核|推进|总结)"
)
_RHYTHMS = re.compile(rf"{_RHYTHM}(?:[、,]?{_RHYTHM})*")

_ONE_MONTH = (
    r"(?:20\d\d年)?(?:\d{1,2}|[一二三四五六七八九十]{1,2})月"
    r"(?:份|底|末|中旬|下旬|上旬|\d{1,2}日)?(?:以?前)?"
)
_CN_MONTH = "[一二三四五六七八九十]{1,2}"
_MONTHS = re.compile(
    rf"(?<![\d至—-])(?:(?:\d{{1,2}}[、,]){{1,12}}(?=\d)|(?:{_CN_MONTH}、){{1,12}}(?={_CN_MONTH}))?"
    rf"{_ONE_MONTH}(?:[、和及与,]{{1,2}}{_ONE_MONTH}){{0,12}}(?!\d|至|—|-)"
)
_TIMES = r"(?:次|遍|回|场次|场|期|轮|堂|讲|届)"
_COUNT = re.compile(
    rf"(?P<number>(?<![\d第首再])(?!(?<=[周期])[一二三四五六][一二两三四五六])(?:{NUMBER}))(?:(?:—|-|至|到)(?:{NUMBER}))?(?:个)?(?P<unit>{_TIMES})(?!性|会议精神|全会|代表|书记|党代|季度|间)"
)
_OUTPUT = re.compile(
    rf"(?P<number>(?<![第\d])(?:{NUMBER}))(?:(?:—|-|至|到)(?:{NUMBER}))?余?(?P<unit>篇|条|个|件|份|项|部|幅|本|首|名|人次|人|学时|课时|小时|分钟|天|元|万元|户|家|对|支|台|辆|面|处|座|场次|字|节|课|期(?!间)|场|讲|堂|轮|部)"
)
_AT_LEAST = re.compile(
    r"(?:不少于|至少|不低于|最少|不得少于|不少于|达到|达|各|确定|选树|培育|评选|打造|撰写|报送|刊发|形成|推出|培训|组建|创建|遴选|表彰|完成|发表|征集|选派|办好|办理|解决|建立|举办|开展|组织|上报|读|听|推荐)[^,。;]{0,16}$"
)
_NOT_AMOUNT = re.compile(
    r"(?:意识|自信|维护|确立|结合|服从|表率|一(?!个)|方面|坚持|务必|伟大|中全会|大精神|月(?!份)|革命|阶段|层面|环节|统一|带头|专题|关键|坚定|过硬|基本|以上的)"
)
_LOOK_BACK = 60
_MEASURES = frozenset(
    ["学时", "课时", "小时", "分钟", "天", "元", "万元", "字", "人", "名", "人次", "对"]
)


@dataclass(frozen=True, slots=True)
class Timing:
    """Recurrence, how often within it, deadline, an amount with its unit, and the day of the
    month by which a recurring task is due. See `Duty`.
    """

    period: Period | None = None
    minimum: int | None = None
    due: str | None = None
    quantity: float | None = None
    unit: str | None = None
    due_day: int | None = None


@lru_cache(maxsize=4096)
def read_timing(folded: str, year: int | None) -> Timing:
    """What `folded`, the wording of one task, says about time and amount.

    `year` is the one a month without a year belongs to; without it a month gives no date.
    """
    text = _without_names(folded)
    timing = _stated(text, year)
    if timing.period in ("month", "quarter", "half", "year"):
        timing = replace(timing, due_day=day_of_period(text))
    elif timing.period is None and is_beyond(text):
        timing = replace(timing, minimum=None)
    return _of_list(text, _every_other_month(text, timing))


def _stated(text: str, year: int | None) -> Timing:
    period, at = recurrence(text)
    date = find_due(text, year, recurring=period in ("month", "quarter", "half"))
    if period is None:
        period = "once" if date is not None else other_period(text)
    due = date.iso if date is not None and period in ("once", "year") else None
    count = _count(text, at)
    quantity, unit = _amount(text)
    minimum = count[0] if count else None
    if count and count[1] not in ("次", "遍", "回", "场次"):
        quantity, unit = float(count[0]), count[1]
    periodic = period in ("month", "quarter", "half", "year")
    if minimum is None and periodic:
        countable = quantity is not None and unit not in _MEASURES
        minimum = int(quantity) if countable and quantity else _implied(unit, text)
    return Timing(period, minimum, due, quantity, unit)


def _every_other_month(text: str, timing: Timing) -> Timing:
    """每两个月1次 is six times a year: the ledger has no period of two months."""
    if timing.period not in (None, "each") or not is_every_other_month(text):
        return timing
    return replace(timing, period="year", minimum=6 * (timing.minimum or 1))


def _of_list(text: str, timing: Timing) -> Timing:
    """Several months for one task: 6月、12月 are both halves, 4月和10月各1次 is twice a year."""
    match = max(_MONTHS.finditer(text), key=lambda found: len(found.group()), default=None)
    if match is None or timing.period not in ("once", "year"):
        return timing
    each = re.match(r"[^,。;]{0,10}?(?:各|分别)", text[match.end() :]) is not None
    counted = timing.period == "year" and (timing.minimum or 1) > 1 and not each
    months = [
        _month(found)
        for found in re.findall(rf"(\d{{1,2}}|{_CN_MONTH})(?=月|[、,])", match.group())
    ]
    if len(months) < 2:
        return timing
    if counted:
        # 全年4次,时间为3月、6月、9月、12月: the year's count stands, no single month is its day.
        return replace(timing, due=None)
    if months in ([6, 12], [3, 6, 9, 12]):
        period: Period = "half" if len(months) == 2 else "quarter"
        return replace(timing, period=period, minimum=timing.minimum or 1, due=None)
    if each:
        return replace(timing, period="year", minimum=len(months) * (timing.minimum or 1))
    return timing


def _month(text: str) -> int:
    return int(text) if text.isdigit() else chinese_int(text) or 0


def _implied(unit: str | None, text: str) -> int | None:
    """A task that recurs is done at least once in each period, unless hours measure it."""
    measured = unit in ("学时", "课时", "人次") or (unit in ("小时", "天") and "每次" not in text)
    return None if measured else 1


def _without_names(folded: str) -> str:
    """Titles and quoted names blanked: “每月一课” is a name, “七一” is a date."""
    return _QUOTED.sub(_quoted, hide_titles(folded))


def _quoted(match: re.Match[str]) -> str:
    if _FESTIVAL.fullmatch(match[1]) or _RHYTHMS.fullmatch(match[1]):
        return match.group()
    return "“" + BLANK * len(match[1]) + "”"


def _count(text: str, at: int) -> tuple[int, str] | None:
    """How many times, preferring the count that follows the recurrence at `at`."""
    matches = [*_COUNT.finditer(text, at), *_COUNT.finditer(text, 0, at)]
    for match in matches:
        value = number_value(match["number"])
        after_each = text[: match.start()].endswith(
            ("每", "多", "几", "这", "那", "某", "上", "下")
        )
        if value is not None and value >= 1 and not after_each:
            return int(value), match["unit"]
    return None


def _amount(text: str) -> tuple[float | None, str | None]:
    """The first amount asked for: a number and a unit other than 次, no name, no limit."""
    for match in _OUTPUT.finditer(text):
        value = number_value(match["number"])
        before = text[max(0, match.start() - _LOOK_BACK) : match.start()]
        after = text[match.end() : match.end() + 4]
        chinese = not match["number"][0].isdigit()
        if (
            value is None
            or value == 0
            or _NOT_AMOUNT.match(after)
            or before.endswith(("每", "“", "固定"))
        ):
            continue
        if before.endswith(("不超过", "提前", "以内", "前", "字数")) or after.startswith(
            ("工作日", "月", "内", "以内")
        ):
            continue
        one = (
            value == 1
            and chinese
            and not re.search(r"(?:不少于|至少|每[^,。;]{1,12})[^,。;]{0,8}$", before)
        )
        if one or (chinese and not _AT_LEAST.search(before)):
            continue
        return value, match["unit"]
    return None, None
