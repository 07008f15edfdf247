"""A year computed from its records."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import numpy as np
from django.db import connection, transaction

from bihuan.ledger.actions.locks import alone
from bihuan.ledger.actions.rows import (
    ROW_COLUMNS,
    ROW_TYPES,
    SUM_COLUMNS,
    SUM_TYPES,
    fill,
    new_version,
    run,
)
from bihuan.ledger.actions.settle import fill_evidence
from bihuan.ledger.actions.subjects import align_subjects, ensure_subjects, signature_number
from bihuan.ledger.models import Book
from bihuan.ledger.queries import store
from bihuan.ledger.queries.books import movers_now
from bihuan.ledger.queries.evidence import evidence_of_year
from bihuan.ledger.queries.proofs import fresh_proofs
from bihuan.ledger.queries.store import Progress, row_key
from bihuan.ledger.rules import kernel
from bihuan.ledger.rules.codec import ENGINE, Bytes, Ints, Layout, counts_to, only_owed
from bihuan.ledger.rules.kernel import Classes, Tally
from bihuan.ledger.rules.owed import Facts, lines_of, owed_table
from bihuan.ledger.rules.terms import Rule, Signature


@transaction.atomic
def rebuild(year: int, *, today: dt.date, progress: Progress = None) -> None:
    """Compute the ledger of `year` from the records alone, evidence included."""
    alone()
    forget_others()
    gather_evidence(year, progress)
    recompute(year, today=today, progress=progress)


def forget_others() -> None:
    """Throw away what another engine wrote and this one would misread; the lines stay.

    Nothing is lost: whatever reads such a year computes it anew first.
    """
    others = list(Book.objects.exclude(engine=ENGINE).values_list("year", flat=True))
    if not others:
        return
    current = ",".join(map(str, Book.objects.current().values_list("year", flat=True))) or "0"
    run(f"DELETE FROM ledger_evidence WHERE year NOT IN ({current})")
    run("DELETE FROM ledger_signature WHERE id NOT IN (SELECT signature_id FROM ledger_evidence)")
    wanted = ",".join(map(str, others))
    for table in ("ledger_row", "ledger_rollup", "ledger_delta"):
        run(f"DELETE FROM {table} WHERE year IN ({wanted})")


@transaction.atomic
def recompute(year: int, *, today: dt.date, progress: Progress = None) -> None:
    """Compute all rows and sums of `year` from the stored evidence."""
    alone()
    if progress:
        progress("facts", 0, 1)
    align_subjects()
    rules = store.rules_of(year)
    book, layout = _open_book(year, rules, today)
    listed = store.subjects_of()
    facts = Facts(
        store.spans_of(), store.posts_of(), [(org, post) for _key, org, post, _path in listed]
    )
    counters = tally_year(layout, [each[0] for each in listed], progress)
    owed = owed_table(layout, rules, facts, store.waivers_of(year))
    counters = only_owed(layout, counters, owed)
    classes = kernel.classify(layout, counters, owed)
    if progress:
        progress("rows", 0, len(listed))
    _write_rows(year, listed, counters, owed, kernel.overdue(layout, classes, today.toordinal()))
    _write_sums(layout, facts, classes)
    book.movers = movers_now()
    book.save(force_update=True)
    if progress:
        progress("rows", len(listed), len(listed))


def tally_year(layout: Layout, subjects: list[int], progress: Progress = None) -> Bytes:
    """The counters of these subjects from the stored evidence of the layout's year."""
    texts = store.signatures()
    rows, numbers = places_of(subjects), places_of(sorted(texts))
    known = [Signature.from_key(texts[number]) for number in sorted(texts)]
    tally = Tally(layout, known, len(subjects))
    for records in evidence_of_year(layout.year, progress):
        subject, signature = rows[records.subject], numbers[records.signature]
        tally.add(replace(records, subject=subject, signature=signature))
    return tally.counters()


def places_of(keys: list[int]) -> Ints:
    """A table from key to place in the list."""
    table = np.zeros(max(keys, default=0) + 1, np.int32)
    table[np.array(keys, np.int64)] = np.arange(len(keys), dtype=np.int32)
    return table


def gather_evidence(year: int, progress: Progress = None) -> None:
    """Write the evidence of `year` anew from the records themselves."""
    align_subjects()
    run("DELETE FROM ledger_evidence WHERE year = ?", (year,))
    subjects: dict[tuple[int, str], int] = {
        (org, post): key for key, org, post, _path in store.subjects_of()
    }
    numbers: dict[Signature, int] = {}
    batch: list[tuple[int, ...]] = []
    for proof in fresh_proofs(year, progress):
        if proof.subject not in subjects:
            subjects |= ensure_subjects([proof.subject])
        if proof.signature not in numbers:
            numbers[proof.signature] = signature_number(proof.signature.as_key())
        batch.append(
            (*proof.source, subjects[proof.subject], numbers[proof.signature], proof.held,
             proof.counts_for, proof.present, proof.entitled, year)
        )  # fmt: skip
        if len(batch) == 50_000:
            fill_evidence(batch)
            batch = []
    fill_evidence(batch)


def _open_book(year: int, rules: list[Rule], today: dt.date) -> tuple[Book, Layout]:
    """The year's book with a line for every rule, and its layout."""
    book = Book.objects.filter(year=year).first() or Book(year=year, as_of=0)
    known = store.layout_of(book)
    layout = known.grown(lines_of(rules, year))
    book.lines = [line.as_dict() for line in layout.lines]
    book.as_of, book.version, book.engine = today.toordinal(), new_version(), ENGINE
    book.save()
    return book, store.layout_of(book)


def _write_rows(
    year: int, listed: list[tuple[int, int, str, str]], counters: Bytes, owed: Bytes, late: Ints
) -> None:
    """Rows of all subjects that owe anything."""
    run("DELETE FROM ledger_row WHERE year = ?", (year,))
    width, base = counters.shape[1], row_key(year, 0)
    count_bytes, owed_bytes, overdue = counters.tobytes(), owed.tobytes(), late.tolist()
    rows = []
    for at in np.flatnonzero(owed.any(axis=1)).tolist():
        key, org, _post, path = listed[at]
        part = slice(at * width, (at + 1) * width)
        rows.append(
            (base + key, year, key, org, path, count_bytes[part], owed_bytes[part], overdue[at])
        )
    if connection.vendor == "postgresql":
        rows.sort(key=_path)  # Its largest index then grows at its end alone.
    fill("ledger_row", ROW_COLUMNS, rows, ROW_TYPES)


def _path(row: tuple[Any, ...]) -> str:
    path: str = row[4]
    return path


def _write_sums(layout: Layout, facts: Facts, classes: Classes) -> None:
    """Sums of all inner organisations; what was pending is in the rows already."""
    run("DELETE FROM ledger_rollup WHERE year = ?", (layout.year,))
    run("DELETE FROM ledger_delta WHERE year = ?", (layout.year,))
    keys = facts.org_keys.tolist()
    fill(
        "ledger_rollup", SUM_COLUMNS,
        (
            (row_key(layout.year, keys[org]), layout.year, keys[org], counts_to(table))
            for org, table in kernel.roll_up(layout, facts, classes).items()
        ),
        SUM_TYPES,
    )  # fmt: skip
