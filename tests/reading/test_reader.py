from __future__ import annotations

import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bihuan.reading.reader import read_plan


def tasks(text: str) -> list[str]:
    return [duty.text for duty in read_plan(text).duties if duty.actionable]


def test_a_sentence_with_two_deeds_gives_two_duties():
    text = "一、甲项\n组织成立宣讲团,开展宣讲进机关活动,引导党员走在前列。"
    assert tasks(text) == ["组织成立宣讲团", "开展宣讲进机关活动"]


def test_a_motto_is_proposed_but_not_as_a_task():
    plan = read_plan("一、甲项\n坚定理想信念,不断提高政治判断力。")
    assert [duty.actionable for duty in plan.duties] == [False]


def test_a_limit_joins_the_task_before_it():
    assert tasks("一、甲项\n党员领导干部带头讲党课,每年不少于1次。") == [
        "党员领导干部带头讲党课,每年不少于1次。"
    ]


def test_what_was_done_is_no_task():
    assert tasks("一、工作成效\n举办培训班18期,培训干部6500余名。") == []


def test_scope_and_definitions_are_no_tasks():
    assert tasks("第一条 为加强管理,制定本办法。\n第二条 本办法自2024年5月1日起施行。") == []


def test_the_heading_of_a_block_sets_its_year():
    plan = read_plan("2023年工作总结\n一、2024年工作打算\n6月底前开展1次检查。")
    assert [duty.due for duty in plan.duties] == ["2024-06-30"]


def test_kinds_come_from_the_vocabulary_given():
    plan = read_plan("一、甲项\n开展红色星期五活动。", kinds={"friday": ["红色星期五"]})
    assert plan.duties[0].kinds == ("friday",)


def test_a_name_inside_book_marks_is_a_reference_not_a_kind():
    duty = read_plan("一、甲项\n认真执行《主题党日管理办法》制度。").duties[0]
    assert (duty.kinds, duty.references) == ((), ("《主题党日管理办法》",))


def test_nothing_is_invented():
    duty = read_plan("一、甲项\n建立联席会议制度。").duties[0]
    stated = (duty.actors, duty.lead_units, duty.period, duty.minimum, duty.due, duty.ratio)
    assert stated == ((), (), None, None, None, None)


def test_json_round_trips_and_duties_are_slices():
    plan = read_plan(
        "2024年要点\n一、甲项\n每季度召开1次党员大会,覆盖率达到100%。(责任单位:办公室)"
    )
    data = json.loads(json.dumps(plan.as_json(), ensure_ascii=False))
    assert data["duties"][0]["ratio"] == 1.0
    assert [data["text"][d["start"] : d["end"]] for d in data["duties"]] == [
        d["text"] for d in data["duties"]
    ]


PIECES = [
    *["一、", "(一)", "1.", "①", "一是", "第一条", "每月", "开展活动", ",", "。", ";", "\n"],
    *["(责任单位:", "办公室)", "《", "》", "“", "3月底前", "由部牵头", "党課", " ", "1\t"],
    "序号\t任务\t责任单位\n",
]


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=40))
def test_any_text_reads_without_error_and_with_true_spans(pieces):
    plan = read_plan("".join(pieces))
    for part in [*plan.walk(), *plan.duties]:
        assert plan.text[part.start : part.end] == part.text
    for clause in plan.walk():
        assert all(clause.start <= c.start and c.end <= clause.end for c in clause.children)


def test_fifty_thousand_characters_are_read_in_under_a_second():
    block = (
        "一、强化学习\n1.抓实学习。各支部每季度召开1次党员大会,3月底前报送计划。(责任单位:办公室)\n"
    )
    text = block * (50_000 // len(block))
    began = time.process_time()
    read_plan(text)
    assert time.process_time() - began < 1.0


@pytest.mark.slow
@pytest.mark.parametrize(
    "piece",
    [
        "一、",
        "(",
        "《",
        "每月",
        "开展",
        ",开展活动",
        "一是二是",
        "责任单位:",
        "由部牵头",
        "第一条",
        "1.",
        "3月",
        "(一",
    ],
)
def test_a_hostile_megabyte_takes_time_in_proportion(piece):
    def seconds(size: int) -> float:
        began = time.process_time()
        read_plan(piece * (size // len(piece)))
        return time.process_time() - began

    assert seconds(1_000_000) < max(1.0, 40 * seconds(100_000))


def test_what_something_is_asks_for_nothing():
    assert tasks("一、甲项\n2024年,是推进规划目标任务的关键一年。") == []


def test_a_speech_that_reports_asks_for_nothing():
    text = "交流发言\n现将有关工作情况汇报如下:\n一、做法\n每月组织1次集中学习。"
    assert tasks(text) == []
