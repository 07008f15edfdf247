from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from django.db import connection

from bihuan.ledger.actions.fold import fold
from bihuan.ledger.actions.rebuild import recompute
from bihuan.ledger.actions.settle import settle
from bihuan.ledger.models import Delta
from bihuan.ledger.queries.screens import layout_for
from bihuan.ledger.queries.sums import counts, table_of_counts, vectors
from bihuan.ledger.rules.codec import Layout
from bihuan.ledger.rules.periods import line_of
from bihuan.ledger.rules.reference import World
from bihuan.ledger.rules.terms import OrgSpan, Proof, Rule, Signature
from bihuan.orgs.models import Org
from tests.ledger.stored import store
from tests.ledger.worlds import YEAR

LONG_AGO, TODAY = dt.date(2020, 1, 1), dt.date(YEAR, 8, 17)
pytestmark = pytest.mark.django_db


def test_a_sum_is_exact_before_and_after_it_is_folded() -> None:
    spans = [OrgSpan(1, LONG_AGO, None, None, "UNIT"), OrgSpan(2, LONG_AGO, None, 1, "BRANCH")]
    rules = [Rule(id=1, kinds=frozenset({"meeting"}), period="month")]
    store(World(spans, [], rules, [], [], [], YEAR))
    recompute(YEAR, today=TODAY)
    day = dt.date(YEAR, 3, 9).toordinal()
    settle(1, 1, [Proof((1, 1), (2, ""), Signature(frozenset({"meeting"})), day, day)])
    layout = layout_for(YEAR)

    def of_root() -> tuple[int, int, int, int, int]:
        found = counts(layout, vectors([Org.objects.get(pk=1)], YEAR, layout)[1], TODAY.toordinal())
        return found.expected, found.done, found.overdue, found.open, found.not_yet_due

    assert Delta.objects.count() == (1 if connection.vendor == "postgresql" else 0)
    assert of_root() == (24, 1, 13, 2, 8)
    fold()
    assert Delta.objects.count() == 0
    assert of_root() == (24, 1, 13, 2, 8)


def test_a_table_of_sums_is_made_of_the_single_sums() -> None:
    kinds = frozenset({"meeting"})
    periods = enumerate(("month", "quarter", "each", "year"), start=1)
    rules = [Rule(id=at, kinds=kinds, period=period) for at, period in periods]
    layout = Layout(YEAR, [line_of(rule, YEAR) for rule in rules])
    dice = np.random.default_rng(5)
    table = [dice.integers(0, 9, (len(layout), 4)) for _each in range(5)]
    masks = [dice.random(len(layout)) < share for share in (0, 0.3, 0.7, 1)]

    found = table_of_counts(layout, table, TODAY.toordinal(), masks)

    assert found == [
        [counts(layout, vector, TODAY.toordinal(), mask) for mask in masks] for vector in table
    ]
