"""Organisations stand elsewhere: subjects, paths, the dated ways and the sums follow.

A move takes the moved organisation's own sums from the organisations that were above it and
adds them to those that are, for the periods whose middle day sees another way up. Nothing
below it is counted again; only its paths are rewritten.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from bihuan.ledger.actions.fold import fold_alone
from bihuan.ledger.actions.rebuild import recompute
from bihuan.ledger.actions.rows import (
    add_to_sums,
    ensure_sums,
    new_version,
    own_tables,
    select,
)
from bihuan.ledger.actions.subjects import ensure_subjects, rename_paths
from bihuan.ledger.models import Book, Subject
from bihuan.ledger.queries.books import movers_from, open_register, stays_of, way_of, ways_from
from bihuan.ledger.queries.store import row_key
from bihuan.ledger.rules.codec import Ints, Layout, counts_from
from bihuan.ledger.rules.ways import Piece, Stay, Way, Ways
from bihuan.orgs.models import Appointment, Org


@dataclass(frozen=True)
class Detour:
    """From `first` until the day before `until` these stand above `org` no longer, and these do."""

    org: int
    first: int
    until: int
    lost: frozenset[int]
    gained: frozenset[int]

    @property
    def concerned(self) -> frozenset[int]:
        return self.lost | self.gained


@dataclass(frozen=True)
class _Move:
    """An organisation's way up before and now: today's way, and the ways of all days."""

    org: int
    old_path: str
    path: str
    ways: Ways

    def detours(self, before: Ways) -> list[Detour]:
        """The spans of days in which another chain is above it, in the order of time."""
        old, new = before.pieces(way_of(self.old_path)), self.ways.pieces(way_of(self.path))
        firsts = sorted({piece.first for piece in (*old, *new)})
        found = []
        for first in firsts:
            was, now = _on(old, first), _on(new, first)
            lost, gained = frozenset(was.chain), frozenset(now.chain)
            if lost != gained:
                until = min(was.until, now.until)
                found.append(Detour(self.org, first, until, lost - gained, gained - lost))
        return found


def replant(books: Sequence[Book], org_ids: Iterable[int]) -> list[Detour]:
    """Bring the ledger level with where these organisations stand and stood.

    Subjects are made for new organisations and new posts. `books` are all there are; returns
    on which days somebody else is above one of the organisations.
    """
    fold_alone()
    wanted = set(org_ids)
    paths = dict(Org.objects.filter(pk__in=wanted).values_list("pk", "path"))
    posts = set(Appointment.objects.filter(org__in=wanted).values_list("org_id", "post"))
    known = Subject.objects.filter(org_id__in=wanted, post="")
    before = ways_from(books[0].movers)
    moves = _moves(before, dict(known.values_list("org_id", "path")), paths)
    if len(moves) > 1:
        # Ways that may cross each other: rare, and not worth arithmetic of its own.
        for book in books:
            recompute(book.year, today=dt.date.fromordinal(book.as_of))
    found = [detour for move in moves for detour in move.detours(before)]
    if len(moves) == 1:
        _carry_over(books, moves[0], found)
    ensure_subjects({(org, "") for org in paths} | posts)
    return found


def _moves(before: Ways, old_paths: dict[int, str], paths: dict[int, str]) -> list[_Move]:
    """Which of these organisations do not stand, or did not, where the ledger thinks."""
    found = []
    for org, told in stays_of(old_paths).items():
        stays = [(until, way_of(path)) for until, path in told]
        plain = [(0, way_of(old_paths[org])[:-1])]
        if paths[org] != old_paths[org] or _shape(stays) != _shape(before.stays.get(org, plain)):
            ways = _renamed(before, way_of(old_paths[org]), way_of(paths[org]))
            if len(stays) > 1:
                ways[org] = stays
            else:
                ways.pop(org, None)
            found.append(_Move(org, old_paths[org], paths[org], Ways(ways)))
    return found


def _shape(stays: Sequence[Stay]) -> tuple[list[int], list[Way]]:
    """The days of change, and under whom; the last stay's end does not matter."""
    return [until for until, _way in stays[:-1]], [way[-1:] for _until, way in stays]


def _renamed(ways: Ways, old: Way, new: Way) -> dict[int, Sequence[Stay]]:
    """The stays, with today's way `old` spelled `new` where somebody stood below it."""
    return {
        org: [
            (until, new + way[len(old) :] if way[: len(old)] == old else way)
            for until, way in stays
        ]
        for org, stays in ways.stays.items()
    }


def _on(pieces: list[Piece], day: int) -> Piece:
    return pieces[bisect_right([piece.first for piece in pieces], day) - 1]


def _carry_over(books: Sequence[Book], move: _Move, detours: list[Detour]) -> None:
    """Rename the paths, let every book know the ways, and move the sums of its slots."""
    if move.path != move.old_path:
        rename_paths([book.year for book in books], move.old_path, move.path)
    movers = movers_from(move.ways)
    for book in books:
        book.movers, book.version = movers, new_version()
        book.save(update_fields=["movers", "version"])
        register = open_register(book)
        changes = _changes(register.layout, _vector(register.layout, move.org), detours)
        ensure_sums(register, changes)
        add_to_sums(book.year, changes)


def _changes(layout: Layout, vector: Ints, detours: list[Detour]) -> dict[int, Ints]:
    """organisation → what its sums gain or lose."""
    middles = np.array([slot.window.middle for slot in layout.slots], np.int64)
    found: dict[int, Ints] = {}
    for detour in detours:
        slots = (detour.first <= middles) & (middles < detour.until)
        part = np.where(slots[:, None], vector, 0)
        for orgs, sign in ((detour.lost, -1), (detour.gained, 1)):
            for org in orgs if slots.any() else ():
                found[org] = found.get(org, 0) + sign * part
    return found


def _vector(layout: Layout, org: int) -> Ints:
    """The sums of an organisation, which without any are its own row."""
    stored = select("counts", "ledger_rollup", [row_key(layout.year, org)])
    if stored:
        return counts_from(bytes(stored[0][0]), len(layout))
    blank = np.zeros((len(layout), 4), np.int32)
    return own_tables(layout, [org]).get(org, blank)
