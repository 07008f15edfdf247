"""Month end: several writers file the same duty, each transaction open for a while.

The product beside the design that keeps sums right at once and therefore locks every ancestor,
deepest first, so that nothing deadlocks: (organisation, slot) rows updated in one statement.
PostgreSQL only: SQLite has one writer.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import psycopg

from bench.ledger.data import World
from bench.ledger.lines import SIGNATURES, SLOTS, Slot
from bench.ledger.scratch import Scratch, postgresql_url

SECONDS = 2.5
SLOT = next(slot for slot in SLOTS if slot.line == 0 and slot.period == 10)
"""November's monthly duty, which all of them file."""

SIGNATURE = next(at for at, kinds in enumerate(SIGNATURES) if kinds == {"theme_day"})
FIRST_SOURCE = 100_000_000

File = Callable[[int, int], None]


@dataclass(frozen=True)
class Rate:
    """Records filed a second by all writers, and the 95th percentile of one, milliseconds."""

    per_second: float
    p95: float


def prepare_locking(scratch: Scratch) -> None:
    """The tables of the design that locks, filled with one row a node and slot."""
    with psycopg.connect(postgresql_url(scratch.database), autocommit=True) as link:
        link.execute("DROP TABLE IF EXISTS roll, filed, counter")
        link.execute("CREATE TABLE filed (org INTEGER, slot INTEGER, held INTEGER)")
        link.execute("CREATE TABLE counter AS SELECT id AS org, 0 AS n_all FROM org")
        link.execute("ALTER TABLE counter ADD PRIMARY KEY (org)")
        link.execute(
            "CREATE TABLE roll AS SELECT DISTINCT node, s AS slot, 0 AS done "
            "FROM above, generate_series(0, 77) s"
        )
        link.execute("ALTER TABLE roll ADD PRIMARY KEY (node, slot)")
        link.execute("VACUUM ANALYZE")


def locking(scratch: Scratch) -> tuple[File, Callable[[], object]]:
    """(file a record of an organisation and hold for seconds, nothing to finish)."""
    link = psycopg.connect(postgresql_url(scratch.database))
    parent = [0, *np.load(scratch.columns / "orgs.parent.npy").tolist()]
    hold = float(sys.argv[4])

    def file(org: int, _source: int) -> None:
        with link.transaction(), link.cursor() as cursor:
            cursor.execute("INSERT INTO filed VALUES (%s, %s, %s)", (org, SLOT.number, SLOT.due))
            cursor.execute("UPDATE counter SET n_all = n_all + 1 WHERE org = %s", (org,))
            node = parent[org]
            while node:
                cursor.execute(
                    "UPDATE roll SET done = done + 1 WHERE node = %s AND slot = %s",
                    (node, SLOT.number),
                )
                node = parent[node]
            time.sleep(hold)

    return file, link.close


def product(scratch: Scratch) -> tuple[File, Callable[[], object]]:
    """The same through the product's own function, folding included."""
    return _settling(scratch, audited=False)


def audited(scratch: Scratch) -> tuple[File, Callable[[], object]]:
    """The product's function with the audit entry that every action writes last."""
    return _settling(scratch, audited=True)


def _settling(scratch: Scratch, *, audited: bool) -> tuple[File, Callable[[], object]]:
    from bench.ledger.product import start_django

    start_django(scratch, "postgresql")
    from django.db import connection, transaction

    from bihuan.audit.actions import write_entry
    from bihuan.ledger.actions.settle import settle
    from bihuan.ledger.rules.terms import Proof, Signature

    signature = Signature(SIGNATURES[SIGNATURE])
    hold = float(sys.argv[4])

    def file(org: int, source: int) -> None:
        with transaction.atomic():
            proof = Proof((1, source), (org, ""), signature, SLOT.until - 12, SLOT.until - 12)
            settle(1, source, [proof])
            time.sleep(hold)
            if audited:
                write_entry("bench.filed", by="bench", source=source)

    return file, connection.close


def forget(scratch: Scratch) -> None:
    """Take away what the writers filed, so that the data are again those of all other parts."""
    from bench.ledger.product import database_name

    with psycopg.connect(postgresql_url(database_name(scratch)), autocommit=True) as link:
        link.execute("DELETE FROM ledger_evidence WHERE source_id >= %s", (FIRST_SOURCE,))
        link.execute("VACUUM ANALYZE ledger_evidence")


DESIGNS = {"locking": locking, "product": product, "audited": audited}


def month_end(design: str, scratch: Scratch, writers: int, hold: float = 0.005) -> Rate:
    """All writers started together for a few seconds, on organisations of their own."""
    command = [sys.executable, "-m", "bench.ledger.writers", design, str(scratch.folder)]
    running = [
        subprocess.Popen(
            [*command, f"{number}/{writers}", str(hold)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for number in range(writers)
    ]
    for process in running:
        if process.stdout is None or process.stdout.readline() != "ready\n":
            raise RuntimeError(f"a writer of {design} did not start")
    start = time.time() + 0.5
    taken: list[float] = []
    for process in running:
        process.stdin.write(f"{start}\n")  # type: ignore[union-attr]
        process.stdin.flush()  # type: ignore[union-attr]
    for process in running:
        out, _ = process.communicate()
        if process.returncode:
            raise RuntimeError(f"a writer of {design} failed")
        taken += json.loads(out.splitlines()[-1])
    return Rate(len(taken) / SECONDS, statistics.quantiles(taken, n=20)[-1] * 1000)


def idle(world: World, slot: Slot) -> np.ndarray:
    """Leaves in being that have filed nothing for the duty; if there is none, all leaves."""
    orgs, e = world.orgs, world.evidence
    busy = np.zeros(len(orgs.parent) + 1, bool)
    inside = (e.counts_for >= slot.since) & (e.counts_for <= slot.until)
    busy[e.org[inside]] = True
    living = (orgs.until > slot.until) & (orgs.since < slot.since) & ~orgs.has_children
    found = np.flatnonzero(living & ~busy[1:]) + 1
    return found if len(found) else np.flatnonzero(living) + 1


def main() -> None:
    """Arguments: design, folder, number/of writers, seconds held. Reads the moment to start."""
    scratch = Scratch(Path(sys.argv[2]))
    number, writers = (int(part) for part in sys.argv[3].split("/"))
    file, finish = DESIGNS[sys.argv[1]](scratch)
    orgs = idle(World.load(scratch.columns), SLOT)[number::writers].tolist()
    np.random.default_rng(number).shuffle(orgs)
    print("ready", flush=True)
    start = float(sys.stdin.readline())
    base = FIRST_SOURCE + int(start) % 1_000_000 * 100 + number * 100_000_000
    taken: list[float] = []
    time.sleep(max(0.0, start - time.time()))
    while time.time() < start + SECONDS:
        before = time.perf_counter()
        file(orgs[len(taken) % len(orgs)], base + len(taken))
        taken.append(time.perf_counter() - before)
    finish()
    print(json.dumps(taken))


if __name__ == "__main__":
    main()
