"""Whatever happens to a stored ledger, it equals a computation from nothing."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from bihuan.duties.models import Duty
from bihuan.ledger.actions.changes import follow_duties, follow_exemption, reassess
from bihuan.ledger.actions.fold import fold
from bihuan.ledger.actions.rebuild import recompute
from bihuan.ledger.actions.settle import settle
from bihuan.ledger.actions.tick import tick
from bihuan.ledger.models import Book, Row, Subject
from bihuan.ledger.queries.check import differences
from bihuan.ledger.queries.store import layout_of
from bihuan.ledger.rules import reference
from bihuan.ledger.rules.codec import describe
from bihuan.ledger.rules.reference import World
from bihuan.orgs.models import OrgSpan
from tests.ledger.stored import duty_of, store, store_waiver
from tests.ledger.worlds import YEAR, a_proof, a_rule, waivers, worlds

TODAY = dt.date(YEAR, 8, 17)
pytestmark = pytest.mark.django_db
checked = settings(
    max_examples=10,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.generate],
)


class _Undo(Exception):
    """Rolls back what one example wrote."""


def stored_overdue() -> dict[tuple[int, str], int]:
    rows = Row.objects.filter(year=YEAR)
    names = {each.pk: (each.org_id, each.post) for each in Subject.objects.all()}
    return {names[row.subject_id]: row.overdue for row in rows if row.overdue}


@checked
@given(worlds(), st.data())
def test_records_settled_one_by_one_equal_a_recomputation(
    world: World, data: st.DataObject
) -> None:
    try:
        with transaction.atomic():
            store(world)
            recompute(YEAR, today=TODAY)
            for proof in world.proofs:
                settle(*proof.source, [proof])
            count = max(span.org_id for span in world.orgs)
            for proof in world.proofs:
                fate = data.draw(st.sampled_from(["stays", "changes", "goes", "folded"]))
                if fate == "changes":
                    other = data.draw(a_proof(proof.source[1], count))
                    settle(*proof.source, [other])
                elif fate == "goes":
                    settle(*proof.source, [])
                elif fate == "folded":
                    fold()
                assert list(differences(YEAR, None)) == []
            raise _Undo
    except _Undo:
        pass


@checked
@given(worlds())
def test_the_stored_ledger_says_what_the_reference_says(world: World) -> None:
    try:
        with transaction.atomic():
            store(world)
            for proof in world.proofs:
                settle(*proof.source, [proof])
            recompute(YEAR, today=TODAY)
            cells = reference.compute(world)
            day = TODAY.toordinal()
            late = {who: reference.overdue(world, owed, day) for who, owed in cells.items()}
            assert stored_overdue() == {who: number for who, number in late.items() if number}
            raise _Undo
    except _Undo:
        pass


@checked
@given(worlds(), st.data())
def test_rules_and_waivers_that_come_and_go_equal_a_recomputation(
    world: World, data: st.DataObject
) -> None:
    try:
        with transaction.atomic():
            store(world)
            for proof in world.proofs:
                settle(*proof.source, [proof])
            recompute(YEAR, today=TODAY)
            count = max(span.org_id for span in world.orgs)
            rule = data.draw(a_rule(len(world.rules) + 1))
            duty = duty_of(rule)
            duty.save(force_insert=True)
            follow_duties([duty])
            assert list(differences(YEAR, None)) == []
            ended = Duty.objects.get(pk=1)
            ended.valid_to_date = max(ended.valid_from_date, dt.date(YEAR, 5, 16))
            ended.save()
            follow_duties([ended])
            assert list(differences(YEAR, None)) == []
            for waiver in data.draw(waivers(count, len(world.rules))):
                exemption = store_waiver(waiver)
                follow_exemption(exemption)
                assert list(differences(YEAR, None)) == []
                exemption.withdrawn_at = dt.datetime(YEAR, 8, 1, tzinfo=dt.UTC)
                exemption.save()
                follow_exemption(exemption)
                assert list(differences(YEAR, None)) == []
            raise _Undo
    except _Undo:
        pass


@checked
@given(worlds(), st.data())
def test_facts_that_change_equal_a_recomputation(world: World, data: st.DataObject) -> None:
    try:
        with transaction.atomic():
            store(world)
            for proof in world.proofs:
                settle(*proof.source, [proof])
            recompute(YEAR, today=TODAY)
            span = data.draw(st.sampled_from(list(OrgSpan.objects.all())))
            span.full_members = data.draw(st.sampled_from([3, 7, 15]))
            span.kind = data.draw(st.sampled_from(["UNIT", "BRANCH"]))
            span.tags = data.draw(st.sampled_from([[], ["pilot"], ["pilot", "rural"]]))
            span.save()
            reassess(YEAR, [span.org_id])
            assert list(differences(YEAR, None)) == []
            tick(YEAR, data.draw(st.dates(TODAY, dt.date(YEAR + 1, 2, 1))))
            assert list(differences(YEAR, None)) == []
            raise _Undo
    except _Undo:
        pass


def test_a_byte_that_went_wrong_is_found(db: None) -> None:
    rule = reference.Rule(id=1, kinds=frozenset({"meeting"}), period="month")
    span = reference.OrgSpan(1, dt.date(2020, 1, 1), None, None, "BRANCH")
    store(World([span], [], [rule], [], [], [], YEAR))
    recompute(YEAR, today=TODAY)
    assert list(differences(YEAR, None)) == []
    row = Row.objects.get(year=YEAR)
    row.counters = bytes([0x11]) + bytes(row.counters)[1:]
    row.save()
    assert list(differences(YEAR, None)) == [
        "(1, ''): stored 0: meeting month 1: owed 1, counted 1, on time 1, done",
        "(1, ''): should be 0: meeting month 1: owed 1, counted 0, on time 0, overdue",
    ]


def test_a_row_is_printed_in_words(db: None) -> None:
    rule = reference.Rule(id=1, kinds=frozenset({"lecture"}), period="half", minimum=2)
    span = reference.OrgSpan(1, dt.date(2020, 1, 1), None, None, "BRANCH")
    store(World([span], [], [rule], [], [], [], YEAR))
    recompute(YEAR, today=TODAY)
    row, layout = Row.objects.get(year=YEAR), layout_of(Book.objects.get(year=YEAR))
    assert describe(layout, bytes(row.counters), bytes(row.owed), TODAY.toordinal()) == [
        "0: lecture half 1: owed 2, counted 0, on time 0, overdue",
        "1: lecture half 2: owed 2, counted 0, on time 0, open",
    ]
