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
