"""A year's evidence as the database packs it."""

from __future__ import annotations

import numpy as np
import pytest

from bihuan.ledger.actions.settle import fill_evidence
from bihuan.ledger.models import Evidence
from bihuan.ledger.queries import evidence
from bihuan.ledger.queries.evidence import evidence_of_year

pytestmark = pytest.mark.django_db

FIRST = 739_617
RECORDS = [
    (1, 1, 1, 1, FIRST, FIRST, 0, 0, 2026),
    (1, 2, 1_048_575, 2, FIRST + 400, FIRST + 364, 65_535, 65_536, 2026),
    (1, 3, 1_048_576, 70_000, FIRST + 55_000, FIRST + 31, 1_048_575, 1_048_575, 2026),
    (2, 3, 2_000_000_000, 3, FIRST + 1, FIRST + 1, 55_296, 57_343, 2026),
]


def stored(year: int) -> list[tuple[int, ...]]:
    blocks = [
        np.stack([each.subject, each.signature, each.held, each.counts_for,
                  each.present, each.entitled])
        for each in evidence_of_year(year)
    ]  # fmt: skip
    return [tuple(row) for block in blocks for row in block.T.tolist()]


def test_what_is_packed_is_what_was_written() -> None:
    fill_evidence(RECORDS)
    assert stored(2026) == [row[2:8] for row in RECORDS]


def test_the_database_packs_anew_what_changes() -> None:
    fill_evidence(RECORDS[:1])
    Evidence.objects.update(held=FIRST + 7, present=12)
    assert stored(2026) == [(1, 1, FIRST + 7, FIRST, 12, 0)]


def test_other_years_are_left_out() -> None:
    fill_evidence([RECORDS[0], (*RECORDS[1][:8], 2025)])
    assert stored(2026) == [RECORDS[0][2:8]]
    assert stored(2024) == []


def test_no_evidence_at_all_is_no_block() -> None:
    assert stored(2026) == []


def test_a_year_is_read_in_as_many_blocks_as_it_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    fill_evidence([(1, at, at, 1, FIRST, FIRST, at, at, 2026) for at in range(1, 11)])
    told: list[tuple[str, int, int]] = []
    monkeypatch.setattr(evidence, "BLOCK", 3)
    sizes = [
        len(block) for block in evidence_of_year(2026, lambda *progress: told.append(progress))
    ]
    assert sum(sizes) == 10
    assert max(sizes) == 3
    assert told[-1] == ("evidence", 10, 10)
