from __future__ import annotations

import datetime as dt

import pytest
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import translation

from bihuan.web.templatetags.bihuan import STATES, day, percent, short_day
from bihuan.web.todos import Urgency


def test_a_day_reads_as_people_write_it() -> None:
    assert day(dt.date(2024, 3, 5)) == "2024年3月5日"
    assert short_day(dt.date(2024, 3, 5)) == "3月5日"
    with translation.override("en"):
        assert day(dt.date(2024, 3, 5)) == "5 March 2024"
        assert short_day(dt.date(2024, 3, 5)) == "5 March"
    assert day(None) == ""


def test_only_all_is_a_hundred_percent() -> None:
    assert [percent(rate) for rate in (1.0, 0.999, 0.29, 0.0, None)] == [
        "100%", "99%", "29%", "0%", "–",
    ]  # fmt: skip


@pytest.mark.parametrize("state", STATES)
def test_a_state_has_colour_word_and_icon(state: str) -> None:
    page = Template("{% load bihuan %}{% state_badge state 3 %}").render(Context({"state": state}))

    assert f"state-{state}" in page
    assert str(STATES[state][0]) in page
    assert "<b>3</b>" in page


def test_a_changed_query_keeps_the_rest() -> None:
    request = RequestFactory().get("/", {"page": "2", "kind": "甲", "sort": "name"})
    source = "{% load bihuan %}{% query page=3 sort=None %}"

    assert Template(source).render(Context({"request": request})) == ("?page=3&amp;kind=%E7%94%B2")


@pytest.mark.parametrize(
    ("due", "urgency"),
    [
        (dt.date(2026, 11, 10), Urgency.OVERDUE),
        (dt.date(2026, 11, 11), Urgency.THIS_WEEK),  # a Wednesday: due today
        (dt.date(2026, 11, 15), Urgency.THIS_WEEK),
        (dt.date(2026, 11, 16), Urgency.THIS_MONTH),
        (dt.date(2026, 12, 1), Urgency.SOMETIME),
        (None, Urgency.SOMETIME),
    ],
)
def test_urgency_follows_the_calendar(due: dt.date | None, urgency: Urgency) -> None:
    assert Urgency.of(due, dt.date(2026, 11, 11)) == urgency
