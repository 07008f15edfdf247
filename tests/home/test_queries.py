from __future__ import annotations

import datetime as dt

import pytest

from bihuan.home.queries import political_birthday


@pytest.mark.parametrize(
    ("joined", "today", "expected"),
    [
        (dt.date(2000, 7, 1), dt.date(2026, 7, 1), (dt.date(2026, 7, 1), 26)),
        (dt.date(2000, 7, 1), dt.date(2026, 7, 2), (dt.date(2027, 7, 1), 27)),
        (dt.date(2004, 2, 29), dt.date(2026, 1, 5), (dt.date(2026, 3, 1), 22)),
        (dt.date(2004, 2, 29), dt.date(2028, 1, 5), (dt.date(2028, 2, 29), 24)),
        (None, dt.date(2026, 1, 1), (None, 0)),
        (dt.date(2027, 1, 1), dt.date(2026, 1, 1), (None, 0)),
    ],
)
def test_the_political_birthday_is_the_next_anniversary(
    joined: dt.date | None, today: dt.date, expected: tuple[dt.date | None, int]
) -> None:
    assert political_birthday(joined, today) == expected
