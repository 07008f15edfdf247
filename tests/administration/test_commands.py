from __future__ import annotations

import io

import pytest
from django.core.management import CommandError, call_command

from bihuan.access.models import Grant
from bihuan.accounts.models import User
from bihuan.audit.models import Entry
from tests.village import Village, found_village

pytestmark = pytest.mark.django_db
PASSWORD = "记一次处处用 2026"


@pytest.fixture
def village() -> Village:
    return found_village()


@pytest.fixture
def typing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{PASSWORD}\n"))


def test_the_first_administrator_is_opened_with_a_role(village: Village, typing: None) -> None:
    call_command("account", "open", "anquan", "--name=安全员", "--role=SECURITY_ADMIN")

    user = User.objects.get(username="anquan")
    grant = Grant.objects.get(user=user)
    assert user.check_password(PASSWORD)
    assert (grant.role, grant.org, grant.granted_by) == (
        "SECURITY_ADMIN", village.committee, "system",
    )  # fmt: skip
    assert [entry.verb for entry in Entry.objects.order_by("-index")[:2]] == [
        "role.given", "account.opened",
    ]  # fmt: skip


def test_a_password_is_set(village: Village, typing: None) -> None:
    call_command("account", "password", "member")

    assert User.objects.get(username="member").check_password(PASSWORD)


def test_at_a_terminal_a_refused_password_is_asked_for_again(
    village: Village, monkeypatch: pytest.MonkeyPatch
) -> None:
    typed = iter(["kurz", PASSWORD])
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("getpass.getpass", lambda _asked: next(typed))
    said = io.StringIO()

    call_command("account", "open", "xinren", stderr=said)

    assert User.objects.get(username="xinren").check_password(PASSWORD)
    assert said.getvalue().strip() != ""


def test_after_three_refused_passwords_nothing_is_opened(
    village: Village, monkeypatch: pytest.MonkeyPatch
) -> None:
    typed = iter(["kurz"] * 3)
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("getpass.getpass", lambda _asked: next(typed))

    with pytest.raises(CommandError):
        call_command("account", "open", "xinren", stderr=io.StringIO())

    assert not User.objects.filter(username="xinren").exists()
    assert list(typed) == []


def test_an_account_is_closed(village: Village) -> None:
    call_command("account", "close", "member")

    assert not User.objects.get(username="member").is_active


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["open", "member"], "用户名"),
        (["open", "a b"], "用户名只能包含"),
        (["open", "neu", "--role=MEMBER", "--org=没有"], "没有找到组织"),
        (["password", "nemo"], "没有这个账号"),
        (["close", "nemo"], "没有这个账号"),
    ],
)
def test_what_cannot_be_done_is_said(
    village: Village, typing: None, words: list[str], sentence: str
) -> None:
    accounts = User.objects.count()

    with pytest.raises(CommandError, match=sentence):
        call_command("account", *words)

    assert User.objects.count() == accounts


def test_a_weak_password_opens_nothing(village: Village, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("123\n"))

    with pytest.raises(CommandError):
        call_command("account", "open", "neu")

    assert not User.objects.filter(username="neu").exists()
