"""The audit of a year against its records."""

from __future__ import annotations

from bihuan.ledger.queries.check import differences
from bihuan.ledger.queries.proofs import fresh_proofs
from bihuan.ledger.queries.store import Progress


def differences_of_year(year: int, progress: Progress = None) -> list[str]:
    """Every difference between what is stored and what the records say, in words."""
    return list(differences(year, list(fresh_proofs(year, progress)), progress))
