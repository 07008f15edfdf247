from __future__ import annotations

from bihuan.reading.reader import read_plan
from bihuan.reading.stacked import stacked_tables

HEADER = ["序号", "重点任务", "具体措施", "牵头单位", "配合单位", "完成时限"]


def told(text: str) -> list[tuple[str, str, str, str, str | None, str | None]]:
    return [
        (
            duty.clause,
            duty.text,
            "、".join(duty.lead_units),
            "、".join(duty.support_units),
            duty.period,
            duty.due,
        )
        for duty in read_plan(text).duties
        if duty.actionable
    ]


def test_cells_on_lines_of_their_own_are_a_table():
    first = ["1", "强化理论武装", "每季度开展1次中心组集体学习", "办公室", "各处室", "全年"]
    second = ["2", "抓好换届", "指导支部完成换届", "组织处", "各党支部", "6月底前"]
    text = "\n".join(
        ["某局2025年任务分解表", *HEADER, *first, *second, "某局机关党委", "2025年3月1日"]
    )
    assert told(text) == [
        ("1", "每季度开展1次中心组集体学习", "办公室", "各处室", "quarter", None),
        ("2", "指导支部完成换届", "组织处", "各党支部", "once", "2025-06-30"),
    ]
    assert read_plan(text).issuer == "某局机关党委"


def test_a_blank_that_was_left_out_is_put_back():
    row = ["1", "主题党日", "各党支部每月开展1次主题党日", "机关党委", "12月底前"]
    assert told("\n".join([*HEADER, *row])) == [
        ("1", "各党支部每月开展1次主题党日", "机关党委", "", "month", None)
    ]


def test_several_lines_of_one_cell_stay_together():
    row = [
        "1",
        "警示教育",
        "组织观看警示教育片。",
        "开展1次参观见学。",
        "机关纪委",
        "各党支部",
        "6月底前",
    ]
    after = ["2", "换届", "指导支部完成换届", "组织处", "各支部", "年底前"]
    text = "\n".join(["2025年分工", *HEADER, *row, *after])
    assert [each[1:4] for each in told(text)] == [
        ("组织观看警示教育片。", "机关纪委", "各党支部"),
        ("开展1次参观见学。", "机关纪委", "各党支部"),
        ("指导支部完成换届", "组织处", "各支部"),
    ]


def test_a_heading_may_stand_between_two_rows():
    first = ["1", "甲", "制定方案", "办公室", "各处室", "3月底前"]
    second = ["2", "乙", "举办竞赛", "组织处", "各处室", "5月底前"]
    text = "\n".join(["2025年分工", *HEADER, *first, "二、组织建设", *second])
    assert [each[:3] for each in told(text)] == [
        ("1", "制定方案", "办公室"),
        ("2", "举办竞赛", "组织处"),
    ]


def test_a_table_without_numbers_has_a_row_for_each_set_of_columns():
    labels = ["责任事项", "责任主体", "履责频次"]
    rows = ["专题研究党建工作", "局党组", "每半年1次", "听取支部书记述职", "机关党委", "每年1次"]
    text = "\n".join(["一、任务", *labels, *rows, "二、要求", "各支部要认真落实。"])
    assert told(text) == [
        ("", "专题研究党建工作", "局党组", "", "half", None),
        ("", "听取支部书记述职", "机关党委", "", "year", None),
    ]
    assert [clause.number for clause in read_plan(text).clauses] == ["一、", "二、"]


def test_a_header_in_one_line_may_have_its_cells_below():
    rows = "1\n开展培训\n人事处\n5月底前\n2\n开展评议\n机关党委\n年底前"
    text = f"2025年安排\n序号 任务 责任单位 时限\n{rows}"
    assert [each[1:] for each in told(text)] == [
        ("开展培训", "人事处", "", "once", "2025-05-31"),
        ("开展评议", "机关党委", "", "once", "2025-12-31"),
    ]


def test_short_lines_that_are_no_labels_are_no_table():
    assert stacked_tables(["一、任务", "内容", "责任", "办公室每月召开1次例会。"]) == []
    assert stacked_tables(HEADER) == []


def test_spans_of_a_mended_table_lead_back_to_the_document():
    raw = "\n".join([*HEADER, "1", "主题党日", "每月开展1次主题党日", "机关党委", "各支部", "全年"])
    plan = read_plan(raw)
    duty = plan.duties[0]
    start, end = plan.raw_span(duty.start, duty.end)
    assert raw[start:end] == "每月开展1次主题党日"
