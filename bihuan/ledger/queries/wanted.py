"""What an organisation owes and has not done, in sentences, most urgent first."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from bihuan.ledger.queries.lines import Line
from bihuan.ledger.queries.screens import Cell, OwedLine
from bihuan.ledger.rules.codec import State
from bihuan.orgs.choices import Post
from bihuan.orgs.models import Org
from bihuan.web.templatetags.bihuan import short_day
from bihuan.web.todos import Urgency


@dataclass(frozen=True)
class Wanted:
    """One thing that is owed and not done: what, how much is missing, what to press."""

    title: str
    sentence: str
    state: str
    urgency: Urgency
    due: dt.date
    owed: OwedLine
    cell: Cell
    url: str
    button: str
    also: tuple[str, ...] = ()
    """Titles of other lines that the same record brings level."""


def wanted(org: Org, owed: list[OwedLine], today: dt.date) -> list[Wanted]:
    """Every open or overdue cell of `org`, overdue first, then by due day.

    Two lines that want the same record for the same days are one thing to do: the one that
    misses more speaks, the other is named beside it.
    """
    found = [
        as_wanted(org, each, cell, today)
        for each in owed
        for cell in each.cells_in(State.OVERDUE, State.OPEN)
    ]
    alike: dict[tuple[object, ...], list[Wanted]] = {}
    for want in found:
        same = (want.url or want.owed.line.number, want.owed.post, want.cell.first, want.cell.last)
        alike.setdefault(same, []).append(want)
    merged = [_merged(each) for each in alike.values()]
    return sorted(merged, key=lambda want: (want.urgency, want.due, want.owed.line.number))


def _merged(wants: list[Wanted]) -> Wanted:
    """The first of those that miss most, with the titles of the others."""
    first = max(wants, key=lambda want: want.cell.missing)
    others = (want.title for want in wants if want.title != first.title)
    return replace(first, also=tuple(dict.fromkeys(others)))


def as_wanted(org: Org, owed: OwedLine, cell: Cell, today: dt.date) -> Wanted:
    """One cell as a sentence: 主题党日：11月还差 1 次（每月 1 次，11月30日前）。"""
    line = owed.line
    title = f"{Post(owed.post).label}·{line.title}" if owed.post else line.title
    words = {
        "title": title,
        "period": cell.label,
        "often": line.how_often(cell.need),
        "due": short_day(cell.due),
        "missing": cell.missing,
    }
    if line.period == "each":
        sentence = _("%(title)s：%(period)s还差 %(missing)d 次，%(due)s前完成。")
    elif line.period == "once":
        sentence = _("%(title)s：%(due)s前完成。")
    else:
        sentence = _("%(title)s：%(period)s还差 %(missing)d 次（%(often)s，%(due)s前）。")
    url, button = button_for(org, owed, cell, today)
    return Wanted(
        title, sentence % words, cell.state, Urgency.of(cell.due, today), cell.due, owed, cell,
        url, button,
    )  # fmt: skip


def button_for(org: Org, owed: OwedLine, cell: Cell, today: dt.date) -> tuple[str, str]:
    """Where to go and what to press to get this done: a record, else a completion.

    Overdue and too late to make up, only a record of what took place in time can help: the form
    then opens on the last day of the period.
    """
    line = owed.line
    if line.takes_records:
        asked = {"org": org.pk, "kind": line.kinds[0].code}
        if cell.state == State.OVERDUE:
            if today <= last_chance(line, cell):
                asked["counts_for"] = cell.first.isoformat()
            else:
                asked["held_date"] = cell.last.isoformat()
            return f"{reverse('activities:record')}?{urlencode(asked)}", _("补记一笔")
        return f"{reverse('activities:record')}?{urlencode(asked)}", _("记一笔")
    if not line.duties:
        return "", ""
    asked = {"counts_for": cell.first.isoformat(), "post": owed.post}
    url = reverse("ledger:complete", args=[org.pk, line.duties[0].pk])
    return f"{url}?{urlencode(asked)}", _("填写完成情况")


def last_chance(line: Line, cell: Cell) -> dt.date:
    """The last day on which a make-up for the cell may be held, as the book reckons it."""
    grace = min((duty.grace_days for duty in line.duties), default=0)
    return max(cell.last + dt.timedelta(days=grace), cell.due)
