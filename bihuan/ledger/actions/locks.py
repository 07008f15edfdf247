"""Who may write at the same time on PostgreSQL. SQLite has one writer anyway.

Whoever settles a record shares `WRITERS`; whoever changes what is owed, or the tree, or counts
all anew has it alone and `FOLDERS` too, in this order. A fold takes `FOLDERS` and never waits
for it. All are held until the end of the transaction.
"""

from __future__ import annotations

from django.db import connection

from bihuan.ledger.actions.rows import run

FOLDERS, WRITERS = 7_340_201, 7_340_202


def share() -> None:
    """Settle beside others, but not while somebody is `alone`."""
    if connection.vendor == "postgresql":
        run("SELECT pg_advisory_xact_lock_shared(?)", (WRITERS,), often=True)


def alone() -> None:
    """Wait until nobody settles, counts or folds, and let nobody begin."""
    if connection.vendor == "postgresql":
        run("SELECT pg_advisory_xact_lock(?)", (WRITERS,))
        run("SELECT pg_advisory_xact_lock(?)", (FOLDERS,))


def may_fold() -> bool:
    """Whether nobody else is folding; if so, nobody will be until our transaction ends."""
    row = run("SELECT pg_try_advisory_xact_lock(?)", (FOLDERS,)).fetchone()
    return bool(row[0])
