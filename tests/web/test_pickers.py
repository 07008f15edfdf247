from __future__ import annotations

import pytest
from django import forms
from django.test import Client

from bihuan.access.permissions import Permission
from bihuan.orgs.actions.tree import establish
from bihuan.orgs.choices import OrgKind
from bihuan.orgs.models import Org
from bihuan.web.pickers import FEW, OrgField
from tests.village import FOUNDED, Village, found_village

pytestmark = pytest.mark.django_db


class OneForm(forms.Form):
    org = OrgField(label="组织", permission=Permission.ORG_VIEW)
    other = OrgField(label="另一个", permission=Permission.ORG_VIEW, required=False)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        for name in ("org", "other"):
            self.fields[name].queryset = Org.objects.living()  # type: ignore[attr-defined]


@pytest.fixture
def village() -> Village:
    return found_village()


@pytest.fixture
def many(village: Village) -> list[Org]:
    return [
        establish(
            f"市某局第{number}支部",
            OrgKind.BRANCH,
            parent=village.unit,
            founded=FOUNDED,
            by="system",
        )
        for number in range(40)
    ]


def test_a_page_holds_few_organisations_however_many_there_are(many: list[Org]) -> None:
    html = OneForm(initial={"org": many[3]}).as_p()

    assert html.count("第") == 1
    assert f'value="{many[3].pk}" checked' in html
    assert html.count('type="search"') == 2


def test_few_organisations_stand_on_the_page_and_need_no_script(village: Village) -> None:
    html = OneForm(initial={"org": village.unit.pk}).as_p()

    assert Org.objects.count() <= FEW
    assert "search" not in html
    assert html.count('name="org"') == Org.objects.count()


def test_the_key_chosen_counts(village: Village, many: list[Org]) -> None:
    form = OneForm({"org": str(many[2].pk), "org-name": "第7支部", "org-was": ""})

    assert form.is_valid(), form.errors
    assert (form.cleaned_data["org"], form.cleaned_data["other"]) == (many[2], None)


@pytest.mark.parametrize("typed", ["市某局第7支部", "第7支部", "  第7支部 "])
def test_without_script_the_name_typed_outweighs_what_was_chosen(
    many: list[Org], typed: str
) -> None:
    was = str(many[2].pk)
    form = OneForm({"org": was, "org-name": typed, "org-was": was})

    assert form.is_valid(), form.errors
    assert form.cleaned_data["org"] == many[7]


def test_a_name_of_several_comes_back_as_a_short_choice(many: list[Org]) -> None:
    form = OneForm({"org-name": "1支部", "org-was": ""})

    assert form.errors["org"] == ["名称含“1支部”的组织不止一个，请选一个。"]
    html = form.as_p()
    assert 'value="1支部"' in html
    assert [str(org.pk) for org in many if f'value="{org.pk}"' in html] == [
        str(org.pk) for org in many if org.name.endswith("1支部")
    ]


def test_a_name_of_nobody_is_said_and_kept(many: list[Org]) -> None:
    form = OneForm({"org-name": "<b>没有</b>", "org-was": ""})

    assert form.errors["org"] == ["没有名称含“<b>没有</b>”的组织。"]
    assert "&lt;b&gt;没有&lt;/b&gt;" in form.as_p()


@pytest.mark.parametrize("key", ["x", "0", "99999999999999999999", "1 OR 1=1"])
def test_a_key_of_nobody_is_refused(many: list[Org], key: str) -> None:
    form = OneForm({"org": key})

    assert not form.is_valid()
    assert form.as_p()


def test_the_tree_opens_for_the_permission_that_is_used(client: Client, village: Village) -> None:
    client.force_login(village.secretary)

    assert client.get("/org-tree/", {"for": "record.file"}).status_code == 200
    assert client.get("/org-tree/", {"for": "grant.give"}).status_code == 403
    found = client.get("/org-tree/", {"field": "org", "org-name": "测试", "for": "org.view"})
    assert [org.name for org, _inner in found.context["orgs"]] == ["市测试局机关党支部"]


@pytest.mark.parametrize(
    "route",
    [
        "signup/", "email/", "confirm-email/", "confirm-email/x/", "password/set/",
        "password/reset/", "password/reset/key/x-y/", "login/code/confirm/",
    ],
)  # fmt: skip
def test_what_nobody_can_use_is_not_there(client: Client, village: Village, route: str) -> None:
    client.force_login(village.member)

    assert client.get(f"/accounts/{route}").status_code == 404
    assert client.post(f"/accounts/{route}").status_code == 404


@pytest.mark.parametrize("route", ["password/change/", "2fa/"])
def test_what_one_needs_for_oneself_stays(client: Client, village: Village, route: str) -> None:
    village.member.set_password("记一次处处用 2026")
    village.member.save()
    client.force_login(village.member)

    assert client.get(f"/accounts/{route}").status_code == 200
