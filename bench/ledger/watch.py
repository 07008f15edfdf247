"""What a stretch of code spends in the database's driver, whichever way it gets there.

Django's own wrapper does not see statements on the driver's cursor, which the ledger uses
where the ORM would cost more than the statement.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

TIMED = ("execute", "executemany", "fetchone", "fetchmany", "fetchall")


class Clock:
    """Seconds in the driver; a call inside another counts once."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self._inside = False

    def __call__(self, function: Callable[..., Any], *values: Any, **more: Any) -> Any:
        if self._inside:
            return function(*values, **more)
        self._inside = True
        start = time.perf_counter()
        try:
            return function(*values, **more)
        finally:
            self.seconds += time.perf_counter() - start
            self._inside = False


@lru_cache(maxsize=8)
def timed(kind: type[Any], clock: Clock) -> type[Any]:
    """A cursor class that counts the time in its statements and in fetching their rows."""

    def method(name: str) -> Callable[..., Any]:
        plain = getattr(kind, name)
        return lambda cursor, *values, **more: clock(plain, cursor, *values, **more)

    def following(cursor: Any) -> Any:
        return clock(kind.__next__, cursor)

    methods: dict[str, Any] = {name: method(name) for name in TIMED}
    return type(f"Timed{kind.__name__}", (kind,), methods | {"__next__": following})


class Link:
    """A SQLite connection all of whose cursors are timed."""

    def __init__(self, link: Any, clock: Clock) -> None:
        self._link, self._clock = link, clock

    def __getattr__(self, name: str) -> Any:
        return getattr(self._link, name)

    def cursor(self, factory: type[Any] | None = None) -> Any:
        return self._link.cursor(timed(factory or sqlite3.Cursor, self._clock))


@contextmanager
def watched(connection: Any) -> Iterator[Clock]:
    """Count the driver's time on Django's `connection` while this lasts."""
    clock = Clock()
    connection.ensure_connection()
    link = connection.connection
    if connection.vendor == "sqlite":
        connection.connection = Link(link, clock)
        try:
            yield clock
        finally:
            connection.connection = link
    else:
        plain = link.cursor_factory
        link.cursor_factory = timed(plain, clock)
        try:
            yield clock
        finally:
            link.cursor_factory = plain
