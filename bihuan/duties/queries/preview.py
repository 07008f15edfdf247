"""What issuing a programme would ask of whom: organisations, cells, minutes, repetitions."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections import Counter
from dataclasses import dataclass
from difflib import SequenceMatcher

from bihuan.duties.choices import Period
from bihuan.duties.models import Duty, Programme
from bihuan.duties.queries import orgs_in_scope
from bihuan.duties.rules.spans import Span, counted, passed, year_of
from bihuan.duties.rules.terms import read_terms
from bihuan.orgs.choices import OrgKind
from bihuan.orgs.models import Appointment

_WORDLESS = re.compile(r"[\W\d]|[年月日前底]")
_ALIKE = 0.8


@dataclass(frozen=True)
class Line:
    """One duty to be: how many owe it, in how many cells, and which duties it repeats.

    `adds_work` is false where a duty that stands asks for as much already. `past` of the
    `cells` have a deadline before today: without a record they are overdue once issued.
    """

    duty: Duty
    orgs: int
    cells: int
    past: int
    repeats: tuple[Duty, ...]
    adds_work: bool
    due_before: dt.date | None
    due_now: dt.date | None

    @property
    def late(self) -> bool:
        """Whether nothing but a deadline that has passed is asked."""
        return self.due_now is not None and self.past > 0

    @property
    def date_moved(self) -> bool:
        return self.due_before != self.due_now


@dataclass(frozen=True)
class Preview:
    """`branch_minutes` is the new work of one branch in a month, beside what it has already."""

    lines: tuple[Line, ...]
    orgs: int
    cells: int
    past: int
    branches: int
    branch_minutes: float
    branch_minutes_before: float

    @property
    def branch_minutes_after(self) -> float:
        return self.branch_minutes + self.branch_minutes_before


def preview(programme: Programme, duties: list[Duty], *, since: dt.date, today: dt.date) -> Preview:
    """The preview of `duties`, drafted and not saved, by the facts of `since`.

    What is owed each time something happens cannot be foreseen and is left out.
    """
    year = since.year
    standing = list(
        Duty.objects.binding_in(year).exclude(programme=programme).exclude(period=Period.EACH)
    )
    reach = _Reach(since)
    lines = [_line(duty, standing, reach, year, today) for duty in duties]
    bound: set[int] = set().union(*(reach.owing(duty).keys() for duty in duties))
    branches = bound & reach.branches()
    months = 12 * len(branches) or 1
    fresh = [line.duty for line in lines if line.adds_work]
    return Preview(
        lines=tuple(lines),
        orgs=len(bound),
        cells=sum(line.cells for line in lines),
        past=sum(line.past for line in lines),
        branches=len(branches),
        branch_minutes=sum(_minutes(duty, reach, branches, year) for duty in fresh) / months,
        branch_minutes_before=sum(_minutes(duty, reach, branches, year) for duty in standing)
        / months,
    )


class _Reach:
    """Who owes a duty by the facts of one day; each scope is asked for once."""

    def __init__(self, on: dt.date) -> None:
        self._on = on
        self._orgs: dict[str, frozenset[int]] = {}
        self._owing: dict[str, Counter[int]] = {}

    def owing(self, duty: Duty) -> Counter[int]:
        """Organisation → how many owe it there: the organisation, or each post held."""
        key = json.dumps([duty.scope, sorted(duty.posts)], sort_keys=True)
        if key not in self._owing:
            orgs = self._of_scope(duty.scope)
            self._owing[key] = self._posts(duty, orgs) if duty.posts else Counter(orgs)
        return self._owing[key]

    def branches(self) -> frozenset[int]:
        return self._of_scope({"kinds": [OrgKind.BRANCH]})

    def _of_scope(self, scope: dict[str, object]) -> frozenset[int]:
        key = json.dumps(scope, sort_keys=True)
        if key not in self._orgs:
            self._orgs[key] = frozenset(orgs_in_scope(scope).values_list("pk", flat=True))
        return self._orgs[key]

    def _posts(self, duty: Duty, orgs: frozenset[int]) -> Counter[int]:
        held = Appointment.objects.on(self._on).filter(post__in=duty.posts)
        pairs = held.values_list("org", "post").distinct()
        return Counter(org for org, _post in pairs if org in orgs)


def _line(duty: Duty, standing: list[Duty], reach: _Reach, year: int, today: dt.date) -> Line:
    owing = reach.owing(duty)
    repeats = [other for other in standing if _alike(duty, other, reach)]
    valid = Span(duty.valid_from_date, duty.valid_to_date or year_of(year).end)
    times_past = passed(duty.period, year, valid, due=duty.due, today=today)
    return Line(
        duty=duty,
        orgs=len(owing),
        cells=owing.total() * _times(duty, year),
        past=owing.total() * times_past,
        repeats=tuple(repeats),
        adds_work=not any(_covers(other, duty, reach, year) for other in repeats),
        due_before=_due_in_document(duty),
        due_now=_due_date(duty),
    )


def _alike(duty: Duty, other: Duty, reach: _Reach) -> bool:
    """Both are done by the same records, or where no record can show it say the same; and some
    organisation owes both.
    """
    same = set(duty.kinds) & set(other.kinds) or (
        not duty.kinds and not other.kinds and _say_the_same(duty.title, other.title)
    )
    if not same or set(duty.posts) != set(other.posts):
        return False
    return not reach.owing(duty).keys().isdisjoint(reach.owing(other).keys())


def _say_the_same(title: str, other: str) -> bool:
    """Whether two titles differ in little more than dates, marks and numbers."""
    first, second = _WORDLESS.sub("", title), _WORDLESS.sub("", other)
    if not first or not second:
        return title == other
    return SequenceMatcher(None, first, second, autojunk=False).ratio() >= _ALIKE


def _covers(other: Duty, duty: Duty, reach: _Reach, year: int) -> bool:
    """Whoever owes `duty` owes `other` as often or more often, with the same records.

    What a sentence completes is never covered: each duty wants a sentence of its own.
    """
    if not duty.kinds:
        return False
    enough = other.minimum * _times(other, year) >= duty.minimum * _times(duty, year)
    same_work = set(other.kinds) <= set(duty.kinds)
    return enough and same_work and reach.owing(duty).keys() <= reach.owing(other).keys()


def _times(duty: Duty, year: int) -> int:
    """In how many periods of `year` the duty is owed."""
    valid = Span(duty.valid_from_date, duty.valid_to_date or year_of(year).end)
    return counted(duty.period, year, valid)


def _minutes(duty: Duty, reach: _Reach, branches: frozenset[int] | set[int], year: int) -> int:
    """The minutes of a year that `duty` takes of `branches` together."""
    owing = reach.owing(duty)
    subjects = sum(count for org, count in owing.items() if org in branches)
    return subjects * duty.minutes * duty.minimum * _times(duty, year)


def _due_date(duty: Duty) -> dt.date | None:
    kind, _colon, day = duty.due.partition(":")
    return dt.date.fromisoformat(day) if kind == "date" else None


def _due_in_document(duty: Duty) -> dt.date | None:
    """The deadline as the proposal states it, before it was carried to another year."""
    if duty.proposal is None or duty.period != Period.ONCE:
        return None
    terms, _faults = read_terms(duty.proposal.fields, known_kinds=duty.kinds)
    return terms.due_date if terms is not None else None
