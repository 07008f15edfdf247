"""Deadlines that are no date of the calendar: the day of each period, and days after an event.

“每月25日前” has the day 25 of each month. “会议召开后15日内”, “提前5个工作日” and “次月5日前”
depend on something else than the calendar of the plan; they are kept as printed, for a person.
"""

from __future__ import annotations

import re

from bihuan.reading.numbers import CHINESE, chinese_int

_NUMBER = rf"(?:\d{{1,3}}|[{CHINESE}]{{1,3}})"
_UNIT = r"(?:个)?(?:工作日|自然日|小时|星期|周|月|天|日|年)"
_DAY_OF_PERIOD = re.compile(
    r"(?:每|按|逐)(?:一)?(?:个)?(?:月|季度?|半年|年)(?:度)?(?:的)?"
    r"(?:末月|末|最后一个月|固定|最后一月)?(?:的)?(?P<day>\d{1,2}|[一二三]?十[一二三四五六七八九]?)[日号](?!起)"
)
_AFTER = re.compile(
    rf"(?P<event>[^,。;:、()“”]{{0,16}}?)(?:之日起|之日后|以后|之后|后|起)(?:的)?{_NUMBER}{_UNIT}(?:之|以)?内"
)
_BEFORE = re.compile(
    rf"(?:[^,。;:、()“”]{{1,10}}?前{_NUMBER}{_UNIT}(?![^,。;]{{0,4}}后)|(?:至少)?提前{_NUMBER}{_UNIT}(?:以上)?)"
)
_NEXT = re.compile(
    r"(?:次|下)(?:个)?(?:月|季度?(?:首月)?|年)(?:的)?\d{1,2}[日号]?(?:月\d{1,2}[日号])?(?:以?前)?"
)
_FIRST_MONTH = re.compile(r"(?:首月|第一个月)(?:的)?\d{1,2}[日号](?:以?前)?")
_WITHIN = re.compile(rf"(?<!不超过)(?<!控制在)(?<![月\d]){_NUMBER}(?:个工作日|日|天)(?:之|以)?内")
_LEAD = re.compile(r"^(?:应当?|须|要|并|且|在|于|自|从|由|每次|原则上|一般|将)+")


def day_of_period(folded: str) -> int | None:
    """The day of the (last) month of each period: 25 for 每月25日前 and 每季度末月25日前."""
    match = _DAY_OF_PERIOD.search(folded)
    if match is None:
        return None
    day = int(match["day"]) if match["day"].isdigit() else chinese_int(match["day"])
    return day if day is not None and 1 <= day <= 31 else None


def relative_deadline(folded: str) -> tuple[int, int] | None:
    """The span of a deadline that counts from an event, None if there is none."""
    for pattern in (_NEXT, _FIRST_MONTH, _AFTER, _BEFORE, _WITHIN):
        match = pattern.search(folded)
        if match:
            lead = _LEAD.match(match.group())
            return match.start() + (lead.end() if lead else 0), match.end()
    return None
