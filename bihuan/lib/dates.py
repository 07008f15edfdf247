"""Days as Chinese documents write them."""

from __future__ import annotations

import datetime as dt

from django.utils import translation
from django.utils.formats import date_format


def chinese_day(day: dt.date) -> str:
    """2024年3月5日: Arabic digits without leading zeros (GB/T 9704-2012, 7.3.5.4)."""
    return f"{day.year}年{day.month}月{day.day}日"


def told_day(day: dt.date) -> str:
    """A day in the language of whoever is spoken to: 2024年3月5日, or 5 March 2024."""
    return date_format(day, "j F Y") if translation.get_language() == "en" else chinese_day(day)
