"""The start-up check that no route is without a door."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import connections
from django.urls import URLPattern, URLResolver, get_resolver

from bihuan.lib import guard

FOREIGN = ("allauth.", "django.")
"""Screens of the framework and of sign-in, which guard themselves."""


def routes(entries: Iterable[Any] | None = None, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Every route of the URL table with its view, as the resolver knows them."""
    if entries is None:
        entries = get_resolver().url_patterns
    for entry in entries:
        here = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from routes(entry.url_patterns, here)
        elif isinstance(entry, URLPattern):
            yield here, entry.callback


@register(Tags.urls)
def every_route_has_a_door(app_configs: Any, **options: Any) -> Sequence[CheckMessage]:
    """An error, which stops the start, for each view of ours that says not who may enter."""
    return [
        Error(
            f"/{route} has no door.",
            hint="Put @needs(...), @signed_in or @open_to_all on the view.",
            id="web.E001",
        )
        for route, view in routes()
        if not view.__module__.startswith(FOREIGN) and not hasattr(view, "asks_for")
    ]


@register(Tags.database)
def the_guard_binds_us(
    app_configs: Any, databases: Sequence[str] | None = None, **options: Any
) -> Sequence[CheckMessage]:
    """A warning if the database lets the product's role past the guard (`migrate` shows it)."""
    if not settings.PRODUCTION:
        return []
    return [
        Warning(
            "The database role is a superuser or has BYPASSRLS: the guard does not bind it.",
            hint="Connect as an ordinary role that owns the database.",
            id="web.W002",
        )
        for alias in databases or ()
        if guard.bypasses(connections[alias])
    ]
