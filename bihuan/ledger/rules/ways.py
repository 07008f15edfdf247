"""The way up the tree, by day.

A path spells today's way. Organisations that had several parents interrupt it: on an earlier
day the way goes on from the parent of that day.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from bihuan.ledger.rules.terms import FAR

Way = tuple[int, ...]
"""Organisations from the root down."""
Stay = tuple[int, Way]
"""(first day after it, today's way from the root to the parent)."""


@dataclass(frozen=True)
class Piece:
    """From `first` until the day before `until` the way up is `chain`, lowest first."""

    first: int
    until: int
    chain: Way


@dataclass(frozen=True)
class Ways:
    """The stays of all organisations that had several parents, in the order of time.

    Before its first day and after its last an organisation stands where it stood next to them.
    """

    stays: Mapping[int, Sequence[Stay]]
    _known: dict[Way, tuple[list[int], list[Way]]] = field(
        default_factory=dict, compare=False, repr=False
    )

    def chain(self, way: Way, day: int) -> Way:
        """The organisation at the end of today's `way` and those above it on `day`, upwards."""
        starts, chains = self._pieces(way)
        return chains[bisect_right(starts, day) - 1]

    def pieces(self, way: Way) -> list[Piece]:
        """The chains of all days, in the order of time and without gaps."""
        starts, chains = self._pieces(way)
        ends = [*starts[1:], FAR + 1]
        return [Piece(*each) for each in zip(starts, ends, chains, strict=True)]

    def tops_of(self, org: int) -> set[int]:
        """`org` and those that had several parents and ever stood below it.

        What ever stood below `org` stands today below one of these.
        """
        tops, more = {org}, True
        while more:
            found = {
                mover
                for mover, stays in self.stays.items()
                if mover not in tops and any(not tops.isdisjoint(way) for _until, way in stays)
            }
            tops |= found
            more = bool(found)
        return tops

    def _pieces(self, way: Way) -> tuple[list[int], list[Way]]:
        if way not in self._known:
            starts = [0, *self._breaks(way)]
            self._known[way] = starts, [self._climb(way, day) for day in starts]
        return self._known[way]

    def _breaks(self, way: Way) -> list[int]:
        """The days on which the way up can change."""
        days: set[int] = set()
        seen: set[int] = set()
        todo = [way]
        while todo:
            for org in set(todo.pop()) - seen:
                seen.add(org)
                stays = self.stays.get(org, ())
                days |= {until for until, _way in stays[:-1]}
                todo += [up for _until, up in stays]
        return sorted(days)

    def _climb(self, way: Way, day: int) -> Way:
        found: list[int] = []
        while way and way[-1] not in found:
            found.append(way[-1])
            stays = self.stays.get(way[-1])
            if stays is None:
                way = way[:-1]
            else:
                way = next((up for until, up in stays if until > day), stays[-1][1])
        return tuple(found)


def merged(stays: Iterable[Stay]) -> list[Stay]:
    """Stays one after the other under the same parent as one."""
    found: list[Stay] = []
    for stay in stays:
        if found and found[-1][1] == stay[1]:
            found[-1] = stay
        else:
            found.append(stay)
    return found
