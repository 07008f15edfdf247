"""Rules of one's own, a plan that was issued, one still under review, and briefings."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from importlib.resources import files

from django.utils import timezone
from django.utils.translation import gettext as _

from bihuan.access.models import Grant
from bihuan.accounts.models import User
from bihuan.demo.actions.tree import World
from bihuan.demo.choices import Scale
from bihuan.demo.rules.chance import soon
from bihuan.duties.actions.issue import Issue, issue_programme
from bihuan.duties.actions.packs import load_pack
from bihuan.duties.actions.review import NotSettled, accept, drop, import_programme
from bihuan.duties.choices import Verdict
from bihuan.duties.models import Programme
from bihuan.lib.dates import chinese_day
from bihuan.orgs.choices import OrgKind
from bihuan.orgs.models import Org
from bihuan.reports.actions import write_briefing

WRITTEN_AFTER = dt.timedelta(days=8)
"""A quarter's briefing is written so long after the quarter ends."""


def load_local_rules(root: Org) -> None:
    """The sample of a local pack, which is stricter than the national minimum in three places."""
    local = files("bihuan.duties").joinpath("packs/sample-city.yaml").read_text(encoding="utf-8")
    load_pack(local, by="system", org=root)


def issue_the_plan(root: Org, scale: Scale, *, today: dt.date, by: User) -> Programme:
    """Read the sample plan, adopt what is settled in it, and issue it for the year."""
    programme = import_programme(_text("plan.txt", scale, today), org=root, by=by)
    for proposal in programme.proposals.filter(verdict=Verdict.OPEN).order_by("order"):
        # Where the document does not say who, the officer of the demonstration says: branches.
        said = proposal.fields.get("scope_kinds") or proposal.fields.get("posts")
        typed = {} if said else {"scope_kinds": [OrgKind.BRANCH.value]}
        try:
            accept(proposal, typed, version=proposal.version, by=by)
        except NotSettled:
            drop(proposal, version=proposal.version, by=by)
    wish = Issue(today.year, dt.date(today.year, 1, 1), scope={"under": [root.pk]})
    issue_programme(programme, wish, by=by)
    return programme


def leave_a_draft(root: Org, scale: Scale, *, today: dt.date, by: User) -> Programme:
    """A second plan, read and not yet reviewed, for whoever tries the product."""
    return import_programme(_text("draft.txt", scale, today), org=root, by=by)


def write_briefings(
    world: World, users: Mapping[str, User], *, today: dt.date
) -> Iterator[tuple[int, int]]:
    """Briefings on the quarters that are over: the committee's, and the last one of a unit.

    Yields how many are written, of how many.
    """
    quarters = list(_quarters_until(today))
    unit = Grant.objects.select_related("org").get(user=users["unit"]).org
    wanted = [(world.root, users["officer"], each) for each in quarters]
    wanted += [(unit, users["unit"], each) for each in quarters[-1:]]
    demands = _("请有关组织对照台账逐项补齐；确因客观原因不能开展的，及时说明情况。")
    for done, (org, by, (name, since, until)) in enumerate(wanted, start=1):
        write_briefing(
            org, title=_("关于%(year)d年%(quarter)s组织生活情况的通报")
            % {"year": today.year, "quarter": name},
            since=since, until=until, demands=demands, by=by,
            now=_morning(until + WRITTEN_AFTER),
        )  # fmt: skip
        yield done, len(wanted)


def _quarters_until(today: dt.date) -> Iterator[tuple[str, dt.date, dt.date]]:
    """Name, first and last day of the quarters of this year that were over some days ago."""
    names = (_("第一季度"), _("第二季度"), _("第三季度"))
    for place, name in enumerate(names):
        until = dt.date(today.year, 3 * place + 4, 1) - dt.timedelta(days=1)
        if until + WRITTEN_AFTER < today:
            yield name, dt.date(today.year, 3 * place + 1, 1), until


def _morning(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time(9, 30)))


def _text(name: str, scale: Scale, today: dt.date) -> str:
    text = files("bihuan.demo").joinpath(name).read_text(encoding="utf-8")
    deadline = chinese_day(soon(today)).partition("年")[2]
    return text.format(place=scale.name, level=scale.level, year=today.year, soon=deadline)
