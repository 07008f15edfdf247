"""Giving and taking roles."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from bihuan.access.models import Grant
from bihuan.access.permissions import ADMINISTRATORS, Role
from bihuan.accounts.models import User
from bihuan.audit.actions import write_entry
from bihuan.lib.refusals import Refused
from bihuan.orgs.models import Org


@transaction.atomic
def give_role(
    user: User,
    role: Role,
    org: Org,
    *,
    since: dt.date,
    until: dt.date | None = None,
    by: User | str,
) -> Grant:
    """Let `user` hold `role` for `org` and all below it from the day `since` on.

    `until` is the first day on which it holds no more, None for as long as nobody ends it.
    The three administrators exclude each other and every business role on any day, and
    nobody gives a role to themselves.
    """
    if by == user:
        raise Refused(_("不能给自己授权。"))
    if until is not None and until <= since:
        raise Refused(_("结束日期不能早于开始日期。"))
    overlapping = Grant.objects.overlapping(since, until).filter(user=user)
    if overlapping.filter(role=role, org=org).exists():
        raise Refused(_("这个账号在这段时间已经有这个角色。"))
    held = set(overlapping.values_list("role", flat=True))
    if held - {role} and (role in ADMINISTRATORS or held & ADMINISTRATORS):
        raise Refused(_("系统、安全、审计管理员必须由不同的人担任，并且不能兼业务角色。"))
    grant = Grant.objects.create(
        user=user, role=role, org=org, since_date=since, until_date=until,
        granted_by=str(getattr(by, "username", by)),
    )  # fmt: skip
    write_entry(
        "role.given", grant, by=by, org=org, role=role, user=user.pk,
        since=since.isoformat(), until=until.isoformat() if until else None,
    )  # fmt: skip
    return grant


@transaction.atomic
def take_role(grant: Grant, *, on: dt.date, by: User | str) -> Grant:
    """End a role with the day before `on`; one that has not begun by then is withdrawn."""
    if by == grant.user:
        raise Refused(_("不能收回自己的角色，请另一位管理员来办。"))
    write_entry("role.taken", grant, by=by, org=grant.org, role=grant.role, user=grant.user_id)
    if on <= grant.since_date:
        grant.delete()
        return grant
    grant.until_date = on
    grant.save(update_fields=["until_date"])
    return grant
