"""What was typed, field by field: kept as typed, opened again, and read into plain values."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator, Mapping
from typing import Any

from django.http import QueryDict  # noqa: TID251 -- what was typed, as Django holds it

from bihuan.activities.choices import AbsenceReason, Presence
from bihuan.activities.models import Activity
from bihuan.activities.queries import Due
from bihuan.activities.rules import LONGEST, Absence
from bihuan.orgs.models import Person

NOT_TYPED = {"csrfmiddlewaretoken", "files", "add-files", "drop-file", "another", "more-rows"}
MULTIPLE = {"kinds", "speakers", "drop-standing"}
LONGEST_TYPED = 20_000
MOST_TYPED = 5_000
MOST_ROWS = 400
# What PostgreSQL cannot store, and half a pair of UTF-16, which nobody can.
UNSTORABLE = re.compile("[\0\ud800-\udfff]")
# A character that was cut in two on its way arrives as the replacement character.
BROKEN = re.compile("[\0\ufffd\ud800-\udfff]")
# Controls that make a line read otherwise than it is stored; joiners of emoji stay.
UNSEEN = re.compile("[\x01-\x08\x0b\x0c\x0e-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


def tidy(text: str) -> str:
    """A text without characters that nobody sees and that turn the line around."""
    return UNSEEN.sub("", text).strip()


def as_typed(posted: QueryDict) -> dict[str, Any]:
    """Everything that was typed, for a draft: lists where a name may come more than once."""
    found: dict[str, Any] = {}
    for name in list(posted)[:MOST_TYPED]:
        if name not in NOT_TYPED and not UNSTORABLE.search(name):
            values = [UNSTORABLE.sub("", each)[:LONGEST_TYPED] for each in posted.getlist(name)]
            found[name] = values if name in MULTIPLE else (values or [""])[-1]
    return found


def from_draft(fields: Mapping[str, Any]) -> QueryDict:
    """A draft as if it were being sent."""
    query = QueryDict(mutable=True)
    for name, value in fields.items():
        query.setlist(name, [str(v) for v in value] if isinstance(value, list) else [str(value)])
    return query


def with_key(typed: QueryDict) -> QueryDict:
    """`typed` with a key of its own where it came without a good one."""
    if key_of(typed) is not None:
        return typed
    fresh = typed.copy()
    fresh["key"] = str(uuid.uuid4())
    return fresh


def key_of(typed: Mapping[str, Any]) -> uuid.UUID | None:
    return as_key(str(typed.get("key", "")))


def as_key(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def values_of(typed: Mapping[str, Any], name: str) -> list[str]:
    """Everything that was sent under `name`."""
    return typed.getlist(name) if isinstance(typed, QueryDict) else [str(typed[name])]


def numbers_of(typed: QueryDict, name: str) -> list[int]:
    """The numbers among the values of `name`."""
    return [number for each in typed.getlist(name) if (number := as_number(each)) is not None]


def as_number(text: str) -> int | None:
    """A key of the database as it stands in a form, else None."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def split_names(text: str) -> list[str]:
    """Names that were typed in one line, in whatever punctuation."""
    for mark in "\uff0c,\uff1b;\r\n\t":
        text = text.replace(mark, "\u3001")
    return [name for each in text.split("\u3001") if (name := tidy(each))]


def absences(due: list[Due], posted: Mapping[str, Any]) -> tuple[Absence, ...]:
    """The people marked absent, each with the word for why; another word counts as none."""
    return tuple(
        Absence(
            each.person.pk,
            reason if (reason := str(posted.get(f"reason-{pk}", ""))) in AbsenceReason else "",
            str(posted.get(f"note-{pk}", ""))[: LONGEST["note"]],
        )
        for each in due
        if posted.get(f"absent-{(pk := each.person.pk)}")
    )


def took_part(people: list[Person], posted: Mapping[str, Any]) -> tuple[int, ...]:
    """Those named as having taken part, where there is no roll."""
    return tuple(person.pk for person in people if posted.get(f"took-{person.pk}"))


def decision_rows(posted: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """The typed rows of decisions: text, owner, day; gaps in the numbering are closed."""
    rows = (
        (
            tidy(str(posted.get(f"decision-{n}", ""))),
            str(posted.get(f"owner-{n}", "")),
            str(posted.get(f"due-{n}", "")),
        )
        for n in sorted(set(_row_numbers(posted)))[:MOST_ROWS]
    )
    return [row for row in rows if any(row)]


def _row_numbers(posted: Mapping[str, Any]) -> Iterator[int]:
    for name in posted:
        head, _dash, tail = name.partition("-")
        number = as_number(tail[:6]) if head in {"decision", "owner", "due"} else None
        if number is not None and len(tail) <= 6:
            yield number


def rows_of(activity: Activity) -> dict[str, Any]:
    """What the rows of a stored record look like as typed fields."""
    typed: dict[str, Any] = {}
    visitors = []
    for each in activity.attendance.order_by("pk"):
        if each.person_id is None:
            visitors.append(each.visitor_name)
        elif each.presence == Presence.ABSENT:
            typed[f"absent-{each.person_id}"] = "1"
            typed[f"reason-{each.person_id}"] = each.reason
            typed[f"note-{each.person_id}"] = each.note
        else:
            typed[f"took-{each.person_id}"] = "1"
    for n, decision in enumerate(activity.decisions.order_by("order"), start=1):
        typed[f"decision-{n}"] = decision.text
        typed[f"owner-{n}"] = str(decision.owner_id or "")
        typed[f"due-{n}"] = decision.due_date.isoformat() if decision.due_date else ""
    typed["visitors"] = "\u3001".join(visitors)
    return typed


def people_in(activity: Activity) -> set[int]:
    """Everybody whom the record names, wherever they belong by now."""
    named = {activity.chair_id, *activity.speakers.values_list("pk", flat=True)}
    named |= set(activity.attendance.values_list("person_id", flat=True))
    named |= set(activity.decisions.values_list("owner_id", flat=True))
    return {pk for pk in named if pk is not None}
