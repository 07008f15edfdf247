"""Accounts: how they are made, what the sign-in screens allow, what outlives a session."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.db import transaction
from django.utils.translation import gettext_lazy

from bihuan.accounts.models import User
from bihuan.audit.actions import write_entry

KEPT = "kept_post"
KEPT_SECONDS = 30 * 60
KEPT_AT_MOST = 512 * 1024
NEVER_KEPT = ("csrfmiddlewaretoken", "password", "code", "otp")


@dataclass(frozen=True)
class Kept:
    """A form that somebody sent after their session had ended: where to, and what was in it."""

    path: str
    fields: list[tuple[str, str]]
    files: bool


def keep_post(
    session: SessionBase, path: str, fields: Iterable[tuple[str, str]], *, files: bool
) -> None:
    """Keep a form in the visitor's session until they have signed in again.

    It is encrypted, for half an hour, and passwords and codes are left out. `files` says
    that there were files, which are not kept. A form over half a megabyte is not kept.
    """
    told = [
        (name, value)
        for name, value in fields
        if not any(word in name.lower() for word in NEVER_KEPT)
    ]
    text = json.dumps([path, told, files])
    if len(text) <= KEPT_AT_MOST:
        session[KEPT] = _lock().encrypt(text.encode("utf-8", "surrogatepass")).decode()


def take_post(session: SessionBase) -> Kept | None:
    """The kept form, once; None if there is none or it is too old."""
    token = session.pop(KEPT, None)
    if not isinstance(token, str):
        return None
    try:
        text = _lock().decrypt(token.encode(), ttl=KEPT_SECONDS)
    except InvalidToken:
        return None
    path, fields, files = json.loads(text.decode("utf-8", "surrogatepass"))
    return Kept(path, [(name, value) for name, value in fields], files)


def _lock() -> Fernet:
    key = hashlib.sha256(b"bihuan.accounts.kept" + settings.SECRET_KEY.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts are given by an administrator; nobody opens one for themselves."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "too_many_login_attempts": gettext_lazy(
            "登录失败的次数太多，请等五分钟再试。忘了密码，请找本单位的系统管理员。"
        ),
    }

    def is_open_for_signup(self, request: Any) -> bool:
        return False

    def post_login(self, request: Any, user: User, **kwargs: Any) -> Any:
        """Every sign-in is written down (GB/T 22239-2019, 安全审计), after all its steps."""
        with transaction.atomic():
            write_entry("account.signed_in", user, by=user)
        return super().post_login(request, user, **kwargs)

    def authentication_failed(self, request: Any, **credentials: Any) -> None:
        """So is one that failed. What was typed is not kept: it may be a password."""
        named = User.objects.filter(username=credentials.get("username") or "").first()
        with transaction.atomic():
            write_entry("account.sign_in_failed", named, by="visitor")
        super().authentication_failed(request, **credentials)

    def logout(self, request: Any) -> None:
        with transaction.atomic():
            write_entry("account.signed_out", request.user, by=request.user)
        super().logout(request)

    @transaction.atomic
    def set_password(self, user: User, password: str) -> None:
        super().set_password(user, password)
        write_entry("account.password_changed", user, by=user)


@transaction.atomic
def open_account(username: str, *, password: str | None, name: str, by: User | str) -> User:
    """Open an account; without a password nobody can sign in to it yet."""
    user = User.objects.create_user(username, password, display_name=name)
    write_entry("account.opened", user, by=by)
    return user


@transaction.atomic
def set_password(user: User, password: str, *, by: User | str) -> User:
    """Give an account another password; whoever is signed in with the old one is signed out."""
    user.set_password(password)
    user.save(update_fields=["password"])
    write_entry("account.password_set", user, by=by)
    return user


@transaction.atomic
def close_account(user: User, *, by: User | str) -> User:
    """Let nobody sign in to this account any more; its sessions end with the next click."""
    user.is_active = False
    user.save(update_fields=["is_active"])
    write_entry("account.closed", user, by=by)
    return user
