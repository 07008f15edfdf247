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
from bihuan.activities.rules import Record
from bihuan.audit.models import Entry
from bihuan.ledger.actions.remind import remind
from bihuan.ledger.actions.tick import catch_up
from bihuan.ledger.models import Reminder
from bihuan.ledger.queries.reminders import standing_reminders
from bihuan.ledger.queries.screens import owed_by
from bihuan.ledger.rules.codec import State
from bihuan.ledger.todos import reminded
from bihuan.lib.refusals import Refused
from tests.village import Village, found_village

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 3, 20)


@pytest.fixture
def village() -> Village:
    found = found_village()
    catch_up(TODAY.year, TODAY)
    return found


def test_a_reminder_stands_on_the_desk_until_its_cells_are_closed(village: Village) -> None:
    remind(village.branch, post="", by=village.officer, today=TODAY)
    line, cells = next(
        (each.line, each.cells_in(State.OVERDUE))
        for each in owed_by(village.branch, TODAY.year, TODAY)
        if each.line.kinds and each.line.kinds[0].code == "theme_day"
    )
    assert [cell.label for cell in cells] == ["1月", "2月"]

    def told() -> str:
        return "".join(
            each.sentence for each in reminded(village.secretary, [village.branch], TODAY)
        )

    assert told().startswith("officer3月20日提醒：")
    assert f"{line.title}（1月、2月）" in told()
    for month in (1, 2):
        day = dt.date(2026, month, 10)
        record = Record(org_id=village.branch.pk, kinds=("theme_day",), held_date=day, title="x")
        file_record(record, by=village.secretary, key=uuid.uuid4())
        assert f"{line.title}（1月" not in told()
    assert line.title not in told()
    assert list(reminded(village.other_secretary, [village.other_branch], TODAY)) == []


def test_nobody_reminds_twice_in_a_week(village: Village) -> None:
    remind(village.branch, post="", by=village.officer, today=TODAY)

    for days in (0, 6):
        with pytest.raises(Refused, match="3月20日已被提醒过"):
            remind(
                village.branch, post="", by=village.officer, today=TODAY + dt.timedelta(days=days)
            )
    remind(village.branch, post="", by=village.officer, today=TODAY + dt.timedelta(days=7))

    assert Reminder.objects.count() == 2
    assert len(standing_reminders([village.branch], TODAY + dt.timedelta(days=7))) == 1
    sent = Entry.objects.filter(verb="reminder.sent").first()
    assert sent is not None
    assert (sent.actor, sent.org_path, sent.roles) == ("officer", village.branch.path, "OFFICER")


def test_what_is_not_overdue_is_not_reminded_of(village: Village) -> None:
    early = dt.date(2026, 1, 2)

    with pytest.raises(Refused, match="没有逾期"):
        remind(village.branch, post="", by=village.officer, today=early)


def test_one_does_not_remind_oneself(village: Village) -> None:
    with pytest.raises(Refused, match="下级"):
        remind(village.committee, post="", by=village.officer, today=TODAY)


def test_the_press_on_the_list_of_gaps(village: Village) -> None:
    client, today = Client(), timezone.localdate()
    catch_up(today.year, today)
    client.force_login(village.officer)
    gaps = reverse("ledger:gaps", args=[village.committee.pk])
    press = reverse("ledger:remind", args=[village.branch.pk])

    answer = client.post(press, {"post": "", "from": str(village.committee.pk)}, follow=True)

    assert answer.redirect_chain == [(gaps, 302)]
    row = next(each for each in answer.context["found"] if each[0].org == village.branch)
    assert row[2].sent_date == today
    assert press not in "".join(
        line for line in answer.content.decode().splitlines() if 'name="post" value=""' in line
    )
    client.force_login(village.secretary)
    assert client.post(press, {"post": ""}).status_code == 403
    assert "officer" in "".join(each.sentence for each in client.get("/").context["todos"])


def test_the_list_of_gaps_costs_the_same_with_one_reminder_and_with_two(village: Village) -> None:
    client, today = Client(), timezone.localdate()
    catch_up(today.year, today)
    client.force_login(village.officer)

    def statements() -> int:
        with CaptureQueriesContext(connection) as caught:
            client.get(reverse("ledger:gaps", args=[village.committee.pk]))
        return len(caught)

    remind(village.branch, post="", by=village.officer, today=today)
    one = statements()
    remind(village.other_branch, post="", by=village.officer, today=today)

    assert statements() == one
