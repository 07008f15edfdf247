"""Reads of accounts."""

from __future__ import annotations

from bihuan.accounts.models import User


def find_account(username: str, *, active: bool = False) -> User | None:
    """The account with this user name; with `active`, only if it is in use."""
    found = User.objects.filter(username=username.strip())
    return (found.filter(is_active=True) if active else found).first()
