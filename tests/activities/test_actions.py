from __future__ import annotations

import dataclasses
import datetime as dt
import uuid

import pytest
from django.utils import timezone

from bihuan.activities.actions import (
    BadRecord,
    ChangedMeanwhile,
    change_record,
    file_record,
    withdraw_record,
)
from bihuan.activities.choices import AbsenceReason, ActivityState
from bihuan.activities.models import Activity, Attendance
from bihuan.activities.rules import Absence, Record, Resolution
from bihuan.audit.models import Entry
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
