"""One example of random actions, checked after each, and a count of what happened in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

from django.db import transaction

from bihuan.ledger.models import Delta, Evidence, Rollup, Row
from bihuan.ledger.queries.audit import differences_of_year
from bihuan.lib.refusals import Refused
from tests.ledger.acting import YEARS, Acting, Committee, Nothing
from tests.ledger.slow import assert_as_slow

DUTIES, ACTIONS = 4, 9
RECORDS = {"file", "meet_above", "withdraw", "change_record", "change_roll"}
PEOPLE = {"appoint", "relieve", "enrol"}


class _Undo(Exception):
    """Rolls back what one example wrote."""


def run_example(committee: Committee, random: Random, seen: Counter[str]) -> None:
    """Issue some duties and act; raise AssertionError as soon as the ledger is wrong."""
    try:
        with transaction.atomic():
            acting, done = Acting(committee, random), 0
            for _number in range(DUTIES):
                acting.issue()
            _check("issue")
            while done < ACTIONS:
                done += _act(acting, seen)
            assert_as_slow(YEARS)
            raise _Undo
    except _Undo:
        pass


def _act(acting: Acting, seen: Counter[str]) -> bool:
    """Whether there was something to act on."""
    step = acting.random.choice(acting.steps())
    name, before = step.__name__, _Stored.now()
    try:
        with transaction.atomic():
            step()
    except Nothing:
        return False
    except Refused:
        seen["refused"] += 1
        return True
    seen["accepted"] += 1
    seen.update({f"done: {name}"})
    _check(name)
    seen.update(_happened(name, before, _Stored.now()))
    return True


def _check(name: str) -> None:
    for year in YEARS:
        assert differences_of_year(year) == [], name


@dataclass(frozen=True)
class _Stored:
    """What stands in the tables at one moment."""

    evidence: set[tuple[Any, ...]]
    counters: dict[int, bytes]
    owed: dict[int, bytes]
    sums: dict[int, bytes]
    pending: set[int]

    @classmethod
    def now(cls) -> _Stored:
        known = "source_id", "subject_id", "signature_id", "held", "counts_for", "present"
        rows = list(Row.objects.values_list("pk", "counters", "owed"))
        return cls(
            set(Evidence.objects.values_list(*known)),
            {key: bytes(counters).rstrip(b"\0") for key, counters, _owed in rows},
            {key: bytes(owed).rstrip(b"\0") for key, _counters, owed in rows},
            {key: bytes(sums) for key, sums in Rollup.objects.values_list("pk", "counts")},
            set(Delta.objects.values_list("pk", flat=True)),
        )

    def full(self) -> set[int]:
        """Subjects with a counter that no longer says how many there are."""
        return {
            key % (1 << 40)
            for key, counters in self.counters.items()
            if any(byte & 15 == 15 for byte in counters)
        }


def _happened(name: str, before: _Stored, after: _Stored) -> Iterator[str]:
    """What this action did to the ledger, in words that `test_sequences` asks for."""
    evidence, owed = before.evidence != after.evidence, before.owed != after.owed
    if name == "move":
        if before.sums != after.sums:
            yield "a move carried sums"
        if owed:
            yield "a move changed what is owed"
        if evidence:
            yield "a move changed who was due"
    if name in PEOPLE and evidence:
        yield "a post or membership changed what records prove"
    if name in RECORDS:
        gone = {subject for _source, subject, *_more in before.evidence - after.evidence}
        if gone & before.full():
            yield "a full counter lost a record"
        # On PostgreSQL what a record changes waits to be folded in.
        if before.sums != after.sums or after.pending - before.pending:
            yield "a record changed sums"
    elif owed and before.counters != after.counters:
        yield "records counted in cells newly owed, or no longer"
    if "exempt" in name and owed:
        yield "an exemption freed or bound cells"
