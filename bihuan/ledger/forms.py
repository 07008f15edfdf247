from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from bihuan.ledger.choices import CellState

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
SPANS: dict[str, tuple[int, int]] = {
    "h1": (1, 6), "h2": (7, 12), "q1": (1, 3), "q2": (4, 6), "q3": (7, 9), "q4": (10, 12),
    **{f"m{month}": (month, month) for month in range(1, 13)},
}  # fmt: skip
SORTS = [("gaps", _("缺口多的在前")), ("rate", _("完成率低的在前")), ("name", _("按名称"))]


def span_choices() -> list[tuple[str, Any]]:
    quarters = [_("第一季度"), _("第二季度"), _("第三季度"), _("第四季度")]
    return [
        ("", _("全年")),
        ("h1", _("上半年")),
        ("h2", _("下半年")),
        *((f"q{at}", name) for at, name in enumerate(quarters, 1)),
        *((f"m{month}", _("%(month)d月") % {"month": month}) for month in range(1, 13)),
    ]


def days_of(span: str, year: int) -> tuple[dt.date | None, dt.date | None]:
    """First and last day of a span such as "q1"; (None, None) for the whole year."""
    months = SPANS.get(span)
    if months is None:
        return None, None
    first, last = months
    end = dt.date(year + last // 12, last % 12 + 1, 1) - dt.timedelta(days=1)
    return dt.date(year, first, 1), end


class FilterForm(forms.Form):
    """What of the ledger is shown. Anything that cannot be read counts as not asked."""

    line = forms.TypedChoiceField(label=_("事项"), required=False, coerce=int, empty_value=None)
    span = forms.ChoiceField(label=_("期间"), required=False)
    state = forms.ChoiceField(
        label=_("状态"), required=False, choices=[("", _("全部")), *CellState.choices]
    )
    sort = forms.ChoiceField(label=_("排序"), required=False, choices=SORTS)

    def __init__(self, *args: Any, lines: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["line"].choices = [("", _("全部事项")), *lines]  # type: ignore[attr-defined]
        self.fields["span"].choices = span_choices()  # type: ignore[attr-defined]

    def asked(self, name: str) -> Any:
        """What was asked under `name`, or None."""
        self.is_valid()
        return self.cleaned_data.get(name) or (0 if self.cleaned_data.get(name) == 0 else None)


class ExemptForm(forms.Form):
    lineage = forms.ChoiceField(label=_("事项"), required=False)
    since = forms.DateField(label=_("从哪天起"), widget=DAY)
    until = forms.DateField(label=_("到哪天止（含）"), widget=DAY)
    subtree = forms.BooleanField(label=_("下级组织同样适用"), required=False)
    reason = forms.CharField(
        label=_("原因"),
        max_length=200,
        widget=forms.TextInput,
        help_text=_("一句话，台账里会一直显示。例如：2月新成立，支委会3月选举产生。"),
    )

    def __init__(self, *args: Any, lineages: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["lineage"].choices = [("", _("全部事项")), *lineages]  # type: ignore[attr-defined]


class CompleteForm(forms.Form):
    key = forms.UUIDField(widget=forms.HiddenInput, required=False)
    sentence = forms.CharField(
        label=_("完成情况"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("用一句话说明做了什么。"),
    )
    done = forms.DateField(label=_("完成日期"), widget=DAY)
    counts_for = forms.DateField(
        label=_("算在哪一期"), widget=DAY, help_text=_("该期间内任意一天即可。")
    )
    file = forms.FileField(
        label=_("附件"), required=False, allow_empty_file=True,
        help_text=_("照片、PDF、Word、Excel 或文本；照片里的拍摄地点和设备信息会自动去掉。"),
    )  # fmt: skip
