"""The way in: `read_plan` turns the text of a document into a `Plan`.

>>> plan = read_plan("一、组织生活\\n每季度召开1次支部党员大会。")
>>> plan.duties[0].period, plan.duties[0].minimum
('quarter', 1)
"""

from __future__ import annotations

from dataclasses import replace

from bihuan.reading.clauses import Node, grow
from bihuan.reading.duties import propose, setting_of
from bihuan.reading.frame import Frame, read_frame
from bihuan.reading.kinds import DEFAULT, Kinds
from bihuan.reading.normalise import normalise
from bihuan.reading.numbering import LEGAL
from bihuan.reading.plan import Clause, Plan
from bihuan.reading.sentences import trimmed
from bihuan.reading.titles import name_nodes

_MANY_IN_ONE_LINE = 3


def read_plan(text: str, *, kinds: Kinds = DEFAULT, year: int | None = None) -> Plan:
    """Read the raw text of a document. Never fails: an empty text is an empty plan.

    `kinds` is the vocabulary of activities; see `bihuan.reading.kinds`. `year` is what a person
    says the plan is for; without it the document's own word counts.
    """
    document = normalise(text)
    frame = read_frame(document)
    if year is not None:
        frame = replace(frame, year=year)
    nodes = grow(document.folded, frame)
    name_nodes(document.folded, nodes, glued=_is_glued(document.folded, nodes))
    setting = setting_of(
        document.text,
        document.folded,
        frame.title,
        year=_year_of_deadlines(nodes, frame),
        kinds=kinds,
    )
    return Plan(
        text=document.text,
        title=frame.title,
        year=frame.year,
        issuer=frame.issuer,
        clauses=tuple(_clause(document.text, node, 1) for node in nodes),
        duties=tuple(propose(setting, nodes)),
        origins=document.origins,
    )


def _year_of_deadlines(nodes: list[Node], frame: Frame) -> int | None:
    """The year of a month without a year: none in a standing rule, whose duties recur."""
    standing = any(node.style in LEGAL for node in nodes) and str(frame.year) not in frame.title
    return None if standing else frame.year


def _is_glued(folded: str, nodes: list[Node]) -> bool:
    """Whether line breaks are missing: several top-level numbers stand inside lines."""
    numbered = [node for node in nodes if node.style is not None]
    inside = [node for node in numbered if node.start > 0 and folded[node.start - 1] != "\n"]
    return bool(inside) and len(inside) * 2 >= min(len(numbered), _MANY_IN_ONE_LINE)


def _clause(text: str, node: Node, level: int) -> Clause:
    start, end = trimmed(text, node.start, node.end)
    return Clause(
        number=text[node.start : node.body].strip(),
        level=level,
        title=text[slice(*node.title)].strip(),
        text=text[start:end],
        start=start,
        end=end,
        children=tuple(_clause(text, child, level + 1) for child in node.children),
    )
