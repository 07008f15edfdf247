"""Decisions about a record on plain values: what is wrong with it, and who was due."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from bihuan.lib.dates import told_day

MAX_DECISIONS = 50
MAX_VISITORS = 100
MAX_FILES = 20
LONGEST = {"title": 120, "place": 80, "summary": 2000, "decision": 500, "visitor": 80, "note": 100}
"""Characters that fit into each text of a record."""
LOOK_BACK_DAYS = 3 * 366


@dataclass(frozen=True)
class Absence:
    """Somebody who was due and did not come, and the word for why."""

    person_id: int
    reason: str
    note: str = ""


@dataclass(frozen=True)
class Resolution:
    """One decision of a meeting."""

    text: str
    owner_id: int | None = None
    due_date: dt.date | None = None


@dataclass(frozen=True)
class Record:
    """A record as somebody wishes it to stand: plain values, checked, not yet stored."""

    org_id: int
    kinds: tuple[str, ...]
    held_date: dt.date
    title: str = ""
    start_time: dt.time | None = None
    end_time: dt.time | None = None
    place: str = ""
    chair_id: int | None = None
    speaker_ids: tuple[int, ...] = ()
    co_host_ids: tuple[int, ...] = ()
    summary: str = ""
    counts_for_date: dt.date | None = None
    absences: tuple[Absence, ...] = ()
    took_part_ids: tuple[int, ...] = ()
    visitors: tuple[str, ...] = ()
    decisions: tuple[Resolution, ...] = field(default=())


@dataclass(frozen=True)
class Fault:
    """Something wrong with one field, in a sentence that says what to do."""

    field: str
    sentence: str


def faults(
    record: Record, *, today: dt.date, founded: dt.date, due_ids: Sequence[int] | None
) -> list[Fault]:
    """Everything that keeps `record` from being filed; empty if nothing does.

    `due_ids` are the people from whom attendance is due, on that day and for those kinds;
    None if these kinds call no roll.
    """
    return [
        *_faults_of_dates(record, today=today, founded=founded),
        *(_faults_of_roll(record, due_ids) if due_ids is not None else []),
        *_faults_of_people(record),
        *_faults_of_decisions(record),
        *_faults_of_texts(record),
    ]


def calls_roll(attendances: Collection[str]) -> bool:
    """Whether kinds with these ranges of attendance have people who are due.

    Where no kind is chosen yet the usual case is assumed.
    """
    return not attendances or set(attendances) != {"NONE"}


def _faults_of_dates(record: Record, *, today: dt.date, founded: dt.date) -> list[Fault]:
    found = []
    if not record.kinds:
        found.append(Fault("kinds", _("请至少选择一种活动类型。")))
    if record.held_date > today:
        found.append(
            Fault(
                "held_date",
                _("日期 %(day)s 还没有到。记录只登记已经开展的活动，请改为实际日期。")
                % {"day": told_day(record.held_date)},
            )
        )
    if record.held_date < founded:
        found.append(
            Fault(
                "held_date",
                _("日期早于本组织成立的日期 %(day)s，请核对。") % {"day": told_day(founded)},
            )
        )
    elif (today - record.held_date).days > LOOK_BACK_DAYS:
        found.append(Fault("held_date", _("日期在三年以前，请核对年份。")))
    if record.start_time and record.end_time and record.end_time < record.start_time:
        found.append(Fault("end_time", _("结束时间早于开始时间，请核对。")))
    if record.counts_for_date and record.counts_for_date >= record.held_date:
        found.append(
            Fault("counts_for_date", _("补办的期次应早于实际开展的日期；如果是按期开展，请留空。"))
        )
    return found


def _faults_of_roll(record: Record, due_ids: Sequence[int]) -> list[Fault]:
    found = []
    due = set(due_ids)
    absent = [absence.person_id for absence in record.absences]
    if not due:
        found.append(
            Fault(
                "held_date",
                _("本组织在这一天没有应到人员。请先在组织人事中登记党员或委员，再来登记这次活动。"),
            )
        )
    if any(not absence.reason for absence in record.absences):
        found.append(Fault("absences", _("请为每位缺席的同志选择原因。")))
    if set(absent) - due and due:
        found.append(Fault("absences", _("缺席名单中有人当天不在应到范围内，请核对日期或名单。")))
    if due and due <= set(absent):
        found.append(Fault("absences", _("应到人员全部缺席，不能登记为一次活动。")))
    if record.chair_id in absent:
        found.append(Fault("chair", _("主持人在缺席名单中，请更换主持人或修改名单。")))
    if set(record.speaker_ids) & set(absent):
        found.append(Fault("speakers", _("主讲人在缺席名单中，请更换主讲人或修改名单。")))
    return found


def _faults_of_people(record: Record) -> list[Fault]:
    found = []
    if len(record.visitors) > MAX_VISITORS:
        found.append(
            Fault("visitors", _("列席人员最多登记 %(most)d 位。") % {"most": MAX_VISITORS})
        )
    return found


def _faults_of_texts(record: Record) -> list[Fault]:
    """Texts that are too long: nothing is cut off in silence."""
    texts = [(name, LONGEST[name], getattr(record, name)) for name in ("title", "place", "summary")]
    texts += [("visitors", LONGEST["visitor"], name) for name in record.visitors]
    texts += [("absences", LONGEST["note"], absence.note) for absence in record.absences]
    found = [
        Fault(
            name,
            _("最多 %(most)d 个字，现有 %(count)d 个字：“%(start)s……”。请缩短。")
            % {"most": most, "count": len(text), "start": text[:12]},
        )
        for name, most, text in texts
        if len(text) > most
    ]
    most = LONGEST["decision"]
    found += [
        Fault(
            "decisions",
            _("第 %(row)d 条议定事项有 %(count)d 个字，最多 %(most)d 个字。请缩短或拆成几条。")
            % {"row": row, "count": len(decision.text), "most": most},
        )
        for row, decision in enumerate(record.decisions, start=1)
        if len(decision.text) > most
    ]
    return found


def _faults_of_decisions(record: Record) -> list[Fault]:
    if len(record.decisions) > MAX_DECISIONS:
        return [
            Fault(
                "decisions",
                _("一次会议最多登记 %(most)d 条议定事项，现有 %(count)d 条。请合并或分次登记。")
                % {"most": MAX_DECISIONS, "count": len(record.decisions)},
            )
        ]
    return [
        Fault("decisions", _("第 %(row)d 条议定事项的期限早于会议日期。") % {"row": row})
        for row, decision in enumerate(record.decisions, start=1)
        if decision.due_date and decision.due_date < record.held_date
    ]
