"""The nightly audit: compute a year from the records alone and name every byte that differs."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from bihuan.ledger.models import Book, Delta, Evidence, Rollup, Row, Subject
from bihuan.ledger.queries import store
from bihuan.ledger.queries.books import movers_now, ways_from
from bihuan.ledger.queries.store import Progress
from bihuan.ledger.rules import kernel
from bihuan.ledger.rules.codec import (
    ENGINE,
    Bytes,
    Layout,
    at,
    counts_from,
    describe,
    only_owed,
)
from bihuan.ledger.rules.owed import Facts, owed_table
from bihuan.ledger.rules.periods import first_day, last_day
from bihuan.ledger.rules.terms import Proof, Signature
from bihuan.orgs.models import Org


def differences(year: int, proofs: list[Proof] | None, progress: Progress = None) -> Iterator[str]:
    """What is stored otherwise than computed, in words; nothing if the ledger is right.

    `proofs` are those of the records; None trusts the stored evidence.
    """
    book = Book.objects.filter(year=year).first()
    if book is None:
        yield f"{year}: no ledger"
        return
    if book.engine != ENGINE:
        yield f"{year}: written by engine {book.engine}, this is engine {ENGINE}"
        return
    layout = store.layout_of(book)
    if proofs is None:
        proofs = list(_stored_proofs(year))
    else:
        yield from _evidence_differences(year, proofs)
    listed = store.subjects_of()
    subjects = [(org, post) for _key, org, post, _path in listed]
    facts = Facts(store.spans_of(), store.posts_of(), subjects)
    owed = owed_table(layout, store.rules_of(year), facts, store.waivers_of(year))
    counters = only_owed(layout, _tally(layout, subjects, proofs), owed)
    classes = kernel.classify(layout, counters, owed)
    late = kernel.overdue(layout, classes, book.as_of)
    stored = {row.subject_id: row for row in Row.objects.filter(year=year)}
    for number, (key, _org, _post, path) in enumerate(listed):
        row = stored.pop(key, None)
        yield from _row_differences(
            layout, subjects[number], row, counters[number].tobytes(), owed[number].tobytes(),
            int(late[number]), book.as_of,
        )  # fmt: skip
        if row is not None and row.path != path:
            yield f"{subjects[number]}: path {row.path}, should be {path}"
        if progress and number % 1000 == 0:
            progress("rows", number, len(listed))
    for key in stored:
        yield f"subject {key}: a row of nobody"
    yield from _sum_differences(layout, facts, classes)
    yield from _place_differences(book)


def _stored_proofs(year: int) -> Iterator[Proof]:
    texts = {pk: Signature.from_key(key) for pk, key in store.signatures().items()}
    names = {each.pk: (each.org_id, each.post) for each in Subject.objects.all()}
    for each in Evidence.objects.filter(year=year):
        yield Proof(
            (each.source_type, each.source_id), names[each.subject_id],
            texts[each.signature_id], each.held, each.counts_for, each.present, each.entitled,
        )  # fmt: skip


def _evidence_differences(year: int, proofs: list[Proof]) -> Iterator[str]:
    stored = {(proof.source, proof.subject): proof for proof in _stored_proofs(year)}
    begin, end = first_day(year), last_day(year)
    for proof in proofs:
        if begin <= proof.counts_for <= end:
            found = stored.pop((proof.source, proof.subject), None)
            if found != proof:
                yield f"record {proof.source} for {proof.subject}: {found}, should be {proof}"
    for source, subject in stored:
        yield f"record {source} for {subject}: evidence without a record"


def _tally(layout: Layout, subjects: list[tuple[int, str]], proofs: list[Proof]) -> Bytes:
    rows = {subject: number for number, subject in enumerate(subjects)}
    known = list(dict.fromkeys(proof.signature for proof in proofs))
    numbers = {signature: number for number, signature in enumerate(known)}
    columns = [
        (rows[p.subject], numbers[p.signature], p.held, p.counts_for, p.present, p.entitled)
        for p in proofs
        if p.subject in rows
    ]
    tally = kernel.Tally(layout, known, len(subjects))
    table = np.array(columns, np.int32).reshape(-1, 6)
    tally.add(kernel.Records(*(np.ascontiguousarray(table[:, i]) for i in range(6))))
    return tally.counters()


def _row_differences(
    layout: Layout, subject: tuple[int, str], row: Row | None, counters: bytes, owed: bytes,
    late: int, as_of: int,
) -> Iterator[str]:  # fmt: skip
    had = bytes(row.counters) if row else b""
    need = bytes(row.owed) if row else b""
    if not any(at(had, i) != counters[i] or at(need, i) != owed[i] for i in range(len(layout))):
        if (row.overdue if row else 0) != late:
            yield f"{subject}: overdue {row.overdue if row else 0}, should be {late}"
        return
    is_now = set(describe(layout, had, need, as_of))
    should = describe(layout, counters, owed, as_of)
    for told in sorted(is_now - set(should)):
        yield f"{subject}: stored {told}"
    for told in should:
        if told not in is_now:
            yield f"{subject}: should be {told}"


def _sum_differences(layout: Layout, facts: Facts, classes: kernel.Classes) -> Iterator[str]:
    """Stored sums with what is pending, against sums computed now."""
    year = layout.year
    stored = {
        roll.org_id: counts_from(bytes(roll.counts), len(layout))
        for roll in Rollup.objects.filter(year=year)
    }
    for delta in Delta.objects.filter(year=year):
        change = [delta.d_expected, delta.d_exempt, delta.d_done, delta.d_made]
        for org in delta.ancestors:
            if org in stored:
                stored[org][delta.slot] += np.array(change, np.int32)
    flags = np.stack(classes.stacked(), axis=2)
    own = {org: flags[at] for at, (org, post) in enumerate(facts.subjects) if not post}
    wanted = {
        int(facts.org_keys[number]): table
        for number, table in kernel.roll_up(layout, facts, classes).items()
    }
    blank = np.zeros((len(layout), 4), np.int32)
    for org in sorted({*stored, *wanted}):
        # Without sums, or with nothing below, the organisation's own row says all.
        alone = own.get(org, blank)
        found, table = stored.get(org, alone), wanted.get(org, alone)
        for slot in np.flatnonzero((found != table).any(axis=1)).tolist():
            yield (
                f"organisation {org}: slot {slot} sums {found[slot].tolist()},"
                f" should be {table[slot].tolist()}"
            )


def _place_differences(book: Book) -> Iterator[str]:
    """Places that are not today's, and ways up the tree that are not those of the facts."""
    places = dict(Org.objects.values_list("pk", "path"))
    for _key, org, post, path in store.subjects_of():
        if path.partition("!")[0] != places.get(org):
            yield f"{(org, post)}: stands at {path}, should at {places.get(org)}"
    stored, wanted = ways_from(book.movers).stays, ways_from(movers_now()).stays
    for org in sorted({*stored, *wanted}):
        is_now, should = stored.get(org), wanted.get(org)
        if is_now != should:
            yield f"organisation {org}: stood below {is_now}, should {should}"
