from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from bihuan.orgs.choices import OrgKind, Post
from bihuan.registry.rules import Facts, all_rules, gaps

TODAY = dt.date(2026, 11, 23)
WHOLE = frozenset(
    {Post.SECRETARY, Post.ORGANISATION_MEMBER, Post.PUBLICITY_MEMBER, Post.DISCIPLINE_MEMBER}
)
BRANCH = Facts(OrgKind.BRANCH, full_members=12, held=WHOLE, committee=4)
UNIT = Facts(OrgKind.UNIT, full_members=0, held=frozenset())


def texts(facts: Facts) -> list[str]:
    return [gap.text for gap in gaps(facts, on=TODAY)]


def test_a_branch_that_is_whole_lacks_nothing() -> None:
    assert texts(BRANCH) == []


def test_every_rule_says_where_it_stands_written() -> None:
    assert all(rule.source.startswith("《") and rule.trust in "FEK" for rule in all_rules())
    assert {rule.code: rule.basis for rule in all_rules()}["term"] == (
        "《中国共产党党和国家机关基层组织工作条例》第八条（待确认）"
    )


def test_missing_posts_are_named() -> None:
    without = replace(BRANCH, held=WHOLE - {Post.SECRETARY, Post.PUBLICITY_MEMBER})
    assert texts(without) == ["没有书记，应当补选。", "没有宣传委员，应当补选。"]


@pytest.mark.parametrize(
    ("members", "said"),
    [
        (2, "正式党员 2 人，不足 3 人，应当与邻近单位联合设立支部。"),
        (3, None),
        (6, None),
        (7, "正式党员 7 人，满 7 人应当设立支部委员会。"),
    ],
)
def test_the_number_of_members_decides_on_the_form(members: int, said: str | None) -> None:
    small = Facts(
        OrgKind.BRANCH, members, held=WHOLE, committee=1,
    )  # fmt: skip
    assert texts(small) == ([said] if said else [])


def test_a_branch_of_more_than_fifty_is_pointed_out() -> None:
    assert texts(replace(BRANCH, full_members=50)) == []
    assert texts(replace(BRANCH, full_members=51)) == ["正式党员 51 人，支部一般不超过 50 人。"]


@pytest.mark.parametrize(
    ("end", "said", "soon"),
    [
        (dt.date(2026, 11, 23), "任期已于2026年11月23日届满，应当换届。", False),
        (dt.date(2026, 11, 24), "任期2026年11月24日届满，请准备换届。", True),
        (dt.date(2027, 5, 31), "任期2027年5月31日届满，请准备换届。", True),
        (dt.date(2027, 6, 1), None, False),
        (None, None, False),
    ],
)
def test_a_term_is_announced_half_a_year_ahead(
    end: dt.date | None, said: str | None, soon: bool
) -> None:
    found = gaps(replace(BRANCH, term_end=end), on=TODAY)
    assert [(gap.text, gap.soon) for gap in found] == ([(said, soon)] if said else [])


@pytest.mark.parametrize(
    ("members", "kinds", "said"),
    [
        (49, set(), None),
        (50, set(), "共有正式党员 50 人，满 50 人应当设立党总支。"),
        (99, {OrgKind.GENERAL_BRANCH}, None),
        (100, {OrgKind.GENERAL_BRANCH}, "共有正式党员 100 人，满 100 人应当设立机关党委。"),
        (100, {OrgKind.AGENCY_COMMITTEE}, None),
    ],
)
def test_a_unit_needs_what_its_members_call_for(
    members: int, kinds: set[str], said: str | None
) -> None:
    unit = replace(UNIT, below_members=members, below_kinds=frozenset(kinds))
    assert texts(unit) == ([said] if said else [])


def test_one_officer_in_a_hundred_of_the_staff() -> None:
    assert texts(replace(UNIT, staff=100, officers=1)) == []
    assert texts(replace(UNIT, staff=101, officers=1)) == [
        "干部职工 101 人，专职党务干部 1 人，一般不少于 1%。"
    ]
