"""A ledger that another engine wrote is computed again, or left alone with a sentence."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from bihuan.accounts.models import User
from bihuan.activities.models import Kind
from bihuan.ledger.actions.rebuild import rebuild
from bihuan.ledger.actions.tick import catch_up
from bihuan.ledger.models import Book, Row, Signature
from bihuan.ledger.queries.audit import differences_of_year
from bihuan.ledger.queries.books import NewerLedger
from bihuan.ledger.rules.codec import ENGINE
from bihuan.orgs.actions.tree import establish, move
from bihuan.orgs.choices import OrgKind
from bihuan.orgs.models import Org
from tests.ledger.test_changes import TODAY, YEAR, add_duty, hold
from tests.village import found_village

FOUNDED = dt.date(2015, 1, 1)
YEARS = YEAR - 1, YEAR
pytestmark = pytest.mark.django_db


@pytest.fixture
def officer() -> User:
    return User.objects.create(username="officer")


@pytest.fixture
def branches(officer: User) -> list[Org]:
    """Two branches that owe a theme day a month; one has held one. Two years of books."""
    root = establish("工委", OrgKind.COMMITTEE, parent=None, founded=FOUNDED, by="system")
    found = [
        establish(name, OrgKind.BRANCH, parent=root, founded=FOUNDED, by="system")
        for name in "甲乙"
    ]
    Kind.objects.create(code="theme_day", name="主题党日", attendance="NONE")
    add_duty()
    for year in YEARS:
        rebuild(year, today=TODAY)
    hold(found[0], officer)
    return found


@pytest.fixture
def older(branches: list[Org]) -> None:
    """As if an older engine had written all of it, in bytes and words that we misread."""
    Row.objects.update(counters=b"\xff" * 50, owed=b"\x81" * 50)
    Signature.objects.update(key="words of another time")
    Book.objects.update(engine=ENGINE - 1)


def test_installing_computes_older_years_again(
    older: None, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("ledger", "upgrade")
    assert [differences_of_year(year) for year in YEARS] == [[], []]
    assert f"{YEAR - 1}、{YEAR}" in capsys.readouterr().out
    call_command("ledger", "upgrade")
    assert capsys.readouterr().out == ""


def test_a_server_computes_an_older_year_before_it_reads_from_it(older: None) -> None:
    for year in reversed(YEARS):
        catch_up(year, TODAY)
        assert differences_of_year(year) == []


def test_what_is_done_before_the_upgrade_is_in_it(
    older: None, branches: list[Org], officer: User
) -> None:
    hold(branches[1], officer)
    move(branches[1], to=branches[0], on=TODAY, by=officer)
    add_duty(lineage="second", period="QUARTER")
    assert differences_of_year(YEAR) == [
        f"{YEAR}: written by engine {ENGINE - 1}, this is engine {ENGINE}"
    ]
    call_command("ledger", "upgrade")
    assert [differences_of_year(year) for year in YEARS] == [[], []]


def test_a_newer_ledger_is_not_written_in(branches: list[Org], officer: User) -> None:
    Book.objects.update(engine=ENGINE + 1)
    before = list(Row.objects.values_list("counters", "owed"))
    with pytest.raises(NewerLedger):
        hold(branches[1], officer)
    with pytest.raises(NewerLedger):
        catch_up(YEAR, TODAY)
    assert list(Row.objects.values_list("counters", "owed")) == before


@pytest.mark.parametrize("url", ["/", "/ledger/{}/owed/", "/ledger/{}/months/"])
def test_a_newer_ledger_is_a_page_with_a_sentence(client: Client, url: str) -> None:
    village = found_village()
    rebuild(YEAR, today=TODAY)
    Book.objects.update(engine=ENGINE + 1)
    client.force_login(village.officer)
    answer = client.get(url.format(village.branch.pk))
    assert answer.status_code == 503
    assert "请联系系统管理员升级程序。" in answer.content.decode()


def test_of_many_differences_fifty_are_printed_and_all_are_counted(
    branches: list[Org], capsys: pytest.CaptureFixture[str]
) -> None:
    """Twelve months are wrong in each of ten branches: said and computed, that is 240 lines."""
    for number in range(8):
        name = f"支部{number}"
        establish(name, OrgKind.BRANCH, parent=Org.objects.get(name="工委"), founded=FOUNDED,
                  by="system")  # fmt: skip
    Row.objects.filter(year=YEAR).update(owed=b"\x02" * 12)
    with pytest.raises(CommandError, match="240"):
        call_command("ledger", "check")
    assert len(capsys.readouterr().out.splitlines()) == 50
