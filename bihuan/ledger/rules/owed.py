"""Who owes what: the owed byte of every subject and slot, from dated facts.

A cell exists if rule, organisation and (for posts) the holding of the post cover at least
half of the period's days. Facts are those of the period's middle day; an organisation that
did not exist on it is judged by the span that follows, or else by its last one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from bihuan.ledger.rules.codec import EXEMPT, Bytes, Ints, Layout
from bihuan.ledger.rules.covers import leave_out_covered
from bihuan.ledger.rules.periods import Window, line_of
from bihuan.ledger.rules.terms import (
    FAR,
    ORG_ITSELF,
    LineKey,
    OrgSpan,
    PostSpan,
    Rule,
    Scope,
    Subject,
    Waiver,
)

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Spans:
    """Organisation spans as columns, sorted by (organisation, since). `org` and `parent` are keys.

    `kind` and `tags` are row numbers in `kinds` and `tag_sets`; `until` is the first day after.
    """

    org: Ints
    since: Ints
    until: Ints
    parent: Ints
    kind: Ints
    members: Ints
    groups: Ints
    tags: Ints
    kinds: list[str]
    tag_sets: list[frozenset[str]]

    @classmethod
    def from_rows(cls, rows: Iterable[OrgSpan]) -> Spans:
        ordered = sorted(rows, key=lambda span: (span.org_id, span.since))
        kinds = sorted({span.kind for span in ordered})
        tag_sets = list(dict.fromkeys(span.tags for span in ordered))
        kind_number = {kind: number for number, kind in enumerate(kinds)}
        tags_number = {tags: number for number, tags in enumerate(tag_sets)}
        return cls(
            _ints(span.org_id for span in ordered),
            _ints(span.since.toordinal() for span in ordered),
            _ints(span.until.toordinal() if span.until else FAR for span in ordered),
            _ints(span.parent_id or 0 for span in ordered),
            _ints(kind_number[span.kind] for span in ordered),
            _ints(span.full_members for span in ordered),
            _ints(span.groups for span in ordered),
            _ints(tags_number[span.tags] for span in ordered),
            kinds, tag_sets,
        )  # fmt: skip


class Facts:
    """The tree and its people over time, with the subjects that may owe, as columns.

    Organisations are numbered in order of their keys, subjects in the order given.
    """

    def __init__(
        self, spans: Spans, posts: Sequence[PostSpan], subjects: Sequence[Subject]
    ) -> None:
        self.spans = spans
        self.org_keys, self._first, self._count = np.unique(
            spans.org, return_index=True, return_counts=True
        )
        self.org_count = len(self.org_keys)
        self.span_org = np.repeat(np.arange(self.org_count, dtype=np.int32), self._count)
        self._parent = self.org_numbers(spans.parent)
        self.subjects = subjects
        self.subject_org = self.org_numbers(_ints(org for org, _post in subjects))
        self.posts = sorted({post for _org, post in subjects})
        numbers = {post: number for number, post in enumerate(self.posts)}
        self.subject_post = _ints(numbers[post] for _org, post in subjects)
        self._intervals = self._existence(posts)
        self._trees: dict[bytes, Ints] = {}
        self._covered: dict[tuple[int, int], Ints] = {}

    @classmethod
    def from_rows(
        cls, orgs: Iterable[OrgSpan], posts: Sequence[PostSpan], subjects: Sequence[Subject]
    ) -> Facts:
        return cls(Spans.from_rows(orgs), posts, subjects)

    def org_numbers(self, keys: Ints) -> Ints:
        """Row numbers of organisation keys; -1 for none."""
        if not self.org_count:
            return np.full(len(keys), -1, np.int32)
        at = np.minimum(np.searchsorted(self.org_keys, keys), self.org_count - 1)
        return np.where(self.org_keys[at] == keys, at, -1).astype(np.int32)

    @cached_property
    def _steady(self) -> bool:
        return bool((self._count == 1).all())

    def spans_on(self, day: int) -> Ints:
        """For each organisation the span that holds `day`, else the next, else the last."""
        if self._steady:
            return self._first.astype(np.int32)
        ended = np.bincount(self.span_org[self.spans.until <= day], minlength=self.org_count)
        return (self._first + np.minimum(ended, self._count - 1)).astype(np.int32)

    def parents_on(self, day: int) -> Ints:
        """For each organisation the row number of its parent on `day`, -1 for none."""
        parent = self._parent[self.spans_on(day)]
        return self._trees.setdefault(parent.tobytes(), parent)

    def trees(self, days: Sequence[int]) -> dict[int, tuple[Ints, list[int]]]:
        """The distinct trees of these days, each with the positions in `days` it serves."""
        found: dict[int, tuple[Ints, list[int]]] = {}
        by_day: dict[int, Ints] = {}
        for position, day in enumerate(days):
            if day not in by_day:
                by_day[day] = self.parents_on(day)
            parent = by_day[day]
            found.setdefault(id(parent), (parent, []))[1].append(position)
        return found

    def inner_orgs(self, days: Sequence[int]) -> npt.NDArray[np.intp]:
        """Organisations with others below them in any tree of these days, or with posts."""
        inner = np.zeros(self.org_count, bool)
        for parent, _positions in self.trees(days).values():
            inner[parent[parent >= 0]] = True
        with_post = np.array([post != ORG_ITSELF for post in self.posts], bool)
        if len(self.subjects):
            inner[self.subject_org[with_post[self.subject_post]]] = True
        return np.flatnonzero(inner)

    def below(self, org_keys: Iterable[int], day: int) -> Flags:
        """Which organisations are one of these or lie below one of them on `day`."""
        found = np.zeros(self.org_count, bool)
        named = self.org_numbers(_ints(sorted(org_keys)))
        found[named[named >= 0]] = True
        parent = self.parents_on(day)
        for _level in range(64):
            more = found | np.where(parent >= 0, found[parent], False)
            if (more == found).all():
                break
            found = more
        return found

    def covered(self, first: int, last: int) -> Ints:
        """How many days of `first`..`last` each subject existed (its post was held)."""
        if (first, last) not in self._covered:
            self._covered[first, last] = self._days_covered(first, last)
        return self._covered[first, last]

    def _days_covered(self, first: int, last: int) -> Ints:
        owner, begin, end = self._intervals
        days: Ints = np.minimum(end, last) - np.maximum(begin, first) + 1
        days = np.maximum(days, 0)
        if owner is None:
            return days
        summed = np.bincount(owner, weights=days, minlength=len(self.subjects))
        counted: Ints = summed.astype(np.int32)
        return counted

    def _existence(self, posts: Sequence[PostSpan]) -> tuple[Ints | None, Ints, Ints]:
        """(subject or None if it is 0, 1, 2 …, first day, last day) of disjoint intervals."""
        plain = self._steady and all(post == ORG_ITSELF for post in self.posts)
        if plain and (self.subject_org >= 0).all():
            span = self._first[self.subject_org]
            return None, self.spans.since[span], self.spans.until[span] - 1
        return self._slow_existence(posts)

    def _slow_existence(self, posts: Sequence[PostSpan]) -> tuple[Ints, Ints, Ints]:
        held = _held(posts)
        owner: list[int] = []
        begin: list[int] = []
        end: list[int] = []
        since, until = self.spans.since.tolist(), self.spans.until.tolist()
        first, count = self._first.tolist(), self._count.tolist()
        for number, (key, post) in enumerate(self.subjects):
            org = int(self.subject_org[number])
            if org < 0:
                continue
            spans = range(first[org], first[org] + count[org])
            for start, stop in [(since[at], until[at]) for at in spans]:
                stays = [(start, stop)] if post == ORG_ITSELF else held.get((key, post), [])
                for one, other in stays:
                    if max(one, start) < min(other, stop):
                        owner.append(number)
                        begin.append(max(one, start))
                        end.append(min(other, stop) - 1)
        return _ints(owner), _ints(begin), _ints(end)


def _held(posts: Sequence[PostSpan]) -> dict[Subject, list[tuple[int, int]]]:
    """Disjoint [since, until) spans in which each post was held by anybody."""
    found: dict[Subject, list[tuple[int, int]]] = {}
    for span in sorted(posts, key=lambda each: each.since):
        since, until = span.since.toordinal(), span.until.toordinal() if span.until else FAR
        spans = found.setdefault((span.org_id, span.post), [])
        if spans and since <= spans[-1][1]:
            spans[-1] = (spans[-1][0], max(spans[-1][1], until))
        else:
            spans.append((since, until))
    return found


def lines_of(rules: Iterable[Rule], year: int) -> list[LineKey]:
    """The lines of a year in order of their rules' keys."""
    found = [line_of(rule, year) for rule in sorted(rules, key=lambda rule: rule.id)]
    return list(dict.fromkeys(line for line in found if line is not None))


def owed_table(
    layout: Layout, rules: Iterable[Rule], facts: Facts, waivers: Sequence[Waiver]
) -> Bytes:
    """The owed byte of every subject and slot of `layout`."""
    table = np.zeros((len(facts.subjects), len(layout)), np.uint8)
    by_line: dict[int, list[Rule]] = {}
    kinds, posts = set(facts.spans.kinds), set(facts.posts)
    for rule in sorted(rules, key=lambda rule: rule.id):
        line = line_of(rule, layout.year)
        nobody = rule.scope.kinds.isdisjoint(kinds) if rule.scope.kinds else False
        if line is not None and not nobody and posts & (rule.posts or {ORG_ITSELF}):
            by_line.setdefault(layout.number[line], []).append(rule)
    scopes: dict[tuple[Scope, int], Flags] = {}
    waived = _Waived(facts, waivers)
    for number, bound in by_line.items():
        for slot in layout.cells[number]:
            window = layout.slots[slot].window
            binding = [(rule, _binds(rule, window, facts, scopes)) for rule in bound]
            table[:, slot] = _strictest(binding, window, waived, len(facts.subjects))
    leave_out_covered(layout, table)
    return table


def _strictest(
    binding: list[tuple[Rule, Flags]], window: Window, waived: _Waived, size: int
) -> Bytes:
    """The most any rule asks that is not waived; exempt where all that bind are waived."""
    owed, freed = np.zeros(size, np.uint8), np.zeros(size, np.uint8)
    for rule, binds in binding:
        exempt = waived.from_rule(rule.id, window)
        many = np.uint8(rule.minimum)
        np.maximum(owed, many, out=owed, where=binds if exempt is None else binds & ~exempt)
        if exempt is not None:
            np.maximum(freed, many | EXEMPT, out=freed, where=binds & exempt)
    return np.where(owed > 0, owed, freed)


def _binds(
    rule: Rule, window: Window, facts: Facts, scopes: dict[tuple[Scope, int], Flags]
) -> Flags:
    """Which subjects this rule binds in this period."""
    if (rule.scope, window.middle) not in scopes:
        scopes[rule.scope, window.middle] = _in_scope(rule.scope, window.middle, facts)
    in_scope = scopes[rule.scope, window.middle]
    org = facts.subject_org
    binds = in_scope[org] & (org >= 0)
    wanted = np.array([post in (rule.posts or {ORG_ITSELF}) for post in facts.posts], bool)
    if not wanted.all():
        binds &= wanted[facts.subject_post]
    first = max(window.first, rule.valid_from.toordinal())
    covered = facts.covered(first, min(window.last, rule.last_day))
    enough = covered > 0 if rule.partial == "count" else covered * 2 >= window.days
    result: Flags = binds & enough
    return result


def _in_scope(scope: Scope, day: int, facts: Facts) -> Flags:
    """Which organisations meet the scope's conditions on `day`."""
    span = facts.spans_on(day)
    spans = facts.spans
    found = np.ones(facts.org_count, bool)
    if scope.kinds:
        found &= np.array([kind in scope.kinds for kind in spans.kinds], bool)[spans.kind[span]]
    if scope.min_members is not None:
        found &= spans.members[span] >= scope.min_members
    if scope.max_members is not None:
        found &= spans.members[span] <= scope.max_members
    if scope.groups is not None:
        found &= (spans.groups[span] > 0) == scope.groups
    if scope.tags:
        found &= np.array([scope.tags <= tags for tags in spans.tag_sets], bool)[spans.tags[span]]
    if scope.org_ids is not None:
        found &= np.isin(facts.org_keys, list(scope.org_ids))
    if scope.under_ids is not None:
        found &= facts.below(scope.under_ids, day)
    return found


class _Waived:
    """Which subjects are freed from a rule in a window: a waiver frees what it half covers."""

    def __init__(self, facts: Facts, waivers: Sequence[Waiver]) -> None:
        self._facts = facts
        self._by_rule: dict[int | None, list[Waiver]] = {}
        for waiver in waivers:
            self._by_rule.setdefault(waiver.rule_id, []).append(waiver)
        self._days = {
            rule: (
                facts.org_numbers(_ints(each.org_id for each in found)),
                _ints(each.since.toordinal() for each in found),
                _ints(each.until.toordinal() for each in found),
                np.array([each.subtree for each in found], bool),
            )
            for rule, found in self._by_rule.items()
        }
        self._known: dict[tuple[int | None, Window], Flags] = {}

    def from_rule(self, rule_id: int, window: Window) -> Flags | None:
        """Subjects freed from this rule, or None if nobody can be."""
        found = [self._of(key, window) for key in (None, rule_id) if key in self._days]
        if not found:
            return None
        return found[0] if len(found) == 1 else found[0] | found[1]

    def _of(self, key: int | None, window: Window) -> Flags:
        if (key, window) not in self._known:
            org, since, until, subtree = self._days[key]
            days = np.minimum(until, window.last) - np.maximum(since, window.first) + 1
            covers = (np.maximum(days, 0) * 2 >= window.days) & (org >= 0)
            freed = np.zeros(self._facts.org_count, bool)
            freed[org[covers]] = True
            if (covers & subtree).any():
                tops = self._facts.org_keys[org[covers & subtree]].tolist()
                freed |= self._facts.below(tops, window.middle)
            self._known[key, window] = freed[self._facts.subject_org]
        return self._known[key, window]


def _ints(values: Iterable[int]) -> Ints:
    return np.fromiter(values, np.int32)
