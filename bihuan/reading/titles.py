"""Headings: which part of a clause is its title.

A heading is a whole line without a final mark, or runs into the paragraph: then it is the first
sentence, as in “(二)强化理论学习。把……”, or what stands before a colon. A clause that consists of
its task alone has no title.
"""

from __future__ import annotations

import re

from bihuan.reading.clauses import Node
from bihuan.reading.numbering import Style
from bihuan.reading.sentences import Span, trimmed
from bihuan.reading.tables import Column
from bihuan.reading.times import is_time
from bihuan.reading.timing import read_timing

_LONGEST_LINE = 60
_LONGEST_RUN_IN = 45
_BEFORE_COLON = 18
_FACTS = re.compile(
    r"每(?:[月季年周次名]|半年|个)|不少于|至少|不低于|\d{1,2}月|年底前|季度末|(?:工作日|日|天|月)(?:之|以)?内|责任单位|牵头单位|[要应]当?(?:于|在)"
)
_TRAILING = re.compile(r"[(\[][^()\[\]]{0,200}[)\]]$")
_BRACKET = re.compile(r"[(\[]([^()\[\]]{2,40})[)\]]$")
_BRACKET_TITLE = re.compile(r"\s*\[([^\[\]]{2,20})\]|\s*\(([^()]{2,16})\)(?=[^。,;]{4})")
_ENDING = (
    r"(?:认识|问题|思考|建设|要求|措施|保障|任务|领导|责任|实效|质量|水平|作用|能力|体系|机制|目标|原则|武装|教育|管理"
    r"|监督|队伍|基础|根基|活力|格局|阵地|纪律|作风|意识|大局|服务|统领|引领|落实|安排|步骤|内容|方法|职责|根本|导向"
    r"|防线|底线|功能|氛围|主线|保证|支撑|合力|动力|优势|品牌|载体|效能|规范|制度|发展|中心|担当|示范|素质|培训|组织|生活|工作|学习|联系|评议|活动|谈话|报告|考核|思路|对象|范围|规划)"
)
_STARTING = (
    r"(?=坚持|注重|加强|加大|突出|深入|认真|严格|切实|各[级单党支部基机]|要(?!求|点)|以[^上下内外及]|把|围绕|按照|持续|组织(?!部|委员|生活|建设|领导)|开展"
    r"|建立|完善|健全|牢牢|扎实|积极|今年|20\d\d年|聚焦|紧扣|为[了深贯进]|每[月季年半次名个]|制定|落实(?!落)|定期|\d{1,2}月"
    r"|机关(?:党委|工委)[要每应负]|党(?:组|支部|委)[要每应书(]|市直|全体|将|全面|充分|推动|举办|抓好|力争|高举|通过|到20|党员领导)"
)
_ADDRESSED = re.compile(
    r"[^。;:]{4,24}?(?<!,)(?=各(?:级|党支部|支部|单位|处室|部门|机关)|每(?:月|季度|半年|年|名)"
    r"|(?:机关党委|党支部|党总支|局党组)(?:要|每|应|负责|书记))"
)
_GLUED = re.compile(rf"[^。;:]{{2,40}}?{_ENDING}{_STARTING}")


def name_nodes(folded: str, nodes: list[Node], *, glued: bool) -> None:
    """Set `title` on all `nodes` and below. `glued` tells that line breaks are missing."""
    numbered = any(node.style is not None or node.cells for node in nodes)
    for node in nodes:
        if node.style is not None or node.cells or node.heads or not numbered:
            node.title = _title(folded, node, glued)
        name_nodes(folded, node.children, glued=glued)


def stage_time(heading: str) -> str:
    """The time that a heading names as its own: 3月, 每季度, the bracket of 动员部署(3月).

    Such a bracket is part of the title, unlike one with units.
    """
    match = _BRACKET.search(heading)
    if match and is_time(match[1]):
        return match[1]
    return heading if is_time(heading) else ""


def _is_timed(heading: str) -> bool:
    """Whether what looks like a heading names a time: then it is the start of a task."""
    period = read_timing(heading, 2001).period
    return period not in (None, "each", "ongoing") or heading.startswith(("常态化", "持续"))


def _title(folded: str, node: Node, glued: bool) -> Span:
    if node.cells:
        return _row_title(folded, node)
    first, last = _first_line(folded, node)
    if node.heads:
        return first, last - (folded[last - 1] == ":")
    if first >= last or node.style is None:
        return _unnumbered(folded, node, first, last)
    if node.style is Style.ARTICLE:
        return _article(folded, node, first, last)
    line = folded[first:last]
    stop = re.search(r"[。;!?]", _quiet(line))
    whole = last >= node.end
    if stop is None:
        return _whole_line(folded, first, last, glued and whole)
    if glued and node.style in (Style.CHINESE, Style.CHINESE_BRACKET, Style.PART, Style.CHAPTER):
        before = line[: stop.start()]
        found = [match.end() for p in (_GLUED, _ADDRESSED) if (match := p.match(before))]
        ends = [end for end in found if not _is_timed(before[:end])]
        if ends:
            return first, first + min(ends)
    return _run_in(folded, node, first, last, first + stop.start())


def _quiet(line: str) -> str:
    return re.sub(
        r"“[^”]{0,80}”|《[^》]{0,80}》|\([^()]{0,200}\)", lambda m: "X" * len(m.group()), line
    )


def _first_line(folded: str, node: Node) -> Span:
    """The clause's own text up to its first line end or its first child."""
    stop = node.children[0].start if node.children else node.end
    cut = folded.find("\n", node.body, stop)
    return trimmed(folded, node.body, stop if cut < 0 else cut)


def _row_title(folded: str, node: Node) -> Span:
    cell = node.cells.get(Column.TASK) or node.cells.get(Column.GROUP)
    if cell is None or cell.end - cell.start > _LONGEST_LINE:
        return (node.body, node.body)
    end = cell.end - 1 if folded[cell.end - 1] in "。;" else cell.end
    return (
        (cell.start, cell.end) if "。" not in folded[cell.start : end] else (node.body, node.body)
    )


def _unnumbered(folded: str, node: Node, first: int, last: int) -> Span:
    """A paragraph without a number has a title if a short phrase without commas leads it."""
    match = re.match(r"[^。,;:!?\n]{4,24}。(?=[^\n])", folded[first:last])
    if node.style is None and match and not _FACTS.search(match.group()):
        return first, first + match.end() - 1
    return (node.body, node.body)


def _article(folded: str, node: Node, first: int, last: int) -> Span:
    match = _BRACKET_TITLE.match(folded[first:last])
    if match:
        group = 1 if match[1] else 2
        return first + match.start(group), first + match.end(group)
    return (node.body, node.body)


def _whole_line(folded: str, first: int, last: int, glued: bool) -> Span:
    line = folded[first:last]
    colon = _quiet(line).find(":")
    if 0 < colon <= _BEFORE_COLON and colon < len(line) - 1 and "," not in line[:colon]:
        return first, first + colon
    match = None if stage_time(line) else _TRAILING.search(line)
    end = last - len(match.group()) if match and match.start() > 1 else last
    while end > first and folded[end - 1] in ":,、 ":
        end -= 1
    if end - first > _LONGEST_LINE:
        return first, first
    return first, end


def _run_in(folded: str, node: Node, first: int, last: int, stop: int) -> Span:
    """The first sentence, if more follows it and it reads like a heading."""
    line = folded[first:stop]
    colon = _quiet(line).find(":")
    if 0 < colon <= _BEFORE_COLON and not re.search(r"[,、]", line[:colon]):
        return first, first + colon
    more = trimmed(folded, stop + 1, node.end)
    follows = more[0] < more[1] and folded[stop] == "。"
    match = _TRAILING.search(line)
    whole = len(line) if stage_time(line) else None
    if match and match.start() > 1:
        line = line[: match.start()]
    if (
        follows
        and len(line) <= _LONGEST_RUN_IN
        and not _FACTS.search(line)
        and not _only_units(folded[more[0] : more[1]])
    ):
        return first, first + (whole or len(line))
    return first, first


def _only_units(rest: str) -> bool:
    """Whether what follows a sentence is only its bracket of responsible units."""
    return bool(re.fullmatch(r"[(\[][^()\[\]]*[)\]][。;]?", rest)) or bool(
        re.match(r"(?:牵头|责任|配合|完成|主办|承办)[^。:]{0,8}:", rest)
    )
