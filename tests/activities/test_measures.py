from __future__ import annotations

import datetime as dt
from fractions import Fraction

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from bihuan.activities.actions import file_record, withdraw_record
from bihuan.activities.choices import AbsenceReason
from bihuan.activities.rules import Absence, Record
from bihuan.measures.rules import Span, measure
from tests.village import Village, found_village

pytestmark = pytest.mark.django_db


@pytest.fixture
def village() -> Village:
    return found_village()


@pytest.fixture
def span() -> Span:
    today = timezone.localdate()
    return Span(today - dt.timedelta(days=60), today, today)


def hold(village: Village, *, other: bool = False, absent: int = 0, kinds=("theme_day",)):
    org, people, by = (
        (village.other_branch, village.other_members, village.other_secretary)
        if other
        else (village.branch, village.members, village.secretary)
    )
    absences = tuple(Absence(p.pk, AbsenceReason.LEAVE) for p in people[1 : 1 + absent])
    record = Record(org_id=org.pk, kinds=kinds, held_date=timezone.localdate(), absences=absences)
    return file_record(record, by=by)


def test_a_count_is_the_number_of_the_records_it_opens(village: Village, span: Span) -> None:
    hold(village)
    hold(village, other=True)
    withdraw_record(hold(village), reason="重复", by=village.secretary)
    held = measure("activities.held")

    assert held.value(village.committee, span) == 2
    assert held.records(village.committee, span).count() == 2
    assert held.value(village.unit, span) == 1


def test_the_children_of_an_organisation_add_up_to_it(village: Village, span: Span) -> None:
    hold(village)
    hold(village)
    hold(village, other=True)

    found = measure("activities.theme_day").by_child(village.committee, span)

    assert found == {village.unit.pk: 2, village.other_unit.pk: 1}


def test_attendance_weighs_meetings_by_their_people(village: Village, span: Span) -> None:
    hold(village, absent=2)
    hold(village, other=True)
    attendance = measure("activities.attendance")

    assert attendance.value(village.committee, span) == Fraction(9, 11)
    assert attendance.shown(Fraction(9, 11)) == "81.8%"
    assert (
        attendance.shown(
            attendance.value(village.committee, Span(span.since, span.since, span.today))
        )
        == "—"
    )


def test_a_record_of_two_kinds_counts_once_for_each(village: Village, span: Span) -> None:
    hold(village, kinds=("theme_day", "lecture"))

    counted = [
        measure(code).value(village.unit, span)
        for code in ("activities.held", "activities.theme_day", "activities.lecture")
    ]

    assert counted == [1, 1, 1]


def test_children_are_counted_in_one_query(village: Village, span: Span) -> None:
    hold(village)
    hold(village, other=True)

    with CaptureQueriesContext(connection) as queries:
        measure("activities.held").by_child(village.committee, span)

    assert len(queries) == 1
