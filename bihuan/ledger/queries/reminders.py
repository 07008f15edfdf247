"""Which reminders still stand: those of which a cell is overdue."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bihuan.ledger.models import Reminder
from bihuan.ledger.queries.screens import OwedLine, owed_by
from bihuan.ledger.rules.codec import State
from bihuan.orgs.models import Org


@dataclass(frozen=True)
class Standing:
    """A reminder with what of it is still overdue: each line and its periods."""

    reminder: Reminder
    titles: tuple[str, ...]


def standing_reminders(orgs: Sequence[Org], today: dt.date) -> list[Standing]:
    """The latest reminder of each organisation and post, as far as it still stands."""
    rows = Reminder.objects.filter(org__in=orgs, year=today.year).select_related("org", "sent_by")
    latest = {(each.org_id, each.post): each for each in rows.order_by("sent_date", "pk")}
    reminded = {each.org_id: each.org for each in latest.values()}
    owed = {pk: owed_by(org, today.year, today) for pk, org in reminded.items()}
    found = [Standing(each, _still(each, owed[each.org_id])) for each in latest.values()]
    return [each for each in found if each.titles]


def last_reminded(org_ids: Iterable[int], year: int) -> dict[tuple[int, str], Reminder]:
    """(organisation, post) → its last reminder of the year."""
    rows = Reminder.objects.filter(org__in=list(org_ids), year=year).select_related("sent_by")
    return {(each.org_id, each.post): each for each in rows.order_by("sent_date", "pk")}


def _still(reminder: Reminder, owed: Sequence[OwedLine]) -> tuple[str, ...]:
    told = {(line, index) for line, index in reminder.cells}
    late = [
        (each.line.title, cell.label)
        for each in owed
        if each.post == reminder.post
        for cell in each.cells_in(State.OVERDUE)
        if (each.line.number, cell.index) in told
    ]
    labels: dict[str, list[str]] = {}
    for title, label in late:
        labels.setdefault(title, []).append(label)
    return tuple(f"{title}\uff08{'、'.join(each)}\uff09" for title, each in labels.items())
