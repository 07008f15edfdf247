"""Is a piece of text a time and nothing else? 3月底前, 每季度不少于2次, 长期坚持, “七一”前完成.

A bracket, a cell, a heading or a phrase that is one dates what it stands beside; it is no task.
"""

from __future__ import annotations

import re
from functools import lru_cache

from bihuan.reading.feasts import NAME, WHEN
from bihuan.reading.numbers import CHINESE

_NUMBER = rf"(?:\d{{1,4}}|[{CHINESE}]{{1,3}})"
_CORE = (
    rf"“?(?:{NAME})”?(?:节)?{WHEN}"
    rf"|(?:20\d\d)[.\-/]\d{{1,2}}[.\-/]\d{{1,2}}|20\d\d年度?|今年|本年度?|当年|明年|次年|年(?:度)?[内底末终初中]|岁末"
    rf"|第?[一二三四1-4]季度|[上下]半年|(?:每|逐|按|各|分)(?:一|1)?个?(?:{_NUMBER}个?)?(?:月度?|季度?|半年度?|年度?|学期|学年|周|星期|旬|日|天)"
    rf"|(?:一|1)(?:个)?(?:月|季度?|半年|年)|(?:月|季|半年|年)度|半年|季末|月末"
    rf"|(?:{_NUMBER}[、—\-至到和])*{_NUMBER}(?:个)?(?:月份?|日|号|周|天|工作日|小时)|[上中下]旬|学期"
    r"|常态化|长期|持续|全年|经常性?|常年|随时|适时|即时|即日起|立行立改|立即|定期|不定期|近期|贯穿(?:全年|始终)|日常|同步"
)
_WITH = (
    rf"(?:不少于|至少|不低于|不得少于|最少|原则上|一般|应|各|共|约)|{_NUMBER}(?:[—\-至到]{_NUMBER})?(?:次|期|场|回|遍|轮)"
    r"|以上|左右|[以之]?前|[以之]?内|底|末|初|结束|期间|前后|的?[第首末]?(?:一|二|三|最后)?个?(?:月|周|工作日)"
    r"|(?:全部|基本|按期)?(?:完成|办结|落实到位|到位|完毕|推进|开展|坚持|实施|落实|启动)|截止|为止|止|起|开始|至|到|—|-|、|和|或|,|;"
    r"|于|在|力争|确保|最迟|不迟于|每次|固定|召开|进行|第"
)
_CORES = re.compile(_CORE)
_TOKENS = re.compile(f"{_CORE}|{_WITH}")
_LONGEST = 40


@lru_cache(maxsize=4096)
def is_time(folded: str) -> bool:
    """Whether `folded` names a time, a rhythm or a term and says nothing else."""
    bare = folded.strip("。;,、: \n()[]")
    if not 2 <= len(bare) <= _LONGEST or not _CORES.search(bare):
        return False
    return _TOKENS.sub("", bare) == ""


def without_times(folded: str) -> str:
    """What `folded` says besides its times and counts."""
    return _TOKENS.sub("", folded)
