"""What the ledger is computed from, read in bulk, and its own rows.

Plain SQL: reading a hundred thousand rows through the ORM takes longer than the whole
computation.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Collection, Iterable, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from django.db import connection

from bihuan.duties.models import Duty, Exemption
from bihuan.ledger.models import Book, Signature, Subject
from bihuan.ledger.rules.codec import Ints, Layout
from bihuan.ledger.rules.owed import Spans
from bihuan.ledger.rules.terms import (
    FAR,
    Conditions,
    DueRule,
    LineKey,
    PostSpan,
    Quorum,
    Rule,
    Scope,
    Waiver,
)
from bihuan.orgs.models import Appointment

Progress = Callable[[str, int, int], None] | None
"""Told (what is being done, how much is done, of how much)."""

_DAY = {
    "sqlite": "CAST(julianday({0}) - 1721424.5 AS INTEGER)",
    "postgresql": "({0} - DATE '0001-01-01' + 1)",
}
YEAR_KEY = 1 << 40


def row_key(year: int, number: int) -> int:
    """The key of a row or roll-up: the year above 40 bits for the subject or organisation."""
    return year * YEAR_KEY + number


def completion_kind(lineage: str) -> str:
    """The kind under which a completion of this duty counts; no record has it."""
    return f"completion:{lineage}"


def rule_of(duty: Duty) -> Rule:
    """A duty as the ledger's rules see it."""
    scope, asked = duty.scope, duty.conditions
    quorum = asked.get("quorum")
    return Rule(
        id=duty.pk,
        kinds=frozenset(duty.kinds or [completion_kind(duty.lineage)]),
        period=duty.period.lower(),
        minimum=duty.minimum,
        conditions=Conditions(
            frozenset(asked.get("chair_posts") or ()),
            frozenset(asked.get("speaker_posts") or ()),
            frozenset(asked.get("present_posts") or ()),
            Quorum(quorum["numerator"], quorum["denominator"], quorum.get("strict", True))
            if quorum
            else None,
        ),
        scope=Scope(
            frozenset(scope.get("kinds") or ()),
            scope.get("min_members"),
            scope.get("max_members"),
            scope.get("groups"),
            frozenset(scope.get("tags") or ()),
            frozenset(scope["orgs"]) if scope.get("orgs") is not None else None,
            frozenset(scope["under"]) if scope.get("under") is not None else None,
        ),
        posts=frozenset(duty.posts),
        role=duty.part.lower(),
        due=due_rule(duty.due),
        grace_days=duty.grace_days,
        valid_from=duty.valid_from_date,
        valid_to=duty.valid_to_date,
        trigger_kinds=frozenset(duty.trigger_kinds),
        partial="half" if duty.partial == "HALF" else "count",
    )


def due_rule(told: str) -> DueRule:
    """ "end", "day:25", "minus:5" or "date:2026-07-01" as a due rule."""
    form, _colon, value = told.partition(":")
    if form == "day":
        return DueRule("day", int(value))
    if form == "minus":
        return DueRule("offset", -int(value))
    if form == "date":
        return DueRule("date", 0, dt.date.fromisoformat(value))
    return DueRule()


def rules_of(year: int) -> list[Rule]:
    """The rules that bind on any day of `year`."""
    duties = Duty.objects.binding_in(year).order_by("pk")
    return [
        rule_of(duty)
        for duty in duties
        if not (duty.period == "ONCE" and duty.due.partition(":")[0] not in ("date", "end"))
    ]


def waivers_of(year: int) -> list[Waiver]:
    """The exemptions that touch `year`, one for each duty of their lineage."""
    lineages: dict[str, list[int]] = {}
    for pk, lineage in Duty.objects.binding_in(year).values_list("pk", "lineage"):
        lineages.setdefault(lineage, []).append(pk)
    found = Exemption.objects.filter(
        withdrawn_at=None,
        since_date__lte=dt.date(year, 12, 31),
        until_date__gte=dt.date(year, 1, 1),
    )
    return [
        Waiver(each.org_id, rule, each.since_date, each.until_date, each.subtree)
        for each in found
        for rule in (lineages.get(each.lineage, []) if each.lineage else [None])
    ]


def spans_of(org_ids: Iterable[int] | None = None) -> Spans:
    """The dated facts of these organisations, or of all."""
    day = _DAY[connection.vendor]
    sql = (
        f"SELECT org_id, {day.format('since_date')}, COALESCE({day.format('until_date')}, {FAR}),"
        " COALESCE(parent_id, 0), kind, full_members, groups, CAST(tags AS text)"
        " FROM orgs_orgspan"
    )
    rows = []
    for where in _in_parts("org_id", org_ids):
        rows += _all(f"{sql} WHERE {where}")
    rows.sort()
    columns: list[Any] = list(zip(*rows, strict=True)) if rows else [()] * 8
    kinds, tag_texts = sorted(set(columns[4])), sorted(set(columns[7]))
    kind_number = {kind: number for number, kind in enumerate(kinds)}
    tag_number = {text: number for number, text in enumerate(tag_texts)}
    return Spans(
        org=np.array(columns[0], np.int32),
        since=np.array(columns[1], np.int32),
        until=np.array(columns[2], np.int32),
        parent=np.array(columns[3], np.int32),
        kind=np.array([kind_number[kind] for kind in columns[4]], np.int32),
        members=np.array(columns[5], np.int32),
        groups=np.array(columns[6], np.int32),
        tags=np.array([tag_number[text] for text in columns[7]], np.int32),
        kinds=kinds,
        tag_sets=[frozenset(json.loads(text)) for text in tag_texts],
    )


def parents_of(org_ids: Iterable[int] | None = None) -> list[tuple[int, int, int]]:
    """(organisation, first day after, parent or 0) in the order of time, span by span.

    Of these organisations, or of all that had several parents.
    """
    day = _DAY[connection.vendor]
    several = (
        "org_id IN (SELECT org_id FROM orgs_orgspan GROUP BY org_id"
        " HAVING MIN(COALESCE(parent_id, 0)) < MAX(COALESCE(parent_id, 0)))"
    )
    sql = (
        f"SELECT org_id, {day.format('since_date')}, COALESCE({day.format('until_date')}, {FAR}),"
        " COALESCE(parent_id, 0) FROM orgs_orgspan"
    )
    parts = [several] if org_ids is None else _in_parts("org_id", org_ids)
    rows = sorted(row for where in parts for row in _all(f"{sql} WHERE {where}"))
    return [(org, until, parent) for org, _since, until, parent in rows]


def posts_of(org_ids: Iterable[int] | None = None) -> list[PostSpan]:
    """Who held posts when, in these organisations or in all."""
    found = Appointment.objects.all()
    if org_ids is not None:
        found = found.filter(org__in=list(org_ids))
    rows = found.values_list("org_id", "post", "since_date", "until_date")
    return [PostSpan(*row) for row in rows]


def subjects_of(org_ids: Iterable[int] | None = None) -> list[tuple[int, int, str, str]]:
    """(key, organisation, post, path) of all subjects, or of those of some organisations."""
    found = []
    for where in _in_parts("org_id", org_ids):
        found += _all(f"SELECT id, org_id, post, path FROM ledger_subject WHERE {where}")
    return sorted(found)


def signatures(numbers: Collection[int] | None = None) -> dict[int, str]:
    """The key texts of these signatures, or of all, by number."""
    found = Signature.objects.all() if numbers is None else Signature.objects.filter(pk__in=numbers)
    return dict(found.values_list("pk", "key"))


@lru_cache(maxsize=32)
def _layout(year: int, lines: str) -> Layout:
    return Layout(year, [LineKey.from_dict(line) for line in json.loads(lines)])


def layout_of(book: Book) -> Layout:
    """The slots of a book. Equal books share one, with what it has worked out already."""
    return _layout(book.year, json.dumps(book.lines))


def evidence_of(
    year: int, subject_ids: Sequence[int], signature_ids: Sequence[int] | None = None
) -> Ints:
    """Evidence of these subjects (and signatures) as [record, 6].

    The columns are subject, signature, held, counts for, present, entitled.
    """
    columns = "subject_id, signature_id, held, counts_for, present, entitled"
    signed = "1 = 1"
    if signature_ids is not None:
        signed = f"signature_id IN ({','.join(str(int(each)) for each in signature_ids) or '0'})"
    rows = []
    none = signature_ids is not None and not signature_ids
    for where in [] if none else _in_parts("subject_id", subject_ids):
        sql = f"SELECT {columns} FROM ledger_evidence WHERE {where} AND year = {year}"
        rows += _all(f"{sql} AND {signed}")
    return np.array(rows, np.int64).reshape(-1, 6)


def subject_ids_of(org_id: int) -> dict[str, int]:
    """The subjects of an organisation: post code ("" for itself) → key."""
    return dict(Subject.objects.filter(org_id=org_id).values_list("post", "pk"))


def _in_parts(column: str, keys: Iterable[int] | None) -> list[str]:
    """SQL conditions that together pick these keys, each of a bearable length."""
    if keys is None:
        return ["1 = 1"]
    wanted = sorted(set(keys))
    return [
        f"{column} IN ({','.join(str(int(key)) for key in wanted[at : at + 2000])})"
        for at in range(0, len(wanted), 2000)
    ]


def _all(sql: str) -> list[Any]:
    """All rows of a statement without parameters, past Django's wrapper."""
    connection.ensure_connection()
    cursor = connection.connection.cursor()
    try:
        cursor.execute(sql)
        found: list[Any] = cursor.fetchall()
        return found
    finally:
        cursor.close()
