from __future__ import annotations

import datetime as dt

import pytest

from bihuan.audit.models import Entry
from bihuan.duties import actions
from bihuan.duties.actions import (
    DutyEnded,
    change_minimum,
    complete,
    end_duty,
    grant_exemption,
    withdraw_completion,
    withdraw_exemption,
)
from bihuan.duties.models import Completion, Duty, Exemption
from bihuan.lib.refusals import Refused
from tests.village import found_village

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 11, 23)


@pytest.fixture
def village():
    return found_village()


@pytest.fixture
def theme_day(village):
    return Duty.objects.get(lineage="national:theme-day")


@pytest.fixture
def hours(village):
    return Duty.objects.get(lineage="national:education-hours")


@pytest.fixture
def told():
    heard = []
    hooks = [actions.after_duties, actions.after_exemption, actions.after_completion]
    for hook in hooks:
        hook.append(heard.append)
    yield heard
    for hook in hooks:
        hook.remove(heard.append)


def test_ending_a_duty_sets_its_last_day_and_tells(theme_day, village, told):
    end_duty(theme_day, on=dt.date(2026, 12, 31), by=village.officer, reason="改文件")

    assert Duty.objects.get(pk=theme_day.pk).valid_to_date == dt.date(2026, 12, 31)
    assert told == [[theme_day]]
    assert Entry.objects.filter(verb="duty.ended", thing_id=str(theme_day.pk)).count() == 1


def test_of_two_who_end_a_duty_the_second_is_told(theme_day, village):
    stale = Duty.objects.get(pk=theme_day.pk)
    end_duty(theme_day, on=dt.date(2026, 12, 31), by=village.officer)

    with pytest.raises(DutyEnded):
        end_duty(stale, on=dt.date(2026, 11, 30), by=village.officer)

    assert Duty.objects.get(pk=theme_day.pk).valid_to_date == dt.date(2026, 12, 31)


def test_a_duty_cannot_end_before_it_begins(theme_day, village):
    with pytest.raises(Refused, match="不能早于"):
        end_duty(theme_day, on=dt.date(2019, 12, 31), by=village.officer)


def test_changing_the_minimum_begins_a_row_of_the_same_lineage(theme_day, village, told):
    later = change_minimum(theme_day, 2, since=dt.date(2027, 1, 1), by=village.officer)

    before, after = Duty.objects.filter(lineage=theme_day.lineage).order_by("valid_from_date")
    assert (before.minimum, before.valid_to_date) == (1, dt.date(2026, 12, 31))
    assert (after.pk, after.minimum, after.valid_from_date) == (later.pk, 2, dt.date(2027, 1, 1))
    assert (after.valid_to_date, after.issued_by) == (None, village.officer)
    assert told == [[theme_day, later]]


@pytest.mark.parametrize(
    ("minimum", "since"),
    [
        (0, dt.date(2027, 1, 1)),
        (16, dt.date(2027, 1, 1)),
        (1, dt.date(2027, 1, 1)),
        (2, dt.date(2020, 1, 1)),
    ],
)
def test_a_minimum_that_cannot_be_is_refused(theme_day, village, minimum, since):
    with pytest.raises(Refused):
        change_minimum(theme_day, minimum, since=since, by=village.officer)

    assert Duty.objects.filter(lineage=theme_day.lineage).count() == 1


def test_an_exemption_is_granted_and_withdrawn_once(theme_day, village, told):
    exemption = grant_exemption(
        village.branch, since=TODAY, until=TODAY, reason=" 装修 ", by=village.officer,
        lineage=theme_day.lineage,
    )  # fmt: skip
    withdraw_exemption(exemption, by=village.officer)

    assert exemption.reason == "装修"
    assert Exemption.objects.get().withdrawn_at is not None
    assert told == [exemption, exemption]
    with pytest.raises(Refused):
        withdraw_exemption(exemption, by=village.officer)


@pytest.mark.parametrize(
    "wrong",
    [
        {"reason": " "},
        {"until": dt.date(2026, 1, 1)},
        {"lineage": "national:dancing"},
    ],
)
def test_an_exemption_that_says_too_little_is_refused(village, wrong):
    said = {"since": TODAY, "until": TODAY, "reason": "装修", **wrong}

    with pytest.raises(Refused):
        grant_exemption(village.branch, by=village.officer, **said)

    assert Exemption.objects.count() == 0


def test_a_completion_is_filed_and_withdrawn(hours, village, told):
    completion = complete(
        hours, village.branch, counts_for=TODAY, done=TODAY, sentence="人均40学时",
        by=village.secretary, today=TODAY,
    )  # fmt: skip
    withdraw_completion(completion, by=village.secretary)

    assert Completion.objects.get().withdrawn_at is not None
    assert completion.lineage == hours.lineage
    assert told == [completion, completion]
    with pytest.raises(Refused):
        withdraw_completion(completion, by=village.secretary)


def test_nobody_ticks_a_box_for_a_meeting(theme_day, village):
    with pytest.raises(Refused, match="自动认定"):
        complete(
            theme_day, village.branch, counts_for=TODAY, done=TODAY, sentence="开了",
            by=village.secretary, today=TODAY,
        )  # fmt: skip


@pytest.mark.parametrize(
    "wrong",
    [{"sentence": " "}, {"done": TODAY + dt.timedelta(days=1)}, {"post": "SECRETARY"}],
)
def test_a_completion_that_cannot_be_is_refused(hours, village, wrong):
    said = {"counts_for": TODAY, "done": TODAY, "sentence": "做了", **wrong}

    with pytest.raises(Refused):
        complete(hours, village.branch, by=village.secretary, today=TODAY, **said)

    assert Completion.objects.count() == 0
