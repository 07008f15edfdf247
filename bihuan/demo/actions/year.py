"""A year of uneven records: most organisations sound, some slack, a few nearly silent."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from random import Random

from django.utils import timezone

from bihuan.access.models import Grant
from bihuan.accounts.models import User
from bihuan.activities.choices import AbsenceReason, Presence
from bihuan.activities.models import Activity, Attendance, Kind
from bihuan.demo.actions.tree import BATCH, World
from bihuan.demo.rules.chance import Habit, habit, working_day
from bihuan.demo.rules.words import PLACES, THEMES
from bihuan.duties.models import Completion, Programme
from bihuan.orgs.choices import MemberStatus, OrgKind
from bihuan.orgs.models import Org, Person

REASONS = (AbsenceReason.DUTY, AbsenceReason.DUTY, AbsenceReason.LEAVE, AbsenceReason.TRAINING)
QUARTER_ENDS = (3, 6, 9, 12)


@dataclass(frozen=True)
class Happening:
    """A record about to be written."""

    org: Org
    kinds: tuple[str, ...]
    day: dt.date
    people: list[Person]
    makes_up_for: dt.date | None = None
    speaker: Person | None = None


def record_the_year(
    world: World, *, year: int, today: dt.date, by: User, random: Random
) -> Iterator[int]:
    """Write the records of `year` up to `today`; yields how many organisations are through."""
    kinds = {kind.code: kind for kind in Kind.objects.all()}
    hosts = [*world.branches, *world.groups, *world.leading_groups, *world.committees]
    pending: list[Happening] = []
    habits = {branch.pk: habit(random) for branch in world.branches}
    for done, org in enumerate(hosts, start=1):
        own = habits.get(org.pk) or habits.get(org.parent_id or 0) or habit(random)
        pending += [
            each
            for each in _happenings(world, org, own, year, random)
            if each.day <= today and set(each.kinds) <= set(kinds)
        ]
        if len(pending) > 3000 or done == len(hosts):
            _write(pending, kinds, today, by, random)
            pending = []
            yield done


def _happenings(
    world: World, org: Org, own: Habit, year: int, random: Random
) -> Iterator[Happening]:
    plan: list[tuple[str, Iterable[int]]]
    if org.pk in world.in_group:
        people = world.in_group[org.pk]
        plan = [("group_meeting", range(1, 13))]
    elif org.kind == "BRANCH":
        people = world.people[org.pk]
        plan = [("theme_day", range(1, 13)), ("general_meeting", QUARTER_ENDS)]
        plan += [("lecture", (3, 5, 9, 11)), ("org_life_meeting", (12,)), ("talk", (4, 10))]
        plan += [("volunteer", (2, 5, 8, 11)), ("warning_education", (5,))]
        plan += [("political_birthday", (6,)), ("dues", (10,))]
        if org.full_members >= 7 or len(people) >= 7:
            plan.append(("committee_meeting", range(1, 13)))
    elif org.kind == "LEADING_GROUP":
        people = world.leaders[org.pk]
        plan = [("study_session", range(1, 13)), ("ideology_study", (5, 10))]
        plan += [("contact_visit", (4, 9)), ("lecture", (5, 10)), ("report_back", (3,))]
        plan += [("party_building_study", (4, 11)), ("ideology_analysis", QUARTER_ENDS)]
    else:
        people = world.leaders[org.pk]
        plan = [("party_committee_meeting", QUARTER_ENDS), ("thought_analysis", (6, 12))]
        plan += [("cadre_meeting", (2,))]
    for code, months in plan:
        for month in months:
            yield from _held(world, org, own, code, year, month, people, random)


def _held(
    world: World,
    org: Org,
    own: Habit,
    code: str,
    year: int,
    month: int,
    people: list[Person],
    random: Random,
) -> Iterator[Happening]:
    day = working_day(random, year, month, own.weekday)
    kinds: tuple[str, ...] = (code,)
    if code == "lecture" and own.merges:
        kinds = ("theme_day", "lecture")
    elif code == "theme_day" and own.merges and month % 3 == 0:
        kinds = ("theme_day", "general_meeting")
    attending = people
    if code == "committee_meeting":
        attending = world.leaders[org.pk]
    speaker = world.leaders[org.pk][0] if "lecture" in kinds else None
    if random.random() < own.reliability:
        yield Happening(org, kinds, day, attending, speaker=speaker)
    elif random.random() < 0.45:
        later = day + dt.timedelta(days=random.randrange(31, 45))
        yield Happening(org, kinds, later, attending, makes_up_for=day, speaker=speaker)


def confirm_in_words(
    world: World, programme: Programme, *, today: dt.date, by: User, random: Random
) -> None:
    """Half the branches have said already that they did what no record can show.

    Not the one with an account: whoever tries the product finds something due this week.
    """
    waiting = set(Grant.objects.values_list("org", flat=True))
    duties = programme.duties.filter(kinds=[], due__startswith="date:").order_by("pk")
    said = timezone.make_aware(dt.datetime.combine(today - dt.timedelta(days=1), dt.time(17)))
    Completion.objects.bulk_create(
        [
            Completion(
                lineage=duty.lineage, org=branch, sentence="已逐人核对，与名册一致。",
                counts_for_date=dt.date.fromisoformat(duty.due.removeprefix("date:")),
                done_date=said.date(), filed_at=said, filed_by=by,
            )
            for duty in duties
            for branch in world.branches
            if OrgKind.BRANCH in duty.scope.get("kinds", ())
            and random.random() < 0.5
            and branch.pk not in waiting
        ],
        batch_size=BATCH,
    )  # fmt: skip


def _write(
    happenings: list[Happening],
    kinds: dict[str, Kind],
    today: dt.date,
    by: User,
    random: Random,
) -> None:
    """Store them in bulk, with the absences that happen in real life."""
    activities, absences = [], []
    for each in happenings:
        missing = [person for person in each.people if random.random() < 0.05]
        if len(missing) * 2 >= len(each.people):
            missing = missing[:1] if len(each.people) > 2 else []
        voters = [p for p in each.people if p.status == MemberStatus.FULL]
        absent_voters = sum(1 for p in missing if p.status == MemberStatus.FULL)
        entered = min(each.day + dt.timedelta(days=random.choice((0, 0, 1, 1, 2, 5))), today)
        activity = Activity(
            org=each.org, title=random.choice(THEMES[each.kinds[0]]), held_date=each.day,
            start_time=dt.time(random.choice((9, 14, 15)), random.choice((0, 30))),
            place=random.choice(PLACES), chair=each.people[0],
            summary="学习有关文件，讨论交流，明确了下一步安排。",
            counts_for_date=each.makes_up_for, expected=len(each.people),
            present=len(each.people) - len(missing), entitled=len(voters),
            voters_present=len(voters) - absent_voters, filed_by=by,
            filed_at=timezone.make_aware(dt.datetime.combine(entered, dt.time(16, 20))),
        )  # fmt: skip
        activities.append(activity)
        absences += [
            Attendance(
                activity=activity, person=person, presence=Presence.ABSENT,
                reason=random.choice(REASONS),
            )
            for person in missing
        ]  # fmt: skip
    Activity.objects.bulk_create(activities, batch_size=BATCH)
    Attendance.objects.bulk_create(absences, batch_size=BATCH)
    _link(activities, happenings, kinds)


def _link(activities: list[Activity], happenings: list[Happening], kinds: dict[str, Kind]) -> None:
    """Name the kinds of stored records and those who spoke."""
    of_kind = Activity.kinds.through
    of_kind.objects.bulk_create(
        [
            of_kind(activity_id=activity.pk, kind_id=kinds[code].pk)
            for activity, each in zip(activities, happenings, strict=True)
            for code in each.kinds
        ],
        batch_size=BATCH,
    )
    spoke = Activity.speakers.through
    spoke.objects.bulk_create(
        [
            spoke(activity_id=activity.pk, person_id=each.speaker.pk)
            for activity, each in zip(activities, happenings, strict=True)
            if each.speaker is not None
        ],
        batch_size=BATCH,
    )
