from __future__ import annotations

from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    """PostgreSQL as Django speaks it.

    The guard of `lib.guard` needs nothing here: row-level security is in the database, and
    what is open is a setting of the transaction.
    """
