"""A small committee to test on: made by the product's own actions, nothing mocked.

committee
├─ unit ─ branch (8 members, a committee of four)
└─ other unit ─ other branch (3 members)
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from importlib.resources import files

from bihuan.access.actions import give_role
from bihuan.access.permissions import Role
from bihuan.accounts.actions import open_account
from bihuan.accounts.models import User
from bihuan.duties.actions.packs import load_pack
from bihuan.orgs.actions.people import enrol
from bihuan.orgs.actions.posts import appoint
from bihuan.orgs.actions.tree import establish
from bihuan.orgs.choices import MemberStatus, OrgKind, Post
from bihuan.orgs.models import Org, Person

FOUNDED = dt.date(2020, 1, 1)
POSTS = (
    Post.SECRETARY, Post.ORGANISATION_MEMBER, Post.PUBLICITY_MEMBER, Post.DISCIPLINE_MEMBER,
)  # fmt: skip


@dataclass(frozen=True)
class Village:
    """The organisations, people and accounts of the small committee."""

    committee: Org
    unit: Org
    branch: Org
    other_unit: Org
    other_branch: Org
    members: list[Person]
    other_members: list[Person]
    officer: User
    secretary: User
    other_secretary: User
    member: User


def found_village() -> Village:
    """Found it anew in an empty database, with the national pack loaded."""
    national = files("bihuan.duties").joinpath("packs/national.yaml")
    load_pack(national.read_text(encoding="utf-8"), by="system")
    committee = _org("测试市直机关工委", OrgKind.COMMITTEE, None)
    unit = _org("市测试局", OrgKind.UNIT, committee)
    branch = _org("市测试局机关党支部", OrgKind.BRANCH, unit)
    other_unit = _org("市对照局", OrgKind.UNIT, committee)
    other_branch = _org("市对照局机关党支部", OrgKind.BRANCH, other_unit)
    members = _people(branch, 8)
    for person, post in zip(members, POSTS, strict=False):
        appoint(person, branch, post, since=FOUNDED, by="system")
    others = _people(other_branch, 3)
    appoint(others[0], other_branch, Post.SECRETARY, since=FOUNDED, by="system")
    accounts = {
        "officer": (Role.OFFICER, committee, None),
        "secretary": (Role.BRANCH_SECRETARY, branch, members[0]),
        "other_secretary": (Role.BRANCH_SECRETARY, other_branch, others[0]),
        "member": (Role.MEMBER, branch, members[-1]),
    }
    users = {}
    for name, (role, org, person) in accounts.items():
        users[name] = open_account(name, password=None, name=name, by="system")
        give_role(users[name], role, org, since=FOUNDED, by="system")
        if person is not None:
            person.user = users[name]
            person.save()
    return Village(
        committee, unit, branch, other_unit, other_branch, members, others,
        users["officer"], users["secretary"], users["other_secretary"], users["member"],
    )  # fmt: skip


def _org(name: str, kind: str, parent: Org | None) -> Org:
    return establish(name, kind, parent=parent, founded=FOUNDED, by="system")


def _people(org: Org, count: int) -> list[Person]:
    people = []
    for number in range(count):
        person = Person.objects.create(name=f"{org.name[2]}{number:02}", status=MemberStatus.FULL)
        enrol(person, org, since=FOUNDED, by="system")
        people.append(person)
    return people
