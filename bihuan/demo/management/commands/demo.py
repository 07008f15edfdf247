from __future__ import annotations

import datetime as dt
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn
from rich.progress import TimeElapsedColumn as Elapsed

from bihuan.demo.actions.build import build
from bihuan.demo.choices import ACCOUNTS, PASSWORD, SCALES
from bihuan.orgs.models import Org


class Command(BaseCommand):
    help = "Fill an empty installation with a believable committee, units, people and a year."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--scale", choices=sorted(SCALES), default="city")
        parser.add_argument("--if-empty", action="store_true", help="do nothing if there is data")
        parser.add_argument(
            "--on", type=dt.date.fromisoformat, metavar="YYYY-MM-DD", help="the day it is (today)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["if_empty"] and Org.objects.exists():
            return
        columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), Elapsed()
        bars: dict[str, TaskID] = {}
        with Progress(*columns) as shown:

            def progress(step: str, done: int, of: int) -> None:
                if step not in bars:
                    bars[step] = shown.add_task(step, total=of)
                shown.update(bars[step], completed=done, total=of)

            day = options["on"] or timezone.localdate()
            build(SCALES[options["scale"]], today=day, progress=progress)
        for account in ACCOUNTS:
            self.stdout.write(f"{account.username:<9}{PASSWORD}  {account.what}")
