from __future__ import annotations

import pytest

from bihuan.reading.reader import read_plan
from bihuan.reading.units import split_units


@pytest.mark.parametrize(
    ("mark", "lead", "support"),
    [
        ("(责任单位:组织部、宣传部)", ["组织部", "宣传部"], []),
        ("(牵头单位:组织部;配合单位:各党支部)", ["组织部"], ["各党支部"]),
        ("【责任部门:办公室】", ["办公室"], []),
        ("〔牵头单位:工会,协办单位:团委〕", ["工会"], ["团委"]),
        ("(组织部牵头,各党支部配合)", ["组织部"], ["各党支部"]),
        ("(办公室负责)", ["办公室"], []),
        ("(组织部、宣传部)", ["组织部", "宣传部"], []),
        ("\n责任单位:机关纪委\n配合单位:各处室", ["机关纪委"], ["各处室"]),
        ("\n牵头单位:组织处 配合单位:人事处", ["组织处"], ["人事处"]),
    ],
)
def test_responsible_units_in_all_writings(mark, lead, support):
    plan = read_plan(f"一、甲项\n1.开展调研。每季度开展1次专题调研。{mark}\n2.其他。做好其他。")
    duty = next(duty for duty in plan.duties if duty.actionable)
    assert (list(duty.lead_units), list(duty.support_units)) == (lead, support)
    assert duty.text == "每季度开展1次专题调研。"


def test_units_named_in_the_sentence():
    plan = read_plan("一、甲项\n由宣传部牵头,组织部、团委配合,举办知识竞赛。")
    assert plan.duties[0].lead_units == ("宣传部",)
    assert plan.duties[0].support_units == ("组织部", "团委")


def test_to_lead_as_a_verb_names_no_unit():
    plan = read_plan("一、甲项\n牵头在全市机关举办诵读大赛。")
    assert plan.duties[0].lead_units == ()


def test_an_and_inside_a_name_does_not_split_it():
    assert split_units("市人力资源和社会保障局、组织部和宣传部等") == (
        "市人力资源和社会保障局", "组织部", "宣传部",
    )  # fmt: skip
