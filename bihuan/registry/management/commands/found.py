"""`bihuan found`: the top of the tree, before anybody can be given a role in it."""

from __future__ import annotations

import datetime as dt
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from bihuan.lib.refusals import Refused
from bihuan.orgs.actions.tree import found


class Command(BaseCommand):
    help = "Found the top of the tree; everything below it is established on the screen."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="its full name")
        parser.add_argument("--on", default="", help="since when, as 2020-01-01; today if none")

    def handle(self, *args: Any, name: str, **options: Any) -> None:
        try:
            on = dt.date.fromisoformat(options["on"]) if options["on"] else timezone.localdate()
        except ValueError as error:
            raise CommandError(_("日期请写成2020-01-01这样。")) from error
        try:
            org = found(name, on=on, by="system")
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(_("已成立：%(name)s") % {"name": org.name})
