"""Writing a briefing: the numbers are taken once and stay."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from bihuan.accounts.models import User
from bihuan.audit.actions import write_entry
from bihuan.lib.refusals import Refused
from bihuan.measures.rules import Number, Span, measure
from bihuan.orgs.choices import OrgKind
from bihuan.orgs.models import Org
from bihuan.reports.models import Briefing, BriefingNumber
from bihuan.reports.rules import LEDGER, Scene, Writer, organisational_life
from bihuan.web.templatetags.bihuan import day

BELOW = "\u3000"
"""Sets the name of a branch in by one character under the organisation it belongs to."""


@transaction.atomic
def write_briefing(
    org: Org,
    *,
    title: str,
    since: dt.date,
    until: dt.date,
    demands: str,
    by: User,
    now: dt.datetime | None = None,
) -> Briefing:
    """Write the 组织生活情况通报 of `org` and all below it, as the numbers stand now.

    `now` is the moment it is written, by the clock if not given.
    """
    if until < since:
        raise Refused(_("结束日期早于开始日期，请核对。"))
    if since.year != until.year:
        raise Refused(_("一份通报只写一个年度，请把起止日期放在同一年。"))
    now = now or timezone.now()
    today = timezone.localdate(now)
    listed = listed_below(org)
    numbers = _Numbers(org, [each for each, _below in listed], Span(since, until, today))
    writers = {}
    for language, _name in settings.LANGUAGES:
        with override(language):
            scene = Scene(
                org.pk, org.name, day(since), day(min(until, today)),
                [(each.pk, BELOW * below + each.name) for each, below in listed],
            )  # fmt: skip
            writers[language] = Writer(numbers)
            organisational_life(scene, writers[language], demands)
    briefing = Briefing.objects.create(
        org=org, title=title, since_date=since, until_date=until, demands=demands,
        content={"signature": org.name, "texts": _texts(writers, today)},
        written_at=now, written_by=by,
    )  # fmt: skip
    BriefingNumber.objects.bulk_create(
        BriefingNumber(briefing=briefing, place=place, measure=code, org_id=org_id, shown=text)
        for place, (code, org_id, text) in enumerate(writers[language].numbers, start=1)
    )
    write_entry("briefing.written", briefing, by=by, org=org)
    return briefing


def _texts(writers: dict[str, Writer], today: dt.date) -> dict[str, Any]:
    """Everything printed in each language, with the definitions as they read today."""
    texts = {}
    for language, writer in writers.items():
        with override(language):
            used = {code: measure(code) for code, _org, _text in writer.numbers}
            texts[language] = {
                "blocks": writer.blocks,
                "day": day(today),
                "measures": {
                    code: {"name": str(asked.name), "definition": str(asked.definition)}
                    for code, asked in used.items()
                },
            }
    return texts


def listed_below(org: Org) -> list[tuple[Org, bool]]:
    """The organisations in the table of a briefing, in the order of the tree.

    Those right below, and in a unit or a committee within one also their branches, each after
    the one it belongs to and marked True: whoever leads a unit leads its branches. A work
    committee (工委) lists its units alone; their branches would fill fifty pages.
    """
    wanted = Q(parent=org)
    if org.kind != OrgKind.COMMITTEE:
        wanted |= Q(kind=OrgKind.BRANCH)
    found = Org.objects.under(org.path).living().filter(wanted).exclude(pk=org.pk)
    return [(each, each.parent_id != org.pk) for each in found.order_by("path")]


class _Numbers:
    """Measures of an organisation and of those listed below it, each asked of the database once."""

    def __init__(self, org: Org, listed: Sequence[Org], span: Span) -> None:
        self.org, self.span = org, span
        self.own: dict[str, str] = {}
        self.of_listed: dict[str, dict[int, Number]] = {}
        for code in LEDGER:
            of_each = measure(code).of_each
            assert of_each is not None
            self.of_listed[code] = of_each(listed, span)

    def __call__(self, code: str, org_id: int) -> str:
        asked = measure(code)
        if org_id != self.org.pk:
            nothing = None if asked.share else 0
            return asked.shown(self.of_listed[code].get(org_id, nothing))
        if code not in self.own:
            self.own[code] = asked.shown(asked.value(self.org, self.span))
        return self.own[code]
