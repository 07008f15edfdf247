from __future__ import annotations

import os
import socket
from argparse import ArgumentParser
from importlib import import_module
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.utils.translation import gettext as _
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

BLOCKING_THREADS = 4

# A worker that is told twice to stop within an instant (Ctrl+C reaches it from the terminal, then
# from its parent) may block for good; after so many seconds its parent ends it.
STOP_SECONDS = 3


class Command(BaseCommand):
    help = "Serve the product with granian, static files included."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--address", default="127.0.0.1", help="0.0.0.0 for other machines")
        parser.add_argument("--workers", type=int, help="processes; 1 on SQLite, else up to 2")

    def handle(self, *, port: int, address: str, workers: int | None, **_options: Any) -> None:
        refuse_busy(address, port)
        # WhiteNoise warns where `collectstatic` has not run; the demonstration needs no such run.
        Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)
        self.stdout.write(self.greeting(address, port))
        self.stdout.flush()
        connection.close()
        Granian(
            "bihuan.wsgi:application",
            address=address,
            port=port,
            interface=Interfaces.WSGI,
            workers=workers or usual_workers(),
            blocking_threads=BLOCKING_THREADS,
            workers_kill_timeout=STOP_SECONDS,
            log_access=settings.DEBUG,
            log_level=LogLevels.warning,
        ).serve()

    def greeting(self, address: str, port: int) -> str:
        shown = "127.0.0.1" if address == "0.0.0.0" else address
        lines = ["", _("闭环已启动：%(url)s") % {"url": f"http://{shown}:{port}/"}]
        accounts = demo_accounts()
        if accounts:
            lines += ["", _("演示账号："), *accounts]
        return "\n".join([*lines, "", _("按 Ctrl+C 停止。"), ""])


def usual_workers() -> int:
    """SQLite has one writer at a time, so a second process would only wait."""
    return 1 if connection.vendor == "sqlite" else min(2, os.cpu_count() or 1)


def refuse_busy(address: str, port: int) -> None:
    """Say in words that the port is taken, before the server says it in its own."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError as error:
            raise CommandError(
                _("端口 %(port)s 不能使用（%(reason)s）。请换一个，例如：PORT=%(other)s make run")
                % {"port": port, "reason": error.strerror, "other": port + 1}
            ) from error


def demo_accounts() -> list[str]:
    """One line for each account of the demonstration, where it is switched on.

    Looked up by name, as measures and todos are: the demonstration stands floors above.
    """
    if not settings.DEMO or not apps.is_installed("bihuan.demo"):
        return []
    demo = import_module("bihuan.demo.choices")
    return [f"  {each.username:<9}{demo.PASSWORD}  {each.what}" for each in demo.ACCOUNTS]
