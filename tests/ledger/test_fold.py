"""On PostgreSQL sums wait in a queue: when it is emptied, and who waits for whom."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable, Iterator

import pytest
from django.db import connection, transaction
from psycopg.errors import LockNotAvailable

from bihuan.ledger.actions import fold as folding
from bihuan.ledger.actions.fold import fold
from bihuan.ledger.actions.locks import alone, may_fold, share
from bihuan.ledger.actions.reassess import reassess
from bihuan.ledger.actions.rebuild import recompute
from bihuan.ledger.actions.settle import settle
from bihuan.ledger.models import Delta
from bihuan.ledger.queries.check import differences
from bihuan.ledger.rules.reference import World
from bihuan.ledger.rules.terms import OrgSpan, Proof, Rule, Signature
from tests.ledger.stored import store
from tests.ledger.worlds import YEAR

LONG_AGO, TODAY = dt.date(2020, 1, 1), dt.date(YEAR, 8, 17)
MEETING = Signature(frozenset({"meeting"}))
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.only_on("postgresql")]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds that a process believes in; it has just folded."""
    now = [1000.0]
    monkeypatch.setattr(folding.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(folding, "_seen", folding._Seen(at=now[0]))
    return now


@pytest.fixture
def branches(clock: list[float]) -> list[int]:
    """Forty branches below a unit, each of which owes a meeting a month."""
    spans = [OrgSpan(1, LONG_AGO, None, None, "UNIT")]
    spans += [OrgSpan(org, LONG_AGO, None, 1, "BRANCH") for org in range(2, 42)]
    rules = [Rule(id=1, kinds=frozenset({"meeting"}), period="month")]
    store(World(spans, [], rules, [], [], [], YEAR))
    recompute(YEAR, today=TODAY)
    fold()
    return list(range(2, 42))


def file(number: int, org: int, month: int) -> None:
    day = dt.date(YEAR, month, 9).toordinal()
    settle(1, number, [Proof((1, number), (org, ""), MEETING, day, day)])


def elsewhere(act: Callable[[], None]) -> threading.Thread:
    """Begin `act` on another connection."""

    def run() -> None:
        try:
            act()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def impatient() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '300ms'")


@pytest.fixture
def settling(branches: list[int]) -> Iterator[None]:
    """Somebody settles a record and does not come to an end."""
    begun, done = threading.Event(), threading.Event()

    def act() -> None:
        with transaction.atomic():
            share()
            begun.set()
            done.wait(10)

    thread = elsewhere(act)
    begun.wait(10)
    yield
    done.set()
    thread.join()


def test_changes_wait_until_it_is_time(branches: list[int], clock: list[float]) -> None:
    for number in range(5):
        file(number, branches[number], 1)
    assert Delta.objects.count() == 5
    clock[0] += folding.SECONDS
    file(9, branches[9], 1)
    assert Delta.objects.count() == 0
    assert list(differences(YEAR, None)) == []


def test_many_changes_do_not_wait_for_the_clock(branches: list[int], clock: list[float]) -> None:
    months, most = range(1, 13), 0
    for number, (org, month) in enumerate((org, month) for month in months for org in branches):
        file(number, org, month)
        most = max(most, Delta.objects.count())
    assert most == folding.PENDING - 1
    assert Delta.objects.count() == 480 % folding.PENDING
    assert list(differences(YEAR, None)) == []
    assert fold() == 80
    assert list(differences(YEAR, None)) == []


def test_a_record_that_is_not_committed_folds_nothing(
    branches: list[int], clock: list[float]
) -> None:
    clock[0] += folding.SECONDS
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        file(1, branches[0], 1)
        raise ZeroDivisionError
    assert (folding._seen.at, Delta.objects.count()) == (1000.0, 0)
    assert list(differences(YEAR, None)) == []


def test_a_fold_that_fails_does_not_undo_the_record(
    branches: list[int], clock: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_values: object) -> int:
        raise ZeroDivisionError

    clock[0] += folding.SECONDS
    with monkeypatch.context() as patch:
        patch.setattr(folding, "add_to_sums", fails)
        file(1, branches[0], 1)
    assert Delta.objects.count() == 1
    assert list(differences(YEAR, None)) == []


def test_nobody_folds_beside_somebody_who_folds(branches: list[int]) -> None:
    file(1, branches[0], 1)
    folded = []
    with transaction.atomic():
        assert may_fold()
        elsewhere(lambda: folded.append(fold())).join()
    assert (folded, fold()) == ([0], 1)


def test_many_settle_at_once_and_what_is_owed_waits_for_them(settling: None) -> None:
    with transaction.atomic():
        impatient()
        share()
    with pytest.raises(LockNotAvailable), transaction.atomic():
        impatient()
        reassess(YEAR, [1])


def test_nobody_settles_or_folds_while_what_is_owed_changes(branches: list[int]) -> None:
    file(1, branches[0], 1)
    found: list[object] = []

    def act() -> None:
        found.append(fold())
        try:
            with transaction.atomic():
                impatient()
                file(2, branches[1], 1)
        except LockNotAvailable:
            found.append("waits")

    with transaction.atomic():
        alone()
        elsewhere(act).join()
    assert found == [0, "waits"]
    assert list(differences(YEAR, None)) == []


def test_writers_at_once_leave_the_ledger_right(branches: list[int]) -> None:
    def write(part: list[int], first: int) -> None:
        for at, org in enumerate(part):
            for month in (1, 2, 3):
                file(first + 10 * at + month, org, month)

    threads = [
        elsewhere(lambda at=at: write(branches[at::4], 1000 * at)) for at in range(4)
    ]  # fmt: skip
    for _turn in range(3):
        with transaction.atomic():
            reassess(YEAR, None)
        fold()
    for thread in threads:
        thread.join()
    assert list(differences(YEAR, None)) == []
    fold()
    assert list(differences(YEAR, None)) == []
