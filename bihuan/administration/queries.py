"""Entries and grants as a person may see them, with the names that belong to their numbers."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db.models import Q, QuerySet

from bihuan.access.models import Grant
from bihuan.access.permissions import Permission, Role
from bihuan.access.queries import orgs_where, top_orgs_where, within_reach
from bihuan.accounts.models import User
from bihuan.administration.choices import DETAILS, SEALED, VERBS
from bihuan.audit.models import Entry
from bihuan.audit.queries import Wish, chain, page_of, values_sealed
from bihuan.audit.rules import START, checkpoint, hashes
from bihuan.lib.tree import keys
from bihuan.orgs.choices import OrgKind, Post
from bihuan.orgs.models import Org

SIZE = 50


def paths_of(user: User) -> list[str] | None:
    """The subtrees whose entries `user` may see; None for the whole chain.

    Who holds the permission for the top of the tree sees also the entries of no organisation.
    """
    tops = list(top_orgs_where(user, Permission.AUDIT_VIEW))
    return None if any(org.parent_id is None for org in tops) else [org.path for org in tops]


@dataclass(frozen=True)
class Told:
    """One entry in words."""

    entry: Entry
    verb: str
    thing: str
    org: Org | None
    roles: str

    @property
    def index(self) -> int:
        return self.entry.index


def told(entries: Sequence[Entry]) -> list[Told]:
    """Entries in words; one statement for the names of all their organisations."""
    paths = {entry.org_path for entry in entries if entry.org_path}
    ids = {path: keys(path)[-1] for path in paths}
    orgs = Org.objects.in_bulk(set(ids.values()))
    return [
        Told(
            entry, verb_words(entry.verb), thing_words(entry),
            orgs.get(ids[entry.org_path]) if entry.org_path else None, roles_words(entry.roles),
        )
        for entry in entries
    ]  # fmt: skip


def told_page(wish: Wish, before: int | None) -> tuple[list[Told], int | None]:
    """One page of entries in words, and the key of the next."""
    found, following = page_of(wish, before=before, size=SIZE)
    return told(found), following


def verb_words(verb: str) -> str:
    return str(VERBS.get(verb, verb))


def thing_words(entry: Entry) -> str:
    """Kind and number of the object: 活动记录 12."""
    if not entry.thing:
        return ""
    try:
        name = str(apps.get_model(entry.thing)._meta.verbose_name)
    except (LookupError, ValueError):
        name = entry.thing
    return f"{name} {entry.thing_id}"


def roles_words(roles: str) -> str:
    known = dict(Role.choices)
    return "、".join(str(known.get(Role(role), role)) for role in roles.split(",") if role)


@dataclass(frozen=True)
class Line:
    """One line of an entry's content: what it is called, what it says, whether it is sealed."""

    name: str
    value: str
    commitment: str = ""
    erased: bool = False


@dataclass(frozen=True)
class Opened:
    """One entry with its content and its place in the chain."""

    told: Told
    lines: list[Line]
    previous: Entry | None
    following: bool
    holds: bool


def opened(entry: Entry) -> Opened:
    """The entry in full; `holds` says whether its own hashes and the one before agree."""
    around = {each.index: each for each in Entry.objects.filter(
        index__in=(entry.index - 1, entry.index + 1)
    )}  # fmt: skip
    previous = around.get(entry.index - 1)
    before = (previous.sm3, previous.sha256) if previous else (START, START)
    return Opened(
        told([entry])[0],
        [*_details(entry), *_sealed(entry)],
        previous,
        entry.index + 1 in around,
        hashes(entry.plain(), before) == (entry.sm3, entry.sha256),
    )


def _details(entry: Entry) -> list[Line]:
    return [
        Line(str(DETAILS.get(name, name)), _said(_named(name, value)))
        for name, value in sorted(entry.detail.items(), key=_as_told)
    ]


def _as_told(pair: tuple[str, Any]) -> tuple[int, str]:
    """What was, then what is, then the rest: PostgreSQL does not keep the order of JSON keys."""
    first = ("before", "after")
    return (first.index(pair[0]) if pair[0] in first else len(first)), pair[0]


def _named(name: str, value: Any) -> Any:
    """What a number or a code in an entry stands for; itself, if nothing of that kind is left."""
    if name in {"left", "to"}:
        return Org.objects.filter(pk=value).first() or value
    if name == "user":
        return User.objects.filter(pk=value).values_list("username", flat=True).first() or value
    if isinstance(value, list):
        return value
    words = {"role": Role.choices, "post": Post.choices, "kind": OrgKind.choices}.get(name, [])
    return dict(words).get(value, value)


def _sealed(entry: Entry) -> list[Line]:
    kept = values_sealed([entry.index]).get(entry.index, {})
    return [
        Line(
            str(SEALED.get(name, name)), _said(kept[name]) if name in kept else "", commitment,
            erased=name not in kept,
        )
        for name, commitment in sorted(entry.sealed.items(), key=_as_told)
    ]  # fmt: skip


def _said(value: Any) -> str:
    if isinstance(value, list):
        return "、".join(map(str, value)) or "–"
    return "–" if value is None else str(value)


def export_lines(until: int) -> Iterator[str]:
    """The chain up to entry `until` as lines of an export, last the checkpoint."""
    last = None
    for entry in chain(until):
        last = entry
        yield json.dumps(entry, ensure_ascii=False, sort_keys=True) + "\n"
    yield json.dumps({"checkpoint": checkpoint(last)}) + "\n"


@dataclass(frozen=True)
class GrantWish:
    """Which grants somebody looks for; an empty field does not narrow it."""

    name: str = ""
    role: str = ""
    org: Org | None = None
    ended: bool = False


def grants_seen(user: User, wish: GrantWish, *, today: dt.date) -> QuerySet[Grant]:
    """The grants within reach that fit, in the order of the tree."""
    rows = within_reach(Grant, user, Permission.GRANT_VIEW).select_related("user", "org__parent")
    over = Q(until_date__lte=today)
    rows = rows.filter(over) if wish.ended else rows.exclude(over)
    if wish.name:
        rows = rows.filter(
            Q(user__username__icontains=wish.name) | Q(user__display_name__icontains=wish.name)
        )
    if wish.role:
        rows = rows.filter(role=wish.role)
    if wish.org:
        rows = rows.filter(org__in=Org.objects.under(wish.org.path))
    return rows.order_by("org__path", "role", "user__username", "pk")


def givable_orgs(user: User) -> QuerySet[Org]:
    """The organisations for which `user` may give roles."""
    return orgs_where(user, Permission.GRANT_GIVE).living()


def endable_grants(user: User, *, today: dt.date) -> QuerySet[Grant]:
    """The grants that `user` may end: in reach, not ended yet, not their own."""
    rows = within_reach(Grant, user, Permission.GRANT_GIVE).exclude(until_date__lte=today)
    return rows.exclude(user=user).select_related("user", "org")


def org_named(name: str) -> Org | None:
    """The organisation of this name, else the uppermost with the text in its name."""
    exact = Org.objects.filter(Q(name=name) | Q(short_name=name)).order_by("path").first()
    return exact or Org.objects.filter(name__icontains=name).order_by("path").first()


def org_called(name: str) -> Org | None:
    """The living organisation of this full name; None if there is none or more than one."""
    found = list(Org.objects.living().filter(name=name)[:2])
    return found[0] if len(found) == 1 else None


def top_org() -> Org | None:
    """The top of the tree; None before it is founded."""
    return Org.objects.living().filter(parent=None).order_by("path").first()
