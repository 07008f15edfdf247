"""Days as Chinese documents write them."""

from __future__ import annotations

import datetime as dt


def chinese_day(day: dt.date) -> str:
    """2024年3月5日: Arabic digits without leading zeros (GB/T 9704-2012, 7.3.5.4)."""
    return f"{day.year}年{day.month}月{day.day}日"
