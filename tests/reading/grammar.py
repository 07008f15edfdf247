"""The language of time in plans, written out: every phrase with what it must be read as.

The forms are listed in docs/reference/plan-reading.md. The year of the plan is `YEAR`. A sample
is a phrase and its reading: an ISO date, or a period with its minimum.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import product

YEAR = 2026
Deadline = tuple[str, str]
Rhythm = tuple[str, str | None, int | None]

_CHINESE = ["", *"一二三四五六七八九十", "十一", "十二"]
_YEARS = ("", "2026年", "2026年的", "今年")


def _iso(month: int, day: int, year: int = YEAR) -> str:
    return date(year, month, day).isoformat()


def _last(month: int) -> str:
    following = date(YEAR + month // 12, month % 12 + 1, 1)
    return (following - timedelta(days=1)).isoformat()


def _eve(month: int) -> str:
    return (date(YEAR, month, 1) - timedelta(days=1)).isoformat()


def months() -> Iterator[Deadline]:
    """3月底前, 三月中旬, 2026年3月之前, 今年３月15日以前."""
    whole = (
        "",
        "底",
        "底前",
        "底之前",
        "底以前",
        "底前后",
        "末",
        "末前",
        "份",
        "份底前",
        "内",
        "份内",
    )
    whole += ("下旬", "下旬前", "结束前")
    for month, year in product((1, 2, 3, 10, 12), _YEARS):
        for name in (
            str(month),
            _CHINESE[month],
            f" {month} ",
            chr(0xFF10 + month % 10) * (month < 10),
        ):
            if not name:
                continue
            start = f"{year}{name}月"
            yield from ((start + tail, _last(month)) for tail in whole)
            early = ("上旬", "上旬前", "初", "初前", "份上旬")
            yield from ((start + tail, _iso(month, 10)) for tail in early)
            mid = ("中旬", "中旬前", "中旬之前", "份中旬", "上中旬", "上旬至中旬")
            yield from ((start + tail, _iso(month, 20)) for tail in mid)
            yield from ((start + tail, _eve(month)) for tail in ("前", "之前", "以前", "份前"))
            for day, tail in product((5, 15, 28), ("日", "日前", "日之前", "日以前", "号前")):
                yield f"{start}{day}{tail}", _iso(month, day)


def figures() -> Iterator[Deadline]:
    """2026.3.5前, 2026-03-05, 2026/3/5之前."""
    for (month, day), tail in product(((3, 5), (12, 31)), ("", "前", "之前", "以前")):
        for mark, width in product(".-/", ("", "02")):
            yield f"2026{mark}{month:{width}}{mark}{day:{width}}{tail}", _iso(month, day)


def parts_of_years() -> Iterator[Deadline]:
    """第三季度末前, 2季度内, 上半年, 年内, 今年年底前, 明年1月底前."""
    tails = ("", "末", "末前", "底", "底前", "内", "之内", "结束前", "末之前", "末以前")
    for quarter, year, tail in product((1, 2, 3, 4), ("", "今年", "2026年"), tails):
        for name in (str(quarter), _CHINESE[quarter]):
            yield f"{year}{name}季度{tail}", _last(quarter * 3)
            yield f"{year}第{name}季度{tail}", _last(quarter * 3)
    tails = ("", "内", "前", "末", "末前", "底前", "之前", "结束前")
    for (half, month), year, tail in product(
        (("上半年", 6), ("下半年", 12)), ("", "今年", "2026年"), tails
    ):
        yield f"{year}{half}{tail}", _last(month)
    ends = "年底 年底前 年底之前 年底以前 年末 年末前 年末之前 年终前 年内 年度内 岁末 今年底"
    ends += (
        " 今年年底前 今年年内 今年内 2026年底 2026年底前 2026年年底前 2026年末 2026年内 2026年年内"
    )
    ends += " 本年度内 本年底前 本年末 当年底前 全年结束前"
    yield from ((end, _iso(12, 31)) for end in ends.split())
    for name in ("明年1月底前", "次年一月底前", "2027年1月底前"):
        yield name, _iso(1, 31, YEAR + 1)


_FEASTS = {
    (1, 1): "元旦",
    (2, 16): "除夕",
    (2, 17): "春节",
    (3, 3): "元宵节",
    (3, 5): "学雷锋纪念日",
    (3, 8): "“三八”国际妇女节 “三八”妇女节 三八国际劳动妇女节 “三八”",
    (4, 5): "清明节 清明",
    (4, 15): "“4·15”全民国家安全教育日 全民国家安全教育日",
    (4, 23): "世界读书日",
    (5, 1): "“五一” 五一 劳动节 “五一”国际劳动节",
    (5, 4): "“五四”青年节 五四青年节 “五四”",
    (6, 1): "“六一”儿童节 “六一”",
    (6, 19): "端午节",
    (7, 1): "“七一” 七一 建党节 “七一”建党节 党的生日 建党105周年 建党纪念日 中国共产党成立105周年",
    (8, 1): "“八一” “八一”建军节 建军节",
    (9, 10): "教师节",
    (9, 25): "中秋节 中秋",
    (9, 30): "烈士纪念日",
    (10, 1): "国庆节 国庆 “十一” “十一”国庆节",
    (10, 18): "重阳节",
    (12, 4): "国家宪法日 “12·4”国家宪法日",
    (12, 13): "国家公祭日",
}


def feasts() -> Iterator[Deadline]:
    """“七一”前, 春节前夕, 建党105周年到来之际, “12·4”国家宪法日前后."""
    tails = ("前", "前夕", "之前", "以前", "前后", "期间", "来临之际", "到来之际", "来临前")
    for (month, day), names in _FEASTS.items():
        for name, tail in product(names.split(), tails):
            yield name + tail, _iso(month, day)


def spans() -> Iterator[Deadline]:
    """3月至5月, 3—5月, 3月1日至15日, 一、二季度, 9月中下旬: the end counts."""
    ends = {
        (3, 15): "3月1日至15日 3月10日—15日",
        (3, 20): "3月上旬至中旬",
        (4, 15): "3月1日至4月15日 3月1日—4月15日",
        (4, 20): "3月上旬至4月中旬",
        (4, 30): "3—4月 3—4月份 三至四月 3月、4月",
        (5, 31): "3月至5月 3—5月 3月—5月 3-5月 3～5月 3月到5月底 2026年3月至2026年5月",
        (6, 30): "一至二季度 一、二季度 即日起至6月底 2026年3月1日至2026年6月30日 5、6月",
        (9, 30): "9月中下旬",
        (10, 31): "自3月开始至10月 从3月起至10月底",
        (12, 31): "9月至年底 2026年3月至12月",
    }
    for (month, day), phrases in ends.items():
        yield from ((phrase, _iso(month, day)) for phrase in phrases.split())


DEADLINES = {
    "months": months,
    "figures": figures,
    "parts of years": parts_of_years,
    "feasts": feasts,
    "spans": spans,
}
DATED = (
    "{t}制定学习方案",
    "{t},制定学习方案",
    "于{t}制定学习方案",
    "最迟{t}制定学习方案",
    "力争{t}制定学习方案",
    "原则上在{t}制定学习方案",
    "各支部{t}制定学习方案",
    "制定学习方案,{t}完成",
    "制定学习方案({t})",
    "学习方案于{t}报送机关党委",
    "报送截止时间为{t}",
    "学习方案以{t}为限",
)
"""Wordings of one task with its deadline `t`."""

_EVERY: dict[str, str] = {
    "month": "每月 每个月 每一个月 逐月 按月 每月初 每月中旬 每月末 每月第一周 每月的第二个星期五"
    " 每月15日前 每月固定一天 月月",
    "quarter": "每季度 每季 每个季度 每一季度 逐季 按季 按季度 分季度 每季度初 每季度末 每三个月"
    " 每3个月 每季度首月 每季度最后一个月 每季度末月25日前",
    "half": "每半年 每个半年 每半年度 按半年 上下半年 上、下半年 上半年和下半年 每六个月 每6个月"
    " 每学期 各学期",
    "year": "每年 每年度 每一年 按年度 逐年 每自然年 每学年",
}
_TIMES = {
    1: "|1次|一次|至少一次|1—2次|不少于1次",
    2: "两次|2次|２次|二次| 2 次|不少于2次|至少2次|2次以上|不得少于2次|最少2次|不低于2次"
    "|原则上不少于2次|一般不少于2次|应不少于2次|2至3次|2次左右|各2次",
}
RECURRING = (
    "{r}召开{c}支部党员大会",
    "{r}召开支部党员大会{c}",
    "支部党员大会{r}召开{c}",
    "各支部{r}召开支部党员大会{c}",
    "{r},各支部召开支部党员大会{c}",
    "一般{r}召开{c}支部党员大会",
    "支部党员大会原则上{r}召开{c}",
    "党员领导干部{r}为基层讲党课{c}",
    "召开支部党员大会({r}{c})",
    "召开支部党员大会,{r}{c}",
    "局党组会{r}专题研究党建工作{c}",
    "确保{r}开展{c}督查",
)
"""Wordings of one task with its recurrence `r` and its count `c`."""


def rhythms() -> Iterator[tuple[str, str, str, int]]:
    """Recurrence, count, and what they are read as: 每季度, 不少于2次, quarter, 2."""
    for period, names in _EVERY.items():
        for name, (minimum, counts) in product(names.split(), _TIMES.items()):
            yield from ((name, count, period, minimum) for count in counts.split("|"))


WHOLE: dict[tuple[str | None, int | None], str] = {
    (
        "month",
        1,
    ): "一月一次 月度至少1次 一个月不少于1次 月均不少于1次 每1个月1次"
    " 每月不少于1次、全年不少于12次",
    ("month", 2): "一月不少于2次 每个月2次",
    (
        "quarter",
        1,
    ): "一季一次 一季度一次 季度至少1次 一个季度不少于1次 季均1次 1季度1次 3、6、9、12月各1次"
    " 3月、6月、9月、12月各1次",
    ("quarter", 2): "一季度两次 季度不少于2次",
    (
        "half",
        1,
    ): "半年一次 半年至少一次 半年1次 上半年、下半年各1次 上下半年各1次 上、下半年各不少于1次"
    " 年中、年末各1次 6月、12月各1次 每年上半年和下半年各1次 一学期一次",
    ("year", 1): "一年一次 每1年1次 每学年1次 每年1—2次 一年一度",
    (
        "year",
        2,
    ): "一年两次 1年2次 一年内不少于2次 4月、10月各1次"
    " 每年4月、10月各1次 年度内至少2次 学年内不少于2次",
    (
        "year",
        4,
    ): "一年不少于4次 年内至少4次 全年不少于4次 全年4次 全年至少4次 年度不少于4次 每年度4次以上"
    " 年均不少于4次 全年分4次 全年累计不少于4次 1月、4月、7月、10月各1次",
    ("year", 6): "每两个月一次 每2个月1次 隔月1次 双月1次 逢双月1次 每两月一次",
    (
        None,
        None,
    ): "每周1次 每周至少1次 每旬1次 每两周1次 每日1次 每天1次 每两年1次 每三年1次 每五年1次",
}
WHOLE_WORDINGS = (
    "开展督查{}",
    "督查{}",
    "{}开展督查",
    "开展督查,{}",
    "开展督查({})",
    "机关党委{}开展督查",
    "督查频次为{}",
    "督查工作原则上{}",
)
LASTING: dict[str | None, str] = {
    "ongoing": "常态化 长期 长期坚持 持续 全年 常年 经常 经常性 经常化"
    " 贯穿全年 贯穿始终 全程 日常 随时 不间断 常态长效",
    "each": "每次 为每名党员 逐人 每期 每逢重大节日 每批",
    None: "定期 不定期 适时 及时 逐一 分批 分阶段 近期 立即",
}

PASSED_OVER = (
    "落实{t}印发的《学习办法》",
    "落实市委{t}召开的会议精神",
    "落实{t}以来的各项部署",
    "贯彻{t}作出的部署",
    "按照{t}印发的通知要求开展督查",
    "学习{t}的重要讲话",
    "自{t}起开展督查",
    "从{t}以后开展督查",
    "落实《局党组关于{t}督查情况的通报》",
    "开展“{t}行动”督查",
)
"""Wordings in which a date explains something and is nobody's deadline."""
PASSED_DATES = ("3月15日", "2025年3月15日", "2025年3月", "2024年12月")
