from __future__ import annotations

import datetime as dt
from itertools import pairwise

import pytest

from bihuan.lib.refusals import Refused
from bihuan.lib.tree import contains
from bihuan.orgs.actions.people import enrol
from bihuan.orgs.actions.tree import CyclicMove, dissolve, establish, move, rename
from bihuan.orgs.choices import OrgKind
from bihuan.orgs.models import Org, OrgSpan, Person
from tests.village import FOUNDED, Village, found_village

pytestmark = pytest.mark.django_db
JULY = dt.date(2026, 7, 1)


@pytest.fixture
def village() -> Village:
    return found_village()


def test_a_path_leads_from_the_root_to_the_organisation(village: Village) -> None:
    assert contains(village.committee.path, village.branch.path)
    assert list(Org.objects.under(village.unit.path).order_by("path")) == [
        village.unit, village.branch,
    ]  # fmt: skip


def test_a_move_takes_the_subtree_along_and_dates_the_new_parent(village: Village) -> None:
    move(village.unit, to=village.other_unit, on=JULY, by="system")

    branch = Org.objects.get(pk=village.branch.pk)
    assert contains(village.other_unit.path, branch.path)
    spans = OrgSpan.objects.filter(org=village.unit).order_by("since_date")
    assert [(span.since_date, span.until_date, span.parent_id) for span in spans] == [
        (FOUNDED, JULY, village.committee.pk),
        (JULY, None, village.other_unit.pk),
    ]


def test_nothing_can_be_moved_below_itself(village: Village) -> None:
    with pytest.raises(CyclicMove):
        move(village.unit, to=village.branch, on=JULY, by="system")


def test_a_new_name_leaves_the_old_one_in_the_history(village: Village) -> None:
    rename(village.unit, "市新测试局", on=JULY, by="system")

    names = OrgSpan.objects.filter(org=village.unit).order_by("since_date")
    assert [span.name for span in names] == ["市测试局", "市新测试局"]


def test_members_are_counted_as_of_each_day(village: Village) -> None:
    person = village.members[-1]

    enrol(person, village.other_branch, since=JULY, by="system")

    branch = OrgSpan.objects.filter(org=village.branch).order_by("since_date")
    assert [(span.since_date, span.full_members) for span in branch][-1] == (JULY, 7)
    village.other_branch.refresh_from_db()
    assert village.other_branch.full_members == 4


def test_an_organisation_with_people_is_not_dissolved(village: Village) -> None:
    with pytest.raises(Refused):
        dissolve(village.branch, on=JULY, by="system")


def test_a_group_is_counted_with_its_branch(village: Village) -> None:
    establish("第一党小组", OrgKind.GROUP, parent=village.branch, founded=JULY, by="system")

    village.branch.refresh_from_db()
    assert village.branch.groups == 1


def test_groups_are_counted_where_they_stood_on_each_day(village: Village) -> None:
    group = establish("第一党小组", OrgKind.GROUP, parent=village.branch, founded=JULY, by="system")
    august, may = dt.date(2026, 8, 1), dt.date(2026, 5, 1)
    move(group, to=village.other_branch, on=august, by="system")
    assert _groups(village.branch) == [(JULY, 1), (august, 0)]
    # Something about the branch that is entered late does not forget the group of July.
    enrol(Person.objects.create(name="王"), village.branch, since=may, by="system")
    assert _groups(village.branch) == [(JULY, 1), (august, 0)]
    # A move on the first day leaves nothing of where it stood before.
    move(group, to=village.other_branch, on=JULY, by="system")
    assert _groups(village.branch) == []
    assert _groups(village.other_branch) == [(JULY, 1)]


def _groups(org: Org) -> list[tuple[dt.date, int]]:
    """From which day on it has how many groups, where that changes."""
    spans = OrgSpan.objects.filter(org=org).order_by("since_date")
    counts = [(span.since_date, span.groups) for span in spans]
    return [now for before, now in pairwise(counts) if before[1] != now[1]]


def test_who_stood_below_is_a_question_of_the_day(village: Village) -> None:
    move(village.unit, to=village.other_unit, on=JULY, by="system")

    before = Org.objects.stood_below(village.other_unit, on=dt.date(2026, 6, 30))
    since = Org.objects.stood_below(village.other_unit, on=JULY)
    own = {village.other_unit, village.other_branch}
    assert (set(before), set(since)) == (own, {*own, village.unit, village.branch})


def test_a_move_added_for_an_earlier_day_leaves_the_later_one(village: Village) -> None:
    move(village.branch, to=village.other_unit, on=JULY, by="system")
    move(village.branch, to=village.committee, on=dt.date(2026, 3, 1), by="system")

    branch = Org.objects.get(pk=village.branch.pk)
    assert branch.parent == village.other_unit
    assert contains(village.other_unit.path, branch.path)
    parents = OrgSpan.objects.filter(org=branch).order_by("since_date").values_list("parent")
    assert [parent for (parent,) in parents] == [
        village.unit.pk, village.committee.pk, village.other_unit.pk,
    ]  # fmt: skip


def test_nothing_can_be_moved_below_what_stood_below_it_then(village: Village) -> None:
    move(village.branch, to=village.other_unit, on=JULY, by="system")
    with pytest.raises(CyclicMove):
        move(village.unit, to=village.branch, on=dt.date(2026, 6, 1), by="system")


def test_an_organisation_is_not_dissolved_before_it_was_founded(village: Village) -> None:
    with pytest.raises(Refused):
        dissolve(village.branch, on=FOUNDED, by="system")


def test_a_superior_read_before_it_moved_leads_to_no_wrong_path(village: Village) -> None:
    before = Org.objects.get(pk=village.unit.pk)
    move(village.unit, to=village.other_unit, on=JULY, by="system")
    new = establish("新支部", OrgKind.BRANCH, parent=before, founded=JULY, by="system")
    assert contains(village.other_unit.path, new.path)
