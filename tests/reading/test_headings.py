"""Months, quarters and stages as headings, and the date they give to what stands below."""

from __future__ import annotations

import pytest

from bihuan.reading.reader import read_plan


def outline(text: str) -> list[tuple[int, str, str]]:
    return [(c.level, c.number, c.title) for c in read_plan(text).walk()]


def dated(text: str) -> list[tuple[str, str | None, str | None]]:
    return [(d.text, d.period, d.due) for d in read_plan(text).duties if d.actionable]


def test_months_alone_in_their_lines_are_headings_side_by_side():
    text = (
        "一、学习要求\n认真学。\n二、月度安排\n1月\n传达精神。\n2月份:\n讲1次党课。"
        "\n三、保障措施\n加强领导。"
    )
    assert outline(text) == [
        (1, "一、", "学习要求"),
        (1, "二、", "月度安排"),
        (2, "", "1月"),
        (2, "", "2月份"),
        (1, "三、", "保障措施"),
    ]


def test_a_month_named_once_is_no_heading():
    text = "一、甲项\n6月\n开展1次检查。\n二、乙项\n举办1期培训班。"
    assert [row[1] for row in outline(text)] == ["一、", "二、"]


@pytest.mark.parametrize(
    ("first", "second", "ends"),
    [
        ("3月", "十一月", ["2026-03-31", "2026-11-30"]),
        ("一季度", "第四季度", ["2026-03-31", "2026-12-31"]),
        ("上半年", "下半年", ["2026-06-30", "2026-12-31"]),
    ],
)
def test_a_heading_that_is_a_time_dates_the_tasks_below(first, second, ends):
    text = f"2026年学习计划\n一、月度安排\n{first}\n参观教育基地。\n{second}\n召开交流会。"
    assert [(period, due) for _, period, due in dated(text)] == [("once", end) for end in ends]


def test_a_date_or_a_rhythm_of_its_own_is_stronger_than_the_heading():
    text = (
        "2026年学习计划\n一、月度安排\n3月\n3月10日前报送名单。每月集体学习1次。\n4月\n召开交流会。"
    )
    assert dated(text) == [
        ("3月10日前报送名单。", "once", "2026-03-10"),
        ("每月集体学习1次。", "month", None),
        ("召开交流会。", "once", "2026-04-30"),
    ]


def test_what_everybody_owes_below_a_month_is_due_with_it():
    text = "2026年学习计划\n一、月度安排\n7月\n每名党员提交心得体会1篇。\n8月\n召开交流会。"
    assert dated(text)[0] == ("每名党员提交心得体会1篇。", "once", "2026-07-31")


@pytest.mark.parametrize(
    ("heading", "end"),
    [
        ("动员部署(3月)", "2026-03-31"),
        ("组织实施(4月至10月)", "2026-10-31"),
        ("总结提升(2026年11月—12月)", "2026-12-31"),
        ("查摆问题(5月上旬)", "2026-05-10"),
        ("部署启动(3月底前)", "2026-03-31"),
    ],
)
def test_the_time_of_a_stage_is_part_of_its_title_and_dates_its_tasks(heading, end):
    text = (
        f"2026年活动方案\n一、步骤\n(一){heading}。召开推进会,每月调度1次进展。"
        "\n(二)乙项工作。印发通报。"
    )
    assert [row[2] for row in outline(text)][1] == heading
    assert dated(text) == [
        ("召开推进会", "once", end),
        ("每月调度1次进展。", "month", None),
        ("印发通报。", None, None),
    ]


def test_units_behind_a_heading_stay_out_of_its_title():
    text = "一、甲项\n(一)强化学习(责任单位:宣传部)\n每月集体学习1次。\n(二)抓实教育\n讲1次党课。"
    assert [row[2] for row in outline(text)][1] == "强化学习"


def test_a_numbered_case_that_starts_with_a_numeral_keeps_its_number():
    text = (
        "第一条 有下列情形之一的,每次扣2分:\n(一)未按期换届的;"
        "\n(二)党员大会少开1次的;\n(三)一年内讲党课少于2次的。"
    )
    plan = read_plan(text)
    assert [clause.number for clause in plan.walk()] == ["第一条", "(一)", "(二)", "(三)"]
    assert [duty.text for duty in plan.duties if duty.actionable] == []


def test_stages_problems_and_bullets_are_passages_with_their_number():
    text = (
        "一、安排\n第一阶段:动员(3月)。召开动员会。\n第二阶段:实施(4月)。开展比武。"
        "\n二、问题\n问题1:学习不充分。\n整改措施:修订制度。\n问题2:覆盖不广。\n整改措施:组建小组。"
        "\n三、措施\n——抓学习。每月集体学习1次。\n——抓支部。建立台账。"
    )
    assert outline(text) == [
        (1, "一、", "安排"),
        (2, "第一阶段:", "动员(3月)"),
        (2, "第二阶段:", "实施(4月)"),
        (1, "二、", "问题"),
        (2, "问题1:", "学习不充分"),
        (2, "问题2:", "覆盖不广"),
        (1, "三、", "措施"),
        (2, "——", "抓学习"),
        (2, "——", "抓支部"),
    ]


def test_orders_to_all_count_as_a_list():
    text = "一、安排\n各单位一要召开动员会;二要制定方案;三要建立专栏。\n二、要求\n坚持统一要求。"
    assert [row[1] for row in outline(text)] == ["一、", "一要", "二要", "三要", "二、"]
