"""Whatever is done, in whatever order, the ledger says what a computation from nothing says.

Each example is a committee with some duties and a number of random actions of the floors below
(`acting`). After each action both years are computed from nothing and compared byte by byte; at
the end they are computed the slow, obvious way too. What must happen for this to prove anything
is counted (`happenings`) and asked for. BIHUAN_EXAMPLES=50 tries fifty times as many.
"""

from __future__ import annotations

import os
from collections import Counter
from random import Random

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from bihuan.activities import rules
from tests.ledger.acting import Committee
from tests.ledger.happenings import run_example

EXAMPLES = int(os.environ.get("BIHUAN_EXAMPLES", "1"))
DEFAULT = 40
LEAST = {
    "a full counter lost a record": 15,
    "a move carried sums": 8,
    "a move changed what is owed": 1,
    "a move changed who was due": 3,
    "a post or membership changed what records prove": 3,
    "a record changed sums": 12,
    "an exemption freed or bound cells": 1,
    "records counted in cells newly owed, or no longer": 10,
    "accepted": 300,
}
"""How often each must have happened at least: so little that chance alone hardly falls below."""
pytestmark = pytest.mark.django_db


def test_any_sequence_of_actions_equals_a_computation_from_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # The years of the examples do not grow older with the calendar.
    monkeypatch.setattr(rules, "LOOK_BACK_DAYS", 100 * 366)
    committee, seen = Committee(), Counter[str]()

    @settings(
        max_examples=DEFAULT * EXAMPLES,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.explicit, Phase.generate, *([Phase.shrink] if EXAMPLES > 1 else [])],
    )
    @given(st.randoms(use_true_random=EXAMPLES == 1))
    def examples(random: Random) -> None:
        run_example(committee, random, seen)

    examples()
    assert {what: seen[what] for what in LEAST if seen[what] < LEAST[what]} == {}
