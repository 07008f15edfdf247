"""Sums over parts of the tree, read from the roll-ups and rows: a few statements, any size."""

from __future__ import annotations

import bisect
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from django.db import connection
from django.db.models import Q, QuerySet

from bihuan.ledger.models import Rollup, Row
from bihuan.ledger.queries.store import row_key
from bihuan.ledger.rules.codec import Ints, Layout, counts_from, matrix
from bihuan.ledger.rules.kernel import classify
from bihuan.orgs.models import Org

Mask = npt.NDArray[np.bool_]
Blob = bytes | memoryview
SHADES = (0.02, 0.05, 0.1, 0.25)
"""Shares overdue up to which a heat map takes the first, second, third, fourth shade."""


@dataclass(frozen=True, slots=True)
class Counts:
    """Cells by state. All seven numbers speak of cells, not of meetings."""

    expected: int = 0
    exempt: int = 0
    done: int = 0
    made_up: int = 0
    open: int = 0
    overdue: int = 0
    not_yet_due: int = 0

    @property
    def rate(self) -> float | None:
        """(done + made up) ÷ (done + made up + overdue); None while nothing has fallen due."""
        met = self.done + self.made_up
        return met / (met + self.overdue) if met + self.overdue else None

    @property
    def met(self) -> int:
        return self.done + self.made_up

    @property
    def waiting(self) -> int:
        """Not met and not overdue either."""
        return self.open + self.not_yet_due

    @property
    def shade(self) -> int:
        """How red a heat map shows the sum: 0 (nothing overdue) to 5, by the share overdue."""
        share = self.overdue / self.expected if self.expected else 0.0
        return bisect.bisect_left(SHADES, share) + 1 if self.overdue else 0

    @property
    def worst(self) -> str:
        """The state that a reader should see first."""
        order = ("overdue", "open", "not_yet_due", "made_up", "done", "exempt")
        return next((state for state in order if getattr(self, state)), "")


def counts(layout: Layout, vector: Ints, today: int, mask: Mask | None = None) -> Counts:
    """Sum a [slot, 4] vector over the slots in `mask` (all, if none is given)."""
    if mask is None:
        mask = np.ones(len(layout), bool)
    mask = mask & ~layout.is_trigger
    expected, exempt, done, made_up = (int(vector[mask, at].sum()) for at in range(4))
    unmet = vector[:, 0] - vector[:, 1] - vector[:, 2] - vector[:, 3]
    late = layout.due < today
    begun = layout.first <= today
    return Counts(
        expected, exempt, done, made_up,
        open=int(unmet[mask & ~late & begun].sum()),
        overdue=int(unmet[mask & late].sum()),
        not_yet_due=int(unmet[mask & ~late & ~begun].sum()),
    )  # fmt: skip


def table_of_counts(
    layout: Layout, vectors: Sequence[Ints], today: int, masks: Sequence[Mask]
) -> list[list[Counts]]:
    """`counts` of every vector (rows) over every mask (columns), all at once."""
    if not vectors or not masks:
        return [[] for _vector in vectors]
    stored = np.stack(vectors).astype(np.int64)
    unmet = (stored[..., 0] - stored[..., 1:].sum(axis=-1))[..., None]
    late = layout.due < today
    begun = layout.first <= today
    kinds = np.stack([~late & begun, late, ~late & ~begun], axis=-1)
    states = np.concatenate([stored, unmet * kinds], axis=-1)
    wanted = (np.stack(masks) & ~layout.is_trigger).astype(np.int64)
    sums = np.einsum("ms,vsk->vmk", wanted, states)
    return [[Counts(*cell) for cell in row] for row in sums.tolist()]


def slots_where(
    layout: Layout, *, lines: Iterable[int] | None = None, first: int = 0, last: int = 10**7
) -> Mask:
    """The slots of these lines whose window touches the days `first`..`last`."""
    wanted = None if lines is None else set(lines)
    return np.array(
        [
            (wanted is None or slot.line in wanted)
            and slot.window.first <= last
            and slot.window.last >= first
            for slot in layout.slots
        ],
        bool,
    )


def vectors(orgs: Sequence[Org], year: int, layout: Layout) -> dict[int, Ints]:
    """organisation → [slot, 4] over it and everything below it, posts included.

    Two statements at most: roll-ups (on PostgreSQL with the changes that are not folded in
    yet), and rows of organisations that have none.
    """
    width = len(layout)
    found = _rolled_up(year, [row_key(year, org.pk) for org in orgs], width)
    leaves = {org.path: org.pk for org in orgs if org.pk not in found}
    if leaves:
        rows = Row.objects.filter(year=year, path__in=list(leaves))
        for path, vector in row_vectors(rows.values_list("path", "counters", "owed"), layout):
            found[leaves[path]] = vector
    for org in orgs:
        found.setdefault(org.pk, np.zeros((width, 4), np.int64))
    return found


def own_vector(org: Org, year: int, layout: Layout) -> Ints:
    """[slot, 4] of the organisation itself and the posts in it, without those below."""
    own = own_rows(org, year).values_list("path", "counters", "owed")
    total = np.zeros((len(layout), 4), np.int64)
    for _path, vector in row_vectors(own, layout):
        total += vector
    return total


def own_rows(org: Org, year: int) -> QuerySet[Row]:
    """The rows of an organisation and of the posts in it."""
    posts = Q(path__gt=org.path + "!", path__lt=org.path + "!~")
    return Row.objects.filter(Q(path=org.path) | posts, year=year)


def row_vectors(rows: Iterable[tuple[str, Blob, Blob]], layout: Layout) -> list[tuple[str, Ints]]:
    """Rows (path, counters, owed) as [slot, 4] vectors of zeros and ones."""
    taken = list(rows)
    if not taken:
        return []
    width = len(layout)
    counters = matrix([bytes(row[1]) for row in taken], width)
    owed = matrix([bytes(row[2]) for row in taken], width)
    flags = np.stack(classify(layout, counters, owed.copy()).stacked(), axis=-1)
    return [(row[0], flags[at].astype(np.int64)) for at, row in enumerate(taken)]


def _rolled_up(year: int, wanted: list[int], width: int) -> dict[int, Ints]:
    """organisation → [slot, 4] for the roll-ups with these keys, with what is pending."""
    if connection.vendor != "postgresql":
        stored = Rollup.objects.filter(pk__in=wanted).values_list("org_id", "counts")
        return {org: counts_from(bytes(blob), width).astype(np.int64) for org, blob in stored}
    with connection.cursor() as cursor:
        # One statement, so one snapshot: a fold between two would count twice or not at all.
        cursor.execute(
            "SELECT org_id, counts, NULL::text, 0, 0, 0, 0 FROM ledger_rollup WHERE id = ANY(%s)"
            " UNION ALL SELECT slot, NULL, ancestors::text, d_expected, d_exempt, d_done, d_made"
            " FROM ledger_delta WHERE year = %s",
            [wanted, year],
        )
        rows = cursor.fetchall()
    found: dict[int, Ints] = {
        org: counts_from(bytes(blob), width).astype(np.int64)
        for org, blob, *_change in rows
        if blob is not None
    }
    for slot, blob, ancestors, *change in rows:
        if blob is None and slot < width:
            for org in json.loads(ancestors):
                if org in found:
                    found[org][slot] += np.array(change, np.int64)
    return found
