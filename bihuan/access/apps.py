from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccessConfig(AppConfig):
    name = "bihuan.access"
    verbose_name = _("权限")

    def ready(self) -> None:
        """Let an entry of the audit say in which roles somebody acted."""
        from bihuan.access import queries  # noqa: PLC0415 -- app ready
        from bihuan.audit import actions as audit  # noqa: PLC0415 -- app ready

        audit.role_finders.append(queries.roles_at)
