from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction

from bihuan.audit.actions import write_entry
from bihuan.audit.models import Entry
from bihuan.audit.queries import chain
from bihuan.audit.rules import first_fault

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
