"""What is known about a proposal: its facts in words, and how an open one could be settled."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from bihuan.activities.models import Kind
from bihuan.duties.choices import Level, Period
from bihuan.duties.models import Duty, Proposal
from bihuan.orgs.choices import OrgKind
from bihuan.web.templatetags.bihuan import day

_ONGOING = "ongoing"
_WEEKLY = re.compile(r"每(?:一)?(?:个)?周")


@dataclass(frozen=True)
class Suggestion:
    """`facts` are read from the document; `period`, `minimum` and `reason` are proposed only
    where the document leaves the frequency open, and nothing is filled in with them."""

    facts: tuple[str, ...]
    period: str = ""
    minimum: int = 1
    reason: str = ""
    all_kinds: tuple[Kind, ...] = field(default=(), repr=False)

    @property
    def period_word(self) -> str:
        return str(Period(self.period).label) if self.period else ""


def suggestions(
    proposals: Iterable[Proposal], *, kinds: Mapping[str, Kind]
) -> dict[int, Suggestion]:
    """Proposal → what to say beside it; one query whatever their number."""
    rules = Duty.objects.filter(level__in=[Level.NATIONAL, Level.LOCAL], valid_to_date=None)
    by_kind: dict[str, Duty] = {}
    for duty in rules.order_by("level", "pk"):
        for code in duty.kinds:
            by_kind.setdefault(code, duty)
    every = tuple(kinds.values())
    return {
        proposal.pk: _suggestion(proposal.fields, proposal.reading, kinds, by_kind, every)
        for proposal in proposals
    }


def _suggestion(
    fields: Mapping[str, Any],
    reading: Mapping[str, Any],
    kinds: Mapping[str, Kind],
    by_kind: Mapping[str, Duty],
    every: tuple[Kind, ...],
) -> Suggestion:
    facts = _facts(fields, reading, kinds)
    if fields.get("period"):
        return Suggestion(facts, all_kinds=every)
    rule = next((by_kind[code] for code in fields.get("kinds") or () if code in by_kind), None)
    if rule is not None:
        words = {"title": rule.label, "period": rule.get_period_display(), "n": rule.minimum}
        reason = _("《%(title)s》的要求是%(period)s %(n)d 次") % words
        return Suggestion(facts, rule.period, rule.minimum, reason, every)
    if reading.get("period") == _ONGOING:
        reason = _("文件只说常态化，没有次数；年底说明一次，负担最轻")
        return Suggestion(facts, Period.YEAR, 1, reason, every)
    if _WEEKLY.search(str(reading.get("text") or "")):
        reason = _("文件说的是每周，台账最细到月")
        return Suggestion(facts, Period.MONTH, 4, reason, every)
    if reading.get("due_note"):
        reason = _("期限随事情而定，文件没有写日期，也没有说多久一次")
        return Suggestion(facts, "", 1, reason, every)
    reason = _("文件没有说明频次")
    return Suggestion(facts, "", 1, reason, every)


def _just_once(fields: Mapping[str, Any]) -> bool:
    return (fields["period"], fields["minimum"]) == (Period.ONCE, 1)


def _facts(
    fields: Mapping[str, Any], reading: Mapping[str, Any], kinds: Mapping[str, Kind]
) -> tuple[str, ...]:
    """What the proposal says so far, in words."""
    codes = [code for code in fields.get("kinds") or () if code in kinds]
    bodies = [
        str(OrgKind(kind).label) for kind in fields.get("scope_kinds") or () if kind in OrgKind
    ]
    often = str(Period(fields["period"]).label) if fields.get("period") in Period.values else ""
    if often and fields.get("minimum") and not _just_once(fields):
        often = _("%(period)s不少于 %(n)s 次") % {"period": often, "n": fields["minimum"]}
    said = [
        often,
        _("%(day)s前") % {"day": _day(fields["due_date"])} if fields.get("due_date") else "",
        _("每期最后一月 %(day)s 日前") % {"day": fields["due_day"]}
        if fields.get("due_day")
        else "",
        _("期限：%(note)s") % {"note": reading["due_note"]} if reading.get("due_note") else "",
        "、".join(bodies),
        _("牵头：%(units)s") % {"units": fields["lead_units"]} if fields.get("lead_units") else "",
        _("配合：%(units)s") % {"units": fields["support_units"]}
        if fields.get("support_units")
        else "",
        str(fields.get("quantity") or ""),
        str(fields.get("ratio") or ""),
        "、".join(kinds[code].label for code in codes),
    ]
    return tuple(fact for fact in said if fact)


def _day(typed: object) -> str:
    """The date as people write it; what is no date stays as it was typed."""
    try:
        return day(dt.date.fromisoformat(str(typed)))
    except ValueError:
        return str(typed)
