"""The peers' own databases: the same data, with everything a statement can be spared done before.

What is owed by each class of like organisations, which day falls into which slot for which
signature, who is exempt and which node stands above which are tables already when a peer starts,
with the indexes that serve it best. The engine is given none of this.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import psycopg
import pyarrow as pa
import pyarrow.parquet as pq

from bench.ledger.data import FIRST, LAST, World
from bench.ledger.lines import LINES, SIGNATURES, SLOTS, covers_half, owed

POSTGRESQL = os.environ.get(
    "BIHUAN_BENCH_POSTGRESQL", "postgresql://postgres@127.0.0.1:54398/postgres"
)

Tables = dict[str, dict[str, np.ndarray]]

KEYS = {
    "org": "id",
    "need": "class, slot",
    "exempt": "org_id, slot",
    "passes": "signature, day, slot",
}
COVERING = (
    "CREATE INDEX evidence_all ON evidence (org_id, signature, counts_for, held, present, entitled)"
)
RESULT = (
    "CREATE TABLE result (org_id INTEGER, slot INTEGER, expected INTEGER, exempt INTEGER, "
    "done INTEGER, made_up INTEGER)"
)


def postgresql_url(name: str) -> str:
    """The address of one database of the bench's cluster."""
    return f"{POSTGRESQL.rsplit('/', 1)[0]}/{name}"


def fresh_postgresql(name: str) -> str:
    """An empty database of that name, the old one gone; its address."""
    with psycopg.connect(POSTGRESQL, autocommit=True) as link:
        link.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        link.execute(f"CREATE DATABASE {name}")
    return postgresql_url(name)


def drop_postgresql(name: str) -> None:
    """The end of a scratch database."""
    with psycopg.connect(POSTGRESQL, autocommit=True) as link:
        link.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@dataclass(frozen=True)
class Scratch:
    """Where one scale's data lies."""

    folder: Path

    @property
    def scale(self) -> str:
        return self.folder.name

    def ready(self, part: str) -> Path:
        """The file that says that this part of the data is complete."""
        return self.folder / f"{part}.ready"

    @property
    def columns(self) -> Path:
        return self.folder / "columns"

    @property
    def parquet(self) -> Path:
        return self.folder / "parquet"

    @property
    def sqlite(self) -> Path:
        return self.folder / "peers.sqlite3"

    @property
    def database(self) -> str:
        return f"bihuan_bench_{self.folder.name}_peers"


def tables(world: World) -> Tables:
    """The columns of all tables, by name of table and column."""
    size = len(world.orgs.parent)
    orgs, key = world.orgs, np.arange(1, size + 1, dtype=np.int32)
    facts = np.stack([orgs.band, orgs.since, orgs.until], axis=1)
    classes, number = np.unique(facts, axis=0, return_inverse=True)
    owing = [
        (at, slot.number, owed(*row, slot))
        for at, row in enumerate(classes.tolist())
        for slot in SLOTS
    ]
    home = np.where(orgs.has_children, key, orgs.parent)
    evidence = {("org_id" if k == "org" else k): v for k, v in vars(world.evidence).items()}
    return {
        "org": {
            "id": key,
            "parent_id": orgs.parent,
            "members": orgs.members,
            "since": orgs.since,
            "until": orgs.until,
            "home": home.astype(np.int32),
            "class": number.reshape(-1).astype(np.int32),
        },
        "above": _columns(("home", "node"), _closure(world)),
        "need": _columns(("class", "slot", "k"), (row for row in owing if row[2])),
        "exempt": _columns(("org_id", "slot"), _exempt(world)),
        "passes": _columns(
            ("signature", "day", "slot", "due", "latest", "num", "den", "strict"), _passes()
        ),
        "evidence": evidence,
    }


def _columns(names: tuple[str, ...], rows: Iterable[tuple[int, ...]]) -> dict[str, np.ndarray]:
    table = np.array(list(rows), np.int32).reshape(-1, len(names))
    return dict(zip(names, table.T.copy(), strict=True))


def _closure(world: World) -> Iterable[tuple[int, int]]:
    parent = [0, *world.orgs.parent.tolist()]
    for home in (np.flatnonzero(world.orgs.has_children) + 1).tolist():
        node = home
        while node:
            yield home, node
            node = parent[node]


def _exempt(world: World) -> Iterable[tuple[int, int]]:
    found = set()
    columns = (column.tolist() for column in vars(world.waivers).values())
    for org, line, since, until in zip(*columns, strict=True):
        for slot in SLOTS:
            if line in (-1, slot.line) and covers_half(since, until, slot):
                found.add((org, slot.number))
    return sorted(found)


def _passes() -> Iterable[tuple[int, ...]]:
    for signature, kinds in enumerate(SIGNATURES):
        for slot in SLOTS:
            line = LINES[slot.line]
            if kinds & line.kinds:
                num, den, strict = line.quorum or (0, 1, False)
                rest = (slot.number, slot.due, slot.latest, num, den, int(strict))
                for day in range(max(slot.since, FIRST), min(slot.until, LAST) + 1):
                    yield signature, day, *rest


def write_parquet(found: Tables, folder: Path) -> None:
    """One Parquet file a table."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, columns in found.items():
        pq.write_table(pa.table(columns), folder / f"{name}.parquet")


def write_sqlite(found: Tables, path: Path) -> None:
    """The tables in one SQLite file, indexed and analysed."""
    path.unlink(missing_ok=True)
    link = sqlite3.connect(path)
    link.execute("PRAGMA journal_mode=WAL")
    for name, columns in found.items():
        link.execute(
            _create(name, columns) + (" WITHOUT ROWID" if name in ("need", "passes") else "")
        )
        marks = ", ".join("?" * len(columns))
        rows = zip(*(column.tolist() for column in columns.values()), strict=True)
        link.executemany(f"INSERT INTO {name} VALUES ({marks})", rows)
    _finish(link.execute)
    link.commit()
    link.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    link.close()


def write_postgresql(found: Tables, url: str) -> None:
    """The tables in one PostgreSQL database, indexed, vacuumed and analysed."""
    with psycopg.connect(url, autocommit=True) as link:
        for name, columns in found.items():
            link.execute(_create(name, columns))
            with link.cursor().copy(f"COPY {name} FROM STDIN") as copy:
                for row in zip(*(column.tolist() for column in columns.values()), strict=True):
                    copy.write("\t".join(map(str, row)) + "\n")
        _finish(link.execute)
        link.execute("VACUUM ANALYZE")


def _create(name: str, columns: dict[str, np.ndarray]) -> str:
    key = f", PRIMARY KEY ({KEYS[name]})" if name in KEYS else ""
    fields = ", ".join(f"{column} INTEGER NOT NULL" for column in columns)
    return f"CREATE TABLE {name} ({fields}{key})"


def _finish(execute: Callable[[str], object]) -> None:
    execute("CREATE INDEX above_home ON above (home)")
    execute(COVERING)
    execute(RESULT)
    execute("ANALYZE")
