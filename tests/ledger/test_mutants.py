"""The random sequences are strong: whatever fault is planted in the ledger, they find it.

A few faults are planted each time; BIHUAN_MUTANTS=1 plants all of them.
"""

from __future__ import annotations

import os
from collections import Counter
from random import Random

import pytest
from django.db import transaction

from bihuan.activities import rules
from tests.ledger.acting import Committee
from tests.ledger.happenings import run_example
from tests.ledger.mutants import MUTANTS, Mutant, planted
from tests.ledger.test_sequences import DEFAULT

PLANTED = MUTANTS if "BIHUAN_MUTANTS" in os.environ else MUTANTS[:4]
pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("mutant", PLANTED, ids=[mutant.wrong for mutant in PLANTED])
def test_a_planted_fault_is_found_within_the_usual_examples(
    mutant: Mutant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "LOOK_BACK_DAYS", 100 * 366)
    committee = Committee()
    assert any(is_found(mutant, committee, Random(number)) for number in range(DEFAULT))


def is_found(mutant: Mutant, committee: Committee, random: Random) -> bool:
    """Whether the example shows the fault, be it by a wrong byte or a crash."""
    try:
        with transaction.atomic(), planted(mutant):
            run_example(committee, random, Counter())
    except Exception:
        return True
    return False


@pytest.mark.parametrize("mutant", MUTANTS, ids=[mutant.wrong for mutant in MUTANTS])
def test_every_fault_can_still_be_planted(mutant: Mutant) -> None:
    with planted(mutant):
        pass
