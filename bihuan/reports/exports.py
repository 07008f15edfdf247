"""A briefing as an official document: each number with an endnote that says where it is from."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from bihuan.lib.dates import chinese_day
from bihuan.lib.gongwen import Heading, Paper, Paragraph, Run, Table
from bihuan.measures.rules import measure
from bihuan.reports.models import Briefing, BriefingNumber


def paper(briefing: Briefing) -> Paper:
    """The stored content of `briefing`, ready to be set; nothing is counted anew."""
    numbers = {each.place: each for each in briefing.numbers.select_related("org")}
    blocks: list[Heading | Paragraph | Table] = []
    for block in briefing.content["blocks"]:
        if block["type"] == "heading":
            blocks.append(Heading(1, "".join(run["text"] for run in block["runs"])))
        elif block["type"] == "paragraph":
            runs = tuple(_run(run, numbers, briefing) for run in block["runs"])
            blocks.append(Paragraph(runs))
        else:
            # A note at each cell of a table would drown it; the paragraph above names them.
            rows = tuple(tuple(run["text"] for run in row) for row in block["rows"])
            blocks.append(Table(tuple(block["head"]), rows))
    return Paper(
        title=briefing.title,
        body=tuple(blocks),
        signature=briefing.content["signature"],
        date=timezone.localtime(briefing.written_at).date(),
    )


def _run(run: dict[str, Any], numbers: dict[int, BriefingNumber], briefing: Briefing) -> Run:
    place = run.get("number")
    if place is None:
        return Run(run["text"])
    number = numbers[place]
    asked = measure(number.measure)
    note = _("%(name)s：%(definition)s范围：%(org)s，%(since)s至%(until)s；取数时间：%(at)s。") % {
        "name": asked.name,
        "definition": asked.definition,
        "org": number.org.name,
        "since": chinese_day(briefing.since_date),
        "until": chinese_day(briefing.until_date),
        "at": chinese_day(timezone.localtime(briefing.written_at).date()),
    }
    return Run(run["text"], note)
