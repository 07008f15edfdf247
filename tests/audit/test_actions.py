from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from bihuan.audit.actions import record_read, write_entry
from bihuan.audit.models import Entry
from bihuan.audit.queries import chain, reads_about
from bihuan.audit.rules import first_fault
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
    assert lines[:2] == ["OK", "OK 3"]
    assert json.loads(lines[2])["entries"] == 3
    kept.write_text(kept.read_text(encoding="utf-8").replace("test.done", "x", 1), encoding="utf-8")
    with pytest.raises(CommandError, match="entry 1"):
        call_command("audit", "verify", str(kept))
