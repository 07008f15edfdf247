"""Writing the chain. Called inside the transaction of the change that an entry speaks of."""

from __future__ import annotations

from typing import Any

from django.db import models, transaction
from django.utils import timezone

from bihuan.audit.models import Entry, Head
from bihuan.audit.rules import START, hashes


def write_entry(
    verb: str,
    thing: models.Model | None = None,
    *,
    by: models.Model | str,
    org: models.Model | None = None,
    about: int | None = None,
    purpose: str = "",
    **detail: Any,
) -> Entry:
    """Append one entry in the caller's transaction.

    `by` is an account, or a word such as "system". `detail` holds ids, codes and counts,
    never contents. Whoever appends holds the head row until the end of the transaction, so
    the chain has no gaps and no forks.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("an entry belongs into the transaction of its change")
    head, _created = Head.objects.select_for_update().get_or_create(
        pk=1, defaults={"index": 0, "sm3": START, "sha256": START}
    )
    entry = Entry(
        index=head.index + 1,
        at=timezone.now(),
        actor=by if isinstance(by, str) else str(getattr(by, "username", by)),
        actor_id=None if isinstance(by, str) else by.pk,
        verb=verb,
        thing=thing._meta.label_lower if thing is not None else "",
        thing_id=str(thing.pk) if thing is not None else "",
        org_path=str(getattr(org, "path", "")),
        about=about,
        purpose=purpose,
        detail=detail,
    )
    entry.sm3, entry.sha256 = hashes(entry.plain(), (head.sm3, head.sha256))
    entry.save(force_insert=True)
    Head.objects.filter(pk=1).update(index=entry.index, sm3=entry.sm3, sha256=entry.sha256)
    return entry


@transaction.atomic
def record_read(
    thing: models.Model, *, by: models.Model | str, purpose: str, about: int | None = None
) -> Entry:
    """Write down that somebody reads a personal record, before it is shown."""
    return write_entry("personal.read", thing, by=by, about=about, purpose=purpose)
