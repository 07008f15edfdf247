from __future__ import annotations

from importlib.resources import files
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connection

from bihuan.duties.actions.packs import load_pack


class Command(BaseCommand):
    help = "Set up or upgrade the database: write-ahead log, tables, the national minimum."

    def handle(self, *args: Any, **options: Any) -> None:
        if connection.vendor == "sqlite":
            # Once, before any server: switching to WAL fails with "locked" when several
            # processes open the file at the same moment.
            with connection.cursor() as cursor:
                cursor.execute("PRAGMA journal_mode=WAL")
        call_command("migrate", verbosity=0, interactive=False)
        call_command("createcachetable", verbosity=0)
        national = files("bihuan.duties").joinpath("packs/national.yaml")
        call_command("ledger", "upgrade")
        loaded = load_pack(national.read_text(encoding="utf-8"), by="system")
        self.stdout.write(f"ready: {connection.vendor}, pack {loaded.version}")
