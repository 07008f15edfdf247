from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bihuan.access.permissions import Permission
from bihuan.activities.choices import Part
from bihuan.activities.models import Kind
from bihuan.duties.choices import Period
from bihuan.duties.rules.terms import LIST_FIELDS, TEXT_FIELDS
from bihuan.files.gate import clean_name
from bihuan.orgs.choices import OrgKind, Post
from bihuan.orgs.models import OrgQuerySet
from bihuan.web.pickers import OrgField

DAY = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": "form-control"})
PERIODS = [
    ("", gettext_lazy("请选定")),
    *((value, label) for value, label in Period.choices if value != Period.EACH),
]


def _text(**attrs: Any) -> forms.TextInput:
    return forms.TextInput(attrs={"class": "form-control", **attrs})


def _checks() -> forms.CheckboxSelectMultiple:
    return forms.CheckboxSelectMultiple(attrs={"class": "form-check-input"})


class ImportForm(forms.Form):
    """A plan as a file or as pasted text; one of the two is needed."""

    org = OrgField(label=gettext_lazy("制定组织"), permission=Permission.PLAN_EDIT)
    file = forms.FileField(
        label=gettext_lazy("文件"),
        required=False,
        help_text=gettext_lazy("Word、PDF（有文字的）、网页或文本文件。"),
        widget=forms.ClearableFileInput(attrs={"class": "form-control"}),
    )
    text = forms.CharField(
        label=gettext_lazy("或者粘贴全文"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"class": "form-control", "rows": 12}),
    )
    title = forms.CharField(
        label=gettext_lazy("标题"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("不填就用文件里的标题。"),
        widget=_text(),
    )
    year = forms.IntegerField(
        label=gettext_lazy("计划年度"),
        required=False,
        min_value=1990,
        max_value=2100,
        help_text=gettext_lazy("不填就用文件里的年度；“3月底前”之类的日期按这一年算。"),
        widget=forms.NumberInput(attrs={"class": "form-control"}),
    )

    def __init__(self, *args: Any, orgs: OrgQuerySet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["org"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = orgs

    def clean_file(self) -> UploadedFile[bytes] | None:
        file: UploadedFile[bytes] | None = self.cleaned_data["file"]
        limit = settings.UPLOAD_LIMIT_MB
        if file is not None and (file.size or 0) > limit * 1024 * 1024:
            raise forms.ValidationError(
                _("“%(name)s”超过 %(limit)d MB。请删去其中的图片，或把正文粘贴到“粘贴全文”里。")
                % {"name": clean_name(file.name or ""), "limit": limit}
            )
        return file

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not data.get("file") and not (data.get("text") or "").strip() and not self.errors:
            raise forms.ValidationError(_("请选一个文件，或者把全文粘贴进来。"))
        return data


class HeadForm(forms.Form):
    """What the reader took for the title, the issuer and the year of a plan."""

    title = forms.CharField(label=gettext_lazy("标题"), max_length=200, widget=_text())
    issuer = forms.CharField(
        label=gettext_lazy("发文单位"), max_length=120, required=False, widget=_text()
    )
    year = forms.IntegerField(
        label=gettext_lazy("计划年度"),
        required=False,
        min_value=1990,
        max_value=2100,
        widget=forms.NumberInput(attrs={"class": "form-control"}),
    )


class ProposalForm(forms.Form):
    """The fields of one proposal, as typed. Judging them is the action's business."""

    title = forms.CharField(
        label=gettext_lazy("做什么"),
        widget=forms.Textarea(attrs={"class": "form-control", "rows": 2}),
    )
    period = forms.ChoiceField(
        label=gettext_lazy("频次"),
        choices=PERIODS,
        widget=forms.Select(attrs={"class": "form-select"}),
    )
    minimum = forms.CharField(
        label=gettext_lazy("每期至少几次"), required=False, widget=_text(inputmode="numeric")
    )
    due_date = forms.CharField(label=gettext_lazy("完成日期"), required=False, widget=DAY)
    due_day = forms.CharField(
        label=gettext_lazy("或每期最后一月的第几日"),
        required=False,
        widget=_text(inputmode="numeric"),
    )
    kinds = forms.MultipleChoiceField(
        label=gettext_lazy("由哪类记录完成"), required=False, widget=_checks()
    )
    scope_kinds = forms.MultipleChoiceField(
        label=gettext_lazy("由哪类组织承担"),
        required=False,
        choices=OrgKind.choices,
        widget=_checks(),
    )
    posts = forms.MultipleChoiceField(
        label=gettext_lazy("由什么职务承担"),
        required=False,
        choices=Post.choices,
        widget=_checks(),
    )
    part = forms.ChoiceField(
        label=gettext_lazy("须担任"),
        required=False,
        choices=[("", "—"), *Part.choices],
        widget=forms.Select(attrs={"class": "form-select"}),
    )
    lead_units = forms.CharField(label=gettext_lazy("牵头单位"), required=False, widget=_text())
    support_units = forms.CharField(label=gettext_lazy("配合单位"), required=False, widget=_text())
    quantity = forms.CharField(label=gettext_lazy("数量"), required=False, widget=_text())
    ratio = forms.CharField(label=gettext_lazy("比例"), required=False, widget=_text())
    minutes = forms.CharField(
        label=gettext_lazy("一次约需分钟"), required=False, widget=_text(inputmode="numeric")
    )

    def __init__(
        self,
        fields: Mapping[str, Any],
        *,
        kinds: Iterable[Kind],
        faults: Mapping[str, str] | None = None,
        prefix: str,
    ) -> None:
        super().__init__(initial=dict(fields), auto_id=f"{prefix}_%s")
        field = self.fields["kinds"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(kind.code, kind.label) for kind in kinds]
        self.faults = faults or {}
        for name in self.faults:
            if name in self.fields:
                attrs = self.fields[name].widget.attrs
                attrs["aria-invalid"] = "true"
                attrs["aria-describedby"] = f"{prefix}_{name}_fault"
                attrs["class"] = f"{attrs.get('class', '')} is-invalid"

    def main_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in ("period", "minimum", "due_date", "due_day")]

    def more_fields(self) -> list[forms.BoundField]:
        names = ("lead_units", "support_units", "quantity", "ratio", "part", "minutes")
        return [self[name] for name in names]

    def choice_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in LIST_FIELDS]


def typed(data: MultiValueDict[str, Any]) -> dict[str, Any]:
    """The fields of a proposal that a request sends, as typed."""
    texts: dict[str, Any] = {name: data.get(name) for name in TEXT_FIELDS if name in data}
    lists = {name: data.getlist(name) for name in LIST_FIELDS} if "title" in data else {}
    return {**texts, **lists}


class IssueForm(forms.Form):
    """For which year a plan is issued, and whom it binds unless a proposal says otherwise."""

    year = forms.IntegerField(
        label=gettext_lazy("下达到哪一年"),
        min_value=2000,
        max_value=2100,
        widget=forms.NumberInput(attrs={"class": "form-control"}),
    )
    since = forms.DateField(
        label=gettext_lazy("从哪天起算"), required=False, widget=DAY,
        help_text=gettext_lazy(
            "不填就从年初起算；年中下达时，已经过去的期数可以从本月起算来免掉。"
            "一次性事项不论从哪天起算，当年期限前做过的都算。"
        ),
    )  # fmt: skip
    under = OrgField(label=gettext_lazy("在哪个组织之下"), permission=Permission.DUTY_ISSUE)
    kinds = forms.MultipleChoiceField(
        label=gettext_lazy("由哪类组织承担"),
        choices=OrgKind.choices,
        required=False,
        widget=_checks(),
        help_text=gettext_lazy("事项自己写明承担组织的，按事项。"),
    )
    orgs = forms.CharField(
        label=gettext_lazy("只限这些组织"),
        required=False,
        widget=forms.Textarea(attrs={"class": "form-control", "rows": 2}),
        help_text=gettext_lazy("一行一个全称；不填就是全部。"),
    )
    tags = forms.CharField(
        label=gettext_lazy("只限带这些标签的"),
        required=False,
        widget=_text(),
        help_text=gettext_lazy("多个标签用顿号隔开。"),
    )
    posts = forms.MultipleChoiceField(
        label=gettext_lazy("由什么职务承担"),
        choices=Post.choices,
        required=False,
        widget=_checks(),
        help_text=gettext_lazy("不选就由组织承担。"),
    )

    def __init__(self, *args: Any, orgs: OrgQuerySet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._reach = orgs
        field = self.fields["under"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = orgs

    def clean_orgs(self) -> list[int]:
        """The primary keys of the organisations named; each must be found exactly once."""
        names = [line.strip() for line in self.cleaned_data["orgs"].splitlines() if line.strip()]
        found: dict[str, list[int]] = {}
        for pk, name in self._reach.filter(name__in=names).values_list("pk", "name"):
            found.setdefault(name, []).append(pk)
        for name in names:
            if len(found.get(name, [])) != 1:
                raise forms.ValidationError(
                    _("您的范围内有 %(count)d 个组织叫“%(name)s”。")
                    % {"count": len(found.get(name, [])), "name": name}
                )
        return [pk for name in names for pk in found[name]]

    def clean_tags(self) -> list[str]:
        text = self.cleaned_data["tags"].replace(",", "、").replace(",", "、")
        return [tag.strip() for tag in text.split("、") if tag.strip()]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        since, year = data.get("since"), data.get("year")
        if year and since is None and "since" not in self.errors:
            data["since"] = dt.date(year, 1, 1)
        elif year and since and since.year != year:
            self.add_error("since", _("起算日期须在 %(year)d 年内。") % {"year": year})
        return data

    def scope(self) -> dict[str, Any]:
        """The scope that a valid form states; see `Duty.scope`."""
        data = self.cleaned_data
        said = {
            "kinds": data["kinds"],
            "under": [data["under"].pk],
            "orgs": data["orgs"],
            "tags": data["tags"],
        }
        return {key: value for key, value in said.items() if value}


class EndForm(forms.Form):
    on = forms.DateField(label=gettext_lazy("最后一天"), widget=DAY)
    reason = forms.CharField(label=gettext_lazy("原因"), max_length=200, widget=_text())


class MinimumForm(forms.Form):
    minimum = forms.IntegerField(
        label=gettext_lazy("每期至少几次"),
        min_value=1,
        max_value=15,
        widget=forms.NumberInput(attrs={"class": "form-control"}),
    )
    since = forms.DateField(label=gettext_lazy("从哪天起"), widget=DAY)
