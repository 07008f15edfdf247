"""The record form: the main fields, and all of it read into a `Record` of plain values."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from bihuan.activities.forms.typed import (
    BROKEN,
    absences,
    as_number,
    decision_rows,
    split_names,
    tidy,
    took_part,
    values_of,
)
from bihuan.activities.forms.widgets import LongSelect
from bihuan.activities.models import Activity, Kind
from bihuan.activities.queries import Due
from bihuan.activities.rules import LONGEST, Fault, Record, Resolution
from bihuan.orgs.models import Org, Person


class RecordForm(forms.Form):
    """The main fields. People and decisions are rows of their own, read by `rows_of`."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False, max_value=2**31 - 1)
    kinds = forms.MultipleChoiceField(
        label=_("类型"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": _("请至少选择一种活动类型。"),
            "invalid_choice": _("有的活动类型不存在，请重新选择。"),
        },
    )
    held_date = forms.DateField(
        label=_("日期"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    title = forms.CharField(label=_("主题"), max_length=LONGEST["title"], required=False)
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
    place = forms.CharField(label=_("地点"), max_length=LONGEST["place"], required=False)
    chair = forms.TypedChoiceField(
        label=_("主持人"), coerce=int, empty_value=None, required=False, widget=LongSelect,
        error_messages={"invalid_choice": _("主持人当天不在本组织的名单中，请重新选择。")},
    )  # fmt: skip
    speakers = forms.TypedMultipleChoiceField(
        label=_("主讲人"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": _("主讲人当天不在本组织的名单中，请重新选择。")},
    )  # fmt: skip
    summary = forms.CharField(
        label=_("一句话纪要"), max_length=LONGEST["summary"], required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip
    counts_for_date = forms.DateField(
        label=_("补办：本应在哪一期开展"), required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("只在补以前的一期时填写，填那一期里的任意一天。"),
    )  # fmt: skip
    visitors = forms.CharField(
        label=_("列席人员"), max_length=5000, required=False,
        help_text=_("用顿号分开，例如：王主任、李老师"),
    )  # fmt: skip

    def __init__(self, *args: Any, kinds: list[Kind], people: list[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = [(person.pk, person.name) for person in people]
        choice: dict[str, list[tuple[Any, str]]] = {
            "kinds": [(kind.code, kind.label) for kind in kinds],
            "chair": [("", "—"), *names],
            "speakers": list(names),
        }
        for name, field in self.fields.items():
            # A browser cuts a pasted text at maxlength in silence; the sentence is better.
            field.widget.attrs.pop("maxlength", None)
            chosen = isinstance(field.widget, forms.Select)
            field.widget.attrs.setdefault("class", "form-select" if chosen else "form-control")
            field.widget.attrs.setdefault("id", f"id_{name}")
        for name, choices in choice.items():
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = choices

    def clean(self) -> dict[str, Any]:
        """Refuse characters that were cut in two on the way, and name where they stand."""
        for name in self.data:
            if BROKEN.search("".join(values_of(self.data, name))):
                label = str(self.fields[name].label) if name in self.fields else _("议定事项")
                sentence = _(
                    "“%(field)s”里有不完整的字符（显示为 �），可能是复制时截断了。请重新输入。"
                )
                self.add_error(name if name in self.fields else None, sentence % {"field": label})
        return self.cleaned_data

    def record(self, org: Org, due: list[Due], people: list[Person]) -> Record:
        """The values of a valid form as a `Record`; rows that cannot be read are errors."""
        data = self.cleaned_data
        return Record(
            org_id=org.pk,
            kinds=tuple(data["kinds"]),
            held_date=data["held_date"],
            title=tidy(data["title"]),
            start_time=data["start_time"],
            end_time=data["end_time"],
            place=tidy(data["place"]),
            chair_id=data["chair"],
            speaker_ids=tuple(data["speakers"]),
            summary=data["summary"],
            counts_for_date=data["counts_for_date"],
            absences=absences(due, self.data),
            took_part_ids=() if due else took_part(people, self.data),
            visitors=tuple(split_names(data["visitors"])),
            decisions=self._decisions({person.pk for person in people}),
        )

    def _decisions(self, known: set[int]) -> tuple[Resolution, ...]:
        found = []
        for row, (text, owner, due) in enumerate(decision_rows(self.data), start=1):
            if not text:
                self.add_error(None, _("第 %(row)d 条议定事项还没有写内容。") % {"row": row})
            owner_id = as_number(owner)
            if owner and owner_id not in known:
                sentence = _("第 %(row)d 条议定事项的责任人不在名单中，请重新选择。")
                self.add_error(None, sentence % {"row": row})
            found.append(Resolution(text, owner_id, self._day_of(due, row)))
        return tuple(found)

    def _day_of(self, text: str, row: int) -> dt.date | None:
        if not text:
            return None
        try:
            return dt.date.fromisoformat(text)
        except ValueError:
            sentence = _("第 %(row)d 条议定事项的期限不是有效日期。")
            self.add_error(None, sentence % {"row": row})
            return None

    def accept_faults(self, faults: list[Fault]) -> None:
        """Show each fault beside its field."""
        for fault in faults:
            self.add_error(fault.field if fault.field in self.fields else None, fault.sentence)


class WithdrawForm(forms.Form):
    reason = forms.CharField(label=_("撤回原因"), max_length=200)


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
