from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class BriefingForm(forms.Form):
    """What a person says of a briefing; everything else is counted."""

    title = forms.CharField(label=_("标题"), max_length=200)
    since = forms.DateField(
        label=_("起"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    until = forms.DateField(
        label=_("止"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    demands = forms.CharField(
        label=_("整改要求"), max_length=4000, widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("这一段由您来写；数字由系统取自台账。"),
    )  # fmt: skip
