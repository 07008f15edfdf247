"""Loading of packs: rules come in as versions, and no version rewrites an earlier year."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from bihuan.accounts.models import User
from bihuan.activities.choices import Part
from bihuan.activities.models import Kind
from bihuan.audit.actions import write_entry
from bihuan.duties.actions import tell_duties
from bihuan.duties.choices import Level, Partial, Trust
from bihuan.duties.models import Duty, Pack, PackVersion
from bihuan.duties.rules.packs import PackText, read_pack
from bihuan.duties.rules.yamltext import Problem
from bihuan.lib.dates import told_day
from bihuan.lib.refusals import Refused
from bihuan.orgs.models import Org


class BadPack(Refused):
    """The file is not a pack; `problems` says line by line why."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(
            "\n".join(
                _("第 %(line)d 行：%(sentence)s") % {"line": each.line, "sentence": each.sentence}
                for each in problems
            )
        )
        self.problems = problems


@dataclass(frozen=True)
class Loaded:
    """What loading a version did; nothing at all if the same text was loaded before."""

    version: PackVersion
    begun: int = 0
    ended: int = 0
    unchanged: int = 0


COMPARED = (
    "title", "text", "kinds", "conditions", "scope", "posts", "part", "period", "minimum", "due",
    "grace_days", "trigger_kinds", "partial", "valid_to_date", "source", "article", "trust",
    "minutes", "quantity",
)  # fmt: skip
"""The columns whose change begins a new row."""


@transaction.atomic
def load_pack(text: str, *, by: User | str, org: Org | None = None) -> Loaded:
    """Load a pack from its YAML text; a local one binds `org` and what lies below it.

    The same text again changes nothing. A newer version ends the rows that it changes or
    drops on the day before it takes effect, and begins new ones with the same lineage.
    Raises `BadPack`, and `Refused` where a version would reach back behind an earlier one.
    """
    known = set(Kind.objects.values_list("code", flat=True))
    content, problems = read_pack(text, known_kinds=known)
    if content is None:
        raise BadPack(problems)
    if content.level == Level.LOCAL and org is None:
        raise Refused(_("本地制度包要说明适用于哪个组织（--org）。"))
    if content.level == Level.NATIONAL and org is not None:
        raise Refused(_("全国制度包适用于所有组织，不要写 --org。"))
    pack = _pack(content, org)
    digest = hashlib.sha256(text.encode()).hexdigest()
    same = pack.versions.filter(version=content.version).first()
    if same is not None:
        return _already_there(same, digest, content)
    earlier = _check_order(pack, content)
    version = PackVersion.objects.create(
        pack=pack,
        version=content.version,
        valid_from_date=content.valid_from,
        sha256=digest,
        content=text,
        loaded_at=timezone.now(),
    )
    _write_kinds(content)
    loaded, touched = _write_duties(content, version, org, by)
    if earlier is not None and touched and content.valid_from == earlier.valid_from_date:
        raise Refused(_too_early(earlier))
    write_entry(
        "pack.loaded", version, by=by, org=org, begun=loaded.begun, ended=loaded.ended,
        unchanged=loaded.unchanged,
    )  # fmt: skip
    tell_duties(touched)
    return loaded


def _pack(content: PackText, org: Org | None) -> Pack:
    pack, _created = Pack.objects.get_or_create(
        code=content.code, defaults={"name": content.name, "level": content.level, "org": org}
    )
    if (pack.level, pack.org_id) != (content.level, org.pk if org else None):
        raise Refused(
            _("制度包 %(code)s 已经装给别的范围，请换一个代码。") % {"code": content.code}
        )
    if pack.name != content.name:
        pack.name = content.name
        pack.save(update_fields=["name"])
    return pack


def _already_there(same: PackVersion, digest: str, content: PackText) -> Loaded:
    if same.sha256 != digest:
        raise Refused(
            _("版本 %(version)s 已经装过，而内容不同。内容有改动时请换一个版本号。")
            % {"version": content.version}
        )
    return Loaded(same, unchanged=len(content.duties))


def _check_order(pack: Pack, content: PackText) -> PackVersion | None:
    """The latest version so far. One that changes no rule may take effect on the same day."""
    latest = pack.versions.order_by("-valid_from_date", "-pk").first()
    if latest is not None and content.valid_from < latest.valid_from_date:
        raise Refused(_too_early(latest))
    return latest


def _too_early(latest: PackVersion) -> str:
    return _("新版本须晚于 %(day)s（版本 %(version)s）生效，此前的要求不改写。") % {
        "day": told_day(latest.valid_from_date),
        "version": latest.version,
    }


def _write_kinds(content: PackText) -> None:
    """Bring the kinds in; a local pack adds kinds but does not rename those of the nation."""
    for order, kind in enumerate(content.kinds, start=1):
        columns = {key: value for key, value in kind.items() if key != "code"}
        columns["order"] = order * 10
        if content.level == Level.NATIONAL:
            Kind.objects.update_or_create(code=kind["code"], defaults=columns)
        else:
            Kind.objects.get_or_create(code=kind["code"], defaults={**columns, "order": 500})


def _write_duties(
    content: PackText, version: PackVersion, org: Org | None, by: User | str
) -> tuple[Loaded, list[Duty]]:
    standing = _standing(content)
    touched: list[Duty] = []
    begun = unchanged = 0
    for duty in content.duties:
        lineage = f"{content.code}:{duty['code']}"
        fresh = _row(duty, content, version, org)
        fresh.lineage = lineage
        fresh.issued_by = by if isinstance(by, User) else None
        old = standing.pop(lineage, None)
        if old is not None and all(getattr(old, c) == getattr(fresh, c) for c in COMPARED):
            _translate(old, fresh.title_en)
            unchanged += 1
            continue
        if old is not None:
            touched.append(_end_before(old, fresh.valid_from_date))
        fresh.save()
        begun += 1
        touched.append(fresh)
    ended = len(touched) - begun
    for old in standing.values():
        touched.append(_end_before(old, content.valid_from))
        ended += 1
    return Loaded(version, begun, ended, unchanged), touched


def _translate(standing: Duty, english: str) -> None:
    """A title in another language is no rule: it is set right without a new row."""
    if standing.title_en != english:
        Duty.objects.filter(lineage=standing.lineage, title=standing.title).update(title_en=english)


def _standing(content: PackText) -> dict[str, Duty]:
    """The latest row of each lineage of this pack that still binds when the version begins."""
    rows = Duty.objects.filter(lineage__startswith=f"{content.code}:")
    found: dict[str, Duty] = {}
    for duty in rows.order_by("valid_from_date", "pk"):
        if duty.valid_to_date is None or duty.valid_to_date >= content.valid_from:
            found[duty.lineage] = duty
    return found


def _end_before(old: Duty, day: dt.date) -> Duty:
    if day <= old.valid_from_date:
        raise Refused(
            _("“%(duty)s”从 %(day)s 起算，改动它的版本须晚于这一天生效。")
            % {"duty": old, "day": told_day(old.valid_from_date)}
        )
    old.valid_to_date = day - dt.timedelta(days=1)
    old.save(update_fields=["valid_to_date"])
    return old


def _row(duty: dict[str, Any], content: PackText, version: PackVersion, org: Org | None) -> Duty:
    scope = dict(duty["scope"])
    if org is not None:
        scope["under"] = [org.pk]
    since = max(content.valid_from, duty.get("valid_from", content.valid_from))
    return Duty(
        title=duty["title"],
        title_en=duty.get("title_en", ""),
        text=duty.get("text", ""),
        level=content.level,
        pack_version=version,
        kinds=duty.get("kinds", []),
        conditions=duty.get("conditions", {}),
        scope=scope,
        posts=duty.get("posts", []),
        part=duty.get("part", Part.ATTENDEE),
        period=duty["period"],
        minimum=duty.get("minimum", 1),
        due=duty.get("due", "end"),
        grace_days=duty.get("grace_days", 31),
        trigger_kinds=duty.get("trigger_kinds", []),
        partial=duty.get("partial", Partial.HALF),
        valid_from_date=since,
        valid_to_date=duty.get("valid_to"),
        source=duty.get("source", ""),
        article=duty.get("article", ""),
        trust=duty.get("trust", Trust.TO_CONFIRM),
        minutes=duty.get("minutes", 60),
        quantity=duty.get("quantity", ""),
        issued_at=timezone.now(),
        org=org,
    )
