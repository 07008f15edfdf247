from __future__ import annotations

import pytest

from bihuan.reading.timing import Timing, read_timing


@pytest.mark.parametrize(
    ("wording", "period", "minimum"),
    [
        ("每季度不少于2次", "quarter", 2),
        ("每月召开一次支委会", "month", 1),
        ("每月开展主题党日", "month", 1),
        ("每半年专题研究1次机关党建", "half", 1),
        ("党组会每年至少两次专题研究", "year", 2),
        ("全年不少于12次", "year", 12),
        ("主题党日每月1次,每次不少于1小时", "month", 1),
        ("常态化开展志愿服务", "ongoing", None),
        ("全年抓好落实", "ongoing", None),
        ("每次党组会学习", "each", None),
        ("为每名党员过政治生日", "each", None),
        ("建立健全制度", None, None),
        ("一季度一次", "quarter", 1),
        ("一月至少一次", "month", 1),
        ("半年一次", "half", 1),
        ("一年两次", "year", 2),
        ("上下半年各组织一次督查", "half", 1),
        ("6月底、12月底前各报送1次", "half", 1),
        ("3月20日、6月20日、9月20日、12月20日前报送", "quarter", 1),
        ("每两个月举办一期", "year", 6),
        ("每年6月、12月各开展2次", "half", 2),
        ("全年召开不少于4次,时间分别为3月、6月、9月、12月", "year", 4),
        ("隔月开展一次", "year", 6),
        ("实行“季调度、季通报”", "quarter", 1),
        ("实行月调度、季通报、半年评估", "month", 1),
        ("每三年轮训一遍", None, None),
        ("每周至少学习1次", None, None),
        ("五年内轮训一遍", None, 1),
        ("任职半年内参加培训", None, None),
        ("每季度召开一次意识形态分析会", "quarter", 1),
        ("委员每半年开展1次述职", "half", 1),
        ("每年至少讲1次党课", "year", 1),
        ("每季度末报送", "quarter", 1),
        ("每月的第三个周五开展主题党日", "month", 1),
        ("开展“每月一课”活动", None, None),
        ("定期分析思想动态", None, None),
    ],
)
def test_recurrence_and_minimum(wording, period, minimum):
    timing = read_timing(wording, 2024)
    assert (timing.period, timing.minimum, timing.due) == (period, minimum, None)


@pytest.mark.parametrize(
    ("wording", "due"),
    [
        ("3月底前制定方案", "2024-03-31"),
        ("2月底前制定方案", "2024-02-29"),
        ("于2月7日前报送", "2024-02-07"),
        ("上半年完成换届", "2024-06-30"),
        ("第三季度举办培训班", "2024-09-30"),
        ("年底前形成报告", "2024-12-31"),
        ("“七一”前走访慰问", "2024-07-01"),
        ("春节前走访慰问", "2024-02-10"),
        ("国庆节前举办活动", "2024-10-01"),
        ("明年1月份进行考核", "2025-01-31"),
        ("从3月开始至今年12月底开展", "2024-12-31"),
        ("6月中旬举办竞赛", "2024-06-20"),
        ("2025年7月31日前完成整改", "2025-07-31"),
        ("5月18日召开大会", "2024-05-18"),
        ("10月前完成", "2024-09-30"),
        ("二季度末完成换届", "2024-06-30"),
        ("10月中旬前举办成果展", "2024-10-20"),
        ("“五一”前开展走访", "2024-05-01"),
        ("“五一”“七一”前后开展走访慰问", "2024-07-01"),
        ("建党103周年前夕表彰先进", "2024-07-01"),
        ("“12·4”国家宪法日期间开展宣传", "2024-12-04"),
        ("6月30日24时前报名", "2024-06-30"),
        ("3月初印发方案", "2024-03-10"),
        ("到今年年底全部达标", "2024-12-31"),
        ("2024年底前完成", "2024-12-31"),
        ("年中开展督查", "2024-06-30"),
        ("3月“学雷锋月”、5月“节水周”期间开展志愿服务", "2024-05-31"),
        ("十二月底前完成", "2024-12-31"),
        ("12月31日前形成报告", "2024-12-31"),
    ],
)
def test_a_deadline_is_once_with_its_date(wording, due):
    timing = read_timing(wording, 2024)
    assert (timing.period, timing.due) == ("once", due)


@pytest.mark.parametrize(
    ("wording", "minimum", "due"),
    [
        ("年内至少开展2次", 2, "2024-12-31"),
        ("4月和10月各召开1次", 2, "2024-10-31"),
        ("每年11月底前报送述职报告", 1, "2024-11-30"),
        ("每年“七一”前召开表彰大会", 1, "2024-07-01"),
    ],
)
def test_what_is_owed_in_a_year_may_have_its_day(wording, minimum, due):
    timing = read_timing(wording, 2024)
    assert (timing.period, timing.minimum, timing.due) == ("year", minimum, due)


def test_without_a_year_a_month_gives_no_date():
    assert read_timing("3月底前制定方案", None) == Timing(period="once")


@pytest.mark.parametrize(
    "wording",
    [
        "2022年以来开展活动",
        "落实3月1日印发的通知",
        "在春节、清明节等重要节点开展教育",
        "每月28日前报送",
    ],
)
def test_dates_that_are_no_deadline_give_none(wording):
    assert read_timing(wording, 2024).due is None


def test_amounts_are_kept_apart_from_counts():
    timing = read_timing("每年参加培训不少于32学时", 2024)
    assert (timing.period, timing.minimum, timing.quantity, timing.unit) == (
        "year", None, 32.0, "学时",
    )  # fmt: skip
