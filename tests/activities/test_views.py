from __future__ import annotations

import datetime as dt
import uuid

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from bihuan.activities.actions import file_record
from bihuan.activities.models import Activity, RecordDraft
from bihuan.activities.rules import Record
from tests.village import Village, found_village

pytestmark = pytest.mark.django_db


@pytest.fixture
def village() -> Village:
    return found_village()


@pytest.fixture
def secretary(client: Client, village: Village) -> Client:
    client.force_login(village.secretary)
    return client


def typed(village: Village, **more: str) -> dict[str, str]:
    today = timezone.localdate().isoformat()
    return {
        "org": str(village.branch.pk), "key": str(uuid.uuid4()), "kinds": "theme_day",
        "held_date": today, "summary": "学习讨论", **more,
    }  # fmt: skip


def filed(village: Village, days_ago: int = 0) -> Activity:
    day = timezone.localdate() - dt.timedelta(days=days_ago)
    record = Record(org_id=village.branch.pk, kinds=("theme_day",), held_date=day)
    return file_record(record, by=village.secretary)


def test_a_record_is_filed_from_the_form(secretary: Client, village: Village) -> None:
    answer = secretary.post(reverse("activities:record"), typed(village))

    activity = Activity.objects.get()
    assert (answer.status_code, answer.headers["Location"]) == (302, activity.get_absolute_url())
    assert (activity.org, activity.present) == (village.branch, 8)


def test_what_was_typed_is_still_there_after_a_refusal(secretary: Client, village: Village) -> None:
    answer = secretary.post(
        reverse("activities:record"),
        typed(
            village, held_date="2099-01-01", summary="写了很久的纪要", **{"decision-1": "议定甲"}
        ),
    )

    page = answer.content.decode()
    assert answer.status_code == 200
    assert "写了很久的纪要" in page
    assert "议定甲" in page
    assert "还没有到" in page
    assert Activity.objects.count() == 0


@pytest.mark.parametrize("bad", ["2024-02-30", "昨天", "", "0000-00-00", "99999-01-01"])
def test_a_day_that_is_none_is_a_sentence_and_never_a_fault(
    secretary: Client, village: Village, bad: str
) -> None:
    answer = secretary.post(reverse("activities:record"), typed(village, held_date=bad))

    assert answer.status_code == 200
    assert Activity.objects.count() == 0


def test_the_second_of_two_people_is_shown_the_first_record(
    secretary: Client, village: Village
) -> None:
    first = filed(village)

    answer = secretary.post(reverse("activities:record"), typed(village))

    assert first.get_absolute_url() in answer.content.decode()
    assert Activity.objects.count() == 1
    secretary.post(reverse("activities:record"), typed(village, another="1"))
    assert Activity.objects.count() == 2


def test_a_draft_keeps_what_was_typed_and_opens_again(secretary: Client, village: Village) -> None:
    fields = typed(village, held_date="不是日期", summary="半句话")

    secretary.post(reverse("activities:draft"), fields, headers={"HX-Request": "true"})

    draft = RecordDraft.objects.get()
    assert draft.fields["summary"] == "半句话"
    url = f"{reverse('activities:record')}?org={village.branch.pk}&draft={draft.key}"
    assert "半句话" in secretary.get(url).content.decode()


@pytest.mark.parametrize(
    ("who", "answer"),
    [("secretary", 200), ("officer", 200), ("other_secretary", 404), ("member", 403)],
)
def test_who_may_change_a_record(client: Client, village: Village, who: str, answer: int) -> None:
    activity = filed(village)
    client.force_login(getattr(village, who))

    response = client.get(reverse("activities:change", args=[activity.pk]))

    assert response.status_code == answer


def test_a_member_sees_the_records_of_the_own_branch_only(client: Client, village: Village) -> None:
    own = filed(village)
    other = Record(
        org_id=village.other_branch.pk, kinds=("theme_day",), held_date=timezone.localdate()
    )
    foreign = file_record(other, by=village.other_secretary)
    client.force_login(village.member)

    assert client.get(own.get_absolute_url()).status_code == 200
    assert client.get(foreign.get_absolute_url()).status_code == 404


def test_the_list_asks_the_database_no_more_for_three_than_for_one(
    secretary: Client, village: Village
) -> None:
    filed(village)
    with CaptureQueriesContext(
        connection,
    ) as one:
        secretary.get(reverse("activities:list"))
    filed(village, 1)
    filed(village, 2)
    with CaptureQueriesContext(connection) as three:
        secretary.get(reverse("activities:list"))

    assert len(three) == len(one)
