"""Who a sentence addresses: the organisations or people that are its subject, as printed."""

from __future__ import annotations

import re

_HEAD = (
    r"(?:(?:处室|科室|部门|单位|支部|党组织|党委)(?:主要)?负责人|党支部书记|支部书记|机关党委书记|党组书记|党委书记|党组\(党委\)书记|党委\(党组\)书记|书记|党员领导干部|领导干部|党员干部|党务干部|预备党员|入党积极分子|青年党员|青年(?!干部|理论|党员)|青年干部|党员"
    r"|领导班子成员|班子成员|党组成员|支委委员|委员|支部委员会|支委会|党支部|支部|党小组组长|党小组|党总支|基层党组织|党组织|机关党委|直属党委|机关纪委|党组\(党委\)|党委\(党组\)|党委|党组"
    r"|机关工委|工委|单位|部门|处室|科室|办公室|组织部|宣传部|主要负责人|负责人|学习小组|小组|理论学习中心组|中心组|团委|工会|妇联|干部职工|干部|局领导|委领导|厅领导|青年理论学习小组|局|委员会)"
)
_BEFORE = r"(?:(?!请)[^,。;:、()]{0,14}?)"
_SUBJECT = re.compile(
    rf"请?(?P<who>{_BEFORE}{_HEAD}(?:、{_BEFORE}{_HEAD})*(?:和{_BEFORE}{_HEAD})?)"
    r"(?=要|应|须|必须|负责|每|年度|定期|配备|联合|会同|向|亲自|带头|于|在|认真|积极|结合|按照|根据|对照|至少|切实|严格|充分|主动|分别|统一|普遍|自行|将|及时|开展|召开|制定|组织(?!部|委员|生活)|原则上|一般|参加(?!率)|列席|讲|走访|派|对(?!照)|遇|年内|深入|集体(?!学习)|与(?=[^,]{1,10}(?:签订|联合|结对|共建))|签订|举办|参与(?!率)|学习|担任|牵头|撰写|全年|全部|\d{1,2}月|上半年|下半年|年底|围绕|按|为|到|建立|报送|落实)"
)
_OBJECT = re.compile(
    rf"(?:组织|督促|指导|要求|动员|督导|推动|引导|号召)(?P<who>(?!检查|开展|实施|召开|学习){_BEFORE}{_HEAD}(?:、{_BEFORE}{_HEAD})*)"
    r"(?=积极|认真|广泛|深入|集体(?!学习)|集中|开展|参加|到|赴|观看|参观|学习|制定|落实|撰写|建立|完善|分批|每|年度|定期|配备|联合|会同|向|亲自|做好|对照|围绕|严格|结合|召开|过|深|切实|全面|按|抓|履|与)"
)
_EACH = re.compile(rf"(?P<who>每(?:一)?(?:名|位|个){_BEFORE}{_HEAD})")
_NOT_SUBJECT = re.compile(
    r"^(?:至少|制定|印发|形成|报送|撰写|举办|参加|听取|与|和|把|将|对|向|由|为|以|与(?=[^,]{1,10}(?:签订|联合|结对|共建))|和|在(?!职)|加强|开展|推动|推进|组织|深化|落实|建立|完善|召开|健全|选优|抓|按|根据|结合|每[月季年半]|\d|深入|持续|坚持|督促|指导|通过|着力|严|引导|提|增|强)"
)
_TIMES = re.compile(
    r"^(?:原则上|一般|会[前后],|(?:20\d\d年)?(?:上半年|下半年|\d{1,2}月(?:底|份|上旬|中旬|下旬)?前?|年底前?|每(?:年|月|季度?|半年)|第?[一二三四]季度|同时|此外|并|“?七一”?前后?),?)+"
)


def find_actors(folded: str) -> tuple[str, ...]:
    """The subject of a task's wording, then whom it sets in motion; empty if it names nobody."""
    text = _TIMES.sub("", folded)
    match = _SUBJECT.match(text)
    if match and not _NOT_SUBJECT.match(match["who"]):
        return _parts(match["who"])
    for pattern in (_EACH, _OBJECT):
        match = pattern.search(text)
        if match:
            return _parts(match["who"])
    return ()


def _parts(who: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(part for part in re.split(r"、", who) if part))
