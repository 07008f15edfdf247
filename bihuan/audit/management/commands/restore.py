from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction
from django.utils.translation import gettext as _

from bihuan.audit.actions import write_entry
from bihuan.audit.queries import chain
from bihuan.audit.rules import first_fault
from bihuan.lib.backups import Place, restore_backup
from bihuan.lib.refusals import Refused


class Command(BaseCommand):
    help = "Put a backup in place of the database, checked, or change nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--yes", action="store_true", help="replace what is there")

    def handle(self, *args: Any, file: Path, yes: bool, **options: Any) -> None:
        files = settings.HOME / "files"
        place = Place(connection.settings_dict, connection.vendor, files)
        connection.close()
        try:
            holding = restore_backup(place, file, overwrite=yes)
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        fault = first_fault(chain())
        if fault:
            raise CommandError(_("已恢复，但审计链有问题：%(fault)s") % {"fault": fault[1]})
        with transaction.atomic():
            write_entry("backup.restored", by="system", file=file.name)
        self.stdout.write(
            _("已恢复 %(tables)d 张表，%(rows)d 行，审计链完好。")
            % {"tables": len(holding.rows), "rows": sum(holding.rows.values())}
        )
