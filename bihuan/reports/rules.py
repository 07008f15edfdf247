"""How a briefing on organisational life is put together, on plain values."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

Run = dict[str, Any]
"""Either {"text": …} or {"text": "12", "number": place}: a number that opens its records."""
Block = dict[str, Any]
"""{"type": "heading" | "paragraph", "runs": [Run]}, or
{"type": "table", "head": [str], "rows": [[Run]], "notes": [code of a measure]}."""

SUMMARY = (
    "activities.active_branches", "orgs.branches", "activities.held", "activities.theme_day",
    "activities.general_meeting", "activities.committee_meeting", "activities.lecture",
    "activities.attendance",
)  # fmt: skip
LEDGER = ("ledger.expected", "ledger.done", "ledger.made_up", "ledger.overdue", "ledger.rate")


@dataclass
class Writer:
    """Collects blocks, and the numbers in them by their place."""

    shown: Callable[[str, int], str]
    blocks: list[Block] = field(default_factory=list)
    numbers: list[tuple[str, int, str]] = field(default_factory=list)

    def number(self, code: str, org_id: int) -> Run:
        """A run that prints a measure of an organisation and remembers where it came from."""
        text = self.shown(code, org_id)
        self.numbers.append((code, org_id, text))
        return {"text": text, "number": len(self.numbers)}

    def heading(self, text: str) -> None:
        self.blocks.append({"type": "heading", "runs": [{"text": text}]})

    def paragraph(self, *runs: Run | str) -> None:
        made = [{"text": run} if isinstance(run, str) else run for run in runs]
        self.blocks.append({"type": "paragraph", "runs": made})

    def table(self, head: list[str], rows: list[list[Run]], *, notes: list[str]) -> None:
        """`notes` are the measures of the columns after the first."""
        self.blocks.append({"type": "table", "head": head, "rows": rows, "notes": notes})


@dataclass(frozen=True)
class Scene:
    """Whom a briefing speaks of: an organisation, those listed below it, and the days."""

    org_id: int
    org_name: str
    since: str
    until: str
    listed: list[tuple[int, str]]


def organisational_life(scene: Scene, writer: Writer, demands: str) -> None:
    """组织生活情况通报: 总体情况, 存在问题, 整改要求, as circulars of this kind are built."""
    org = scene.org_id
    n = writer.number
    writer.heading(_("一、总体情况"))
    writer.paragraph(
        _("%(since)s至%(until)s，%(org)s所属")
        % {"since": scene.since, "until": scene.until, "org": scene.org_name},
        n("orgs.branches", org), _("个党支部中，有"), n("activities.active_branches", org),
        _("个开展并登记了活动。各级组织共登记活动"), n("activities.held", org),
        _("次，其中主题党日"),
        n("activities.theme_day", org), _("次、支部党员大会"), n("activities.general_meeting", org),
        _("次、支部委员会会议"), n("activities.committee_meeting", org), _("次、党课"),
        n("activities.lecture", org), _("次，平均到会率"), n("activities.attendance", org), _("。"),
    )  # fmt: skip
    writer.paragraph(
        _("按照全国规定、本地规定和年度计划，期限在此期间的事项共"), n("ledger.expected", org),
        _("项，已按期完成"),
        n("ledger.done", org), _("项，补办完成"), n("ledger.made_up", org), _("项，完成率"),
        n("ledger.rate", org), _("。"),
    )  # fmt: skip
    writer.heading(_("二、存在问题"))
    writer.paragraph(
        _("仍有"), n("ledger.overdue", org), _("项逾期未完成。"),
        *([_("所属组织情况如下：")] if scene.listed else []),
    )  # fmt: skip
    if scene.listed:
        _table(scene, writer)
    writer.heading(_("三、整改要求"))
    for paragraph in filter(None, (line.strip() for line in demands.splitlines())):
        writer.paragraph(paragraph)


def _table(scene: Scene, writer: Writer) -> None:
    """What each of the organisations listed should have done, did, and did not."""
    head = [_("组织"), _("应完成"), _("按期"), _("补办"), _("逾期"), _("完成率")]
    rows = [
        [{"text": name}, *(writer.number(code, org) for code in LEDGER)]
        for org, name in scene.listed
    ]
    writer.table(head, rows, notes=list(LEDGER))
