"""The record form: what is typed, kept as typed, and read into a `Record` of plain values."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import QueryDict  # noqa: TID251 -- what was typed, as Django holds it
from django.utils.translation import gettext_lazy as _

from bihuan.activities.choices import AbsenceReason, Presence
from bihuan.activities.models import Activity, Kind
from bihuan.activities.queries import Due
from bihuan.activities.rules import Absence, Fault, Record, Resolution
from bihuan.orgs.models import Org, Person

LINES_OF_DECISIONS = 3


class RecordForm(forms.Form):
    """The main fields. People and decisions are rows of their own, read by `rows_of`."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False, max_value=2**31 - 1)
    kinds = forms.MultipleChoiceField(label=_("类型"), widget=forms.CheckboxSelectMultiple)
    held_date = forms.DateField(
        label=_("日期"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    title = forms.CharField(label=_("主题"), max_length=120, required=False)
    start_time = forms.TimeField(
        label=_("开始"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )
    end_time = forms.TimeField(
        label=_("结束"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )
    place = forms.CharField(label=_("地点"), max_length=80, required=False)
    chair = forms.TypedChoiceField(label=_("主持人"), coerce=int, empty_value=None, required=False)
    speakers = forms.TypedMultipleChoiceField(label=_("主讲人"), coerce=int, required=False)
    summary = forms.CharField(
        label=_("一句话纪要"), max_length=2000, required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip
    counts_for_date = forms.DateField(
        label=_("补办：本应在哪一期开展"), required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("只在补以前的一期时填写，填那一期里的任意一天。"),
    )  # fmt: skip
    visitors = forms.CharField(
        label=_("列席人员"), max_length=2000, required=False,
        help_text=_("用顿号分开，例如：王主任、李老师"),
    )  # fmt: skip

    def __init__(self, *args: Any, kinds: list[Kind], people: list[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = [(person.pk, person.name) for person in people]
        choice: dict[str, list[tuple[Any, str]]] = {
            "kinds": [(kind.code, kind.name) for kind in kinds],
            "chair": [("", "—"), *names],
            "speakers": list(names),
        }
        for name, field in self.fields.items():
            chosen = isinstance(field.widget, forms.Select)
            field.widget.attrs.setdefault("class", "form-select" if chosen else "form-control")
            field.widget.attrs.setdefault("id", f"id_{name}")
        for name, choices in choice.items():
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = choices

    def record(self, org: Org, due: list[Due], posted: Mapping[str, Any]) -> Record:
        """The values of a valid form as a `Record`; rows that cannot be read are errors."""
        data = self.cleaned_data
        return Record(
            org_id=org.pk,
            kinds=tuple(data["kinds"]),
            held_date=data["held_date"],
            title=data["title"],
            start_time=data["start_time"],
            end_time=data["end_time"],
            place=data["place"],
            chair_id=data["chair"],
            speaker_ids=tuple(data["speakers"]),
            summary=data["summary"],
            counts_for_date=data["counts_for_date"],
            absences=absences(due, posted),
            visitors=tuple(split_names(data["visitors"])),
            decisions=self._decisions(posted),
        )

    def _decisions(self, posted: Mapping[str, Any]) -> tuple[Resolution, ...]:
        found = []
        for row, (text, owner, due) in enumerate(decision_rows(posted), start=1):
            if not text:
                continue
            day = None
            if due:
                try:
                    day = dt.date.fromisoformat(due)
                except ValueError:
                    self.add_error(
                        None, _("第 %(row)d 条议定事项的期限不是有效日期。") % {"row": row}
                    )
            owner_id = int(owner) if owner.isascii() and owner.isdigit() else None
            found.append(Resolution(text[:500], owner_id, day))
        return tuple(found)

    def accept_faults(self, faults: list[Fault]) -> None:
        """Show each fault beside its field."""
        for fault in faults:
            self.add_error(fault.field if fault.field in self.fields else None, fault.sentence)


class WithdrawForm(forms.Form):
    reason = forms.CharField(label=_("撤回原因"), max_length=200)


def split_names(text: str) -> list[str]:
    """Names that were typed in one line, in whatever punctuation."""
    for mark in "\uff0c,\uff1b;\n":
        text = text.replace(mark, "、")
    return [name.strip() for name in text.split("、") if name.strip()]


def absences(due: list[Due], posted: Mapping[str, Any]) -> tuple[Absence, ...]:
    """The people marked absent, each with the word for why."""
    return tuple(
        Absence(
            each.person.pk,
            str(posted.get(f"reason-{each.person.pk}", "")),
            str(posted.get(f"note-{each.person.pk}", ""))[:100],
        )
        for each in due
        if posted.get(f"absent-{each.person.pk}")
    )


def decision_rows(posted: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """The typed rows of decisions: text, owner, day; gaps in the numbering are kept."""
    numbers = sorted(
        int(name.removeprefix("decision-"))
        for name in posted
        if name.startswith("decision-") and name[9:].isascii() and name[9:].isdigit()
    )
    return [
        (
            str(posted.get(f"decision-{n}", "")).strip(),
            str(posted.get(f"owner-{n}", "")),
            str(posted.get(f"due-{n}", "")),
        )
        for n in numbers[:400]
    ]


def as_typed(posted: QueryDict) -> dict[str, Any]:
    """Everything that was typed, for a draft: lists where a name came more than once."""
    left_out = {"csrfmiddlewaretoken"}
    multiple = {"kinds", "speakers"}
    return {
        name: posted.getlist(name) if name in multiple else posted[name]
        for name in posted
        if name not in left_out
    }


def from_draft(fields: Mapping[str, Any]) -> QueryDict:
    """A draft as if it were being sent."""
    query = QueryDict(mutable=True)
    for name, value in fields.items():
        query.setlist(name, [str(v) for v in value] if isinstance(value, list) else [str(value)])
    return query


def rows_of(activity: Activity) -> dict[str, Any]:
    """What the rows of a stored record look like as typed fields."""
    typed: dict[str, Any] = {}
    visitors = []
    for each in activity.attendance.all():
        if each.presence == Presence.VISITOR:
            visitors.append(each.visitor_name)
        else:
            typed[f"absent-{each.person_id}"] = "1"
            typed[f"reason-{each.person_id}"] = each.reason
            typed[f"note-{each.person_id}"] = each.note
    for n, decision in enumerate(activity.decisions.order_by("order"), start=1):
        typed[f"decision-{n}"] = decision.text
        typed[f"owner-{n}"] = str(decision.owner_id or "")
        typed[f"due-{n}"] = decision.due_date.isoformat() if decision.due_date else ""
    typed["visitors"] = "、".join(visitors)
    return typed


def initial_of(activity: Activity) -> dict[str, Any]:
    """The main fields of a stored record as the form shows them."""
    return {
        "key": uuid.uuid4(),
        "version": activity.version,
        "kinds": [kind.code for kind in activity.kinds.all()],
        "held_date": activity.held_date,
        "title": activity.title,
        "start_time": activity.start_time,
        "end_time": activity.end_time,
        "place": activity.place,
        "chair": activity.chair_id,
        "speakers": list(activity.speakers.values_list("pk", flat=True)),
        "summary": activity.summary,
        "counts_for_date": activity.counts_for_date,
    }


REASONS = AbsenceReason.choices
