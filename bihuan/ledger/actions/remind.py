"""Reminding an organisation of what it owes: one press of a superior, once a week at most.

Whoever is reminded finds it on the desk. It asks for no answer and no report: the record that
closes the cell takes the reminder away.
"""

from __future__ import annotations

import datetime as dt

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from bihuan.access.permissions import Permission
from bihuan.access.queries import top_orgs_where
from bihuan.accounts.models import User
from bihuan.audit.actions import write_entry
from bihuan.ledger.models import Reminder
from bihuan.ledger.queries.screens import owed_by
from bihuan.ledger.rules.codec import State
from bihuan.lib.refusals import Refused
from bihuan.orgs.models import Org

PAUSE = dt.timedelta(days=7)
"""For so long nobody reminds the same organisation again, whoever it is."""


@transaction.atomic
def remind(org: Org, *, post: str, by: User, today: dt.date) -> Reminder:
    """Remind `org`, or a post in it, of everything that is overdue there this year."""
    if top_orgs_where(by, Permission.REMINDER_SEND).filter(pk=org.pk).exists():
        raise Refused(_("提醒是发给下级的；本组织的事项请直接办理。"))
    earlier = Reminder.objects.filter(org=org, post=post, sent_date__gt=today - PAUSE)
    last = earlier.order_by("-sent_date").first()
    if last is not None:
        raise Refused(
            _("%(org)s在%(month)d月%(day)d日已被提醒过，七天内不重复提醒。")
            % {"org": org, "month": last.sent_date.month, "day": last.sent_date.day}
        )
    cells = [
        [each.line.number, cell.index]
        for each in owed_by(org, today.year, today)
        if each.post == post
        for cell in each.cells_in(State.OVERDUE)
    ]
    if not cells:
        raise Refused(_("%(org)s已经没有逾期的事项，不用提醒了。") % {"org": org})
    try:
        with transaction.atomic():
            reminder = Reminder.objects.create(
                org=org, post=post, year=today.year, cells=cells, sent_date=today, sent_by=by
            )
    except IntegrityError as error:  # somebody else pressed in the same moment
        raise Refused(_("%(org)s刚刚已被提醒。") % {"org": org}) from error
    write_entry("reminder.sent", reminder, by=by, org=org, post=post, count=len(cells))
    return reminder
