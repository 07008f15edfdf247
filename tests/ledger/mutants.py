"""Faults that somebody could make in the ledger, to see whether the random sequences find them.

A fault is a function and a piece of its text that is put in place of another. The code of the
function itself is replaced, so that whoever imported it gets the fault too.
"""

from __future__ import annotations
import __future__

import inspect
import textwrap
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FunctionType
from typing import Any

from bihuan.ledger.actions import changes, reassess, replant, rows, settle, subjects, tick
from bihuan.ledger.queries import books, proofs, store
from bihuan.ledger.rules import covers, owed
from bihuan.orgs.actions import tree

ANNOTATIONS = __future__.annotations.compiler_flag


@dataclass(frozen=True)
class Mutant:
    """What is wrong, in which function, and how."""

    wrong: str
    where: Callable[..., Any]
    right_text: str
    wrong_text: str


NO_WAYS = "type(ways_now())({})"
MUTANTS = [
    Mutant("a full counter is not counted again", settle._change_row,
           "if (n_all == FULL and d_all < 0) or (n_on == FULL and d_on < 0):", "if False:"),
    Mutant("a full counter is counted again as if all were on time", settle._recount,
           "sum(counted)", "len(counted)"),
    Mutant("what a record proved before is not taken back", settle._follow,
           "((old, -1), (new, 1))", "((new, 1),)"),
    Mutant("a record that goes to another year stays in the old one too", settle._follow,
           "for known in (old, new)", "for known in (new or old,)"),
    Mutant("a changed roll changes nothing", settle._settle,
           "if old.get(subject) != new.get(subject)",
           "if (old.get(subject) or ())[:3] != (new.get(subject) or ())[:3]"),
    Mutant("a record leaves the overdue count as it was", settle._change_row,
           "overdue += (now == (1, 0, 0, 0)) - (was == (1, 0, 0, 0))", "overdue += 0"),
    Mutant("occasions are not counted", settle._change_row,
           "slot - layout.slots[slot].trigger", "slot"),
    Mutant("records are carried up today's tree", books.Register.chain,
           "self.ways.chain(way_of(path), day)", "way_of(path)[::-1]"),
    Mutant("duties and exemptions of a place do not follow a move", changes._reassess_by_place,
           "if found is None or not (placed or freed):", "if True:"),
    Mutant("a move does not look at meetings above again", changes._settle_records_of,
           "wanted |= records_at(detour.concerned, detour.first, detour.until)", "pass"),
    Mutant("a post or membership does not look at records again", changes._settle_records_of,
           "wanted |= records_with(people, change.org_ids, since=change.since)", "pass"),
    Mutant("the groups of a branch are not followed", tree.establish,
           "frozenset({org.pk, *above})", "frozenset({org.pk})"),
    Mutant("the branch that a group left on its first day is not followed", tree.move,
           "counting_groups(org, had, since=on)", "counting_groups(org, since=on)"),
    Mutant("facts are followed from the next year on", changes.follow_orgs,
           "if book.year >= change.since.year:", "if book.year > change.since.year:"),
    Mutant("an exemption reaches those below today alone", changes.follow_exemption,
           "orgs_ever_below(ways_now(), orgs)", f"orgs_ever_below({NO_WAYS}, orgs)"),
    Mutant("a duty reaches those below today alone", changes._in_scope,
           "orgs_ever_below(ways, scope", f"orgs_ever_below({NO_WAYS}, scope"),
    Mutant("a new duty leaves alone what it covers", changes.follow_duties,
           "alike_lines(register, rules)",
           "{register.layout.number[line] for line in lines_of(rules, book.year)}"),
    Mutant("a withdrawn completion stands", changes.follow_completion,
           "[proof_of_completion(completion)] if stands else []",
           "[proof_of_completion(completion)]"),
    Mutant("the middle day of a period is the old superior's", replant._changes,
           "(detour.first <= middles)", "(detour.first < middles)"),
    Mutant("the ways of those below the moved are not respelled", replant._renamed,
           "new + way[len(old) :] if way[: len(old)] == old else way", "way"),
    Mutant("a move leaves the paths of rows", subjects.rename_paths,
           'run(f"UPDATE ledger_row SET {sets} AND year IN ({wanted})", values)', "pass"),
    Mutant("a cell newly owed is not counted", reassess._counters_now,
           "if not newly.any():", "if True:"),
    Mutant("what is owed no more stays counted", reassess._counters_now,
           "counters = only_owed(layout, rows.counters, owed)", "counters = rows.counters"),
    Mutant("what is owed is carried up without those above before", reassess._facts_for,
           "orgs.update(piece.chain)", "orgs.update(way)"),
    Mutant("the first below an organisation gives it no sums", reassess._carry_up,
           "ensure_sums(register, changes)", "pass"),
    Mutant("new sums forget the organisation's own row", rows.ensure_sums,
           "counts_to(own.get(org, blank))", "counts_to(blank)"),
    Mutant("a due day that is the day of the last look never passes", tick.tick,
           "layout.due >= book.as_of", "layout.due > book.as_of"),
    Mutant("attendance above is due by today's tree", vars(proofs._People)["load"].__func__,
           "for above in piece.chain:", "for above in reversed(way_of(path)):"),
    Mutant("only those below today are near a meeting", proofs._near,
           "for top in ways.tops_of(org)", "for top in [org]"),
    Mutant("the last day of a fact is the first after it", owed.Facts.spans_on,
           "self.spans.until <= day", "self.spans.until < day"),
    Mutant("an exempt duty binds beside one that is not", owed._strictest,
           "binds & ~exempt)", "binds)"),
    Mutant("of two equal lines the one with more grace stands", covers.covering_slots,
           "ranks[0] > ranks[1]", "ranks[0] < ranks[1]"),
]  # fmt: skip


@contextmanager
def planted(mutant: Mutant) -> Iterator[None]:
    """While this lasts, the function is the wrong one."""
    function = inspect.unwrap(mutant.where)
    assert isinstance(function, FunctionType)
    right = function.__code__
    function.__code__ = _wrong_code(function, mutant)
    _forget()
    try:
        yield
    finally:
        function.__code__ = right
        _forget()


def _wrong_code(function: FunctionType, mutant: Mutant) -> Any:
    lines = textwrap.dedent(inspect.getsource(function)).splitlines()
    while lines[0].startswith("@"):
        del lines[0]
    text = "\n".join(lines)
    assert text.count(mutant.right_text) == 1, f"{mutant.wrong}: its text is not there"
    wrong = text.replace(mutant.right_text, mutant.wrong_text)
    made: dict[str, Any] = {}
    exec(compile(wrong, function.__code__.co_filename, "exec", ANNOTATIONS), {}, made)
    code = made[function.__name__].__code__
    assert code.co_freevars == function.__code__.co_freevars
    return code


def _forget() -> None:
    """What a process has worked out and remembers could be of the right or the wrong function."""
    books._known.clear()
    store._layout.cache_clear()
    covers._coverings.cache_clear()
