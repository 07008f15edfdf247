"""Seeded data in the shape of the ledger's tables, as NumPy columns."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np

from bench.ledger.lines import BANDS, LINES, SIGNATURES, SLOTS, TODAY, YEAR, owed

Ints = np.ndarray

FIRST, LAST = date(YEAR, 1, 1).toordinal(), date(YEAR, 12, 31).toordinal()
ALWAYS_SINCE, ALWAYS_UNTIL = date(YEAR - 6, 1, 1).toordinal(), date(9999, 12, 31).toordinal()

SCALES = {"smoke": 60, "s2": 1_550, "s3": 100_000, "s35": 1_000_000}


@dataclass(frozen=True)
class Orgs:
    """Row i is the organisation with key i + 1; ``parent`` holds keys, 0 for the root.

    Parents come before children. ``since`` and ``until`` are ordinals, both inclusive.
    """

    parent: Ints
    members: Ints
    since: Ints
    until: Ints

    @property
    def band(self) -> Ints:
        """How many of ``BANDS`` each organisation reaches."""
        return np.searchsorted(BANDS, self.members, side="right")

    @property
    def has_children(self) -> Ints:
        """Which organisations have a roll-up row of their own."""
        found = np.zeros(len(self.parent) + 1, bool)
        found[self.parent] = True
        return found[1:]


@dataclass(frozen=True)
class Evidence:
    """One row a record, in the order in which they were held; ``org`` holds keys."""

    org: Ints
    signature: Ints
    held: Ints
    counts_for: Ints
    present: Ints
    entitled: Ints


@dataclass(frozen=True)
class Waivers:
    """Organisations freed from a line (-1: from all) on the days since..until, inclusive."""

    org: Ints
    line: Ints
    since: Ints
    until: Ints


@dataclass(frozen=True)
class World:
    """All that one run computes from."""

    orgs: Orgs
    evidence: Evidence
    waivers: Waivers

    def save(self, folder: Path) -> None:
        """One plain column file a field, to be read again without parsing."""
        folder.mkdir(parents=True, exist_ok=True)
        for table, part in vars(self).items():
            for name, column in vars(part).items():
                np.save(folder / f"{table}.{name}.npy", column)

    @classmethod
    def load(cls, folder: Path) -> World:
        """What ``save`` wrote."""

        def part(kind: type, table: str) -> object:
            names = kind.__dataclass_fields__
            return kind(**{name: np.load(folder / f"{table}.{name}.npy") for name in names})

        parts = {"orgs": Orgs, "evidence": Evidence, "waivers": Waivers}
        return cls(**{table: part(kind, table) for table, kind in parts.items()})  # type: ignore[arg-type]


def generate(size: int, seed: int = 20261120) -> World:
    """The same world for the same size and seed, on any machine."""
    rng = np.random.default_rng([seed, size])
    orgs = _orgs(rng, size)
    return World(orgs, _evidence(rng, orgs), _waivers(rng, size))


def _tree(rng: np.random.Generator, size: int) -> Ints:
    """Level by level; about half of a level's nodes get children, lognormally many."""
    parent = np.zeros(size, np.int32)
    level, known = np.array([1]), 1
    while known < size:
        wanted = np.maximum(2, rng.lognormal(2.4, 0.5, len(level))).astype(int)
        children = np.repeat(level, wanted)[: size - known]
        parent[known : known + len(children)] = children
        keys = np.arange(known + 1, known + 1 + len(children))
        known += len(children)
        level = keys[rng.random(len(keys)) < 0.5] if len(keys) > 20 else keys
        level = level if len(level) else keys[:1]
    return parent


def _orgs(rng: np.random.Generator, size: int) -> Orgs:
    parent = _tree(rng, size)
    members = np.maximum(3, rng.lognormal(2.25, 0.65, size)).astype(np.int32)
    since, until = np.full(size, ALWAYS_SINCE), np.full(size, ALWAYS_UNTIL)
    leaf = np.ones(size + 1, bool)
    leaf[parent] = False
    fate, day = rng.random(size), rng.integers(FIRST + 10, TODAY, size)
    founded, dissolved = leaf[1:] & (fate < 0.0125), leaf[1:] & (fate > 1 - 0.0125)
    since[founded], until[dissolved] = day[founded], day[dissolved]
    return Orgs(parent, members, since.astype(np.int32), until.astype(np.int32))


def _reliability(rng: np.random.Generator, orgs: Orgs) -> Ints:
    """The chance that an organisation does what it owes: a district's habit and its own."""
    size = len(orgs.parent)
    district = rng.normal(0, 0.05, size + 1)[orgs.parent]
    chance = np.clip(0.92 + district + rng.normal(0, 0.05, size), 0.4, 0.995)
    return np.where(rng.random(size) < 0.03, rng.uniform(0.1, 0.5, size), chance)


def _waivers(rng: np.random.Generator, size: int) -> Waivers:
    """1.5 % are freed for half a year, half of them from one line that has one duty."""
    org = np.flatnonzero(rng.random(size) < 0.015) + 1
    single = np.array([at for at, line in enumerate(LINES) if len(line.bindings) == 1])
    line = np.where(rng.random(len(org)) < 0.5, -1, rng.choice(single, len(org)))
    since = FIRST + rng.integers(0, 183, len(org))
    return Waivers(*(c.astype(np.int32) for c in (org, line, since, since + 182)))


def _signatures(rng: np.random.Generator, code: str, size: int) -> Ints:
    """Mostly a record of one kind; sometimes one that is of two kinds at once."""
    numbers = [at for at, kinds in enumerate(SIGNATURES) if code in kinds]
    combined = rng.random(size) < 0.08
    second = numbers[-1] if code in ("lecture", "appraisal") else numbers[0]
    return np.where(combined, second, numbers[0])


def _evidence(rng: np.random.Generator, orgs: Orgs) -> Evidence:
    """Records slot by slot, then in the order of the days they were held on."""
    chance, band = _reliability(rng, orgs), orgs.band
    turnout = np.clip(rng.normal(0.84, 0.08, len(band)), 0.4, 1.0)
    parts: list[tuple[Ints, ...]] = []
    for slot in SLOTS:
        code = LINES[slot.line].code
        if slot.since > TODAY or code not in LINES[slot.line].kinds:
            continue
        need = np.array([owed(b, ALWAYS_SINCE, ALWAYS_UNTIL, slot) for b in range(len(BANDS) + 1)])
        for turn in range(2):
            share = chance if turn == 0 else np.where(need[band] > 1, chance, 0.08)
            who = np.flatnonzero((need[band] > 0) & (rng.random(len(band)) < share))
            days = slot.until - slot.since + 1
            on = slot.since + (rng.beta(3, 2, len(who)) * days).astype(int)
            late = (rng.random(len(who)) < 0.06) & (slot.until < TODAY)
            held = np.where(
                late, slot.until + 1 + rng.lognormal(2.4, 0.8, len(who)).astype(int), on
            )
            counts_for = np.where(late, slot.until, on)
            stands = (held <= TODAY) & (held <= orgs.until[who]) & (counts_for >= orgs.since[who])
            who, held, counts_for = who[stands], held[stands], counts_for[stands]
            entitled = orgs.members[who]
            present = rng.binomial(entitled, turnout[who])
            kind = _signatures(rng, code, len(who))
            parts.append((who + 1, kind, held, counts_for, present, entitled))
    columns = [np.concatenate(column) for column in zip(*parts, strict=True)]
    order = np.lexsort((rng.random(len(columns[0])), columns[2]))
    return Evidence(*(column[order].astype(np.int32) for column in columns))
