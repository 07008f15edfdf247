"""Everybody who may knock at a door, and a world with one of every thing behind the doors."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

from django.utils import timezone

from bihuan.access.actions import give_role, take_role
from bihuan.access.permissions import Role
from bihuan.accounts.actions import close_account, open_account
from bihuan.accounts.models import User
from bihuan.activities.actions import file_record
from bihuan.activities.models import Activity
from bihuan.activities.rules import Record
from bihuan.duties.actions import grant_exemption
from bihuan.duties.actions.review import import_programme
from bihuan.duties.models import Duty
from bihuan.orgs.models import Org
from bihuan.reports.actions import write_briefing
from tests.village import FOUNDED, Village, found_village

LOGGED_OUT = "logged_out"
PLAN = "测试工作计划\n一、主要任务\n1. 每季度召开一次支部党员大会。\n2. 6月底前完成一次调研。\n"


@dataclass(frozen=True)
class World:
    """The village with its cast, and the arguments of every route that lead to its things."""

    village: Village
    cast: dict[str, User | None]
    keys: dict[str, int]


def build_world() -> World:
    """Everything that can be reached, belonging to the village's first branch."""
    village = found_village()
    cast = people(village)
    keys = things(village.branch, village.secretary, village.officer)
    grant = village.secretary.grants.get()
    return World(village, cast, {**keys, "grant": grant.pk, "entry": 1})


def people(village: Village) -> dict[str, User | None]:
    """Role and relation → account; the things of the world belong to `village.branch`."""
    cast: dict[str, User | None] = {
        "officer": village.officer,
        "unit_secretary": _holder("unit_secretary", Role.UNIT_SECRETARY, village.unit),
        "branch_secretary": village.secretary,
        "member": village.member,
        "stranger": village.other_secretary,
        "stranger_above": _holder("stranger_above", Role.UNIT_SECRETARY, village.other_unit),
        "auditor": _holder("auditor", Role.AUDITOR, village.committee),
        "system_admin": _holder("system_admin", Role.SYSTEM_ADMIN, village.committee),
        "security_admin": _holder("security_admin", Role.SECURITY_ADMIN, village.committee),
        "nobody": _account("nobody"),
        "disabled": _holder("disabled", Role.OFFICER, village.committee),
        "expired": _account("expired"),
        LOGGED_OUT: None,
    }
    ended = give_role(cast["expired"], Role.OFFICER, village.committee, since=FOUNDED, by="system")
    take_role(ended, on=timezone.localdate(), by="system")
    close_account(cast["disabled"], by="system")
    return cast


def things(org: Org, secretary: User, officer: User, *, note: str = "测试") -> dict[str, int]:
    """One of each: its kind → its primary key. `note` stands in every text."""
    today = timezone.localdate()
    record = Record(
        org_id=org.pk, kinds=("theme_day",), held_date=today, summary=note, place=note, title=note
    )
    activity: Activity = file_record(record, by=secretary, key=uuid.uuid4())
    programme = import_programme(
        f"{note}{PLAN}", org=org, title=f"{note}计划", file_name=f"{note}.txt", by=secretary
    )
    exemption = grant_exemption(org, since=today, until=today, reason=note, by=officer)
    briefing = write_briefing(
        org, title=f"{note}通报", since=dt.date(today.year, 1, 1), until=today, demands=note,
        by=officer,
    )  # fmt: skip
    member = org.memberships.order_by("-pk").first()
    post = org.appointments.order_by("pk").first()
    return {
        "person": member.person_id, "appointment": post.pk,
        "org": org.pk, "activity": activity.pk, "programme": programme.pk,
        "proposal": programme.proposals.first().pk, "exemption": exemption.pk,
        "briefing": briefing.pk, "duty": Duty.objects.order_by("pk").first().pk,
    }  # fmt: skip


def _account(name: str) -> User:
    return open_account(name, password=None, name=name, by="system")


def _holder(name: str, role: Role, org: Org) -> User:
    user = _account(name)
    give_role(user, role, org, since=FOUNDED, by="system")
    return user
