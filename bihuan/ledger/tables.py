"""How the rows of the ledger's tables are chosen and sorted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bihuan.ledger.queries.screens import ChildRow

ORDERS: dict[str, Callable[[ChildRow], Any]] = {
    "name": lambda row: (not row.own, row.org.name),
    "rate": lambda row: (not row.own, row.total.rate is None, row.total.rate or 0.0),
    "gaps": lambda row: (not row.own, -row.total.overdue, -row.total.open, row.org.name),
}


def sorted_rows(rows: list[ChildRow], how: str | None, state: str | None) -> list[ChildRow]:
    """Rows in the wished order, the organisation itself first; only those with `state` if told."""
    kept = [row for row in rows if not state or getattr(row.total, state)]
    return sorted(kept, key=ORDERS[how or "gaps"])
