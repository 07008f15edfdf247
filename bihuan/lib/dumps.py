"""A consistent copy of the whole database and the way back, on SQLite and PostgreSQL.

`dump` says what the copy holds (rows of each table, the end of the audit chain), read in the
very snapshot it copies. `load` puts a copy in place of everything there is in one
transaction, compares before it commits, and leaves all as it was if anything differs.

Both run outside Django's connections and outside the guard: a backup must read everything.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.utils.translation import gettext as _
from psycopg import sql

from bihuan.lib.refusals import Refused

ROOT = 'SELECT "index", sm3, sha256 FROM audit_head'
LOCK_TIMEOUT = "30s"


@dataclass(frozen=True)
class Holding:
    """What a database holds: rows of each table, and the end of the audit chain."""

    rows: dict[str, int]
    root: list[Any] | None


def dump(database: dict[str, Any], vendor: str, to: Path) -> Holding:
    """Copy the database that these settings of Django name into the file `to`."""
    return _dump_sqlite(database, to) if vendor == "sqlite" else _dump_postgresql(database, to)


def load(database: dict[str, Any], vendor: str, source: Path, expected: Holding) -> None:
    """Replace the whole database by the copy, or change nothing and say why."""
    if vendor == "sqlite":
        _load_sqlite(database, source, expected)
    else:
        _load_postgresql(database, source, expected)


def is_empty(database: dict[str, Any], vendor: str) -> bool:
    """Whether there is no table yet, so that nothing can be lost."""
    if vendor == "sqlite":
        if not Path(database["NAME"]).exists():
            return True
        with closing(sqlite3.connect(database["NAME"])) as connection:
            return not _sqlite_tables(connection)
    with _postgresql(database) as connection:
        return not _postgresql_tables(connection)


def differences(expected: Holding, found: Holding) -> list[str]:
    """In words, where two holdings are not the same."""
    wrong = [
        f"{table}: {expected.rows.get(table, '–')} → {found.rows.get(table, '–')}"
        for table in sorted(expected.rows.keys() | found.rows.keys())
        if expected.rows.get(table) != found.rows.get(table)
    ]
    if expected.root != found.root:
        wrong.append(f"audit: {expected.root} → {found.root}")
    return wrong


def _refuse_difference(expected: Holding, found: Holding) -> None:
    wrong = differences(expected, found)
    if wrong:
        raise Refused(
            _("备份的内容和它的清单对不上，没有恢复：%(wrong)s") % {"wrong": "; ".join(wrong[:5])}
        )


# SQLite


def _dump_sqlite(database: dict[str, Any], to: Path) -> Holding:
    # One statement, one snapshot: a copy made page by page starts anew with every write of
    # somebody else and may never end.
    with closing(sqlite3.connect(database["NAME"], timeout=60)) as connection:
        connection.execute("VACUUM INTO ?", [str(to)])
    return _sqlite_holding(to)


def _load_sqlite(database: dict[str, Any], source: Path, expected: Holding) -> None:
    _refuse_difference(expected, _sqlite_holding(source))
    # SQLite's own copying is one transaction of the target: readers see the old database or
    # the new one, and a power cut rolls back.
    with (
        closing(sqlite3.connect(source)) as connection,
        closing(sqlite3.connect(database["NAME"], timeout=60)) as target,
    ):
        connection.backup(target)


def _sqlite_holding(path: Path) -> Holding:
    with closing(sqlite3.connect(path)) as connection:
        try:
            verdict = connection.execute("PRAGMA integrity_check").fetchone()[0]
        except sqlite3.DatabaseError as error:
            verdict = str(error)
        if verdict != "ok":
            raise Refused(_("数据库副本已损坏：%(why)s") % {"why": verdict})
        rows = {
            table: connection.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0]
            for table in _sqlite_tables(connection)
        }
        root = connection.execute(ROOT).fetchone() if "audit_head" in rows else None
    return Holding(rows, list(root) if root else None)


def _sqlite_tables(connection: sqlite3.Connection) -> list[str]:
    found = connection.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    )
    return sorted(row[0] for row in found)


# PostgreSQL


def _dump_postgresql(database: dict[str, Any], to: Path) -> Holding:
    with _postgresql(database) as connection:
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        snapshot = _one(connection, "SELECT pg_export_snapshot()")[0]
        holding = _postgresql_holding(connection)
        _run(
            database, "pg_dump", "--format=custom", "--no-owner", "--no-privileges",
            "--enable-row-security", f"--snapshot={snapshot}",
            f"--file={to}",
        )  # fmt: skip
    return holding


def _load_postgresql(database: dict[str, Any], source: Path, expected: Holding) -> None:
    """One transaction: everything dropped, the copy read in, compared, committed."""
    script = source.with_suffix(".sql")
    before, after = source.with_suffix(".before.sql"), source.with_suffix(".after.sql")
    _run(
        database, "pg_restore", "--no-owner", "--no-privileges", f"--file={script}", str(source)
    )  # fmt: skip
    before.write_text(_EMPTY, encoding="utf-8")
    after.write_text(_comparison(expected), encoding="utf-8")
    _run(
        database, "psql", "--no-psqlrc", "--quiet", "--single-transaction", "--output=/dev/null",
        "--set=ON_ERROR_STOP=1", f"--file={before}", f"--file={script}", f"--file={after}",
    )  # fmt: skip


_EMPTY = f"""
SET client_min_messages = warning;
SET lock_timeout = '{LOCK_TIMEOUT}';
DO $$ DECLARE name text; BEGIN
  FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
    EXECUTE format('DROP TABLE IF EXISTS public.%I CASCADE', name);
  END LOOP;
  FOR name IN SELECT p.oid::regprocedure::text FROM pg_proc p
    WHERE p.pronamespace = 'public'::regnamespace AND NOT EXISTS (
      SELECT 1 FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e') LOOP
    EXECUTE 'DROP ROUTINE ' || name;
  END LOOP;
END $$;
"""


def _comparison(expected: Holding) -> str:
    """SQL that fails, and so rolls back, unless the database holds what is expected."""
    checks = [
        sql.SQL(
            "IF (SELECT count(*) FROM public.{table}) <> {rows} THEN"
            " RAISE EXCEPTION 'rows of %', {name}; END IF;"
        ).format(table=sql.Identifier(table), rows=sql.Literal(rows), name=sql.Literal(table))
        for table, rows in sorted(expected.rows.items())
    ]
    if expected.root:
        index, sm3, sha256 = (sql.Literal(value) for value in expected.root)
        checks.append(
            sql.SQL(
                "IF NOT EXISTS (SELECT 1 FROM public.audit_head"
                " WHERE index = {index} AND sm3 = {sm3} AND sha256 = {sha256})"
                " THEN RAISE EXCEPTION 'audit root'; END IF;"
            ).format(index=index, sm3=sm3, sha256=sha256)
        )
    body = "\n".join(check.as_string(None) for check in checks)
    # The script of pg_restore switches row security off, with which counting a table under a
    # policy fails for every role that the policy binds; ours lets this connection through.
    return f"SET row_security = on;\nDO $check$ BEGIN\n{body}\nEND $check$;\n"


def _postgresql_holding(connection: psycopg.Connection[Any]) -> Holding:
    rows = {}
    for table in _postgresql_tables(connection):
        count = sql.SQL("SELECT count(*) FROM public.{}").format(sql.Identifier(table))
        rows[table] = _one(connection, count)[0]
    root = connection.execute(ROOT).fetchone() if "audit_head" in rows else None
    return Holding(rows, list(root) if root else None)


def _postgresql_tables(connection: psycopg.Connection[Any]) -> list[str]:
    found = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    return sorted(row[0] for row in found)


def _one(connection: psycopg.Connection[Any], query: Any) -> tuple[Any, ...]:
    row = connection.execute(query).fetchone()
    return tuple(row) if row else ()


def _environment(database: dict[str, Any]) -> dict[str, str]:
    """libpq's variables for these settings; the password is in no command line."""
    given = {
        "PGDATABASE": database["NAME"],
        "PGUSER": database["USER"],
        "PGPASSWORD": database["PASSWORD"],
        "PGHOST": database["HOST"],
        "PGPORT": database["PORT"],
        # The guard's policies let everything through for this connection.
        "PGOPTIONS": f"-c bihuan.open_tables={','.join(sorted(settings.CONFIDENTIAL_TABLES))}",
    }
    return {name: str(value) for name, value in given.items() if value}


@contextmanager
def _postgresql(database: dict[str, Any]) -> Iterator[psycopg.Connection[Any]]:
    given = _environment(database)
    with psycopg.connect(
        dbname=given.get("PGDATABASE"), user=given.get("PGUSER"), host=given.get("PGHOST"),
        password=given.get("PGPASSWORD"), port=given.get("PGPORT"), options=given["PGOPTIONS"],
    ) as connection:  # fmt: skip
        yield connection


def _run(database: dict[str, Any], program: str, *arguments: str) -> None:
    found = shutil.which(program)
    if found is None:
        raise Refused(
            _("找不到 %(program)s，请先安装 PostgreSQL 客户端工具（postgresql-client）。")
            % {"program": program}
        )
    done = subprocess.run(
        [found, *arguments],
        env={**os.environ, **_environment(database)},
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode:
        raise Refused(
            _("%(program)s 没有完成，数据库没有改动：%(why)s")
            % {"program": program, "why": done.stderr.strip()[-500:]}
        )
