from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from bihuan.activities.actions import file_record
from bihuan.activities.models import Activity
from bihuan.activities.queries.discharge import discharge_of
from bihuan.activities.rules import Record
from bihuan.ledger.actions.tick import catch_up
from bihuan.ledger.rules.codec import State
from tests.village import Village, found_village

pytestmark = pytest.mark.django_db
YEAR = timezone.localdate().year - 1


@pytest.fixture
def village() -> Village:
    found = found_village()
    for year in {timezone.localdate().year, YEAR}:
        catch_up(year, timezone.localdate())
    return found


def theme_day(village: Village, held: dt.date, counts_for: dt.date | None = None) -> Activity:
    record = Record(
        org_id=village.branch.pk, kinds=("theme_day",), held_date=held, counts_for_date=counts_for
    )
    return file_record(record, by=village.secretary)


def test_a_record_names_the_cell_in_which_it_counts(client: Client, village: Village) -> None:
    activity = theme_day(village, dt.date(YEAR, 6, 20))

    found = discharge_of(activity, village.secretary, timezone.localdate())

    assert found is not None
    assert [(each.title, each.state) for each in found.counted] == [
        ("主题党日 · 6月", State.DONE.value)
    ]
    assert found.missed == ()
    client.force_login(village.secretary)
    page = client.get(activity.get_absolute_url()).content.decode()
    assert found.counted[0].url in page.replace("&amp;", "&")
    assert client.get(found.counted[0].url).status_code == 200


def test_a_make_up_too_late_says_until_when_it_could_have_counted(
    client: Client, village: Village
) -> None:
    activity = theme_day(village, dt.date(YEAR, 8, 1), dt.date(YEAR, 6, 1))

    found = discharge_of(activity, village.secretary, timezone.localdate())

    assert found is not None
    assert found.counted == ()
    assert found.missed == (
        f"不计入“主题党日”（6月）：最迟可补办到{YEAR}年7月31日，"
        f"这次是{YEAR}年8月1日开展的，已过补办期限。",
    )
    client.force_login(village.secretary)
    assert found.missed[0] in client.get(activity.get_absolute_url()).content.decode()


def test_a_make_up_in_time_counts(village: Village) -> None:
    activity = theme_day(village, dt.date(YEAR, 7, 31), dt.date(YEAR, 6, 1))

    found = discharge_of(activity, village.secretary, timezone.localdate())

    assert found is not None
    assert [(each.title, each.state) for each in found.counted] == [
        ("主题党日 · 6月", State.MADE_UP.value)
    ]


def test_who_may_not_see_a_ledger_is_told_nothing_of_it(village: Village) -> None:
    activity = theme_day(village, dt.date(YEAR, 6, 20))

    assert discharge_of(activity, village.other_secretary, timezone.localdate()) is None


def test_the_reason_costs_the_same_for_one_cell_and_for_several(village: Village) -> None:
    record = Record(
        org_id=village.branch.pk, kinds=("theme_day", "lecture", "general_meeting"),
        held_date=dt.date(YEAR, 6, 20),
    )  # fmt: skip
    one = theme_day(village, dt.date(YEAR, 5, 1))
    several = file_record(record, by=village.secretary)
    today = timezone.localdate()
    costs = []
    for activity in (one, several):
        with CaptureQueriesContext(connection) as asked:
            discharge_of(activity, village.secretary, today)
        costs.append(len(asked))

    assert costs[0] == costs[1]
