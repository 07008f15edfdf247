"""Reads of the chain."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Max, OuterRef, Q, QuerySet, Subquery, TextField, Value
from django.db.models.functions import Cast, Substr
from django.db.models.lookups import Exact
from django.utils import timezone

from bihuan.audit.models import Entry, Head, Seal, as_written
from bihuan.audit.rules import START, commitment, first_fault
from bihuan.lib.tree import SEGMENT, end_of_subtree

CHUNK = 5000
PIECE = 50_000
"""Entries that are verified in one go; several processes share the pieces of a long chain."""
_AS_TEXT = ("at", "detail", "sealed")


def reads_about(person_id: int) -> QuerySet[Entry]:
    """Every reading of personal records about one person, newest first, for that person."""
    sealed = Seal.objects.filter(name="about", value=json.dumps(person_id)).values("index")
    return Entry.objects.filter(
        Q(about=person_id) | Q(index__in=sealed), verb="personal.read"
    ).order_by("-index")


def chain(until: int | None = None, *, since: int | None = None) -> Iterator[dict[str, Any]]:
    """All entries in order, from number `since` up to and with number `until`, as plain values.

    The two columns that cost most to convert are read as text: a million entries are many.
    """
    names = [field.name for field in Entry._meta.fields if field.name not in _AS_TEXT]
    texts = {f"{name}_text": Cast(name, TextField()) for name in _AS_TEXT}
    rows = Entry.objects.order_by("index").annotate(**texts)
    if until is not None:
        rows = rows.filter(index__lte=until)
    if since is not None:
        rows = rows.filter(index__gte=since)
    both = (*names, *_AS_TEXT)
    for row in rows.values_list(*names, *texts).iterator(chunk_size=CHUNK):
        values = dict(zip(both, row, strict=True))
        values["at"] = _iso(values["at"])
        values["detail"] = _parsed(values["detail"])
        values["sealed"] = _parsed(values["sealed"])
        yield as_written(values)


def _iso(text: str) -> str:
    """What either database writes for a moment in UTC, as ISO 8601 to the microsecond."""
    fraction = text[20:].partition("+")[0]
    return f"{text[:10]}T{text[11:19]}.{fraction:0<6}+00:00"


def _parsed(text: str) -> Any:
    return {} if text == "{}" else json.loads(text)


def last_entry() -> dict[str, Any] | None:
    """The newest entry, whose hashes sum up the whole chain."""
    entry = Entry.objects.order_by("-index").first()
    return entry.plain() if entry else None


def length() -> int:
    """How many entries there are; they have no gaps."""
    return Entry.objects.aggregate(last=Max("index"))["last"] or 0


def pieces_of(total: int) -> list[tuple[int, int]]:
    """The numbers 1 to `total` as pieces that can be checked by themselves: first and last."""
    return [(first, min(first + PIECE - 1, total)) for first in range(1, total + 1, PIECE)]


def fault_between(first: int, last: int) -> str | None:
    """What is wrong with the first bad entry from `first` to `last`; or None.

    The entry before is taken as it stands: it is the last one of another piece, which finds out
    whether its hashes are those of its content. So pieces without a fault are a chain without.
    """
    before: tuple[str, str] | None = (START, START)
    if first > 1:
        stored = Entry.objects.filter(index=first - 1).values_list("sm3", "sha256")
        before = stored.first()
    if before is None:
        return f"entry {first - 1} is missing"
    seen = first - 1

    def read() -> Iterator[dict[str, Any]]:
        nonlocal seen
        # Nothing bounds the first piece from below: what stands before entry 1 is a fault.
        for entry in chain(last, since=first if first > 1 else None):
            yield entry
            seen = entry["index"]

    fault = first_fault(read(), first=first, before=before)
    if fault is not None:
        return fault[1]
    return f"entry {seen + 1} is missing" if seen < last else None


def end_fault() -> str | None:
    """Whether the chain ends where its head says, so that a tail cut off is seen; or None."""
    head, last = Head.objects.first(), Entry.objects.order_by("-index").first()
    if head is None and last is None:
        return None
    if head is None or last is None or (head.index, head.sm3) != (last.index, last.sm3):
        told, found = head.index if head else 0, last.index if last else 0
        return f"the chain ends at entry {found}, its head says {told}"
    return None


def seal_fault() -> str | None:
    """The first sealed value that is not what its entry commits to; or None. Erased is no fault."""
    commitments = Entry.objects.filter(index=OuterRef("index")).values("sealed")[:1]
    rows = Seal.objects.order_by("index").annotate(told=Subquery(commitments))
    for seal in rows.iterator(chunk_size=CHUNK):
        told = seal.told if isinstance(seal.told, dict) else json.loads(seal.told or "{}")
        if told.get(seal.name) != commitment(seal.salt, json.loads(seal.value)):
            return f"entry {seal.index} does not commit to what is kept as {seal.name}"
    return None


def values_sealed(indexes: Iterable[int]) -> dict[int, dict[str, Any]]:
    """Entry → the personal values it commits to, as far as they were not erased."""
    found: dict[int, dict[str, Any]] = {}
    for seal in Seal.objects.filter(index__in=list(indexes)):
        found.setdefault(seal.index, {})[seal.name] = json.loads(seal.value)
    return found


@dataclass(frozen=True)
class Wish:
    """What somebody looks for in the chain; an empty field does not narrow it.

    `paths` are the subtrees that may be seen, None for the whole chain; `under` is the one
    looked for. `thing` is a kind of object, as in `Entry.thing`.
    """

    paths: Sequence[str] | None = None
    first: dt.date | None = None
    last: dt.date | None = None
    actor: str = ""
    verb: str = ""
    thing: str = ""
    thing_id: str = ""
    under: str = ""


def entries(wish: Wish) -> QuerySet[Entry]:
    """The entries that fit, newest first; take as many as the screen holds."""
    rows = Entry.objects.order_by("-index")
    if wish.paths is not None:
        rows = rows.filter(_below(wish.paths))
    if wish.under:
        rows = rows.filter(_below([wish.under]))
    exact = {name: getattr(wish, name) for name in ("actor", "verb", "thing", "thing_id")}
    rows = rows.filter(**{name: value for name, value in exact.items() if value})
    if wish.first:
        rows = rows.filter(index__gte=_first_index(wish.first))
    if wish.last:
        rows = rows.filter(index__lt=_first_index(wish.last + dt.timedelta(days=1)))
    return rows


def page_of(wish: Wish, *, before: int | None, size: int) -> tuple[list[Entry], int | None]:
    """One page by key, and the key of the next: as fast at the end of a long chain as at its top.

    `before` is the number below which the page begins; None for the newest.
    """
    rows = entries(wish)
    if before is not None:
        rows = rows.filter(index__lt=before)
    found = list(rows[: size + 1])
    return found[:size], found[size - 1].index if len(found) > size else None


def per_day(last: dt.date, days: int) -> list[tuple[dt.date, int]]:
    """Day → number of entries, for the `days` up to `last`, by one statement.

    Entries have no gaps, so a day's number is the distance between first entries.
    """
    begin = [last - dt.timedelta(days=days - 1 - each) for each in range(days + 1)]
    marks = {
        f"mark_{at}": Subquery(
            Entry.objects.filter(at__gte=_midnight(day)).order_by("at").values("index")[:1]
        )
        for at, day in enumerate(begin)
    }
    row = Head.objects.annotate(**marks).values(*marks, "index").first()
    if row is None:
        return [(day, 0) for day in begin[:-1]]
    # After the newest entry there is no first one: the next to be written stands for it.
    firsts = [row[f"mark_{at}"] or row["index"] + 1 for at in range(days + 1)]
    return [(day, max(firsts[at + 1] - firsts[at], 0)) for at, day in enumerate(begin[:-1])]


def _below(paths: Sequence[str]) -> Q:
    """Entries of these subtrees.

    Of a whole tree so many that the newest are soon met on the way down; the index of paths
    would have all of them gathered and sorted first.
    """
    wanted = Q(index__in=[])
    for path in paths:
        if len(path) == SEGMENT:
            wanted |= Q(Exact(Substr("org_path", 1, SEGMENT), Value(path)))
        else:
            wanted |= Q(org_path__gte=path, org_path__lt=end_of_subtree(path))
    return wanted


def _first_index(day: dt.date) -> int:
    """The number of the first entry of this day or later; past the end if there is none."""
    found = Entry.objects.filter(at__gte=_midnight(day)).order_by("at").values_list("index")
    first = found.first()
    return int(first[0]) if first else length() + 1


def _midnight(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time.min))
