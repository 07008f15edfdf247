from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from bihuan.access.permissions import Permission, Role
from bihuan.administration.choices import VERBS
from bihuan.orgs.models import Org
from bihuan.web.pickers import OrgField

SENSIBLE = (
    MinValueValidator(dt.date(2000, 1, 1), _("请填写2000年以后的日期。")),
    MaxValueValidator(dt.date(2999, 12, 31), _("请填写3000年以前的日期。")),
)


def day_field(label: Any, *, required: bool = False, help_text: Any = "") -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(
        label=label, required=required, widget=widget, help_text=help_text, validators=SENSIBLE
    )


class EntryFilterForm(forms.Form):
    """Which entries are shown. Anything that cannot be read counts as not asked."""

    first = day_field(_("从哪天"))
    last = day_field(_("到哪天"))
    actor = forms.CharField(label=_("用户名"), required=False, max_length=64)
    verb = forms.ChoiceField(label=_("做了什么"), required=False)
    org = forms.CharField(label=_("组织名称"), required=False, max_length=120)
    thing_id = forms.CharField(label=_("对象编号"), required=False, max_length=64)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words = sorted(VERBS.items(), key=lambda each: each[0])
        self.fields["verb"].choices = [("", _("全部")), *words]  # type: ignore[attr-defined]


class GrantFilterForm(forms.Form):
    name = forms.CharField(label=_("姓名或用户名"), required=False, max_length=64)
    role = forms.ChoiceField(label=_("角色"), required=False)
    ended = forms.ChoiceField(
        label=_("状态"), required=False, choices=[("", _("有效")), ("yes", _("已结束"))]
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [("", _("全部")), *Role.choices]  # type: ignore[attr-defined]


class GrantForm(forms.Form):
    """Give a role: to whom, which, for which organisation, from when until when."""

    username = forms.CharField(
        label=_("用户名"), max_length=64, help_text=_("已开立账号的用户名，例如 zhangwei。")
    )
    role = forms.ChoiceField(label=_("角色"), choices=Role.choices)
    org = OrgField(label=_("范围"), permission=Permission.GRANT_GIVE, help_text=_("包括全部下级。"))
    since = day_field(_("从哪天起"), required=True)
    until = day_field(_("到哪天止（含）"), help_text=_("不填就是长期有效。"))

    def __init__(self, *args: Any, orgs: QuerySet[Org], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["org"].queryset = orgs  # type: ignore[attr-defined]
