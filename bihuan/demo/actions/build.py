"""Builds the demonstration step by step, telling how far it is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from random import Random

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils.translation import gettext as _

from bihuan.access.actions import give_role
from bihuan.accounts.actions import open_account
from bihuan.accounts.models import User
from bihuan.audit.actions import write_entry
from bihuan.demo.actions.papers import (
    issue_the_plan,
    leave_a_draft,
    load_local_rules,
    write_briefings,
)
from bihuan.demo.actions.tree import FOUNDED, World, build_tree, close_the_tree, people_the_tree
from bihuan.demo.actions.year import confirm_in_words, record_the_year
from bihuan.demo.choices import ACCOUNTS, PASSWORD, Scale
from bihuan.ledger.actions.rebuild import rebuild
from bihuan.lib.refusals import Refused
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
    users = _open_accounts(world)
    officer = users["officer"]
    progress(_("制度与计划"), 0, 3)
    load_local_rules(world.root)
    progress(_("制度与计划"), 1, 3)
    programme = issue_the_plan(world.root, scale, today=today, by=officer)
    progress(_("制度与计划"), 2, 3)
    leave_a_draft(world.root, scale, today=today, by=officer)
    progress(_("制度与计划"), 3, 3)
    hosts = sum(map(len, (world.branches, world.groups, world.leading_groups, world.committees)))
    for done in record_the_year(world, year=today.year, today=today, by=officer, random=random):
        progress(_("活动记录"), done, hosts)
    confirm_in_words(world, programme, today=today, by=officer, random=random)
    write_entry("demo.built", world.root, by="system", org=world.root, scale=scale.people)
    rebuild(today.year, today=today, progress=_in_words(progress))
    for done, of in write_briefings(world, users, today=today):
        progress(_("通报"), done, of)
    return world


def _in_words(progress: Progress) -> Progress:
    """The ledger names its steps for developers; a person reads what they are."""
    names = {"records": _("读取记录"), "rows": _("写入台账")}

    def told(step: str, done: int, of: int) -> None:
        progress(names.get(step, _("计算台账")), done, of)

    return told


def _open_accounts(world: World) -> dict[str, User]:
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
        "security": (world.root, None),
    }
    names = {"officer": "林知远", "auditor": "邱景行", "security": "温敬之"}
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
    return users
