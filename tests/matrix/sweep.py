"""Knock at every door as everybody: the answers as a table that a person reads.

A cell is what the one asked gets: a status, or `login` for the way to the sign-in page. The
things behind the doors belong to `branch`; `stranger` is the secretary of another branch.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.db import transaction
from django.test import Client

from bihuan.web.checks import FOREIGN, routes
from tests.cast import World

FILE = Path(__file__).with_name("doors.csv")
METHODS = ("GET", "POST", "DELETE")
NONE = 999_999_999
OWNERS = (
    ("ledger/exemptions/", "exemption"),
    ("ledger/completions/", "completion"),
    ("ledger/", "org"),
    ("records/", "activity"),
    ("duties/programmes/", "programme"),
    ("duties/proposals/", "proposal"),
    ("duties/", "duty"),
    ("reports/", "briefing"),
    ("registry/people/", "person"),
    ("registry/posts/", "appointment"),
    ("registry/", "org"),
    ("act-for/", "org"),
    ("grants/", "grant"),
    ("audit/", "entry"),
)
"""What `pk` means under each prefix; the first that fits counts."""
FIXED = {"line": 0, "index": 0, "place": 1, "file_pk": NONE, "key": "0" * 32, "rest": "x/"}


def addresses(keys: dict[str, int]) -> Iterator[tuple[str, str]]:
    """Each route of ours as written in the URL table, and an address that it leads to."""
    for route, view in routes():
        if not view.__module__.startswith(FOREIGN):
            yield f"/{route}", "/" + "".join(_filled(route, keys))


def _filled(route: str, keys: dict[str, int]) -> Iterator[str]:
    for number, piece in enumerate(route.replace("<", ">").split(">")):
        if number % 2 == 0:
            yield piece
            continue
        kind, _, name = piece.rpartition(":")
        yield str(_value(route, kind, name, keys))


def _value(route: str, kind: str, name: str, keys: dict[str, int]) -> Any:
    if kind == "uuid":
        return "00000000-0000-4000-8000-000000000000"
    if name == "duty_pk":
        return keys["duty"]
    if name == "pk":
        owner = next(owner for prefix, owner in OWNERS if route.startswith(prefix))
        return keys.get(owner, NONE)
    return FIXED[name]


def clients(world: World) -> dict[str, Client]:
    """A browser for each of the cast, signed in where that is possible."""
    found = {}
    for name, user in world.cast.items():
        found[name] = Client(raise_request_exception=False)
        if user is not None:
            found[name].force_login(user)
    return found


def answer(client: Client, method: str, address: str) -> str:
    """The answer to one knock; what it changed is taken back."""
    with transaction.atomic():
        response = client.generic(method, address)
        transaction.set_rollback(True)
    if response.status_code in {301, 302} and "/login/" in response["Location"]:
        return "login"
    return str(response.status_code)


def sweep(world: World) -> list[list[str]]:
    """The whole table with its head."""
    knocking = clients(world)
    table = [["route", "method", *knocking]]
    for route, address in addresses(world.keys):
        for method in METHODS:
            row = [answer(client, method, address) for client in knocking.values()]
            table.append([route, method, *row])
    return table


def read() -> list[list[str]]:
    with FILE.open(encoding="utf-8", newline="") as lines:
        return list(csv.reader(lines))


def write(table: list[list[str]]) -> None:
    with FILE.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out, lineterminator="\n").writerows(table)
