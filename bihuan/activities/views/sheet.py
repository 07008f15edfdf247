"""The sheet of a record: what stands on it, who is concerned, and how it is drawn."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.http import HttpResponse, QueryDict
from django.utils import timezone

from bihuan.activities.choices import AbsenceReason
from bihuan.activities.forms.record import RecordForm, initial_of
from bihuan.activities.forms.typed import decision_rows, key_of, numbers_of, people_in, rows_of
from bihuan.activities.models import Activity, Kind
from bihuan.activities.queries import (
    Due,
    due_people,
    files_of,
    kinds_for,
    people_of,
    staged_of,
    usual,
)
from bihuan.activities.rules import MAX_DECISIONS, calls_roll
from bihuan.orgs.models import Org, Person
from bihuan.web.doors import SignedIn
from bihuan.web.pages import show

LIKELY = 6
"""Kinds offered at once; the others stand behind a press."""
LINES_OF_DECISIONS = 3
FORM = "activities/form.html"


@dataclass
class Sheet:
    """One form on somebody's screen: for whom, what is typed so far, and who is concerned."""

    org: Org
    activity: Activity | None
    typed: QueryDict | None
    rows: Mapping[str, Any]
    key: uuid.UUID
    kinds: list[Kind]
    roll: bool
    due: list[Due]
    people: list[Person]
    refused: list[str] = field(default_factory=list)

    def bound(self) -> RecordForm:
        return RecordForm(self.typed, kinds=self.kinds, people=self.people)


def sheet_of(
    request: SignedIn, org: Org, *, typed: QueryDict | None, activity: Activity | None = None
) -> Sheet:
    kinds = kinds_for(org)
    if typed is not None:
        wanted = set(typed.getlist("kinds"))
    elif activity is not None:
        wanted = {kind.code for kind in activity.kinds.all()}
    else:
        wanted = set(request.GET.getlist("kind"))
    day = _day(
        typed if typed is not None else request.GET,
        activity.held_date if activity else timezone.localdate(),
    )
    chosen = [kind for kind in kinds if kind.code in wanted]
    rows: Mapping[str, Any] = typed if typed is not None else {}
    if typed is None and activity is not None:
        rows = rows_of(activity)
    return Sheet(
        org=org,
        activity=activity,
        typed=typed,
        rows=rows,
        key=(key_of(typed) if typed is not None else None) or uuid.uuid4(),
        kinds=kinds,
        roll=calls_roll([kind.attendance for kind in chosen]),
        due=due_people(org, chosen, on=day),
        people=people_of(org, on=day, also=people_in(activity) if activity else ()),
    )


def _day(typed: Mapping[str, Any], default: dt.date) -> dt.date:
    try:
        return dt.date.fromisoformat(str(typed.get("held_date", "")))
    except ValueError:
        return default


def form_page(
    request: SignedIn,
    sheet: Sheet,
    *,
    form: RecordForm | None = None,
    twin: Activity | None = None,
) -> HttpResponse:
    if form is None:
        form = _unbound(request, sheet)
    boxes = list(form["kinds"])
    likely = [box for box in boxes if box.data["selected"]]
    likely += [box for box in boxes if not box.data["selected"]][: max(0, LIKELY - len(likely))]
    decisions = decision_rows(sheet.rows)
    spare = 1 if decisions else LINES_OF_DECISIONS
    spare += LINES_OF_DECISIONS if "more-rows" in request.POST else 0
    context = {
        "form": form,
        "likely": likely,
        "others": [box for box in boxes if box not in likely],
        "org": sheet.org,
        "activity": sheet.activity,
        "decisions": list(enumerate(decisions + [("", "", "")] * spare, start=1)),
        "most_decisions": MAX_DECISIONS,
        "speakers": {str(pk) for pk in form["speakers"].value() or ()},
        "opened": _more_is_open(form, sheet, decisions),
        "twin": twin,
    }
    context |= people_context(sheet) | files_context(request, sheet)
    return show(request, FORM, context, part="people")


def _unbound(request: SignedIn, sheet: Sheet) -> RecordForm:
    """The form as it opens: the record, the draft as it was typed, or the usual values."""
    activity, typed = sheet.activity, sheet.typed
    if typed is not None:
        initial: dict[str, Any] = {name: typed.get(name) for name in RecordForm.base_fields}
        initial |= {name: typed.getlist(name) for name in ("kinds", "speakers")}
    elif activity is not None:
        initial = initial_of(activity)
    else:
        initial = _usual_values(request, sheet.org)
    initial |= {"key": sheet.key, "visitors": sheet.rows.get("visitors", "")}
    return RecordForm(initial=initial, kinds=sheet.kinds, people=sheet.people)


def _usual_values(request: SignedIn, org: Org) -> dict[str, Any]:
    last = usual(org)
    return {
        "kinds": request.GET.getlist("kind"),
        "held_date": _day(request.GET, timezone.localdate()),
        "start_time": last.start_time,
        "place": last.place,
        "chair": last.chair_id,
        # A link from an overdue cell of the ledger names the period it wants made up.
        "counts_for_date": request.GET.get("counts_for", "")[:10],
    }


def _more_is_open(form: RecordForm, sheet: Sheet, decisions: list[Any]) -> bool:
    """Whether the rarer fields show: when something stands in one of them, or is wrong."""
    rarer = ("speakers", "visitors", "end_time", "counts_for_date")
    return bool(decisions) or any(form[name].value() or form[name].errors for name in rarer)


def people_context(sheet: Sheet) -> dict[str, Any]:
    return {
        "roll": sheet.roll,
        "people": [_person_row(each.person, sheet.rows) for each in sheet.due],
        "everybody": [_person_row(person, sheet.rows) for person in sheet.people],
        "reasons": AbsenceReason.choices,
        "absent": sum(1 for each in sheet.due if sheet.rows.get(f"absent-{each.person.pk}")),
    }


def _person_row(person: Person, rows: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "person": person,
        "absent": bool(rows.get(f"absent-{person.pk}")),
        "reason": rows.get(f"reason-{person.pk}", ""),
        "note": rows.get(f"note-{person.pk}", ""),
        "took": bool(rows.get(f"took-{person.pk}")),
    }


def files_context(request: SignedIn, sheet: Sheet) -> dict[str, Any]:
    going = set(numbers_of(sheet.typed, "drop-standing")) if sheet.typed is not None else set()
    standing = files_of(sheet.activity).filter(removed_at=None) if sheet.activity else []
    return {
        "standing": [(file, file.pk in going) for file in standing],
        "staged": staged_of(request.user, sheet.key),
        "refused": sheet.refused,
        "limit": settings.UPLOAD_LIMIT_MB,
    }
