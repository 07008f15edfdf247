from __future__ import annotations

import pytest

from bihuan.reading.deadlines import day_of_period, relative_deadline
from bihuan.reading.reader import read_plan


@pytest.mark.parametrize(
    ("wording", "day"),
    [
        ("每月25日前报送工作动态", 25),
        ("各牵头单位要于每月28日前报送", 28),
        ("固定每月20日作为主题党日", 20),
        ("每季度末月25日前报送", 25),
        ("每季度最后一个月二十五日前报送", 25),
        ("每月15日开展学习", 15),
        ("每月的5号上报", 5),
        ("每月开展1次", None),
        ("每季度末报送", None),
        ("3月25日前报送", None),
        ("每年6月25日前报送", None),
    ],
)
def test_the_day_of_each_period(wording, day):
    assert day_of_period(wording) == day


@pytest.mark.parametrize(
    ("wording", "printed"),
    [
        ("会议召开后15日内报送会议情况", "会议召开后15日内"),
        ("收到申请后1个月内派人谈话", "收到申请后1个月内"),
        ("自印发之日起30日内报备", "印发之日起30日内"),
        ("提前5个工作日报告", "提前5个工作日"),
        ("在10个工作日内反馈", "10个工作日内"),
        ("于换届前3个月提出", "换届前3个月"),
        ("每季度次月10日前报送", "次月10日前"),
        ("每季度首月10日前报送", "首月10日前"),
        ("3月底前报送", ""),
        ("时间控制在2小时以内", ""),
        ("前三个月完成", ""),
        ("八小时以外的监督", ""),
    ],
)
def test_a_deadline_that_counts_from_an_event_is_kept_as_printed(wording, printed):
    found = relative_deadline(wording)
    assert (wording[slice(*found)] if found else "") == printed


def test_both_come_out_of_a_plan():
    plan = read_plan(
        "2025年工作要点\n一、报送\n1.各支部每月25日前报送动态。\n"
        "2.民主生活会召开后15日内,报送会议情况。\n3.12月20日前报送总结。"
    )
    tasks = [duty for duty in plan.duties if duty.actionable]
    assert [(each.period, each.due, each.due_day, each.due_note) for each in tasks] == [
        ("month", None, 25, ""),
        (None, None, None, "民主生活会召开后15日内"),
        ("once", "2025-12-20", None, ""),
    ]
