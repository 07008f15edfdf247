"""What became of a record: each change as a few lines of before and after."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from bihuan.accounts.models import User
from bihuan.activities.choices import AbsenceReason, Presence
from bihuan.activities.models import Activity, Kind
from bihuan.lib.dates import chinese_day
from bihuan.orgs.models import Org, Person

NOTHING = "\u2014"


@dataclass(frozen=True)
class Line:
    """One field before and after a change, in words."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Change:
    """One change of a record: who, when, and the fields that are no longer as they were."""

    version: int
    who: User
    at: dt.datetime
    lines: list[Line]


@dataclass
class _Names:
    """Names for the keys that stand in stored versions, read once for all of them."""

    kinds: dict[str, str]
    people: dict[int, str]
    orgs: dict[int, str]

    def person(self, pk: int | None) -> str:
        return self.people.get(pk or 0, "") or (f"#{pk}" if pk else "")


def history_of(activity: Activity) -> list[Change]:
    """The changes of `activity`, newest first; empty if there was none."""
    versions = list(activity.versions.select_related("replaced_by").order_by("version"))
    if not versions:
        return []
    stood = [version.content for version in versions]
    stood.append(content_of(activity))
    names = _names_in(stood)
    told = [list(_in_words(content, names)) for content in stood]
    changes = [
        Change(
            version.version + 1, version.replaced_by, version.replaced_at,
            [
                Line(label, before or NOTHING, after or NOTHING)
                for (label, before), (_label, after) in zip(told[at], told[at + 1], strict=True)
                if before != after
            ],
        )
        for at, version in enumerate(versions)
    ]  # fmt: skip
    return changes[::-1]


def content_of(activity: Activity) -> dict[str, Any]:
    """The record with all its rows as JSON, as the history keeps it."""
    day = activity.counts_for_date
    return {
        "kinds": [kind.code for kind in activity.kinds.order_by("order", "pk")],
        "held_date": activity.held_date.isoformat(),
        "title": activity.title,
        "start_time": activity.start_time.isoformat("minutes") if activity.start_time else "",
        "end_time": activity.end_time.isoformat("minutes") if activity.end_time else "",
        "place": activity.place,
        "chair": activity.chair_id,
        "speakers": list(activity.speakers.order_by("pk").values_list("pk", flat=True)),
        "co_hosts": list(activity.co_hosts.order_by("pk").values_list("pk", flat=True)),
        "summary": activity.summary,
        "counts_for_date": day.isoformat() if day else "",
        "absences": list(
            activity.attendance.order_by("pk").values(
                "person", "visitor_name", "presence", "reason", "note"
            )
        ),
        "decisions": [
            [each.text, each.owner_id, each.due_date.isoformat() if each.due_date else ""]
            for each in activity.decisions.order_by("order")
        ],
        "files": [[each.name, each.sha256] for each in activity.files.standing()],
        "present": activity.present,
        "expected": activity.expected,
    }


def _names_in(contents: list[dict[str, Any]]) -> _Names:
    people = {pk for content in contents for pk in _people_in(content) if pk}
    orgs = {pk for content in contents for pk in content["co_hosts"]}
    return _Names(
        {kind.code: kind.label for kind in Kind.objects.all()},
        dict(Person.objects.filter(pk__in=people).values_list("pk", "name")),
        dict(Org.objects.filter(pk__in=orgs).values_list("pk", "name")),
    )


def _people_in(content: dict[str, Any]) -> Iterator[int | None]:
    yield content["chair"]
    yield from content["speakers"]
    yield from (each["person"] for each in content["absences"])
    yield from (owner for _text, owner, _day in content["decisions"])


def _in_words(content: dict[str, Any], names: _Names) -> Iterator[tuple[str, str]]:
    """Every field with its label, the same ones in the same order for each version."""
    rows = content["absences"]
    yield _("类型"), _listed(names.kinds.get(code, code) for code in content["kinds"])
    yield _("日期"), _day(content["held_date"])
    yield _("主题"), content["title"]
    yield _("开始"), content["start_time"]
    yield _("结束"), content["end_time"]
    yield _("地点"), content["place"]
    yield _("主持人"), names.person(content["chair"])
    yield _("主讲人"), _listed(names.person(pk) for pk in content["speakers"])
    yield _("联合举办"), _listed(names.orgs.get(pk, "") for pk in content["co_hosts"])
    yield _("一句话纪要"), content["summary"]
    yield _("补的是哪一期"), _day(content["counts_for_date"])
    yield _("到会"), f"{content['present']}/{content['expected']}"
    yield _("缺席"), _listed(_absence(row, names) for row in rows if row["reason"])
    yield _("列席"), _listed(row["visitor_name"] for row in rows if row["person"] is None)
    took_part = [row for row in rows if row.get("presence") == Presence.TOOK_PART]
    yield _("参加"), _listed(names.person(row["person"]) for row in took_part)
    yield _("议定事项"), "\n".join(_decision(each, names) for each in content["decisions"])
    yield _("附件"), _listed(name for name, _sha256 in content.get("files", []))


def _listed(words: Any) -> str:
    return "\u3001".join(str(word) for word in words)


def _day(text: str) -> str:
    return chinese_day(dt.date.fromisoformat(text)) if text else ""


def _absence(row: dict[str, Any], names: _Names) -> str:
    reason = AbsenceReason(row["reason"]).label
    return f"{names.person(row['person'])}\uff08{row['note'] or reason}\uff09"


def _decision(row: list[Any], names: _Names) -> str:
    text, owner, day = row
    more = _listed(word for word in (names.person(owner), _day(day)) if word)
    return f"{text}\uff08{more}\uff09" if more else str(text)
