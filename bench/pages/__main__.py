"""``python -m bench.pages``: ask for every screen, as the five accounts of the demonstration.

The database is the one that BIHUAN_HOME or DATABASE_URL names, with a demonstration in it. Times
are taken at the client of the product's own server on loopback; the number of statements is
counted in this process. Exit status 1 if a screen answers with anything but 200.
"""

from __future__ import annotations

import argparse
import http.client
import os
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module

import django
from rich.console import Console

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bihuan.settings")
django.setup()

from django.conf import settings  # noqa: E402 - needs the settings above
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from bench.ledger.tables import table, write  # noqa: E402
from bench.pages.screens import addresses_of  # noqa: E402
from bihuan.accounts.models import User  # noqa: E402
from bihuan.demo.choices import ACCOUNTS  # noqa: E402

HEAD = ["screen", "account", "addresses", "statements", "KB", "median ms", "p95 ms", "longest"]
AT_LEAST = 20
"""Requests a screen; addresses are asked for again where there are fewer."""


@dataclass(frozen=True)
class Row:
    """One screen of one account."""

    screen: str
    account: str
    addresses: int
    statements: int
    kilobytes: float
    times: list[float]
    failed: str

    def cells(self) -> list[str]:
        p95 = sorted(self.times)[max(0, -(-len(self.times) * 95 // 100) - 1)]
        figures = (statistics.median(self.times), p95, max(self.times))
        return [
            self.screen, self.account, str(self.addresses), str(self.statements),
            f"{self.kilobytes:.0f}", *(f"{each:.0f}" for each in figures),
        ]  # fmt: skip


def main(arguments: list[str] | None = None) -> int:
    options = _options(arguments)
    console, rows = Console(width=130), []
    with _server() as port:
        for account in ACCOUNTS:
            if options.account and account.username not in options.account:
                continue
            with _session(account.username) as cookie:
                for screen, addresses in addresses_of(account.username, options.count).items():
                    if options.screen in screen:
                        row = _measure(port, cookie, account.username, screen, addresses)
                        rows.append(row)
                        console.print(*(f"{cell:<{w}}" for cell, w in _columns(row)), row.failed)
    if options.write:
        write(options.write, table(HEAD, [row.cells() for row in rows]))
    return 1 if any(row.failed for row in rows) else 0


def _columns(row: Row) -> list[tuple[str, int]]:
    return list(zip(row.cells(), (32, 8, 4, 4, 5, 5, 5, 5), strict=True))


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.pages", description=__doc__)
    parser.add_argument("--count", type=int, default=24, help="different addresses a screen")
    parser.add_argument("--account", action="append", help="only this account (repeatable)")
    parser.add_argument("--screen", default="", help="only screens with this in their name")
    parser.add_argument("--write", metavar="MARKER", help="into bench/README.md")
    return parser.parse_args(arguments)


def _measure(port: int, cookie: str, account: str, screen: str, addresses: list[str]) -> Row:
    times, size, failed = [], 0, ""
    asked = addresses * -(-AT_LEAST // len(addresses))
    wire = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    headers = {"Cookie": f"{settings.SESSION_COOKIE_NAME}={cookie}", "Accept-Language": "zh-CN"}
    for address in [addresses[0], *asked]:
        started = time.perf_counter()
        wire.request("GET", _quoted(address), headers=headers)
        answer = wire.getresponse()
        body = answer.read()
        times.append((time.perf_counter() - started) * 1000)
        size = max(size, len(body))
        if answer.status != 200:
            failed = f"{answer.status} {address}"
    wire.close()
    # The first only wakes the server: templates are compiled, rules are read.
    statements = _statements(cookie, addresses)
    return Row(screen, account, len(addresses), statements, size / 1024, times[1:], failed)


def _quoted(address: str) -> str:
    return "".join(c if c.isascii() else "".join(f"%{b:02X}" for b in c.encode()) for c in address)


def _statements(cookie: str, addresses: list[str]) -> int:
    """The most statements that one of a few of these addresses takes."""
    client = Client()
    client.cookies[settings.SESSION_COOKIE_NAME] = cookie
    most = 0
    for address in addresses[:3]:
        with CaptureQueriesContext(connection) as asked:
            client.get(address)
        most = max(most, len(asked))
    return most


@contextmanager
def _session(username: str) -> Iterator[str]:
    """A signed-in session of this account, ended afterwards."""
    user = User.objects.get(username=username)
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    try:
        yield session.session_key
    finally:
        session.delete()


@contextmanager
def _server() -> Iterator[int]:
    """The product's server on a free port of loopback."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    command = [sys.executable, "-m", "bihuan", "serve", "--port", str(port), "--workers", "1"]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        _wait_for(port)
        yield port
    finally:
        server.terminate()
        server.wait(timeout=20)


def _wait_for(port: int) -> None:
    for _attempt in range(200):
        try:
            wire = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            wire.request("GET", "/healthz")
            if wire.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.1)
    raise SystemExit("the server does not answer")


if __name__ == "__main__":
    sys.exit(main())
