"""Reads of the chain."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet

from bihuan.audit.models import Entry


def reads_about(person_id: int) -> QuerySet[Entry]:
    """Every reading of personal records about one person, newest first, for that person."""
    return Entry.objects.filter(about=person_id, verb="personal.read").order_by("-index")


def chain() -> Iterator[dict[str, Any]]:
    """All entries in order, as plain values."""
    for entry in Entry.objects.order_by("index").iterator(chunk_size=2000):
        yield entry.plain()


def last_entry() -> dict[str, Any] | None:
    """The newest entry, whose hashes sum up the whole chain."""
    entry = Entry.objects.order_by("-index").first()
    return entry.plain() if entry else None
