"""Small changes and screens' questions on the product's tables, timed one by one.

Every change goes through the product's own action. What the ledger's part of it takes is
measured by wrapping the functions it has registered with the floors below.
"""

from __future__ import annotations

import datetime as dt
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from bench.ledger.data import World
from bench.ledger.lines import SIGNATURES, TODAY, YEAR
from bench.ledger.product import rollups, start_django
from bench.ledger.scratch import Scratch
from bench.ledger.watch import watched
from bench.ledger.writers import FIRST_SOURCE, SIGNATURE, SLOT, idle

Figures = dict[str, list[float]]
"""Operation → milliseconds of each repetition."""


@dataclass(frozen=True)
class Spread:
    """Median and 95th percentile, milliseconds."""

    median: float
    p95: float

    @classmethod
    def of(cls, taken: list[float]) -> Spread:
        """Of the repetitions as they were measured; with one, both are it."""
        last = statistics.quantiles(taken, n=20)[-1] if len(taken) > 1 else taken[0]
        return cls(statistics.median(taken), last)

    def __str__(self) -> str:
        return f"{self.median:.2f} / {self.p95:.2f}"


def measure_operations(scratch: Scratch, database: str, quick: bool) -> dict[str, Spread]:
    """All operations in a new process on a database that has been rebuilt."""
    command = [sys.executable, "-m", "bench.ledger.operations", str(scratch.folder), database]
    done = subprocess.run(
        [*command, "quick" if quick else "full"], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"operations on {database}: {done.stderr[-3000:]}")
    found: Figures = json.loads(done.stdout.splitlines()[-1])
    return {name: Spread.of(taken) for name, taken in found.items()}


@contextmanager
def _taking(found: Figures, name: str) -> Iterator[None]:
    start = time.perf_counter()
    yield
    found.setdefault(name, []).append((time.perf_counter() - start) * 1000)


@contextmanager
def _listening(registered: list[Callable[..., None]], found: Figures, name: str) -> Iterator[None]:
    """Add up what the registered functions take while this lasts."""
    before, total = list(registered), [0.0]

    def timed(function: Callable[..., None]) -> Callable[..., None]:
        def call(*values: Any) -> None:
            start = time.perf_counter()
            function(*values)
            total[0] += time.perf_counter() - start

        return call

    registered[:] = [timed(function) for function in before]
    try:
        yield
    finally:
        registered[:] = before
        found.setdefault(name, []).append(total[0] * 1000)


def one_record(world: World, repeat: int) -> Figures:
    """A record filed and withdrawn beside a bare insert, each in its own durable transaction.

    The organisations have done nothing for the month, so each filing turns a cell and changes
    every sum above it, and each withdrawal turns it back.
    """
    from django.db import transaction

    from bihuan.ledger.actions.rows import run
    from bihuan.ledger.actions.settle import EVIDENCE, settle
    from bihuan.ledger.rules.terms import Proof, Signature

    found: Figures = {}
    signature, day = Signature(SIGNATURES[SIGNATURE]), SLOT.until - 12
    orgs = np.random.default_rng(1).permutation(idle(world, SLOT)).tolist()
    bare = f"INSERT INTO ledger_evidence ({EVIDENCE}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
    for turn in range(repeat + 10):
        org = orgs[turn % len(orgs)]
        source, kept = FIRST_SOURCE + turn, found if turn >= 10 else {}
        with _taking(kept, "bare insert"), transaction.atomic():
            run(bare, (2, source, org, SIGNATURE + 1, day, day, 1, 1, YEAR + 100))
        proof = Proof((1, source), (org, ""), signature, day, day)
        with _taking(kept, "one record filed"):
            settle(1, source, [proof])
        with _taking(kept, "one record withdrawn"):
            settle(1, source, [])
    run("DELETE FROM ledger_evidence WHERE year = ?", (YEAR + 100,))
    return found


def rule_for_all(repeat: int) -> Figures:
    """A monthly duty asks for two a month from September on, and for one again."""
    from bihuan.duties import actions
    from bihuan.duties.models import Duty

    found: Figures = {}
    september = dt.date(YEAR, 9, 1)
    for _turn in range(repeat):
        duty = Duty.objects.get(lineage="dues-0", valid_to_date=None)
        with (
            _listening(actions.after_duties, found, "rule changed for all, ledger's part"),
            _taking(found, "rule changed for all"),
        ):
            later = actions.change_minimum(duty, 2, since=september, by="bench")
        back = Duty.objects.get(pk=later.pk)
        Duty.objects.filter(pk=back.pk).delete()
        duty.refresh_from_db()
        duty.valid_to_date = None
        duty.save()
        _repair()
    return found


def subtree_move(repeat: int) -> Figures:
    """Inner organisations of the third level put under another of the second, from July."""
    from bihuan.lib.tree import SEGMENT
    from bihuan.orgs import actions
    from bihuan.orgs.models import Org

    found: Figures = {}
    inner = [org for org in Org.objects.order_by("pk")[:2000] if org.kind != "BRANCH"]
    upper = [org for org in inner if len(org.path) == 2 * SEGMENT]
    below = [org for org in inner if len(org.path) == 3 * SEGMENT]
    for org in below[:repeat]:
        to = next(each for each in upper if each.pk != org.parent_id)
        with (
            _listening(actions.after_change, found, "subtree moved, ledger's part"),
            _taking(found, "subtree moved"),
        ):
            actions.move(org, to=to, on=dt.date(YEAR, 7, 1), by="bench")
    return found


def questions(world: World, repeat: int) -> Figures:
    """What the screens ask, of the root and of nodes picked at random."""
    from django.db import connection

    from bihuan.ledger.queries import screens
    from bihuan.orgs.models import Org

    found: Figures = {}
    today = dt.date.fromordinal(TODAY)
    rng = np.random.default_rng(2)
    inner = np.flatnonzero(world.orgs.has_children) + 1
    everybody = rng.integers(1, len(world.orgs.parent) + 1, repeat)
    nodes = [1, 1, *rng.choice(inner, repeat), *inner[: repeat // 4]]
    for name, function, keys in (
        ("own list", screens.owed_by, everybody),
        ("children", screens.children_table, nodes),
        ("worst 20", screens.worst, nodes),
        ("heat map", screens.heat_map, nodes),
        ("worst 20, root", screens.worst, [1] * repeat),
        ("heat map, root", screens.heat_map, [1] * repeat),
        ("children, root", screens.children_table, [1] * repeat),
    ):
        orgs = Org.objects.in_bulk([int(key) for key in keys])
        for turn, key in enumerate(keys):
            kept = found if turn else {}
            with watched(connection) as clock, _taking(kept, name):
                function(orgs[int(key)], YEAR, today)
            kept.setdefault(f"{name}, in the database", []).append(clock.seconds * 1000)
    return found


def _repair() -> None:
    from bihuan.ledger.actions.rebuild import recompute

    recompute(YEAR, today=dt.date.fromordinal(TODAY))


def main() -> None:
    """Arguments: folder of the scale, database, quick or full."""
    scratch, quick = Scratch(Path(sys.argv[1])), sys.argv[3] == "quick"
    start_django(scratch, sys.argv[2])
    _repair()
    world, before = World.load(scratch.columns), rollups()
    found = one_record(world, 5 if quick else 300)
    _fold()
    if not np.array_equal(rollups(), before):
        raise SystemExit("filing and withdrawing left the sums changed")
    found |= questions(world, 8 if quick else 100)
    found |= rule_for_all(1 if quick else 3)
    found |= subtree_move(1 if quick else 5)
    _fold()
    kept = rollups()
    _repair()
    if not np.array_equal(rollups(), kept):
        raise SystemExit("what was kept up differs from a rebuild")
    print(json.dumps(found))


def _fold() -> None:
    from bihuan.ledger.actions.fold import fold

    fold()


if __name__ == "__main__":
    main()
