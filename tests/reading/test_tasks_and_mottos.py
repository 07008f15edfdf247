from __future__ import annotations

import pytest

from bihuan.reading.reader import read_plan

TITLE = "中共××市××局党组2026年党建工作要点\n一、重点任务\n1."

PAIRS = [
    ("开展专题学习", "坚持用党的创新理论武装头脑"),
    ("每季度召开1次党员大会", "不断增强党内政治生活的政治性"),
    ("完善党员积分管理制度", "不断完善治理体系"),
    ("印发年度工作要点", "以高质量党建引领高质量发展"),
    ("选树先进典型10个", "营造比学赶超的浓厚氛围"),
    ("制定责任清单", "牢固树立责任意识"),
    ("举办支部书记培训班", "切实提升支部书记履职能力"),
    ("3月底前完成换届", "夯实基层基础"),
    ("对各支部开展督查", "推动全面从严治党向纵深发展"),
    ("走访慰问困难党员", "把党的温暖送到群众心坎上"),
    ("建立党建联系点", "始终保持同人民群众的血肉联系"),
    ("签订廉政承诺书", "涵养风清气正的政治生态"),
    ("组织青年干部到基层锻炼", "激发青年干部干事创业的热情"),
    ("排查廉政风险点", "筑牢拒腐防变的思想防线"),
    ("报送半年工作总结", "为全市发展大局作出新的更大贡献"),
    ("收缴党费", "进一步发挥党员先锋模范作用"),
    ("修订支部工作制度", "严守政治纪律和政治规矩"),
    ("观看警示教育片", "做到知敬畏、存戒惧、守底线"),
]
NO_TASKS = [
    "去年共开展主题党日12次",
    "同志们要充分认识加强党建工作的重要性",
    "我讲三点意见",
    "本办法由机关党委负责解释",
    "不得以任何理由缺席",
    "机关党委是机关党建工作的责任主体",
]


def tasks(wording):
    return [duty.text for duty in read_plan(f"{TITLE}{wording}\u3002").duties if duty.actionable]


@pytest.mark.parametrize(("task", "motto"), PAIRS)
def test_a_task_can_be_checked_and_a_motto_cannot(task, motto):
    assert (len(tasks(task)), tasks(motto)) == (1, [])


@pytest.mark.parametrize("wording", NO_TASKS)
def test_what_tells_permits_or_explains_is_no_task(wording):
    assert tasks(wording) == []
