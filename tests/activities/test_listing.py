"""The list of records by key: every record once, whichever way one turns the pages."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from bihuan.activities.actions import file_record
from bihuan.activities.models import Activity
from bihuan.activities.queries import listing
from bihuan.activities.queries.listing import Mark, month_end
from bihuan.activities.rules import Record
from bihuan.orgs.models import Org
from tests.village import Village, found_village

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
LIST = "/records/"


@pytest.fixture
def village() -> Village:
    return found_village()


def hold(village: Village, days_ago: int, kind: str = "theme_day", org: Org | None = None) -> int:
    host = org or village.branch
    day = TODAY - dt.timedelta(days=days_ago)
    record = Record(org_id=host.pk, kinds=(kind,), held_date=day, title=f"第{days_ago}天")
    return file_record(record, by=village.officer, another=True).pk


def rows(page: str) -> list[int]:
    """The numbers of the records on a page of the list, from top to bottom."""
    return [int(pk) for pk in re.findall(r'href="/records/(\d+)/"', page)]


def follow(client: Client, page: str, rel: str) -> str | None:
    link = re.search(rf'rel="{rel}" href="([^"]*)"', page)
    return client.get(LIST + link[1].replace("&amp;", "&")).content.decode() if link else None


@pytest.mark.parametrize("who", ["officer", "secretary"])
def test_every_record_is_met_once_on_the_way_back_and_again_on_the_way_up(
    client: Client, village: Village, who: str
) -> None:
    # Several of one day, so that a page ends in the middle of a day.
    for n in range(60):
        hold(village, n // 7)
    wanted = list(Activity.objects.order_by("-held_date", "-pk").values_list("pk", flat=True))
    client.force_login(getattr(village, who))

    pages = [client.get(LIST).content.decode()]
    while (older := follow(client, pages[-1], "next")) is not None:
        pages.append(older)
    back = [follow(client, pages[-1], "prev")]
    back.append(follow(client, back[-1] or "", "prev"))

    assert [len(rows(page)) for page in pages] == [25, 25, 10]
    assert [pk for page in pages for pk in rows(page)] == wanted
    assert [rows(page or "") for page in back] == [rows(pages[1]), rows(pages[0])]
    assert follow(client, back[-1] or "", "prev") is None


def test_a_month_is_jumped_to_and_the_months_reach_back_to_the_oldest_record(
    client: Client, village: Village
) -> None:
    hold(village, 0)
    old, older = hold(village, 100), hold(village, 130)
    client.force_login(village.officer)
    day = TODAY - dt.timedelta(days=100)

    page = client.get(LIST, {"month": f"{day:%Y-%m}"}).content.decode()

    assert rows(page)[0] == old
    assert older in rows(page)
    assert f'<option value="{day:%Y-%m}" selected>' in page
    first, last = TODAY, TODAY - dt.timedelta(days=130)
    months = (first.year - last.year) * 12 + first.month - last.month + 1
    assert len(re.findall(r'<option value="\d{4}-\d\d"', page)) == months


@pytest.mark.parametrize("few", [0, 3000])
def test_the_records_of_a_kind_are_the_same_however_they_are_looked_up(
    client: Client, village: Village, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    monkeypatch.setattr(listing, "FEW", few)
    lectures = [hold(village, n, "lecture") for n in range(3)]
    hold(village, 1)
    client.force_login(village.officer)

    assert rows(client.get(LIST, {"kind": "lecture"}).content.decode()) == lectures
    assert rows(client.get(LIST, {"kind": "no_such_kind"}).content.decode()) == []


def test_the_records_of_a_unit_are_its_own(client: Client, village: Village) -> None:
    mine = hold(village, 0)
    hold(village, 0, org=village.other_branch)
    client.force_login(village.officer)

    assert rows(client.get(LIST, {"org": village.unit.pk}).content.decode()) == [mine]


@pytest.mark.parametrize(
    "asked",
    [
        "before=x",
        "before=2026-02-30.1",
        "before=2026-01-01.",
        "after=.5",
        "month=2026-13",
        "page=9",
    ],
)
def test_an_address_that_says_nothing_shows_the_newest(
    client: Client, village: Village, asked: str
) -> None:
    newest = hold(village, 0)
    client.force_login(village.officer)

    answer = client.get(f"{reverse('activities:list')}?{asked}")

    assert (answer.status_code, rows(answer.content.decode())) == (200, [newest])


def test_a_mark_is_read_as_it_was_written() -> None:
    mark = Mark(dt.date(2026, 3, 5), 1234)

    assert Mark.read(str(mark)) == mark
    assert month_end("2024-02") == dt.date(2024, 2, 29)
