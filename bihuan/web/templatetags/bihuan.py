"""Tags and filters of every screen: icons, states, dates as people write them, the shell."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from pathlib import Path
from typing import Any

from django import template
from django.contrib.staticfiles import finders
from django.utils import translation
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from bihuan.lib.dates import told_day
from bihuan.web.navigation import links
from bihuan.web.standing import standing_of

register = template.Library()

STATES: dict[str, tuple[str | Promise, str]] = {
    "done": (_("已完成"), "check"),
    "made_up": (_("补办"), "history"),
    "open": (_("进行中"), "clock"),
    "not_yet_due": (_("未到期"), "calendar-event"),
    "overdue": (_("逾期"), "alert-triangle"),
    "exempt": (_("不适用"), "minus"),
}
"""State of a cell → the word and the icon that stand for it everywhere."""


@register.simple_tag
def icon(name: str) -> SafeString:
    """The icon `name` as inline SVG, hidden from screen readers: words say what it means."""
    return _icon(name)


@lru_cache(maxsize=128)
def _icon(name: str) -> SafeString:
    found = finders.find(f"vendor/icons/{name}.svg") or finders.find(f"bihuan/icons/{name}.svg")
    if not isinstance(found, str):
        return SafeString("")
    svg = Path(found).read_text(encoding="utf-8").replace("<svg", '<svg aria-hidden="true"', 1)
    return mark_safe(" ".join(svg.split()))  # a file of ours or of the lock, not of a person


@register.inclusion_tag("web/parts/state.html")
def state_badge(state: str, count: int | None = None) -> dict[str, Any]:
    """A state in colour, word and icon; `count` of them if it stands for several."""
    key = str(getattr(state, "value", state)).lower()
    word, sign = STATES[key]
    return {"state": key, "word": word, "sign": sign, "count": count}


@register.filter
def state_word(state: str) -> str:
    """The word for a state of a cell."""
    return str(STATES[str(getattr(state, "value", state)).lower()][0])


@register.filter(expects_localtime=True)
def day(value: dt.date | None) -> str:
    """A date as people write it: 2024年3月5日, or 5 March 2024. Nothing for no date."""
    if value is None or value == "":
        return ""
    return told_day(value)


@register.filter(expects_localtime=True)
def moment(value: dt.datetime | None) -> str:
    """A day with its time: 2024年3月5日 16:20, or 5 March 2024 16:20."""
    return "" if value is None else f"{day(value)} {value:%H:%M}"


@register.filter(expects_localtime=True)
def short_day(value: dt.date | None) -> str:
    """A date within a year that goes without saying: 3月5日, or 5 March."""
    if value is None or value == "":
        return ""
    if translation.get_language() == "en":
        return date_format(value, "j F")
    return f"{value.month}月{value.day}日"


@register.filter
def percent(value: float | None) -> str:
    """A rate between 0 and 1 as whole percent, rounded down so that 100 % means all; – for none."""
    return "–" if value is None else f"{int(value * 100 + 1e-9)}%"


@register.filter
def item(mapping: dict[Any, Any], key: Any) -> Any:
    """The value under `key`, or None."""
    return mapping.get(key)


@register.simple_tag(takes_context=True)
def shell(context: template.Context) -> dict[str, Any]:
    """What the frame of a page wants to know: the standing, and the ways to go."""
    request = context.get("request")
    if request is None:
        return {}
    standing = standing_of(request)
    return {"standing": standing, "links": links(request, standing)}


@register.simple_tag(takes_context=True)
def query(context: template.Context, **changes: Any) -> str:
    """The query string of this page with `changes`; a value of None or "" leaves a key out."""
    asked = context["request"].GET.copy()
    for key, value in changes.items():
        if value is None or value == "":
            asked.pop(key, None)
        else:
            asked[key] = str(value)
    return f"?{asked.urlencode()}" if asked else "?"
