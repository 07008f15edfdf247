"""Everything that changes a record. Screens, commands and imports all come through here."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from bihuan.accounts.models import User
from bihuan.activities.actions.drafts import forget_bytes, take_staged
from bihuan.activities.choices import ActivityState, Presence
from bihuan.activities.models import (
    Activity,
    ActivityFile,
    ActivityVersion,
    Attendance,
    Decision,
    Kind,
    RecordDraft,
)
from bihuan.activities.queries import due_people, similar
from bihuan.activities.queries.history import content_of
from bihuan.activities.rules import Fault, Record, calls_roll, faults
from bihuan.audit.actions import write_entry
from bihuan.lib.refusals import Refused
from bihuan.orgs.models import Org

after_change: list[Callable[[Activity], None]] = []


class BadRecord(Refused):
    """The record cannot be filed as it stands; `faults` says for each field why."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__(" ".join(fault.sentence for fault in faults))
        self.faults = faults


class ChangedMeanwhile(Refused):
    """Somebody else changed the record after this screen was opened."""


class AlreadyFiled(Refused):
    """There is a record of that day, host and kind, `twin`; perhaps it is the same meeting."""

    def __init__(self, twin: Activity) -> None:
        super().__init__(_("本组织同一天的同类活动已经登记过。"))
        self.twin = twin


@transaction.atomic
def file_record(
    record: Record, *, by: User, key: uuid.UUID | None = None, another: bool = True
) -> Activity:
    """File `record` in the name of `by`, with the files staged under `key`.

    `key` names the form it came from: the same form sent twice gives the same record and
    changes nothing. Without `another`, a second record of one day, host and kind is refused.
    Raises `BadRecord`, `AlreadyFiled`.
    """
    key = key or uuid.uuid4()
    # The host's row is locked so that two people who press at once are one after the other.
    org = Org.objects.select_for_update().get(pk=record.org_id)
    earlier = Activity.objects.filter(key=key).first()
    if earlier is not None:
        return earlier
    twin = None if another else similar(org, record.kinds, on=record.held_date)
    if twin is not None:
        raise AlreadyFiled(twin)
    activity = Activity(key=key, org=org, filed_at=timezone.now(), filed_by=by)
    _write(activity, record)
    write_entry("record.filed", activity, by=by, org=org, kinds=list(record.kinds))
    _attach(activity, key, by=by)
    RecordDraft.objects.filter(key=key).delete()
    _tell(activity)
    return activity


@transaction.atomic
def change_record(
    activity: Activity,
    record: Record,
    *,
    version: int,
    by: User,
    key: uuid.UUID | None = None,
    without_files: Collection[int] = (),
) -> Activity:
    """Let the record stand as `record` says, and keep how it stood before.

    `version` is the one the person saw. Files staged under `key` are added, those with a
    number in `without_files` removed. Raises `ChangedMeanwhile`, `BadRecord`.
    """
    before = content_of(activity)
    now = timezone.now()
    won = Activity.objects.filter(
        pk=activity.pk, version=version, state=ActivityState.FILED
    ).update(version=version + 1, changed_at=now)
    if not won:
        raise ChangedMeanwhile(
            _(
                "这条记录在您打开之后被别人修改或撤回了。请核对最新内容后再保存，您填写的内容仍在下面。"
            )
        )
    ActivityVersion.objects.create(
        activity=activity, version=version, content=before, replaced_at=now, replaced_by=by
    )
    activity.refresh_from_db()
    _write(activity, record)
    write_entry("record.changed", activity, by=by, org=activity.org, version=version + 1)
    for file in activity.files.standing().filter(pk__in=without_files):
        _remove(file, by=by)
    if key is not None:
        _attach(activity, key, by=by)
        RecordDraft.objects.filter(key=key).delete()
    _tell(activity)
    return activity


@transaction.atomic
def withdraw_record(activity: Activity, *, reason: str, by: User) -> Activity:
    """Withdraw a record that should not stand. It stays readable and counts nowhere."""
    if not reason.strip():
        raise Refused(_("请写明撤回的原因。"))
    won = Activity.objects.filter(pk=activity.pk, state=ActivityState.FILED).update(
        state=ActivityState.WITHDRAWN,
        withdrawal_reason=reason.strip()[:200],
        changed_at=timezone.now(),
    )
    if not won:
        raise Refused(_("这条记录已经撤回。"))
    activity.refresh_from_db()
    write_entry("record.withdrawn", activity, by=by, org=activity.org)
    _tell(activity)
    return activity


def _attach(activity: Activity, key: uuid.UUID, *, by: User) -> None:
    """Put the files staged under `key` on the record."""
    for staged in take_staged(key, by=by):
        ActivityFile.objects.create(
            activity=activity, file=staged.file.name, name=staged.name, size=staged.size,
            sha256=staged.sha256, added_at=timezone.now(), added_by=by,
        )  # fmt: skip
        write_entry("record.file_added", activity, by=by, org=activity.org, file=staged.sha256)


def _remove(file: ActivityFile, *, by: User) -> None:
    """Take a file off its record: name and fingerprint stay, the bytes go."""
    file.removed_at, file.removed_by = timezone.now(), by
    file.save(update_fields=["removed_at", "removed_by"])
    write_entry(
        "record.file_removed", file.activity, by=by, org=file.activity.org, file=file.sha256
    )
    forget_bytes(file.file)


def _tell(activity: Activity) -> None:
    for told in after_change:
        told(activity)


def _write(activity: Activity, record: Record) -> None:
    """Check `record` and store it with all its rows in place of what `activity` had."""
    org = activity.org
    kinds = list(Kind.objects.filter(code__in=record.kinds))
    due = due_people(org, kinds, on=record.held_date)
    ids = [each.person.pk for each in due]
    roll = ids if calls_roll([kind.attendance for kind in kinds]) else None
    found = faults(record, today=timezone.localdate(), founded=org.founded_date, due_ids=roll)
    if len(kinds) != len(set(record.kinds)):
        found.append(Fault("kinds", _("有的活动类型不存在，请重新选择。")))
    if found:
        raise BadRecord(found)
    absent = {absence.person_id for absence in record.absences}
    voters = {each.person.pk for each in due if each.votes}
    for name in (
        "held_date", "title", "start_time", "end_time", "place", "chair_id", "summary",
        "counts_for_date",
    ):  # fmt: skip
        setattr(activity, name, getattr(record, name))
    activity.expected, activity.present = len(ids), len(ids) - len(absent)
    activity.entitled, activity.voters_present = len(voters), len(voters - absent)
    activity.save()
    activity.kinds.set(kinds)
    activity.speakers.set(record.speaker_ids)
    activity.co_hosts.set(record.co_host_ids)
    _write_rows(activity, record)


def _write_rows(activity: Activity, record: Record) -> None:
    activity.attendance.all().delete()
    absent = [
        Attendance(
            activity=activity, person_id=each.person_id, presence=Presence.ABSENT,
            reason=each.reason, note=each.note,
        )
        for each in record.absences
    ]  # fmt: skip
    visitors = [
        Attendance(activity=activity, visitor_name=name, presence=Presence.VISITOR)
        for name in record.visitors
    ]
    # Where there is a roll, whoever is on it took part; the others are named one by one.
    known = {each.person_id for each in record.absences}
    took_part = [
        Attendance(activity=activity, person_id=pk, presence=Presence.TOOK_PART)
        for pk in dict.fromkeys(record.took_part_ids)
        if pk not in known
    ]
    Attendance.objects.bulk_create([*absent, *visitors, *took_part])
    activity.decisions.all().delete()
    Decision.objects.bulk_create(
        Decision(
            activity=activity, order=order, text=each.text, owner_id=each.owner_id,
            due_date=each.due_date,
        )
        for order, each in enumerate(record.decisions, start=1)
    )  # fmt: skip
