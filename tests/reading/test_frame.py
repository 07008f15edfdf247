from __future__ import annotations

import pytest

from bihuan.reading.reader import read_plan

BODY = "关于开展教育培训的通知\n各党支部:\n一、培训。6月底前举办1期轮训班。"


@pytest.mark.parametrize(
    ("tail", "issuer", "year"),
    [
        ("中共某市直属机关工作委员会2025年3月5日", "中共某市直属机关工作委员会", 2025),
        ("某局机关党委二〇二五年三月五日", "某局机关党委", 2025),
        ("某局办公室2025年3月5日印发", "某局办公室", 2025),
        ("附件:1.培训计划表2.名单中共某局机关委员会2025年3月5日", "中共某局机关委员会", 2025),
        ("2025年3月5日", "", 2025),
    ],
)
def test_a_signature_glued_to_the_last_sentence_is_no_part_of_it(tail, issuer, year):
    plan = read_plan(BODY + tail)
    assert (plan.issuer, plan.year) == (issuer, year)
    assert plan.clauses[-1].text == "一、培训。6月底前举办1期轮训班。"
    assert [duty.due for duty in plan.duties if duty.actionable] == [f"{year}-06-30"]


def test_a_glued_list_of_attachments_is_no_task():
    plan = read_plan(BODY + "附件:1.培训计划表2.报名表")
    assert plan.clauses[-1].text == "一、培训。6月底前举办1期轮训班。"


def test_a_date_within_the_last_sentence_is_no_signature():
    plan = read_plan("2024年安排\n一、任务\n1.开展自查。2.形成报告于2024年12月10日")
    assert plan.duties[-1].due == "2024-12-10"
