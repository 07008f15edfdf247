"""Cutting sentences: which phrases are a task of their own and which belong to the one before.

A draft is a proposal before its fields are read. Conditions before a task, limits after it and
what becomes of its result are part of it; see `wording` for what a phrase does by itself.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from bihuan.reading.actors import find_actors
from bihuan.reading.kinds import Kinds, find_kinds
from bihuan.reading.sentences import Span, hide_brackets, phrase_spans, trimmed
from bihuan.reading.times import is_time, without_times
from bihuan.reading.timing import Timing, read_timing
from bihuan.reading.units import without_roles
from bihuan.reading.wording import (
    Phrase,
    has_deed,
    is_bare_deed,
    is_case,
    is_formal,
    is_lead_in,
    is_of_last_year,
    weigh,
)

_AIM = re.compile(r"[^,。;]{4,24}(?:(?:率|面)[^,。;]{0,6}\d+%|全覆盖)")
"""A share to be reached by a body of people named with it: 青年干部教育覆盖率100%."""
_LABEL = re.compile(r"(?:整改|工作|具体|主要|推进|落实|活动)?(?:措施|举措|任务|内容|做法|目标)[:]")
_RHYTHMS = ("month", "quarter", "half")
_LONGEST_TASK = 800
"""No task grows beyond this by the sentences that limit it."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What holds for the whole document while its sentences are read."""

    text: str
    folded: str
    masked: str
    year: int | None
    kinds: Kinds
    looking_back: bool
    until: Timing | None = None
    """The month, stage or rhythm that a heading above names."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A proposal before its fields: span, whether a task, and the time its sentence leads with."""

    start: int
    end: int
    task: bool
    lead_in: str = ""


def without_edges(folded: str, span: Span) -> Span:
    """The span without marks and a label (整改措施:) at its edges."""
    start, end = span
    while start < end and folded[start] in "。;,:、 \n":
        start += 1
    label = _LABEL.match(folded, start, end)
    if label:
        start = label.end()
    return trimmed(folded, start, end)


def extended(setting: Setting, drafts: list[Draft], new: list[Draft]) -> list[Draft]:
    """A sentence that only limits the task before it (“每年不少于2次。”) joins that task."""
    if (
        drafts
        and len(new) == 1
        and drafts[-1].task
        and new[0].end - drafts[-1].start <= _LONGEST_TASK
    ):
        wording = setting.folded[new[0].start : new[0].end]
        if is_time(wording):
            return [*drafts[:-1], replace(drafts[-1], end=new[0].end)]
        if (
            weigh(wording, named=False, timed=False) is Phrase.LIMIT
            and len(wording) < 40
            and not wording.startswith("按照")
            and not find_kinds(wording, setting.kinds)
        ):
            return [*drafts[:-1], replace(drafts[-1], end=new[0].end)]
    return drafts + new


def cut_sentence(setting: Setting, sentence: Span, back: bool) -> list[Draft]:
    """The drafts of one sentence, at least one; `back`: it tells of the past.

    A sentence without a task is one draft that is none.
    """
    wording = setting.folded[slice(*sentence)]
    if back or is_formal(hide_brackets(wording)) or is_case(wording) or is_of_last_year(wording):
        return [Draft(*sentence, task=False)]
    found: list[Draft] = []
    pending: int | None = None
    lead_in = ""
    for start, end in phrase_spans(setting.masked, *sentence):
        role = _role_at_edge(setting, sentence, (start, end)) or _role(setting, start, end)
        if role is Phrase.CONDITION:
            pending = start if pending is None else pending
            if not found:
                lead_in += setting.folded[start:end]
        elif found and _joins(setting, found, role, start, end):
            found[-1] = replace(found[-1], end=end)
            pending = None
        elif role is Phrase.TASK or (
            role is Phrase.LIMIT and (found or _opens_with_deed(setting, pending, start, end))
        ):
            found.append(Draft(start if pending is None else pending, end, True, lead_in))
            pending = None
        elif role in (Phrase.LIMIT, Phrase.FOLLOW_UP):
            pending = start if pending is None else pending
        else:
            pending = None
    if not found:
        return [Draft(*sentence, task=_is_follow_up(setting, sentence))]
    if pending is not None and is_time(without_roles(f",{setting.folded[pending : sentence[1]]}")):
        found[-1] = replace(found[-1], end=sentence[1])
    return [replace(draft, end=_end_without_comma(setting.folded, draft)) for draft in found]


def _role_at_edge(setting: Setting, sentence: Span, phrase: Span) -> Phrase | None:
    """A phrase that is a time leads the sentence or closes it; elsewhere the words decide."""
    edge = (phrase[0] == sentence[0]) is not (phrase[1] == sentence[1])
    return Phrase.CONDITION if edge and is_time(setting.folded[slice(*phrase)]) else None


def _opens_with_deed(setting: Setting, pending: int | None, start: int, end: int) -> bool:
    """“督察内务每周不少于1次,结果……”: a limit with a verb that opens the sentence is its task."""
    aim = _AIM.match(setting.folded, start, end) is not None
    return aim or (pending is None and has_deed(setting.folded[start : min(end, start + 2)]))


def _joins(setting: Setting, found: list[Draft], role: Phrase, start: int, end: int) -> bool:
    """Whether the phrase belongs to the task before it instead of being one."""
    if _is_bare_rhythm(setting, found[-1], start, end):
        return True
    if role is Phrase.TASK:
        by_whom = found[-1].end == start and setting.folded.startswith("由", start)
        return by_whom or _is_led_in(setting, found, start, end)
    own = role is Phrase.LIMIT and (
        _has_own_rhythm(setting, found[-1], start, end)
        or (
            _AIM.match(setting.folded, start, end)
            and _AIM.match(setting.folded, found[-1].start, found[-1].end)
        )
    )
    return role in (Phrase.LIMIT, Phrase.FOLLOW_UP) and not own


def _is_bare_rhythm(setting: Setting, before: Draft, start: int, end: int) -> bool:
    """“……监测点30个,每两个月汇总一次”: a rhythm with a bare verb says how often, not what."""
    phrase = setting.folded[start:end].strip(",。; ")
    if not is_bare_deed(without_times(phrase)) or find_kinds(phrase, setting.kinds):
        return False
    recurs = ("month", "quarter", "half", "year")
    period = read_timing(phrase, setting.year).period
    earlier = setting.folded[before.start : before.end].rstrip(",")
    if period == "once":
        begun = earlier.endswith(("启动", "开始"))
        return begun or read_timing(earlier, setting.year).period is None
    if period not in recurs:
        return False
    return read_timing(earlier, setting.year).period not in recurs


def _has_own_rhythm(setting: Setting, before: Draft, start: int, end: int) -> bool:
    """“每月调度1次,每季度通报1次”: a verb and a recurrence of its own make a task."""
    phrase = setting.folded[start:end]
    own = read_timing(phrase, setting.year).period
    other = read_timing(setting.folded[before.start : before.end], setting.year).period
    return (
        own in _RHYTHMS
        and other in _RHYTHMS
        and own != other
        and has_deed(phrase.partition("不少于")[0])
    )


def _is_led_in(setting: Setting, found: list[Draft], start: int, end: int) -> bool:
    """Whether the task at `start` spells out the short phrase just before it."""
    if len(found) != 1 or found[0].end != start:
        return False
    before = setting.folded[found[0].start : found[0].end]
    dated = read_timing(setting.folded[start:end], setting.year).period is not None
    return is_lead_in(before) and dated and read_timing(before, setting.year).period is None


def _is_follow_up(setting: Setting, sentence: Span) -> bool:
    """A sentence of its own such as “将总结报送机关党委。” is a task after all."""
    roles = [_role(setting, *span) for span in phrase_spans(setting.masked, *sentence)]
    wording = setting.folded[slice(*sentence)]
    asks = re.search(
        r"报|提交|备案|反馈|形成(?![^,。]{0,20}(?:局面|合力|氛围|格局|态势|风气))|建立|部署|传达|听取|(?:纳入|记入).*(?:考核|清单|计划|述职)",
        wording,
    )
    if roles[-1] is Phrase.CONDITION:
        return has_deed(wording)
    return Phrase.LIMIT in roles or (Phrase.FOLLOW_UP in roles and asks is not None)


def _end_without_comma(folded: str, draft: Draft) -> int:
    return draft.end - 1 if folded[draft.end - 1] == "," else draft.end


def _role(setting: Setting, start: int, end: int) -> Phrase:
    phrase = setting.folded[start:end]
    if not without_roles(f",{phrase}").strip(",。; "):
        return Phrase.LIMIT
    timing = read_timing(phrase, setting.year or 2001)
    timed = timing.period not in (None, "ongoing") or bool(timing.minimum or timing.quantity)
    role = weigh(phrase, named=bool(find_kinds(phrase, setting.kinds)), timed=timed)
    addressed = role is Phrase.LIMIT and find_actors(phrase)
    return Phrase.TASK if addressed else role
