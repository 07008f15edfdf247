"""Is a phrase a task or a motto? The words that decide it.

A verb of deed (召开, 印发, 走访) makes a task; a verb of management (落实, 完善, 推进) makes
one if it acts on something one can check (制度, 活动, 清单); a verb of attitude (坚持, 提高,
引导) makes none.
The earliest verb of a phrase decides, after adverbs, subjects and times.
"""

from __future__ import annotations

import re
from enum import Enum

from bihuan.reading.sentences import BLANK, hide_titles


class Phrase(Enum):
    """What one phrase of a sentence does in it."""

    TASK = "task"
    FOLLOW_UP = "follow-up"
    CONDITION = "condition"
    LIMIT = "limit"
    MOTTO = "motto"
    PAST = "past"


_DEED = (
    r"开展|进行|沟通(?=[^,。;]{0,6}[\d一二两三不至])|自学|会商|碰头|传达|必谈|必访|必须探望|探望|建成|接待|办结|培养(?=[^,。;]{0,12}\d)|了解(?=[^,。;]{0,20}(?:情况|动态|状况|困难|需求|诉求))|原原本本学习|逐章逐条|开好|举办|召开|举行|印发|下发|制发|制定|制订|拟定|起草|编制|编印|编发|编写|建立|成立|组建|设立|修订|评选|评定|表彰|报送|上报|填报"
    "|提交|督查|督察(?!组|处|室|内审)|督导|检查|抽查|巡查|调研|走访|慰问|培训|轮训|宣讲|征集|汇总|通报|公示|公开|备案|统计|述职|评议|考核|测评|评估|部署|签订"
    "|开设|开通|刊发|参加|参观|列席|旁听|讲授|讲好|讲党课|讲1次|组织|排查|摸排|整治|研判|专题研究|专题学习|集中学习|集体学习|研究|听取"
    "|审议|观看|选派|选树|遴选|推荐|推选|换届|配备|配齐|选举|发展(?=预备党员|党员|入党|积极分子)|过好|重温|撰写|形成|推出|收缴|收取|缴纳|交纳|核查|核实|更新"
    "|录入|归档|梳理|总结(?!20)|分析|收集|办理|解决|办好|创办|承办|主办|结对|报到|认领|约谈|谈心|谈话|访谈|座谈|交流研讨|学习研讨|督促|指导"
    "|动员|邀请|汇报|报告|报备|报批|反馈|整改|销号|宣传|推送|发布|布置|完成|安排(?!时间)|确定|选定|联系|帮扶|关爱|关怀|签署|填写"
    "|核销|核对|发送|祭扫|瞻仰|张贴|悬挂|刊登|印制|购置|拨付|下拨|挂牌|命名|授牌|颁发|授予|(?<!引)领学(?!校)|荐读|通读|拍摄|制作|录制|播放|转发|转递|家访|送学"
    "|救助|资助|捐款|体检|疏导|答题|展演|展播|巡展|巡讲|演练|登记|造册|建档|盘点|清查|清退|督办|交办|复核|复查|验收|现场办公|设有|(?<=内)报|答复|祝贺|登门|考察(?!组|团|期|对象|材料)|申报|推报|选拔|聘请|聘任|增补|公布|公告|解读|恳谈|领办|驻点|蹲点"
    r"|明确(?=\d|[一二两三四五]名|专人)|接受(?=[^,。;]{0,8}教育)|定期(?=回访|走访|检查|通报|召开|开展|分析|听取|研究|报告)"
    "|评比|评审|审核|审查|审批|检视|自查|回访|补选|预审|接收|转接|批复|核定|调度|点评|承诺|践诺|撰稿|投稿|诵读|征文|演讲|观摩|讲述|上好|讲"
)
_MANAGING = (
    "打造|创建|设置|建设|改造|严格落实|全面落实|落实|严格执行|执行|推进|实行|抓好|抓实|抓牢|做好|做实|做细|加强|健全|完善|优化|深化|强化|巩固|规范|实施|运用|用好|建强"
    "|建好|管好|守好|学好|推行|推广|加大|严肃|统筹|协助|配合|参与|支持|推动|坚持|学习|拓展|丰富|培育|开发|探索|试行|履行|改进|深入|扩大"
    "|坚决防止|防范|维护|保障|带头|定期|用活|管理"
)
_ATTITUDE = (
    "坚定|牢固|牢牢|树立|引导|激励|提高|提升|增强|筑牢|夯实|弘扬|传承|营造|确保|保证|凝聚|汇聚|贯彻|领悟|把握|践行|锤炼|涵养|厚植|促进"
    "|助力|助推|努力|力争|争做|争当|当好|做到(?!必)|激发|调动|发挥|切实转化|使|让|把|将|认清|实现|体现|彰显|赓续|构建|守住|切实把|有效"
    "|达到|成为|明确|细化|压实|强调|贯通|融入|营建|推动形成"
)
_NOUNS = re.compile(
    r"党组织|(?:基层|各级|上级|机关|各|本|下级)组织(?!开展|召开|学习|党员|实施|参)|组织(?:生活(?!会)|部|委员|关系|工作|体系|建设|力|观念|优势|原则|纪律|人事|形式|领导|架构|保障|覆盖|设置)"
    r"|组织生活会|血肉联系|密切联系|宣传(?:部|委员|栏)|研究(?:室|院|所)|检查(?:组|员)|督查(?:组|室)|巡察|联系(?:点|人|群众|领导|实际)|学习(?:贯彻|教育|强国|型|计划|中心|氛围|制度|小组|体会|质量|内容|方案|材料|资料|成果|时间|笔记)"
    r"|党的建设|党建|机关建设|队伍建设|思想建设|组织建设|作风建设|制度建设|纪律建设|阵地建设|能力建设|政治建设|模范机关建设|业务培训|发展对象|高质量发展|事业发展|经济发展|发展大局|发展规划"
    r"|工作报告|述职报告|分析报告|调研报告|思想汇报|请示报告|考核(?:结果|内容|指标|体系|评价|办法|测评办法|方案|组|等次|范围)|测评(?:体系|办法|表)|评议(?:结果|等次|会|内容)|培训(?:班|计划|内容|体系|对象|机制)|轮训班"
    r"|调研(?:课题|报告|组|成果)|整改(?:措施|方案|台账|任务|清单|情况|落实)|通报(?:批评)|管理(?:制度|办法|规定|机制|水平|体系|平台)|宣讲(?:团|员|活动|进)|征文(?:活动|比赛)|检查(?:机制|制度|结果)|督促检查制度|谈心谈话|谈心谈话制度"
    r"|理论学习(?!中心组)|理论宣讲|理论研究|安排部署|决策部署|工作部署|部署要求|重要讲话|党员发展|协调发展|均衡发展|融合发展|分析研判|研究部署|讲政治|讲话|讲规矩|讲奉献|宣传思想|公开栏|主题教育"
    r"|审批程序|确定性|评选表彰|安排情况|落实情况|完成情况|开展情况|执行情况|学习情况|履职情况|整改情况"
)
_KEEP = re.compile(
    "组织生活会|谈心谈话|分析研判|研究部署|征文(?:活动|比赛)|评选表彰|宣讲活动|组织生活"
)
_VERB = re.compile(f"(?P<deed>{_DEED})|(?P<manage>{_MANAGING})|(?P<attitude>{_ATTITUDE})")
_CONCRETE = re.compile(
    r"制度|机制(?!体制)|办法|方案|计划|清单|台账|活动|会议|大会|例会|培训|轮训|调研|督查|检查|考核|评议|测评|述职|换届|排查|整治|(?<!统一)行动|工程"
    r"|大赛|竞赛|讲堂|党课|课堂|宣讲|谈话|谈心|走访|慰问|志愿服务|结对|共建|报到|专栏|网站|公众号|报告|通报|回头看|手续|问卷|座谈|研讨"
    r"|学习班|读书班|党费|发展党员|表彰|推荐|评选|旁听|中心组|第一议题|三会一课|双重组织生活|课题|信息报送|档案|政治生日|主题党日|民主生活会"
    r"|组织生活会|群团|工会|示范点|品牌|项目|手册|流程|规程|体系建设|监督员|收缴|党务公开|举措|办实事"
)
_CONDITION = re.compile(
    r"(?:围绕|按照|根据|结合|聚焦|针对|依托|利用|紧扣|紧盯|对照|立足|着眼|遵循|依据|在(?!职|线|岗)|以[^上下内外]|通过|借助|充分(?:利用|发挥)|对(?!照检查)|针对|为(?:庆祝|纪念|迎接|进一步|深入|了|贯彻|推动|加强)|自|从|经|凡|因|如|若"
    r"|遇|每(?:逢|遇|当)|除)"
)
_TIME_ONLY = re.compile(
    r"(?:到)?(?:(?:20\d\d年?|今年|每年|于|在|各地)?(?:的)?(?:[\d一二三四五六七八九十]{1,2}月(?:份)?(?:[\d]{1,2}日)?(?:上旬|中旬|下旬|底|末|初)?|上半年|下半年|年底|年内|年初|第?[一二三四]季度|“?[七五八十]一”?)(?:以?前|之前|期间|起)?(?:(?:至|到|—)[^,]{0,8}(?:月|日|底|末|前)|[^,]{0,8}(?:期间|前后|之际|前夕))?"
    r"|每(?:月|季度|半年|年|周)(?:初|末|底)?|全年|常态化|同时|此外|其中|今年|20\d\d年)[,]?"
)
_LIMIT = re.compile(
    r"(?P<share>[^,]{1,14}(?:率|面)(?:一般|要|应)?(?:为|达|达到)?\d{1,3}(?:\.\d+)?%(?:以上)?$)|"
    r"(?P<rate>[^,]{1,14}(?:率|面|比例|时间|时长|字数|人数|单位|对象|数量)(?:一般)?(?:不少于|不低于|达|≥|控制))|"
    r"(?P<usually>(?:遇|重大|紧急|突发)[^,]{1,12}(?:随时|即时)(?:召开|开展|研究|报告)$)|"
    r"[^,]{0,20}?(?P<least>不少于|至少|不低于|达到|达|确保[^,]{0,6}达|控制在|覆盖|≥)[^,]{0,20}?[\d一二两三四五六七八九十百半%]"
    r"|[^,]{0,20}?(?P<most>不超过|不得超过|不多于)"
    r"|(?:力争|确保|实现|做到)?[^,]{0,10}全覆盖$|覆盖(?:全部|所有)[^,]{1,12}$"
    r"|每[^,]{1,6}[\d一二两三四]{1,3}(?:次|场|期|篇)|[^,]{0,10}各[\d一二两三四]{1,3}(?:次|场|期|篇)"
    r"|(?P<done>(?:并|须|应|要)?(?:于|在)?[^,]{0,12}(?:底|日|旬)?前(?:全部|基本)?[^,]{0,6}(?:完成|完毕|落实到位|到位|办结|印发(?:施行|实施|执行)?|出台|施行)(?:到位)?)$"
    r"|(?:上半年|下半年|年内|第?[一二三四]季度|\d{1,2}月(?:份|上旬|中旬|下旬|底|末)?)(?:全部|基本)?完成[^,]{0,2}$"
    r"|(?P<bound>[^,]{1,10}(?:日|底|旬)前?(?:为止|截止)$"
    r"|(?:征集|收集|收到|覆盖)?[^,]{0,6}\d+[^,\d]{1,3}以上$"
    r"|(?:全年|每年|年内)[^,\d]{0,3}\d+(?:次|期|场|篇)$|(?:双月|单月|隔月|每月|每季度?)(?:出刊|出版|更新)(?:[\d一]期)?$"
    r"|为期[^,]{1,4}$|(?:吸纳|惠及|培训|参训)[^,]{0,8}\d+(?:人次?|名|家)(?:左右|以上)?$"
    r"|\d{1,2}月(?:份|底|初|上旬|中旬|下旬)?(?:启动|开始)$"
    r"|每[^,]{1,10}设[立置]?[\d一二两]{1,2}[个名]$)"
    r"|(?P<usual>(?:时间)?一般(?:安排|放|定)?(?:在|于))"
)
_FOLLOW_UP = re.compile(
    r"(?:(?:及时|按时|逐一)?通报[^,]{0,6}结果|并[^,每]{0,10}(?:通报|报告|公示|反馈)[^,每]{0,8}$)|(?:并|及时|同步|逐项|逐条|随后|会后|会前|事后|于[^,]{1,10}前|[\d]{1,2}月[^,]{1,6}前|认真|做好|切实|按时|结果|每次)?(?:将[^,]{1,16})?(?:并)?(?:形成|部署|安排部署|传达|听取|报送|上报|报(?!告会|到|名)|提交|(?:张榜|及时|统一)?(?:公布|公示|公开)|备案|归档|留存|存档|反馈|做好[^,]{0,6}(?:记录|准备|保障|台账)"
    r"|抓好[^,]{0,6}(?:整改|落实)|跟踪|建立[^,]{0,8}台账|明确|细化|列出|逐一|整改|总结经验|梳理|汇总|纳入|作为|记入|录入|完善[^,]{0,4}台账)"
)
_OUTCOME = re.compile(
    r"[^,]{0,10}(?:结果|情况)[^,]{0,14}(?:报告|通报|报送|上报|公示|反馈)[^,]{0,8}$"
    r"|[^,]{2,14}作为[^,]{2,30}(?:依据|参考|内容)$"
    r"|(?:总结|研究|审议|讨论)[^,]{2,20}(?:工作|计划|情况|报告|问题|事项)$"
    r"|重点(?:检查|督查|查看|抽查|整治|关注|解决|了解|围绕|查处)[^,]{2,}$|讲(?:清|明|透)[^,]{2,}$"
    r"|实行[^,“]{2,12}$|限期[^,]{0,8}整改$|(?:对)?发现(?:的)?(?:问题|线索)[^,]{0,10}(?:整改|处理|移送)[^,]{0,2}$"
    r"|与[^,]{2,16}(?:合并|结合|同步|一并)(?:开展|进行|部署|推进)$"
    r"|为[^,]{2,20}(?:做好|打下|奠定|提供)[^,]{0,8}(?:准备|基础|保障|支撑)$"
)
"""What becomes of the task before: 抽查结果报告省委, 与述职评议合并开展."""
_ADDRESSED = re.compile(r"[^,]{2,16}?(?:要|应当?|须)(?=将)")
_EVILS = re.compile(
    r"(?:整治|纠治|解决|反对|纠正|破除)[^,]{0,8}(?:形式主义|官僚主义|急难愁盼|不良风气)[^,]{0,6}$"
)
_ABOUT = re.compile(
    r"(?:聚焦|围绕|针对|对照|依托|立足|紧扣)[^,]{4,}(?:开展|举办|召开|进行|组织)[^,]{2,}$"
)
_REPORTED = re.compile(
    r"[^,]{0,12}(?:于|在)[^,]{1,12}前[^,]{0,6}(?:报送|上报|提交|发送|发至|报(?!告会|到|名))"
    r"|(?:如实|认真|逐项)?(?:填写|填报)《?[^,]{2,30}表》?$"
)
_PAST = re.compile(
    r"(?<![为除到])了(?!解|然|如)|(?<!不)已(?:经)?(?:完成|通报|印发|部署|启动|发布|建立|形成|开展|累计|成为|[^,。]{1,6}了)|\d(?:[余多]|万余)(?:次|场|名|人|篇|个|家|件)|(?<!中)共(?!产|青|建|同)[^,。]{0,6}\d+|荣获|获得|获评|先后"
)
_FIGURES = re.compile(
    r"每(?:个)?(?:半年|季度?|月|年度?|学期)|全年|年底|按月|按季度?|不少于|不低于|至少|以上|左右|各|会议$|活动$|[\d一二两三四五六七八九十]+(?:次|期|场|轮|遍)"
)
_FORBIDS = re.compile(r"不得(?!少于|低于|超过)|可以(?!结合)|严禁|禁止|不准")
_BY_UNITS = re.compile(
    r"由?[^,。;]{2,60}(?:牵头|配合|协助|协办|参与|负责|按职责分工)(?:负责|抓总|落实)?"
)
_AFTER = re.compile(
    r"[^,。;]{1,14}(?:[日节会期夕]前|后|(?<![学小课])时|中|期间|基础上|之际|前提下)"
)
_COPULA = re.compile(
    r"是(?!否)|(?![一二三四五六七八九十]是)[^,]{2,24}(?<![还要就于但凡别或总先])是(?!否)"
)
_CLAUSES_OF_FORM = re.compile(
    r"^(?:请|希望)(?:大家|各位|同志)|我(?:就|讲|谈)[^。]{0,30}意见|我们?召开|同志们|(?:本|该)(?:办法|制度|规定|细则|条例|规则|方案)|是指|负责解释|^[^,。;]{2,10}由[^,。;]{2,24}(?:组织实施|负责实施)(?=[,。;]|$)|坚持[^。]{2,40}的?原则|分为[^。]{2,40}(?:等次|等级|档次)|经[^,]{0,12}(?:研究|同意|批准),?[^,]{0,4}(?:决定|现)|为[^。]{2,80}(?:制定|提出)(?:如下|本|以下)|(?:起|之日)施行|特此|现(?:将|就)|现?制定(?:如下|本|以下)|如下(?:方案|意见|安排)|如下[:。]?$|联系(?:人|电话)|总(?:体|的)要求是|主持召开(?:20\d\d年)?第|由专人|指导思想|(?:时间|地点|电话|邮箱)[:为]|根据[^。]{0,40}制定本"
)
_ADVERB = (
    "(?:认真|切实|深入|扎实|积极|精心|持续|常态化|定期|及时|进一步|大力|广泛|全面|严格|"
    "有序|稳步|重点|统筹|继续|适时|分批|分层|集中|要|应|须|并|牵头|坚持){0,8}"
)


def verb_view(folded: str) -> str:
    """The phrase as verbs are sought in it: names and nouns that hide a verb blanked."""
    text = re.sub(r"“[^“”]{0,120}”", _blank, hide_titles(folded))
    return _NOUNS.sub(
        lambda m: m.group() if _KEEP.fullmatch(m.group()) else BLANK * len(m.group()), text
    )


def _blank(match: re.Match[str]) -> str:
    return BLANK * len(match.group())


def is_lead_in(phrase: str) -> bool:
    """A short phrase of management that only names what the next one asks for (深化志愿服务)."""
    bare = phrase.strip(",。; ")
    return (len(bare) <= 9 and re.match(_MANAGING, bare) is not None) or (
        len(bare) <= 4 and _VERB.match(bare) is not None
    )


def is_formal(sentence: str) -> bool:
    """Scope, definition, permission and prohibition clauses, and announcements: no tasks."""
    return _CLAUSES_OF_FORM.search(sentence) is not None


_GETTING_BETTER = re.compile(
    r"(?:更加|更为|日益|明显|显著|不断|进一步|基本|有效|稳步)(?:完善|健全|规范|优化|加强|强化|巩固|丰富|提升|增强|拓展)$"
)


def is_case(sentence: str) -> bool:
    """A case of a list (未按期召开会议的;) or what only announces a list (抓好四项制度:)."""
    return (
        re.search(
            r"的[;。]?$|[一二三四五六七八九十\d](?:项|个|件|条|点|方面)[^,。;]{0,10}:$", sentence
        )
        is not None
    )


def is_of_last_year(sentence: str) -> bool:
    """Whether a sentence opens with a time that is over: 去年, 过去一年."""
    return re.match(r"(?:去年|上年度?|过去一年|一年来|近年来)", sentence) is not None


def is_preamble(sentence: str) -> bool:
    """What an unnumbered opening says of its own paper: 根据……,制定本年要点."""
    return (
        re.match(r"(?:根据|按照|为|结合|经)(?![^。]{0,60}(?:拟于|定于|将于))", sentence) is not None
    )


def is_past(phrase: str) -> bool:
    """Whether a phrase tells what was done."""
    return _PAST.search(phrase) is not None


def weigh(phrase: str, *, named: bool, timed: bool) -> Phrase:
    """What `phrase` (folded) does. `named`: it names an activity; `timed`: a count or a date."""
    bare = phrase.strip(",。; ")
    view = verb_view(bare)
    shape = _by_shape(bare, view, named=named, timed=timed)
    if shape is not None:
        return shape
    match = _VERB.search(view)
    if match is None:
        return Phrase.TASK if named and timed else _without_verb(bare)
    if _is_condition(bare, view, named=named and timed):
        return Phrase.CONDITION
    return _by_verb(bare, view, match, named=named, timed=timed)


def _by_shape(bare: str, view: str, *, named: bool, timed: bool) -> Phrase | None:
    """What a phrase is by its build alone; None where its verb must decide."""
    if is_past(bare):
        return Phrase.PAST
    aim = _EVILS.search(bare) or _GETTING_BETTER.search(bare)
    if _FORBIDS.search(bare) or (aim and not timed):
        return Phrase.MOTTO
    if bare.startswith("其中") and len(bare) > len("其中"):
        return Phrase.LIMIT
    if _is_limit(bare, view, named=named):
        return Phrase.LIMIT
    if re.match(r"采[取用][^,]{2,60}(?:方式|形式|办法)(?:进行|开展)?$", bare):
        return Phrase.CONDITION
    if re.match(r"(?:主要)?内容(?:为|是|包括)|重点看", bare):
        return Phrase.MOTTO
    if bare.endswith("的") or any(p.fullmatch(bare) for p in (_TIME_ONLY, _BY_UNITS, _AFTER)):
        return Phrase.CONDITION
    if (_COPULA.match(view) or "结合起来" in bare) and not timed:
        return Phrase.MOTTO
    return Phrase.FOLLOW_UP if _follows(bare, named=named, timed=timed) else None


def _follows(bare: str, *, named: bool, timed: bool) -> bool:
    """Whether a phrase only says what becomes of the task before it."""
    if not timed and _OUTCOME.match(bare):
        return True
    if re.search(r"\d[篇份条]", bare):
        return False
    asks = _FOLLOW_UP.match(_ADDRESSED.sub("", bare, count=1)) or _REPORTED.match(bare)
    return asks is not None and not (named and timed)


def _is_limit(bare: str, view: str, *, named: bool) -> bool:
    """How often, how long, how many, by when, said of the task before: no object of its own."""
    match = _LIMIT.match(bare)
    if match is None:
        return False
    if match["usual"]:
        return True
    if match["rate"] or match["share"] or match["usually"] or match["bound"]:
        return True
    if named:
        return False
    if match["done"] or len(_FIGURES.sub("", bare)) <= 3:
        return True
    compared = match.start("most") if match["most"] else match.start("least")
    before, after = (view[:compared], view[compared:]) if compared >= 0 else ("", view)
    if match["most"]:
        after = ""
    if re.search(_DEED, after[: match.end() - len(before)].replace("完成", "")):
        return False
    return re.search(_DEED, before) is None or (len(bare) - match.end() <= 3 and compared <= 8)


def _without_verb(bare: str) -> Phrase:
    return Phrase.CONDITION if _CONDITION.match(bare) else Phrase.MOTTO


def _is_condition(bare: str, view: str, *, named: bool) -> bool:
    """An adverbial phrase: it has no deed of its own after its preposition."""
    if not _CONDITION.match(bare) or named or _ABOUT.match(bare):
        return False
    if bare.startswith(
        ("以", "在", "对", "从", "为", "通过", "经", "每逢", "每遇", "遇", "凡", "围绕")
    ):
        rest = re.search(
            rf"(?:身份|基础上|过程中|期间|方式|形式|活动中|范围内|重点|载体|抓手|契机|前){_ADVERB}(?:{_DEED})",
            view,
        )
        inner = re.search(
            rf"^(?:在|对)[^,]{{2,30}}?{_ADVERB}(?:推行|制定|落实|给予|予以|开展|举办|建立|设立|进行|实施|组织|召开|印发|实行|探望|回访|约谈|建档)",
            view,
        )
        return rest is None and inner is None and not _is_occasion(bare, view)
    return True


def _is_occasion(bare: str, view: str) -> bool:
    """“每逢重要节点开展提醒” says in one phrase when and what."""
    occasion = bare.startswith(("每逢", "每遇", "遇", "凡"))
    return occasion and re.search(_DEED, view) is not None


def has_deed(phrase: str) -> bool:
    """Whether a verb of deed stands anywhere in `phrase`."""
    return re.search(_DEED, verb_view(phrase)) is not None


def is_bare_deed(phrase: str) -> bool:
    """Whether `phrase` is one or two verbs of deed without any object."""
    return re.fullmatch(f"一?(?:{_DEED}){{1,2}}", phrase) is not None


def _by_verb(bare: str, view: str, match: re.Match[str], *, named: bool, timed: bool) -> Phrase:
    deed = re.search(_DEED, view) is not None
    if match["deed"]:
        bare_verb = len(bare) - match.end() < 2 and not (named or timed)
        addressed = bare.startswith(("各", "每", "全体"))
        return Phrase.MOTTO if bare_verb and match.start() < 6 and not addressed else Phrase.TASK
    concrete = named or _CONCRETE.search(re.sub(r"[“”]", "", bare)) is not None
    if match["manage"]:
        if match.group() == "推动" and not (timed or (named and deed)):
            return Phrase.MOTTO
        if match.group() == "学习" and not (named or timed):
            return Phrase.MOTTO
        if match.group() in ("推行", "实行", "实施", "试行") and ("“" in bare or deed):
            return Phrase.TASK
        return Phrase.TASK if concrete or timed else Phrase.MOTTO
    if match.group() in ("把", "将"):
        return Phrase.TASK if deed and timed else Phrase.MOTTO
    return Phrase.TASK if timed and (deed or named) else Phrase.MOTTO
