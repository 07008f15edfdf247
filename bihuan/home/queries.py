"""What the desk shows about oneself and one's own branch."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from bihuan.accounts.models import User
from bihuan.activities.models import Activity
from bihuan.activities.queries.listing import records_in_reach
from bihuan.ledger.queries.screens import owed_by
from bihuan.ledger.queries.wanted import Wanted, wanted
from bihuan.orgs.models import Membership, Org, Person

RECENT = 5
DAYS_AHEAD = 45


@dataclass(frozen=True)
class Own:
    """A person's own branch: what is coming, what was, and their political birthday."""

    person: Person
    branch: Org | None
    coming: list[Wanted]
    recent: list[Activity]
    birthday: dt.date | None
    years: int


def person_of(user: User) -> Person | None:
    """The human being behind an account."""
    return Person.objects.filter(user=user).first()


def own_side(user: User, today: dt.date) -> Own | None:
    """The side of the desk that speaks of oneself; None for an account that is no person."""
    person = person_of(user)
    if person is None:
        return None
    home = Membership.objects.on(today).filter(person=person).select_related("org").first()
    branch = home.org if home else None
    birthday, years = political_birthday(person.joined_date, today)
    return Own(
        person,
        branch,
        coming_to(branch, today) if branch else [],
        list(records_in_reach(user, org=branch)[:RECENT]) if branch else [],
        birthday,
        years,
    )


def coming_to(branch: Org, today: dt.date) -> list[Wanted]:
    """What a branch still has before it in the coming weeks; what it missed is its secretary's."""
    until = today + dt.timedelta(days=DAYS_AHEAD)
    owed = wanted(branch, owed_by(branch, today.year, today), today)
    return [want for want in owed if today <= want.due <= until and not want.owed.post]


def political_birthday(joined: dt.date | None, today: dt.date) -> tuple[dt.date | None, int]:
    """The next anniversary of joining the Party (today counts), and how many years it marks.

    Whoever joined on 29 February has it on 1 March in other years.
    """
    if joined is None or joined > today:
        return None, 0
    for year in (today.year, today.year + 1):
        try:
            day = joined.replace(year=year)
        except ValueError:
            day = dt.date(year, 3, 1)
        if day >= today:
            return day, year - joined.year
    raise AssertionError("an anniversary comes every year")
