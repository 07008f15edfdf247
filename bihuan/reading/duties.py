"""From clauses to proposals: what each task states, and what its clause and its row say of it.

One proposal for each task of a sentence with a verb and an object of its own; conditions before
it and limits after it belong to it. A sentence without a task is one proposal that is not
actionable, so that a person sees that nothing was lost.
"""

from __future__ import annotations

import re
from collections import deque
from dataclasses import replace

from bihuan.reading.actors import find_actors
from bihuan.reading.clauses import Node
from bihuan.reading.deadlines import relative_deadline
from bihuan.reading.drafts import Draft, Setting, cut_sentence, extended, without_edges
from bihuan.reading.kinds import Kinds, find_kinds
from bihuan.reading.numbers import find_ratios
from bihuan.reading.plan import Duty
from bihuan.reading.sentences import Span, hide_all, sentence_spans, trimmed
from bihuan.reading.tables import Column, header_columns
from bihuan.reading.timing import Timing, read_timing
from bihuan.reading.titles import stage_time
from bihuan.reading.units import Roles, read_roles, roles_in_sentence, split_units, without_roles
from bihuan.reading.wording import is_preamble

_REFERENCE = re.compile(
    r"《[^《》\n]{2,80}》|[^\s,。;:()《》“”]{2,10}[\[(](?:19|20)\d\d[\])](?:第)?\d{1,5}号"
)
_COVERAGE = re.compile(r"全覆盖|全员覆盖")
_CEILING = re.compile(r"(?:(?<!不)低于|不超过|不高于|以内|控制在|不得超过|上浮)[^,。;]{0,10}$")
_COVERING = re.compile(r"率|覆盖|不低于|不少于|达到?|以上|完成|兑现|比例|100")
_BACKWARD = re.compile(
    r"成效|工作总结|年[^,]{0,6}总结|回顾|做法|存在(?:的)?(?:主要)?问题|主要问题|工作回顾|基本情况|工作情况|成绩|原因|历史经验|总体情况|现状"
)
_FORWARD = re.compile(
    r"下一?步|打算|对策|建议|安排|计划|路径|思考|措施|重点任务|要求|目标|思路|展望|谋划|设想|工作重点|重点工作|努力方向"
)
_RETROSPECT = re.compile(r"总结|报告|发言|汇报|情况|再上新|守正创新|经验|综述|纪实")
_ONE_EACH = re.compile(r"每(?:一)?(?:名|位|人|个)")
_REPORTS = re.compile(
    r"现?将[^。;]{0,24}(?:情况|做法|经验|成效)[^。;]{0,8}(?:汇报|报告|介绍|交流|通报)如下|作如下(?:汇报|发言|交流)"
)
_PAST_SIGN = re.compile(r"(?<![为除到])了|\d[余多]|以来|近年来|不断增强,|呈现出")
_OPENING = 1000
_RECURRING = ("month", "quarter", "half", "year")


def is_looking_back(title: str, folded: str) -> bool:
    """Whether the document reports what was done instead of saying what to do."""
    if not folded:
        return False
    if _REPORTS.search(folded, 0, _OPENING):
        return True
    density = len(_PAST_SIGN.findall(folded)) * 1000 / len(folded)
    return density >= (1.0 if _RETROSPECT.search(title) else 9.0)


def propose(setting: Setting, nodes: list[Node]) -> list[Duty]:
    """The proposals of `nodes` and below, in the order of the document."""
    duties: list[Duty] = []
    for node in nodes:
        duties += _of_node(setting, node, "", (), setting.looking_back)
    return sorted(duties, key=lambda duty: duty.start)


def _of_node(
    setting: Setting, node: Node, number: str, inherited: tuple[Roles, ...], back: bool
) -> list[Duty]:
    number = setting.text[node.start : node.body].strip() or number
    setting = _of_heading_time(_of_heading_year(setting, node), node)
    if node.cells:
        return _of_row(setting, node, setting.text[node.start : node.body].strip())
    heading = setting.folded[slice(*node.title)]
    if _BACKWARD.search(heading):
        back = True
    elif _FORWARD.search(heading) or setting.folded.startswith(("下步", "下一步"), node.start):
        back = False
    own = _with_bare_title(setting, node)
    roles = [place for span in own for place in read_roles(setting.folded, *span)]
    heads = tuple(
        r for r in roles if node.title[1] and r.start <= node.title[1] + 1 and node.children
    )
    duties = [duty for span in own for duty in _of_span(setting, span, number, roles, back)]
    duties = _with_kinds_of(setting, duties, heading)
    if _is_record(setting, node, roles) and not any(duty.actionable for duty in duties):
        duties = [_filled(setting, Draft(*node.title, task=True), number)]
    for child in node.children:
        duties += _of_node(setting, child, number, heads or inherited, back)
    rest = [place for place in roles if place not in heads]
    return _with_roles(setting, duties, rest, inherited if not node.children else (), bool(roles))


def _of_heading_year(setting: Setting, node: Node) -> Setting:
    """A block such as “三、2025年工作打算” has its own year."""
    years = set(re.findall(r"20\d\d(?=年)", setting.folded[slice(*node.title)]))
    return replace(setting, year=int(years.pop())) if len(years) == 1 else setting


def _of_heading_time(setting: Setting, node: Node) -> Setting:
    """A heading that is a month or ends with a stage's time dates the tasks below it."""
    time = stage_time(setting.folded[slice(*node.title)])
    timing = read_timing(time, setting.year) if time else None
    return replace(setting, until=timing) if timing and timing.period else setting


def _with_bare_title(setting: Setting, node: Node) -> list[Span]:
    """The clause's own text; its heading too, if that is all it has to say."""
    own = [trimmed(setting.folded, *span) for span in node.own_spans()]
    own = [span for span in own if re.search(r"\w", setting.folded[span[0] : span[1]])]
    first, last = node.title
    rest = "".join(setting.folded[a:b] for a, b in own)
    timed = read_timing(setting.folded[first:last], setting.year).period
    only_roles = bool(own) and all(_is_all_roles(setting.folded, span) for span in own)
    if first < last and not node.children and (not rest or only_roles):
        return [(first, node.end)]
    return (
        [(first, last), *own]
        if first < last and timed in ("month", "quarter", "half", "year") and own
        else own
    )


def _with_kinds_of(setting: Setting, duties: list[Duty], heading: str) -> list[Duty]:
    """Under the bare name of one activity (支委会。每月月初召开……) what recurs is that activity."""
    kinds = tuple(code for code, names in setting.kinds.items() if heading in names)
    if len(kinds) != 1:
        return duties
    return [
        replace(duty, kinds=kinds) if duty.period in _RECURRING and not duty.kinds else duty
        for duty in duties
    ]


def _is_record(setting: Setting, node: Node, roles: list[Roles]) -> bool:
    """A heading over nothing but keys, a time among them, is a task like the row of a table."""
    own = [trimmed(setting.folded, *span) for span in node.own_spans()]
    own = [span for span in own if span[0] < span[1]]
    dated = any(place.when for place in roles)
    return dated and not node.children and all(_is_all_roles(setting.folded, s) for s in own)


def _is_all_roles(folded: str, span: Span) -> bool:
    places = read_roles(folded, *span)
    covered = sum(place.end - place.start for place in places)
    return covered >= span[1] - span[0] - 2


# -- sentences


def _of_span(
    setting: Setting, span: Span, number: str, roles: list[Roles], back: bool
) -> list[Duty]:
    drafts: list[Draft] = []
    for start, end in _outside(span, roles):
        for sentence in sentence_spans(setting.masked, start, end):
            sentence = without_edges(setting.folded, sentence)
            if header_columns(setting.folded[slice(*sentence)]):
                continue
            if re.search(r"[\u4e00-\u9fff]{2}", setting.folded[slice(*sentence)]):
                opening = not number and is_preamble(setting.folded[slice(*sentence)])
                drafts = extended(setting, drafts, cut_sentence(setting, sentence, back or opening))
    return [_filled(setting, draft, number) for draft in drafts]


def _outside(span: Span, roles: list[Roles]) -> list[Span]:
    """The parts of `span` that are not taken up by responsible units."""
    parts, at = [], span[0]
    for place in roles:
        if span[0] <= place.start < span[1]:
            parts.append((at, place.start))
            at = max(at, place.end)
    return [*parts, (at, span[1])] if at < span[1] else parts


# -- fields


def _filled(setting: Setting, draft: Draft, number: str) -> Duty:
    wording = setting.folded[draft.start : draft.end]
    duty = Duty(
        clause=number,
        text=setting.text[draft.start : draft.end],
        start=draft.start,
        end=draft.end,
        actionable=draft.task,
        kinds=find_kinds(without_roles(wording), setting.kinds),
        references=_references(setting.text[draft.start : draft.end], wording),
    )
    if not draft.task:
        return replace(duty, kinds=(), confidence=0.8)
    timing = _timing(setting, draft, wording)
    lead, support = roles_in_sentence(wording)
    duty = replace(
        duty,
        actors=find_actors(wording),
        lead_units=lead,
        support_units=support,
        period=timing.period,
        minimum=timing.minimum,
        due=timing.due,
        due_day=timing.due_day,
        due_note=_due_note(setting, draft.start, draft.end, timing),
        quantity=timing.quantity,
        unit=timing.unit,
        ratio=_ratio(wording),
    )
    return replace(duty, confidence=_confidence(duty))


def _timing(setting: Setting, draft: Draft, wording: str) -> Timing:
    """The task's own time; failing that, the one its sentence leads with (“6月底前,……”)."""
    timing = read_timing(wording, setting.year)
    if timing.period is None and draft.lead_in:
        led = read_timing(draft.lead_in, setting.year)
        timing = replace(timing, period=led.period, due=led.due)
        if timing.minimum is None:
            timing = replace(timing, minimum=led.minimum)
    above = setting.until
    if above and (
        timing.period is None
        or (above.due and timing.period == "each" and _ONE_EACH.search(wording))
    ):
        minimum = timing.minimum or above.minimum
        timing = replace(timing, period=above.period, due=above.due, minimum=minimum)
    return timing


def _due_note(setting: Setting, start: int, end: int, timing: Timing) -> str:
    """A deadline counted from an event, as printed, where no date or day is stated."""
    found = relative_deadline(setting.folded[start:end])
    if timing.due or timing.due_day or found is None:
        return ""
    return setting.text[start + found[0] : start + found[1]]


def _ratio(wording: str) -> float | None:
    for start, end, value in find_ratios(wording):
        before, near = wording[max(0, start - 20) : start], wording[max(0, start - 12) : end + 4]
        if not _CEILING.search(before) and _COVERING.search(near):
            return value
    return 1.0 if _COVERAGE.search(wording) else None


def _references(text: str, wording: str) -> tuple[str, ...]:
    found = [text[m.start() : m.end()] for m in _REFERENCE.finditer(wording)]
    return tuple(dict.fromkeys(found))


def _confidence(duty: Duty) -> float:
    """More stated facts, more confidence: an order for the reviewer, not a probability."""
    facts = [duty.period or duty.due, duty.kinds, duty.lead_units, duty.minimum or duty.ratio]
    return round(min(0.95, 0.55 + 0.1 * sum(bool(fact) for fact in facts)), 2)


def _with_roles(
    setting: Setting,
    duties: list[Duty],
    roles: list[Roles],
    inherited: tuple[Roles, ...],
    own: bool,
) -> list[Duty]:
    """Give each place that names units to the tasks before it, as far as they have none yet."""
    done = list(duties)
    order = deque(sorted(range(len(done)), key=lambda i: done[i].start))
    for place in roles:
        while order and done[order[0]].start < place.start:
            i = order.popleft()
            if done[i].actionable:
                done[i] = _with_place(setting, done[i], place)
    if not own:
        for place in inherited:
            done = [_with_place(setting, duty, place) if duty.actionable else duty for duty in done]
    return done


def _with_place(setting: Setting, duty: Duty, place: Roles) -> Duty:
    if not duty.lead_units and place.lead_units:
        duty = replace(duty, lead_units=place.lead_units)
    if not duty.support_units:
        duty = replace(duty, support_units=place.support_units)
    if not duty.actors:
        duty = replace(duty, actors=place.persons)
    if place.when is not None:
        duty = _with_time(setting, duty, *place.when)
    return replace(duty, confidence=_confidence(duty))


def _with_time(setting: Setting, duty: Duty, start: int, end: int) -> Duty:
    """Fill in what a column or key of time limits says and the wording left open."""
    timing = read_timing(setting.folded[start:end], setting.year)
    yearly = timing.period == "ongoing" and "全年" in setting.folded[start:end]
    if timing.period == "ongoing" and duty.period is None and duty.minimum:
        timing = replace(timing, period="year")
    elif timing.period == "once" and duty.period == "each" and _ONE_EACH.search(duty.text):
        duty = replace(duty, period="once", due=timing.due)
    elif yearly and duty.period == "each" and duty.quantity and _ONE_EACH.search(duty.text):
        duty = replace(duty, period="year", minimum=int(duty.quantity))
    if duty.period is None or (duty.period == "ongoing" and timing.due):
        duty = replace(duty, period=timing.period, due=timing.due)
    elif duty.due is None and timing.due and duty.period in ("once", "year"):
        duty = replace(duty, due=timing.due)
    if duty.minimum is None:
        duty = replace(duty, minimum=timing.minimum)
    return replace(
        duty,
        due_day=duty.due_day or timing.due_day,
        due_note=duty.due_note or _due_note(setting, start, end, timing),
    )


# -- rows of tables


def _of_row(setting: Setting, node: Node, number: str) -> list[Duty]:
    """A row of a task table: its wording is a task, whatever its verbs."""
    cells = node.cells
    wording = cells.get(Column.DETAIL) or cells.get(Column.TASK) or cells.get(Column.GROUP)
    if wording is None:
        return []
    spans = sentence_spans(setting.masked, wording.start, wording.end)
    drafts: list[Draft] = []
    for span in spans:
        drafts = extended(setting, drafts, cut_sentence(setting, span, back=False))
    if drafts and not any(draft.task for draft in drafts):
        drafts = [Draft(drafts[0].start, drafts[-1].end, task=True)]
    duties = [_filled(setting, draft, number) for draft in drafts]
    return [_with_cells(setting, duty, node) if duty.actionable else duty for duty in duties]


def _with_cells(setting: Setting, duty: Duty, node: Node) -> Duty:
    def units(column: Column) -> tuple[str, ...]:
        cell = node.cells.get(column)
        return split_units(setting.folded[cell.start : cell.end]) if cell else ()

    place = Roles(
        0,
        0,
        units(Column.LEAD),
        units(Column.RESPONSIBLE),
        units(Column.SUPPORT),
        units(Column.PERSON),
    )
    duty = _with_place(setting, duty, place)
    for column in (Column.PERIOD, Column.DUE):
        cell = node.cells.get(column)
        if cell:
            duty = _with_time(setting, duty, cell.start, cell.end)
    if not duty.kinds and Column.TASK in node.cells:
        cell = node.cells[Column.TASK]
        duty = replace(duty, kinds=find_kinds(setting.folded[cell.start : cell.end], setting.kinds))
    return replace(duty, confidence=_confidence(duty))


def setting_of(text: str, folded: str, title: str, *, year: int | None, kinds: Kinds) -> Setting:
    """Prepare the reading of one document."""
    return Setting(text, folded, hide_all(folded), year, kinds, is_looking_back(title, folded))
