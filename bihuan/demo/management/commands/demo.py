from __future__ import annotations

import datetime as dt
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone
from django.utils.translation import gettext as _
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)

from bihuan.demo.actions.build import build
from bihuan.demo.choices import ACCOUNTS, PASSWORD, SCALES, Scale
from bihuan.orgs.choices import OrgKind
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
        scale = SCALES[options["scale"]]
        if options["if_empty"] and Org.objects.exists():
            self._say_if_another(scale)
            return
        day = options["on"] or timezone.localdate()
        with _Bars() as bars:
            build(scale, today=day, progress=bars.show)
        for account in ACCOUNTS:
            self.stdout.write(f"{account.username:<9}{PASSWORD}  {account.what}")

    def _say_if_another(self, scale: Scale) -> None:
        """Whoever asked for a province and sees a city should know why."""
        units = Org.objects.filter(kind=OrgKind.UNIT).count()
        if units != scale.units:
            told = {"there": units, "wanted": scale.units}
            sentence = _(
                "数据库里已有 %(there)d 个单位，没有另装 %(wanted)d 个单位的演示数据。"
                "要装请换一个空的数据库。"
            )
            self.stdout.write(sentence % told)


class _Bars:
    """One bar for each step; the wheel turns also while a step has nothing to tell."""

    def __init__(self) -> None:
        self._shown = Progress(
            SpinnerColumn(finished_text="✓"), TextColumn("{task.description}"), BarColumn(),
            MofNCompleteColumn(), TimeElapsedColumn(),
        )  # fmt: skip
        self._tasks: dict[str, TaskID] = {}

    def __enter__(self) -> _Bars:
        self._shown.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._shown.stop()

    def show(self, step: str, done: int, of: int) -> None:
        """A step with `of` = 0 does not know how much there is to do."""
        if step not in self._tasks:
            self._end_the_others()
            self._tasks[step] = self._shown.add_task(step, total=of or None)
        self._shown.update(self._tasks[step], completed=done, total=of or None)

    def _end_the_others(self) -> None:
        for task in self._shown.tasks:
            if not task.finished:
                done = max(task.completed, 1)
                self._shown.update(task.id, completed=done, total=done)
