"""What a line is called, what discharges it, and which duties stand behind it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bihuan.activities.models import Kind
from bihuan.duties.choices import Level
from bihuan.duties.models import Duty
from bihuan.ledger.queries.store import rule_of
from bihuan.ledger.rules.codec import Layout, Slot
from bihuan.ledger.rules.periods import line_of
from bihuan.orgs.choices import Post
from bihuan.orgs.models import Org

_ORDER = {Level.NATIONAL: 0, Level.LOCAL: 1, Level.PLAN: 2}


@dataclass(frozen=True)
class Line:
    """One line of the year's book in words. `number` is its place in the book."""

    number: int
    title: str
    period: str
    duties: tuple[Duty, ...]
    kinds: tuple[Kind, ...]
    posts: tuple[str, ...]

    @property
    def takes_records(self) -> bool:
        return bool(self.kinds)

    @property
    def lineage(self) -> str:
        return self.duties[0].lineage if self.duties else ""

    def how_often(self, minimum: int) -> str:
        """每月 2 次, as people say it."""
        often = {
            "month": _("每月"), "quarter": _("每季度"), "half": _("每半年"), "year": _("每年"),
            "once": _("一次性"), "each": _("每次"),
        }[self.period]  # fmt: skip
        if self.period in ("once", "each"):
            return often
        times = ngettext("%(count)d 次", "%(count)d 次", minimum) % {"count": minimum}
        return f"{often} {times}"

    def who(self) -> str:
        """The posts that owe it; empty if the organisation does."""
        return "、".join(str(Post(post).label) for post in self.posts)


def lines_of(year: int, layout: Layout) -> list[Line]:
    """Every line of the book with the duties that bind in `year`, in the book's order.

    Two queries. A line whose duties have all gone has the names of its kinds for a title.
    """
    behind: dict[int, list[Duty]] = {}
    for duty in Duty.objects.binding_in(year).order_by("pk"):
        key = line_of(rule_of(duty), year)
        if key in layout.number:
            behind.setdefault(layout.number[key], []).append(duty)
    names = {kind.code: kind for kind in Kind.objects.order_by("order", "pk")}
    found = []
    for number, key in enumerate(layout.lines):
        duties = sorted(behind.get(number, []), key=lambda duty: _ORDER[Level(duty.level)])
        kinds = tuple(kind for code, kind in names.items() if code in key.kinds)
        title = duties[0].label if duties else "、".join(str(kind) for kind in kinds)
        found.append(
            Line(number, title, key.period, tuple(duties), kinds, tuple(sorted(key.posts)))
        )
    return found


def bases(line: Line, lines: Iterable[Line], owed: set[int], org: Org) -> list[Duty]:
    """The duties behind `line` for `org`, and those of weaker lines that it covers.

    A weaker line asks for the same records but is owed nowhere in this year, because the
    stricter one covers it.
    """
    found = [duty for duty in line.duties if binds(duty, org)]
    for other in lines:
        alike = (other.kinds, other.posts) == (line.kinds, line.posts) and line.kinds
        if alike and other.number != line.number and other.number not in owed:
            found += [duty for duty in other.duties if binds(duty, org)]
    return found or list(line.duties)


def binds(duty: Duty, org: Org) -> bool:
    """Whether the scope of `duty` takes in `org` as it is today."""
    scope = duty.scope
    holds = [
        not scope.get("kinds") or org.kind in scope["kinds"],
        org.full_members >= (scope.get("min_members") or 0),
        scope.get("max_members") is None or org.full_members <= scope["max_members"],
        scope.get("groups") is None or (org.groups > 0) == scope["groups"],
        set(scope.get("tags") or ()) <= set(org.tags),
        scope.get("orgs") is None or org.pk in scope["orgs"],
        scope.get("under") is None or bool(set(scope["under"]) & _way(org)),
    ]
    return all(holds)


def _way(org: Org) -> set[int]:
    return {int(org.path[at : at + 5], 36) for at in range(0, len(org.path), 5)}


def period_label(slot: Slot, period: str) -> str:
    """11月, 第四季度, 下半年, 全年 …"""
    first = dt.date.fromordinal(slot.window.first)
    if period in ("month", "each"):
        return _("%(month)d月") % {"month": first.month}
    if period == "quarter":
        names = [_("第一季度"), _("第二季度"), _("第三季度"), _("第四季度")]
        return names[slot.index]
    if period == "half":
        return _("下半年") if slot.index else _("上半年")
    return _("全年") if period == "year" else _("一次性")
