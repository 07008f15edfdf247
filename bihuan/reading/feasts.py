"""Feasts and days of remembrance as plans name them, and the date each has in a year.

A feast dates a task only with a word that says so (前, 前夕, 之际, 期间). Feasts of the lunar
calendar come from a table.
"""

from __future__ import annotations

import re

_FIXED = {
    "元旦": (1, 1),
    "学雷锋(?:纪念日|日)": (3, 5),
    "(?:“?三八”?)?(?:国际)?(?:劳动)?妇女节": (3, 8),
    "植树节": (3, 12),
    "(?:全民)?国家安全(?:教育日|日)": (4, 15),
    "(?:世界)?读书日": (4, 23),
    "(?:“?五一”?)?(?:国际)?劳动节": (5, 1),
    "(?:“?五四”?)?(?:中国)?青年节": (5, 4),
    "(?:国际)?护士节": (5, 12),
    "(?:“?六一”?)?(?:国际)?儿童节": (6, 1),
    "(?:“?七一”?)?建党(?:纪念日|节)|党的生日|党的?诞辰": (7, 1),
    "(?:建党|(?:中国共产)?党成立)\\d{2,3}周年(?:纪念日)?": (7, 1),
    "(?:“?八一”?)?建军节|建军\\d{2,3}周年(?:纪念日)?": (8, 1),
    "(?:中国)?医师节": (8, 19),
    "教师节": (9, 10),
    "烈士纪念日": (9, 30),
    "(?:“?十一”?)?国庆(?:节|假期)?|(?:新中国|中华人民共和国)?成立\\d{2}周年": (10, 1),
    "(?:国家)?扶贫日": (10, 17),
    "(?:中国)?记者节": (11, 8),
    "(?:全国)?消防(?:宣传)?日": (11, 9),
    "(?:国家|全国)?宪法(?:宣传)?日": (12, 4),
    "(?:国际)?志愿者日": (12, 5),
    "国家公祭日": (12, 13),
    "“?三八”?": (3, 8),
    "“?五一”?": (5, 1),
    "“?五四”?": (5, 4),
    "“?六一”?": (6, 1),
    "“?七一”?": (7, 1),
    "“?八一”?": (8, 1),
    "“?十一”?": (10, 1),
}
_LUNAR_FROM = 2020
_LUNAR = {
    "除夕": "0124 0211 0131 0121 0209 0128 0216 0205 0125 0212 0202",
    "春节": "0125 0212 0201 0122 0210 0129 0217 0206 0126 0213 0203",
    "元宵节?": "0208 0226 0215 0205 0224 0212 0303 0220 0209 0227 0217",
    "清明节?": "0404 0404 0405 0405 0404 0404 0405 0405 0404 0404 0405",
    "端午节?": "0625 0614 0603 0622 0610 0531 0619 0609 0528 0616 0605",
    "中秋节?": "1001 0921 0910 0929 0917 1006 0925 0915 1003 0922 0912",
    "重阳节?": "1025 1014 1004 1023 1011 1029 1018 1008 1026 1016 1005",
}
_TABLE: list[tuple[re.Pattern[str], tuple[int, int] | str]] = [
    (re.compile(name), day) for name, day in (_LUNAR | _FIXED).items()
]
NAME = "|".join(_LUNAR | _FIXED)
"""Source of a pattern for the name of one feast. It has no groups."""

WHEN = (
    r"(?:前夕|之前|以前|前后|前|期间|当天|当日|(?:即将)?(?:来临|到来)(?:之际|之前|前夕|前)"
    r"|之际|假期前|假前)"
)
"""Source of a pattern for the word that makes a feast a time."""


def feast_day(name: str, year: int | None) -> tuple[int, int] | None:
    """Month and day of a feast that `NAME` matched; None where the year is open or beyond 2030."""
    day = next(day for pattern, day in _TABLE if pattern.fullmatch(name))
    if isinstance(day, tuple):
        return day
    days = day.split()
    if year is None or not 0 <= year - _LUNAR_FROM < len(days):
        return None
    found = days[year - _LUNAR_FROM]
    return int(found[:2]), int(found[2:])
