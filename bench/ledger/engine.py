"""The bare kernel of the product on column files: no database, the result left in memory."""

from __future__ import annotations

import datetime as dt

import numpy as np

from bench.ledger.data import World
from bench.ledger.lines import LINES, SIGNATURES, TODAY, YEAR, Line
from bench.ledger.peers import Peer
from bihuan.ledger.rules.codec import Layout
from bihuan.ledger.rules.kernel import Records, Tally, classify, overdue, roll_up
from bihuan.ledger.rules.owed import Facts, Spans, lines_of, owed_table
from bihuan.ledger.rules.terms import (
    FAR,
    Conditions,
    DueRule,
    Quorum,
    Rule,
    Scope,
    Signature,
    Waiver,
)


def rules() -> tuple[list[Rule], dict[int, int]]:
    """The benchmark's duties as the product's rules, and the line each rule number belongs to."""
    found, line_of_rule = [], {}
    for at, line in enumerate(LINES):
        for binding in line.bindings:
            found.append(
                _rule(len(found) + 1, line, binding.minimum, binding.min_members, binding.since)
            )
            line_of_rule[len(found)] = at
    return found, line_of_rule


def _rule(number: int, line: Line, minimum: int, min_members: int, since: int) -> Rule:
    return Rule(
        id=number,
        kinds=line.kinds,
        period=line.period,
        minimum=minimum,
        conditions=Conditions(quorum=Quorum(*line.quorum) if line.quorum else None),
        scope=Scope(min_members=min_members or None),
        due=DueRule("day", line.due_day) if line.due_day else DueRule(),
        grace_days=line.grace,
        valid_from=dt.date.fromordinal(since),
    )


class Kernel(Peer):
    """Columns to owed bytes, counters, classes and roll-ups, on one core."""

    prepared: tuple[Spans, list[tuple[int, str]], list[Waiver], World]

    def prepare(self) -> None:
        """The columns as they come from the files."""
        world = World.load(self.scratch.columns)
        orgs, size = world.orgs, len(world.orgs.parent)
        zeros = np.zeros(size, np.int32)
        keys = np.arange(1, size + 1, dtype=np.int32)
        until = np.where(orgs.until > TODAY * 2, FAR, orgs.until + 1).astype(np.int32)
        spans = Spans(
            keys, orgs.since, until, orgs.parent, zeros, orgs.members, zeros, zeros,
            ["branch"], [frozenset()],
        )  # fmt: skip
        self.prepared = spans, [(key, "") for key in keys.tolist()], _waivers(world), world

    def run(self) -> None:
        spans, subjects, waivers, world = self.prepared
        found, _lines = rules()
        facts = Facts(spans, [], subjects)
        layout = Layout(YEAR, lines_of(found, YEAR))
        owed = owed_table(layout, found, facts, waivers)
        tally = Tally(layout, [Signature(kinds) for kinds in SIGNATURES], len(subjects))
        e = world.evidence
        tally.add(Records(e.org - 1, e.signature, e.held, e.counts_for, e.present, e.entitled))
        classes = classify(layout, tally.counters(), owed)
        self.overdue = overdue(layout, classes, TODAY)
        self.result = roll_up(layout, facts, classes)

    def rows(self) -> np.ndarray:
        raise NotImplementedError

    def table(self) -> np.ndarray:
        return np.stack([self.result[key] for key in sorted(self.result)])


def _waivers(world: World) -> list[Waiver]:
    rule_of_line = {line: rule for rule, line in rules()[1].items()}
    columns = (column.tolist() for column in vars(world.waivers).values())
    return [
        Waiver(
            org,
            None if line < 0 else rule_of_line[line],
            dt.date.fromordinal(since),
            dt.date.fromordinal(until),
        )
        for org, line, since, until in zip(*columns, strict=True)
    ]
