"""Model fields that PostgreSQL and SQLite need told differently."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper


class PathField(models.CharField):  # type: ignore[type-arg]
    """Text that sorts and compares by code point on every database.

    PostgreSQL needs the collation "C" for it: with a linguistic collation, a range over
    tree paths silently returns the wrong rows. SQLite compares bytes anyway and has no "C".
    """

    def db_parameters(self, connection: BaseDatabaseWrapper) -> dict[str, Any]:
        parameters: dict[str, Any] = super().db_parameters(connection)
        parameters["collation"] = "C" if connection.vendor == "postgresql" else None
        return parameters
