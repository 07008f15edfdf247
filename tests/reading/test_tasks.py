"""What is a task of its own, what belongs to the one before it, and what is none."""

from __future__ import annotations

import pytest

from bihuan.reading.reader import read_plan


def tasks(sentence: str) -> list[str]:
    plan = read_plan(f"2026年计划\n一、甲项\n{sentence}")
    return [duty.text for duty in plan.duties if duty.actionable]


@pytest.mark.parametrize(
    "sentence",
    [
        "每半年开展1次抽查,抽查结果报告省委。",
        "每季度开展1次检查,每次形成书面报告。",
        "1月进行述职,与民主评议合并开展。",
        "办好“绿色讲坛”,由各科室轮流主讲。",
        "机关党委反馈考核结果,并在局内网公示5个工作日。",
        "开展廉政谈话,谈话率100%。",
        "开展谈心谈话,为组织生活会做好准备。",
        "每季度开展1次研讨,其中邀请专家辅导全年不超过3次。",
        "召开支部党员大会,总结上年工作,研究下年计划。",
        "组织专题培训,人均不少于20学时,10月中旬完成。",
        "举办书画展,征集作品80幅以上。",
        "各机关纪委抽查公车封存情况,抽查单位不少于3家。",
        "做好培训报名,5月20日截止。",
        "每月至少开展1次明察暗访,重点检查纪律作风。",
        "持续办好内刊《蓝海》,双月出刊,全年6期。",
        "召开动员会,讲清目的意义。",
        "各单位全面自查,形成自查报告,于5月12日前报工委督查室。",
        "修订督查办法,4月底前印发施行。",
        "解决困难,每年为职工办好5件实事。",
        "党员因故不能参加的,须履行请假手续。",
    ],
)
def test_conditions_limits_and_what_follows_stay_with_their_task(sentence):
    assert tasks(sentence) == [sentence]


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("每月调度1次进展,每季度通报1次。", ["每月调度1次进展", "每季度通报1次。"]),
        ("督察内务每周不少于1次,结果按月通报。", ["督察内务每周不少于1次", "结果按月通报。"]),
        ("印发通知,选派50名干部到基层锻炼。", ["印发通知", "选派50名干部到基层锻炼。"]),
    ],
)
def test_a_verb_and_a_rhythm_of_its_own_make_a_task(sentence, expected):
    assert tasks(sentence) == expected


@pytest.mark.parametrize(
    "sentence",
    [
        "坚决整治形式主义、官僚主义。",
        "用心用情解决群众急难愁盼问题。",
        "权力运行制约监督机制更加完善。",
        "考核工作坚持客观公正、注重实绩的原则。",
        "考核结果分为好、较好、一般三个等次。",
        "考核由机关党委组织实施,机关纪委配合。",
        "突出抓好四项制度:",
        "开展情况作为评选表彰的重要参考。",
        "一级做给一级看,形成齐抓共管的良好局面。",
        "4月份党费收缴情况已通报。",
        "重点看“第一议题”落实、重大事项请示报告等情况。",
        "思想动态分析材料由专人保管。",
        "2026年机关党建工作总的要求是:全面落实组织路线,以高质量党建推动高质量发展。",
        "局党组书记主持召开2026年第6次局党组会议,专题研究机关党建。",
    ],
)
def test_mottoes_aims_and_rules_of_procedure_are_no_tasks(sentence):
    assert tasks(sentence) == []


@pytest.mark.parametrize(
    "sentence",
    [
        "对因病致困的干部职工,做到必访必谈。",
        "对后进党支部实行挂牌整改。",
        "对受处分人员,定期回访教育。",
        "聚焦耕地保护等领域开展专项整治。",
        "年内培养入党积极分子4名。",
        "10月底前办结群众反映问题。",
        "核销上月转出回执。",
        "机关党委要将完成情况纳入年终考核。",
        "清明节前赴烈士陵园祭扫。",
        "推行“一支部一课表”。",
        "入党积极分子每半年考察1次。",
        "各支部书记领学。",
        "所在支部24小时内报机关党委。",
        "到2027年底,培育文化品牌15个。",
        "2027年6月底前实现10个以上单位设有心理咨询室。",
        "一般问题3日内答复。",
        "比武成绩记入个人平时考核。",
        "每年为分管单位讲1次廉政党课。",
    ],
)
def test_deeds_are_tasks(sentence):
    assert tasks(sentence) == [sentence]


def test_a_weekly_or_monthly_ceiling_is_not_what_is_owed():
    plan = read_plan("一、甲项\n每季度至少开展1次研讨,其中邀请专家辅导全年不超过3次。")
    assert [(duty.period, duty.minimum) for duty in plan.duties] == [("quarter", 1)]


def test_a_count_in_a_table_beside_the_whole_year_is_yearly():
    plan = read_plan("序号\t工作任务\t责任单位\t完成时限\n1\t旁听学习不少于20次\t宣传部\t全年")
    assert [(duty.period, duty.minimum) for duty in plan.duties] == [("year", 20)]


def test_a_note_under_the_title_names_the_issuer():
    plan = read_plan("2026年任务分解表\n(市委市直机关工委2026年1月印发)\n一、甲项\n开展1次检查。")
    assert (plan.title, plan.issuer, plan.year) == ("2026年任务分解表", "市委市直机关工委", 2026)


def test_aims_of_several_groups_are_a_task_each():
    sentence = "活动参与率达到100%,业务骨干达标率达到90%以上,培育业务标兵30名。"
    plan = read_plan(f"一、甲项\n{sentence}")
    assert [(d.text, d.ratio, d.quantity) for d in plan.duties] == [
        ("活动参与率达到100%", 1.0, None),
        ("业务骨干达标率达到90%以上", 0.9, None),
        ("培育业务标兵30名。", None, 30),
    ]


def test_a_share_below_which_something_happens_is_no_coverage():
    plan = read_plan("一、甲项\n满意率低于80%的部门须提交整改报告。")
    assert [duty.ratio for duty in plan.duties] == [None]


def test_of_a_span_of_numbers_the_lower_one_is_owed():
    plan = read_plan("一、甲项\n推荐选手2至3名参加决赛。")
    assert [(duty.quantity, duty.unit) for duty in plan.duties] == [(2, "名")]


@pytest.mark.parametrize(
    ("header", "row", "period", "due"),
    [
        (
            "月份\t活动主题\t活动内容\t责任人\t备注",
            "3月\t学习雷锋\t开展志愿服务\t王某\t",
            "once",
            "2026-03-31",
        ),
        (
            "一级指标\t二级指标\t考核内容\t评分标准\t分值\t牵头科室",
            "政治建设\t请示报告\t每半年向县委报告1次抓党建情况\t少1次扣2分\t4\t办公室",
            "half",
            None,
        ),
    ],
)
def test_schedules_and_tables_of_assessment_are_tables(header, row, period, due):
    plan = read_plan(f"2026年工作安排\n{header}\n{row}")
    assert plan.title == "2026年工作安排"
    assert [clause.title for clause in plan.clauses] == [row.split("\t")[1]]
    assert [(duty.period, duty.due) for duty in plan.duties] == [(period, due)]


@pytest.mark.parametrize(
    ("title", "year"),
    [
        ("某大学机关党委2025—2026学年第一学期工作安排", 2025),
        ("某大学机关党委2025-2026学年第二学期工作安排", 2026),
        ("某大学机关党委2025—2026学年工作要点", 2025),
    ],
)
def test_a_school_year_starts_in_autumn(title, year):
    assert read_plan(f"{title}\n一、甲项\n开展1次检查。").year == year


def test_who_sat_in_the_meeting_is_no_task():
    plan = read_plan("党组会议纪要\n一、甲项\n召开推进会。\n列席:机关党委、人事处主要负责人")
    assert [duty.text for duty in plan.duties] == ["召开推进会。"]


def test_a_topic_over_keys_alone_is_a_task_like_a_row():
    text = (
        "2026年学习计划\n一、安排\n专题一:推进乡村振兴\n学习时间:8月\n学习形式:观摩\n承办单位:县委农办"
        "\n专题二:防范风险\n学习时间:第四季度\n学习形式:座谈\n承办单位:县委政法委"
    )
    assert [(d.text, d.due, d.lead_units) for d in read_plan(text).duties if d.actionable] == [
        ("推进乡村振兴", "2026-08-31", ("县委农办",)),
        ("防范风险", "2026-12-31", ("县委政法委",)),
    ]


def test_a_plan_of_several_years_starts_with_the_first():
    assert read_plan("行动计划(2026—2027年)\n一、甲项\n开展1次检查。").year == 2026


def test_what_everybody_owes_in_a_whole_year_is_yearly():
    plan = read_plan("序号\t任务\t责任主体\t时间要求\n1\t每名党员认领项目不少于2个\t社区党委\t全年")
    assert [(duty.period, duty.minimum) for duty in plan.duties] == [("year", 2)]


def test_an_office_named_after_a_work_is_not_that_work():
    plan = read_plan("一、甲项\n召开座谈会,名单报督查室。")
    assert [duty.kinds for duty in plan.duties if duty.actionable] == [()]


def test_what_recurs_under_the_name_of_an_activity_is_that_activity():
    plan = read_plan("1.支委会。每月月初召开。\n2.党课。全年安排4次。\n3.廉洁过节。每月提醒1次。")
    assert [duty.kinds for duty in plan.duties if duty.actionable] == [
        ("committee_meeting",),
        ("lecture",),
        (),
    ]


def test_the_outlook_behind_a_summary_is_what_is_planned():
    text = (
        "某工委2025年工作总结及2026年工作思路\n一、2025年主要工作\n举办培训班12期,培训干部1800余人次。"
        "\n二、2026年工作思路\n一季度召开工作会议。"
    )
    assert [(d.text, d.due) for d in read_plan(text).duties if d.actionable] == [
        ("一季度召开工作会议。", "2026-03-31")
    ]


def test_what_each_branch_does_by_a_date_is_done_once():
    plan = read_plan(
        "2026年项目清单\n序号\t融合项目\t主要举措\t预期目标\t责任处室\t推进节点"
        "\n1\t双联双促\t每个党支部结对1家企业\t助企纾困\t机关党委\t3月底前完成结对"
    )
    assert [clause.title for clause in plan.clauses] == ["双联双促"]
    assert [(duty.period, duty.due) for duty in plan.duties] == [("once", "2026-03-31")]


@pytest.mark.parametrize(
    ("sentence", "due"),
    [
        ("“三八”国际妇女节前召开表彰大会。", "2026-03-08"),
        ("5月15日国际家庭日前,面向各单位征集故事100个。", "2026-05-15"),
    ],
)
def test_a_day_with_its_full_name_is_a_date(sentence, due):
    plan = read_plan(f"2026年计划\n一、甲项\n{sentence}")
    assert [(duty.text, duty.due) for duty in plan.duties] == [(sentence, due)]


def test_two_known_labels_are_enough_between_tabs():
    plan = read_plan(
        "2026年台账\n序号\t重点任务\t对标依据\t亮点特色\t督办方式\t责任处室"
        "\n1\t举办培训班2期\t文件\t特色\t函询\t人事处"
    )
    assert [(duty.text, duty.lead_units) for duty in plan.duties] == [
        ("举办培训班2期", ("人事处",))
    ]
