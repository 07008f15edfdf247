from __future__ import annotations

import datetime as dt

import pytest

from bihuan.demo.rules.chance import shares, soon
from bihuan.demo.rules.names import positions, section_names, unit_names
from tests.demo.dice import LOADED


def test_a_city_has_bureaus_and_a_province_departments() -> None:
    city, province = unit_names("市", 63), unit_names("省", 94)

    assert city[:2] == ["市委办公室", "市委组织部"]
    assert {"市财政局", "团市委", "市中级人民法院", "市发展和改革局"} <= set(city)
    assert {"省财政厅", "团省委", "省高级人民法院", "省发展和改革委员会"} <= set(province)
    assert (len(set(city)), len(set(province))) == (63, 94)


def test_sections_of_a_province_are_divisions_and_ranks_stay() -> None:
    assert section_names("市", 1) == ["机关"]
    assert section_names("市", 4) == ["办公室", "人事科", "财务科", "离退休干部"]
    assert section_names("省", 4) == ["办公室", "人事处", "财务处", "离退休干部"]
    assert section_names("省", 30)[-3:] == ["直属第2", "直属第3", "离退休干部"]
    assert positions("省")[:3] == ["处长", "副处长", "一级主任科员"]


@pytest.mark.parametrize(
    ("today", "deadline"),
    [
        (dt.date(2026, 11, 23), dt.date(2026, 11, 27)),  # Monday: the Friday
        (dt.date(2026, 11, 27), dt.date(2026, 11, 29)),  # Friday: the Sunday
        (dt.date(2026, 11, 29), dt.date(2026, 11, 29)),
        (dt.date(2026, 12, 31), dt.date(2026, 12, 31)),  # never in the next year
    ],
)
def test_something_is_always_due_this_week(today: dt.date, deadline: dt.date) -> None:
    assert soon(today) == deadline


def test_shares_add_up_and_none_is_too_small() -> None:
    found = shares(LOADED, 100, 7, least=4)

    assert (sum(found), len(found), min(found) >= 4) == (100, 7, True)
    with pytest.raises(ValueError, match="not enough"):
        shares(LOADED, 10, 7, least=4)
