"""The guard on confidential tables, inside the database itself.

A table in `settings.CONFIDENTIAL_TABLES` can be read and written only inside

    with guard.open_for("orgs_personaldetail", actor=user, purpose="…"):

Outside, every way of reading is refused: managers, joins, filters used as an oracle, raw SQL,
`count(*)`. SQLite refuses through the authoriser that `lib.sqlite` arms on each connection;
PostgreSQL through row-level security (`close_table`, called by a migration). The decision
record is `docs/decisions/0004-database-guard.md`.

Writing that reading down is the caller's duty (`audit.actions.record_read`), before it shows.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from django.conf import settings
from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

TOUCHES = frozenset(
    {sqlite3.SQLITE_READ, sqlite3.SQLITE_INSERT, sqlite3.SQLITE_UPDATE, sqlite3.SQLITE_DELETE}
)
_TABLE = re.compile(r"[a-z_][a-z0-9_]*\Z")


@dataclass(frozen=True)
class Opening:
    """Which tables are open, for whom and what for."""

    tables: frozenset[str] = field(default_factory=frozenset)
    actor: str = ""
    purpose: str = ""


_now: ContextVar[Opening] = ContextVar("bihuan_guard", default=Opening())  # noqa: B039 -- frozen


def current() -> Opening:
    """What is open in this thread or task."""
    return _now.get()


@contextmanager
def open_for(*tables: str, actor: object, purpose: str, using: str = "default") -> Iterator[None]:
    """Let this block read and write `tables`; it is one transaction.

    Blocks nest: an inner one adds its tables. `actor` and `purpose` must be said. Rows
    fetched inside may be used after it; what was not fetched is closed again.
    """
    unknown = set(tables) - set(settings.CONFIDENTIAL_TABLES)
    if unknown or not tables:
        raise ValueError(f"not a confidential table: {', '.join(sorted(unknown)) or '(none)'}")
    if not str(actor) or not purpose.strip():
        raise ValueError("say for whom and what for the table is opened")
    before = _now.get()
    connection = connections[using]
    with transaction.atomic(using=using):
        token = _now.set(Opening(before.tables | set(tables), str(actor), purpose))
        try:
            _tell(connection)
            yield
        except BaseException:
            _now.reset(token)
            # PostgreSQL takes no statement after an error; the rollback that follows
            # takes back the setting as well.
            if connection.vendor == "sqlite":
                _tell(connection)
            raise
        _now.reset(token)
        _tell(connection)


def _tell(connection: BaseDatabaseWrapper) -> None:
    """Make the database follow what is open now."""
    if connection.vendor == "sqlite":
        connection.ensure_connection()
        arm(connection.connection)
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('bihuan.open_tables', %s, true)",
            [",".join(sorted(_now.get().tables))],
        )


def arm(connection: sqlite3.Connection) -> None:
    """Set the authoriser; doing it anew makes SQLite check prepared statements again."""
    connection.set_authorizer(_authorise)


def _authorise(
    action: int, table: str | None, _column: str | None, _base: str | None, _by: str | None
) -> int:
    """Refuse to touch a closed table; SQLite asks while it prepares a statement.

    `count(*)` and `EXISTS` come here as a reading of the column "". SQLite also asks for its
    own look-ups for foreign keys, so a closed table has none in the database.
    """
    if action not in TOUCHES or table not in settings.CONFIDENTIAL_TABLES:
        return sqlite3.SQLITE_OK
    return sqlite3.SQLITE_OK if table in _now.get().tables else sqlite3.SQLITE_DENY


@contextmanager
def lifted(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Open every table, for schema changes and emptying a test database only."""
    token = _now.set(Opening(frozenset(settings.CONFIDENTIAL_TABLES), "system", "schema"))
    try:
        if connection.connection is not None:
            arm(connection.connection)
        yield
    finally:
        _now.reset(token)
        if connection.connection is not None:
            arm(connection.connection)


def close_table(table: str, editor: BaseDatabaseSchemaEditor) -> None:
    """Put row-level security on `table` (PostgreSQL; SQLite needs nothing). For migrations.

    FORCE binds the owner too. A superuser or a role with BYPASSRLS is never bound: the
    product must not connect as one (`bypasses`).
    """
    if editor.connection.vendor != "postgresql":
        return
    if not _TABLE.match(table):
        raise ValueError(f"odd table name: {table!r}")
    is_open = f"'{table}' = ANY (string_to_array(current_setting('bihuan.open_tables', true), ','))"
    editor.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    editor.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    for verb in ("SELECT", "UPDATE", "DELETE"):
        name = f"guard_{verb.lower()}"
        editor.execute(f"CREATE POLICY {name} ON {table} FOR {verb} USING ({is_open})")
    editor.execute(f"CREATE POLICY guard_insert ON {table} FOR INSERT WITH CHECK ({is_open})")


def open_table(table: str, editor: BaseDatabaseSchemaEditor) -> None:
    """Take `close_table` back."""
    if editor.connection.vendor != "postgresql":
        return
    if not _TABLE.match(table):
        raise ValueError(f"odd table name: {table!r}")
    for verb in ("select", "update", "delete", "insert"):
        editor.execute(f"DROP POLICY guard_{verb} ON {table}")
    editor.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    editor.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")


def bypasses(connection: BaseDatabaseWrapper) -> bool:
    """Whether the database would let this role past the guard."""
    if connection.vendor != "postgresql":
        return False
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
        row = cursor.fetchone()
    return bool(row and row[0])
