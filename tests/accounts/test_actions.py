from __future__ import annotations

import pytest
from allauth.mfa.totp.internal import auth as totp
from django.contrib.sessions.backends.db import SessionStore
from django.test import Client
from django.urls import reverse

from bihuan.accounts import actions
from bihuan.accounts.actions import close_account, keep_post, open_account, take_post
from bihuan.accounts.models import User
from bihuan.audit.models import Entry
from bihuan.demo import choices as demo
from tests.village import found_village

pytestmark = pytest.mark.django_db
PASSWORD = "记一次处处用 2026"


@pytest.fixture
def li() -> User:
    return open_account("li", password=PASSWORD, name="李", by="system")


def sign_in(client: Client, username: str = "li", password: str = PASSWORD, **more: str):
    typed = {"login": username, "password": password, **more}
    return client.post(reverse("account_login"), typed)


def test_a_kept_form_comes_back_once_and_without_secrets() -> None:
    session = SessionStore()
    fields = [("a", "甲"), ("a", "乙"), ("new_password", "x"), ("csrfmiddlewaretoken", "x")]

    keep_post(session, "/records/new/?x=1", fields, files=True)

    assert "甲" not in str(dict(session))
    kept = take_post(session)
    assert kept is not None
    assert (kept.path, kept.fields, kept.files) == (
        "/records/new/?x=1", [("a", "甲"), ("a", "乙")], True,
    )  # fmt: skip
    assert take_post(session) is None


def test_a_kept_form_is_forgotten_after_half_an_hour(monkeypatch: pytest.MonkeyPatch) -> None:
    session = SessionStore()
    keep_post(session, "/", [("a", "甲")], files=False)
    monkeypatch.setattr(actions, "KEPT_SECONDS", -1)

    assert take_post(session) is None


def test_an_endless_form_is_not_kept() -> None:
    session = SessionStore()

    keep_post(session, "/", [("a", "x" * 600_000)], files=False)

    assert take_post(session) is None


def test_an_ended_session_loses_nothing_that_was_typed(client: Client) -> None:
    village = found_village()
    village.secretary.set_password(PASSWORD)
    village.secretary.save()
    address = reverse("activities:record")
    typed = {"org": str(village.branch.pk), "kinds": "theme_day", "summary": "写了很久的纪要"}

    to_login = client.post(address, typed)
    assert to_login.status_code == 302
    assert to_login["Location"] == f"/accounts/login/?next={reverse('web:send_again')}"
    back = sign_in(client, "secretary", next=reverse("web:send_again"))
    page = client.get(back["Location"]).content.decode()

    assert 'name="summary" value="写了很久的纪要"' in page
    assert f'action="{address}"' in page
    assert client.get(reverse("web:send_again"))["Location"] == "/"


def test_a_form_sent_in_the_background_stays_on_the_screen(client: Client) -> None:
    answer = client.post(reverse("activities:record"), {"a": "1"}, headers={"HX-Request": "true"})

    assert answer.status_code == 401


def test_a_part_asked_for_after_the_session_takes_the_whole_page_to_sign_in(
    client: Client,
) -> None:
    answer = client.get(reverse("web:org_tree"), headers={"HX-Request": "true"})

    assert answer["HX-Redirect"] == "/accounts/login/?next=/org-tree/"


def test_signing_in_needs_the_right_password(client: Client, li: User) -> None:
    assert sign_in(client, password="falsch").status_code == 200
    assert sign_in(client)["Location"] == "/"


def test_signing_in_and_out_and_failing_are_written_down(client: Client, li: User) -> None:
    sign_in(client, password="geheim-falsch")
    sign_in(client, "geheim-falsch", "x")
    sign_in(client)
    client.post(reverse("account_logout"))

    written = [
        (entry.verb, entry.actor, entry.thing_id)
        for entry in Entry.objects.filter(verb__startswith="account.sign").order_by("index")
    ]
    assert written == [
        ("account.sign_in_failed", "visitor", str(li.pk)),
        ("account.sign_in_failed", "visitor", ""),
        ("account.signed_in", "li", str(li.pk)),
        ("account.signed_out", "li", str(li.pk)),
    ]
    assert "geheim" not in str([entry.plain() for entry in Entry.objects.all()])


def test_an_unknown_name_and_a_wrong_password_get_the_same_answer(client: Client, li: User) -> None:
    known, unknown = sign_in(client, password="x"), sign_in(client, "nobody", "x")

    assert known.context["form"].errors == unknown.context["form"].errors


def test_a_closed_account_cannot_sign_in(client: Client, li: User) -> None:
    close_account(li, by="system")

    assert sign_in(client)["Location"] == reverse("account_inactive")


def test_a_closed_account_is_out_with_the_next_click(client: Client, li: User) -> None:
    sign_in(client)
    assert client.get(reverse("account_change_password")).status_code == 200

    close_account(li, by="system")

    assert client.get(reverse("account_change_password")).status_code == 302


def test_nobody_opens_an_account_for_themselves(client: Client) -> None:
    typed = {"username": "wang", "password1": PASSWORD, "password2": PASSWORD}

    client.post(reverse("account_signup"), typed)

    assert not User.objects.exists()


@pytest.mark.parametrize(
    "name",
    ["account_login", "account_inactive"],
)
def test_screens_before_sign_in_are_drawn(client: Client, name: str) -> None:
    page = client.get(reverse(name))

    assert page.status_code == 200
    assert "<h1>" in page.content.decode()


@pytest.mark.parametrize(
    "name",
    [
        "account_change_password", "mfa_index", "account_reauthenticate", "account_logout",
    ],
)  # fmt: skip
def test_screens_about_ones_own_account_are_drawn(client: Client, li: User, name: str) -> None:
    sign_in(client)

    page = client.get(reverse(name))

    assert page.status_code == 200
    assert "<h1>" in page.content.decode()


def test_the_demo_accounts_are_shown_in_the_demo_only(client: Client, settings) -> None:
    assert "bihuan-demo" not in client.get(reverse("account_login")).content.decode()

    settings.DEMO = True

    page = client.get(reverse("account_login")).content.decode()
    assert f'value="{demo.PASSWORD}"' in page
    for account in demo.ACCOUNTS:
        assert f'value="{account.username}"' in page


def test_a_second_step_is_set_up_used_and_taken_away(client: Client, li: User) -> None:
    sign_in(client)
    activate = reverse("mfa_activate_totp")
    ask = client.get(activate)
    if ask.status_code == 302:
        client.post(ask["Location"], {"password": PASSWORD})
    form = client.get(activate).context["form"]

    done = client.post(activate, {"code": code_of(form.secret)})

    assert done.status_code == 302
    shown = client.get(reverse("mfa_view_recovery_codes")).context["unused_codes"]
    assert len(shown) == 10
    client.post(reverse("account_logout"))
    assert sign_in(client)["Location"] == reverse("mfa_authenticate")
    assert client.get("/").status_code == 302
    assert client.get(reverse("mfa_authenticate")).status_code == 200
    client.post(reverse("mfa_authenticate"), {"code": shown[0]})
    assert client.get(reverse("account_change_password")).status_code == 200
    assert client.get(reverse("mfa_generate_recovery_codes"), follow=True).status_code == 200
    assert client.get(reverse("mfa_deactivate_totp"), follow=True).status_code == 200


def code_of(secret: str) -> str:
    return totp.format_hotp_value(
        totp.hotp_value(secret, next(totp.yield_hotp_counters_from_time()))
    )
