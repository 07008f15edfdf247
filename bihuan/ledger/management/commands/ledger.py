"""`bihuan ledger check|rebuild|fold|tick|upgrade`: look after the ledger from the command line."""

from __future__ import annotations

import datetime as dt
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from bihuan.ledger.actions.fold import fold
from bihuan.ledger.actions.rebuild import rebuild
from bihuan.ledger.actions.tick import catch_up
from bihuan.ledger.actions.upgrade import upgrade
from bihuan.ledger.models import Book
from bihuan.ledger.queries.audit import differences_of_year

SHOWN = 50
"""Differences that `check` prints; it always says how many there are."""


class Command(BaseCommand):
    help = _(
        "台账：check 核对，rebuild 重算，fold 并入待处理的汇总，tick 推进到今天，"
        "upgrade 升级后重算旧年度。"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("what", choices=["check", "rebuild", "fold", "tick", "upgrade"])
        parser.add_argument("--year", type=int, default=timezone.localdate().year)

    def handle(self, *args: Any, **options: Any) -> None:
        year, today = options["year"], timezone.localdate()
        if options["what"] == "check":
            self._check(year)
        elif options["what"] == "rebuild":
            with _Bars() as bars:
                rebuild(year, today=_last_day(year, today), progress=bars.show)
            self.stdout.write(_("%(year)d 年台账已重算。") % {"year": year})
        elif options["what"] == "fold":
            self.stdout.write(_("并入 %(count)d 项变动。") % {"count": fold()})
        elif options["what"] == "upgrade":
            self._upgrade(today)
        else:
            catch_up(year, _last_day(year, today))
            self.stdout.write(_("%(year)d 年台账已推进到今天。") % {"year": year})

    def _check(self, year: int) -> None:
        with _Bars() as bars:
            found = differences_of_year(year, bars.show)
        for told in found[:SHOWN]:
            self.stdout.write(told)
        if found:
            raise CommandError(_("台账与记录有 %(count)d 处不符。") % {"count": len(found)})
        self.stdout.write(_("%(year)d 年台账与记录一致。") % {"year": year})

    def _upgrade(self, today: dt.date) -> None:
        """Quiet where nothing is to be done: `bihuan install` runs it each time."""
        if Book.objects.older().exists():
            with _Bars() as bars:
                years = upgrade(today=today, progress=bars.show)
            told = "\u3001".join(map(str, years))
            self.stdout.write(_("%(years)s 年台账已按新版本重算。") % {"years": told})


def _last_day(year: int, today: dt.date) -> dt.date:
    """Today; for a year gone by, the day after its last grace could not matter any more."""
    return max(today, dt.date(year, 1, 1))


class _Bars:
    """One bar for each step that tells of itself."""

    def __init__(self) -> None:
        columns = TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn()
        self._bars = Progress(*columns, console=Console(stderr=True))
        self._tasks: dict[str, TaskID] = {}

    def __enter__(self) -> _Bars:
        self._bars.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._bars.stop()

    def show(self, step: str, done: int, total: int) -> None:
        if step not in self._tasks:
            self._tasks[step] = self._bars.add_task(step)
        self._bars.update(self._tasks[step], completed=done, total=total or None)
