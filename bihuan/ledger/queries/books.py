"""A year's book as the update path needs it: its layout and the dated way up the tree."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from bihuan.ledger.models import Book
from bihuan.ledger.queries import store
from bihuan.ledger.rules.codec import ENGINE, Layout
from bihuan.ledger.rules.ways import Ways, merged
from bihuan.lib.refusals import Unavailable
from bihuan.lib.tree import keys, segment
from bihuan.orgs.models import Org


class NewerLedger(Unavailable):
    """A newer program wrote this ledger: neither could read what the other writes."""


@dataclass(frozen=True)
class Register:
    """What a process knows of one version of a book."""

    year: int
    version: int
    layout: Layout
    ways: Ways

    def chain(self, path: str, day: int) -> tuple[int, ...]:
        """The organisation at `path` (or whose post lies there) and those above it on `day`."""
        return self.ways.chain(way_of(path), day)


_known: dict[int, Register] = {}


def way_of(path: str) -> tuple[int, ...]:
    """A subject's path as organisations from the root down."""
    return tuple(keys(path.partition("!")[0]))


def register_of(year: int) -> tuple[Register, int] | None:
    """The register of a year and the day its overdue counts speak of.

    None without a book, or if an older engine wrote it. Raises `NewerLedger`.
    """
    connection.ensure_connection()
    cursor = connection.connection.cursor()
    mark = "?" if connection.vendor == "sqlite" else "%s"
    cursor.execute(f"SELECT version, as_of, engine FROM ledger_book WHERE year = {mark}", (year,))
    found = cursor.fetchone()
    cursor.close()
    if found is None:
        return None
    version, as_of, engine = found
    if engine != ENGINE:
        _refuse_newer(engine)
        return None
    known = _known.get(year)
    if known is None or known.version != version:
        known = _known[year] = open_register(Book.objects.get(year=year))
    return known, as_of


def _refuse_newer(engine: int) -> None:
    if engine > ENGINE:
        raise NewerLedger(
            _("台账由较新版本的程序写成，正在运行的程序不能读写。请联系系统管理员升级程序。")
        )


def open_register(book: Book) -> Register:
    return Register(book.year, book.version, store.layout_of(book), ways_from(book.movers))


def ways_from(movers: dict[str, Any]) -> Ways:
    """`Book.movers` as ways."""
    stays = {
        int(org): merged((until, tuple(keys(path))) for until, path in told)
        for org, told in movers.items()
    }
    return Ways(stays)


def movers_from(ways: Ways) -> dict[str, Any]:
    """Ways as `Book.movers` keeps them."""
    return {
        str(org): [[until, "".join(map(segment, way))] for until, way in stays]
        for org, stays in ways.stays.items()
    }


def ways_now() -> Ways:
    """The dated tree as the books have it.

    Without any book of this engine there is none: evidence is gathered anew when the first is made.
    """
    book = Book.objects.current().only("year").order_by("-year").first()
    found = register_of(book.year) if book is not None else None
    return found[0].ways if found else Ways({})


def orgs_ever_below(ways: Ways, org_ids: Iterable[int]) -> set[int]:
    """These organisations and everything that stood below one of them on any day."""
    tops = {top for org in org_ids for top in ways.tops_of(org)}
    paths = Org.objects.filter(pk__in=tops).values_list("path", flat=True)
    return set(Org.objects.under(*paths).values_list("pk", flat=True))


def stays_of(org_ids: Iterable[int] | None = None) -> dict[int, list[tuple[int, str]]]:
    """organisation → its stays as (first day after it, today's path of the parent), merged.

    From the facts themselves: of these organisations, or of all that had several parents.
    """
    rows = store.parents_of(org_ids)
    paths = {0: ""}
    wanted = {parent for _org, _until, parent in rows if parent}
    paths |= dict(Org.objects.filter(pk__in=wanted).values_list("pk", "path"))
    found: dict[int, list[tuple[int, str]]] = {}
    for org, until, parent in rows:
        stays = found.setdefault(org, [])
        if stays and stays[-1][1] == paths[parent]:
            stays.pop()
        stays.append((until, paths[parent]))
    return found


def movers_now() -> dict[str, Any]:
    """What `Book.movers` must say, from the facts themselves."""
    found = stays_of()
    return {str(org): [list(stay) for stay in stays] for org, stays in found.items()}
