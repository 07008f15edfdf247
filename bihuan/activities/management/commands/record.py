from __future__ import annotations

import datetime as dt
import uuid
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from bihuan.access.permissions import Permission
from bihuan.access.queries import within_reach
from bihuan.accounts.models import User
from bihuan.activities.actions import AlreadyFiled, BadRecord, file_record
from bihuan.activities.actions.drafts import stage_file
from bihuan.activities.choices import AbsenceReason
from bihuan.activities.forms.typed import split_names, tidy
from bihuan.activities.models import Kind
from bihuan.activities.queries import due_people, kinds_for, people_of
from bihuan.activities.rules import Absence, Fault, Record, Resolution
from bihuan.files.gate import keep_file
from bihuan.files.limits import MEGABYTE, Limits
from bihuan.lib.refusals import Refused
from bihuan.orgs.models import Org, Person

# Keys of scripts are words; this space makes each account's words keys of its own.
KEYS = uuid.UUID("6f1c8a52-58a1-4f0e-9d2b-1f7f0c6f2f11")
# What each field of a record is called on the command line.
OPTIONS = {
    "kinds": "--kind", "held_date": "--on", "title": "--title", "start_time": "--from",
    "end_time": "--to", "place": "--place", "chair": "--chair", "speakers": "--speaker",
    "summary": "--summary", "counts_for_date": "--counts-for", "absences": "--absent",
    "visitors": "--visitor", "decisions": "--decision",
}  # fmt: skip


class Command(BaseCommand):
    help = "File records of activities from scripts: `bihuan record add …`."

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        add = verbs.add_parser("add", help="file one record; prints its number")
        text, many = add.add_argument, _repeated(add)
        text("--by", required=True, metavar="USERNAME", help="the account that files it")
        text("--org", required=True, help="number or full name of the host")
        many("--kind", help="code or name", required=True)
        text("--on", type=_day, metavar="YYYY-MM-DD", help="day (today)")
        text("--from", dest="start", type=_time, metavar="HH:MM", help="when it began")
        text("--to", dest="end", type=_time, metavar="HH:MM", help="when it ended")
        text("--title", default="")
        text("--place", default="")
        text("--summary", default="")
        text("--counts-for", type=_day, metavar="YYYY-MM-DD", help="made up for: a day of then")
        text("--chair", default="", metavar="NAME")
        many("--speaker", metavar="NAME")
        many("--absent", metavar="NAME=REASON[=NOTE]", help=", ".join(AbsenceReason.values))
        many("--took-part", metavar="NAME", help="where no roll is called (a talk, a visit)")
        many("--visitor", metavar="NAME")
        many("--decision", metavar="TEXT[=NAME[=YYYY-MM-DD]]", help="who does it, by when")
        many("--file", type=Path, metavar="PATH", help="goes through the file gate")
        text("--key", default="", help="a word of your own: the same word is the same record")
        text("--another", action="store_true", help="although one of that day and kind exists")
        text("--dry-run", action="store_true", help="check everything, file nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(username=options["by"], is_active=True).first()
        if user is None:
            raise CommandError(_("没有名为“%(name)s”的可用账号。") % {"name": options["by"]})
        org = self._org(user, options["org"])
        try:
            with transaction.atomic():
                number = self._file(org, user, options)
                if options["dry_run"]:
                    transaction.set_rollback(True)
        except BadRecord as refusal:
            raise CommandError(_in_lines(refusal.faults)) from refusal
        except AlreadyFiled as refusal:
            sentence = _("%(why)s编号 %(number)d。确实是另一次，请加 --another。")
            said = {"why": str(refusal), "number": refusal.twin.pk}
            raise CommandError(sentence % said) from refusal
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(_("可以登记，没有写入。") if options["dry_run"] else str(number))

    def _file(self, org: Org, user: User, options: dict[str, Any]) -> int:
        word = options["key"]
        key = uuid.uuid5(KEYS, f"{user.pk}:{word}") if word else uuid.uuid4()
        record = Reading(org, options).record()
        limits = Limits(size=settings.UPLOAD_LIMIT_MB * MEGABYTE)
        for path in options["file"]:
            try:
                kept = keep_file(path, name=path.name, limits=limits)
            except OSError as error:
                said = {"path": path, "why": error.strerror}
                raise CommandError(_("--file：打不开 %(path)s（%(why)s）。") % said) from error
            if not options["dry_run"]:
                stage_file(key, kept, by=user)
        return file_record(record, by=user, key=key, another=options["another"]).pk

    def _org(self, user: User, wanted: str) -> Org:
        reach = within_reach(Org, user, Permission.RECORD_FILE)
        number = wanted.isascii() and wanted.isdigit() and len(wanted) < 19
        found = list(reach.filter(pk=wanted) if number else reach.filter(name=wanted)[:2])
        if len(found) != 1:
            raise CommandError(
                _("--org：在您可登记的范围内没有（或不止一个）“%(org)s”。") % {"org": wanted}
            )
        return found[0]


class Reading:
    """The words of one command read into a record; what cannot be read is told by option."""

    def __init__(self, org: Org, options: dict[str, Any]) -> None:
        self.org, self.options = org, options
        self.day: dt.date = options["on"] or timezone.localdate()
        self.faults: list[Fault] = []
        self.kinds = self._kinds(options["kind"])
        due = [each.person for each in due_people(org, self.kinds, on=self.day)]
        self.people = {person.pk: person for person in [*people_of(org, on=self.day), *due]}

    def record(self) -> Record:
        """The record. Raises `BadRecord` with everything that could not be read."""
        asked = self.options
        record = Record(
            org_id=self.org.pk,
            kinds=tuple(kind.code for kind in self.kinds),
            held_date=self.day,
            title=tidy(asked["title"]),
            start_time=asked["start"],
            end_time=asked["end"],
            place=tidy(asked["place"]),
            chair_id=self._person("chair", asked["chair"]),
            speaker_ids=self._persons("speakers", asked["speaker"]),
            summary=asked["summary"],
            counts_for_date=asked["counts_for"],
            absences=tuple(self._absence(words) for words in asked["absent"]),
            took_part_ids=self._persons("took_part", asked["took_part"]),
            visitors=tuple(name for each in asked["visitor"] for name in split_names(each)),
            decisions=tuple(self._decision(words) for words in asked["decision"]),
        )
        if self.faults:
            raise BadRecord(self.faults)
        return record

    def _kinds(self, wanted: Iterable[str]) -> list[Kind]:
        known = kinds_for(self.org)
        found = {
            word: next((k for k in known if word in (k.code, k.name, k.name_en)), None)
            for word in wanted
        }
        for word in (word for word, kind in found.items() if kind is None):
            sentence = _("“%(kind)s”不是本组织可以举行的活动类型。可选：%(known)s。")
            names = "\u3001".join(f"{kind.code}（{kind.label}）" for kind in known)
            self.faults.append(Fault("kinds", sentence % {"kind": word, "known": names}))
        return [kind for kind in found.values() if kind is not None]

    def _person(self, field: str, name: str) -> int | None:
        """The one person of that name on the list of the day."""
        if not name:
            return None
        found = [person for person in self.people.values() if person.name == name]
        if len(found) == 1:
            return int(found[0].pk)
        number = int(name) if name.isascii() and name.isdigit() and len(name) < 19 else None
        if number in self.people:
            return number
        self.faults.append(Fault(field, self._nobody(name, found)))
        return None

    def _nobody(self, name: str, found: list[Person]) -> str:
        if not found:
            return _("当天的名单里没有“%(name)s”。") % {"name": name}
        numbers = "\u3001".join(str(person.pk) for person in found)
        return _("名单里有几位“%(name)s”，请改写编号：%(numbers)s。") % {
            "name": name, "numbers": numbers,
        }  # fmt: skip

    def _persons(self, field: str, names: Iterable[str]) -> tuple[int, ...]:
        found = (self._person(field, name) for each in names for name in split_names(each))
        return tuple(pk for pk in found if pk is not None)

    def _absence(self, words: str) -> Absence:
        name, reason, note = (*words.split("=", 2), "", "")[:3]
        known = {**{each.value: each for each in AbsenceReason}, **_by_label()}
        if reason not in known:
            sentence = _("“%(name)s”的缺席原因请写 %(known)s之一，用等号接在姓名后面。")
            reasons = "\u3001".join(f"{each.value}（{each.label}）" for each in AbsenceReason)
            self.faults.append(Fault("absences", sentence % {"name": name, "known": reasons}))
        return Absence(self._person("absences", name) or 0, str(known.get(reason, "")), note)

    def _decision(self, words: str) -> Resolution:
        text, owner, due = (*words.split("=", 2), "", "")[:3]
        day = None
        try:
            day = _day(due) if due else None
        except ArgumentTypeError as error:
            self.faults.append(Fault("decisions", str(error)))
        return Resolution(tidy(text), self._person("decisions", owner), day)


def _repeated(parser: ArgumentParser) -> Callable[..., Any]:
    """An option that may be given several times."""

    def option(name: str, **more: Any) -> None:
        parser.add_argument(
            name, action="append", default=None if more.get("required") else [], **more
        )

    return option


def _by_label() -> dict[str, AbsenceReason]:
    return {str(each.label): each for each in AbsenceReason}


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        sentence = _("“%(text)s”不是日期，请写成 2026-03-05 的样子。") % {"text": text}
        raise ArgumentTypeError(sentence) from error


def _time(text: str) -> dt.time:
    try:
        return dt.time.fromisoformat(text)
    except ValueError as error:
        sentence = _("“%(text)s”不是时间，请写成 09:30 的样子。") % {"text": text}
        raise ArgumentTypeError(sentence) from error


def _in_lines(faults: Iterable[Fault]) -> str:
    """One line a fault, each with the option it is about."""
    options = {**OPTIONS, "took_part": "--took-part"}
    return "\n".join(
        f"{options.get(each.field, each.field)}\uff1a{each.sentence}" for each in faults
    )
