"""Accounts: how they are made and what the sign-in screens allow."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.db import transaction

from bihuan.accounts.models import User
from bihuan.audit.actions import write_entry


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts are given by an administrator; nobody opens one for themselves."""

    def is_open_for_signup(self, request: Any) -> bool:
        return False


@transaction.atomic
def open_account(username: str, *, password: str | None, name: str, by: User | str) -> User:
    """Open an account; without a password nobody can sign in to it yet."""
    user = User.objects.create_user(username, password, display_name=name)
    write_entry("account.opened", user, by=by)
    return user


@transaction.atomic
def close_account(user: User, *, by: User | str) -> User:
    """Let nobody sign in to this account any more; its sessions end with the next click."""
    user.is_active = False
    user.save(update_fields=["is_active"])
    write_entry("account.closed", user, by=by)
    return user
