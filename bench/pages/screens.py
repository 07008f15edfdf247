"""The screens of each account of the demonstration, and the addresses to ask for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from random import Random
from typing import Any, TypeVar

from django.db.models import QuerySet
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from bihuan.access.permissions import GRANTS, Permission
from bihuan.access.queries import orgs_where, within_reach
from bihuan.accounts.models import User
from bihuan.activities.models import Activity
from bihuan.demo.choices import ACCOUNTS
from bihuan.duties.choices import ProgrammeState
from bihuan.duties.models import Duty, Programme
from bihuan.ledger.queries.screens import owed_by
from bihuan.orgs.choices import OrgKind
from bihuan.reports.models import Briefing

SEED = 7
T = TypeVar("T")
Addresses = dict[str, list[str]]
"""Screen → addresses, each of another node or record as far as there are enough."""


def addresses_of(username: str, count: int) -> Addresses:
    """What this account can open, about `count` addresses a screen."""
    user = User.objects.get(username=username)
    role = next(each.role for each in ACCOUNTS if each.username == username)
    held = GRANTS[role]
    pick = _Pick(user, count)
    found: Addresses = {"desk": [reverse("home:desk")], "about me": [reverse("home:about_me")]}
    if Permission.LEDGER_VIEW in held:
        found |= _ledger(pick)
    if Permission.RECORD_VIEW in held:
        found |= _records(pick)
    if Permission.DUTY_VIEW in held:
        found |= _duties(pick)
    if Permission.BRIEFING_VIEW in held:
        found |= _reports(pick)
    if Permission.AUDIT_VIEW in held:
        found |= _audit()
    if Permission.ORG_VIEW in held:
        found["org tree"] = [
            reverse("web:org_tree"),
            *(f"{reverse('web:org_tree')}?under={org.pk}" for org in pick.inner),
            *(f"{reverse('web:org_tree')}?q={word}" for word in ("机关", "第一", "农业")),
        ]
    return {screen: addresses for screen, addresses in found.items() if addresses}


class _Pick:
    """Some of everything within a person's reach; the tops and the largest are among them."""

    def __init__(self, user: User, count: int) -> None:
        self.user, self.count, self.random = user, count, Random(SEED)
        orgs = orgs_where(user, Permission.ORG_VIEW).living().order_by("path")
        self.orgs = list(orgs)
        parents = {org.parent_id for org in self.orgs}
        self.inner = self.some([org for org in self.orgs if org.pk in parents])
        hosts = (OrgKind.BRANCH, OrgKind.GROUP, OrgKind.LEADING_GROUP)
        self.hosts = self.some([org for org in self.orgs if org.kind in hosts])

    def some(self, rows: Sequence[T]) -> list[T]:
        """The first and a seeded choice of the others."""
        if len(rows) <= self.count:
            return list(rows)
        return [rows[0], *self.random.sample(rows[1:], self.count - 1)]

    def reach(self, model: type[Any], permission: Permission) -> QuerySet[Any]:
        return within_reach(model, self.user, permission).order_by("pk")

    def may(self, permission: Permission) -> bool:
        return orgs_where(self.user, permission).exists()


def _each(name: str, rows: Iterable[Any], query: str = "") -> list[str]:
    return [reverse(name, args=[row.pk]) + query for row in rows]


def _ledger(pick: _Pick) -> Addresses:
    today = timezone.localdate()
    cells = [
        reverse("ledger:cell", args=[org.pk, owed.line.number, owed.cells[0].index])
        + (f"?post={owed.post}" if owed.post else "")
        for org in pick.hosts
        for owed in owed_by(org, today.year, today)[:1]
    ]
    found = {
        "ledger: units × duties": _each("ledger:units", pick.inner),
        "ledger: the same, one quarter": _each("ledger:units", pick.inner, "?span=q3&sort=rate"),
        "ledger: what one owes": _each("ledger:owed", pick.hosts),
        "ledger: month by month": _each("ledger:months", pick.inner),
        "ledger: gaps": _each("ledger:gaps", pick.inner),
        "ledger: all cells": _each("ledger:cells", pick.inner),
        "ledger: overdue cells": _each("ledger:cells", pick.inner, "?state=overdue"),
        "ledger: cells made up": _each("ledger:cells", pick.inner, "?state=made_up&span=m5"),
        "ledger: one cell": cells,
    }
    if pick.may(Permission.DUTY_EXEMPT):
        found["ledger: exempt"] = _each("ledger:exempt", [*pick.inner[:10], *pick.hosts[:15]])
    return found


def _records(pick: _Pick) -> Addresses:
    here = reverse("activities:list")
    mine, year = pick.reach(Activity, Permission.RECORD_VIEW), timezone.localdate().year
    keys = list(mine.values_list("pk", flat=True))
    found = {
        "records": [here, *(f"{here}?kind={kind}" for kind in ("theme_day", "talk", "lecture"))],
        "records of one organisation": [f"{here}?org={org.pk}" for org in pick.inner + pick.hosts],
        "records, far back": [
            f"{here}?before={day}.{pk}"
            for pk, day in pick.some(list(mine.values_list("pk", "held_date")))
        ],
        "records, from a month back": [f"{here}?month={year}-{n:02}" for n in range(1, 13)],
        "one record": [reverse("activities:detail", args=[pk]) for pk in pick.some(keys)],
    }
    if pick.may(Permission.RECORD_FILE):
        new = reverse("activities:record")
        found["record a meeting"] = [f"{new}?org={org.pk}" for org in pick.hosts]
        found["choose who met"] = [new]
        found["change a record"] = [
            reverse("activities:change", args=[pk]) for pk in pick.some(keys)
        ]
    return found


def _duties(pick: _Pick) -> Addresses:
    plans = list(pick.reach(Programme, Permission.PLAN_VIEW))
    open_plans = [plan for plan in plans if plan.state == ProgrammeState.REVIEW]
    found = {
        "duties": [reverse("duties:list"), reverse("duties:list") + "?q=会"],
        "one duty": _each("duties:detail", pick.some(list(Duty.objects.order_by("pk")))),
    }
    if pick.may(Permission.PLAN_VIEW):
        found["plans"] = [reverse("duties:programmes")]
        found["one plan"] = _each("duties:programme", pick.some(plans))
    if pick.may(Permission.PLAN_EDIT):
        found["import a plan"] = [reverse("duties:import")]
        found["plan review"] = _each("duties:review", open_plans)
    if pick.may(Permission.DUTY_ISSUE):
        year = timezone.localdate().year
        asked = f"?year={year}&since={year}-01-01"
        found["issue a plan: preview"] = _each("duties:issue", open_plans, asked)
    return found


def _reports(pick: _Pick) -> Addresses:
    written = pick.some(list(pick.reach(Briefing, Permission.BRIEFING_VIEW)))
    numbers = [
        reverse("reports:number", args=[each.pk, number.place])
        for each in written
        for number in pick.some(list(each.numbers.order_by("place")))
    ]
    found = {
        "briefings": [reverse("reports:list")],
        "one briefing": _each("reports:detail", written),
        "briefing as .docx": _each("reports:docx", written),
        "one number of a briefing": numbers,
        "what each number means": [reverse("reports:measures")],
    }
    if pick.may(Permission.BRIEFING_WRITE):
        found["write a briefing"] = [reverse("reports:new")]
    return found


def _audit() -> Addresses:
    try:
        return {"audit entries": [reverse("audit:list")]}
    except NoReverseMatch:
        return {}
