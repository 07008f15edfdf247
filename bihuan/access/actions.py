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
def give_role(user: User, role: Role, org: Org, *, since: dt.date, by: User | str) -> Grant:
    """Let `user` hold `role` for `org` and all below it from the day `since` on.

    The three administrators exclude each other and every business role, and nobody gives
    a role to themselves.
    """
    if by == user:
        raise Refused(_("不能给自己授权。"))
    held = set(Grant.objects.valid(on=since).filter(user=user).values_list("role", flat=True))
    if held - {role} and (role in ADMINISTRATORS or held & ADMINISTRATORS):
        raise Refused(_("系统、安全、审计管理员必须由不同的人担任，并且不能兼业务角色。"))
    grant = Grant.objects.create(
        user=user, role=role, org=org, since_date=since, granted_by=str(getattr(by, "username", by))
    )
    write_entry("role.given", grant, by=by, org=org, role=role, user=user.pk)
    return grant


@transaction.atomic
def take_role(grant: Grant, *, on: dt.date, by: User | str) -> Grant:
    """End a role with the day before `on`; a role given today is withdrawn altogether."""
    write_entry("role.taken", grant, by=by, org=grant.org, role=grant.role, user=grant.user_id)
    if on <= grant.since_date:
        grant.delete()
        return grant
    grant.until_date = on
    grant.save(update_fields=["until_date"])
    return grant
