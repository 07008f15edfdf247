"""What a reading yields: a plan, its clause tree and its proposed duties.

All offsets count characters of `Plan.text`; for every clause and duty the slice
`plan.text[start:end]` equals its `text`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

Period = Literal["month", "quarter", "half", "year", "once", "each", "ongoing"]


@dataclass(frozen=True, slots=True)
class Clause:
    """One passage of the document with everything below it.

    `number` is as printed (“一、”, “(二)”, “3.”, “一是”, “第四条”), empty for a passage
    that has none, such as the preamble. `level` is the depth in the tree, 1 at the top.
    `title` is the heading without its number and final mark, empty where the passage starts
    with its substance.
    `text` covers number, title, body and children.
    """

    number: str
    level: int
    title: str
    text: str
    start: int
    end: int
    children: tuple[Clause, ...] = ()

    def walk(self) -> Iterator[Clause]:
        """This clause and all below it, in the order of the document."""
        yield self
        for child in self.children:
            yield from child.walk()

    def as_json(self) -> dict[str, Any]:
        return {
            "number": self.number,
            "level": self.level,
            "title": self.title,
            "text": self.text,
            "start": self.start,
            "end": self.end,
            "children": [child.as_json() for child in self.children],
        }


@dataclass(frozen=True, slots=True)
class Duty:
    """One proposal: a passage that asks for something (`actionable`) or only says something.

    Only what the document states is filled in; what it leaves open is empty, to be asked.
    `clause` is the printed number of the innermost clause. `minimum` counts how often within
    one `period`; `quantity` and `unit` are an amount of something else (32 学时, 10 个).
    `ratio` is a coverage asked for, 1.0 for 全覆盖. `due` is an ISO date, `due_day` the day of the
    last month of each period (每月25日前), `due_note` a deadline as printed that counts from an
    event (会议召开后15日内). `confidence` runs from 0 to 1 and orders the proposals for a person's
    eye; it is not a probability.
    """

    clause: str
    text: str
    start: int
    end: int
    actionable: bool
    actors: tuple[str, ...] = ()
    lead_units: tuple[str, ...] = ()
    support_units: tuple[str, ...] = ()
    period: Period | None = None
    minimum: int | None = None
    due: str | None = None
    due_day: int | None = None
    due_note: str = ""
    quantity: float | None = None
    unit: str | None = None
    ratio: float | None = None
    kinds: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    confidence: float = 0.5

    def as_json(self) -> dict[str, Any]:
        """The duty as plain lists, numbers and strings, in the order of the fields."""
        found = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return {key: list(v) if isinstance(v, tuple) else v for key, v in found.items()}


@dataclass(frozen=True, slots=True)
class Plan:
    """A document read: its normalised text, what its head and foot say, its tree, its proposals.

    `origins[i]` is the offset in the raw document of character `i` of `text`. `year` is None and
    `issuer` and `title` are empty if the document does not state them.
    """

    text: str
    title: str
    year: int | None
    issuer: str
    clauses: tuple[Clause, ...]
    duties: tuple[Duty, ...]
    origins: tuple[int, ...] = ()

    def walk(self) -> Iterator[Clause]:
        """All clauses in the order of the document."""
        for clause in self.clauses:
            yield from clause.walk()

    def clause_at(self, offset: int) -> Clause | None:
        """The innermost clause that holds the character at `offset`."""
        found = None
        for clause in self.walk():
            if clause.start <= offset < clause.end:
                found = clause
        return found

    def raw_span(self, start: int, end: int) -> tuple[int, int]:
        """Where the non-empty span `[start, end)` of `text` stands in the raw document."""
        return self.origins[start], self.origins[end - 1] + 1

    def as_json(self) -> dict[str, Any]:
        return {
            "text": self.text,
            "title": self.title,
            "year": self.year,
            "issuer": self.issuer,
            "clauses": [clause.as_json() for clause in self.clauses],
            "duties": [duty.as_json() for duty in self.duties],
        }
