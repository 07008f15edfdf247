from __future__ import annotations

from urllib.parse import quote

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from bihuan.activities.actions import file_record
from bihuan.activities.rules import Record
from bihuan.reports.models import Briefing
from tests.village import Village, found_village

pytestmark = pytest.mark.django_db


def hold(village: Village) -> None:
    day = timezone.localdate()
    record = Record(org_id=village.branch.pk, kinds=("theme_day",), held_date=day)
    file_record(record, by=village.secretary)


def test_a_briefing_stays_as_it_was_and_every_number_opens(client: Client) -> None:
    village = found_village()
    hold(village)
    client.force_login(village.officer)
    today = timezone.localdate()
    typed = {
        "org": village.committee.pk, "title": "通报", "since": today.replace(month=1, day=1),
        "until": today, "demands": "请补齐。",
    }  # fmt: skip
    client.post(reverse("reports:new"), typed)
    briefing = Briefing.objects.get()
    before = (
        client.get(briefing.get_absolute_url())
        .content.decode()
        .split("<article", 1)[1]
        .split("</article>")[0]
    )

    hold(village)

    after = (
        client.get(briefing.get_absolute_url())
        .content.decode()
        .split("<article", 1)[1]
        .split("</article>")[0]
    )
    assert after == before
    for number in briefing.numbers.all():
        url = reverse("reports:number", args=[briefing.pk, number.place])
        assert client.get(url).status_code == 200
    document = client.get(reverse("reports:docx", args=[briefing.pk]))
    assert document.content[:2] == b"PK"
    assert quote(f"{briefing.title}.docx") in document.headers["Content-Disposition"]


def test_who_may_read_a_briefing(client: Client) -> None:
    village = found_village()
    client.force_login(village.secretary)

    assert client.get(reverse("reports:list")).status_code == 403


def test_dates_and_title_follow_the_period_until_the_title_is_typed(client: Client) -> None:
    village = found_village()
    client.force_login(village.officer)
    url, last = reverse("reports:new"), timezone.localdate().year - 1
    opened = client.get(url).context["form"]
    typed = {name: opened[name].value() or "" for name in opened.fields}
    chosen = typed | {"org": village.unit.pk, "span": f"{last}-q3", "apply": "1"}

    followed = client.post(url, chosen).context["form"]
    by_hand = client.post(url, chosen | {"title": "三季度情况"}).context["form"]

    assert [str(followed[name].value()) for name in ("since", "until", "title")] == [
        f"{last}-07-01", f"{last}-09-30", f"关于市测试局{last}年第三季度组织生活情况的通报",
    ]  # fmt: skip
    assert by_hand["title"].value() == "三季度情况"
    assert Briefing.objects.count() == 0


def test_a_period_chosen_counts_without_pressing_anything_else(client: Client) -> None:
    village = found_village()
    client.force_login(village.officer)
    url, last = reverse("reports:new"), timezone.localdate().year - 1
    opened = client.get(url).context["form"]
    typed = {name: opened[name].value() or "" for name in opened.fields}

    client.post(url, typed | {"org": village.unit.pk, "span": f"{last}-h1"})

    briefing = Briefing.objects.get()
    assert (briefing.org, str(briefing.since_date), str(briefing.until_date)) == (
        village.unit, f"{last}-01-01", f"{last}-06-30",
    )  # fmt: skip
    assert briefing.title == f"关于市测试局{last}年上半年组织生活情况的通报"


def test_dates_typed_by_hand_outweigh_the_period_that_stood(client: Client) -> None:
    village = found_village()
    client.force_login(village.officer)
    url, last = reverse("reports:new"), timezone.localdate().year - 1
    opened = client.get(url).context["form"]
    typed = {name: opened[name].value() or "" for name in opened.fields}
    days = {"since": f"{last}-02-01", "until": f"{last}-02-10"}

    client.post(url, typed | days)

    briefing = Briefing.objects.get()
    assert (str(briefing.since_date), str(briefing.until_date)) == tuple(days.values())
    assert briefing.title == f"关于{last}年2月1日至{last}年2月10日组织生活情况的通报"
