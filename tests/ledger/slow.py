"""The whole ledger said the slow, obvious way, from the tables of the floors below alone.

Shares with the product the words and the calendar, and what `reference` is: nothing that
looks anything up by path, chain or interval.
"""

from __future__ import annotations

import datetime as dt

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
from bihuan.ledger.rules.reference import World
from bihuan.ledger.rules.terms import OrgSpan, PostSpan, Proof, Signature
from bihuan.orgs import models as orgs

Told = dict[object, tuple[int, ...]]


def world_of(year: int) -> World:
    """What stands in the tables of organisations, duties and records."""
    spans = [
        OrgSpan(
            each.org_id, each.since_date, each.until_date, each.parent_id, each.kind,
            each.full_members, each.groups, frozenset(each.tags),
        )
        for each in orgs.OrgSpan.objects.all()
    ]  # fmt: skip
    posts = [
        PostSpan(each.org_id, each.post, each.since_date, each.until_date)
        for each in orgs.Appointment.objects.all()
    ]
    subjects = [(each.org_id, each.post) for each in Subject.objects.all()]
    empty = World(spans, posts, [], [], [], subjects, year)
    proofs = [
        proof
        for activity in Activity.objects.filter(state=ActivityState.FILED)
        for proof in proofs_of(activity, empty)
    ]
    stated = Completion.objects.filter(withdrawn_at=None)
    proofs += [proof_of_completion(completion) for completion in stated]
    return World(spans, posts, store.rules_of(year), store.waivers_of(year), proofs, subjects, year)


def proofs_of(activity: Activity, world: World) -> list[Proof]:
    day = activity.held_date
    held = [each for each in orgs.Appointment.objects.all() if covers(each, day)]
    chair = {activity.chair_id} - {None}
    speakers = {person.pk for person in activity.speakers.all()}
    exceptions = list(activity.attendance.filter(person__isnull=False))
    absent = {each.person_id for each in exceptions if each.presence == Presence.ABSENT}
    also = {each.person_id for each in exceptions} - absent
    there = ((due(activity, world, held) | also) - absent) | chair | speakers
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


def due(activity: Activity, world: World, held: list[orgs.Appointment]) -> set[int]:
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
        for each in orgs.Membership.objects.filter(person__in=holders)
        if covers(each, day) and each.person.status in ("FULL", "PROBATIONARY")
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


def wanted_cells(world: World) -> dict[tuple[int, str], Told]:
    as_of = Book.objects.get(year=world.year).as_of
    found: dict[tuple[int, str], Told] = {}
    for subject, owed in reference.compute(world).items():
        cells: Told = {"overdue": (reference.overdue(world, owed, as_of),)}
        for place, cell in owed.items():
            flags = 1, int(cell.exempt), int(cell.done), int(cell.made_up)
            cells[place] = (*flags, cell.n_all, cell.n_on)
        if owed:
            found[subject] = cells
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


def wanted_sums(world: World) -> dict[tuple[int, object], tuple[int, ...]]:
    return dict(reference.totals(world, reference.compute(world)))


def assert_as_slow(year: int) -> None:
    """Cells and sums, as stored and read, are those of the slow way."""
    world = world_of(year)
    assert stored_cells(year) == wanted_cells(world), connection.vendor
    assert stored_sums(year) == wanted_sums(world), connection.vendor
