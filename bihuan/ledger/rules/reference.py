"""The ledger computed the slow, obvious way, to prove the kernel against.

Plain loops over (subject, line, period) and plain records; shares only the calendar and the
words with the fast way.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bihuan.ledger.rules.periods import Window, due_day, last_chance, line_of, windows
from bihuan.ledger.rules.terms import (
    LineKey,
    OrgSpan,
    PostSpan,
    Proof,
    Rule,
    Scope,
    Subject,
    Waiver,
)

Place = tuple[LineKey, int]
"""A line and the number of its period."""


@dataclass(frozen=True, slots=True)
class Cell:
    """What one subject owes on one line in one period, and what was counted."""

    owed: int
    exempt: bool
    n_all: int
    n_on: int
    occasions: int

    @property
    def expected(self) -> bool:
        return self.owed > 0

    @property
    def done(self) -> bool:
        return self.expected and not self.exempt and self.n_on >= self.owed

    @property
    def made_up(self) -> bool:
        return self.expected and not self.exempt and not self.done and self.n_all >= self.owed


@dataclass(frozen=True)
class World:
    """Everything the ledger is computed from."""

    orgs: Sequence[OrgSpan]
    posts: Sequence[PostSpan]
    rules: Sequence[Rule]
    waivers: Sequence[Waiver]
    proofs: Sequence[Proof]
    subjects: Sequence[Subject]
    year: int

    def facts(self, org_id: int, day: int) -> OrgSpan:
        """The span that holds `day`, else the next, else the last."""
        spans = sorted((s for s in self.orgs if s.org_id == org_id), key=lambda s: s.since)
        for span in spans:
            if span.until is None or span.until.toordinal() > day:
                return span
        return spans[-1]

    def chain(self, org_id: int, day: int) -> list[int]:
        """The organisation and those above it on `day`, upwards."""
        found = [org_id]
        while True:
            parent = self.facts(found[-1], day).parent_id
            if parent is None or parent in found:
                return found
            found.append(parent)

    def stands(self, subject: Subject, day: int) -> bool:
        """Whether the organisation existed on `day`, and the post was held."""
        org_id, post = subject
        return any(
            span.org_id == org_id and _holds(span, day) for span in self.orgs
        ) and (
            not post
            or any((p.org_id, p.post) == subject and _holds(p, day) for p in self.posts)
        )  # fmt: skip

    def binds(self, rule: Rule, subject: Subject, window: Window) -> bool:
        org_id, post = subject
        if (post not in rule.posts) if rule.posts else bool(post):
            return False
        days = [
            day
            for day in range(window.first, window.last + 1)
            if rule.valid_from.toordinal() <= day <= rule.last_day and self.stands(subject, day)
        ]
        enough = len(days) > 0 if rule.partial == "count" else len(days) * 2 >= window.days
        return enough and self.in_scope(rule.scope, org_id, window.middle)

    def in_scope(self, scope: Scope, org_id: int, day: int) -> bool:
        facts = self.facts(org_id, day)
        return (
            (not scope.kinds or facts.kind in scope.kinds)
            and (scope.min_members is None or facts.full_members >= scope.min_members)
            and (scope.max_members is None or facts.full_members <= scope.max_members)
            and (scope.groups is None or scope.groups == (facts.groups > 0))
            and all(tag in facts.tags for tag in scope.tags)
            and (scope.org_ids is None or org_id in scope.org_ids)
            and (
                scope.under_ids is None
                or any(each in scope.under_ids for each in self.chain(org_id, day))
            )
        )

    def is_waived(self, rule: Rule, subject: Subject, window: Window) -> bool:
        for waiver in self.waivers:
            days = [
                day
                for day in range(window.first, window.last + 1)
                if waiver.since.toordinal() <= day <= waiver.until.toordinal()
            ]
            above = self.chain(subject[0], window.middle) if waiver.subtree else [subject[0]]
            if (
                waiver.rule_id in (None, rule.id)
                and len(days) * 2 >= window.days
                and waiver.org_id in above
            ):
                return True
        return False


def _holds(span: OrgSpan | PostSpan, day: int) -> bool:
    return span.since.toordinal() <= day and (span.until is None or day < span.until.toordinal())


def compute(world: World) -> dict[Subject, dict[Place, Cell]]:
    """Every cell that is owed, by subject."""
    lines: dict[LineKey, list[Rule]] = {}
    for rule in world.rules:
        line = line_of(rule, world.year)
        if line is not None:
            lines.setdefault(line, []).append(rule)
    result: dict[Subject, dict[Place, Cell]] = {}
    for subject in world.subjects:
        owed = {
            (line, index): _owed(world, rules, subject, window)
            for line, rules in lines.items()
            for index, window in enumerate(windows(line, world.year))
        }
        standing = {
            place: need
            for place, need in owed.items()
            if need[0] and not any(_covers(other, place, owed, world.year) for other in lines)
        }
        proofs = [proof for proof in world.proofs if proof.subject == subject]
        cells = {place: _cell(place, need, proofs, world) for place, need in standing.items()}
        result[subject] = {place: cell for place, cell in cells.items() if cell.owed}
    return result


def _owed(
    world: World, rules: Iterable[Rule], subject: Subject, window: Window
) -> tuple[int, bool]:
    """(how many, exempt) of one line in one period, the stricter lines left aside."""
    binding = [rule for rule in rules if world.binds(rule, subject, window)]
    strict = [rule for rule in binding if not world.is_waived(rule, subject, window)]
    if strict:
        return max(rule.minimum for rule in strict), False
    return max((rule.minimum for rule in binding), default=0), bool(binding)


def _covers(line: LineKey, place: Place, owed: dict[Place, tuple[int, bool]], year: int) -> bool:
    """Whether `line` asks, inside the period of `place`, at least as much at least as early."""
    weaker, index = place
    if line == weaker or "each" in (line.period, weaker.period):
        return False
    for name in ("kinds", "conditions", "posts", "role"):
        if getattr(line, name) != getattr(weaker, name):
            return False
    window = windows(weaker, year)[index]
    due = due_day(weaker.due, window)
    inside = [(i, w) for i, w in enumerate(windows(line, year)) if w.within(window)]
    needs = [owed[line, i] for i, _window in inside]
    if not inside or any(many == 0 or exempt for many, exempt in needs):
        return False
    if any(due_day(line.due, each) > due for _index, each in inside):
        return False
    asked, least = sum(many for many, _exempt in needs), owed[place][0]
    same = inside[0][1] == window and due_day(line.due, window) == due and asked == least
    if same:
        return (line.grace_days, line.text) < (weaker.grace_days, weaker.text)
    return asked >= least


def _cell(place: Place, need: tuple[int, bool], proofs: list[Proof], world: World) -> Cell:
    line, index = place
    window = windows(line, world.year)[index]
    due, limit = due_day(line.due, window), last_chance(line, window)
    n_all = n_on = occasions = 0
    for proof in proofs:
        if not window.first <= proof.counts_for <= window.last:
            continue
        if line.trigger_kinds & proof.signature.kinds:
            occasions += 1
        if _proves(proof, line) and proof.held <= limit:
            n_all += 1
            n_on += proof.held <= due
    many = min(occasions, 15) if line.period == "each" else need[0]
    return Cell(many, need[1], min(n_all, 15), min(n_on, 15), occasions)


def _proves(proof: Proof, line: LineKey) -> bool:
    shown, wanted = proof.signature, line.conditions
    if not line.kinds & shown.kinds or (line.role and line.role not in shown.roles):
        return False
    for name in ("chair_posts", "speaker_posts", "present_posts"):
        if getattr(wanted, name) and not getattr(wanted, name) & getattr(shown, name):
            return False
    return wanted.quorum is None or wanted.quorum.reached(proof.present, proof.entitled)


def totals(
    world: World, cells: dict[Subject, dict[Place, Cell]]
) -> dict[tuple[int, Place], tuple[int, ...]]:
    """(expected, exempt, done, made up) of every organisation's subtree, where not all zero."""
    found: dict[tuple[int, Place], list[int]] = {}
    for (org_id, _post), owed in cells.items():
        for place, cell in owed.items():
            window = windows(place[0], world.year)[place[1]]
            for above in world.chain(org_id, window.middle):
                sums = found.setdefault((above, place), [0, 0, 0, 0])
                sums[0] += 1
                sums[1] += cell.exempt
                sums[2] += cell.done
                sums[3] += cell.made_up
    return {key: tuple(sums) for key, sums in found.items()}


def overdue(world: World, cells: dict[Place, Cell], today: int) -> int:
    """How many of one subject's cells are overdue on `today`."""
    return sum(
        not (cell.exempt or cell.done or cell.made_up)
        and today > due_day(line.due, windows(line, world.year)[index])
        for (line, index), cell in cells.items()
    )
