"""Units, organisations, people, memberships and posts of the demonstration."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random

from bihuan.demo.choices import Scale
from bihuan.demo.rules.chance import person_names, shares
from bihuan.demo.rules.names import positions, section_names, unit_names
from bihuan.lib.tree import segment
from bihuan.orgs.choices import Gender, MemberStatus, OrgKind, Post
from bihuan.orgs.models import Appointment, Membership, Org, OrgSpan, Person

FOUNDED = dt.date(2019, 3, 1)
BATCH = 2000
BRANCH_POSTS = (
    Post.SECRETARY, Post.ORGANISATION_MEMBER, Post.PUBLICITY_MEMBER, Post.DISCIPLINE_MEMBER,
    Post.DEPUTY_SECRETARY,
)  # fmt: skip


@dataclass
class World:
    """What was built so far, for the next steps to build on."""

    root: Org
    units: list[Org] = field(default_factory=list)
    leading_groups: list[Org] = field(default_factory=list)
    committees: list[Org] = field(default_factory=list)
    branches: list[Org] = field(default_factory=list)
    groups: list[Org] = field(default_factory=list)
    people: dict[int, list[Person]] = field(default_factory=dict)
    leaders: dict[int, list[Person]] = field(default_factory=dict)
    in_group: dict[int, list[Person]] = field(default_factory=dict)


def build_tree(scale: Scale, random: Random) -> World:
    """The committee, its units and their Party organisations, without people."""
    root = Org(
        name=f"{scale.name}委{scale.level}直机关工委", short_name=f"{scale.level}直机关工委",
        kind=OrgKind.COMMITTEE, founded_date=FOUNDED,
    )  # fmt: skip
    _plant([root], None)
    world = World(root)
    world.units = [
        Org(name=name, kind=OrgKind.UNIT, parent=root, founded_date=FOUNDED)
        for name in unit_names(scale.level, scale.units)
    ]
    _plant(world.units, root)
    branches_of = shares(random, scale.branches, scale.units, least=1)
    world.leading_groups = [
        Org(name=f"{unit.name}党组", kind=OrgKind.LEADING_GROUP, parent=unit, founded_date=FOUNDED)
        for unit in world.units
    ]
    for unit, count in zip(world.units, branches_of, strict=True):
        if count >= 5:
            kind, name = OrgKind.AGENCY_COMMITTEE, f"{unit.name}机关党委"
        elif count >= 3:
            kind, name = OrgKind.GENERAL_BRANCH, f"{unit.name}党总支"
        else:
            continue
        world.committees.append(Org(name=name, kind=kind, parent=unit, founded_date=FOUNDED))
    _plant(world.leading_groups, None)
    _plant(world.committees, None)
    above = {committee.parent_id: committee for committee in world.committees}
    for unit, count in zip(world.units, branches_of, strict=True):
        parent = above.get(unit.pk, unit)
        world.branches += [
            Org(
                name=f"{unit.name}{name}党支部", short_name=f"{unit.name}{name}支部",
                kind=OrgKind.BRANCH, parent=parent, founded_date=FOUNDED,
            )
            for name in section_names(scale.level, count)
        ]  # fmt: skip
    _plant(world.branches, None)
    return world


def people_the_tree(world: World, scale: Scale, random: Random) -> Iterator[int]:
    """Members, other staff, posts and groups; yields how many people exist so far."""
    sizes = shares(random, int(scale.people * 0.72), len(world.branches), least=4)
    names, ranks = person_names(random), positions(scale.level)
    done = 0
    for start in range(0, len(world.branches), 50):
        chunk = list(
            zip(world.branches[start : start + 50], sizes[start : start + 50], strict=True)
        )
        people = {
            org.pk: [_member(next(names), ranks, random) for _each in range(n)] for org, n in chunk
        }
        Person.objects.bulk_create(
            [person for each in people.values() for person in each], batch_size=BATCH
        )
        world.people |= people
        _settle(world, [org for org, _n in chunk], random)
        done += sum(map(len, people.values()))
        yield done
    while done < scale.people:
        others = [
            Person(
                name=next(names), status=MemberStatus.NONE, gender=random.choice(Gender.values),
                position=random.choice(ranks),
            )
            for _each in range(min(BATCH, scale.people - done))
        ]  # fmt: skip
        Person.objects.bulk_create(others)
        Membership.objects.bulk_create(
            Membership(person=person, org=random.choice(world.units), since_date=FOUNDED)
            for person in others
        )
        done += len(others)
        yield done
    _lead(world, random)


def close_the_tree(world: World) -> None:
    """Write what each organisation is into its first span."""
    orgs = [
        world.root, *world.units, *world.leading_groups, *world.committees, *world.branches,
        *world.groups,
    ]  # fmt: skip
    groups_of: dict[int, int] = {}
    for group in world.groups:
        assert group.parent_id is not None
        groups_of[group.parent_id] = groups_of.get(group.parent_id, 0) + 1
    for org in orgs:
        members = world.people.get(org.pk, [])
        org.full_members = sum(1 for each in members if each.status == MemberStatus.FULL)
        org.groups = groups_of.get(org.pk, 0)
    Org.objects.bulk_update(orgs, ["full_members", "groups"], batch_size=500)
    OrgSpan.objects.bulk_create(
        [
            OrgSpan(
                org=org, since_date=org.founded_date, name=org.name, kind=org.kind,
                parent_id=org.parent_id, full_members=org.full_members, groups=org.groups,
                tags=org.tags,
            )
            for org in orgs
        ],
        batch_size=BATCH,
    )  # fmt: skip


def _plant(orgs: list[Org], parent: Org | None) -> None:
    for place, org in enumerate(orgs):
        org.path = f"new:{org.kind}:{place}"
    Org.objects.bulk_create(orgs, batch_size=BATCH)
    for org in orgs:
        above = parent or org.parent
        org.path = (above.path if above else "") + segment(org.pk)
    Org.objects.bulk_update(orgs, ["path"], batch_size=500)


def _member(name: str, ranks: list[str], random: Random) -> Person:
    status = MemberStatus.PROBATIONARY if random.random() < 0.02 else MemberStatus.FULL
    year = 2025 if status == MemberStatus.PROBATIONARY else random.randrange(1985, 2025)
    return Person(
        name=name, gender=random.choice(Gender.values), status=status,
        joined_date=dt.date(year, random.randrange(1, 13), random.randrange(1, 29)),
        position=random.choice(ranks),
    )  # fmt: skip


def _settle(world: World, branches: list[Org], random: Random) -> None:
    """Memberships, committees and groups of some branches."""
    groups: list[Org] = []
    for branch in branches:
        if len(world.people[branch.pk]) >= 24 and random.random() < 0.5:
            groups += [
                Org(
                    name=f"{branch.name}第{word}党小组", kind=OrgKind.GROUP, parent=branch,
                    founded_date=FOUNDED,
                )
                for word in "一二"
            ]  # fmt: skip
    if groups:
        _plant(groups, None)
    world.groups += groups
    groups_in = {branch.pk: [g for g in groups if g.parent_id == branch.pk] for branch in branches}
    memberships, posts = [], []
    for branch in branches:
        members = world.people[branch.pk]
        inside = groups_in[branch.pk]
        for place, person in enumerate(members):
            group = inside[place % len(inside)] if inside else None
            if group is not None:
                world.in_group.setdefault(group.pk, []).append(person)
            memberships.append(
                Membership(person=person, org=branch, group=group, since_date=FOUNDED)
            )
        wanted = BRANCH_POSTS[: 4 if len(members) >= 7 else 1]
        world.leaders[branch.pk] = members[: len(wanted)]
        posts += [
            Appointment(person=person, org=branch, post=post, since_date=FOUNDED)
            for person, post in zip(members, wanted, strict=False)
        ]
        posts += [
            Appointment(
                person=world.in_group[group.pk][-1], org=group, post=Post.GROUP_LEADER,
                since_date=FOUNDED,
            )
            for group in inside
        ]  # fmt: skip
    Membership.objects.bulk_create(memberships, batch_size=BATCH)
    Appointment.objects.bulk_create(posts, batch_size=BATCH)


def _lead(world: World, random: Random) -> None:
    """Leading groups and committees get their people from the members of their unit."""
    posts = []
    branches_of: dict[str, list[Org]] = {}
    for branch in world.branches:
        branches_of.setdefault(branch.path[:10], []).append(branch)
    for org in [*world.leading_groups, *world.committees]:
        pool = [
            person
            for branch in branches_of[org.path[:10]]
            for person in world.people[branch.pk][4:]
        ]
        chosen = random.sample(pool, min(len(pool), 5)) or [
            world.people[branches_of[org.path[:10]][0].pk][0]
        ]
        world.leaders[org.pk] = chosen
        ranks = (
            (Post.GROUP_SECRETARY, Post.GROUP_DEPUTY, Post.GROUP_MEMBER)
            if org.kind == OrgKind.LEADING_GROUP
            else (Post.SECRETARY, Post.FULL_TIME_DEPUTY, Post.COMMITTEE_MEMBER)
        )
        posts += [
            Appointment(
                person=person, org=org, post=ranks[min(place, 2)], since_date=FOUNDED
            )
            for place, person in enumerate(chosen)
        ]  # fmt: skip
    Appointment.objects.bulk_create(posts, batch_size=BATCH)
