"""Random actions of the floors below the ledger, of which nearly all are accepted.

A small committee stands; some of its counters are full. Each example adds duties of which
most meet each other, and then acts: about half of the time on one branch and on days of one
season, so that what is done falls into the same cells.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import replace
from random import Random
from typing import Any

from bihuan.accounts.models import User
from bihuan.activities.actions import change_record, file_record, withdraw_record
from bihuan.activities.choices import ActivityState
from bihuan.activities.models import Activity, Kind
from bihuan.activities.queries import due_people
from bihuan.activities.rules import Absence, Record
from bihuan.duties.actions import (
    change_minimum,
    complete,
    end_duty,
    grant_exemption,
    tell_duties,
    withdraw_completion,
    withdraw_exemption,
)
from bihuan.duties.models import Completion, Duty, Exemption
from bihuan.ledger.actions.fold import fold
from bihuan.ledger.actions.rebuild import rebuild
from bihuan.ledger.actions.tick import tick
from bihuan.ledger.models import Book
from bihuan.orgs.actions.people import enrol
from bihuan.orgs.actions.posts import appoint, relieve
from bihuan.orgs.actions.tree import dissolve, establish, move, retag
from bihuan.orgs.choices import OrgKind, Post
from bihuan.orgs.models import Appointment, Membership, Org, Person
from tests.ledger.stored import NOW

YEARS = 2024, 2025
LONG_AGO, TODAY = dt.date(2023, 12, 1), dt.date(2025, 5, 20)
DAY = dt.timedelta(days=1)

# Mistakes live at the edges of periods and at their middle days.
EDGES = [
    *(dt.date(year, month, 1) for year in YEARS for month in range(1, 13)),
    *(dt.date(year, month, day) for year in YEARS for month in (2, 7) for day in (14, 15, 16, 28)),
    dt.date(2024, 2, 29), dt.date(2024, 7, 2), dt.date(2024, 12, 31), dt.date(2025, 8, 17),
]  # fmt: skip
POSTS = Post.SECRETARY, Post.SECRETARY, Post.DISCIPLINE_MEMBER, Post.LIAISON_LEADER
ATTENDANCE = {
    "theme_day": "MEMBERS", "lecture": "MEMBERS", "committee_meeting": "COMMITTEE", "talk": "NONE",
}  # fmt: skip
INNER = OrgKind.COMMITTEE, OrgKind.AGENCY_COMMITTEE, OrgKind.GENERAL_BRANCH


class Nothing(Exception):
    """There is nothing yet that this could be done to."""


class Committee:
    """What stands before every example: a tree with people in it, and full counters."""

    def __init__(self) -> None:
        self.by = User.objects.create(username="officer")
        for code, attendance in ATTENDANCE.items():
            Kind.objects.create(code=code, name=code, attendance=attendance)
        self.orgs: dict[str, Org] = {}
        self._org("工委", OrgKind.COMMITTEE, None)
        for name in "甲乙":
            self._org(name, OrgKind.AGENCY_COMMITTEE, "工委")
        self._org("丙", OrgKind.GENERAL_BRANCH, "乙")
        for name in ("甲1", "甲2", "乙1", "丙1"):
            self._org(name, OrgKind.BRANCH, name[0])
        self._people()
        for year in YEARS:
            rebuild(year, today=TODAY)
        self._fill_counter()
        for name in "甲乙":
            for day in (dt.date(2024, 2, 20), dt.date(2024, 7, 10)):
                held = Record(org_id=self.orgs[name].pk, kinds=("theme_day",), held_date=day)
                file_record(held, by=self.by)

    def _org(self, name: str, kind: OrgKind, parent: str | None) -> None:
        above = self.orgs[parent] if parent else None
        self.orgs[name] = establish(name, kind, parent=above, founded=LONG_AGO, by="system")

    def _people(self) -> None:
        for name in ("甲1", "甲1", "甲2", "乙1", "丙1", "丙1"):
            person = Person.objects.create(name=f"人{name}")
            enrol(person, self.orgs[name], since=LONG_AGO, by="system")
            held = Post.SECRETARY
            if Appointment.objects.filter(org=self.orgs[name]).exists():
                held = Post.DISCIPLINE_MEMBER
            appoint(person, self.orgs[name], held, since=LONG_AGO, by="system")
        appoint(Person.objects.earliest("pk"), self.orgs["甲"], Post.SECRETARY, since=LONG_AGO,
                by="system")  # fmt: skip

    def _fill_counter(self) -> None:
        """Seventeen theme days of one month, two of them made up; a counter holds fifteen."""
        held = Record(org_id=self.orgs["甲1"].pk, kinds=("theme_day",),
                      held_date=dt.date(2024, 2, 14))  # fmt: skip
        late = replace(held, held_date=dt.date(2024, 3, 10), counts_for_date=held.held_date)
        for record in [held] * 15 + [late] * 2:
            file_record(record, by=self.by)


class Acting:
    """The actions. Each returns after it has acted, is refused, or raises `Nothing`."""

    def __init__(self, committee: Committee, random: Random) -> None:
        self.by, self.orgs, self.random = committee.by, committee.orgs, random
        branches = [org.pk for org in self.orgs.values() if org.kind == OrgKind.BRANCH]
        self.favourite = random.choice([branches[0], *branches])
        first = random.choice([1, 1, 1, random.randrange(len(EDGES) - 4)])
        self.season = [*EDGES[first : first + 4], dt.date(2024, 2, 14), dt.date(2024, 2, 16)]

    def pick(self, found: Any) -> Any:
        rows = list(found.order_by("pk"))
        if not rows:
            raise Nothing
        return self.random.choice(rows)

    def org(self, **wanted: Any) -> Org:
        """One of these, the favourite as often as all others."""
        found = Org.objects.filter(**wanted)
        favourite = found.filter(pk=self.favourite).first()
        return favourite if favourite and self.random.random() < 0.5 else self.pick(found)

    def living(self, **wanted: Any) -> Org:
        return self.org(dissolved_date=None, **wanted)

    def day(self) -> dt.date:
        if self.random.random() < 0.6:
            return self.random.choice(self.season)
        if self.random.random() < 0.7:
            return self.random.choice(EDGES)
        return LONG_AGO + self.random.randrange(760) * DAY

    def one_of(self, *values: Any) -> Any:
        return self.random.choice(values)

    # The tree and its people.

    def establish(self) -> None:
        parent = self.living(kind__in=INNER)
        kind = self.one_of(OrgKind.BRANCH, OrgKind.BRANCH, OrgKind.AGENCY_COMMITTEE)
        establish("新", kind, parent=parent, founded=self.day(), by=self.by)

    def found_group(self) -> None:
        branch = self.living(kind=OrgKind.BRANCH)
        establish("组", OrgKind.GROUP, parent=branch, founded=self.day(), by=self.by)

    def move(self) -> None:
        movable = Org.objects.exclude(parent=None).exclude(kind=OrgKind.GROUP).living()
        org = self.pick(movable)
        if self.random.random() < 0.4:
            org = movable.filter(pk=self.favourite).first() or org
        under = Org.objects.filter(kind__in=INNER).exclude(pk__in=[org.pk, org.parent_id]).living()
        to = self.pick(under)
        if self.random.random() < 0.6:
            to = under.filter(pk__in=self.places_of_duties()).order_by("pk").first() or to
        move(org, to=to, on=max(self.day(), org.founded_date), by=self.by)

    def places_of_duties(self) -> set[int]:
        """Below whom a duty is owed that is not owed everywhere."""
        return {
            org for scope in Duty.objects.values_list("scope", flat=True)
            for org in scope.get("under", ())
        }  # fmt: skip

    def move_group(self) -> None:
        group = self.pick(Org.objects.filter(kind=OrgKind.GROUP).living())
        to = self.pick(Org.objects.filter(kind=OrgKind.BRANCH).exclude(pk=group.parent_id).living())
        move(group, to=to, on=max(self.day(), group.founded_date), by=self.by)

    def dissolve(self) -> None:
        full = Membership.objects.filter(until_date=None).values("org")
        above = Org.objects.exclude(parent=None).living().values("parent")
        org = self.pick(Org.objects.exclude(pk__in=full).exclude(pk__in=above).living())
        dissolve(org, on=max(self.day(), org.founded_date + DAY), by=self.by)

    def retag(self) -> None:
        org = self.living()
        tags = self.one_of([], ["pilot"], ["pilot"], ["pilot", "rural"])
        retag(org, tags, on=max(self.day(), org.founded_date), by=self.by)

    def appoint(self) -> None:
        org = self.living()
        person = self.pick(Person.objects.all())
        appoint(person, org, self.one_of(*POSTS), since=self.day(), by=self.by)

    def relieve(self) -> None:
        held = self.pick(Appointment.objects.filter(until_date=None))
        relieve(held, on=max(self.day(), held.since_date + DAY), by=self.by)

    def enrol(self) -> None:
        member = self.pick(Membership.objects.filter(until_date=None))
        org = self.living(kind=OrgKind.BRANCH)
        group = self.one_of(None, *Org.objects.filter(parent=org, kind=OrgKind.GROUP))
        since = max(self.day(), member.since_date + DAY)
        enrol(member.person, org, since=since, by=self.by, group=group)

    # Duties and exemptions.

    def exempt(self) -> None:
        lineages = Duty.objects.values_list("lineage", flat=True).order_by("pk")
        since = self.day()
        until = since + self.one_of(13, 14, 15, 45, 400, 400, 400) * DAY
        org = self.one_of(self.living(), self.living(kind__in=INNER))
        grant_exemption(
            org, since=since, until=until, reason="停业整顿", by=self.by,
            lineage=self.one_of("", self.one_of(*lineages)), subtree=self.one_of(True, True, False),
        )  # fmt: skip

    def withdraw_exemption(self) -> None:
        withdraw_exemption(self.pick(Exemption.objects.filter(withdrawn_at=None)), by=self.by)

    def issue(self, **fields: Any) -> None:
        told = fields or self.one_of(*self.templates())
        told = {
            "lineage": f"duty-{Duty.objects.count() + 1}", "title": "事项", "level": "LOCAL",
            "grace_days": self.one_of(0, 31, 31), "valid_from_date": LONG_AGO, "issued_at": NOW,
            "minimum": self.one_of(1, 1, 2, 15), "partial": self.one_of("HALF", "HALF", "ANY"),
            **told,
        }  # fmt: skip
        if self.random.random() < 0.2:
            told["valid_to_date"] = max(told["valid_from_date"], self.day())
        tell_duties([Duty.objects.create(**told)])

    def templates(self) -> list[dict[str, Any]]:
        """Duties of every sort; most of them count theme days, so that they cover each other."""
        orgs = {name: org.pk for name, org in self.orgs.items()}
        under = self.one_of(orgs["甲"], orgs["乙"], orgs["丙"], self.favourite)
        theme, branches = {"kinds": ["theme_day"]}, {"kinds": ["BRANCH"]}
        since = self.day()
        return [
            {**theme, "scope": branches, "period": "MONTH"},
            {**theme, "scope": branches, "period": self.one_of("MONTH", "QUARTER"),
             "due": self.one_of("day:25", "minus:5"), "valid_from_date": since},
            {**theme, "period": self.one_of("HALF", "YEAR"), "minimum": 15},
            {**theme, "scope": {**branches, "under": [under]}, "period": "MONTH", "minimum": 2},
            {"kinds": ["lecture"], "scope": {"under": [under]}, "period": "QUARTER"},
            {"kinds": ["committee_meeting"], "scope": {"under": [under]}, "period": "MONTH"},
            {**theme, "posts": ["SECRETARY"], "part": self.one_of("ATTENDEE", "CHAIR"),
             "period": "MONTH", "minimum": 1},
            {"kinds": [*ATTENDANCE], "posts": ["SECRETARY", "LIAISON_LEADER"], "minimum": 1,
             "part": self.one_of("ATTENDEE", "ATTENDEE", "SPEAKER"), "period": "MONTH"},
            {**theme, "conditions": {"present_posts": ["SECRETARY"]}, "period": "QUARTER"},
            {**theme, "conditions": {"quorum": {"numerator": 2, "denominator": 3, "strict": False}},
             "scope": branches, "period": "MONTH", "minimum": 1},
            {**theme, "trigger_kinds": ["talk"], "period": "EACH", "minimum": 1},
            {"kinds": [], "period": self.one_of("MONTH", "YEAR"), "minimum": 1,
             "posts": self.one_of([], ["SECRETARY"])},
            {**theme, "period": "MONTH", "scope": {"groups": True}},
            {**theme, "period": "MONTH", "scope": self.one_of({"min_members": 2},
                                                              {"tags": ["pilot"]})},
            {**theme, "period": "ONCE", "valid_from_date": since,
             "due": f"date:{since + self.one_of(0, 20, 90) * DAY}"},
        ]  # fmt: skip

    def end_duty(self) -> None:
        duty = self.pick(Duty.objects.filter(valid_to_date=None))
        end_duty(duty, on=max(self.day(), duty.valid_from_date), by=self.by)

    def change_minimum(self) -> None:
        duty = self.pick(Duty.objects.filter(valid_to_date=None))
        minimum = self.one_of(*{1, 2, 15} - {duty.minimum})
        since = max(self.day(), duty.valid_from_date + DAY)
        change_minimum(duty, minimum, since=since, by=self.by)

    # Records.

    def record(self, org: Org) -> Record:
        """A record of `org` that will be accepted: somebody is due, and somebody came."""
        held = max(self.day(), org.founded_date)
        people = [each.pk for each in Person.objects.order_by("pk")]
        kind = self.one_of("theme_day", "theme_day", "theme_day", "lecture", "committee_meeting",
                           "talk")  # fmt: skip
        due = [each.person.pk for each in due_people(org, Kind.objects.filter(code=kind), on=held)]
        if not due:
            kind = "talk"
        chair = self.one_of(None, *(due or people))
        absent = [each for each in due[1:] if each != chair and self.random.random() < 0.3]
        back = self.one_of(0, 0, 10, 40)
        return Record(
            org_id=org.pk, kinds=(kind,), held_date=held, chair_id=chair,
            speaker_ids=self.one_of((), tuple(due[:1])),
            counts_for_date=held - back * DAY if back else None,
            absences=tuple(Absence(each, "LEAVE") for each in absent),
            took_part_ids=self.one_of((), () if due else (self.one_of(*people),)),
            co_host_ids=self.one_of((), (), (self.orgs["工委"].pk,)),
        )  # fmt: skip

    def host(self) -> Org:
        """A branch, or one of those whose meetings expect everybody below them."""
        if self.random.random() < 0.6:
            return self.org(kind=OrgKind.BRANCH)
        return self.org(kind__in=[*INNER, OrgKind.GROUP])

    def file(self) -> None:
        file_record(self.record(self.host()), by=self.by)

    def meet_above(self) -> None:
        """A meeting of everybody below, to which the holders of posts come from their branches."""
        org = self.pick(Org.objects.filter(kind__in=INNER))
        file_record(replace(self.record(org), kinds=("theme_day",)), by=self.by)

    def change_record(self) -> None:
        activity = self.filed()
        change_record(activity, self.record(activity.org), version=activity.version, by=self.by)

    def change_roll(self) -> None:
        """Only who came is changed."""
        activity = self.filed()
        kinds = activity.kinds.all()
        due = due_people(activity.org, kinds, on=activity.held_date)
        absent = self.random.sample(due, self.random.randrange(max(len(due), 1)))
        record = Record(
            org_id=activity.org_id, kinds=tuple(kind.code for kind in kinds),
            held_date=activity.held_date, counts_for_date=activity.counts_for_date,
            took_part_ids=() if due else tuple(Person.objects.values_list("pk", flat=True)[:1]),
            absences=tuple(Absence(each.person.pk, "LEAVE") for each in absent),
        )  # fmt: skip
        change_record(activity, record, version=activity.version, by=self.by)

    def filed(self) -> Activity:
        """A record that stands; of the full month's as often as of all."""
        found = Activity.objects.filter(state=ActivityState.FILED)
        full = found.filter(org=self.orgs["甲1"], held_date=dt.date(2024, 2, 14))
        if full and self.random.random() < 0.3:
            return self.pick(full)
        return self.random.choice(list(found.order_by("-pk")[:8]))

    def withdraw(self) -> None:
        withdraw_record(self.filed(), reason="误登", by=self.by)

    def complete(self) -> None:
        duty = self.pick(Duty.objects.filter(kinds=[]))
        post = self.one_of("", *duty.posts)
        day = self.day()
        complete(
            duty, self.living(), counts_for=day, done=day + self.one_of(0, 0, 20, 60) * DAY,
            sentence="做了", by=self.by, today=dt.date(2027, 1, 1), post=post,
        )  # fmt: skip

    def withdraw_completion(self) -> None:
        withdraw_completion(self.pick(Completion.objects.filter(withdrawn_at=None)), by=self.by)

    # The ledger itself.

    def fold(self) -> None:
        fold()

    def tick(self) -> None:
        book = self.pick(Book.objects.all())
        tick(book.year, dt.date.fromordinal(book.as_of) + self.one_of(1, 30, 90) * DAY)

    def rebuild(self) -> None:
        book = self.pick(Book.objects.all())
        rebuild(book.year, today=dt.date.fromordinal(book.as_of))

    def steps(self) -> Sequence[Callable[[], None]]:
        often = [self.move, self.file, self.meet_above, self.withdraw, self.change_record]
        sometimes = [self.issue, self.exempt, self.enrol, self.appoint, self.change_roll]
        return [
            *often * 4, *sometimes * 2, *[self.found_group] * 3, self.establish, self.move_group,
            self.dissolve, self.retag, self.relieve, self.withdraw_exemption, self.end_duty,
            self.change_minimum, self.complete, self.complete, self.withdraw_completion,
            self.fold, self.tick, self.rebuild,
        ]  # fmt: skip
