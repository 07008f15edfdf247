"""The two Python loops through Django's ORM: a query for every cell, and one query for all.

Both work on the scratch tables with their indexes, and both store the same result rows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator

import django
import numpy as np
from django.conf import settings
from django.db import connection, models, transaction

from bench.ledger.lines import BANDS, LINES, SIGNATURES, SLOTS, Slot, attended, owed
from bench.ledger.peers import Peer
from bench.ledger.scratch import Scratch

Counts = list[int]


def configure(database: dict[str, object]) -> None:
    """Django with nothing but a database."""
    if not settings.configured:
        settings.configure(DATABASES={"default": database}, INSTALLED_APPS=[], USE_TZ=False)
        django.setup()


def orm_models() -> tuple[type[models.Model], ...]:
    """Models of the scratch tables: (organisation, record, exemption, result)."""

    class Org(models.Model):
        parent_id = models.IntegerField()
        members = models.IntegerField()
        since = models.IntegerField()
        until = models.IntegerField()

        class Meta:
            app_label, db_table, managed = "bench", "org", False

    class Record(models.Model):
        org = models.OneToOneField(Org, models.DO_NOTHING, primary_key=True)
        signature = models.IntegerField()
        held = models.IntegerField()
        counts_for = models.IntegerField()
        present = models.IntegerField()
        entitled = models.IntegerField()

        class Meta:
            app_label, db_table, managed = "bench", "evidence", False

    class Exempt(models.Model):
        org = models.OneToOneField(Org, models.DO_NOTHING, primary_key=True)
        slot = models.IntegerField()

        class Meta:
            app_label, db_table, managed = "bench", "exempt", False

    class Result(models.Model):
        org = models.OneToOneField(Org, models.DO_NOTHING, primary_key=True)
        slot = models.IntegerField()
        expected = models.IntegerField()
        exempt = models.IntegerField()
        done = models.IntegerField()
        made_up = models.IntegerField()

        class Meta:
            app_label, db_table, managed = "bench", "result", False

    return Org, Record, Exempt, Result


class Loop(Peer):
    """What both loops share: organisations, exemptions, climbing the tree, storing."""

    def __init__(self, scratch: Scratch, database: dict[str, object]) -> None:
        super().__init__(scratch)
        configure(database)
        self.org, self.record, self.exempt, self.result = orm_models()
        connection.ensure_connection()

    def clear(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM result")

    def run(self) -> None:
        with transaction.atomic():
            orgs = list(self.org.objects.order_by("id"))
            exempt = set(self.exempt.objects.values_list("org_id", "slot"))
            parent = {org.id: org.parent_id for org in orgs}
            inner = set(parent.values())
            totals: dict[tuple[int, int], Counts] = defaultdict(lambda: [0, 0, 0, 0])
            count = self.counter()
            for org, slot, need in _cells(orgs):
                freed = (org.id, slot.number) in exempt
                on, both = (0, 0) if freed else count(org.id, slot)
                node = org.id
                while node:
                    if node in inner:
                        cell = totals[node, slot.number]
                        cell[0] += 1
                        cell[1] += freed
                        cell[2] += on >= need and not freed
                        cell[3] += on < need <= both
                    node = parent[node]
            self._store(totals)

    def counter(self) -> Callable[[int, Slot], tuple[int, int]]:
        """A function from organisation and slot to (on time, on time or made up)."""
        raise NotImplementedError

    def _store(self, totals: dict[tuple[int, int], Counts]) -> None:
        rows = [(org, slot, *counts) for (org, slot), counts in totals.items()]
        with connection.cursor() as cursor:
            cursor.executemany("INSERT INTO result VALUES (%s, %s, %s, %s, %s, %s)", rows)

    def rows(self) -> np.ndarray:
        names = ("org_id", "slot", "expected", "exempt", "done", "made_up")
        return np.array(list(self.result.objects.values_list(*names)), np.int32)


def _cells(orgs: list[models.Model]) -> Iterator[tuple[models.Model, Slot, int]]:
    known: dict[tuple[int, int, int], list[tuple[Slot, int]]] = {}
    for org in orgs:
        band = sum(org.members >= size for size in BANDS)
        facts = band, org.since, org.until
        if facts not in known:
            needs = [(slot, owed(*facts, slot)) for slot in SLOTS]
            known[facts] = [(slot, need) for slot, need in needs if need]
        for slot, need in known[facts]:
            yield org, slot, need


class CellLoop(Loop):
    """A query for every cell, as it is first written."""

    def counter(self) -> Callable[[int, Slot], tuple[int, int]]:
        numbers = [
            [n for n, kinds in enumerate(SIGNATURES) if kinds & line.kinds] for line in LINES
        ]

        def count(org: int, slot: Slot) -> tuple[int, int]:
            line = LINES[slot.line]
            found = self.record.objects.filter(
                org_id=org,
                signature__in=numbers[slot.line],
                counts_for__range=(slot.since, slot.until),
                held__lte=slot.latest,
            )
            held = [
                row[0]
                for row in found.values_list("held", "present", "entitled")
                if attended(line, row[1], row[2])
            ]
            return sum(day <= slot.due for day in held), len(held)

        return count


class BestLoop(Loop):
    """One query for all records, then dictionaries."""

    def counter(self) -> Callable[[int, Slot], tuple[int, int]]:
        passes = _passes()
        counts: dict[int, Counts] = defaultdict(lambda: [0, 0])
        names = ("org_id", "signature", "held", "counts_for", "present", "entitled")
        for org, signature, held, day, present, entitled in self.record.objects.values_list(
            *names
        ).iterator(chunk_size=10_000):
            for slot, due, latest, num, den, strict in passes[signature, day]:
                if held <= latest and (
                    not num or (entitled and present * den - entitled * num >= strict)
                ):
                    cell = counts[org * 128 + slot]
                    cell[1] += 1
                    if held <= due:
                        cell[0] += 1
        return lambda org, slot: tuple(counts.get(org * 128 + slot.number, (0, 0)))  # type: ignore[return-value]


def _passes() -> dict[tuple[int, int], list[tuple[int, ...]]]:
    found: dict[tuple[int, int], list[tuple[int, ...]]] = defaultdict(list)
    for number, kinds in enumerate(SIGNATURES):
        for slot in SLOTS:
            line = LINES[slot.line]
            if kinds & line.kinds:
                num, den, strict = line.quorum or (0, 1, False)
                for day in range(slot.since, slot.until + 1):
                    row = (slot.number, slot.due, slot.latest, num, den, int(strict))
                    found[number, day].append(row)
    return found
