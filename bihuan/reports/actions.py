"""Writing a briefing: the numbers are taken once and stay."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from bihuan.accounts.models import User
from bihuan.audit.actions import write_entry
from bihuan.lib.dates import chinese_day
from bihuan.lib.refusals import Refused
from bihuan.measures.rules import Span, measure
from bihuan.orgs.models import Org
from bihuan.reports.models import Briefing, BriefingNumber
from bihuan.reports.rules import LEDGER, Scene, Writer, organisational_life


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
    children = list(Org.objects.living().filter(parent=org).order_by("path"))
    scene = Scene(
        org.pk, org.name, chinese_day(since), chinese_day(min(until, today)),
        [(child.pk, child.name) for child in children],
    )  # fmt: skip
    writer = Writer(_Numbers(org, Span(since, until, today)))
    organisational_life(scene, writer, demands)
    briefing = Briefing.objects.create(
        org=org, title=title, since_date=since, until_date=until, demands=demands,
        content={"blocks": writer.blocks, "signature": org.name, "day": chinese_day(today)},
        written_at=now, written_by=by,
    )  # fmt: skip
    BriefingNumber.objects.bulk_create(
        BriefingNumber(briefing=briefing, place=place, measure=code, org_id=org_id, shown=text)
        for place, (code, org_id, text) in enumerate(writer.numbers, start=1)
    )
    write_entry("briefing.written", briefing, by=by, org=org)
    return briefing


class _Numbers:
    """Measures of an organisation and of its children, each asked of the database once."""

    def __init__(self, org: Org, span: Span) -> None:
        self.org, self.span = org, span
        self.of_children = {code: measure(code).by_child(org, span) for code in LEDGER}

    def __call__(self, code: str, org_id: int) -> str:
        asked = measure(code)
        if org_id == self.org.pk:
            return asked.shown(asked.value(self.org, self.span))
        nothing = None if asked.share else 0
        return asked.shown(self.of_children[code].get(org_id, nothing))
