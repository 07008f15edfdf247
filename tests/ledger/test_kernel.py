from __future__ import annotations

import datetime as dt

import numpy as np
from hypothesis import HealthCheck, given, settings

from bihuan.ledger.rules import codec, kernel, reference
from bihuan.ledger.rules.codec import Layout
from bihuan.ledger.rules.kernel import Records, Tally
from bihuan.ledger.rules.owed import Facts, lines_of, owed_table
from bihuan.ledger.rules.reference import World
from tests.ledger.worlds import YEAR, worlds

TODAY = dt.date(YEAR, 8, 17).toordinal()


def tallied(world: World, layout: Layout) -> codec.Bytes:
    signatures = list(dict.fromkeys(proof.signature for proof in world.proofs))
    rows = {subject: number for number, subject in enumerate(world.subjects)}
    columns = [
        [rows[proof.subject] for proof in world.proofs],
        [signatures.index(proof.signature) for proof in world.proofs],
        [proof.held for proof in world.proofs],
        [proof.counts_for for proof in world.proofs],
        [proof.present for proof in world.proofs],
        [proof.entitled for proof in world.proofs],
    ]
    tally = Tally(layout, signatures, len(rows))
    tally.add(Records(*(np.array(column, np.int32) for column in columns)))
    return tally.counters()


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(worlds())
def test_the_kernel_says_what_the_reference_says(world: World) -> None:
    layout = Layout(YEAR, lines_of(world.rules, YEAR))
    facts = Facts.from_rows(world.orgs, world.posts, world.subjects)
    counters = tallied(world, layout)
    owed = owed_table(layout, world.rules, facts, world.waivers)
    classes = kernel.classify(layout, counters, owed)

    expected = reference.compute(world)
    for number, subject in enumerate(world.subjects):
        row, need = counters[number].tobytes(), owed[number].tobytes()
        found = {}
        for at, slot in enumerate(layout.slots):
            if slot.trigger:
                continue
            kept = codec.kept(layout, row, need, at)
            assert kept == tuple(int(flags[number, at]) for flags in classes.stacked())
            if kept[0]:
                place = (layout.lines[slot.line], slot.index)
                found[place] = (kept, codec.unpack(row[at]))
        assert found == {
            place: (
                (1, int(cell.exempt), int(cell.done), int(cell.made_up)),
                (cell.n_all, cell.n_on),
            )
            for place, cell in expected[subject].items()
        }
        late = reference.overdue(world, expected[subject], TODAY)
        assert kernel.overdue(layout, classes, TODAY)[number] == late
        assert codec.overdue_in(layout, row, need, TODAY) == late


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(worlds())
def test_the_roll_up_says_what_the_reference_says(world: World) -> None:
    layout = Layout(YEAR, lines_of(world.rules, YEAR))
    facts = Facts.from_rows(world.orgs, world.posts, world.subjects)
    owed = owed_table(layout, world.rules, facts, world.waivers)
    classes = kernel.classify(layout, tallied(world, layout), owed)
    rolled = kernel.roll_up(layout, facts, classes)

    sums = reference.totals(world, reference.compute(world))
    for org, table in rolled.items():
        key = int(facts.org_keys[org])
        for at, slot in enumerate(layout.slots):
            place = (layout.lines[slot.line], slot.index)
            wanted = (0, 0, 0, 0) if slot.trigger else sums.get((key, place), (0, 0, 0, 0))
            assert tuple(table[at].tolist()) == wanted
