from __future__ import annotations

import pytest

from bihuan.reading.reader import read_plan


def outline(text: str) -> list[tuple[int, str, str]]:
    return [(c.level, c.number, c.title) for c in read_plan(text).walk()]


def test_all_four_styles_nest():
    text = "一、甲项工作\n(一)乙项工作\n1.丙项工作\n(1)丁项工作\n(2)戊项工作\n二、己项工作"
    assert outline(text) == [
        (1, "一、", "甲项工作"),
        (2, "(一)", "乙项工作"),
        (3, "1.", "丙项工作"),
        (4, "(1)", "丁项工作"),
        (4, "(2)", "戊项工作"),
        (1, "二、", "己项工作"),
    ]


def test_numbers_that_run_on_over_blocks_stay_below_their_block():
    text = "一、甲\n1.强化学习。认真学。\n2.强化调研。认真做。\n二、乙\n3.强化督查。认真查。"
    assert [row[:2] for row in outline(text)] == [
        (1, "一、"), (2, "1."), (2, "2."), (1, "二、"), (2, "3."),
    ]  # fmt: skip


def test_the_preamble_is_a_block_of_its_own():
    plan = read_plan("2024年,机关党建坚持以学习为主线。\n一、甲项\n1.子项\n二、乙项\n2.子项")
    assert [clause.number for clause in plan.clauses] == ["", "一、", "二、"]


def test_a_run_in_heading_is_the_title():
    text = "(一)强化理论学习,提高思想觉悟。各支部每月组织学习。\n(二)抓实教育。每季度上党课。"
    assert [row[2] for row in outline(text)] == ["强化理论学习,提高思想觉悟", "抓实教育"]


def test_items_inside_a_paragraph_are_children_of_it():
    text = (
        "(一)健全机制。一是建立清单。明确责任。二是完善制度。定期会商。\n"
        "(二)解决问题。重点:①甲;②乙。"
    )
    assert [row[:2] for row in outline(text)] == [
        (1, "(一)"), (2, "一是"), (2, "二是"), (1, "(二)"), (2, "①"), (2, "②"),
    ]  # fmt: skip


def test_a_paragraph_after_inline_items_belongs_to_the_clause_above_them():
    text = "一、甲项\n一是学。二是做。\n各支部每月报送情况。"
    plan = read_plan(text)
    assert [child.text for child in plan.clauses[0].children] == ["一是学。", "二是做。"]


def test_articles_stand_below_chapters():
    text = (
        "第一章 总则\n第一条 为规范工作,制定本制度。\n第二章 职责\n"
        "第二条 支部履行职责:\n(一)学习;\n(二)服务。"
    )
    assert [row[:2] for row in outline(text)] == [
        (1, "第一章"), (2, "第一条"), (1, "第二章"), (2, "第二条"), (3, "(一)"), (3, "(二)"),
    ]  # fmt: skip


def test_a_plan_in_one_line_has_the_same_tree():
    text = (
        "2024年工作要点一、强化学习(一)抓集中学习。每月1次。(二)抓自学。每周读书。"
        "二、强化督查各支部每季度自查1次。"
    )
    assert outline(text) == [
        (1, "一、", "强化学习"),
        (2, "(一)", "抓集中学习"),
        (2, "(二)", "抓自学"),
        (1, "二、", "强化督查"),
    ]


@pytest.mark.parametrize(
    "text", ["完成率达到1.5万人。", "三、四季度各开展1次。", "根据第三条规定执行。"]
)
def test_numbers_in_running_text_open_nothing(text):
    plan = read_plan(f"一、甲项\n按要求,{text}")
    assert [clause.number for clause in plan.walk()] == ["一、"]


def test_rows_of_a_table_are_clauses():
    text = "2024年任务清单\n序号\t任务\t责任单位\n1\t开展走访\t工会\n2\t举办讲座\t团委"
    assert outline(text) == [(1, "1", "开展走访"), (1, "2", "举办讲座")]


def test_spans_are_slices_of_the_text():
    plan = read_plan("要点\n一、甲项\n(一)强化学习。每月学。\n\n二、乙项\n每年考核1次。")
    assert [plan.text[c.start : c.end] for c in plan.walk()] == [c.text for c in plan.walk()]


def test_head_and_foot_are_no_clauses():
    text = (
        "关于开展学习的通知\n各党支部:\n现将有关事项通知如下:\n一、甲项\n学习。\n"
        "附件:名单\nX局党委\n2024年3月5日"
    )
    plan = read_plan(text)
    assert (plan.title, plan.year, plan.issuer) == ("关于开展学习的通知", 2024, "X局党委")
    assert plan.text[plan.clauses[-1].start : plan.clauses[-1].end] == "一、甲项\n学习。"


def test_an_empty_text_is_an_empty_plan():
    assert read_plan("").as_json() == {
        "text": "", "title": "", "year": None, "issuer": "", "clauses": [], "duties": [],
    }  # fmt: skip


def test_a_number_before_a_date_is_not_read_into_it():
    plan = read_plan("2025年要点\n1. 3月底前制定计划。\n2. 4月底前报送。")
    assert [clause.number for clause in plan.clauses] == ["1.", "2."]
    assert [duty.due for duty in plan.duties] == ["2025-03-31", "2025-04-30"]


def test_numbers_run_on_over_blocks_in_a_single_line():
    text = (
        "2025年工作要点一、强化学习1.抓学习。每月学1次。2.抓调研。每季度调研1次。"
        "二、强化督查3.抓检查。每年检查1次。4.抓整改。限期整改。"
    )
    assert [row[:2] for row in outline(text)] == [
        (1, "一、"), (2, "1."), (2, "2."), (1, "二、"), (2, "3."), (2, "4."),
    ]  # fmt: skip


def test_a_heading_without_a_number_stands_over_the_numbered_lines_below_it():
    text = "支部工作安排\n一季度\n1.召开会议。\n2.制定计划。\n二季度\n3.举办活动。"
    assert [row[:3:2] for row in outline(text)] == [
        (1, "一季度"), (2, ""), (2, ""), (1, "二季度"), (2, ""),
    ]  # fmt: skip


def test_headings_between_rows_keep_the_table():
    text = (
        "2025年清单\n序号\t任务\t责任单位\n一、政治建设\n1\t开展走访\t工会\n"
        "二、纪律建设\n2\t举办讲座\t团委"
    )
    assert [row[:2] for row in outline(text)] == [(1, "一、"), (2, "1"), (1, "二、"), (2, "2")]
