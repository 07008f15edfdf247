"""Invented names and words, drawn from a seeded source: the same seed, the same world."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶"
    "阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"
)
GIVEN = (
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰红梅建国志文海波鹏辉云峰玲燕琳晨宇浩然思雨欣怡子涵博雅"
    "俊凯翔天佑嘉宁晓东卫民春生秋实雪松立新庆丰长青永康向阳永红瑞雪若兰清源一帆景行知远怀瑾"
)
BUREAUS = [
    "办公室",
    "组织部",
    "宣传部",
    "统战部",
    "政法委",
    "编办",
    "巡察办",
    "老干部局",
    "党校",
    "档案馆",
    "发展和改革局",
    "教育局",
    "科学技术局",
    "工业和信息化局",
    "民族宗教局",
    "公安局",
    "民政局",
    "司法局",
    "财政局",
    "人力资源和社会保障局",
    "自然资源局",
    "生态环境局",
    "住房和城乡建设局",
    "交通运输局",
    "水务局",
    "农业农村局",
    "商务局",
    "文化和旅游局",
    "卫生健康局",
    "退役军人事务局",
    "应急管理局",
    "审计局",
    "国有资产监督管理局",
    "市场监督管理局",
    "体育局",
    "统计局",
    "医疗保障局",
    "信访局",
    "林业和园林局",
    "城市管理局",
    "行政审批局",
    "数据局",
    "机关事务中心",
    "供销社",
    "总工会",
    "团委",
    "妇女联合会",
    "科学技术协会",
    "工商业联合会",
    "文学艺术界联合会",
    "残疾人联合会",
    "红十字会",
    "法院",
    "检察院",
    "税务局",
    "气象局",
    "烟草局",
    "邮政管理局",
    "消防救援支队",
    "公积金中心",
    "公共资源交易中心",
    "融媒体中心",
    "投资促进局",
    "地方金融管理局",
    "乡村振兴局",
    "人民防空办公室",
    "外事办公室",
    "政府研究室",
    "接待中心",
    "政务服务中心",
    "大数据中心",
    "地震局",
    "粮食和物资储备局",
    "能源局",
    "药品监督管理局",
    "知识产权局",
    "监狱管理局",
    "戒毒管理局",
    "地质矿产局",
    "测绘中心",
    "广播电视局",
    "文物局",
    "港航中心",
    "公路中心",
    "铁路建设中心",
    "轨道交通中心",
    "水文中心",
    "农业科学院",
    "林业科学院",
    "社会科学院",
    "社会科学界联合会",
    "侨务联合会",
    "台湾事务办公室",
    "关心下一代工作委员会办公室",
    "老龄工作中心",
]
SECTIONS = [
    "办公室",
    "人事科",
    "财务科",
    "法规科",
    "综合科",
    "规划科",
    "业务一科",
    "业务二科",
    "业务三科",
    "监督科",
    "执法支队",
    "服务中心",
    "信息中心",
    "研究室",
    "督查室",
    "宣教科",
    "项目科",
    "档案科",
    "评估中心",
    "培训中心",
    "后勤中心",
    "技术中心",
    "纪检监察组",
    "工会",
    "调度中心",
    "检测中心",
]
PLACES = (
    "机关三楼会议室",
    "支部活动室",
    "二楼党员之家",
    "办公楼一楼会议室",
    "多功能厅",
    "城南红色教育馆",
)
POSITIONS = (
    "科长",
    "副科长",
    "一级主任科员",
    "二级主任科员",
    "三级主任科员",
    "四级主任科员",
    "科员",
    "工程师",
)
THEMES = {
    "theme_day": (
        "重温入党誓词，交流岗位先锋故事",
        "到社区开展为民服务",
        "集中学习党章，讨论支部工作",
        "参观城南红色教育馆",
        "学习廉洁自律准则，开展警示教育",
        "围绕中心工作讨论难点怎么破",
        "政治生日集体谈初心",
    ),
    "general_meeting": (
        "通报上季度支部工作，讨论下季度安排",
        "讨论接收预备党员事宜",
        "听取支委会工作报告",
    ),
    "committee_meeting": (
        "研究本月支部工作安排",
        "研究党员教育和谈心谈话安排",
        "研究主题党日方案和党费收缴",
    ),
    "group_meeting": ("组内学习交流", "讨论小组承担的服务任务"),
    "lecture": (
        "书记讲党课：把岗位当作答卷",
        "讲党课：从身边小事看作风",
        "讲党课：怎样做好群众工作",
    ),
    "study_session": ("专题学习并交流研讨", "围绕重点工作开展集体学习", "结合分管工作作重点发言"),
    "ideology_study": ("专题研究意识形态工作",),
    "party_building_study": ("专题研究机关党建工作",),
    "party_committee_meeting": ("研究机关党委季度工作",),
    "ideology_analysis": ("分析研判意识形态领域情况",),
    "org_life_meeting": ("开展批评和自我批评，列出整改清单",),
    "democratic_life_meeting": ("对照检查，开展批评和自我批评",),
    "thought_analysis": ("分析党员思想状况，研究谈心安排",),
    "cadre_meeting": ("听取单位负责同志工作报告",),
    "talk": ("支部委员与党员谈心谈话",),
    "volunteer": ("到社区开展志愿服务", "到敬老院慰问", "参加文明交通值守"),
    "warning_education": ("观看警示教育片并讨论",),
    "political_birthday": ("为党龄逢十的同志过政治生日",),
    "dues": ("公布党费收缴情况",),
    "contact_visit": ("到联系支部调研",),
    "report_back": ("通报党建工作情况并接受评议",),
}


@dataclass(frozen=True)
class Habit:
    """How an organisation works: how surely it holds what is due, and how early."""

    reliability: float
    merges: bool
    weekday: int


def person_names(random: Random) -> Iterator[str]:
    """Invented names without end."""
    while True:
        length = 1 if random.random() < 0.25 else 2
        yield random.choice(SURNAMES) + "".join(random.choice(GIVEN) for _each in range(length))


def habit(random: Random) -> Habit:
    """Most are sound, some are slack, a few hardly do anything."""
    draw = random.random()
    if draw < 0.03:
        reliability = 0.35
    elif draw < 0.25:
        reliability = random.uniform(0.78, 0.92)
    else:
        reliability = random.uniform(0.94, 0.995)
    return Habit(reliability, merges=random.random() < 0.45, weekday=random.randrange(5))


def shares(random: Random, total: int, parts: int, *, least: int) -> list[int]:
    """`total` in `parts` uneven whole parts of at least `least`, summing exactly."""
    if total < parts * least:
        raise ValueError("not enough to share")
    weights = [math.exp(random.gauss(0, 0.6)) for _each in range(parts)]
    free = total - parts * least
    whole = sum(weights)
    sizes = [least + int(free * weight / whole) for weight in weights]
    for place in range(total - sum(sizes)):
        sizes[place % parts] += 1
    return sizes


def working_day(random: Random, year: int, month: int, weekday: int) -> dt.date:
    """A day in the month on the host's usual weekday."""
    first = dt.date(year, month, 1)
    offset = (weekday - first.weekday()) % 7 + 7 * random.choice((0, 1, 1, 2, 3))
    return first + dt.timedelta(days=min(offset, 27))
