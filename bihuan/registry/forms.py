from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from bihuan.access.permissions import Permission
from bihuan.orgs.choices import Gender, MemberStatus, OrgKind, Post
from bihuan.orgs.models import Org, OrgQuerySet, Person
from bihuan.web.pickers import OrgField

EARLIEST = dt.date(1921, 7, 1)
LATEST = dt.date(2999, 12, 31)


def day_field(label: Any, *, required: bool = True, help_text: Any = "") -> forms.DateField:
    """A day between the founding of the Party and any end of a term."""
    return forms.DateField(
        label=label, required=required, help_text=help_text,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        validators=[
            MinValueValidator(EARLIEST, _("请填写1921年7月以后的日期。")),
            MaxValueValidator(LATEST, _("请填写3000年以前的日期。")),
        ],
    )  # fmt: skip


class DatedForm(forms.Form):
    """A form about something that holds from a day on, today at the latest."""

    dated = "on"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields[self.dated].initial = timezone.localdate()

    def clean(self) -> dict[str, Any]:
        asked: dict[str, Any] = super().clean() or {}
        day = asked.get(self.dated)
        if day is not None and day > timezone.localdate():
            self.add_error(self.dated, _("不能晚于今天。到了那一天再办理。"))
        return asked


class EstablishForm(DatedForm):
    """A new organisation below `parent`."""

    dated = "founded"
    name = forms.CharField(label=_("名称"), max_length=120, help_text=_("批复上的全称。"))
    short_name = forms.CharField(label=_("简称"), max_length=40, required=False)
    kind = forms.ChoiceField(label=_("类型"))
    founded = day_field(_("成立日期"))
    term_end_date = day_field(_("本届任期届满"), required=False)
    staff_count = forms.IntegerField(
        label=_("干部职工数"), required=False, min_value=0, max_value=1_000_000
    )

    def __init__(self, *args: Any, parent: Org, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        in_branch = parent.kind == OrgKind.BRANCH
        offered = [
            (value, label)
            for value, label in OrgKind.choices
            if (value == OrgKind.GROUP) == in_branch
        ]
        self.fields["kind"].choices = offered  # type: ignore[attr-defined]
        if not in_branch:
            self.fields["kind"].initial = OrgKind.BRANCH

    def clean_staff_count(self) -> int:
        return self.cleaned_data["staff_count"] or 0


class RenameForm(DatedForm):
    name = forms.CharField(label=_("新名称"), max_length=120)
    on = day_field(_("从哪天起"))


class AmendForm(forms.Form):
    """What is not dated."""

    short_name = forms.CharField(label=_("简称"), max_length=40, required=False)
    term_end_date = day_field(_("本届任期届满"), required=False)
    staff_count = forms.IntegerField(label=_("干部职工数"), min_value=0, max_value=1_000_000)


class MoveForm(DatedForm):
    to = OrgField(label=_("新的上级"), permission=Permission.ORG_EDIT)
    on = day_field(_("从哪天起"))

    def __init__(self, *args: Any, orgs: OrgQuerySet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].queryset = orgs  # type: ignore[attr-defined]


class MergeForm(DatedForm):
    into = OrgField(label=_("并入哪个组织"), permission=Permission.ORG_EDIT)
    on = day_field(_("从哪天起"))

    def __init__(self, *args: Any, orgs: OrgQuerySet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["into"].queryset = orgs  # type: ignore[attr-defined]


class DissolveForm(DatedForm):
    on = day_field(_("撤销日期"), help_text=_("从这一天起不再有这个组织。"))


class GroupedForm(DatedForm):
    """Somebody begins to belong to an organisation, in a branch perhaps to a group."""

    dated = "since"
    since = day_field(_("从哪天起属于这里"))


class PersonForm(GroupedForm):
    """Somebody who is not recorded yet."""

    name = forms.CharField(label=_("姓名"), max_length=50)
    gender = forms.ChoiceField(
        label=_("性别"), required=False, choices=[("", _("不填")), *Gender.choices]
    )
    status = forms.ChoiceField(label=_("政治面貌"), choices=MemberStatus.choices)
    joined_date = day_field(_("入党日期"), required=False)
    position = forms.CharField(label=_("职务"), max_length=80, required=False)
    retired = forms.BooleanField(label=_("离退休"), required=False)
    group = forms.ModelChoiceField(
        label=_("党小组"), queryset=Org.objects.none(), required=False, empty_label=_("不分组")
    )
    namesake = forms.BooleanField(
        label=_("是同名的另一个人"), required=False, widget=forms.HiddenInput
    )
    field_order = ("name", "gender", "status", "joined_date", "position", "retired", "group")

    def __init__(self, *args: Any, groups: OrgQuerySet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["group"].queryset = groups  # type: ignore[attr-defined]
        if not groups.exists():
            del self.fields["group"]

    def ask_for_namesake(self) -> None:
        """Somebody of this name is there already: let the one who asks say it is another."""
        self.fields["namesake"].widget = forms.CheckboxInput()
        self.add_error("namesake", _("这里已经有一位同名的人。不是同一个人，请勾选。"))


class CorrectForm(forms.Form):
    name = forms.CharField(label=_("姓名"), max_length=50)
    gender = forms.ChoiceField(
        label=_("性别"), required=False, choices=[("", _("不填")), *Gender.choices]
    )
    joined_date = day_field(_("入党日期"), required=False)
    position = forms.CharField(label=_("职务"), max_length=80, required=False)
    retired = forms.BooleanField(label=_("离退休"), required=False)


class AccountForm(forms.Form):
    username = forms.CharField(
        label=_("用户名"), max_length=64, required=False,
        help_text=_("在您的范围内有角色的账号。清空就是不再关联。"),
    )  # fmt: skip


class StatusForm(DatedForm):
    status = forms.ChoiceField(label=_("政治面貌"), choices=MemberStatus.choices)
    on = day_field(_("从哪天起"))


class BelongForm(GroupedForm):
    """Somebody recorded already moves to another organisation."""

    org = OrgField(label=_("转到哪里"), permission=Permission.PERSON_EDIT)
    field_order = ("org", "since")

    def __init__(self, *args: Any, orgs: OrgQuerySet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["org"].queryset = orgs  # type: ignore[attr-defined]


class PostForm(DatedForm):
    """A post with its portfolio, from a day on."""

    dated = "since"
    post = forms.ChoiceField(label=_("职务"), choices=Post.choices)
    portfolio = forms.CharField(
        label=_("分管领域"),
        max_length=200,
        required=False,
        help_text=_("一岗双责，例如：办公室、财务。"),
    )  # fmt: skip
    since = day_field(_("任职日期"))


class OrgPostForm(PostForm):
    """Who gets a post in an organisation; the person is typed by name."""

    person = forms.CharField(
        label=_("姓名"), max_length=50, widget=forms.TextInput(attrs={"list": "names"})
    )
    chosen = forms.CharField(label=_("是哪一位"), required=False, widget=forms.HiddenInput)
    field_order = ("person", "chosen", "post", "portfolio", "since")

    def offer(self, people: list[Person], sent: str) -> Person | None:
        """The one meant by a name; if several could be, they are offered and None is answered."""
        by_key = {str(person.pk): person for person in people}
        if sent in by_key:
            return by_key[sent]
        if len(people) == 1:
            return people[0]
        if not people:
            self.add_error("person", _("没有找到这个人。请先登记，或核对姓名。"))
            return None
        labels = [(key, f"{person.name} {person.position}") for key, person in by_key.items()]
        self.fields["chosen"].widget = forms.RadioSelect(choices=labels)
        self.add_error("chosen", _("同名的不止一位，请选一位。"))
        return None


class PersonPostForm(PostForm):
    """Where a person gets a post."""

    org = OrgField(label=_("在哪个组织任职"), permission=Permission.PERSON_EDIT)
    field_order = ("org", "post", "portfolio", "since")

    def __init__(self, *args: Any, orgs: OrgQuerySet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["org"].queryset = orgs  # type: ignore[attr-defined]


class RelieveForm(DatedForm):
    on = day_field(_("免职日期"), help_text=_("从这一天起不再担任。"))


class PeopleFilterForm(forms.Form):
    name = forms.CharField(label=_("姓名"), required=False, max_length=50)
    status = forms.ChoiceField(
        label=_("政治面貌"), required=False, choices=[("", _("全部")), *MemberStatus.choices]
    )
