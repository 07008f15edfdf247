"""Writing the chain. Called inside the transaction of the change that an entry speaks of."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import models, transaction
from django.utils import timezone

from bihuan.audit.models import Entry, Head, Seal
from bihuan.audit.rules import FORM, START, commitment, hashes

RoleFinder = Callable[[models.Model, str], Iterable[str]]

role_finders: list[RoleFinder] = []
"""Each told an account and the path of an organisation ("" for none): the roles held there."""

_request: ContextVar[str] = ContextVar("bihuan_request", default="")


@contextmanager
def during(request: str) -> Iterator[None]:
    """Let every entry written in this block name the request it came of."""
    token = _request.set(request)
    try:
        yield
    finally:
        _request.reset(token)


def write_entry(
    verb: str,
    thing: models.Model | None = None,
    *,
    by: models.Model | str,
    org: models.Model | None = None,
    about: int | None = None,
    purpose: str = "",
    sealed: Mapping[str, Any] | None = None,
    **detail: Any,
) -> Entry:
    """Append one entry in the caller's transaction.

    `by` is an account, or a word such as "system". `detail` holds ids, codes and counts,
    never contents. What says something of a person goes into `sealed`, and `about`, the
    person concerned, goes there by itself: the entry only commits to these values, and they
    can be erased. Whoever appends holds the head row until the end of the transaction, so
    the chain has no gaps and no forks.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("an entry belongs into the transaction of its change")
    path = str(getattr(org, "path", ""))
    entry = Entry(
        actor=by if isinstance(by, str) else str(getattr(by, "username", by)),
        actor_id=None if isinstance(by, str) else by.pk,
        verb=verb,
        thing=thing._meta.label_lower if thing is not None else "",
        thing_id=str(thing.pk) if thing is not None else "",
        org_path=path,
        purpose=purpose,
        detail=detail,
        form=FORM,
        roles="" if isinstance(by, str) else _roles(by, path),
        request=_request.get(),
    )
    personal = {**(sealed or {}), **({} if about is None else {"about": about})}
    return _append(entry, personal)


def _roles(by: models.Model, path: str) -> str:
    return ",".join(sorted({role for find in role_finders for role in find(by, path)}))


def _append(entry: Entry, personal: Mapping[str, Any]) -> Entry:
    """Seal, chain and store; nothing that takes time stands between the lock and the end."""
    salts = {name: secrets.token_hex(16) for name in personal}
    entry.sealed = {name: commitment(salts[name], value) for name, value in personal.items()}
    head, _created = Head.objects.select_for_update().get_or_create(
        pk=1, defaults={"index": 0, "sm3": START, "sha256": START}
    )
    entry.index, entry.at = head.index + 1, timezone.now()
    entry.sm3, entry.sha256 = hashes(entry.plain(), (head.sm3, head.sha256))
    entry.save(force_insert=True)
    Head.objects.filter(pk=1).update(index=entry.index, sm3=entry.sm3, sha256=entry.sha256)
    if personal:
        Seal.objects.bulk_create(
            Seal(index=entry.index, name=name, salt=salts[name], value=json.dumps(value))
            for name, value in personal.items()
        )
    return entry


@transaction.atomic
def record_read(
    thing: models.Model, *, by: models.Model | str, purpose: str, about: int | None = None
) -> Entry:
    """Write down that somebody reads a personal record, before it is shown."""
    return write_entry("personal.read", thing, by=by, about=about, purpose=purpose)


@transaction.atomic
def erase_about(person: int, *, by: models.Model | str, purpose: str) -> int:
    """Forget in the chain that entries concern this person; the number of values forgotten.

    All sealed values of these entries go, with their salts. The entries stay, and what they
    still hold of the person is what they did themselves (PIPL article 47).
    """
    named = Seal.objects.filter(name__in=("about", "person"), value=json.dumps(person))
    indexes = list(named.values_list("index", flat=True).distinct())
    gone, _by_model = Seal.objects.filter(index__in=indexes).delete()
    write_entry("personal.erased", by=by, purpose=purpose, values=gone)
    return gone
