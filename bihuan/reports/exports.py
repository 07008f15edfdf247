"""A briefing as an official document: each number with an endnote that says where it is from."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from bihuan.lib.dates import chinese_day
from bihuan.lib.gongwen import Heading, Paper, Paragraph, Run, Table
from bihuan.reports.models import Briefing

NAME_SHARE = 2.6
"""How much wider the column of names is than one of numbers."""


def paper(briefing: Briefing) -> Paper:
    """The stored content of `briefing`, ready to be set; nothing is counted anew.

    In Chinese whoever asks: the format is that of Chinese official documents.
    """
    text = briefing.text(settings.LANGUAGE_CODE)
    numbers = dict(briefing.numbers.values_list("place", "measure"))
    with override(settings.LANGUAGE_CODE):
        blocks = [_block(block, text["measures"], numbers, briefing) for block in text["blocks"]]
    return Paper(
        title=briefing.title,
        body=tuple(blocks),
        signature=briefing.content["signature"],
        date=timezone.localtime(briefing.written_at).date(),
    )


def _block(
    block: dict[str, Any],
    measures: dict[str, dict[str, str]],
    numbers: dict[int, str],
    briefing: Briefing,
) -> Heading | Paragraph | Table:
    if block["type"] == "heading":
        return Heading(1, "".join(run["text"] for run in block["runs"]))
    if block["type"] == "paragraph":
        return Paragraph(tuple(_run(run, measures, numbers, briefing) for run in block["runs"]))
    # A note at each cell would drown the table; the columns carry them.
    first, *others = block["head"]
    notes = [_note(measures[code], "", briefing) for code in block["notes"]]
    header = (first, *(Run(name, note) for name, note in zip(others, notes, strict=True)))
    rows = tuple(tuple(run["text"] for run in row) for row in block["rows"])
    return Table(header, rows, shares=(NAME_SHARE, *(1.0 for _each in others)))


def _run(
    run: dict[str, Any],
    measures: dict[str, dict[str, str]],
    numbers: dict[int, str],
    briefing: Briefing,
) -> Run:
    place = run.get("number")
    if place is None:
        return Run(run["text"])
    return Run(
        run["text"], _note(measures[numbers[place]], briefing.content["signature"], briefing)
    )


def _note(asked: dict[str, str], org: str, briefing: Briefing) -> str:
    """What the number means, whom and which days it covers, and when it was taken."""
    told = {
        "name": asked["name"],
        "definition": asked["definition"],
        "org": org or _("本行的组织"),
        "since": chinese_day(briefing.since_date),
        "until": chinese_day(briefing.until_date),
        "at": chinese_day(timezone.localtime(briefing.written_at).date()),
    }
    sentence = _("%(name)s：%(definition)s范围：%(org)s，%(since)s至%(until)s；取数时间：%(at)s。")
    return sentence % told
