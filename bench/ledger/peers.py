"""Other ways to compute the same table. Each takes its data from a store and leaves a result there.

A peer is prepared once (imports, connection, statistics), then ``run`` is timed; ``table`` reads
the result back for comparison, outside the time.
"""

from __future__ import annotations

import sqlite3
from abc import ABC, abstractmethod

import duckdb
import numpy as np
import pandas as pd
import psycopg

from bench.ledger.data import World
from bench.ledger.lines import SLOTS
from bench.ledger.scratch import RESULT, Scratch, postgresql_url
from bench.ledger.statement import SQLITE, STATEMENT


def dense(rows: np.ndarray, keys: np.ndarray) -> np.ndarray:
    """Rows (org, slot, expected, exempt, done, made up) as [org with children, slot, 4]."""
    table = np.zeros((len(keys), len(SLOTS), 4), np.int32)
    table[np.searchsorted(keys, rows[:, 0]), rows[:, 1]] = rows[:, 2:]
    return table


class Peer(ABC):
    """One way to compute the ledger of one scale."""

    def __init__(self, scratch: Scratch) -> None:
        self.scratch = scratch

    def clear(self) -> None:
        """Empty the place of the result, outside the time; nothing if it is in memory."""
        return

    @abstractmethod
    def run(self) -> None:
        """The full computation, from the store to the stored result."""

    @abstractmethod
    def rows(self) -> np.ndarray:
        """The stored result as rows (org, slot, expected, exempt, done, made up)."""

    def table(self) -> np.ndarray:
        """The stored result in the form the oracle gives."""
        parent = np.load(self.scratch.columns / "orgs.parent.npy")
        return dense(self.rows(), np.unique(parent[parent > 0]))


class Sqlite(Peer):
    """The one statement, on SQLite with a covering index."""

    def __init__(self, scratch: Scratch) -> None:
        super().__init__(scratch)
        self.link = sqlite3.connect(scratch.sqlite, isolation_level=None)
        for pragma in ("synchronous=FULL", "cache_size=-262144", "temp_store=MEMORY"):
            self.link.execute(f"PRAGMA {pragma}")

    def clear(self) -> None:
        self.link.execute("DELETE FROM result")
        self.link.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def run(self) -> None:
        self.link.execute(SQLITE)

    def rows(self) -> np.ndarray:
        return np.array(self.link.execute("SELECT * FROM result").fetchall(), np.int32)


class Postgresql(Peer):
    """The one statement, on PostgreSQL."""

    def __init__(self, scratch: Scratch) -> None:
        super().__init__(scratch)
        self.link = psycopg.connect(postgresql_url(scratch.database), autocommit=True)
        self.link.execute("SET work_mem = '512MB'")
        self.link.execute("SET jit = off")

    def clear(self) -> None:
        self.link.execute("TRUNCATE result")

    def run(self) -> None:
        self.link.execute(STATEMENT)

    def rows(self) -> np.ndarray:
        return np.array(self.link.execute("SELECT * FROM result").fetchall(), np.int32)


class DuckDB(Peer):
    """The one statement, on Parquet files with two threads."""

    def __init__(self, scratch: Scratch) -> None:
        super().__init__(scratch)
        self.link = duckdb.connect()
        self.link.execute("SET threads = 2")
        for file in scratch.parquet.glob("*.parquet"):
            self.link.execute(f"CREATE VIEW {file.stem} AS SELECT * FROM read_parquet('{file}')")
        self.link.execute(RESULT)

    def clear(self) -> None:
        self.link.execute("DELETE FROM result")

    def run(self) -> None:
        self.link.execute(STATEMENT)

    def rows(self) -> np.ndarray:
        columns = self.link.execute("SELECT * FROM result").fetchnumpy()
        return np.stack([np.asarray(column) for column in columns.values()], axis=1)


class Pandas(Peer):
    """Merges and group-bys over Parquet; the result stays a frame in memory."""

    def run(self) -> None:
        read = {file.stem: pd.read_parquet(file) for file in self.scratch.parquet.glob("*.parquet")}
        joined = read["evidence"].merge(
            read["passes"], left_on=["signature", "counts_for"], right_on=["signature", "day"]
        )
        margin = joined.present * joined.den - joined.entitled * joined.num
        quorum = (joined.num == 0) | ((joined.entitled > 0) & (margin >= joined.strict))
        joined = joined[(joined.held <= joined.latest) & quorum]
        joined = joined.assign(n_on=joined.held <= joined.due)
        tally = joined.groupby(["org_id", "slot"])["n_on"].agg(n_on="sum", n_all="count")
        orgs = read["org"].set_index("id")[["home", "class"]]
        cells = tally.reset_index().join(orgs, on="org_id").merge(read["need"])
        cells = cells.merge(read["exempt"], how="left", indicator=True)
        cells = cells[(cells["_merge"] == "left_only") & (cells.n_all >= cells.k)]
        done = cells.n_on >= cells.k
        cells = cells.assign(done=done.astype(int), made_up=(~done).astype(int))
        classes = orgs.groupby(["home", "class"]).size().rename("expected").reset_index()
        freed = read["exempt"].join(orgs, on="org_id").merge(read["need"]).assign(exempt=1)
        names = ["expected", "exempt", "done", "made_up"]
        parts = pd.concat([classes.merge(read["need"]), freed, cells])
        own = parts.groupby(["home", "slot"])[names].sum().reset_index()
        self.result = own.merge(read["above"]).groupby(["node", "slot"])[names].sum()

    def rows(self) -> np.ndarray:
        return self.result.reset_index().to_numpy(np.int32)


def oracle_table(scratch: Scratch) -> np.ndarray:
    """The oracle's answer, computed once per data set and kept beside the columns."""
    from bench.ledger.oracle import compute

    path = scratch.columns / "oracle.npy"
    if not path.exists():
        np.save(path, compute(World.load(scratch.columns)))
    return np.load(path)
