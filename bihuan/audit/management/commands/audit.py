from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from bihuan.audit.queries import chain, last_entry
from bihuan.audit.rules import checkpoint, first_fault, verify_lines


class Command(BaseCommand):
    help = "Verify, export or sum up the audit chain."

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        verify = verbs.add_parser("verify", help="find the first bad entry, here or in an export")
        verify.add_argument("file", nargs="?", type=Path)
        export = verbs.add_parser("export", help="write the chain and its checkpoint to a file")
        export.add_argument("file", type=Path)
        verbs.add_parser("root", help="print the checkpoint: keep it elsewhere")

    def handle(self, *args: Any, verb: str, **options: Any) -> None:
        if verb == "verify" and options["file"]:
            self._verify_file(options["file"])
        elif verb == "verify":
            fault = first_fault(chain())
            if fault:
                raise CommandError(fault[1])
            self.stdout.write("OK")
        elif verb == "export":
            self._export(options["file"])
        else:
            self.stdout.write(json.dumps(self._checkpoint()))

    def _verify_file(self, path: Path) -> None:
        try:
            with path.open(encoding="utf-8") as lines:
                good, fault = verify_lines(lines)
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(_("读不了这个文件：%(why)s") % {"why": error}) from error
        if fault:
            raise CommandError(f"{fault} ({good} good entries before it)")
        self.stdout.write(f"OK {good}")

    def _export(self, path: Path) -> None:
        last = None
        with path.open("w", encoding="utf-8") as out:
            for entry in chain():
                out.write(json.dumps(entry, ensure_ascii=False, sort_keys=True) + "\n")
                last = entry
            out.write(json.dumps({"checkpoint": checkpoint(last)}) + "\n")
        self.stderr.write(f"{last['index'] if last else 0} entries")

    def _checkpoint(self) -> dict[str, Any]:
        return checkpoint(last_entry())
