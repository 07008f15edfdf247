"""Builds the demonstration step by step, telling how far it is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from importlib.resources import files
from random import Random

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils.translation import gettext as _

from bihuan.access.actions import give_role
from bihuan.accounts.actions import open_account
from bihuan.accounts.models import User
from bihuan.audit.actions import write_entry
from bihuan.demo.actions.tree import FOUNDED, World, build_tree, close_the_tree, people_the_tree
from bihuan.demo.actions.year import record_the_year
from bihuan.demo.choices import ACCOUNTS, PASSWORD, Scale
from bihuan.duties.actions.issue import Issue, issue_programme
from bihuan.duties.actions.packs import load_pack
from bihuan.duties.actions.review import NotSettled, accept, drop, import_programme
from bihuan.duties.choices import Verdict
from bihuan.duties.models import Programme
from bihuan.ledger.actions.rebuild import rebuild
from bihuan.lib.refusals import Refused
from bihuan.orgs.choices import OrgKind
from bihuan.orgs.models import Org, Person

Progress = Callable[[str, int, int], None]
SEED = 20210701


@transaction.atomic
def build(scale: Scale, *, today: dt.date, progress: Progress) -> World:
    """Fill an empty installation with the demonstration of `scale`, up to the day `today`.

    The same scale and day give the same world. Raises `Refused` if there is data already.
    """
    if Org.objects.exists():
        raise Refused(_("这个数据库里已经有组织。演示数据只装进空的数据库。"))
    random = Random(SEED)
    progress(_("组织"), 0, 1)
    world = build_tree(scale, random)
    progress(_("组织"), 1, 1)
    for done in people_the_tree(world, scale, random):
        progress(_("人员"), done, scale.people)
    close_the_tree(world)
    officer = _open_accounts(world)
    progress(_("制度与计划"), 0, 2)
    local = files("bihuan.duties").joinpath("packs/sample-city.yaml").read_text(encoding="utf-8")
    load_pack(local, by="system", org=world.root)
    progress(_("制度与计划"), 1, 2)
    issue_the_plan(world.root, year=today.year, by=officer)
    progress(_("制度与计划"), 2, 2)
    hosts = sum(map(len, (world.branches, world.groups, world.leading_groups, world.committees)))
    for done in record_the_year(world, year=today.year, today=today, by=officer, random=random):
        progress(_("活动记录"), done, hosts)
    write_entry("demo.built", world.root, by="system", org=world.root, scale=scale.people)
    rebuild(today.year, today=today, progress=progress)
    return world


def issue_the_plan(root: Org, *, year: int, by: User) -> Programme:
    """Read the sample plan, adopt what is settled in it, and issue it for `year`."""
    text = files("bihuan.demo").joinpath("plan.txt").read_text(encoding="utf-8")
    programme = import_programme(text.format(year=year), org=root, by=by)
    for proposal in programme.proposals.filter(verdict=Verdict.OPEN).order_by("order"):
        # Where the document does not say who, the officer of the demonstration says: branches.
        said = proposal.fields.get("scope_kinds") or proposal.fields.get("posts")
        typed = {} if said else {"scope_kinds": [OrgKind.BRANCH.value]}
        try:
            accept(proposal, typed, version=proposal.version, by=by)
        except NotSettled:
            drop(proposal, version=proposal.version, by=by)
    issue_programme(programme, Issue(year, dt.date(year, 1, 1), scope={"under": [root.pk]}), by=by)
    return programme


def _open_accounts(world: World) -> User:
    branch = max(world.branches[: len(world.branches) // 2], key=lambda each: each.full_members)
    unit = next(each for each in world.units if branch.path.startswith(each.path))
    members = world.people[branch.pk]
    leading = next(each for each in world.leading_groups if each.parent_id == unit.pk)
    homes: dict[str, tuple[Org, Person | None]] = {
        "officer": (world.root, None),
        "unit": (unit, world.leaders[leading.pk][0]),
        "branch": (branch, members[0]),
        "member": (branch, members[-1]),
        "auditor": (world.root, None),
    }
    names = {"officer": "林知远", "auditor": "邱景行"}
    password = make_password(PASSWORD)
    users = {}
    for account in ACCOUNTS:
        org, person = homes[account.username]
        name = person.name if person else names[account.username]
        user = open_account(account.username, password=None, name=name, by="system")
        # Hashed once for all: Argon2 is slow on purpose.
        User.objects.filter(pk=user.pk).update(password=password)
        give_role(user, account.role, org, since=FOUNDED, by="system")
        if person is not None:
            Person.objects.filter(pk=person.pk).update(user=user)
        users[account.username] = user
    return users["officer"]
