from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from bihuan.access.actions import give_role
from bihuan.access.permissions import Role
from bihuan.lib.refusals import Refused, Unavailable
from bihuan.orgs.actions.tree import establish
from bihuan.orgs.choices import OrgKind
from bihuan.web.middleware import Refusals
from bihuan.web.views import server_error
from tests.village import FOUNDED, Village, found_village

pytestmark = pytest.mark.django_db


@pytest.fixture
def village() -> Village:
    return found_village()


def test_the_language_is_kept_and_one_stays_where_one_was(client: Client) -> None:
    answer = client.post(
        reverse("web:language"), {"language": "en", "next": reverse("account_login")}
    )

    assert answer.headers["Location"] == reverse("account_login")
    assert client.cookies[settings.LANGUAGE_COOKIE_NAME].value == "en"
    assert '<html lang="en"' in client.get(reverse("account_login")).content.decode()


def test_the_language_switch_leads_nowhere_else(client: Client) -> None:
    answer = client.post(reverse("web:language"), {"language": "en", "next": "//evil.example/"})

    assert answer.headers["Location"] == "/"


def test_health_is_told_to_everybody(client: Client) -> None:
    answer = client.get(reverse("web:healthz"))

    assert (answer.status_code, answer.content) == (200, b"ok")


def test_one_acts_for_one_of_the_organisations_granted_and_for_no_other(
    client: Client, village: Village
) -> None:
    give_role(village.secretary, Role.MEMBER, village.other_branch, since=FOUNDED, by="system")
    client.force_login(village.secretary)
    assert client.get("/").context["standing"].org == village.branch

    client.post(reverse("web:act_for", args=[village.other_branch.pk]))
    assert client.get("/").context["standing"].org == village.other_branch
    client.post(reverse("web:act_for", args=[village.committee.pk]))
    assert client.get("/").context["standing"].org == village.other_branch


def test_the_tree_opens_level_by_level_within_reach(client: Client, village: Village) -> None:
    client.force_login(village.officer)
    url = reverse("web:org_tree")

    top = client.get(url).content.decode()
    below = client.get(url, {"under": village.committee.pk, "field": "host"}).content.decode()

    assert village.committee.name in top
    assert village.unit.name not in top
    assert village.unit.name in below
    assert f'name="host" value="{village.unit.pk}"' in below


def test_the_tree_finds_by_name_and_only_within_reach(client: Client, village: Village) -> None:
    client.force_login(village.secretary)
    url = reverse("web:org_tree")

    found = client.get(url, {"q": "机关党支部"}).content.decode()
    foreign = client.get(url, {"under": village.other_unit.pk})

    assert village.branch.name in found
    assert village.other_branch.name not in found
    assert foreign.status_code == 404


def test_a_search_that_finds_too_much_says_so(client: Client, village: Village) -> None:
    for number in range(31):
        establish(
            f"很多{number:02}", OrgKind.BRANCH, parent=village.unit, founded=FOUNDED, by="system"
        )
    client.force_login(village.officer)

    context = client.get(reverse("web:org_tree"), {"q": "很多"}).context

    assert (len(context["orgs"]), context["more"]) == (30, True)


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [("/nowhere/", 404, "没有找到这个页面"), ("/ledger/1/", 403, "您没有这项权限")],
)
def test_errors_say_what_to_do(
    client: Client, village: Village, path: str, status: int, said: str
) -> None:
    client.force_login(village.member)

    answer = client.get(path)

    assert answer.status_code == status
    assert said in answer.content.decode()
    assert "回到工作台" in answer.content.decode()


def test_a_fault_of_the_program_says_that_nothing_is_half_saved() -> None:
    answer = server_error(RequestFactory().get("/"))

    assert answer.status_code == 500
    assert "没有留下半截数据" in answer.content.decode()


@pytest.mark.parametrize(
    ("refusal", "status", "said"),
    [
        (Refused("这份计划已作废。"), 409, "刚才的操作没有办成"),
        (Unavailable("请升级程序。"), 503, "系统暂时不能使用"),
    ],
)
def test_a_refusal_that_no_form_shows_is_answered_with_its_sentence(
    refusal: Refused, status: int, said: str
) -> None:
    answer = _refused(refusal)
    page = answer.content.decode()
    assert answer.status_code == status
    assert f"<p>{refusal}</p>" in page
    assert said in page

    alone = _refused(refusal, headers={"hx-request": "true"})
    assert (alone.status_code, alone.content.decode()) == (status, str(refusal))


def test_a_fault_of_the_program_is_no_refusal() -> None:
    request = RequestFactory().get("/")
    assert Refusals(HttpResponse).process_exception(request, ValueError()) is None


def _refused(refusal: Refused, **more: Any) -> HttpResponse:
    """What a visitor gets when a screen raises this."""
    answer = Refusals(HttpResponse).process_exception(RequestFactory().get("/", **more), refusal)
    assert answer is not None
    return answer


def test_a_form_older_than_the_session_can_be_sent_again(village: Village) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(village.officer)
    url = reverse("ledger:exempt", args=[village.branch.pk])
    day = timezone.localdate().isoformat()

    answer = client.post(
        url,
        {"reason": "写了很久的原因", "since": day, "password": "geheim"},
        headers={"origin": "http://testserver"},
    )

    page = answer.content.decode()
    assert answer.status_code == 403
    assert 'value="写了很久的原因"' in page
    assert f'action="{url}"' in page
    assert "geheim" not in page


def test_a_form_from_elsewhere_is_not_offered_again(village: Village) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(village.officer)

    answer = client.post(
        reverse("ledger:exempt", args=[village.branch.pk]),
        {"reason": "别人替您写的"},
        headers={"origin": "https://evil.example"},
    )

    assert answer.status_code == 403
    assert "别人替您写的" not in answer.content.decode()
    assert "没有提交" in answer.content.decode()


def test_pages_bring_no_inline_script_or_style(client: Client, village: Village) -> None:
    client.force_login(village.officer)

    answer = client.get("/")

    page = answer.content.decode()
    assert "<style" not in page
    assert " style=" not in page
    assert page.count("<script") == page.count("<script src=")
    assert "'unsafe-inline'" not in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("who", "offered", "withheld"),
    [
        ("officer", ["ledger:overview", "duties:programmes"], []),
        ("secretary", ["activities:record"], []),
        ("member", ["activities:list"], ["activities:record", "duties:programmes"]),
    ],
)
def test_only_ways_one_may_go_are_offered(
    client: Client, village: Village, who: str, offered: list[str], withheld: list[str]
) -> None:
    client.force_login(getattr(village, who))

    page = client.get("/").content.decode()

    for name in offered:
        args = [village.committee.pk] if name == "ledger:overview" else []
        assert f'href="{reverse(name, args=args)}"' in page
    for name in withheld:
        assert f'href="{reverse(name)}"' not in page


def test_the_tree_offers_no_second_button_for_what_is_chosen(
    client: Client, village: Village
) -> None:
    client.force_login(village.officer)
    button = f'type="radio" name="org" value="{village.committee.pk}"'
    url, asked = reverse("web:org_tree"), {"for": "plan.edit", "chosen": village.committee.pk}

    free = client.get(url, {"for": "plan.edit"}).content.decode()
    chosen = client.get(url, asked).content.decode()

    assert (button in free, button in chosen) == (True, False)
    assert village.committee.name in chosen
