"""Paths of a tree as text: five base-36 digits a level, root first.

A subtree is then one range of an ordinary index, `path >= p AND path < end_of_subtree(p)`,
provided the column sorts by code point (collation C on PostgreSQL, BINARY on SQLite).
"""

from __future__ import annotations

SEGMENT = 5
LEVELS = 20
PATH_LENGTH = SEGMENT * LEVELS
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def segment(key: int) -> str:
    """The path segment of a primary key: fixed width, so that text order is key order."""
    if not 0 < key < 36**SEGMENT:
        raise ValueError(f"no path segment for key {key}")
    digits = ""
    for _position in range(SEGMENT):
        key, digit = divmod(key, 36)
        digits = _DIGITS[digit] + digits
    return digits


def keys(path: str) -> list[int]:
    """The primary keys on the way from the root to the end of `path`."""
    return [int(path[i : i + SEGMENT], 36) for i in range(0, len(path), SEGMENT)]


def end_of_subtree(path: str) -> str:
    """The first text after everything in the subtree of `path`."""
    return path + "~"


def ancestors(path: str) -> list[str]:
    """The paths above `path`, root first, without itself."""
    return [path[:end] for end in range(SEGMENT, len(path), SEGMENT)]


def contains(outer: str, inner: str) -> bool:
    """Whether `inner` is `outer` or lies below it."""
    return inner.startswith(outer)
