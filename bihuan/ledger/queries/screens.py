"""What the screens of the ledger show: a constant number of statements, however many rows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from bihuan.duties.models import Duty
from bihuan.ledger.models import Book, Evidence, Row, Subject
from bihuan.ledger.queries.books import register_of
from bihuan.ledger.queries.lines import Line, bases, lines_of, period_label
from bihuan.ledger.queries.store import signatures
from bihuan.ledger.queries.sums import (
    Counts,
    Mask,
    counts,
    own_rows,
    own_vector,
    slots_where,
    table_of_counts,
    vectors,
)
from bihuan.ledger.rules.codec import MANY, Layout, State, at, kept, state_of, unpack
from bihuan.lib.tree import end_of_subtree
from bihuan.orgs.models import Org


@dataclass(frozen=True)
class Cell:
    """One cell of one subject, in words."""

    line: int
    index: int
    label: str
    state: str
    need: int
    on_time: int
    counted: int
    due: dt.date
    first: dt.date
    last: dt.date

    @property
    def missing(self) -> int:
        return max(self.need - self.counted, 0)


@dataclass(frozen=True)
class OwedLine:
    """One line of a subject's year: its cells, and the duties it rests on."""

    line: Line
    post: str
    subject: int
    cells: tuple[Cell, ...]
    duties: tuple[Duty, ...] = ()

    def cells_in(self, *states: str) -> list[Cell]:
        return [cell for cell in self.cells if cell.state in states]


@dataclass(frozen=True)
class ChildRow:
    """One organisation in the table of its superior."""

    org: Org
    own: bool
    by_line: dict[int, Counts]
    total: Counts


@dataclass(frozen=True)
class Table:
    """Units × lines, with the sums of all."""

    lines: list[Line] = field(default_factory=list)
    rows: list[ChildRow] = field(default_factory=list)
    total: Counts = field(default_factory=Counts)


@dataclass(frozen=True)
class Stretch:
    """Cells of one period of one line; `months` is how many columns of a year it takes."""

    label: str
    months: int
    first: dt.date
    last: dt.date
    counts: Counts


@dataclass(frozen=True)
class HeatLine:
    line: Line
    stretches: tuple[Stretch, ...]
    total: Counts


@dataclass(frozen=True)
class Worst:
    """A subject with overdue cells: which, and since when."""

    org: Org
    post: str
    overdue: int
    cells: tuple[tuple[Line, Cell], ...]

    @property
    def since(self) -> dt.date | None:
        """The first day on which something was overdue."""
        return min((cell.due for _line, cell in self.cells), default=None)

    @property
    def by_line(self) -> list[tuple[Line, str]]:
        """Each line with the labels of its overdue periods: 主题党日, "2月、5月"."""
        labels: dict[int, list[str]] = {}
        lines: dict[int, Line] = {}
        for line, cell in self.cells:
            lines[line.number] = line
            labels.setdefault(line.number, []).append(cell.label)
        return [(line, "、".join(labels[number])) for number, line in lines.items()]


def layout_for(year: int) -> Layout:
    """The layout of a year's book; an empty one if the year has none."""
    known = register_of(year)
    return known[0].layout if known else Layout(year)


def owed_by(org: Org, year: int, today: dt.date) -> list[OwedLine]:
    """What `org` and the posts in it owe in `year`, line by line, in the book's order."""
    layout = layout_for(year)
    lines = lines_of(year, layout)
    rows = list(own_rows(org, year).values_list("subject_id", "counters", "owed"))
    posts = dict(Subject.objects.filter(org_id=org.pk).values_list("pk", "post"))
    found = []
    for subject, counters, owed in rows:
        cells = cells_of_row(layout, bytes(counters), bytes(owed), today)
        seen = set(cells)
        for number in sorted(seen):
            line = lines[number]
            found.append(
                OwedLine(
                    line, posts.get(subject, ""), subject, tuple(cells[number]),
                    tuple(bases(line, lines, seen, org)),
                )
            )  # fmt: skip
    return found


def children_table(
    org: Org,
    year: int,
    today: dt.date,
    *,
    lines: Iterable[int] | None = None,
    first: dt.date | None = None,
    last: dt.date | None = None,
) -> Table:
    """Every organisation right below `org` × every line owed there, and `org` itself.

    `first` and `last` leave out cells whose period does not touch these days.
    """
    layout = layout_for(year)
    mask = mask_of(layout, lines, first, last)
    children = list(Org.objects.filter(parent=org, dissolved_date=None).order_by("name"))
    by_org = vectors([org, *children], year, layout)
    own = own_vector(org, year, layout)
    named = lines_of(year, layout)
    now = today.toordinal()
    shown = [
        line
        for line in named
        if by_org[org.pk][mask & slots_where(layout, lines=[line.number]), 0].sum()
    ]
    masks = [mask, *(mask & slots_where(layout, lines=[line.number]) for line in shown)]
    whose = [(org, own), *((child, by_org[child.pk]) for child in children)]
    table = table_of_counts(layout, [vector for _org, vector in whose], now, masks)
    rows = [
        ChildRow(
            each, each is org, {line.number: c for line, c in zip(shown, of_lines, strict=True)},
            total,
        )
        for (each, _vector), (total, *of_lines) in zip(whose, table, strict=True)
        if each is not org or total.expected
    ]  # fmt: skip
    return Table(shown, rows, counts(layout, by_org[org.pk], now, mask))


def heat_map(org: Org, year: int, today: dt.date) -> list[HeatLine]:
    """Line × period over `org` and everything below it."""
    layout = layout_for(year)
    vector = vectors([org], year, layout)[org.pk]
    now = today.toordinal()
    found = []
    for line in lines_of(year, layout):
        places = layout.cells[line.number]
        if not vector[places, 0].sum():
            continue
        only = np.zeros((len(places) + 1, len(layout)), bool)
        only[np.arange(len(places)), places] = True
        only[-1, places] = True
        ((*of_places, everything),) = table_of_counts(layout, [vector], now, list(only))
        months = {"quarter": 3, "half": 6, "year": 12, "once": 12}.get(line.period, 1)
        stretches = [
            Stretch(
                period_label(slot, line.period), months,
                dt.date.fromordinal(slot.window.first), dt.date.fromordinal(slot.window.last),
                there,
            )
            for place, there in zip(places, of_places, strict=True)
            for slot in (layout.slots[place],)
        ]  # fmt: skip
        found.append(HeatLine(line, tuple(stretches), everything))
    return found


def worst(org: Org, year: int, today: dt.date, limit: int = 20) -> list[Worst]:
    """The subjects at and below `org` with the most overdue cells, most first."""
    layout = layout_for(year)
    late = Row.objects.filter(year=year, overdue__gt=0)
    if org.parent_id or Org.objects.filter(parent=None).exclude(pk=org.pk).exists():
        # Not asked of the top of the only tree: with the range, SQLite sorts all rows that
        # have something overdue instead of reading the first few from their index.
        late = late.filter(path__gte=org.path, path__lt=end_of_subtree(org.path))
    first = late.order_by("-overdue", "path")[:limit]
    rows = list(first.values_list("subject_id", "org_id", "counters", "owed", "overdue"))
    posts = dict(Subject.objects.filter(pk__in=[row[0] for row in rows]).values_list("pk", "post"))
    orgs = Org.objects.select_related("parent").in_bulk([row[1] for row in rows])
    lines = lines_of(year, layout)
    found = []
    for subject, org_id, counters, owed, overdue in rows:
        cells = cells_of_row(layout, bytes(counters), bytes(owed), today)
        missed = [
            (lines[number], cell)
            for number, several in cells.items()
            for cell in several
            if cell.state == State.OVERDUE
        ]
        missed.sort(key=lambda pair: pair[1].due)
        if org_id in orgs:
            found.append(Worst(orgs[org_id], posts.get(subject, ""), overdue, tuple(missed)))
    return found


def totals(
    org: Org,
    year: int,
    today: dt.date,
    *,
    lines: Iterable[int] | None = None,
    first: dt.date | None = None,
    last: dt.date | None = None,
) -> Counts:
    """All cells of `org` and everything below it, by state."""
    layout = layout_for(year)
    vector = vectors([org], year, layout)[org.pk]
    return counts(layout, vector, today.toordinal(), mask_of(layout, lines, first, last))


def evidence_of_cell(
    org: Org, post: str, line: int, index: int, year: int
) -> list[tuple[int, int]]:
    """(source type, source) of every record that counts in this cell, the earliest first."""
    layout = layout_for(year)
    if line >= len(layout.cells) or index >= len(layout.cells[line]):
        return []
    place = layout.cells[line][index]
    window = layout.slots[place].window
    keys = signatures()
    rows = Evidence.objects.filter(
        year=year,
        subject_id__in=Subject.objects.filter(org_id=org.pk, post=post).values("pk"),
        counts_for__gte=window.first,
        counts_for__lte=window.last,
    ).order_by("held", "source_id")
    return [
        (row.source_type, row.source_id)
        for row in rows
        if any(
            slot == place
            for slot, _on_time in layout.counted(
                keys[row.signature_id], row.held, row.counts_for, row.present, row.entitled
            )
        )
    ]


def mask_of(
    layout: Layout,
    lines: Iterable[int] | None,
    first: dt.date | None,
    last: dt.date | None,
) -> Mask:
    low = first.toordinal() if first else 0
    high = last.toordinal() if last else dt.date.max.toordinal()
    return slots_where(layout, lines=lines, first=low, last=high)


def cells_of_row(
    layout: Layout, counters: bytes, owed: bytes, today: dt.date, mask: Mask | None = None
) -> dict[int, Sequence[Cell]]:
    """line → its cells that are owed or exempt, of one row."""
    found: dict[int, list[Cell]] = {}
    for number, slot in enumerate(layout.slots):
        if slot.trigger or (mask is not None and not mask[number]):
            continue
        flags = kept(layout, counters, owed, number)
        state = state_of(flags, slot, today.toordinal())
        if state == State.NONE:
            continue
        period = layout.lines[slot.line].period
        need = at(owed, number) & MANY
        if period == "each":
            need = unpack(at(counters, number + 1))[0]
        n_all, n_on = unpack(at(counters, number))
        found.setdefault(slot.line, []).append(
            Cell(
                slot.line, slot.index, period_label(slot, period), state.value, need, n_on, n_all,
                dt.date.fromordinal(slot.due), dt.date.fromordinal(slot.window.first),
                dt.date.fromordinal(slot.window.last),
            )
        )  # fmt: skip
    return dict(found)


def has_below(org: Org) -> bool:
    """Whether living organisations stand below `org`."""
    return Org.objects.filter(parent=org, dissolved_date=None).exists()


def kept_years() -> list[int]:
    """The years that have a ledger."""
    return list(Book.objects.order_by("year").values_list("year", flat=True))


def lines_in(year: int) -> list[Line]:
    """Every line of the year's book."""
    return lines_of(year, layout_for(year))
