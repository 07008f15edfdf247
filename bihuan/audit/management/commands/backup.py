from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from bihuan import __version__
from bihuan.audit.actions import write_entry
from bihuan.lib.backups import Place, write_backup
from bihuan.lib.refusals import Refused


class Command(BaseCommand):
    help = "Write the database and the uploaded files into one file."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="the file to write, usually ….bihuan")

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        if not file.parent.is_dir():
            raise CommandError(_("没有这个文件夹：%(folder)s") % {"folder": file.parent})
        with transaction.atomic():
            write_entry("backup.made", by="system", file=file.name)
        files = settings.HOME / "files"
        place = Place(connection.settings_dict, connection.vendor, files)
        connection.close()
        try:
            holding = write_backup(place, file, version=__version__, at=timezone.now().isoformat())
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(
            _("已备份 %(tables)d 张表，%(rows)d 行，%(size)d 字节：%(file)s")
            % {
                "tables": len(holding.rows),
                "rows": sum(holding.rows.values()),
                "size": file.stat().st_size,
                "file": file,
            }
        )
