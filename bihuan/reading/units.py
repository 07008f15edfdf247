"""Who answers for a task: 牵头、责任、配合 in brackets, on lines, in columns and in sentences.

`read_roles` finds every place that names responsible units, says which part of the text it takes
up, and what else stands in it: a deadline or a person. Units come out as printed, one by one.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, replace

from bihuan.reading.sentences import Span
from bihuan.reading.times import is_time

_KEYS = {
    "person": r"(?:牵头|责任|分管|包抓|联系)领导|(?:责任|负责|联系|牵头|经办)人",
    "lead": r"(?:牵头|主办|主责|主要责任)(?:责任)?(?:单位|部门|处室|科室|股室)?",
    "responsible": r"(?:责任|承办|实施|落实|负责|执行|完成)(?:单位|部门|处室|科室|股室|主体)",
    "support": r"(?:配合|协办|协助|协同|参与|参加|会办)(?:责任)?(?:单位|部门|处室|科室|股室)?",
    "when": (
        r"(?:学习|活动|培训|举办|开展|实施|计划)时间|(?:完成|办结|整改|推进|落实)?(?:时限|期限|时间节点|进度安排)(?:要求)?|(?:完成|落实)时间|时间要求"
        r"|(?:开展|履责|工作)?(?:频次|频率)|时间(?=:)"
    ),
    "other": r"(?:学习|活动|培训)(?:形式|地点)|参加(?:人员|对象)|主讲人|授课人",
}
_KEY = re.compile("|".join(rf"(?P<{name}>{pattern})" for name, pattern in _KEYS.items()))
_KEYED = re.compile(rf"(?:{'|'.join(_KEYS.values())})(?:\([^()]{{1,8}}\))?[:为](?!了|进|抓)")
_PLAIN_KEY = re.compile(r"(?:单位|部门|处室|科室|时限|时间):$")
_BRACKET = re.compile(r"[(\[<]([^()\[\]<>\n]{2,300})[)\]>]")
_UNIT_END = (
    r"(?:[局厅部委办院处科室组会队站署]|中心|支部|总支|党委|党组|单位|部门|工委|纪委|团委|工会|妇联|党组织|党小组|机关"
    r"|书记|委员|办公室|小组|学校|党校|处室|科室|干部|成员)"
)
_UNIT = rf"[^、,;:。()\[\]“”《》\s]{{0,24}}{_UNIT_END}"
_PLACEHOLDER = r"[^、,;:。()\[\]\s]{1,24}"


def _listed(marks: str, most: str) -> str:
    """Source of a pattern for units parted by `marks`, as many before the last as `most` says.

    Each unit but the last is matched once and for all: without that, the ways in which a long
    list ends in 支部 or 部 would all be tried together.
    """
    return rf"(?:(?>{_UNIT}(?=[{marks}]))[{marks}]){most}{_UNIT}"


_LIST_OF_UNITS = re.compile(rf"{_listed('、,', '*')}(?:等(?:单位|部门)?)?")
_LONGEST_TIME = 120
_FINAL = re.compile(r"[。\n]")
_NO_UNIT = re.compile(r"[—\-/]*|无")
_ONE_UNIT = re.compile(_UNIT)
_ROLE_END = re.compile(
    r"(?:共同|联合)?(牵头(?:负责|抓总|组织|落实)?|负责(?:落实|实施)?|主办|承办|配合(?:落实)?|协办|协助|参与)"
)
_BY_WHOM = re.compile(
    rf"由(?P<by>{_listed('、和与及', '{0,9}')})"
    r"(?:共同|联合|具体)?(?P<role>牵头|负责|主办|承办|组织实施|配合|协办|协调)"
)
_HELPED = re.compile(
    rf"(?<=[,、;])(?P<by>{_listed('、和与及', '{0,9}?')})"
    r"(?:积极|密切|共同)?(?:配合|协助|协办|参与)(?=[,。;)]|$|做好|落实)"
)
_TOGETHER = re.compile(
    rf"(?:会同|联合|商)(?P<by>{_listed('、和与', '{0,5}?')})"
    r"(?=开展|组织|制定|举办|做好|共同|对|,|建立|研究|印发|召开|落实|进行)"
)
_LED = re.compile(
    rf"(?<=[,;])(?!由)(?P<by>{_listed('、和与及', '{0,5}')})"
    r"(?:牵头|主办)(?:负责|抓总|组织|落实)?(?=[,。;]|$)"
)
_DIVIDED = re.compile(
    rf"(?:^|(?<=[,。;(]))(?P<by>{_listed('、', '{0,9}')}(?:等(?:单位|部门)?)?)"
    r"(?:按(?:照)?(?:各自)?职责(?:分工)?)(?:分别)?(?:负责|落实)?"
)
_TRAIL = re.compile(
    r"(?:等(?:有关|相关)?(?:单位|部门)?|按(?:照)?(?:各自)?职责分?工?负?责?(?:落实)?|分别负责|共同负责|牵头|负责)$"
)
_AND = re.compile(
    rf"(?<=[局厅部委办院处科室会心组校联位门])(?:以及|[和与及])(?=[^、]{{1,20}}{_UNIT_END}$)"
)


@dataclass(frozen=True, slots=True)
class Roles:
    """What one place says. `start`, `end`: the characters it takes up in the text.

    `others` are 责任单位 as printed; who reads the whole knows whether a lead stands beside them.
    """

    start: int
    end: int
    lead: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    support: tuple[str, ...] = ()
    persons: tuple[str, ...] = ()
    when: Span | None = None

    @property
    def lead_units(self) -> tuple[str, ...]:
        """牵头单位, or 责任单位 where no lead is named."""
        return self.lead or self.others

    @property
    def support_units(self) -> tuple[str, ...]:
        """配合单位; beside a lead the remaining 责任单位 are supporters too."""
        extra = self.others if self.lead else ()
        return _unique([*self.support, *(unit for unit in extra if unit not in self.lead)])


def split_units(text: str) -> tuple[str, ...]:
    """The single units of a printed list; names such as 人力资源和社会保障局 stay whole."""
    text = text.strip(" \t。,;:、.")
    units: list[str] = []
    for part in re.split(r"[、,;\s/]+", text):
        part = _TRAIL.sub("", part.strip("。. "))
        part = _TRAIL.sub("", part)
        units += [unit for unit in _AND.split(part) if not _NO_UNIT.fullmatch(unit)]
    return _unique(units)


def is_unit(name: str) -> bool:
    """Whether `name` ends like the name of an organisation and asks for nothing."""
    return (
        _ONE_UNIT.fullmatch(name) is not None
        and re.search(r"每|开展|组织(?!部|处|科|委)", name) is None
    )


def _unique(units: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(units))


def read_roles(folded: str, start: int, end: int) -> list[Roles]:
    """All places in `folded[start:end]` that name responsible units apart from the sentence.

    These are brackets and key-value passages; they are no part of a task's wording.
    """
    found: list[Roles] = []
    for match in _BRACKET.finditer(folded, start, end):
        roles = _bracket_roles(folded, match)
        if roles is not None:
            found.append(roles)
    taken = list(found)
    position = start
    for match in _KEYED.finditer(folded, start, end):
        at = bisect_right(taken, match.start(), key=lambda roles: roles.start)
        inside = at > 0 and match.start() < taken[at - 1].end
        if inside or match.start() < position or not _opens(folded, match.start(), start):
            continue
        position = _passage_end(folded, match.start(), end)
        found.append(_keyed_roles(folded, match.start(), position))
    return sorted(found, key=lambda roles: roles.start)


def _opens(folded: str, at: int, start: int) -> bool:
    """Whether a key at `at` begins a passage of its own rather than standing in a sentence."""
    return at == start or folded[at - 1] in "\n。;,!)]\t 、"


def _passage_end(folded: str, at: int, end: int) -> int:
    """A key-value passage ends with its line or its sentence; a bracket's end is its own."""
    for match in _FINAL.finditer(folded, at, end):
        if _KEYED.match(folded, match.end(), end) is None:
            return match.end() if match.group() == "。" else match.start()
    return end


def _bracket_roles(folded: str, match: re.Match[str]) -> Roles | None:
    inner = match[1]
    start, end = match.span()
    if end < len(folded) and folded[end] in "。;":
        tail = end + 1 if start == 0 or folded[start - 1] in "。;\n" else end
    else:
        tail = end
    if _KEYED.match(inner):
        roles = _keyed_roles(folded, match.start(1), match.end(1))
        return Roles(
            start, tail, roles.lead, roles.others, roles.support, roles.persons, roles.when
        )
    ends = end >= len(folded) or folded[end] in "。;\n"
    timed = _timed_bracket(folded, match, tail, ends=ends)
    if timed is not None:
        return timed
    if re.search(r"牵头|配合|负责|协办|责任", inner) and not re.search(r"以下|简称", inner):
        return _spoken_bracket(start, tail, inner)
    if (
        ends
        and _LIST_OF_UNITS.fullmatch(inner)
        and not re.search(r"^[党]?(?:党委|党组|党总支)$|成员|干部", inner)
    ):
        return Roles(start, tail, others=split_units(inner))
    return None


def _timed_bracket(folded: str, match: re.Match[str], tail: int, *, ends: bool) -> Roles | None:
    """“(办公室,3月底前)”, “[办公室负责;每季度1次]” and “(3月底前)” behind a final mark."""
    parts = [
        (match.start(1) + part.start(), match.start(1) + part.end())
        for part in re.finditer(r"[^,;]+", match[1])
    ]
    times = [span for span in parts if is_time(folded[slice(*span)])]
    rest = ",".join(folded[slice(*span)] for span in parts if span not in times)
    if not times:
        return None
    when = (times[0][0], times[-1][1])
    if not rest:
        apart = match.start() == 0 or folded[match.start() - 1] in "。;\n"
        return Roles(match.start(), tail, when=when) if apart else None
    spoken = _spoken_bracket(match.start(), tail, rest)
    if spoken is not None:
        return replace(spoken, when=when)
    units = ends and _LIST_OF_UNITS.fullmatch(rest) is not None
    return Roles(match.start(), tail, others=split_units(rest), when=when) if units else None


def _spoken_bracket(start: int, end: int, inner: str) -> Roles | None:
    """“(组织部牵头,各党支部配合)” and “(办公室负责)”."""
    lead: list[str] = []
    support: list[str] = []
    for part in re.split(r"[,;]", inner):
        match = _ROLE_END.search(part)
        if match is None:
            continue
        names = part[: match.start()].removeprefix("由") or part[match.end() :].lstrip(":")
        helps = match[1][:2] in ("配合", "协办", "协助", "参与")
        (support if helps else lead).extend(split_units(names))
    return Roles(start, end, _unique(lead), (), _unique(support)) if lead or support else None


def _keyed_roles(folded: str, start: int, end: int) -> Roles:
    """Reads “牵头单位:A、B;配合单位:C” and its like between `start` and `end`."""
    keys = [
        m
        for m in _KEYED.finditer(folded, start, end)
        if _opens(folded, m.start(), start) or _PLAIN_KEY.search(m.group())
    ]
    lists: dict[str, list[str]] = {"lead": [], "responsible": [], "support": [], "person": []}
    when: Span | None = None
    for i, key in enumerate(keys):
        stop = keys[i + 1].start() if i + 1 < len(keys) else end
        kind = _KEY.match(key.group())
        name = kind.lastgroup if kind else None
        if name == "when":
            when = (key.end(), min(stop, key.end() + _LONGEST_TIME))
        elif name is not None and name != "other":
            lists[name].extend(split_units(folded[key.end() : stop]))
    return Roles(
        start,
        end,
        _unique(lists["lead"]),
        _unique(lists["responsible"]),
        _unique(lists["support"]),
        _unique(lists["person"]),
        when,
    )


def without_roles(folded: str) -> str:
    """The sentence without the phrases that only say who leads and who helps."""
    return _LED.sub("", _HELPED.sub("", _BY_WHOM.sub("", folded)))


def roles_in_sentence(folded: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Lead and supporting units that the words of a sentence name: 由A牵头,B配合; 会同C."""
    lead: list[str] = []
    support: list[str] = []
    for match in _BY_WHOM.finditer(folded):
        helps = match["role"] in ("配合", "协办", "协调")
        (support if helps else lead).extend(split_units(match["by"]))
    for match in [*_LED.finditer(folded), *_DIVIDED.finditer(folded)]:
        lead.extend(split_units(match["by"]))
    if lead:
        for match in _HELPED.finditer(folded):
            support.extend(unit for unit in split_units(match["by"]) if unit not in lead)
    for match in _TOGETHER.finditer(folded):
        support.extend(split_units(match["by"]))
    return _unique(lead), _unique(support)
