"""The grammar of recurrence: 每月, 逐季, 按半年, 一年两次, 季度至少, 月调度, 上、下半年各, 每3个月.

Every period is written with the same six forms around its own nouns, so that what is understood
of a month is understood of a quarter. Names of meetings (季度例会) and numbered parts of a year
(一季度, 2026年) are kept apart from the forms.
"""

from __future__ import annotations

import re

from bihuan.reading.numbers import NUMBER
from bihuan.reading.plan import Period

_LEAST = r"(?:原则上|一般|应当?|须|要)?(?:至少|不少于|不得少于|不低于|最少|平均)?"
_TIMES = r"(?:余)?(?:个)?(?:次|学时|课时|场|期|篇|天|小时|轮|遍|堂|条|件|例|讲|人次|回|家|户)"
_MEETING = r"(?:调度|通报|例会|小结|督查|评估|研判|总结会|分析会|点评|报告制|推进会)"
_NOUN: dict[Period, str] = {
    "half": r"(?:半年度?|学期|(?:六|6)个月)",
    "quarter": r"(?:季度?(?!节)|(?:三|3)个月)",
    "month": r"(?:月(?:份|度)?(?!月)|30天)",
    "year": r"(?:年度?|自然年度?|学年)",
}
_SHORT: dict[Period, str] = {"quarter": "季", "month": "月", "year": "年"}
_NOT_BEFORE: dict[Period, str] = {
    "half": r"(?:(?<![上下])|(?<=则上))",
    "quarter": r"(?<!第)(?<![一二三四1-4])",
    "month": r"(?<![\d一二三四五六七八九十个])",
    "year": r"(?<![\d一二三四五六七八九十〇今去明本全当半])",
}
_OWN: dict[Period, str] = {
    "half": (
        r"年中[、和及]年(?:底|末)各?|上半年(?:[、和及与,])?下半年各?|(?<!则)上、?下半年各?"
        r"|第?[二2](?:季度)?[、和及]第?[四4]季度各"
    ),
    "quarter": r"(?<!第)(?<![一二三四1-4])季度?末|分季度?|各季度",
    "month": r"月月|(?<![十\d])一月一(?=通报|调度|督查|检查|小结|总结)",
    "year": (
        r"一年一度|"
        rf"(?:全年|年度|本年度|(?:一|1)年内|学年内|(?<![一二两三四五六七八九十几半\d])年内(?=[^,。;]{{0,16}}(?:至少|不少于|不低于)))"
        rf"(?=[^,。;]{{0,24}}(?:不少于|至少|不低于|累计|达到|不得少于|各|不超过)?{NUMBER}{_TIMES})"
    ),
}


def _forms(period: Period) -> re.Pattern[str]:
    noun, free = _NOUN[period], _NOT_BEFORE[period]
    every = rf"每(?:一|1)?(?:个)?{noun}|[逐按]{noun}"
    if period == "half":
        every += r"|[各一](?:个)?学期"
    else:
        every += rf"|{free}{_SHORT[period]}均(?=[^,。;]{{0,10}}{NUMBER}{_TIMES})"
    once = {"half": rf"{free}{noun}", "year": rf"(?<![第\d])(?:一|1){noun}(?:内)?"}.get(
        period, rf"(?<![第\d十])(?:一|1)(?:个)?{noun}(?:内)?"
    )
    rate = rf"{once}{_LEAST}{NUMBER}次"
    plain = rf"{free}{noun}(?:至少|不少于|不得少于|不低于|最少)"
    met = rf"{free}{noun}{_MEETING}" if period != "year" else r"一年至少"
    return re.compile("|".join([every, rate, plain, met, _OWN[period]]))


_RECURRENCES: dict[Period, re.Pattern[str]] = {period: _forms(period) for period in _NOUN}
_BOTH_HALVES = re.compile(r"上半年(?:[、和及与,])?下半年各?|(?<!则)上、?下半年各")
_EACH = re.compile(
    r"每(?:一)?(?:次|名|位|人|逢|期|场|篇|批|轮|例|件|遇)(?!(?:时间|时长|受众|人数|规模))|每(?:一)?个?(?:党?支部|党组织|党小组|小组|党员|单位|处室|科室|部门|班子成员|领导班子成员|委员)|逐人|凡(?!是坚持)"
)
_ONGOING = re.compile(
    r"常态化(?!长效化)|常态长效|常态开展|长期(?:坚持|开展|推进|落实)?|持续(?!力|性|深化内化)|全年(?!工作|任务|目标)|经常(?!委|会)|日常(?:开展|监督|管理|教育)|贯穿(?:全年|始终)|全程|[长常]年|一以贯之|不间断|随时"
)
_BEYOND = re.compile(
    r"每(?:一|两|2|双|个)?(?:个)?(?:周|星期|旬)|每(?:一)?(?:天|日)|每[二两三四五六七八九十\d]{1,2}年|隔年|每届"
)
_OTHER_MONTH = re.compile(r"每(?:2|两|二)个?月|隔月|双月(?!刊)|单月(?!刊)")


def recurrence(text: str) -> tuple[Period | None, int]:
    """The first of the ledger's periods that `text` names as recurring, and where its name ends.

    每年上半年、下半年各1次 is each half: the two halves say more than the year before them.
    """
    both = _BOTH_HALVES.search(text)
    if both:
        return "half", both.end()
    found = [
        (m.start(), m.end(), period) for period, p in _RECURRENCES.items() if (m := p.search(text))
    ]
    if not found:
        return None, 0
    _, end, period = min(found)
    return period, end


def other_period(text: str) -> Period | None:
    """`each` for what goes by occasion or person, `ongoing` for what never stops."""
    if _EACH.search(text):
        return "each"
    return "ongoing" if _ONGOING.search(text) else None


def is_beyond(text: str) -> bool:
    """Whether `text` recurs in a way the ledger does not count: 每周, 每日, 每三年, 每届."""
    return _BEYOND.search(text) is not None


def is_every_other_month(text: str) -> bool:
    """Whether `text` says 每两个月, 隔月 or 双月."""
    return _OTHER_MONTH.search(text) is not None
