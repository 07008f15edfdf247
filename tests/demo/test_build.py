from __future__ import annotations

import datetime as dt
from importlib.resources import files

import pytest
from django.test import Client
from django.urls import reverse

from bihuan.accounts.models import User
from bihuan.activities.models import Activity
from bihuan.demo.actions.build import build
from bihuan.demo.actions.tree import World
from bihuan.demo.choices import Scale
from bihuan.duties.actions.packs import load_pack
from bihuan.duties.choices import ProgrammeState, Verdict
from bihuan.duties.models import Programme
from bihuan.ledger.queries.audit import differences_of_year
from bihuan.ledger.queries.screens import Cell, owed_by, totals
from bihuan.lib.refusals import Refused
from bihuan.orgs.choices import OrgKind
from bihuan.orgs.models import Appointment, Membership, Org, Person
from bihuan.reports.models import Briefing

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 11, 23)
HAMLET = Scale("云川省", units=4, branches=12, people=260)
Told = list[tuple[str, int, int]]


def made(today: dt.date = TODAY) -> tuple[World, Told]:
    """A tiny demonstration, and what it told of its progress."""
    told: Told = []
    national = files("bihuan.duties").joinpath("packs/national.yaml")
    load_pack(national.read_text(encoding="utf-8"), by="system")
    world = build(HAMLET, today=today, progress=lambda *words: told.append(words))
    return world, told


def cells_of(username: str) -> list[Cell]:
    org = User.objects.get(username=username).grants.get().org
    return [cell for owed in owed_by(org, TODAY.year, TODAY) for cell in owed.cells]


def test_it_is_as_large_as_its_scale_says_and_everybody_belongs_somewhere() -> None:
    made()

    kinds = [Org.objects.filter(kind=kind).count() for kind in (OrgKind.UNIT, OrgKind.BRANCH)]
    assert kinds == [4, 12]
    assert Person.objects.count() == Membership.objects.filter(until_date=None).count() == 260
    with_secretary = Appointment.objects.filter(post="SECRETARY", org__kind=OrgKind.BRANCH)
    assert with_secretary.values("org").distinct().count() == 12


def test_the_year_is_uneven_and_ends_today() -> None:
    world, _told = made()

    found = totals(world.root, TODAY.year, TODAY)
    assert min(found.done, found.made_up, found.open, found.overdue, found.not_yet_due) > 0
    assert found.done > 5 * found.overdue
    assert not Activity.objects.filter(held_date__gt=TODAY).exists()
    assert not Activity.objects.filter(filed_at__date__gt=TODAY).exists()
    assert list(differences_of_year(TODAY.year, None)) == []


def test_the_branch_has_something_due_this_week() -> None:
    made()

    sunday = TODAY + dt.timedelta(days=6)
    assert [cell for cell in cells_of("branch") if TODAY <= cell.due <= sunday]


def test_one_plan_is_issued_one_waits_and_briefings_are_written() -> None:
    world, _told = made()

    issued = Programme.objects.get(state=ProgrammeState.ISSUED)
    waiting = Programme.objects.get(state=ProgrammeState.REVIEW)
    assert issued.title == "云川省省直机关2026年党建工作要点"
    assert issued.duties.count() >= 10
    assert waiting.proposals.filter(verdict=Verdict.OPEN).count() >= 5
    assert [(each.org, each.until_date) for each in Briefing.objects.order_by("pk")] == [
        (world.root, dt.date(2026, 3, 31)),
        (world.root, dt.date(2026, 6, 30)),
        (world.root, dt.date(2026, 9, 30)),
        (User.objects.get(username="unit").grants.get().org, dt.date(2026, 9, 30)),
    ]


def test_every_bar_reaches_its_end_and_none_goes_back() -> None:
    _world, told = made()

    for step in dict.fromkeys(name for name, _done, _of in told):
        marks = [(done, of) for name, done, of in told if name == step]
        done = [each[0] for each in marks]
        assert done == sorted(done), step
        assert marks[-1][1] in (0, marks[-1][0]), step
    assert ("人员", 260, 260) in told


def test_the_first_week_of_a_year_can_be_shown_as_well(client: Client) -> None:
    made(dt.date(2026, 1, 3))

    assert Briefing.objects.count() == 0
    client.force_login(User.objects.get(username="officer"))
    assert client.get(reverse("reports:list")).status_code == 200


def test_it_is_loaded_into_nothing_but_an_empty_database() -> None:
    made()

    with pytest.raises(Refused, match="空的数据库"):
        build(HAMLET, today=TODAY, progress=lambda *_words: None)
