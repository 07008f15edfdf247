"""What records prove, for whom: from activities and completions to proofs.

One function serves a single record and a whole year, so that what is kept up record by
record equals what is computed from nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field

from django.db.models import Q, QuerySet

from bihuan.activities.choices import ActivityState, Presence
from bihuan.activities.models import Activity, Attendance
from bihuan.activities.queries import COMMITTEE_POSTS
from bihuan.activities.rules import calls_roll
from bihuan.duties.models import Completion
from bihuan.ledger.choices import SourceType
from bihuan.ledger.queries.books import movers_now, way_of, ways_from, ways_now
from bihuan.ledger.queries.store import Progress, completion_kind
from bihuan.ledger.rules.terms import FAR, PARTS, Proof, Signature
from bihuan.ledger.rules.ways import Piece, Ways
from bihuan.orgs.choices import MemberStatus, OrgKind
from bihuan.orgs.models import Appointment, Membership, Org

BATCH = 2000
SIMPLE_HOSTS = (OrgKind.BRANCH, OrgKind.GROUP, OrgKind.LEADING_GROUP)
"""Hosts whose meetings expect their own people, wherever they stand in the tree."""
MEMBERS = (MemberStatus.FULL, MemberStatus.PROBATIONARY)

Stay = tuple[int, dt.date, dt.date | None]
"""(person, first day, first day after)."""


@dataclass
class _People:
    """Who holds posts, and where these people belong: all that a record's proofs ask of people."""

    posts: dict[int, list[tuple[int, str, dt.date, dt.date | None]]] = field(default_factory=dict)
    offices: dict[int, list[Stay]] = field(default_factory=dict)
    at_org: dict[int, list[Stay]] = field(default_factory=dict)
    in_group: dict[int, list[Stay]] = field(default_factory=dict)
    below: dict[int, list[Stay]] = field(default_factory=dict)

    @classmethod
    def load(cls, ways: Ways, only: set[int] | None = None) -> _People:
        """Everybody who ever held a post, or `only` these people."""
        people = cls()
        holders = Appointment.objects.all()
        if only is not None:
            holders = holders.filter(person__in=only)
        rows = holders.values_list("person_id", "org_id", "post", "since_date", "until_date")
        for person, org, post, since, until in rows:
            people.posts.setdefault(person, []).append((org, post, since, until))
            if post in COMMITTEE_POSTS:
                people.offices.setdefault(org, []).append((person, since, until))
        members = Membership.objects.filter(
            person__status__in=MEMBERS, person__in=holders.values("person")
        ).values_list("person_id", "org_id", "group_id", "since_date", "until_date", "org__path")
        for person, org, group, since, until, path in members:
            stay = (person, since, until)
            people.at_org.setdefault(org, []).append(stay)
            people.in_group.setdefault(group, []).append(stay)
            for piece in ways.pieces(way_of(path)):
                for above in piece.chain:
                    people.below.setdefault(above, []).extend(_within(stay, piece))
        return people

    def held(self, person: int, day: dt.date) -> list[tuple[int, str]]:
        """(organisation, post) of everything this person was on `day`."""
        found = self.posts.get(person, [])
        return [(org, post) for org, post, since, until in found if _covers(since, until, day)]

    def in_office(self, org_id: int, day: dt.date) -> set[int]:
        found = self.offices.get(org_id, [])
        return {person for person, since, until in found if _covers(since, until, day)}

    def due(self, activity: Activity, day: dt.date) -> set[int]:
        """Holders of posts who were due at this record; see `activities.queries.due_people`."""
        org = activity.org
        ranges = {kind.attendance for kind in activity.kinds.all()}
        if not calls_roll(ranges):
            return set()
        ranges.discard("NONE")
        if org.kind == OrgKind.LEADING_GROUP or ranges == {"COMMITTEE"}:
            return self.in_office(org.pk, day)
        tables = {OrgKind.GROUP: self.in_group, OrgKind.BRANCH: self.at_org}
        table = tables.get(OrgKind(org.kind), self.below)
        found = {
            person
            for person, since, until in table.get(org.pk, [])
            if _covers(since, until, day) and self.held(person, day)
        }  # fmt: skip
        if table is self.below and not found:
            return self.in_office(org.pk, day)
        return found


def _within(stay: Stay, piece: Piece) -> list[Stay]:
    """The part of a stay that lies in a piece of the way up; nothing if none does."""
    person, since, until = stay
    first = max(since.toordinal(), piece.first)
    after = min(FAR if until is None else until.toordinal(), piece.until)
    if first >= after:
        return []
    end = None if after >= FAR else dt.date.fromordinal(after)
    return [(person, dt.date.fromordinal(first), end)]


def _covers(since: dt.date, until: dt.date | None, day: dt.date) -> bool:
    return since <= day and (until is None or day < until)


def proofs_of_activity(activity: Activity) -> list[Proof]:
    """The proofs of one record; none if it is withdrawn. Only people near to it are read."""
    found = dict(proofs_of_activities(Q(pk=activity.pk)))
    return found.get(activity.pk, [])


def records_at(org_ids: Collection[int], first: int, until: int) -> Q:
    """Records that expect everybody below one of these hosts, held before `until`."""
    days = dt.date.fromordinal(max(first, 1)), dt.date.fromordinal(min(until - 1, FAR))
    return Q(org__in=org_ids, held_date__range=days) & ~Q(org__kind__in=SIMPLE_HOSTS)


def records_with(people: Collection[int], org_ids: Collection[int], *, since: dt.date) -> Q:
    """Records held from `since` on in which these people may play a part: by themselves,
    because they belong below the host, or because they hold office in one of `org_ids`."""
    ways = ways_now()
    homes = Membership.objects.filter(person__in=people)
    hosts = set(org_ids)
    for group, path in homes.values_list("group_id", "org__path"):
        hosts |= {group} if group is not None else set()
        for piece in ways.pieces(way_of(path)):
            hosts.update(piece.chain)
    named = Activity.objects.filter(
        Q(chair__in=people) | Q(speakers__in=people) | Q(attendance__person__in=people),
        held_date__gte=since,
    )
    return Q(org__in=hosts, held_date__gte=since) | Q(pk__in=named.values("pk"))


def _near(records: QuerySet[Activity], ways: Ways) -> set[int]:
    """Everybody whose posts and memberships the proofs of these records can rest on."""
    hosts = dict(records.values_list("org_id", "org__kind"))
    simple = [org for org, kind in hosts.items() if kind in SIMPLE_HOSTS]
    tops = {top for org in hosts.keys() - set(simple) for top in ways.tops_of(org)}
    paths = Org.objects.filter(pk__in=tops).values_list("path", flat=True)
    belonging = Q(org__in=simple) | Q(group__in=simple)
    if tops:
        belonging |= Q(org__in=Org.objects.under(*paths))
    holders = Appointment.objects.values("person")
    members = Membership.objects.filter(belonging, person__in=holders)
    found = set(members.values_list("person_id", flat=True))
    in_office = Appointment.objects.filter(org__in=hosts)
    found.update(in_office.values_list("person_id", flat=True))
    there = Attendance.objects.filter(activity__in=records.values("pk"), person__isnull=False)
    for named in (
        there.values_list("person_id", flat=True),
        records.filter(chair__isnull=False).values_list("chair_id", flat=True),
        records.filter(speakers__isnull=False).values_list("speakers", flat=True),
    ):
        found.update(person for person in named if person is not None)
    return found


def proofs_of_activities(wanted: Q) -> Iterable[tuple[int, list[Proof]]]:
    """(activity, its proofs) for the filed records that `wanted` picks, from the people near."""
    records = Activity.objects.filter(wanted, state=ActivityState.FILED)
    if not records.exists():
        return []
    ways = ways_now()
    return _proofs_with(wanted, _People.load(ways, _near(records, ways)))


def _proofs_with(wanted: Q, people: _People) -> Iterator[tuple[int, list[Proof]]]:
    found = Activity.objects.filter(wanted, state=ActivityState.FILED).order_by("pk")
    full = found.select_related("org").prefetch_related("kinds", "co_hosts", "speakers")
    apart: dict[int, tuple[set[int], set[int]]] = {}
    rows = Attendance.objects.filter(activity__in=found.values("pk"), person__isnull=False)
    for record, person, presence in rows.values_list("activity_id", "person_id", "presence"):
        absent, visiting = apart.setdefault(record, (set(), set()))
        (absent if presence == Presence.ABSENT else visiting).add(person or 0)
    for activity in full.iterator(chunk_size=BATCH):
        absent, visiting = apart.get(activity.pk, (set(), set()))
        yield activity.pk, _proofs(activity, people, absent, visiting)


def _proofs(
    activity: Activity, people: _People, absent: set[int], visiting: set[int]
) -> list[Proof]:
    day = activity.held_date
    chair = {activity.chair_id} if activity.chair_id else set()
    speakers = {person.pk for person in activity.speakers.all()}
    there = (people.due(activity, day) | visiting) - absent | chair | speakers
    kinds = frozenset(kind.code for kind in activity.kinds.all())
    parts = [("chair", chair), ("speaker", speakers), ("attendee", there)]
    posts = {
        part: frozenset(post for person in who for _org, post in people.held(person, day))
        for part, who in parts
    }
    roles: dict[tuple[int, str], set[str]] = {}
    for part, who in parts:
        for person in who:
            for subject in people.held(person, day):
                roles.setdefault(subject, set()).add(part)
    hosts = {activity.org_id, *(org.pk for org in activity.co_hosts.all())}
    subjects = {(host, ""): frozenset[str]() for host in hosts}
    subjects |= {subject: frozenset(played) for subject, played in roles.items()}
    counts_for = activity.counts_for_date or day
    return [
        Proof(
            source=(SourceType.ACTIVITY, activity.pk),
            subject=subject,
            signature=Signature(
                kinds, played, posts["chair"], posts["speaker"], posts["attendee"]
            ),
            held=day.toordinal(),
            counts_for=counts_for.toordinal(),
            present=activity.voters_present,
            entitled=activity.entitled,
        )
        for subject, played in sorted(subjects.items())
    ]  # fmt: skip


def proof_of_completion(completion: Completion) -> Proof:
    """A completion proves the duty whose lineage it names, whatever part was to be played."""
    return Proof(
        source=(SourceType.COMPLETION, completion.pk),
        subject=(completion.org_id, completion.post),
        signature=Signature(
            frozenset({completion_kind(completion.lineage)}),
            frozenset(PARTS) if completion.post else frozenset(),
        ),
        held=completion.done_date.toordinal(),
        counts_for=completion.counts_for_date.toordinal(),
    )


def fresh_proofs(year: int, progress: Progress = None) -> Iterator[Proof]:
    """Everything the records of `year` prove, from the records themselves."""
    days = dt.date(year, 1, 1), dt.date(year, 12, 31)
    own = Q(counts_for_date=None, held_date__range=days) | Q(counts_for_date__range=days)
    people = _People.load(ways_from(movers_now()))
    for number, (_activity, proofs) in enumerate(_proofs_with(own, people)):
        yield from proofs
        if progress and number % 1000 == 0:
            progress("records", number, 0)
    for completion in Completion.objects.filter(withdrawn_at=None, counts_for_date__range=days):
        yield proof_of_completion(completion)
