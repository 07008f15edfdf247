from __future__ import annotations

import datetime as dt
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from bihuan.access.permissions import Permission
from bihuan.access.queries import within_reach
from bihuan.accounts.models import User
from bihuan.activities.actions import file_record
from bihuan.activities.rules import Record
from bihuan.lib.refusals import Refused
from bihuan.orgs.models import Org


class Command(BaseCommand):
    help = "File records of activities from scripts: `bihuan record add …`."

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        add = verbs.add_parser("add", help="file one record; prints its number")
        add.add_argument(
            "--by", required=True, metavar="USERNAME", help="the account that files it"
        )
        add.add_argument("--org", required=True, help="number or full name of the host")
        add.add_argument("--kind", required=True, action="append", help="code; may be repeated")
        add.add_argument(
            "--on", type=dt.date.fromisoformat, metavar="YYYY-MM-DD", help="day (today)"
        )
        add.add_argument("--title", default="")
        add.add_argument("--place", default="")
        add.add_argument("--summary", default="")
        add.add_argument("--counts-for", type=dt.date.fromisoformat, metavar="YYYY-MM-DD")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(username=options["by"], is_active=True).first()
        if user is None:
            raise CommandError(_("没有名为“%(name)s”的可用账号。") % {"name": options["by"]})
        record = Record(
            org_id=self._org(user, options["org"]).pk,
            kinds=tuple(options["kind"]),
            held_date=options["on"] or timezone.localdate(),
            title=options["title"],
            place=options["place"],
            summary=options["summary"],
            counts_for_date=options["counts_for"],
        )
        try:
            activity = file_record(record, by=user)
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(str(activity.pk))

    def _org(self, user: User, wanted: str) -> Org:
        reach = within_reach(Org, user, Permission.RECORD_FILE)
        number = wanted.isascii() and wanted.isdigit()
        found = list(reach.filter(pk=wanted) if number else reach.filter(name=wanted)[:2])
        if len(found) != 1:
            raise CommandError(
                _("在您可登记的范围内没有（或不止一个）“%(org)s”。") % {"org": wanted}
            )
        return found[0]
