from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LedgerConfig(AppConfig):
    """Registers the ledger with everything whose change moves a cell."""

    name = "bihuan.ledger"
    verbose_name = _("台账")

    def ready(self) -> None:
        from bihuan.activities import actions as activities  # noqa: PLC0415 -- app ready
        from bihuan.activities.queries import discharge  # noqa: PLC0415 -- app ready
        from bihuan.duties import actions as duties  # noqa: PLC0415 -- app ready
        from bihuan.ledger.actions import changes  # noqa: PLC0415 -- app ready
        from bihuan.ledger.queries.discharge import cells_of_record  # noqa: PLC0415 -- app ready
        from bihuan.orgs.actions import changes as orgs  # noqa: PLC0415 -- app ready

        activities.after_change.append(changes.follow_activity)
        duties.after_duties.append(changes.follow_duties)
        duties.after_exemption.append(changes.follow_exemption)
        duties.after_completion.append(changes.follow_completion)
        orgs.after_change.append(changes.follow_orgs)
        discharge.discharges.append(cells_of_record)
