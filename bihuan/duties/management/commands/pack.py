from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from django.utils.translation import gettext as _

from bihuan.activities.models import Kind
from bihuan.duties.actions.packs import load_pack
from bihuan.duties.models import PackVersion
from bihuan.duties.rules.packs import read_pack
from bihuan.lib.refusals import Refused
from bihuan.orgs.models import Org

SHIPPED = Path(__file__).resolve().parents[2] / "packs"


class Command(BaseCommand):
    help = "Check, load or list packs of rules. FILE may be the name of a shipped pack."

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        check = actions.add_parser("check", help="say what is wrong with a pack, line by line")
        check.add_argument("file")
        load = actions.add_parser("load", help="load a pack; the same again changes nothing")
        load.add_argument("file")
        load.add_argument("--org", help="the organisation a local pack binds: its path, id or name")
        actions.add_parser("list", help="list the versions that were loaded")

    def handle(self, *args: Any, action: str, **options: Any) -> None:
        if action == "check":
            self.check_file(options["file"])
        elif action == "load":
            self.load(options["file"], options["org"])
        else:
            self.list()

    def check_file(self, name: str) -> None:
        known = _loaded_kinds() | _shipped_kinds()
        content, problems = read_pack(_text(name), known_kinds=known)
        for problem in problems:
            self.stdout.write(
                _("%(file)s 第 %(line)d 行：%(sentence)s")
                % {"file": name, "line": problem.line, "sentence": problem.sentence}
            )
        if content is None:
            raise CommandError(_("共 %(count)d 处有误。") % {"count": len(problems)})
        self.stdout.write(
            _("没有问题：%(name)s %(version)s，类型 %(kinds)d 个，事项 %(duties)d 条。")
            % {
                "name": content.name,
                "version": content.version,
                "kinds": len(content.kinds),
                "duties": len(content.duties),
            }
        )

    def load(self, name: str, where: str | None) -> None:
        try:
            done = load_pack(_text(name), by="system", org=_org(where) if where else None)
        except Refused as refusal:
            raise CommandError(str(refusal)) from None
        self.stdout.write(
            _("%(version)s：新起 %(begun)d 条，终止 %(ended)d 条，未变 %(unchanged)d 条。")
            % {
                "version": done.version,
                "begun": done.begun,
                "ended": done.ended,
                "unchanged": done.unchanged,
            }
        )

    def list(self) -> None:
        versions = PackVersion.objects.select_related("pack__org")
        for version in versions.order_by("pack__code", "valid_from_date"):
            pack = version.pack
            self.stdout.write(
                f"{pack.code}\t{version.version}\t{version.valid_from_date}\t"
                f"{pack.get_level_display()}\t{pack.org or ''}\t{pack.name}"
            )


def _loaded_kinds() -> set[str]:
    """The kinds of this installation; none where it has no tables yet, which a check allows."""
    try:
        return set(Kind.objects.values_list("code", flat=True))
    except DatabaseError:
        return set()


def _shipped_kinds() -> set[str]:
    """The kinds of the national pack, so that a file can be checked before any is loaded."""
    text = (SHIPPED / "national.yaml").read_text(encoding="utf-8")
    content, _problems = read_pack(text, known_kinds=())
    return {kind["code"] for kind in content.kinds} if content else set()


def _text(name: str) -> str:
    path = Path(name)
    shipped = SHIPPED / f"{name}.yaml"
    if not path.exists() and "/" not in name and shipped.exists():
        path = shipped
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise CommandError(
            _("%(file)s 不是 UTF-8 编码（第 %(byte)d 字节），请另存为 UTF-8。")
            % {"file": name, "byte": error.start}
        ) from None
    except OSError as error:
        raise CommandError(
            _("读不到 %(file)s：%(reason)s") % {"file": name, "reason": error.strerror}
        ) from None


def _org(where: str) -> Org:
    """The organisation that `where` names: by its path, its number or its full name."""
    found = list(Org.objects.filter(path=where) or Org.objects.filter(name=where))
    if not found and where.isdecimal():
        found = list(Org.objects.filter(pk=int(where)))
    if len(found) != 1:
        raise CommandError(
            _("有 %(count)d 个组织叫“%(where)s”，请写它的编号或路径。")
            % {"count": len(found), "where": where}
            if found
            else _("没有“%(where)s”这个组织。") % {"where": where}
        )
    return found[0]
