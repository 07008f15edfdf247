"""Typed readers of the environment. A wrong value stops the start and says what to write."""

from __future__ import annotations

import logging
import os
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit
from zoneinfo import ZoneInfo


class BadSetting(SystemExit):
    """A setting is missing or cannot be read; the text names the variable and what it takes."""

    def __init__(self, name: str, wanted: str) -> None:
        super().__init__(f"{name}: {wanted}")


def text(name: str, default: str) -> str:
    return os.environ.get(name, "").strip() or default


def flag(name: str, default: bool) -> bool:
    value = text(name, "").lower()
    if not value:
        return default
    if value in {"1", "yes", "true", "on"}:
        return True
    if value in {"0", "no", "false", "off"}:
        return False
    raise BadSetting(name, "write 1 or 0")


def number(name: str, default: int) -> int:
    value = text(name, "")
    if not value:
        return default
    if not (value.isascii() and value.isdigit()):
        raise BadSetting(name, f"write a whole number, not {value!r}")
    return int(value)


def time_zone(name: str, default: str) -> str:
    """The name of a time zone that this machine knows."""
    value = text(name, default)
    try:
        ZoneInfo(value)
    except (OSError, ValueError, LookupError) as error:
        raise BadSetting(name, f"{value!r} is no time zone; write one like {default}") from error
    return value


def log_level(name: str, default: str) -> str:
    value = text(name, default).upper()
    known = logging.getLevelNamesMapping()
    if value not in known:
        raise BadSetting(name, f"write one of {', '.join(known)}")
    return value


def folder(name: str, default: Path) -> Path:
    """A folder, made where it is missing."""
    path = Path(text(name, str(default))).resolve()
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BadSetting(name, f"{path} cannot be made: {error.strerror}") from error
    return path


def words(name: str, default: str = "") -> list[str]:
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def secret(name: str, *, development: str | None) -> str:
    """The secret in `name`, or in the file that `name`_FILE points to."""
    path = text(f"{name}_FILE", "")
    if path:
        try:
            value = Path(path).read_text().strip()
        except OSError as error:
            raise BadSetting(f"{name}_FILE", f"cannot be read: {error.strerror}") from error
        if not value:
            raise BadSetting(f"{name}_FILE", "is empty: write at least 50 random characters to it")
        return value
    value = text(name, development or "")
    if not value:
        raise BadSetting(name, "must be set in production: at least 50 random characters")
    return value


def database(name: str, *, home: Path) -> dict[str, Any]:
    """Django's settings for the database that the URL in `name` names.

    Nothing set means the embedded default: one SQLite file in `home`.
    """
    url = text(name, "")
    if not url:
        return sqlite(home / "bihuan.sqlite3")
    wanted = "write postgresql://user:password@host:port/name, or leave it empty"
    try:
        parts = urlsplit(url)
        port = str(parts.port or "")
    except ValueError as error:
        raise BadSetting(name, wanted) from error
    if parts.scheme == "sqlite":
        return sqlite(Path(unquote(parts.path)))
    if parts.scheme not in {"postgresql", "postgres"}:
        raise BadSetting(name, wanted)
    return {
        "ENGINE": "bihuan.lib.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": port,
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": dict(parse_qsl(parts.query)),
    }


def sqlite(path: Path) -> dict[str, Any]:
    """One SQLite file. WAL itself is set once by `bihuan install`, before any server starts:

    switching a file to WAL may fail with "locked" when several processes start together.
    """
    return {
        "ENGINE": "bihuan.lib.sqlite",
        "NAME": str(path),
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": (
                "PRAGMA synchronous=FULL;"
                "PRAGMA cache_size=-65536;"
                "PRAGMA mmap_size=268435456;"
                "PRAGMA temp_store=MEMORY;"
                "PRAGMA journal_size_limit=67108864;"
            ),
        },
    }
