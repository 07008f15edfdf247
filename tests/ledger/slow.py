"""The whole ledger said the slow, obvious way, from the tables of the floors below alone.

Shares with the product the words and the calendar, and what `reference` is: nothing that
looks anything up by path, chain or interval.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection

from bihuan.activities.choices import ActivityState, Presence
from bihuan.activities.models import Activity
from bihuan.activities.queries import COMMITTEE_POSTS
from bihuan.activities.rules import calls_roll
from bihuan.duties.models import Completion
from bihuan.ledger.models import Book, Row, Subject
from bihuan.ledger.queries import store
from bihuan.ledger.queries.proofs import proof_of_completion
from bihuan.ledger.queries.sums import vectors
from bihuan.ledger.rules import reference
from bihuan.ledger.rules.codec import kept, unpack
from bihuan.ledger.rules.reference import Cell, Place, World
from bihuan.ledger.rules.terms import OrgSpan, PostSpan, Proof, Signature
from bihuan.orgs import models as orgs

Told = dict[object, tuple[int, ...]]
Cells = dict[tuple[int, str], dict[Place, Cell]]


def worlds_of(years: Iterable[int]) -> list[World]:
    """What stands in the tables of organisations, duties and records, seen from each year."""
    spans = [
        OrgSpan(
            each.org_id, each.since_date, each.until_date, each.parent_id, each.kind,
            each.full_members, each.groups, frozenset(each.tags),
        )
        for each in orgs.OrgSpan.objects.all()
    ]  # fmt: skip
    appointments = list(orgs.Appointment.objects.all())
    posts = [
        PostSpan(each.org_id, each.post, each.since_date, each.until_date) for each in appointments
    ]
    subjects = [(each.org_id, each.post) for each in Subject.objects.all()]
    empty = World(spans, posts, [], [], [], subjects, 0)
    people = People(appointments, list(orgs.Membership.objects.select_related("person")))
    filed = Activity.objects.filter(state=ActivityState.FILED).select_related("org")
    full = filed.prefetch_related("kinds", "co_hosts", "speakers", "attendance")
    proofs = [proof for activity in full for proof in proofs_of(activity, empty, people)]
    stated = Completion.objects.filter(withdrawn_at=None)
    proofs += [proof_of_completion(completion) for completion in stated]
    return [
        World(spans, posts, store.rules_of(year), store.waivers_of(year), proofs, subjects, year)
        for year in years
    ]


@dataclass(frozen=True)
class People:
    """All posts and memberships there ever were."""

    appointments: list[orgs.Appointment]
    memberships: list[orgs.Membership]


def proofs_of(activity: Activity, world: World, people: People) -> list[Proof]:
    day = activity.held_date
    held = [each for each in people.appointments if covers(each, day)]
    chair = {activity.chair_id} - {None}
    speakers = {person.pk for person in activity.speakers.all()}
    exceptions = [each for each in activity.attendance.all() if each.person_id is not None]
    absent = {each.person_id for each in exceptions if each.presence == Presence.ABSENT}
    also = {each.person_id for each in exceptions} - absent
    there = ((due(activity, world, held, people.memberships) | also) - absent) | chair | speakers
    parts = {"chair": chair, "speaker": speakers, "attendee": there}
    posts = {
        part: frozenset(each.post for each in held if each.person_id in who)
        for part, who in parts.items()
    }
    roles: dict[tuple[int, str], frozenset[str]] = {
        (each.org_id, each.post): frozenset(
            part
            for part, who in parts.items()
            if any(
                (other.org_id, other.post) == (each.org_id, each.post) and other.person_id in who
                for other in held
            )
        )
        for each in held
    }
    roles = {subject: played for subject, played in roles.items() if played}
    hosts = {activity.org_id} | {org.pk for org in activity.co_hosts.all()}
    roles |= {(host, ""): frozenset() for host in hosts}
    kinds = frozenset(kind.code for kind in activity.kinds.all())
    return [
        Proof(
            (1, activity.pk), subject,
            Signature(kinds, played, posts["chair"], posts["speaker"], posts["attendee"]),
            day.toordinal(), (activity.counts_for_date or day).toordinal(),
            activity.voters_present, activity.entitled,
        )
        for subject, played in roles.items()
    ]  # fmt: skip


def due(
    activity: Activity,
    world: World,
    held: list[orgs.Appointment],
    memberships: list[orgs.Membership],
) -> set[int]:
    """Holders of posts from whom attendance was due, by the tree of the record's day."""
    day, host = activity.held_date, activity.org
    attendance = {kind.attendance for kind in activity.kinds.all()}
    office = {
        each.person_id
        for each in held
        if each.org_id == host.pk and each.post in COMMITTEE_POSTS
    }  # fmt: skip
    if not calls_roll(attendance):
        return set()
    if host.kind == "LEADING_GROUP" or attendance - {"NONE"} == {"COMMITTEE"}:
        return office
    holders = {each.person_id for each in held}
    members = [
        each
        for each in memberships
        if each.person_id in holders
        and covers(each, day)
        and each.person.status in ("FULL", "PROBATIONARY")
    ]
    if host.kind == "GROUP":
        return {each.person_id for each in members if each.group_id == host.pk}
    if host.kind == "BRANCH":
        return {each.person_id for each in members if each.org_id == host.pk}
    below = {
        each.person_id
        for each in members
        if host.pk in world.chain(each.org_id, day.toordinal())
    }  # fmt: skip
    return below or office


def covers(dated: orgs.Appointment | orgs.Membership, day: dt.date) -> bool:
    return dated.since_date <= day and (dated.until_date is None or day < dated.until_date)


def stored_cells(year: int) -> dict[tuple[int, str], Told]:
    """subject → (line, period) → (expected, exempt, done, made up, all counted, on time)."""
    layout = store.layout_of(Book.objects.get(year=year))
    names = {each.pk: (each.org_id, each.post) for each in Subject.objects.all()}
    found: dict[tuple[int, str], Told] = {}
    for row in Row.objects.filter(year=year):
        counters, owed = bytes(row.counters), bytes(row.owed)
        cells: Told = {"overdue": (row.overdue,)}
        for at, slot in enumerate(layout.slots):
            flags = kept(layout, counters, owed, at)
            if not slot.trigger and flags[0]:
                place = layout.lines[slot.line], slot.index
                cells[place] = (*flags, *unpack(counters[at] if at < len(counters) else 0))
        found[names[row.subject_id]] = cells
    return {subject: cells for subject, cells in found.items() if len(cells) > 1}


def wanted_cells(world: World, cells: Cells) -> dict[tuple[int, str], Told]:
    as_of = Book.objects.get(year=world.year).as_of
    found: dict[tuple[int, str], Told] = {}
    for subject, owed in cells.items():
        told: Told = {"overdue": (reference.overdue(world, owed, as_of),)}
        for place, cell in owed.items():
            flags = 1, int(cell.exempt), int(cell.done), int(cell.made_up)
            told[place] = (*flags, cell.n_all, cell.n_on)
        if owed:
            found[subject] = told
    return found


def stored_sums(year: int) -> dict[tuple[int, object], tuple[int, ...]]:
    """What the screens read of every organisation, where not all zero."""
    layout = store.layout_of(Book.objects.get(year=year))
    found = {}
    for org, table in vectors(list(orgs.Org.objects.all()), year, layout).items():
        for at, slot in enumerate(layout.slots):
            if table[at].any():
                found[org, (layout.lines[slot.line], slot.index)] = tuple(table[at].tolist())
    return found


def assert_as_slow(years: Iterable[int]) -> None:
    """Cells and sums of these years, as stored and read, are those of the slow way."""
    for world in worlds_of(years):
        cells = reference.compute(world)
        assert stored_cells(world.year) == wanted_cells(world, cells), connection.vendor
        assert stored_sums(world.year) == reference.totals(world, cells), connection.vendor
