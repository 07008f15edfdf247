"""Everything that changes a duty, an exemption or a completion.

The callables in the three lists below are told within the transaction of the change; the
ledger uses them to move the cells concerned. Packs, the review of a document and the issue
of a programme have modules of their own in this package.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from bihuan.accounts.models import User
from bihuan.activities.actions.drafts import take_staged
from bihuan.audit.actions import write_entry
from bihuan.duties.models import Completion, Duty, Exemption
from bihuan.lib.dates import told_day
from bihuan.lib.refusals import Refused
from bihuan.orgs.models import Org

after_duties: list[Callable[[Sequence[Duty]], None]] = []
"""Told the rows that were begun, ended or changed, as they stand now."""
after_exemption: list[Callable[[Exemption], None]] = []
"""Told an exemption that was granted, or withdrawn (`withdrawn_at` is set)."""
after_completion: list[Callable[[Completion], None]] = []
"""Told a completion that was filed, or withdrawn (`withdrawn_at` is set)."""
ECHO = dt.timedelta(hours=1)
"""Within this time the same words about the same thing are a second press."""


class DutyEnded(Refused):
    """The duty ended already, perhaps a moment ago by somebody else's hand."""


def tell_duties(duties: Sequence[Duty]) -> None:
    """Tell the listeners of `duties`, in one call however many there are."""
    if duties:
        for told in after_duties:
            told(duties)


@transaction.atomic
def end_duty(duty: Duty, *, on: dt.date, by: User | str, reason: str = "") -> Duty:
    """Let `duty` bind no longer from the day after `on`. What it bound before stays."""
    _end(duty, on)
    write_entry("duty.ended", duty, by=by, org=duty.org, on=on.isoformat(), reason=reason)
    tell_duties([duty])
    return duty


@transaction.atomic
def change_minimum(duty: Duty, minimum: int, *, since: dt.date, by: User | str) -> Duty:
    """Ask for `minimum` a period from the day `since` on, and return the row that says so.

    The row that holds until then ends the day before; both carry the same lineage, so what
    was owed last year stays what it was.
    """
    if not 1 <= minimum <= 15:
        raise Refused(_("至少次数须在 1 到 15 之间。"))
    if minimum == duty.minimum:
        raise Refused(_("至少次数本来就是 %(minimum)d。") % {"minimum": minimum})
    if since <= duty.valid_from_date:
        raise Refused(
            _("新的次数只能从 %(day)s 以后起算，此前的要求不改写。")
            % {"day": told_day(duty.valid_from_date)}
        )
    last_day = duty.valid_to_date
    if last_day is not None and last_day < since:
        raise Refused(_("这一事项到 %(day)s 为止。") % {"day": told_day(last_day)})
    before = Duty.objects.get(pk=duty.pk)
    _end(duty, since - dt.timedelta(days=1))
    later = Duty.objects.get(pk=duty.pk)
    later.pk = None
    later._state.adding = True
    later.minimum = minimum
    later.valid_from_date, later.valid_to_date = since, last_day
    later.issued_at = timezone.now()
    later.issued_by = by if isinstance(by, User) else None
    later.save()
    write_entry(
        "duty.minimum_changed", later, by=by, org=later.org, before=before.minimum, after=minimum
    )
    tell_duties([duty, later])
    return later


@transaction.atomic
def grant_exemption(
    org: Org,
    *,
    since: dt.date,
    until: dt.date,
    reason: str,
    by: User,
    lineage: str = "",
    subtree: bool = False,
) -> Exemption:
    """Say that a duty (or, without `lineage`, every duty) does not bind `org` in this span.

    Both days are included. A reason is required, because the cell shows it.
    """
    if until < since:
        raise Refused(_("豁免的止日早于起日。"))
    if not reason.strip():
        raise Refused(_("请写明不适用的原因。"))
    if lineage and not Duty.objects.filter(lineage=lineage).exists():
        raise Refused(_("没有这一事项。"))
    exemption = Exemption.objects.create(
        org=org,
        subtree=subtree,
        lineage=lineage,
        since_date=since,
        until_date=until,
        reason=reason.strip(),
        granted_by=by,
        granted_at=timezone.now(),
    )
    write_entry("exemption.granted", exemption, by=by, org=org, lineage=lineage)
    for told in after_exemption:
        told(exemption)
    return exemption


@transaction.atomic
def withdraw_exemption(exemption: Exemption, *, by: User) -> Exemption:
    """Take an exemption back: the cells it covered are owed as if it had never been."""
    standing = Exemption.objects.filter(pk=exemption.pk, withdrawn_at=None)
    if not standing.update(withdrawn_at=timezone.now()):
        raise Refused(_("这条豁免已经撤回。"))
    exemption.refresh_from_db()
    write_entry("exemption.withdrawn", exemption, by=by, org=exemption.org)
    for told in after_exemption:
        told(exemption)
    return exemption


@transaction.atomic
def complete(
    duty: Duty,
    org: Org,
    *,
    counts_for: dt.date,
    done: dt.date,
    sentence: str,
    by: User,
    today: dt.date,
    post: str = "",
    key: uuid.UUID | None = None,
) -> Completion:
    """Say in a sentence that `org` did what `duty` asks and no record can show.

    `counts_for` is any day of the period it belongs to. A duty that records discharge is
    refused: nobody ticks a box for a meeting. The file staged under `key` comes with it.
    The same said twice within an hour is said once.
    """
    _check_completion(duty, sentence, done, today=today, post=post)
    said = Completion.objects.select_for_update().filter(
        lineage=duty.lineage, org=org, post=post, counts_for_date=counts_for, done_date=done,
        sentence=sentence.strip(), filed_by=by, withdrawn_at=None,
    )  # fmt: skip
    earlier = said.filter(filed_at__gt=timezone.now() - ECHO).first()
    if earlier is not None:
        return earlier
    staged = take_staged(key, by=by)[-1:] if key is not None else []
    completion = Completion(
        lineage=duty.lineage,
        org=org,
        post=post,
        counts_for_date=counts_for,
        done_date=done,
        sentence=sentence.strip(),
        file=staged[0].file.name if staged else "",
        file_name=staged[0].name if staged else "",
        filed_at=timezone.now(),
        filed_by=by,
    )
    completion.save()
    marks: dict[str, Any] = {"file": staged[0].sha256} if staged else {}
    write_entry("completion.filed", completion, by=by, org=org, lineage=duty.lineage, **marks)
    for told in after_completion:
        told(completion)
    return completion


def _check_completion(
    duty: Duty, sentence: str, done: dt.date, *, today: dt.date, post: str
) -> None:
    """Raise `Refused` for what cannot be said of `duty`."""
    if duty.kinds:
        raise Refused(_("“%(duty)s”由活动记录自动认定，请登记活动。") % {"duty": duty})
    if not sentence.strip():
        raise Refused(_("请用一句话说明完成情况。"))
    if done > today:
        raise Refused(_("完成日期不能晚于今天。"))
    if post and post not in duty.posts:
        raise Refused(_("“%(duty)s”不由这一职务承担。") % {"duty": duty})


@transaction.atomic
def withdraw_completion(completion: Completion, *, by: User) -> Completion:
    """Take a completion back; it stays in the books, marked as withdrawn."""
    standing = Completion.objects.filter(pk=completion.pk, withdrawn_at=None)
    if not standing.update(withdrawn_at=timezone.now()):
        raise Refused(_("这条完成说明已经撤回。"))
    completion.refresh_from_db()
    write_entry("completion.withdrawn", completion, by=by, org=completion.org)
    for told in after_completion:
        told(completion)
    return completion


def _end(duty: Duty, last_day: dt.date) -> None:
    """Set the last day of `duty` in one UPDATE, so that of two who press at once one wins."""
    if last_day < duty.valid_from_date:
        raise Refused(
            _("终止日期不能早于生效日期 %(day)s。") % {"day": told_day(duty.valid_from_date)}
        )
    standing = Duty.objects.filter(pk=duty.pk, valid_to_date=duty.valid_to_date)
    if duty.valid_to_date is not None and duty.valid_to_date <= last_day:
        raise DutyEnded(_("这一事项到 %(day)s 已经终止。") % {"day": told_day(duty.valid_to_date)})
    if not standing.update(valid_to_date=last_day):
        raise DutyEnded(_("这一事项刚被别人改动，请刷新后再试。"))
    duty.refresh_from_db()
