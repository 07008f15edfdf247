"""The kinds of activity a duty may ask for, and the phrases that name them.

The mapping is a parameter of the reader, because provinces use their own names; `DEFAULT` covers
the 支部工作条例(试行), the 机关基层组织工作条例 and common practice. A phrase inside 《》 names a
document, not an activity, and does not count.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from bihuan.reading.numbers import NUMBER
from bihuan.reading.sentences import hide_titles

Kinds = Mapping[str, Sequence[str]]
"""Kind code to the phrases that name it; a phrase may stand under several kinds."""

DEFAULT: Kinds = {
    "general_meeting": ("支部党员大会", "党员大会", "支部大会", "三会一课"),
    "committee_meeting": (
        "支部委员会会议",
        "支部委员会议",
        "支部委员会",
        "支委会",
        "支委会议",
        "三会一课",
    ),
    "group_meeting": ("党小组会议", "党小组会", "三会一课"),
    "lecture": ("党课", "三会一课", "微党课"),
    "theme_day": ("主题党日", "党员活动日", "支部主题党日", "党日活动"),
    "org_life_meeting": ("组织生活会",),
    "appraisal": ("民主评议党员", "党员民主评议", "民主评议", "评议党员", "党员评议"),
    "talk": (
        "逐一谈话",
        "谈心谈话",
        "谈心交心",
        "交心谈心",
        "谈话谈心",
        "廉政谈话",
        "提醒谈话",
        "任职谈话",
    ),
    "political_birthday": ("政治生日",),
    "oath": ("重温入党誓词", "重温入党志愿", "重温誓词", "入党宣誓"),
    "democratic_life_meeting": ("民主生活会",),
    "study_session": (
        "理论学习中心组",
        "中心组学习",
        "中心组集体学习",
        "中心组专题学习",
        "中心组理论学习",
        "中心组专题研讨",
        "中心组研讨",
    ),
    "sit_in": ("列席旁听", "巡听旁听", "旁听"),
    "first_topic": ("第一议题",),
    "ideology_study": (
        "专题研究意识形态",
        "意识形态专题研究",
        "意识形态工作专题研究",
        "研究意识形态工作",
        "意识形态专题会议",
        "听取意识形态工作",
    ),
    "ideology_analysis": (
        "意识形态分析研判",
        "意识形态工作分析研判",
        "意识形态领域分析研判",
        "意识形态领域情况分析",
        "意识形态领域形势",
        "研判意识形态",
        "意识形态分析会",
        "意识形态研判",
        "意识形态联席会议",
        "意识形态风险",
    ),
    "party_building_study": (
        "专题研究党建",
        "专题研究机关党建",
        "党建专题研究",
        "党建工作专题研究",
        "研究党建工作",
        "研究机关党建工作",
        "研究机关党的建设",
        "专题研究全面从严治党",
        "研究全面从严治党",
        "党建工作专题会议",
        "党建专题会议",
        "听取党建工作",
    ),
    "cadre_meeting": ("机关党员干部大会", "机关全体党员大会", "全体党员干部大会"),
    "party_committee_meeting": (
        "机关党委会议",
        "机关党委会",
        "机关党委委员会议",
        "机关党委全体会议",
        "党委委员会议",
    ),
    "report_back": ("通报工作并接受评议", "通报并接受评议", "接受评议"),
    "thought_analysis": (
        "思想动态分析",
        "思想状况分析",
        "分析思想动态",
        "思想动态调研",
        "思想动态研判",
        "思想动态",
        "思想状况调查",
        "思想状况",
        "思想分析",
    ),
    "contact_visit": ("联系点", "党建联系点", "联系支部", "联系基层党组织", "挂点联系"),
    "training": ("培训", "轮训", "培训班", "读书班", "研修班", "进修班", "示范班"),
    "contest": (
        "演讲比赛",
        "征文",
        "知识竞赛",
        "诵读大赛",
        "大赛",
        "竞赛",
        "演讲",
        "比赛",
        "微视频征集",
        "征集评选",
        "辩论赛",
    ),
    "preaching": ("宣讲",),
    "volunteer": (
        "志愿服务",
        "志愿者服务",
        "双报到",
        "义务劳动",
        "志愿活动",
        "义务植树",
        "无偿献血",
    ),
    "inspection": (
        "督查",
        "督导",
        "督促检查",
        "监督检查",
        "专项检查",
        "集中检查",
        "进行检查",
        "调研督导",
        "抽查",
    ),
    "secretary_report": (
        "述职评议",
        "抓基层党建述职",
        "抓党建述职",
        "述职测评",
        "党建述职",
        "述职",
    ),
    "plan_summary": (
        "年度计划",
        "工作计划",
        "学习计划",
        "工作总结",
        "年度总结",
        "年终总结",
        "半年总结",
        "工作要点",
    ),
    "reading": (
        "书香机关",
        "读书",
        "荐书",
        "全民阅读",
        "读书活动",
        "读书会",
        "阅读活动",
        "读书分享",
    ),
    "course": ("大讲堂", "讲坛", "大讲坛", "机关讲堂"),
    "research": (
        "课题调研",
        "课题研究",
        "专题调研",
        "开展调研",
        "暑期调研",
        "调研课题",
        "理论课题",
        "研究课题",
        "调查研究",
        "课题",
    ),
    "warning_education": ("警示教育", "警示大会", "廉政教育基地", "警示教育片"),
    "dues": ("党费",),
    "group_work": ("群团", "工会", "共青团", "妇联", "团委", "妇女组织"),
    "publicity": (
        "刊发",
        "投稿",
        "信息报送",
        "宣传稿件",
        "新闻稿",
        "党建信息",
        "宣传报道",
        "专题报道",
    ),
    "practical_help": (
        "办实事",
        "为民服务实事",
        "走访慰问",
        "解决急难愁盼",
        "帮扶",
        "为民惠企",
        "困难党员慰问",
        "走访困难",
        "慰问老党员",
        "开展慰问活动",
        "件实事",
        "慰问困难",
    ),
}


_OFFICE = re.compile(
    r"(?:督查|督导|培训|宣讲)(?:室|组|科|处|股|中心)"
    r"|(?:向|与|为|同)联系(?:点|支部)"
    r"|(?:联合|会同|由|与|向)[^,。;]{0,12}?(?:工会|团委|妇联)"
    r"|(?:工会|团委|妇联)(?=负责|牵头|配合|主席|每|要|应|开展|组织开展|举办|登门|书记)"
)
"""Names of bodies in which the word for an activity occurs, and bodies that act or help."""
_PAPER = re.compile(
    r"(?:修订|制定|制订|印发|出台|编印)[^,。;]{0,20}(?:制度|办法|规则|细则|规程|流程|规范)"
    r"|培训(?:对象|合格)|(?:大会|会议)议程|必读书目|(?:工会|支部)干部"
)
"""Papers about an activity: who revises its rules does not hold it."""
_PLACES = ("contact_visit",)
"""Kinds whose phrases also name a place: 到联系点讲党课 is a lecture."""
_COUNT = re.compile(rf"(?:不少于|至少)?{NUMBER}次")


def find_kinds(folded: str, kinds: Kinds) -> tuple[str, ...]:
    """The codes named in `folded`, in the order of the vocabulary.

    Of overlapping phrases the longest counts, so 支部党员大会 is not read as another meeting
    whose name is a part of it.
    """
    pattern, codes = _compiled(tuple((code, tuple(phrases)) for code, phrases in kinds.items()))
    if pattern is None:
        return ()
    plain = _COUNT.sub(
        "", _PAPER.sub("", _OFFICE.sub("", re.sub(r"[“”]", "", hide_titles(folded))))
    )
    found = {code for match in pattern.finditer(plain) for code in codes[match.group()]}
    if len(found) > 1:
        found.difference_update(_PLACES)
    return tuple(code for code in kinds if code in found)


@lru_cache(maxsize=8)
def _compiled(
    kinds: tuple[tuple[str, tuple[str, ...]], ...],
) -> tuple[re.Pattern[str] | None, dict[str, tuple[str, ...]]]:
    codes: dict[str, tuple[str, ...]] = {}
    for code, phrases in kinds:
        for phrase in phrases:
            codes[phrase] = (*codes.get(phrase, ()), code)
    longest = sorted(codes, key=len, reverse=True)
    pattern = re.compile("|".join(re.escape(phrase) for phrase in longest)) if longest else None
    return pattern, codes
