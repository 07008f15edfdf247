"""What the ledger wants from people: the branch's gaps to close, and gaps below to look after."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bihuan.access.permissions import Permission
from bihuan.accounts.models import User
from bihuan.ledger.queries.reminders import standing_reminders
from bihuan.ledger.queries.screens import owed_by, totals, worst
from bihuan.ledger.queries.wanted import wanted
from bihuan.orgs.choices import OrgKind
from bihuan.orgs.models import Org
from bihuan.web.templatetags.bihuan import short_day
from bihuan.web.todos import Todo, Urgency, todo

HOSTS = (OrgKind.BRANCH, OrgKind.GROUP, OrgKind.LEADING_GROUP)
DAYS_AHEAD = 45
NAMED = 3


@todo(permission=Permission.RECORD_FILE)
def own_gaps(user: User, orgs: Sequence[Org], today: dt.date) -> Iterable[Todo]:
    """What the organisations acted for owe themselves: overdue, or due in the coming weeks."""
    for org in orgs:
        if org.kind not in HOSTS:
            continue
        for want in wanted(org, owed_by(org, today.year, today), today):
            if want.due <= today + dt.timedelta(days=DAYS_AHEAD) and want.url:
                also = _("同时满足：%(titles)s。") % {"titles": "、".join(want.also)}
                told = [org.name if len(orgs) > 1 else "", also if want.also else ""]
                yield Todo(
                    want.sentence, want.url, want.button, want.urgency, want.due,
                    detail=" ".join(filter(None, told)),
                )  # fmt: skip


@todo(permission=Permission.RECORD_FILE)
def reminded(user: User, orgs: Sequence[Org], today: dt.date) -> Iterable[Todo]:
    """What a superior reminded the organisations acted for of, until its cells are closed."""
    for each in standing_reminders([org for org in orgs if org.kind in HOSTS], today):
        sentence = _("%(who)s%(day)s提醒：%(what)s已逾期。") % {
            "who": each.reminder.sent_by,
            "day": short_day(each.reminder.sent_date),
            "what": "、".join(each.titles),
        }
        url = reverse("ledger:owed", args=[each.reminder.org_id])
        detail = _("补上记录后，这条提醒自动消失，不用另外回复。")
        yield Todo(sentence, url, _("去补上"), Urgency.OVERDUE, each.reminder.sent_date, detail)


@todo(permission=Permission.DUTY_ISSUE)
def gaps_below(user: User, orgs: Sequence[Org], today: dt.date) -> Iterable[Todo]:
    """For a superior: how much is overdue below, and where most."""
    for org in orgs:
        if org.kind in HOSTS:
            continue
        late = totals(org, today.year, today).overdue
        if not late:
            continue
        names = [str(each.org) for each in worst(org, today.year, today, limit=NAMED)]
        sentence = ngettext(
            "%(org)s及下级有 %(count)d 项逾期。", "%(org)s及下级有 %(count)d 项逾期。", late
        ) % {"org": org.name, "count": late}
        detail = _("最多的是：%(names)s。") % {"names": "、".join(dict.fromkeys(names))}
        url = reverse("ledger:gaps", args=[org.pk])
        yield Todo(sentence, url, _("看看是哪些"), Urgency.OVERDUE, detail=detail)
