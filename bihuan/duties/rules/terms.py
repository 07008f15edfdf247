"""What a reviewer typed about a proposal, and the terms of a duty that follow from it.

A proposal keeps what was typed exactly as typed, right or wrong (`fields`). `read_terms`
turns it into `Terms` or says field by field what is missing. Nothing is filled in that the
document leaves open: an open frequency is asked, at most with a suggestion beside it.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from bihuan.activities.choices import Part
from bihuan.duties.choices import Period
from bihuan.duties.rules.spans import MONTHS, moved_from
from bihuan.orgs.choices import OrgKind, Post

TEXT_FIELDS = (
    "title", "period", "minimum", "due_date", "due_day", "part", "lead_units", "support_units",
    "quantity", "ratio", "minutes",
)  # fmt: skip
LIST_FIELDS = ("kinds", "scope_kinds", "posts")
LENGTHS = {"title": 200, "lead_units": 200, "support_units": 200, "quantity": 40, "ratio": 20}

_ACTORS: tuple[tuple[str, tuple[OrgKind, ...]], ...] = (
    ("党小组", (OrgKind.GROUP,)),
    ("党支部", (OrgKind.BRANCH,)),
    ("支部", (OrgKind.BRANCH,)),
    ("党总支", (OrgKind.GENERAL_BRANCH,)),
    ("机关党委", (OrgKind.AGENCY_COMMITTEE,)),
    ("机关纪委", (OrgKind.DISCIPLINE_COMMITTEE,)),
    ("党组", (OrgKind.LEADING_GROUP,)),
    ("中心组", (OrgKind.LEADING_GROUP,)),
    ("工委", (OrgKind.COMMITTEE,)),
    ("单位", (OrgKind.UNIT,)),
    ("部门", (OrgKind.UNIT,)),
)
_ALL_ORGANISATIONS = re.compile(r"(机关|基层)党组织")
"""机关基层党组织: 机关党委, 党总支 and 党支部 (机关基层组织条例 arts. 5–7)."""

SURE = 0.75
"""From this confidence on a proposal that states all it needs may be adopted with others."""

_EDGES = " ,;。、\uff0c\uff1b"
"""Characters that a title neither begins nor ends with."""


@dataclass(frozen=True)
class Terms:
    """What an accepted proposal asks for. `due_day` is the day of a period's last month."""

    title: str
    period: str
    minimum: int
    due_date: dt.date | None
    due_day: int | None
    kinds: tuple[str, ...]
    scope_kinds: tuple[str, ...]
    posts: tuple[str, ...]
    part: str
    lead_units: str
    support_units: str
    quantity: str
    ratio: str
    minutes: int

    def due(self, *, from_year: int | None, to_year: int) -> str:
        """The due rule as a duty stores it, with its date carried to the year `to_year`."""
        if self.due_day is not None:
            return f"day:{self.due_day}"
        if self.due_date is None:
            return "end"
        day = moved_from(self.due_date, from_year=from_year, to_year=to_year)
        if self.period == Period.ONCE:
            return f"date:{day.isoformat()}"
        return f"minus:{max(0, (dt.date(to_year, 12, 31) - day).days)}"


def fields_of(reading: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a proposal as the reading states them; what it leaves open is empty."""
    period = str(reading.get("period") or "").upper()
    period = period if period in Period.values else ""
    minimum = reading.get("minimum")
    return {
        "title": _title(str(reading.get("text") or "")),
        "period": period,
        "minimum": str(minimum) if minimum else "",
        "due_date": str(reading.get("due") or ""),
        "due_day": str(reading.get("due_day") or ""),
        "part": "",
        "lead_units": "、".join(reading.get("lead_units") or ())[:200],
        "support_units": "、".join(reading.get("support_units") or ())[:200],
        "quantity": _quantity(reading),
        "ratio": _ratio(reading.get("ratio")),
        "minutes": "",
        "kinds": list(reading.get("kinds") or ()),
        "scope_kinds": kinds_of_actors(reading.get("actors") or ()),
        "posts": [],
    }


def kinds_of_actors(actors: Collection[str]) -> list[str]:
    """The kinds of organisation that a document names as those who act."""
    found: list[str] = []
    for actor in actors:
        if _ALL_ORGANISATIONS.search(actor):
            found += [OrgKind.AGENCY_COMMITTEE, OrgKind.GENERAL_BRANCH, OrgKind.BRANCH]
            continue
        for word, kinds in _ACTORS:
            if word in actor:
                found += kinds
                break
    return list(dict.fromkeys(str(kind) for kind in found))


def is_sure(
    fields: Mapping[str, Any], reading: Mapping[str, Any], *, known_kinds: Collection[str]
) -> bool:
    """Whether the document itself leaves nothing to ask: what, how often or by when, and proof.

    Somebody must have said how often; the records that show it must be named; and the terms
    must be complete as they stand.
    """
    stated = fields.get("period") and fields.get("kinds") and not reading.get("due_note")
    if not stated or float(reading.get("confidence") or 0) < SURE:
        return False
    terms, _faults = read_terms(fields, known_kinds=known_kinds)
    return terms is not None


def joined(first: Mapping[str, Any], second: Mapping[str, Any], text: str) -> dict[str, Any]:
    """The fields of two proposals that are one: the first speaks, the second fills gaps."""
    fields = {name: first.get(name) or second.get(name) or "" for name in TEXT_FIELDS}
    for name in LIST_FIELDS:
        fields[name] = list(dict.fromkeys([*(first.get(name) or ()), *(second.get(name) or ())]))
    return {**fields, "title": _title(text)}


def part_of(fields: Mapping[str, Any], text: str) -> dict[str, Any]:
    """The fields of a part that was split off: the same, under its own words."""
    return {**fields, "title": _title(text)}


def read_terms(
    fields: Mapping[str, Any], *, known_kinds: Collection[str]
) -> tuple[Terms | None, dict[str, str]]:
    """The terms, or None and by field what is wrong, in words for the reviewer."""
    faults: dict[str, str] = {}
    text = {name: str(fields.get(name) or "").strip() for name in TEXT_FIELDS}
    if not text["title"]:
        faults["title"] = _("请写明做什么。")
    for name, limit in LENGTHS.items():
        if len(text[name]) > limit:
            faults[name] = _("最多 %(limit)d 个字。") % {"limit": limit}
    period = text["period"]
    if period not in Period.values:
        faults["period"] = _("文件没有说明频次，请选定。")
    elif period == Period.EACH:
        faults["period"] = _("“每次”要由制度包说明随哪类活动而来，计划事项请选定一个周期。")
    due_date = _date(text["due_date"], faults)
    terms = Terms(
        title=text["title"],
        period=period,
        minimum=_number(text["minimum"], "minimum", 1, 15, faults) or 1,
        due_date=due_date,
        due_day=_number(text["due_day"], "due_day", 1, 31, faults),
        kinds=_chosen(fields, "kinds", known_kinds, faults),
        scope_kinds=_chosen(fields, "scope_kinds", OrgKind.values, faults),
        posts=_chosen(fields, "posts", Post.values, faults),
        part=text["part"] if text["part"] in Part.values else Part.ATTENDEE,
        lead_units=text["lead_units"],
        support_units=text["support_units"],
        quantity=text["quantity"],
        ratio=text["ratio"],
        minutes=_number(text["minutes"], "minutes", 1, 10_000, faults) or 0,
    )
    _check_due(terms, faults)
    return (None if faults else terms), faults


def _check_due(terms: Terms, faults: dict[str, str]) -> None:
    if terms.period == Period.ONCE:
        if terms.due_date is None:
            faults.setdefault("due_date", _("只做一次的事项要写明完成日期。"))
        if terms.due_day is not None:
            faults.setdefault("due_day", _("只做一次的事项写完成日期，不写“每期第几日”。"))
    elif terms.due_date is not None and terms.period in MONTHS and terms.period != Period.YEAR:
        faults.setdefault("due_date", _("按月、季、半年重复的事项写“每期第几日”，不写日期。"))
    elif terms.due_date is not None and terms.due_day is not None:
        faults.setdefault("due_day", _("完成日期和“每期第几日”只写一个。"))


def _title(text: str) -> str:
    return " ".join(text.split()).strip(_EDGES)[:200]


def _quantity(reading: Mapping[str, Any]) -> str:
    quantity = reading.get("quantity")
    if quantity is None:
        return ""
    return f"{quantity:g}{reading.get('unit') or ''}"


def _ratio(ratio: float | None) -> str:
    return "" if ratio is None else f"{ratio * 100:g}%"


def _date(typed: str, faults: dict[str, str]) -> dt.date | None:
    if not typed:
        return None
    try:
        return dt.date.fromisoformat(typed)
    except ValueError:
        faults["due_date"] = _("“%(typed)s”不是日期，请写成 2026-07-01 的样子。") % {"typed": typed}
        return None


def _number(typed: str, name: str, low: int, high: int, faults: dict[str, str]) -> int | None:
    if not typed:
        return None
    number = int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 9 else None
    if number is None or not low <= number <= high:
        faults[name] = _("请写 %(low)d 到 %(high)d 之间的整数。") % {"low": low, "high": high}
        return None
    return number


def _chosen(
    fields: Mapping[str, Any], name: str, known: Collection[str], faults: dict[str, str]
) -> tuple[str, ...]:
    chosen = tuple(str(code) for code in fields.get(name) or ())
    unknown = [code for code in chosen if code not in known]
    if unknown:
        faults[name] = _("没有“%(codes)s”这一选项。") % {"codes": "、".join(unknown)}
    return chosen
