from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import Count, Exists, F, OuterRef, Q

from bihuan.lib import guard
from bihuan.orgs.models import Person, PersonalDetail

pytestmark = pytest.mark.django_db
TABLE = "orgs_personaldetail"
PHONE = "13800001234"


def raw(statement: str) -> list[object]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return list(cursor.fetchall())


SHAPES: dict[str, Callable[[], object]] = {
    "all": lambda: list(PersonalDetail.objects.all()),
    "get": lambda: PersonalDetail.objects.filter(pk__gt=0).first(),
    "values": lambda: list(PersonalDetail.objects.values("phone")),
    "only_the_key": lambda: list(PersonalDetail.objects.values_list("pk")),
    "count": lambda: PersonalDetail.objects.count(),
    "exists": lambda: PersonalDetail.objects.exists(),
    "filter_as_oracle": lambda: PersonalDetail.objects.filter(phone__startswith="138").exists(),
    "order": lambda: list(PersonalDetail.objects.order_by("birth_date").values_list("pk")),
    "aggregate": lambda: PersonalDetail.objects.aggregate(n=Count("pk"))["n"],
    "annotate": lambda: list(PersonalDetail.objects.annotate(x=F("phone")).values("x")),
    "join_to_person": lambda: list(PersonalDetail.objects.select_related("person")),
    "subquery": lambda: list(
        Person.objects.filter(pk__in=PersonalDetail.objects.filter(phone=PHONE).values("pk"))
    ),
    "exists_subquery": lambda: list(
        Person.objects.filter(Exists(PersonalDetail.objects.filter(pk=OuterRef("pk"))))
    ),
    "q": lambda: list(PersonalDetail.objects.filter(Q(phone=PHONE) | Q(identity_number="x"))),
    "iterator": lambda: list(PersonalDetail.objects.iterator()),
    "in_bulk": lambda: list(PersonalDetail.objects.in_bulk()),
    "dates": lambda: list(PersonalDetail.objects.dates("birth_date", "year")),
    "union": lambda: list(
        PersonalDetail.objects.values_list("pk").union(
            Person.objects.filter(name="").values_list("pk")
        )
    ),
    "django_raw": lambda: list(PersonalDetail.objects.raw(f"SELECT * FROM {TABLE}")),
    "raw_star": lambda: raw(f"SELECT * FROM {TABLE}"),
    "raw_count": lambda: raw(f"SELECT 1 FROM {TABLE}"),
    "raw_join": lambda: raw(
        f"SELECT p.name FROM orgs_person p JOIN {TABLE} d ON d.person_id = p.id"
    ),
    "raw_alias": lambda: raw(f'SELECT x.phone FROM "{TABLE}" AS x'),
    "raw_cte": lambda: raw(f"WITH c AS (SELECT phone FROM {TABLE}) SELECT * FROM c"),
    "raw_having": lambda: raw(f"SELECT phone FROM {TABLE} GROUP BY phone HAVING count(*) > 0"),
}


@pytest.fixture
def detail() -> Iterator[PersonalDetail]:
    """One confidential row, seen by a role that row-level security binds."""
    person = Person.objects.create(name="赵")
    with guard.open_for(TABLE, actor="system", purpose="测试"):
        row = PersonalDetail.objects.create(
            person=person, phone=PHONE, birth_date=dt.date(1980, 2, 3), identity_number="1"
        )
    if connection.vendor != "postgresql":
        yield row
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = 'bihuan_guard_test'")
        if cursor.fetchone() is None:
            cursor.execute("CREATE ROLE bihuan_guard_test NOSUPERUSER NOBYPASSRLS")
        cursor.execute(
            "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public"
            " TO bihuan_guard_test"
        )
        cursor.execute("SET LOCAL ROLE bihuan_guard_test")
    yield row
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")


def looks_empty(shape: Callable[[], object]) -> bool:
    """Whether the shape is refused (SQLite) or finds nothing at all (PostgreSQL)."""
    try:
        with transaction.atomic():
            found = shape()
    except DatabaseError:
        return True
    return connection.vendor == "postgresql" and not found


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_a_closed_table_gives_nothing_away(detail: PersonalDetail, shape: Callable) -> None:
    assert looks_empty(shape)


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_the_same_reading_works_inside_the_guard_and_not_after(
    detail: PersonalDetail, shape: Callable
) -> None:
    with guard.open_for(TABLE, actor="li", purpose="核对身份"):
        assert shape()

    assert looks_empty(shape)


def test_a_change_that_reads_needs_the_guard_too(detail: PersonalDetail) -> None:
    assert looks_empty(lambda: PersonalDetail.objects.filter(pk=detail.pk).update(phone="1"))
    assert looks_empty(lambda: raw(f"UPDATE {TABLE} SET phone = '1' RETURNING 1"))

    with guard.open_for(TABLE, actor="li", purpose="更正"):
        assert PersonalDetail.objects.get().phone == PHONE
        PersonalDetail.objects.filter(pk=detail.pk).update(phone="139")
        assert PersonalDetail.objects.get().phone == "139"


def test_rows_are_added_and_deleted_inside_the_guard_only(detail: PersonalDetail) -> None:
    other = Person.objects.create(name="钱")

    with pytest.raises(DatabaseError), transaction.atomic():
        PersonalDetail.objects.create(person=other, phone="1")
    assert looks_empty(lambda: raw(f"DELETE FROM {TABLE} RETURNING 1"))

    with guard.open_for(TABLE, actor="li", purpose="核对"):
        assert PersonalDetail.objects.count() == 1


def test_blocks_nest_and_close_from_within(detail: PersonalDetail) -> None:
    with guard.open_for(TABLE, actor="li", purpose="甲"):
        with guard.open_for(TABLE, actor="li", purpose="乙"):
            assert guard.current().purpose == "乙"
        assert PersonalDetail.objects.count() == 1
        assert guard.current().purpose == "甲"

    assert looks_empty(PersonalDetail.objects.count)


def test_an_error_inside_closes_the_table(detail: PersonalDetail) -> None:
    with pytest.raises(ZeroDivisionError), guard.open_for(TABLE, actor="li", purpose="甲"):
        assert PersonalDetail.objects.count() == 1
        raise ZeroDivisionError

    assert not guard.current().tables
    assert looks_empty(PersonalDetail.objects.count)


def test_a_database_error_inside_closes_the_table(detail: PersonalDetail) -> None:
    with pytest.raises(DatabaseError), guard.open_for(TABLE, actor="li", purpose="甲"):
        raw("SELECT no_such_column FROM orgs_person")

    assert looks_empty(PersonalDetail.objects.count)


@pytest.mark.parametrize(("actor", "purpose"), [("", "甲"), ("li", " ")])
def test_who_and_what_for_must_be_said(actor: str, purpose: str) -> None:
    with (
        pytest.raises(ValueError, match="for whom"),
        guard.open_for(TABLE, actor=actor, purpose=purpose),
    ):
        pass


def test_only_declared_tables_can_be_opened() -> None:
    with (
        pytest.raises(ValueError, match="orgs_person"),
        guard.open_for("orgs_person", actor="li", purpose="甲"),
    ):
        pass


def test_open_tables_stay_readable(detail: PersonalDetail) -> None:
    assert Person.objects.get().name == "赵"


@pytest.mark.only_on("postgresql")
def test_a_superuser_is_told_apart_from_a_bound_role(detail: PersonalDetail) -> None:
    assert guard.bypasses(connection) is False
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
    assert guard.bypasses(connection) is True


@pytest.mark.django_db(transaction=True)
def test_deleting_a_person_takes_the_detail_along_inside_the_guard_only() -> None:
    person = Person.objects.create(name="赵")
    with guard.open_for(TABLE, actor="system", purpose="测试"):
        PersonalDetail.objects.create(person=person, phone=PHONE)
    if connection.vendor == "sqlite":
        with pytest.raises(DatabaseError):
            person.delete()

    with guard.open_for(TABLE, actor="li", purpose="删除"):
        person.delete()
        assert PersonalDetail.objects.count() == 0
    assert not Person.objects.exists()
