from __future__ import annotations

import datetime as dt

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from bihuan.access.actions import give_role, take_role
from bihuan.access.models import Grant
from bihuan.access.permissions import GRANTS, Permission, Role
from bihuan.access.queries import holds, orgs_where, within_reach
from bihuan.accounts.actions import close_account, open_account
from bihuan.lib.refusals import Refused
from bihuan.orgs.actions.tree import move
from bihuan.orgs.models import Org, Person
from tests.village import FOUNDED, Village, found_village

pytestmark = pytest.mark.django_db


@pytest.fixture
def village() -> Village:
    return found_village()


def names(orgs: object) -> set[str]:
    return {org.name for org in orgs}  # type: ignore[attr-defined]


def test_a_grant_reaches_its_organisation_and_all_below(village: Village) -> None:
    assert names(orgs_where(village.secretary, Permission.RECORD_FILE)) == {village.branch.name}
    assert len(names(orgs_where(village.officer, Permission.RECORD_VIEW))) == 5


def test_what_a_role_does_not_carry_reaches_nothing(village: Village) -> None:
    assert not orgs_where(village.member, Permission.RECORD_FILE).exists()
    assert not holds(village.member, Permission.RECORD_FILE)


def test_nobody_and_a_closed_account_reach_nothing(village: Village) -> None:
    close_account(village.officer, by="system")

    assert not holds(AnonymousUser(), Permission.ORG_VIEW)
    assert not holds(village.officer, Permission.ORG_VIEW)


def test_a_grant_ends_with_its_last_day(village: Village) -> None:
    today = timezone.localdate()
    grant = Grant.objects.get(user=village.secretary)

    take_role(grant, on=today, by="system")

    assert not holds(village.secretary, Permission.RECORD_FILE)


def test_a_moved_unit_is_out_of_the_old_reach_and_in_the_new_one(village: Village) -> None:
    head = open_account("head", password=None, name="head", by="system")
    give_role(head, Role.UNIT_SECRETARY, village.other_unit, since=FOUNDED, by="system")
    assert not orgs_where(head, Permission.LEDGER_VIEW).filter(pk=village.branch.pk).exists()

    move(village.unit, to=village.other_unit, on=dt.date(2026, 7, 1), by="system")

    assert orgs_where(head, Permission.LEDGER_VIEW).filter(pk=village.branch.pk).exists()


def test_people_are_reached_through_their_membership(village: Village) -> None:
    reached = within_reach(Person, village.secretary, Permission.PERSON_VIEW)

    assert set(reached) == set(village.members)


def test_an_organisation_belongs_to_itself(village: Village) -> None:
    assert set(within_reach(Org, village.secretary, Permission.ORG_VIEW)) == {village.branch}


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN])
def test_administrators_hold_no_business_rights_and_exclude_each_other(
    village: Village, role: Role
) -> None:
    business = {
        permission for each in (Role.OFFICER, Role.UNIT_SECRETARY) for permission in GRANTS[each]
    }

    # Who holds which role is everybody's business who answers for people.
    assert GRANTS[role].isdisjoint(business - {Permission.GRANT_VIEW})
    with pytest.raises(Refused):
        give_role(village.officer, role, village.committee, since=FOUNDED, by="system")


def test_nobody_gives_a_role_to_themselves(village: Village) -> None:
    with pytest.raises(Refused):
        give_role(village.officer, Role.OFFICER, village.unit, since=FOUNDED, by=village.officer)
