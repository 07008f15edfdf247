from __future__ import annotations

import datetime as dt
import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from bihuan.access.actions import give_role
from bihuan.access.permissions import Role
from bihuan.accounts.actions import open_account
from bihuan.audit import queries
from bihuan.audit.actions import during, erase_about, record_read, write_entry
from bihuan.audit.models import Entry, Head, Seal
from bihuan.audit.queries import (
    Wish,
    chain,
    end_fault,
    entries,
    page_of,
    per_day,
    reads_about,
    seal_fault,
    values_sealed,
)
from bihuan.audit.rules import START, commitment, first_fault, hashes
from bihuan.orgs.actions.tree import establish
from bihuan.orgs.choices import OrgKind
from bihuan.orgs.models import Person

pytestmark = pytest.mark.django_db


def test_entries_form_a_chain_that_can_be_verified() -> None:
    for number in range(5):
        write_entry("test.done", by="system", number=number)

    assert [entry.index for entry in Entry.objects.order_by("index")] == [1, 2, 3, 4, 5]
    assert first_fault(chain()) is None


@pytest.mark.parametrize(
    "statement", ["UPDATE audit_entry SET actor = 'x'", "DELETE FROM audit_entry"]
)
def test_the_database_itself_refuses_to_change_an_entry(statement: str) -> None:
    write_entry("test.done", by="system")

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)

    assert Entry.objects.get().actor == "system"


@pytest.mark.django_db(transaction=True)
def test_an_entry_without_a_transaction_is_refused() -> None:
    with pytest.raises(RuntimeError):
        write_entry("test.done", by="system")


@pytest.mark.only_on("postgresql")
@pytest.mark.django_db(transaction=True)
def test_writers_at_once_leave_no_gap_and_no_fork() -> None:
    def write(_number: int) -> None:
        for _time in range(10):
            with transaction.atomic():
                write_entry("test.done", by="system")
        connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, range(4)))

    assert Entry.objects.count() == 40
    assert first_fault(chain()) is None


def test_an_entry_of_a_change_that_failed_is_not_there() -> None:
    write_entry("test.done", by="system")
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        write_entry("test.done", by="system")
        raise ZeroDivisionError

    write_entry("test.done", by="system")

    assert Entry.objects.count() == 2
    assert first_fault(chain()) is None


def test_readings_are_shown_to_the_person_they_are_about() -> None:
    person = Person.objects.create(name="赵")
    record_read(person, by="li", purpose="核对身份", about=person.pk)
    record_read(person, by="li", purpose="核对身份", about=person.pk + 1)

    assert [(entry.actor, entry.purpose) for entry in reads_about(person.pk)] == [
        ("li", "核对身份")
    ]


def test_the_commands_export_verify_and_sum_up(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for _number in range(3):
        write_entry("test.done", by="system")
    kept = tmp_path / "audit.jsonl"

    call_command("audit", "export", str(kept))
    call_command("audit", "verify")
    call_command("audit", "verify", str(kept))
    call_command("audit", "root")

    lines = capsys.readouterr().out.splitlines()
    assert lines[:2] == ["OK 3", "OK 3"]
    assert json.loads(lines[2])["entries"] == 3
    kept.write_text(kept.read_text(encoding="utf-8").replace("test.done", "x", 1), encoding="utf-8")
    with pytest.raises(CommandError, match="entry 1"):
        call_command("audit", "verify", str(kept))


def write_first_form(index: int, previous: tuple[str, str]) -> tuple[str, str]:
    """An entry as it was written before entries had a form."""
    entry = Entry(index=index, at=timezone.now(), actor="li", verb="old.done", about=7)
    entry.sm3, entry.sha256 = hashes(entry.plain(), previous)
    entry.save(force_insert=True)
    Head.objects.update_or_create(
        pk=1, defaults={"index": index, "sm3": entry.sm3, "sha256": entry.sha256}
    )
    return entry.sm3, entry.sha256


def test_a_chain_of_old_and_new_entries_verifies(tmp_path: Path) -> None:
    write_first_form(2, write_first_form(1, (START, START)))
    write_entry("test.done", by="system")
    kept = tmp_path / "audit.jsonl"

    call_command("audit", "export", str(kept))
    call_command("audit", "verify", str(kept))

    assert [entry.get("form", 1) for entry in chain()] == [1, 1, 2]
    assert first_fault(chain()) is None


def test_an_old_entry_cannot_be_given_a_role_afterwards() -> None:
    write_first_form(1, (START, START))
    forged = [{**entry, "form": 1, "roles": "OFFICER"} for entry in chain()]

    assert first_fault(forged) == (1, "entry 1 carries what its form does not know: form, roles")


def test_an_entry_names_role_and_request() -> None:
    committee = establish(
        "测试工委", OrgKind.COMMITTEE, parent=None, founded=dt.date(2020, 1, 1), by="system"
    )
    unit = establish(
        "测试局", OrgKind.UNIT, parent=committee, founded=dt.date(2020, 1, 1), by="system"
    )
    user = open_account("li", password=None, name="李", by="system")
    give_role(user, Role.OFFICER, committee, since=dt.date(2020, 1, 1), by="system")
    give_role(user, Role.MEMBER, unit, since=dt.date(2020, 1, 1), by="system")

    with during("abc"):
        below = write_entry("test.done", by=user, org=unit)
        above = write_entry("test.done", by=user, org=committee)
    later = write_entry("test.done", by="system")

    assert (below.roles, above.roles, later.roles) == ("MEMBER,OFFICER", "OFFICER", "")
    assert (below.request, above.request, later.request) == ("abc", "abc", "")
    assert first_fault(chain()) is None


def test_a_personal_value_is_proved_and_not_told(tmp_path: Path) -> None:
    entry = write_entry("test.done", by="system", about=4711, sealed={"name": "赵小明"})
    kept = tmp_path / "audit.jsonl"
    call_command("audit", "export", str(kept))
    seal = Seal.objects.get(name="name")

    assert "赵小明" not in kept.read_text(encoding="utf-8")
    assert "4711" not in kept.read_text(encoding="utf-8")
    assert entry.sealed["name"] == commitment(seal.salt, "赵小明")
    assert values_sealed([entry.index]) == {entry.index: {"about": 4711, "name": "赵小明"}}


def test_what_is_erased_is_gone_and_the_chain_verifies() -> None:
    person = Person.objects.create(name="赵")
    record_read(person, by="li", purpose="核对身份", about=person.pk)
    record_read(person, by="li", purpose="核对身份", about=person.pk + 1)

    gone = erase_about(person.pk, by="system", purpose="本人要求")

    assert gone == 1
    assert list(reads_about(person.pk)) == []
    assert len(reads_about(person.pk + 1)) == 1
    assert (first_fault(chain()), end_fault(), seal_fault()) == (None, None, None)


def test_a_changed_sealed_value_is_found() -> None:
    write_entry("test.done", by="system", about=1)
    Seal.objects.update(value="2")

    with pytest.raises(CommandError, match="entry 1 does not commit"):
        call_command("audit", "verify")


def test_a_tail_cut_off_in_the_database_is_found_by_the_head() -> None:
    write_entry("test.done", by="system")
    Head.objects.update(index=2)

    assert end_fault() == "the chain ends at entry 1, its head says 2"


def test_pages_follow_each_other_by_key() -> None:
    for number in range(7):
        write_entry("test.even" if number % 2 == 0 else "test.odd", by="system")

    first, key = page_of(Wish(), before=None, size=3)
    second, end = page_of(Wish(verb="test.even"), before=key, size=3)

    assert ([entry.index for entry in first], key) == ([7, 6, 5], 5)
    assert ([entry.index for entry in second], end) == ([3, 1], None)


def test_entries_of_a_day_are_counted_and_found_by_day() -> None:
    for _number in range(3):
        write_entry("test.done", by="system")
    today = timezone.localdate()
    yesterday = today - dt.timedelta(days=1)

    assert per_day(today, 2) == [(yesterday, 0), (today, 3)]
    assert len(page_of(Wish(first=today, last=today), before=None, size=9)[0]) == 3
    assert page_of(Wish(last=yesterday), before=None, size=9) == ([], None)
    assert page_of(Wish(first=today + dt.timedelta(days=1)), before=None, size=9) == ([], None)


def test_entries_of_other_subtrees_are_left_out() -> None:
    founded = dt.date(2020, 1, 1)
    one = establish("一", OrgKind.COMMITTEE, parent=None, founded=founded, by="system")
    establish("二", OrgKind.COMMITTEE, parent=None, founded=founded, by="system")

    found, _key = page_of(Wish(paths=[one.path]), before=None, size=9)

    assert [entry.org_path for entry in found] == [one.path]


def chained(count: int) -> None:
    for number in range(count):
        write_entry("test.done", by="system", number=number)


def without_triggers(statement: str) -> None:
    """What somebody with the database in hand can do."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("ALTER TABLE audit_entry DISABLE TRIGGER USER")
        else:
            cursor.execute("DROP TRIGGER audit_entry_no_update")
            cursor.execute("DROP TRIGGER audit_entry_no_delete")
        cursor.execute(statement)


@pytest.mark.parametrize("piece", [1, 3, 4, 100])
def test_pieces_of_a_whole_chain_are_without_fault(
    monkeypatch: pytest.MonkeyPatch, piece: int
) -> None:
    monkeypatch.setattr(queries, "PIECE", piece)
    chained(8)

    pieces = queries.pieces_of(8)

    assert [n for first, last in pieces for n in range(first, last + 1)] == list(range(1, 9))
    assert [queries.fault_between(*each) for each in pieces] == [None] * len(pieces)
    assert queries.pieces_of(0) == []


@pytest.mark.parametrize("piece", [1, 2, 3, 4, 100])
@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ("UPDATE audit_entry SET actor = 'x' WHERE \"index\" = 4", "entry 4 does not match"),
        ('UPDATE audit_entry SET sm3 = actor WHERE "index" = 3', "entry 3 does not match"),
        ('DELETE FROM audit_entry WHERE "index" = 4', "entry 4 is missing"),
        ('DELETE FROM audit_entry WHERE "index" IN (3, 4, 5)', "entry 3 is missing"),
        ('DELETE FROM audit_entry WHERE "index" = 1', "entry 1 is missing"),
        ('UPDATE audit_entry SET "index" = 0 WHERE "index" = 2', "entry 1 is missing"),
    ],
)
def test_a_fault_is_found_in_whatever_pieces_the_chain_is_verified(
    monkeypatch: pytest.MonkeyPatch, piece: int, statement: str, fault: str
) -> None:
    monkeypatch.setattr(queries, "PIECE", piece)
    chained(8)
    without_triggers(statement)

    with pytest.raises(CommandError) as refused:
        call_command("audit", "verify")

    assert str(refused.value).startswith(fault)


def test_the_whole_tree_is_found_without_those_of_no_organisation() -> None:
    day = dt.date(2020, 1, 1)
    top = establish("工委", OrgKind.COMMITTEE, parent=None, founded=day, by="system")
    write_entry("test.done", by="system")

    found = entries(Wish(under=top.path))

    assert {entry.org_path for entry in found} == {top.path}
    assert [entry.verb for entry in entries(Wish(thing_id=str(top.pk)))] == ["org.established"]
