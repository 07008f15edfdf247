from __future__ import annotations

import json
import os
import sys
from argparse import ArgumentParser
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import django
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from bihuan.audit.actions import erase_about
from bihuan.audit.queries import (
    chain,
    end_fault,
    fault_between,
    last_entry,
    length,
    pieces_of,
    seal_fault,
)
from bihuan.audit.rules import checkpoint, verify_lines

MANY = 200_000
"""From so many entries on, starting other processes takes less time than it saves."""
MOST_WORKERS = 8


class Command(BaseCommand):
    help = "Verify, export or sum up the audit chain; forget personal values in it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        verify = verbs.add_parser("verify", help="find the first bad entry, here or in an export")
        verify.add_argument("file", nargs="?", type=Path)
        export = verbs.add_parser("export", help="write the chain and its checkpoint to a file")
        export.add_argument("file", type=Path)
        verbs.add_parser("root", help="print the checkpoint: keep it elsewhere")
        erase = verbs.add_parser("erase", help="forget whom entries concern, for one person")
        erase.add_argument("person", type=int, help="the number of the person")
        erase.add_argument("--purpose", required=True, help="why; it stands in the chain")

    def handle(self, *args: Any, verb: str, **options: Any) -> None:
        if verb == "verify" and options["file"]:
            self._verify_file(options["file"])
        elif verb == "verify":
            self._verify_database()
        elif verb == "export":
            self._export(options["file"])
        elif verb == "erase":
            gone = erase_about(options["person"], by="system", purpose=options["purpose"])
            self.stdout.write(str(gone))
        else:
            self.stdout.write(json.dumps(checkpoint(last_entry())))

    def _verify_database(self) -> None:
        total = length()
        wrong = self._chain_fault(total) or end_fault() or seal_fault()
        if wrong:
            raise CommandError(wrong)
        self.stdout.write(f"OK {total}")

    def _chain_fault(self, total: int) -> str | None:
        """The first fault of the chain, by as many processes as there are cores if it is long."""
        tell, pieces = self._progress(total), pieces_of(total)
        firsts, lasts = [first for first, _last in pieces], [last for _first, last in pieces]
        workers = min(os.cpu_count() or 1, len(pieces), MOST_WORKERS)
        if total < MANY or workers == 1:
            return _first(map(fault_between, firsts, lasts), pieces, tell)
        pool = ProcessPoolExecutor(workers, get_context("spawn"), initializer=django.setup)
        try:
            return _first(pool.map(fault_between, firsts, lasts), pieces, tell)
        finally:
            pool.shutdown(cancel_futures=True)

    def _verify_file(self, path: Path) -> None:
        try:
            with path.open(encoding="utf-8") as lines:
                good, fault = verify_lines(lines, self._progress(None))
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(_("读不了这个文件：%(why)s") % {"why": error}) from error
        if fault:
            raise CommandError(f"{fault} ({good} good entries before it)")
        self.stdout.write(f"OK {good}")

    def _export(self, path: Path) -> None:
        last, total = None, length()
        tell = self._progress(total)
        with path.open("w", encoding="utf-8") as out:
            for entry in chain():
                out.write(json.dumps(entry, ensure_ascii=False, sort_keys=True) + "\n")
                last = entry
                if entry["index"] % 10_000 == 0:
                    tell(entry["index"])
            out.write(json.dumps({"checkpoint": checkpoint(last)}) + "\n")
        self.stderr.write(f"{last['index'] if last else 0} entries")

    def _progress(self, total: int | None) -> Callable[[int], None]:
        """Tells a person at a terminal how far it is; to a file or a pipe, nothing."""

        def tell(good: int) -> None:
            if sys.stderr.isatty():
                of = f" / {total} ({100 * good // total}%)" if total else ""
                self.stderr.write(f"\r{good}{of}", ending="")

        return tell


def _first(
    faults: Iterable[str | None], pieces: list[tuple[int, int]], tell: Callable[[int], None]
) -> str | None:
    """The first of the faults of these pieces, in their order; tells how far all is well."""
    for fault, (_start, last) in zip(faults, pieces, strict=True):
        if fault is not None:
            return fault
        tell(last)
    return None
