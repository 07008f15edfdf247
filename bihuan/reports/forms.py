from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from bihuan.access.permissions import Permission
from bihuan.ledger.forms import days_of, span_choices
from bihuan.orgs.models import OrgQuerySet
from bihuan.web.pickers import OrgField


class BriefingForm(forms.Form):
    """What a person says of a briefing; everything else is counted.

    `span_was` and `title_was` are what the page came with, so that dates and title follow a
    choice and what was typed by hand stays.
    """

    org = OrgField(label=_("组织"), permission=Permission.BRIEFING_WRITE)
    span = forms.ChoiceField(label=_("期间"), required=False)
    since = forms.DateField(
        label=_("起"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    until = forms.DateField(
        label=_("止"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    title = forms.CharField(label=_("标题"), max_length=200)
    demands = forms.CharField(
        label=_("整改要求"), max_length=4000, widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("这一段由您来写；数字由系统取自台账。"),
    )  # fmt: skip
    span_was = forms.CharField(required=False, widget=forms.HiddenInput)
    title_was = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, orgs: OrgQuerySet, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        org, span = self.fields["org"], self.fields["span"]
        assert isinstance(org, OrgField)
        assert isinstance(span, forms.ChoiceField)
        org.queryset = orgs
        span.choices = span_groups(today)


def span_groups(today: dt.date) -> list[Any]:
    """The periods of this year that have begun and all of the last, by year; first own dates."""
    groups: list[Any] = [("", gettext("自定起止日期"))]
    for year in (today.year, today.year - 1):
        begun = [
            (f"{year}-{code}", gettext("%(year)d年%(span)s") % {"year": year, "span": name})
            for code, name in span_choices()
            if (days_of(code, year)[0] or dt.date(year, 1, 1)) <= today
        ]
        groups.append((str(year), begun))
    return groups


def days_of_span(span: str, today: dt.date) -> tuple[dt.date, dt.date]:
    """First and last day of a period such as "2026-q3"; of the one that runs, up to today."""
    year, _dash, code = span.partition("-")
    first, last = days_of(code, int(year))
    ends = last or dt.date(int(year), 12, 31)
    return first or dt.date(int(year), 1, 1), min(ends, today)


def name_of_span(span: str, today: dt.date) -> str:
    """The period in words: 2026年第三季度; a whole year is 2026年."""
    year, _dash, code = span.partition("-")
    if not code:
        return gettext("%(year)d年") % {"year": int(year)}
    names = {key: name for _year, group in span_groups(today)[1:] for key, name in group}
    return str(names[span])
