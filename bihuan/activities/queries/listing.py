"""The list of records: pages by key, as quick at the end of a long list as at its top."""

from __future__ import annotations

import calendar
import datetime as dt
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet

from bihuan.access.permissions import Permission
from bihuan.access.queries import orgs_where
from bihuan.accounts.models import User
from bihuan.activities.models import Activity, Kind
from bihuan.orgs.models import Org, OrgQuerySet

SIZE = 25
FEW = 3000
"""So many records of a kind are looked up by their kind; of a commoner kind one is soon met."""
MOST_MONTHS = 120
MOST_NAMED = 300


@dataclass(frozen=True)
class Mark:
    """A place in the list: right beside the record with this day and number."""

    day: dt.date
    pk: int

    def __str__(self) -> str:
        return f"{self.day.isoformat()}.{self.pk}"

    @classmethod
    def read(cls, text: str) -> Mark | None:
        """The mark that was written so; None for anything else."""
        day, _dot, pk = text.partition(".")
        try:
            found = dt.date.fromisoformat(day)
        except ValueError:
            return None
        return cls(found, int(pk)) if pk.isascii() and pk.isdigit() and len(pk) < 19 else None


@dataclass(frozen=True)
class Shown:
    """One page of the list, newest first, and where the next ones begin, if there are any."""

    rows: list[Activity]
    newer: Mark | None
    older: Mark | None


def records_in_reach(user: User, *, org: Org | None = None, kind: str = "") -> QuerySet[Activity]:
    """The records that `user` may see, newest first, with what a list shows of them."""
    found = _belonging(user, org)
    if kind:
        found = _of_kind(found, kind)
    return (
        found.select_related("org", "chair", "filed_by")
        .prefetch_related("kinds")
        .order_by("-held_date", "-pk")
    )


def page_of(
    found: QuerySet[Activity],
    *,
    before: Mark | None = None,
    after: Mark | None = None,
    until: dt.date | None = None,
) -> Shown:
    """The records right before or after a mark, or from the day `until` back, or the newest.

    Where too few are left after a mark to fill a page, the newest are shown.
    """
    if after is not None:
        later = found.filter(held_date__gte=after.day)
        later = later.exclude(held_date=after.day, pk__lte=after.pk).order_by("held_date", "pk")
        rows = list(later[: SIZE + 1])[::-1]
        if len(rows) > SIZE:
            return Shown(rows[1:], _mark(rows[1]), _mark(rows[-1]))
    elif before is not None:
        found = found.filter(held_date__lte=before.day)
        found = found.exclude(held_date=before.day, pk__gte=before.pk)
    elif until is not None:
        found = found.filter(held_date__lte=until)
    rows = list(found[: SIZE + 1])
    moved = rows and after is None and (before or until)
    return Shown(
        rows[:SIZE],
        newer=_mark(rows[0]) if moved else None,
        older=_mark(rows[SIZE - 1]) if len(rows) > SIZE else None,
    )


def months_with_records(user: User, *, org: Org | None, today: dt.date) -> list[dt.date]:
    """The first days of this month and of those before it, back to the oldest record."""
    dates = _belonging(user, org).order_by("held_date").values_list("held_date", flat=True)
    oldest = dates.first() or today
    first, found = today.replace(day=1), list[dt.date]()
    while len(found) < MOST_MONTHS and first >= oldest.replace(day=1):
        found.append(first)
        first = (first - dt.timedelta(days=1)).replace(day=1)
    return found


def month_end(text: str) -> dt.date | None:
    """The last day of a month that is written as 2026-03; None for anything else."""
    try:
        first = dt.date.fromisoformat(f"{text}-01")
    except ValueError:
        return None
    return first.replace(day=calendar.monthrange(first.year, first.month)[1])


def _mark(activity: Activity) -> Mark:
    return Mark(activity.held_date, activity.pk)


def _belonging(user: User, org: Org | None) -> QuerySet[Activity]:
    """The records of what is in reach, below `org` if given.

    Whoever reaches the whole tree needs no condition: with one, SQLite gathers and sorts all
    records there are for one page of them. For few organisations their keys are named: to
    PostgreSQL a choice of two subqueries is a reason to look at every record.
    """
    orgs: OrgQuerySet = orgs_where(user, Permission.RECORD_VIEW)
    if org is not None:
        orgs = orgs.under(org.path)
    count = orgs.count()
    if count == Org.objects.count():
        return Activity.objects.all()
    if count > MOST_NAMED:
        return Activity.objects.reach(orgs)
    named = list(orgs.values_list("pk", flat=True))
    shared = Activity.co_hosts.through.objects.filter(org__in=named)
    return Activity.objects.filter(
        Q(org__in=named) | Q(pk__in=list(shared.values_list("activity", flat=True)))
    )


def _of_kind(found: QuerySet[Activity], code: str) -> QuerySet[Activity]:
    key = Kind.objects.filter(code=code).values_list("pk", flat=True).first()
    if key is None:
        return found.none()
    of_kind = Activity.kinds.through.objects.filter(kind=key)
    if of_kind[: FEW + 1].count() <= FEW:
        return found.filter(pk__in=of_kind.values("activity"))
    return found.filter(Exists(of_kind.filter(activity=OuterRef("pk"))))
