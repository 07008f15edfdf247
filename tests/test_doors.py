"""Every route × method × person, against a table that a person has read.

After a wanted change, write the table anew with BIHUAN_WRITE_MATRIX=1 and read the difference.
"""

from __future__ import annotations

import os

import pytest
from django.test import Client
from django.urls import path

from bihuan.orgs.actions.tree import rename
from bihuan.web import checks
from tests.cast import World, build_world, things
from tests.matrix import sweep
from tests.village import FOUNDED

pytestmark = pytest.mark.django_db
CANARY = "金丝雀鬯龘"


@pytest.fixture
def world() -> World:
    return build_world()


def test_the_answers_are_those_of_the_table(world: World) -> None:
    found = sweep.sweep(world)
    if os.environ.get("BIHUAN_WRITE_MATRIX"):
        sweep.write(found)

    declared = sweep.read()
    assert [row for row in found if row not in declared] == []
    assert [row for row in declared if row not in found] == []


def test_nobody_without_business_gets_in_anywhere() -> None:
    head, *rows = sweep.read()
    shut_out = ("logged_out", "disabled", "expired", "nobody")
    open_to_all = {"/language/", "/healthz"}
    about_oneself = {"/", "/about-me/", "/act-for/<int:pk>/", "/send-again/"}
    for row in rows:
        cells = dict(zip(head, row, strict=True))
        if cells["route"].startswith("/accounts/"):  # shut for everybody
            assert set(row[2:]) == {"404"}
            continue
        for name in shut_out:
            if cells["route"] in open_to_all or (
                cells["route"] in about_oneself and name in {"nobody", "expired"}
            ):
                continue
            assert cells[name] in {"login", "403", "405"}, (cells["route"], cells["method"], name)


def test_no_door_answers_with_a_fault_of_the_program() -> None:
    faults = [row for row in sweep.read()[1:] if any(cell.startswith("5") for cell in row[2:])]
    assert faults == []


def test_a_view_without_a_door_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    def forgotten(request: object) -> None:
        """No door."""

    resolver = checks.get_resolver()
    monkeypatch.setitem(
        vars(resolver), "url_patterns", [*resolver.url_patterns, path("forgotten/", forgotten)]
    )

    found = checks.every_route_has_a_door(None)

    assert [(each.id, each.msg) for each in found] == [("web.E001", "/forgotten/ has no door.")]


@pytest.mark.parametrize("name", ["unit_secretary", "branch_secretary", "member", "nobody"])
def test_no_word_of_another_subtree_reaches_the_screen(world: World, name: str) -> None:
    village = world.village
    for org in (village.other_unit, village.other_branch):
        rename(org, f"{CANARY}{org.pk}", on=FOUNDED, by="system")
    for person in village.other_members:
        person.name = f"{CANARY}{person.pk}"
        person.save()
    theirs = things(village.other_branch, village.other_secretary, village.officer, note=CANARY)
    client = Client()
    client.force_login(world.cast[name])

    told = [
        address
        for keys in (world.keys, {**theirs, "duty": world.keys["duty"]})
        for _route, address in sweep.addresses(keys)
        if CANARY in client.get(address, follow=True).content.decode("utf-8", "replace")
    ]

    assert told == []


def test_the_canary_is_heard_by_its_own_people(world: World) -> None:
    village = world.village
    theirs = things(village.other_branch, village.other_secretary, village.officer, note=CANARY)
    client = Client()
    client.force_login(village.other_secretary)

    heard = [
        address
        for _route, address in sweep.addresses(theirs)
        if CANARY in client.get(address).content.decode("utf-8", "replace")
    ]

    assert f"/records/{theirs['activity']}/" in heard


def test_what_belongs_to_others_answers_like_what_is_not_there(world: World) -> None:
    client = Client()
    client.force_login(world.cast["stranger"])
    own = dict(sweep.addresses(world.keys))
    none = dict(sweep.addresses(dict.fromkeys(world.keys, sweep.NONE)))
    compared = [
        route
        for route in own
        if "<int:pk>" in route and not route.startswith(("/duties/<", "/act-for/"))
    ]

    assert compared
    for route in compared:
        there, absent = client.get(own[route]), client.get(none[route])
        assert there.status_code == absent.status_code, route
