"""Looking into the chain is itself written down, before anything is shown."""

from __future__ import annotations

from django.db import transaction

from bihuan.accounts.models import User
from bihuan.audit.actions import write_entry
from bihuan.audit.models import Entry


@transaction.atomic
def note_reading(*, by: User) -> Entry:
    """Write down that somebody looks into the chain; once a visit."""
    return write_entry("audit.read", by=by)


@transaction.atomic
def note_export(*, by: User) -> Entry:
    """Write down that somebody takes the chain along; this entry is the last one exported."""
    return write_entry("audit.exported", by=by)
