"""The product itself: its own tables, filled in bulk, and its own functions, timed."""

from __future__ import annotations

import datetime as dt
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from bench.ledger.data import ALWAYS_UNTIL, World
from bench.ledger.lines import LINES, SIGNATURES, SLOTS, TODAY, YEAR, Binding, Line
from bench.ledger.peers import Peer
from bench.ledger.scratch import Scratch, fresh_postgresql, postgresql_url

FIRST_DAY = dt.date(YEAR, 1, 1)


def database_name(scratch: Scratch) -> str:
    """The product's PostgreSQL database for one scale."""
    return f"bihuan_bench_{scratch.folder.name}_engine"


def start_django(scratch: Scratch, database: str) -> None:
    """The product with its own settings on the bench's database of that scale."""
    file = scratch.folder / "engine.sqlite3"
    url = f"sqlite://{file}" if database == "sqlite" else postgresql_url(database_name(scratch))
    os.environ["DATABASE_URL"] = url
    os.environ["BIHUAN_HOME"] = str(scratch.folder)
    os.environ["DJANGO_SETTINGS_MODULE"] = "bihuan.settings"
    import django

    django.setup()


def load(scratch: Scratch, database: str) -> None:
    """The world in the product's tables, migrated by Django."""
    if database == "sqlite":
        for file in scratch.folder.glob("engine.sqlite3*"):
            file.unlink()
    else:
        fresh_postgresql(database_name(scratch))
    start_django(scratch, database)
    from django.core.management import call_command
    from django.db import connection

    if database == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA journal_mode=WAL")  # As `bihuan install` does.
    call_command("migrate", verbosity=0)
    world = World.load(scratch.columns)
    _load_orgs(world)
    _load_rules(world)
    _load_evidence(world)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if database == "postgresql" else "ANALYZE")


def _day(ordinal: int) -> dt.date:
    return dt.date.fromordinal(ordinal)


def _paths(world: World) -> list[str]:
    from bihuan.lib.tree import segment

    paths = [""]
    for key, parent in enumerate(world.orgs.parent.tolist(), 1):
        paths.append(paths[parent] + segment(key))
    return paths[1:]


def _load_orgs(world: World) -> None:
    from bihuan.ledger.models import Subject
    from bihuan.orgs.models import Org, OrgSpan

    orgs, spans, subjects = [], [], []
    columns = (column.tolist() for column in vars(world.orgs).values())
    rows = zip(_paths(world), world.orgs.has_children.tolist(), *columns, strict=True)
    for key, (path, inner, parent, members, since, until) in enumerate(rows, 1):
        facts = {
            "name": f"组织{key}",
            "kind": "AGENCY_COMMITTEE" if inner else "BRANCH",
            "parent_id": parent or None,
            "full_members": members,
            "groups": 0,
            "tags": [],
        }
        gone = None if until == ALWAYS_UNTIL else until
        ended = None if gone is None else _day(gone)
        orgs.append(Org(id=key, path=path, founded_date=_day(since), dissolved_date=ended, **facts))
        after = None if gone is None else _day(gone + 1)
        spans.append(OrgSpan(org_id=key, since_date=_day(since), until_date=after, **facts))
        subjects.append(Subject(id=key, org_id=key, post="", path=path))
    for kind, found in ((Org, orgs), (OrgSpan, spans), (Subject, subjects)):
        kind.objects.bulk_create(found, batch_size=2000)


def _load_rules(world: World) -> None:
    from bihuan.accounts.models import User
    from bihuan.duties.models import Duty, Exemption

    user, now = User.objects.create(username="bench"), dt.datetime.now(dt.UTC)
    Duty.objects.bulk_create(
        Duty(title=line.code, level="NATIONAL", issued_at=now, **_duty(line, binding))
        for line in LINES
        for binding in line.bindings
    )
    columns = (column.tolist() for column in vars(world.waivers).values())
    Exemption.objects.bulk_create(
        Exemption(
            org_id=org,
            lineage="" if line < 0 else _lineage(LINES[line], LINES[line].bindings[0]),
            since_date=_day(since),
            until_date=_day(until),
            reason="bench",
            granted_by=user,
            granted_at=now,
        )
        for org, line, since, until in zip(*columns, strict=True)
    )


def _lineage(line: Line, binding: Binding) -> str:
    return f"{line.code}-{line.bindings.index(binding)}"


def _duty(line: Line, binding: Binding) -> dict[str, object]:
    quorum = dict(zip(("numerator", "denominator", "strict"), line.quorum or (), strict=False))
    return {
        "lineage": _lineage(line, binding),
        "kinds": sorted(line.kinds),
        "conditions": {"quorum": quorum} if quorum else {},
        "scope": {"min_members": binding.min_members} if binding.min_members else {},
        "period": line.period.upper(),
        "minimum": binding.minimum,
        "due": f"day:{line.due_day}" if line.due_day else "end",
        "grace_days": line.grace,
        "valid_from_date": _day(binding.since),
    }


def signature_key(kinds: frozenset[str]) -> str:
    """The key text the product gives a record of these kinds."""
    from bihuan.ledger.rules.terms import Signature

    return Signature(kinds).as_key()


def _load_evidence(world: World) -> None:
    from django.db import connection, transaction

    from bihuan.ledger.models import Signature

    Signature.objects.bulk_create(
        Signature(id=at, key=signature_key(kinds)) for at, kinds in enumerate(SIGNATURES, 1)
    )
    names = (
        "source_type, source_id, subject_id, signature_id, held, counts_for, present, entitled,"
        " year"
    )
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY ledger_evidence ({names}) FROM STDIN") as copy:
                for row in _evidence_rows(world):
                    copy.write("\t".join(map(str, row)) + "\n")
        else:
            connection.ensure_connection()
            connection.connection.executemany(
                f"INSERT INTO ledger_evidence ({names}) VALUES (?,?,?,?,?,?,?,?,?)",
                _evidence_rows(world),
            )


def _evidence_rows(world: World) -> Iterator[tuple[int, ...]]:
    e = world.evidence
    columns = (e.org, e.signature + 1, e.held, e.counts_for, e.present, e.entitled)
    rows = zip(*(column.tolist() for column in columns), strict=True)
    return ((1, at, *row, YEAR) for at, row in enumerate(rows, 1))


class Rebuild(Peer):
    """The year computed from the database and stored: counters, owed bytes, roll-ups."""

    def __init__(self, scratch: Scratch, database: str) -> None:
        super().__init__(scratch)
        start_django(scratch, database)
        from django.db import connection

        connection.ensure_connection()

    def clear(self) -> None:
        from django.db import connection

        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute("TRUNCATE ledger_row, ledger_rollup")
            else:
                cursor.execute("DELETE FROM ledger_row")
                cursor.execute("DELETE FROM ledger_rollup")
                cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def run(self) -> None:
        from bihuan.ledger.actions.rebuild import recompute

        recompute(YEAR, today=_day(TODAY))

    def rows(self) -> np.ndarray:
        raise NotImplementedError

    def table(self) -> np.ndarray:
        return rollups()


def rollups() -> np.ndarray:
    """The stored roll-ups as [organisation with children, slot of the bench, 4]."""
    from bihuan.ledger.models import Rollup

    numbers = slot_numbers()
    stored = Rollup.objects.filter(year=YEAR).order_by("org_id").values_list("counts", flat=True)
    width = max(numbers) + 1
    table = np.zeros((len(stored), width, 4), np.int32)
    for at, blob in enumerate(stored):
        counts = np.frombuffer(bytes(blob), "<i4").reshape(-1, 4)[:width]
        table[at, : len(counts)] = counts
    return table[:, numbers]


def slot_numbers() -> list[int]:
    """The product's slot for each slot of the bench."""
    from bihuan.ledger.models import Book
    from bihuan.ledger.queries.store import layout_of

    layout = layout_of(Book.objects.get(pk=YEAR))
    known = {(line.kinds, line.period): at for at, line in enumerate(layout.lines)}
    lines = [known[line.kinds, line.period] for line in LINES]
    return [layout.cells[lines[slot.line]][slot.period] for slot in SLOTS]


def main() -> None:
    """Arguments: folder of the scale, database. Loads the product's tables."""
    load(Scratch(Path(sys.argv[1])), sys.argv[2])
    print(json.dumps({"loaded": True}))


if __name__ == "__main__":
    main()
