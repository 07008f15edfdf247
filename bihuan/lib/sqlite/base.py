from __future__ import annotations

import sqlite3
from typing import Any

from django.db.backends.sqlite3 import base, operations, schema

from bihuan.lib import guard


class DatabaseOperations(operations.DatabaseOperations):
    """Emptying all tables, as tests do, is no reading and no tampering."""

    def execute_sql_flush(self, sql_list: Any) -> None:
        with guard.lifted(self.connection), self.connection.cursor() as cursor:
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            triggers = cursor.fetchall()
            for name, _sql in triggers:
                cursor.execute(f'DROP TRIGGER "{name}"')
            try:
                super().execute_sql_flush(sql_list)
            finally:
                for _name, sql in triggers:
                    cursor.execute(sql)


class DatabaseSchemaEditor(schema.DatabaseSchemaEditor):
    """SQLite changes a table by copying it, which the guard must let pass."""

    def __enter__(self) -> DatabaseSchemaEditor:
        self.lifting = guard.lifted(self.connection)
        self.lifting.__enter__()
        super().__enter__()
        return self

    def __exit__(self, *error: Any) -> None:
        try:
            super().__exit__(*error)
        finally:
            self.lifting.__exit__(None, None, None)


class DatabaseWrapper(base.DatabaseWrapper):
    """SQLite as Django speaks it, with the authoriser of `lib.guard` on every connection."""

    ops_class = DatabaseOperations
    SchemaEditorClass = DatabaseSchemaEditor

    def get_new_connection(self, conn_params: Any) -> sqlite3.Connection:
        connection: sqlite3.Connection = super().get_new_connection(conn_params)
        guard.arm(connection)
        return connection
