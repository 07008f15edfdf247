"""What is owed changes: the cells that change, and the sums above them, are brought level."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bihuan.ledger.actions.fold import fold_alone
from bihuan.ledger.actions.rows import (
    ROW_COLUMNS,
    add_to_sums,
    ensure_sums,
    fill,
    run,
    select,
    update,
)
from bihuan.ledger.queries import store
from bihuan.ledger.queries.books import Register, register_of, way_of
from bihuan.ledger.queries.store import row_key
from bihuan.ledger.rules import kernel
from bihuan.ledger.rules.codec import Bytes, Ints, Layout, matrix, only_owed, with_occasions
from bihuan.ledger.rules.kernel import Classes, Records, Tally
from bihuan.ledger.rules.matching import passes, triggers
from bihuan.ledger.rules.owed import Facts, owed_table
from bihuan.ledger.rules.periods import line_of
from bihuan.ledger.rules.terms import ORG_ITSELF, Rule, Signature

Listed = tuple[int, int, str, str]
"""(key, organisation, post, path) of a subject."""
Flags = npt.NDArray[np.bool_]
FEW = 300
"""Subjects whose evidence is read whole rather than by signature."""


@dataclass(frozen=True)
class _Rows:
    """Stored rows as columns; `there` says which of the subjects have one."""

    listed: list[Listed]
    there: Flags
    counters: Bytes
    owed: Bytes

    def only(self, picked: Flags) -> _Rows:
        listed = [self.listed[at] for at in np.flatnonzero(picked).tolist()]
        return _Rows(listed, self.there[picked], self.counters[picked], self.owed[picked])


def reassess(year: int, org_ids: Iterable[int] | None, lines: Collection[int] | None = None) -> int:
    """Work out anew what these organisations and their posts owe on these lines of the book.

    None is everybody, and all lines. `lines` must hold with each line those that count the
    same records, for one can cover the other. Returns how many rows changed.
    """
    fold_alone()
    found = register_of(year)
    listed = store.subjects_of(org_ids)
    if found is None or not listed or (lines is not None and not lines):
        return 0
    register, as_of = found
    if lines is not None:
        posts = _posts_of(register, lines)
        listed = [each for each in listed if each[2] in posts]
        if not listed:
            return 0
    facts = _facts_for(register, listed, everybody=org_ids is None)
    rows = _stored(register, listed, everybody=org_ids is None)
    owed = _owed_now(register, facts, rows.owed, lines)
    changed = (owed != rows.owed).any(axis=1)
    if not changed.any():
        return 0
    rows, owed = rows.only(changed), owed[changed]
    counters = _counters_now(register, rows, owed)
    layout = register.layout
    classes = kernel.classify(layout, counters, owed)
    before = kernel.classify(layout, rows.counters, rows.owed)
    own = [(org, post) for _key, org, post, _path in rows.listed]
    _carry_up(register, Facts(facts.spans, [], own), before, classes)
    _write(register, rows, counters, owed, kernel.overdue(layout, classes, as_of))
    return len(rows.listed)


def alike_lines(register: Register, rules: Iterable[Rule]) -> set[int]:
    """The lines of the book that count the same records as one of these rules."""
    wanted = {
        (rule.kinds, rule.conditions, rule.posts, rule.role if rule.posts else "") for rule in rules
    }
    return {
        number
        for number, line in enumerate(register.layout.lines)
        if (line.kinds, line.conditions, line.posts, line.role) in wanted
    }


def _posts_of(register: Register, lines: Collection[int]) -> set[str]:
    """Who can owe something on these lines: holders of posts, or "" for organisations."""
    found = set[str]()
    for number in lines:
        found |= register.layout.lines[number].posts or {ORG_ITSELF}
    return found


def _facts_for(register: Register, listed: list[Listed], *, everybody: bool) -> Facts:
    """The facts of these subjects, with everything that was ever above them."""
    subjects = [(org, post) for _key, org, post, _path in listed]
    if everybody:
        return Facts(store.spans_of(), store.posts_of(), subjects)
    orgs = {org for org, _post in subjects}
    for way in {way_of(path) for _key, _org, _post, path in listed}:
        for piece in register.ways.pieces(way):
            orgs.update(piece.chain)
    own = {org for org, post in subjects if post}
    return Facts(store.spans_of(orgs), store.posts_of(own) if own else [], subjects)


def _stored(register: Register, listed: list[Listed], *, everybody: bool) -> _Rows:
    year, width = register.year, len(register.layout)
    if everybody:
        sql = "SELECT subject_id, counters, owed FROM ledger_row WHERE year = ?"
        rows = run(sql, (year,)).fetchall()
    else:
        wanted = [row_key(year, each[0]) for each in listed]
        rows = select("subject_id, counters, owed", "ledger_row", wanted)
    stored = {subject: (bytes(counters), bytes(owed)) for subject, counters, owed in rows}
    none = (b"", b"")
    return _Rows(
        listed,
        np.array([each[0] in stored for each in listed], bool),
        matrix([stored.get(each[0], none)[0] for each in listed], width),
        matrix([stored.get(each[0], none)[1] for each in listed], width),
    )


def _owed_now(
    register: Register, facts: Facts, before: Bytes, lines: Collection[int] | None
) -> Bytes:
    """The owed bytes as they should be; lines that are not asked for stay as they were."""
    layout, rules = register.layout, store.rules_of(register.year)
    if lines is not None:
        numbers = [(rule, line_of(rule, register.year)) for rule in rules]
        rules = [rule for rule, line in numbers if line and layout.number[line] in lines]
    table = owed_table(layout, rules, facts, store.waivers_of(register.year))
    if lines is None:
        return table
    slots = np.array([slot.line in lines for slot in layout.slots], bool)
    return np.where(slots, table, before)


def _counters_now(register: Register, rows: _Rows, owed: Bytes) -> Bytes:
    """The counters to the new owed bytes: cells newly owed are counted from the evidence."""
    layout = register.layout
    counters = only_owed(layout, rows.counters, owed)
    newly = (owed > 0) & (rows.owed == 0)
    if not newly.any():
        return counters
    subjects = [each[0] for each in rows.listed]
    lines = {layout.slots[at].line for at in np.flatnonzero(newly.any(axis=0)).tolist()}
    signatures, records = _records(register, subjects, lines)
    if not len(records):
        return counters
    # A layout of these lines alone: signatures by lines is the larger part of the work.
    picked = sorted(lines)
    part = Layout(register.year, [layout.lines[number] for number in picked])
    tally = Tally(part, signatures, len(subjects))
    tally.add(records)
    slots = [at for at, slot in enumerate(layout.slots) if slot.line in lines]
    table = np.zeros_like(counters)
    table[:, slots] = tally.counters()
    return np.where(with_occasions(layout, newly), table, counters)


def _records(
    register: Register, subjects: list[int], lines: set[int]
) -> tuple[list[Signature], Records]:
    """The evidence of these subjects that may count on these lines."""
    few = len(subjects) <= FEW
    # Of few subjects all is read and sifted here; of many only what these lines count.
    texts = None if few else _counting(register, store.signatures(), lines)
    evidence = store.evidence_of(register.year, subjects, None if texts is None else list(texts))
    if texts is None:
        present = set(evidence[:, 1].tolist())
        texts = _counting(register, store.signatures(present) if present else {}, lines)
        evidence = evidence[np.isin(evidence[:, 1], list(texts))]
    order = {number: at for at, number in enumerate(texts)}
    place = {subject: at for at, subject in enumerate(subjects)}
    columns = [np.ascontiguousarray(evidence[:, at]) for at in range(6)]
    columns[0] = np.array([place[subject] for subject in columns[0].tolist()], np.int32)
    columns[1] = np.array([order[number] for number in columns[1].tolist()], np.int32)
    return list(texts.values()), Records(*columns)


def _counting(register: Register, texts: dict[int, str], lines: set[int]) -> dict[int, Signature]:
    """Those of the signatures that touch one of these lines."""
    found, wanted = {}, [register.layout.lines[line] for line in lines]
    for number, text in texts.items():
        signature = Signature.from_key(text)
        if any(passes(signature, line) or triggers(signature, line) for line in wanted):
            found[number] = signature
    return found


def _carry_up(register: Register, facts: Facts, before: Classes, now: Classes) -> None:
    """Add the difference of the cells to the sums of everything above them."""
    layout = register.layout
    was = kernel.roll_up(layout, facts, before)
    changes: dict[int, Ints] = {
        int(facts.org_keys[number]): table - was[number]
        for number, table in kernel.roll_up(layout, facts, now).items()
    }
    ensure_sums(register, changes)
    old, new = (np.stack(each.stacked(), axis=2).astype(np.int32) for each in (before, now))
    for at, (org, _post) in enumerate(facts.subjects):
        changes.setdefault(org, np.subtract(new[at], old[at]))
    add_to_sums(register.year, changes)


def _write(register: Register, rows: _Rows, counters: Bytes, owed: Bytes, late: Ints) -> None:
    """Rows that owe nothing any more go; others are changed or made."""
    year, there = register.year, rows.there.tolist()
    changed, made, gone = [], [], []
    owes: list[bool] = np.any(owed, axis=1).tolist()
    overdue = late.tolist()
    for at, (key, org, _post, path) in enumerate(rows.listed):
        values = counters[at].tobytes(), owed[at].tobytes(), overdue[at]
        if not owes[at]:
            gone.append(row_key(year, key))
        elif there[at]:
            changed.append((*values, row_key(year, key)))
        else:
            made.append((row_key(year, key), year, key, org, path, *values))
    for key in gone:
        run("DELETE FROM ledger_row WHERE id = ?", (key,))
    update("ledger_row", {"counters": "bytea", "owed": "bytea", "overdue": "int"}, changed)
    if made:
        fill("ledger_row", ROW_COLUMNS, made)
