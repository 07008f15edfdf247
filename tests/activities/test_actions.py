from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import uuid
from collections.abc import Callable

import pytest
from django.utils import timezone

from bihuan.activities.actions import (
    AlreadyFiled,
    BadRecord,
    ChangedMeanwhile,
    change_record,
    file_record,
    withdraw_record,
)
from bihuan.activities.actions.drafts import drop_draft, save_draft, stage_file
from bihuan.activities.choices import AbsenceReason, ActivityState, Presence
from bihuan.activities.models import Activity, ActivityFile, Attendance, RecordDraft, StagedFile
from bihuan.activities.rules import MAX_FILES, Absence, Record, Resolution
from bihuan.audit.models import Entry
from bihuan.files.gate import Kept
from bihuan.files.sniff import Kind
from bihuan.lib.refusals import Refused
from bihuan.orgs.models import Org
from tests.village import FOUNDED, Village, found_village

pytestmark = pytest.mark.django_db


@pytest.fixture
def village() -> Village:
    return found_village()


def theme_day(village: Village, **changes: object) -> Record:
    plain = Record(
        org_id=village.branch.pk, kinds=("theme_day",),
        held_date=timezone.localdate() - dt.timedelta(days=1), summary="学习讨论",
    )  # fmt: skip
    return dataclasses.replace(plain, **changes)


def test_everybody_due_is_present_unless_marked_absent(village: Village) -> None:
    absent = Absence(village.members[2].pk, AbsenceReason.LEAVE)

    activity = file_record(theme_day(village, absences=(absent,)), by=village.secretary)

    assert (activity.expected, activity.present) == (8, 7)
    assert (activity.entitled, activity.voters_present) == (8, 7)
    rows = Attendance.objects.values_list("person", "reason")
    assert list(rows) == [(village.members[2].pk, AbsenceReason.LEAVE)]


def test_a_committee_meeting_expects_the_committee(village: Village) -> None:
    activity = file_record(theme_day(village, kinds=("committee_meeting",)), by=village.secretary)

    assert activity.expected == 4


def test_the_same_form_sent_twice_is_one_record(village: Village) -> None:
    key = uuid.uuid4()

    first = file_record(theme_day(village), by=village.secretary, key=key)
    second = file_record(theme_day(village), by=village.secretary, key=key)

    assert first == second
    assert Entry.objects.filter(verb="record.filed").count() == 1


def test_filing_is_written_in_the_audit_with_who_and_what(village: Village) -> None:
    activity = file_record(theme_day(village), by=village.secretary)

    entry = Entry.objects.order_by("-index").first()
    assert entry is not None
    assert (entry.verb, entry.thing_id, entry.actor) == (
        "record.filed", str(activity.pk), "secretary",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"held_date": dt.date(2099, 1, 1)}, "held_date"),
        ({"held_date": FOUNDED - dt.timedelta(days=1)}, "held_date"),
        ({"start_time": dt.time(10), "end_time": dt.time(9)}, "end_time"),
        ({"kinds": ()}, "kinds"),
        ({"decisions": tuple(Resolution("同意") for _each in range(300))}, "decisions"),
        ({"counts_for_date": dt.date(2098, 1, 1)}, "counts_for_date"),
    ],
)
def test_a_bad_record_is_refused_with_the_field_named(
    village: Village, change: dict[str, object], field: str
) -> None:
    with pytest.raises(BadRecord) as refusal:
        file_record(theme_day(village, **change), by=village.secretary)

    assert field in [fault.field for fault in refusal.value.faults]
    assert Activity.objects.count() == 0


def test_an_organisation_without_members_is_told_what_to_do(village: Village) -> None:
    empty = Org.objects.get(pk=village.other_branch.pk)
    for membership in empty.memberships.all():
        membership.delete()

    with pytest.raises(BadRecord) as refusal:
        file_record(theme_day(village, org_id=empty.pk), by=village.other_secretary)

    assert "应到人员" in str(refusal.value)


def test_a_change_keeps_how_the_record_stood(village: Village) -> None:
    activity = file_record(theme_day(village), by=village.secretary)

    change_record(activity, theme_day(village, summary="改过"), version=1, by=village.secretary)

    activity.refresh_from_db()
    assert (activity.summary, activity.version) == ("改过", 2)
    assert [v.content["summary"] for v in activity.versions.all()] == ["学习讨论"]


def test_of_two_changes_of_one_version_the_second_is_refused(village: Village) -> None:
    activity = file_record(theme_day(village), by=village.secretary)
    stale = Activity.objects.get(pk=activity.pk)
    change_record(activity, theme_day(village, summary="先"), version=1, by=village.secretary)

    with pytest.raises(ChangedMeanwhile):
        change_record(stale, theme_day(village, summary="后"), version=1, by=village.officer)

    stale.refresh_from_db()
    assert stale.summary == "先"


def test_a_withdrawn_record_stays_and_says_why(village: Village) -> None:
    activity = file_record(theme_day(village), by=village.secretary)

    withdraw_record(activity, reason="登记错了组织", by=village.secretary)

    activity.refresh_from_db()
    assert (activity.state, activity.withdrawal_reason) == (
        ActivityState.WITHDRAWN, "登记错了组织",
    )  # fmt: skip
    with pytest.raises(Refused):
        withdraw_record(activity, reason="再撤", by=village.secretary)


def kept(name: str = "签到表.jpg", data: bytes = b"picture") -> Kept:
    return Kept(data, Kind.JPG, name, hashlib.sha256(data).hexdigest(), ())


def test_files_chosen_in_a_form_come_with_its_record(village: Village) -> None:
    key = uuid.uuid4()
    staged = stage_file(key, kept(), by=village.secretary)
    stage_file(uuid.uuid4(), kept("别的表.jpg"), by=village.secretary)
    stage_file(key, kept("别人的.jpg"), by=village.officer)

    activity = file_record(theme_day(village), by=village.secretary, key=key)

    file = activity.files.get()
    assert (file.name, file.size, file.added_by) == ("签到表.jpg", 7, village.secretary)
    assert file.file.read() == b"picture"
    assert "签到表" not in file.file.name
    assert not StagedFile.objects.filter(pk=staged.pk).exists()
    assert StagedFile.objects.count() == 2
    assert Entry.objects.filter(verb="record.file_added").count() == 1


def test_the_same_file_chosen_twice_is_one(village: Village) -> None:
    key = uuid.uuid4()

    first = stage_file(key, kept(), by=village.secretary)
    second = stage_file(key, kept(), by=village.secretary)

    assert first == second


def test_more_files_than_a_record_takes_are_refused_by_name(village: Village) -> None:
    key = uuid.uuid4()
    for number in range(MAX_FILES):
        stage_file(key, kept(data=b"%d" % number), by=village.secretary)

    with pytest.raises(Refused, match=r"最后一张\.jpg"):
        stage_file(key, kept("最后一张.jpg", b"last"), by=village.secretary)

    assert StagedFile.objects.count() == MAX_FILES


def test_files_of_a_form_never_sent_are_forgotten_after_a_month(
    village: Village, django_capture_on_commit_callbacks: Callable[..., object]
) -> None:
    old = stage_file(uuid.uuid4(), kept(), by=village.secretary)
    StagedFile.objects.update(staged_at=timezone.now() - dt.timedelta(days=31))

    with django_capture_on_commit_callbacks(execute=True):
        new = stage_file(uuid.uuid4(), kept(), by=village.secretary)

    assert list(StagedFile.objects.all()) == [new]
    assert not old.file.storage.exists(old.file.name)


def test_a_removed_file_leaves_its_name_and_fingerprint(
    village: Village, django_capture_on_commit_callbacks: Callable[..., object]
) -> None:
    key = uuid.uuid4()
    stage_file(key, kept(), by=village.secretary)
    activity = file_record(theme_day(village), by=village.secretary, key=key)
    file = activity.files.get()

    with django_capture_on_commit_callbacks(execute=True):
        change_record(
            activity, theme_day(village), version=1, by=village.officer, without_files=[file.pk]
        )

    left = ActivityFile.objects.get()
    assert (left.name, left.sha256, left.removed_by) == (file.name, file.sha256, village.officer)
    assert not file.file.storage.exists(file.file.name)
    assert list(activity.files.standing()) == []
    assert activity.versions.get().content["files"] == [[file.name, file.sha256]]
    assert Entry.objects.filter(verb="record.file_removed").count() == 1


def test_a_file_of_another_record_cannot_be_removed_through_this_one(village: Village) -> None:
    key = uuid.uuid4()
    stage_file(key, kept(), by=village.secretary)
    other = file_record(theme_day(village), by=village.secretary, key=key)
    activity = file_record(theme_day(village), by=village.secretary)

    change_record(
        activity, theme_day(village), version=1, by=village.secretary,
        without_files=[other.files.get().pk],
    )  # fmt: skip

    assert other.files.standing().count() == 1


def test_a_draft_thrown_away_takes_its_files_along(village: Village) -> None:
    key = uuid.uuid4()
    draft = save_draft(key, village.branch, {"summary": "半句"}, by=village.secretary)
    stage_file(key, kept(), by=village.secretary)
    assert draft is not None

    drop_draft(draft, by=village.secretary)

    assert (StagedFile.objects.count(), RecordDraft.objects.count()) == (0, 0)


def test_a_late_echo_of_a_form_that_was_sent_is_no_draft(village: Village) -> None:
    key = uuid.uuid4()
    activity = file_record(theme_day(village), by=village.secretary, key=key)
    late = {"version": "1"}

    assert save_draft(key, village.branch, {}, by=village.secretary) is None
    change_record(activity, theme_day(village), version=1, by=village.secretary)
    echo = save_draft(uuid.uuid4(), village.branch, late, by=village.secretary, activity=activity)

    assert echo is None
    assert RecordDraft.objects.count() == 0


def test_the_second_of_two_records_of_one_meeting_is_refused_unless_it_is_another(
    village: Village,
) -> None:
    first = file_record(theme_day(village), by=village.secretary, another=False)

    with pytest.raises(AlreadyFiled) as refusal:
        file_record(theme_day(village), by=village.officer, another=False)

    assert refusal.value.twin == first
    assert file_record(theme_day(village), by=village.officer, another=True) != first


def test_nobody_is_due_at_a_talk_and_those_who_took_part_are_named(village: Village) -> None:
    talkers = tuple(person.pk for person in village.members[:2])

    activity = file_record(
        theme_day(village, kinds=("talk",), took_part_ids=talkers), by=village.secretary
    )

    rows = Attendance.objects.order_by("person").values_list("person", "presence")
    assert list(rows) == [(pk, Presence.TOOK_PART) for pk in talkers]
    assert (activity.expected, activity.present) == (0, 0)


@pytest.mark.parametrize(
    ("change", "field", "count"),
    [
        ({"summary": "字" * 5000}, "summary", "5000"),
        ({"title": "字" * 121}, "title", "121"),
        ({"visitors": ("名" * 81,)}, "visitors", "81"),
        ({"decisions": (Resolution("同意"), Resolution("字" * 5000))}, "decisions", "第 2 条"),
    ],
)
def test_a_text_that_does_not_fit_is_refused_and_never_cut(
    village: Village, change: dict[str, object], field: str, count: str
) -> None:
    with pytest.raises(BadRecord) as refusal:
        file_record(theme_day(village, **change), by=village.secretary)

    assert [fault.field for fault in refusal.value.faults] == [field]
    assert count in str(refusal.value)
