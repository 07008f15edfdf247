"""Everything anybody may be allowed to do, the roles that bundle it, and the labels of data."""

from __future__ import annotations

from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _


class Label(models.IntegerChoices):
    """How far data may be seen (L3 is never inherited down the tree)."""

    OPEN = 0, _("公开")
    INTERNAL = 1, _("内部")
    PERSONAL = 2, _("个人信息")
    CONFIDENTIAL = 3, _("保密")


class Permission(StrEnum):
    """One wish a line, sorted by subject."""

    AUDIT_VIEW = "audit.view"
    BRIEFING_VIEW = "briefing.view"
    BRIEFING_WRITE = "briefing.write"
    DUTY_EXEMPT = "duty.exempt"
    DUTY_ISSUE = "duty.issue"
    DUTY_VIEW = "duty.view"
    GRANT_GIVE = "grant.give"
    GRANT_VIEW = "grant.view"
    LEDGER_VIEW = "ledger.view"
    ORG_EDIT = "org.edit"
    ORG_VIEW = "org.view"
    PERSON_EDIT = "person.edit"
    PERSON_VIEW = "person.view"
    PLAN_EDIT = "plan.edit"
    PLAN_VIEW = "plan.view"
    RECORD_FILE = "record.file"
    RECORD_VIEW = "record.view"
    REMINDER_SEND = "reminder.send"
    SYSTEM_RUN = "system.run"


class Role(models.TextChoices):
    """A named bundle of permissions, given to a person for one organisation and all below it."""

    OFFICER = "OFFICER", _("工委干部")
    UNIT_SECRETARY = "UNIT_SECRETARY", _("单位党组织书记")
    BRANCH_SECRETARY = "BRANCH_SECRETARY", _("支部书记")
    MEMBER = "MEMBER", _("党员")
    AUDITOR = "AUDITOR", _("审计管理员")
    SYSTEM_ADMIN = "SYSTEM_ADMIN", _("系统管理员")
    SECURITY_ADMIN = "SECURITY_ADMIN", _("安全管理员")


LABELS: dict[Permission, Label] = {
    Permission.PERSON_EDIT: Label.PERSONAL,
    Permission.PERSON_VIEW: Label.PERSONAL,
    Permission.AUDIT_VIEW: Label.PERSONAL,
    Permission.GRANT_VIEW: Label.PERSONAL,
}
"""Permissions that open data above `Label.INTERNAL`; all others open internal data."""

_MEMBER = frozenset({Permission.ORG_VIEW, Permission.DUTY_VIEW, Permission.RECORD_VIEW})
_BRANCH = _MEMBER | {
    Permission.LEDGER_VIEW,
    Permission.PERSON_VIEW,
    Permission.PLAN_VIEW,
    Permission.RECORD_FILE,
}
_UNIT = _BRANCH | {
    Permission.BRIEFING_VIEW,
    Permission.BRIEFING_WRITE,
    Permission.DUTY_ISSUE,
    Permission.GRANT_VIEW,
    Permission.ORG_EDIT,
    Permission.PERSON_EDIT,
    Permission.PLAN_EDIT,
    Permission.REMINDER_SEND,
}

GRANTS: dict[Role, frozenset[Permission]] = {
    Role.MEMBER: _MEMBER,
    Role.BRANCH_SECRETARY: _BRANCH,
    Role.UNIT_SECRETARY: _UNIT,
    Role.OFFICER: _UNIT | {Permission.DUTY_EXEMPT},
    # The three administrators hold no business rights and exclude each other
    # (GB/T 22239-2019, 安全管理中心: 系统管理、审计管理、安全管理 are separate).
    Role.AUDITOR: frozenset({Permission.AUDIT_VIEW, Permission.GRANT_VIEW}),
    Role.SYSTEM_ADMIN: frozenset({Permission.SYSTEM_RUN}),
    Role.SECURITY_ADMIN: frozenset({Permission.GRANT_GIVE, Permission.GRANT_VIEW}),
}

ADMINISTRATORS = frozenset({Role.AUDITOR, Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN})


def roles_with(permission: Permission) -> list[Role]:
    """The roles that carry `permission`."""
    return [role for role, granted in GRANTS.items() if permission in granted]
