from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bihuan.duties.rules.marks import breaks, pieces
from bihuan.duties.rules.spans import Span, counted, moved, moved_from, periods_of
from bihuan.duties.rules.terms import fields_of, joined, kinds_of_actors, read_terms


def typed(**fields):
    return {"title": "开展宣讲", "period": "QUARTER", **fields}


@pytest.mark.parametrize(
    ("period", "count", "first_end"),
    [
        ("MONTH", 12, dt.date(2024, 1, 31)),
        ("QUARTER", 4, dt.date(2024, 3, 31)),
        ("HALF", 2, dt.date(2024, 6, 30)),
        ("YEAR", 1, dt.date(2024, 12, 31)),
        ("ONCE", 0, None),
    ],
)
def test_periods_fill_the_year(period, count, first_end):
    spans = periods_of(period, 2024)

    assert len(spans) == count
    if spans:
        assert spans[0].end == first_end
        assert sum(span.days for span in spans) == 366


def test_a_period_counts_from_half_of_its_days_on():
    november = Span(dt.date(2026, 11, 16), dt.date(2026, 12, 31))
    assert counted("MONTH", 2026, november) == 2  # 15 of 30 days of November, and December
    later = Span(dt.date(2026, 11, 17), dt.date(2026, 12, 31))
    assert counted("MONTH", 2026, later) == 1


def test_what_is_owed_once_counts_if_it_is_valid_at_all():
    assert counted("ONCE", 2026, Span(dt.date(2026, 7, 1), dt.date(2026, 7, 1))) == 1
    assert counted("ONCE", 2026, Span(dt.date(2027, 1, 1), dt.date(2027, 7, 1))) == 0


@pytest.mark.parametrize(
    ("day", "year", "there"),
    [
        (dt.date(2024, 7, 1), 2026, dt.date(2026, 7, 1)),
        (dt.date(2024, 2, 29), 2026, dt.date(2026, 2, 28)),
        (dt.date(2026, 2, 28), 2028, dt.date(2028, 2, 29)),
        (dt.date(2024, 2, 28), 2025, dt.date(2025, 2, 28)),
    ],
)
def test_a_date_moves_to_the_same_day_of_another_year(day, year, there):
    assert moved(day, to_year=year) == there


def test_a_date_in_the_year_after_the_plan_stays_in_the_year_after():
    day = dt.date(2025, 1, 31)
    assert moved_from(day, from_year=2024, to_year=2026) == dt.date(2027, 1, 31)
    assert moved_from(day, from_year=None, to_year=2026) == day


def test_fields_hold_what_the_reading_states_and_leave_the_rest_open():
    fields = fields_of(
        {"text": "每季度开展宣讲，", "period": "quarter", "minimum": 2, "kinds": ["preaching"]}
    )

    assert fields["title"] == "每季度开展宣讲"
    assert (fields["period"], fields["minimum"]) == ("QUARTER", "2")
    assert (fields["due_date"], fields["lead_units"], fields["scope_kinds"]) == ("", "", [])


@pytest.mark.parametrize("period", [None, "ongoing"])
def test_an_open_frequency_stays_open_and_is_asked_for(period):
    fields = fields_of({"text": "常态化开展宣讲", "period": period})

    terms, faults = read_terms(fields, known_kinds=())

    assert terms is None
    assert list(faults) == ["period"]


@pytest.mark.parametrize(
    ("actor", "kinds"),
    [
        ("各党支部", ["BRANCH"]),
        ("机关党委", ["AGENCY_COMMITTEE"]),
        ("各级机关党组织", ["AGENCY_COMMITTEE", "GENERAL_BRANCH", "BRANCH"]),
        ("市直各单位", ["UNIT"]),
        ("党小组", ["GROUP"]),
        ("青年", []),
    ],
)
def test_actors_name_kinds_of_organisation(actor, kinds):
    assert kinds_of_actors([actor]) == kinds


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"title": " "}, "title"),
        ({"title": "长" * 201}, "title"),
        ({"minimum": "16"}, "minimum"),
        ({"minimum": "两"}, "minimum"),
        ({"minimum": "²"}, "minimum"),
        ({"due_date": "七一前"}, "due_date"),
        ({"due_date": "2024-07-01"}, "due_date"),
        ({"due_day": "32"}, "due_day"),
        ({"period": "ONCE"}, "due_date"),
        ({"period": "ONCE", "due_date": "2024-07-01", "due_day": "3"}, "due_day"),
        ({"period": "YEAR", "due_date": "2024-07-01", "due_day": "3"}, "due_day"),
        ({"period": "EACH"}, "period"),
        ({"kinds": ["dancing"]}, "kinds"),
        ({"scope_kinds": ["CLUB"]}, "scope_kinds"),
        ({"posts": ["KING"]}, "posts"),
    ],
)
def test_a_wrong_field_is_named(fields, wrong):
    terms, faults = read_terms(typed(**fields), known_kinds={"preaching"})

    assert terms is None
    assert list(faults) == [wrong]


@pytest.mark.parametrize(
    ("fields", "due"),
    [
        ({}, "end"),
        ({"due_day": "25"}, "day:25"),
        ({"period": "ONCE", "due_date": "2024-07-01"}, "date:2026-07-01"),
        ({"period": "YEAR", "due_date": "2024-11-30"}, "minus:31"),
    ],
)
def test_the_due_rule_follows_and_moves_with_the_year(fields, due):
    terms, faults = read_terms(typed(**fields), known_kinds=())

    assert faults == {}
    assert terms.due(from_year=2024, to_year=2026) == due


def test_joining_fills_the_gaps_of_the_first_from_the_second():
    first = typed(minimum="", kinds=["lecture"])
    second = typed(period="YEAR", minimum="2", kinds=["lecture", "preaching"])

    both = joined(first, second, "讲党课，开展宣讲。")

    assert (both["period"], both["minimum"]) == ("QUARTER", "2")
    assert both["kinds"] == ["lecture", "preaching"]
    assert both["title"] == "讲党课，开展宣讲"


@given(
    st.text(max_size=60),
    st.lists(st.tuples(st.integers(0, 70), st.integers(0, 70), st.integers(1, 9)), max_size=6),
)
def test_pieces_join_to_the_text_and_know_where_they_begin(text, spans):
    spans = [(min(a, b), max(a, b), key) for a, b, key in spans]

    found = pieces(text, spans, [span[:2] for span in spans[:2]])

    assert "".join(piece.text for piece in found) == text
    assert all(text.startswith(piece.text, piece.start) for piece in found)


def test_of_two_proposals_that_share_words_the_shorter_has_them():
    found = pieces("abcdef", [(0, 6, 1), (2, 4, 2)])

    assert [(piece.text, piece.key) for piece in found] == [("ab", 1), ("cd", 2), ("ef", 1)]


def test_a_proposal_breaks_behind_its_commas_but_not_at_its_end():
    text = "开展演讲，举办征文、报告会。"

    assert [at for at, _before, _after in breaks(text, 0, len(text))] == [5, 10]
