"""One record changes: the cells it touches, and nothing else, are brought level."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Sequence

from django.db import connection, transaction

from bihuan.ledger.actions.fold import change_sums
from bihuan.ledger.actions.locks import share
from bihuan.ledger.actions.rows import fill, run
from bihuan.ledger.actions.subjects import ensure_subjects, signature_number
from bihuan.ledger.queries.books import Register, register_of
from bihuan.ledger.queries.store import row_key
from bihuan.ledger.rules.codec import FULL, at, kept, pack, unpack
from bihuan.ledger.rules.terms import Proof

Known = tuple[int, int, int, int, int]
"""(signature, held, counts for, present, entitled) of one subject's evidence."""
EVIDENCE = (
    "source_type, source_id, subject_id, signature_id, held, counts_for, present, entitled, year"
)


@transaction.atomic
def settle(source_type: int, source_id: int, proofs: Iterable[Proof]) -> None:
    """Let `proofs` be all that this record proves: add, change, withdraw, import and undo alike."""
    proofs = list(proofs)
    share()
    subjects = ensure_subjects(proof.subject for proof in proofs)
    texts = {proof.signature: proof.signature.as_key() for proof in proofs}
    numbers = {signature: signature_number(key) for signature, key in texts.items()}
    new: dict[int, Known] = {
        subjects[proof.subject]: (
            numbers[proof.signature],
            proof.held, proof.counts_for, proof.present, proof.entitled,
        )
        for proof in proofs
    }  # fmt: skip
    _settle(source_type, source_id, new, {numbers[each]: texts[each] for each in texts})


def _settle(source_type: int, source_id: int, new: dict[int, Known], keys: dict[int, str]) -> None:
    """`settle` by numbers; `keys` are the texts of the new signatures."""
    rows = run(
        "SELECT subject_id, signature_id, held, counts_for, present, entitled"
        " FROM ledger_evidence WHERE source_type = ? AND source_id = ?",
        (source_type, source_id),
        often=True,
    ).fetchall()
    old: dict[int, Known] = {row[0]: tuple(row[1:]) for row in rows}
    changed = [subject for subject in {**old, **new} if old.get(subject) != new.get(subject)]
    for subject in changed:
        if subject in old:
            run(
                "DELETE FROM ledger_evidence WHERE source_type = ? AND source_id = ?"
                " AND subject_id = ?",
                (source_type, source_id, subject),
                often=True,
            )
    years = {subject: year_of(new[subject][2]) for subject in changed if subject in new}
    marks = ",".join("?" * 9)
    for subject, year in years.items():
        run(
            f"INSERT INTO ledger_evidence ({EVIDENCE}) VALUES ({marks})",
            (source_type, source_id, subject, *new[subject], year),
            often=True,
        )
    # Rows are locked in order of their keys, so that two writers cannot wait for each other.
    keys = keys | _keys({known[0] for known in old.values()} - set(keys))
    for subject in sorted(changed):
        _follow(subject, old.get(subject), new.get(subject), keys)


def fill_evidence(rows: Iterable[tuple[int, ...]]) -> None:
    """Write evidence in bulk, in the order of `EVIDENCE`; a rebuild must follow."""
    fill("ledger_evidence", EVIDENCE, rows)


def year_of(day: int) -> int:
    """The year of an ordinal day."""
    return dt.date.fromordinal(day).year


def _follow(subject: int, old: Known | None, new: Known | None, keys: dict[int, str]) -> None:
    """Bring the rows of one subject level with one changed piece of evidence."""
    years = {year_of(known[2]) for known in (old, new) if known is not None}
    for year in sorted(years):
        found = register_of(year)
        if found is None:
            continue
        register, as_of = found
        changes: dict[int, list[int]] = {}
        for known, sign in ((old, -1), (new, 1)):
            if known is not None and year_of(known[2]) == year:
                for slot, on_time in _counted(register, known, keys):
                    change = changes.setdefault(slot, [0, 0])
                    change[0] += sign
                    change[1] += sign * on_time
        changes = {slot: change for slot, change in changes.items() if any(change)}
        if changes:
            _change_row(register, as_of, subject, changes)


def _counted(register: Register, known: Known, keys: dict[int, str]) -> list[tuple[int, int]]:
    signature, held, counts_for, present, entitled = known
    return register.layout.counted(keys[signature], held, counts_for, present, entitled)


def _keys(signatures: Collection[int]) -> dict[int, str]:
    """The texts of these signatures.

    Not remembered from one record to the next: a number taken in a transaction that was
    rolled back may come to mean another signature.
    """
    if not signatures:
        return {}
    wanted = ",".join(map(str, sorted(signatures)))
    return dict(run(f"SELECT id, key FROM ledger_signature WHERE id IN ({wanted})").fetchall())


def _change_row(
    register: Register, as_of: int, subject: int, changes: dict[int, list[int]]
) -> None:
    """Count on the cells that are owed; what is not owed is not counted, and without a row
    nothing is."""
    layout, key = register.layout, row_key(register.year, subject)
    lock = " FOR UPDATE" if connection.vendor == "postgresql" else ""
    select = f"SELECT counters, owed, overdue, path FROM ledger_row WHERE id = ?{lock}"
    row = run(select, (key,), often=True).fetchone()
    if row is None:
        return
    before, owed, overdue, path = bytes(row[0]), bytes(row[1]), row[2], row[3]
    cells = {slot: slot - layout.slots[slot].trigger for slot in changes}
    changes = {slot: change for slot, change in changes.items() if at(owed, cells[slot])}
    if not changes:
        return
    after = bytearray(before.ljust(len(layout), b"\0"))
    for slot, (d_all, d_on) in changes.items():
        n_all, n_on = unpack(after[slot])
        if (n_all == FULL and d_all < 0) or (n_on == FULL and d_on < 0):
            after[slot] = _recount(register, subject, slot)
        else:
            after[slot] = pack(n_all + d_all, n_on + d_on)
    flips: dict[int, Sequence[int]] = {}
    for slot in {cells[slot] for slot in changes}:
        was, now = kept(layout, before, owed, slot), kept(layout, bytes(after), owed, slot)
        flips[slot] = [b - a for a, b in zip(was, now, strict=True)]
        if layout.slots[slot].due < as_of:
            overdue += (now == (1, 0, 0, 0)) - (was == (1, 0, 0, 0))
    run(
        "UPDATE ledger_row SET counters = ?, overdue = ? WHERE id = ?",
        (bytes(after), overdue, key),
        often=True,
    )
    change_sums(register, path, flips)


def _recount(register: Register, subject: int, slot: int) -> int:
    """A saturated counter does not say how many there are; the evidence does."""
    rows = run(
        "SELECT signature_id, held, counts_for, present, entitled FROM ledger_evidence"
        " WHERE subject_id = ? AND year = ?",
        (subject, register.year),
    ).fetchall()
    keys = _keys({row[0] for row in rows})
    counted = [on for row in rows for at, on in _counted(register, row, keys) if at == slot]
    return pack(len(counted), sum(counted))
