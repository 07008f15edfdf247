"""Whatever is done, in whatever order, the ledger says what a computation from nothing says.

Each example is a committee with some years behind it and a dozen random actions of the floors
below. After each action both years are computed from nothing and compared byte by byte; at the
end they are computed the slow, obvious way too. BIHUAN_EXAMPLES=50 tries fifty times as many.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable
from dataclasses import replace

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, note, settings
from hypothesis import strategies as st

from bihuan.accounts.models import User
from bihuan.activities.actions import change_record, file_record, withdraw_record
from bihuan.activities.choices import ActivityState
from bihuan.activities.models import Activity, Kind
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
from bihuan.ledger.queries.audit import differences_of_year
from bihuan.lib.refusals import Refused
from bihuan.orgs.actions import appoint, dissolve, enrol, establish, move, relieve, retag
from bihuan.orgs.choices import OrgKind, Post
from bihuan.orgs.models import Appointment, Org, Person
from tests.ledger.slow import assert_as_slow
from tests.ledger.stored import NOW

YEARS = 2024, 2025
LONG_AGO, TODAY = dt.date(2019, 3, 1), dt.date(2025, 5, 20)
EXAMPLES = int(os.environ.get("BIHUAN_EXAMPLES", "1"))
pytestmark = pytest.mark.django_db

# Mistakes live at the edges of periods and at their middle days.
EDGES = [
    *(dt.date(year, month, 1) for year in YEARS for month in range(1, 13)),
    *(dt.date(year, month, day) for year in YEARS for month in (2, 7) for day in (14, 15, 16, 28)),
    dt.date(2024, 2, 29), dt.date(2024, 7, 2), dt.date(2024, 12, 31), dt.date(2025, 8, 17),
]  # fmt: skip
days = st.one_of(st.sampled_from(EDGES), st.dates(dt.date(2023, 12, 1), dt.date(2025, 12, 31)))
POSTS = Post.SECRETARY, Post.DISCIPLINE_MEMBER, Post.LIAISON_LEADER
KINDS = "theme_day", "lecture", "committee_meeting"
INNER = OrgKind.AGENCY_COMMITTEE, OrgKind.UNIT, OrgKind.GENERAL_BRANCH


class _Undo(Exception):
    """Rolls back what one example wrote."""


class Doing:
    """The random actions. Each returns after it has acted, or is refused."""

    def __init__(self, data: st.DataObject) -> None:
        self.data = data
        self.by = User.objects.create(username="officer")
        for code in KINDS:
            attendance = "COMMITTEE" if code == "committee_meeting" else "MEMBERS"
            Kind.objects.create(code=code, name=code, attendance=attendance)
        self.root = self._org("工委", OrgKind.COMMITTEE, None)
        for name in "甲乙":
            top = self._org(name, OrgKind.AGENCY_COMMITTEE, self.root)
            for number in "12":
                self._org(name + number, OrgKind.BRANCH, top)
        for number in range(4):
            person = Person.objects.create(name=f"人{number}")
            branches = Org.objects.filter(kind=OrgKind.BRANCH).order_by("pk")
            enrol(person, branches[number], since=LONG_AGO, by=self.by)

    def _org(self, name: str, kind: OrgKind, parent: Org | None) -> Org:
        return establish(name, kind, parent=parent, founded=LONG_AGO, by="system")

    def pick(self, found: object) -> object:
        rows = list(found.order_by("pk"))
        if not rows:
            raise Refused("none")
        return self.data.draw(st.sampled_from(rows))

    def day(self) -> dt.date:
        return self.data.draw(days)

    def past(self) -> dt.date:
        return self.data.draw(st.sampled_from(EDGES))

    def one_of(self, *values: object) -> object:
        return self.data.draw(st.sampled_from(values))

    def establish(self) -> None:
        parent = self.pick(Org.objects.filter(kind__in=(*INNER, OrgKind.COMMITTEE)).living())
        kind = self.one_of(OrgKind.BRANCH, OrgKind.BRANCH, OrgKind.AGENCY_COMMITTEE, OrgKind.GROUP)
        establish("新", kind, parent=parent, founded=self.day(), by=self.by)

    def found_group(self) -> None:
        branch = self.pick(Org.objects.filter(kind=OrgKind.BRANCH).living())
        establish("组", OrgKind.GROUP, parent=branch, founded=self.day(), by=self.by)

    def move(self) -> None:
        org = self.pick(Org.objects.exclude(parent=None))
        move(org, to=self.pick(Org.objects.living()), on=self.day(), by=self.by)

    def dissolve(self) -> None:
        dissolve(self.pick(Org.objects.exclude(parent=None).living()), on=self.day(), by=self.by)

    def retag(self) -> None:
        tags = self.one_of([], ["pilot"], ["pilot", "rural"])
        retag(self.pick(Org.objects.all()), tags, on=self.day(), by=self.by)

    def appoint(self) -> None:
        person, org = self.pick(Person.objects.all()), self.pick(Org.objects.living())
        appoint(person, org, self.one_of(*POSTS), since=self.day(), by=self.by)

    def relieve(self) -> None:
        held = self.pick(Appointment.objects.filter(until_date=None))
        relieve(held, on=self.day(), by=self.by)

    def enrol(self) -> None:
        org = self.pick(Org.objects.filter(kind__in=[OrgKind.BRANCH, OrgKind.UNIT]).living())
        groups = list(Org.objects.filter(parent=org, kind=OrgKind.GROUP))
        group = self.one_of(None, *groups)
        enrol(self.pick(Person.objects.all()), org, since=self.day(), by=self.by, group=group)

    def exempt(self) -> None:
        lineages = Duty.objects.values_list("lineage", flat=True).order_by("pk")
        since = self.day()
        until = since + dt.timedelta(days=self.one_of(0, 13, 14, 15, 45, 400))
        grant_exemption(
            self.pick(Org.objects.all()), since=since, until=until, reason="停业整顿", by=self.by,
            lineage=self.one_of("", *lineages), subtree=self.one_of(True, False),
        )  # fmt: skip

    def withdraw_exemption(self) -> None:
        withdraw_exemption(self.pick(Exemption.objects.filter(withdrawn_at=None)), by=self.by)

    def issue(self) -> None:
        orgs = list(Org.objects.values_list("pk", flat=True).order_by("pk"))
        period = self.one_of("MONTH", "MONTH", "QUARTER", "HALF", "YEAR", "ONCE", "EACH")
        since = self.one_of(LONG_AGO, self.day())
        kinds = self.one_of([KINDS[0]], [KINDS[0]], [KINDS[1], KINDS[0]], [])
        posts = self.one_of([], [], ["SECRETARY"], ["SECRETARY", "LIAISON_LEADER"])
        until = self.one_of(None, None, max(since, self.day()))
        due = self.one_of("end", "end", "day:25", "minus:5")
        if period == "ONCE":
            due = self.one_of("end", f"date:{max(since, self.day())}")
        duty = Duty.objects.create(
            lineage=f"duty-{Duty.objects.count() + 1}", title="事项", level="LOCAL", kinds=kinds,
            scope=self._scope(orgs), posts=posts, part=self.one_of("ATTENDEE", "SPEAKER", "CHAIR"),
            conditions=self.one_of(
                {}, {}, {"present_posts": ["SECRETARY"]},
                {"quorum": {"numerator": 1, "denominator": 2, "strict": True}},
            ),
            period=period, minimum=self.one_of(1, 1, 2, 15), due=due,
            grace_days=self.one_of(0, 31), trigger_kinds=[KINDS[1]] if period == "EACH" else [],
            partial=self.one_of("HALF", "ANY"), valid_from_date=since, valid_to_date=until,
            issued_at=NOW,
        )  # fmt: skip
        tell_duties([duty])

    def _scope(self, orgs: list[int]) -> dict[str, object]:
        return self.one_of(
            {}, {"kinds": ["BRANCH"]}, {"min_members": 1}, {"groups": True}, {"tags": ["pilot"]},
            {"orgs": orgs[-3:]}, {"under": orgs[1:2]}, {"under": orgs[-2:]},
            {"under": orgs[4:5], "kinds": ["BRANCH"]},
        )  # fmt: skip

    def end_duty(self) -> None:
        end_duty(self.pick(Duty.objects.all()), on=self.day(), by=self.by)

    def change_minimum(self) -> None:
        duty = self.pick(Duty.objects.all())
        change_minimum(duty, self.one_of(1, 2, 15), since=self.day(), by=self.by)

    def _record(self) -> Record:
        people = list(Person.objects.values_list("pk", flat=True).order_by("pk"))
        held, counts_for = self.past(), None
        if self.one_of(False, False, True):
            counts_for = held - dt.timedelta(days=self.one_of(10, 40))
        likely = Org.objects.filter(kind__in=(*INNER, OrgKind.COMMITTEE, OrgKind.BRANCH))
        return Record(
            org_id=self.pick(self.one_of(Org.objects.all(), likely, likely)).pk,
            kinds=self.one_of(*((k,) for k in KINDS)),
            held_date=held, chair_id=self.one_of(None, *people),
            speaker_ids=self.one_of((), (people[0],)), counts_for_date=counts_for,
            absences=self.one_of((), (), (Absence(people[1], "LEAVE"),)),
            co_host_ids=self.one_of((), (), (self.root.pk,)),
        )  # fmt: skip

    def _plain(self) -> Record:
        """A record that is seldom refused: of a branch, and nothing said but kind and day."""
        branch = self.pick(Org.objects.filter(kind=OrgKind.BRANCH))
        return Record(org_id=branch.pk, kinds=self.one_of(*((k,) for k in KINDS[:2])),
                      held_date=self.past())  # fmt: skip

    def file(self) -> None:
        file_record(self.one_of(self._plain, self._record)(), by=self.by)

    def file_many(self) -> None:
        record = self._plain()
        for _number in range(self.one_of(2, 15, 17)):
            file_record(record, by=self.by)

    def change_record(self) -> None:
        activity = self.pick(Activity.objects.filter(state=ActivityState.FILED))
        record = replace(self._record(), org_id=activity.org_id)
        change_record(activity, record, version=activity.version, by=self.by)

    def withdraw(self) -> None:
        filed = Activity.objects.filter(state=ActivityState.FILED)
        withdraw_record(self.pick(filed), reason="误登", by=self.by)

    def complete(self) -> None:
        duty = self.pick(Duty.objects.filter(kinds=[]))
        post = self.one_of("", *duty.posts)
        day = self.past()
        complete(
            duty, self.pick(Org.objects.all()), counts_for=day, done=self.past(), sentence="做了",
            by=self.by, today=dt.date(2026, 1, 1), post=post,
        )  # fmt: skip

    def withdraw_completion(self) -> None:
        withdraw_completion(self.pick(Completion.objects.filter(withdrawn_at=None)), by=self.by)

    def fold(self) -> None:
        fold()

    def tick(self) -> None:
        book = self.pick(Book.objects.all())
        tick(book.year, dt.date.fromordinal(book.as_of) + dt.timedelta(days=self.one_of(1, 30, 90)))

    def steps(self) -> list[Callable[[], None]]:
        often = [self.move, self.move, self.issue, self.file, self.appoint, self.enrol]
        return [
            *often, self.establish, self.found_group, self.dissolve, self.retag, self.relieve,
            self.exempt, self.withdraw_exemption, self.end_duty, self.change_minimum,
            self.file_many, self.change_record, self.withdraw, self.complete,
            self.withdraw_completion, self.fold, self.tick,
        ]  # fmt: skip


@settings(
    max_examples=40 * EXAMPLES,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink]
    if EXAMPLES > 1
    else [Phase.explicit, Phase.generate],
)
@given(st.data())
def test_any_sequence_of_actions_equals_a_computation_from_nothing(data: st.DataObject) -> None:
    try:
        with transaction.atomic():
            doing = Doing(data)
            doing.issue()
            doing.file_many()
            for year in YEARS:
                rebuild(year, today=TODAY)
            for number in range(data.draw(st.integers(6, 16))):
                step = data.draw(st.sampled_from(doing.steps()), label="step")
                try:
                    with transaction.atomic():
                        step()
                except Refused as refused:
                    note(f"{number}: refused: {refused}")
                    continue
                for year in YEARS:
                    assert list(differences_of_year(year)) == [], f"{number}: {step.__name__}"
            for year in YEARS:
                assert_as_slow(year)
            raise _Undo
    except _Undo:
        pass
