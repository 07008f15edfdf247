from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from bihuan.access.actions import give_role
from bihuan.access.permissions import Role
from bihuan.accounts.actions import open_account
from bihuan.accounts.models import User
from bihuan.audit.models import Entry
from bihuan.ledger.actions.tick import catch_up
from bihuan.ledger.queries.audit import differences_of_year
from bihuan.orgs.actions.tree import establish
from bihuan.orgs.choices import MemberStatus, OrgKind, Post
from bihuan.orgs.models import Appointment, Membership, Org, OrgSpan, Person
from tests.village import FOUNDED, Village, found_village

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
DAY = TODAY.isoformat()
DAY_BEFORE = (TODAY - dt.timedelta(days=1)).isoformat()


@pytest.fixture
def village() -> Village:
    village = found_village()
    catch_up(TODAY.year, TODAY)
    return village


def as_user(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def post(client: Client, address: str, **asked: Any) -> Any:
    return client.post(address, asked)


def done(client: Client, address: str, **asked: Any) -> str:
    """Look at what changes, then carry it out; where one is led."""
    seen = client.post(address, asked)
    assert (seen.status_code, seen.templates[0].name) == (200, "registry/preview.html")
    answer = client.post(address, {**dict(seen.context["sent"]), "go": "yes"})
    assert answer.status_code == 302, answer.context["form"].errors
    return str(answer["Location"])


def errors(response: Any) -> dict[str, list[str]]:
    assert response.status_code == 200
    return {name: list(told) for name, told in response.context["form"].errors.items()}


def unit_secretary(village: Village) -> User:
    user = open_account("unit", password=None, name="unit", by="system")
    give_role(user, Role.UNIT_SECRETARY, village.unit, since=FOUNDED, by="system")
    return user


def test_an_empty_installation_is_set_up_by_hand() -> None:
    call_command("found", "某市直机关工委", "--on", "2020-01-01")
    committee = Org.objects.get()
    officer = open_account("officer", password=None, name="officer", by="system")
    give_role(officer, Role.OFFICER, committee, since=FOUNDED, by="system")
    client = as_user(officer)

    where = done(
        client, f"/registry/{committee.pk}/establish/",
        name="市某局", kind=OrgKind.UNIT, founded="2020-02-01", staff_count="60",
    )  # fmt: skip
    where = done(
        client, f"{where}establish/",
        name="市某局党支部", kind=OrgKind.BRANCH, founded="2020-03-01", term_end_date="2026-12-31",
    )  # fmt: skip
    branch = Org.objects.get(kind=OrgKind.BRANCH)
    person = done(
        client, f"{where}enrol/",
        name="张三", status=MemberStatus.FULL, since="2020-03-01", joined_date="2010-07-01",
    )  # fmt: skip
    done(client, f"{person}appoint/", org=branch.pk, post=Post.SECRETARY, since="2020-03-01")

    branch.refresh_from_db()
    assert (branch.parent.name, branch.full_members) == ("市某局", 1)
    held = Appointment.objects.get()
    assert (held.person.name, held.org, held.post) == ("张三", branch, Post.SECRETARY)
    page = client.get(f"/registry/{branch.pk}/")
    assert [str(each.person) for each in page.context["held"]] == ["张三"]
    assert [str(each.person) for each in page.context["page"]] == ["张三"]
    assert [event.text for event in page.context["history"]] == [
        "成立：市某局党支部（党支部），隶属市某局"
    ]


def test_only_an_empty_tree_is_founded(village: Village) -> None:
    with pytest.raises(CommandError):
        call_command("found", "又一个工委")


def test_a_preview_changes_nothing_and_tells_what_will(village: Village) -> None:
    client = as_user(village.officer)
    entries = Entry.objects.count()

    seen = post(
        client, f"/registry/{village.unit.pk}/establish/",
        name="新支部", kind=OrgKind.BRANCH, founded=DAY,
    )  # fmt: skip

    effects = seen.context["effects"]
    assert {each.name for each in effects.gained} >= {"支部党员大会", "主题党日"}
    assert [grant.user.username for grant in effects.rights_gained] == ["officer"]
    assert (effects.lost, effects.rights_lost) == ([], [])
    assert not Org.objects.filter(name="新支部").exists()
    assert Entry.objects.count() == entries


def test_a_move_tells_who_gets_and_who_loses_sight(village: Village) -> None:
    unit_secretary(village)
    other = open_account("other_unit", password=None, name="other", by="system")
    give_role(other, Role.UNIT_SECRETARY, village.other_unit, since=FOUNDED, by="system")
    address = f"/registry/{village.branch.pk}/move/"
    client = as_user(village.officer)

    effects = post(client, address, to=village.other_unit.pk, on=DAY).context["effects"]
    done(client, address, to=village.other_unit.pk, on=DAY)

    assert (effects.orgs, effects.people) == (1, 8)
    assert [grant.user.username for grant in effects.rights_gained] == ["other_unit"]
    assert [grant.user.username for grant in effects.rights_lost] == ["unit"]
    assert Org.objects.get(pk=village.branch.pk).parent == village.other_unit
    texts = [each.text for each in client.get(f"/registry/{village.branch.pk}/").context["history"]]
    assert texts[0] == "调整隶属：市测试局 → 市对照局"


def test_a_new_name_stands_in_the_history(village: Village) -> None:
    client = as_user(village.officer)
    done(client, f"/registry/{village.unit.pk}/rename/", name="市检验局", on=DAY)

    assert Org.objects.get(pk=village.unit.pk).name == "市检验局"
    history = client.get(f"/registry/{village.unit.pk}/").context["history"]
    assert (history[0].on, history[0].text) == (TODAY, "更名：市测试局 → 市检验局")


def test_what_cannot_be_dissolved_says_why_and_keeps_what_was_typed(village: Village) -> None:
    answer = post(as_user(village.officer), f"/registry/{village.branch.pk}/dissolve/", on=DAY)

    assert errors(answer) == {"__all__": ["“市测试局机关党支部”还有党员，请先转接他们的组织关系。"]}
    assert f'value="{DAY}"' in answer.content.decode()


def test_an_empty_branch_is_dissolved_and_stays_to_be_read(village: Village) -> None:
    empty = establish("空支部", OrgKind.BRANCH, parent=village.unit, founded=FOUNDED, by="system")
    client = as_user(village.officer)

    effects = post(client, f"/registry/{empty.pk}/dissolve/", on=DAY).context["effects"]
    where = done(client, f"/registry/{empty.pk}/dissolve/", on=DAY)

    assert {each.name for each in effects.lost} >= {"支部党员大会", "主题党日"}
    page = client.get(where)
    assert page.context["history"][0].text == "撤销"
    assert page.context["may_operate"] is False
    assert empty in client.get(f"/registry/{village.unit.pk}/").context["dissolved"]


@pytest.mark.parametrize(
    ("step", "asked", "field"),
    [
        ("establish", {"name": "", "kind": "BRANCH", "founded": DAY}, "name"),
        ("establish", {"name": "新", "kind": "X", "founded": DAY}, "kind"),
        ("establish", {"name": "新", "kind": "GROUP", "founded": DAY}, "kind"),
        ("establish", {"name": "新", "kind": "BRANCH", "founded": "2999-01-01"}, "founded"),
        ("establish", {"name": "新", "kind": "BRANCH", "founded": "0001-01-01"}, "founded"),
        ("establish", {"name": "新", "kind": "BRANCH", "founded": "2019-12-31"}, "__all__"),
        ("establish", {"name": "市测试局机关党支部", "kind": "BRANCH", "founded": DAY}, "__all__"),
        ("rename", {"name": "新" * 121, "on": DAY}, "name"),
        ("rename", {"name": "新", "on": "2019-12-31"}, "__all__"),
        ("move", {"to": "999999999", "on": DAY}, "to"),
        ("move", {"to": "x", "on": DAY}, "to"),
        ("move", {"on": DAY}, "to"),
        ("dissolve", {"on": ""}, "on"),
        ("amend", {"staff_count": "-1"}, "staff_count"),
        ("enrol", {"name": "\0", "status": "FULL", "since": DAY}, "name"),
        ("enrol", {"name": "李四", "status": "FULL", "since": "2019-12-31"}, "__all__"),
        ("enrol", {"name": "李四", "status": "", "since": DAY}, "status"),
        ("appoint", {"person": "没有此人", "post": "SECRETARY", "since": DAY}, "person"),
        ("appoint", {"person": "\0", "post": "SECRETARY", "since": DAY}, "person"),
        ("appoint", {"person": "", "post": "SECRETARY", "since": DAY}, "person"),
    ],
)
def test_bad_input_gets_a_sentence(
    village: Village, step: str, asked: dict[str, str], field: str
) -> None:
    answer = post(as_user(village.officer), f"/registry/{village.unit.pk}/{step}/", **asked)
    assert list(errors(answer)) == [field]


def test_nothing_is_moved_below_itself(village: Village) -> None:
    client = as_user(village.officer)
    unit = establish("内设", OrgKind.UNIT, parent=village.unit, founded=FOUNDED, by="system")
    answer = post(client, f"/registry/{village.unit.pk}/move/", to=unit.pk, on=DAY)
    assert list(errors(answer)) == ["__all__"]


def test_nothing_but_a_group_stands_below_a_branch(village: Village) -> None:
    client = as_user(village.officer)
    address = f"/registry/{village.other_branch.pk}/move/"
    assert list(errors(post(client, address, to=village.branch.pk, on=DAY))) == ["to"]


def test_a_namesake_is_asked_about_once(village: Village) -> None:
    client, name = as_user(village.officer), village.members[0].name
    address = f"/registry/{village.branch.pk}/enrol/"
    asked = {"name": name, "status": "FULL", "since": DAY}

    assert list(errors(post(client, address, **asked))) == ["namesake"]
    done(client, address, **asked, namesake="on")

    assert Person.objects.filter(name=name).count() == 2
    branch = Org.objects.get(pk=village.branch.pk)
    assert branch.full_members == 9


def test_of_several_of_one_name_one_is_chosen(village: Village) -> None:
    client, name = as_user(village.officer), village.members[0].name
    done(
        client, f"/registry/{village.branch.pk}/enrol/",
        name=name, status="FULL", since=DAY, namesake="on",
    )  # fmt: skip
    other = Person.objects.filter(name=name).latest("pk")
    address = f"/registry/{village.branch.pk}/appoint/"
    asked = {"person": name, "post": Post.GROUP_LEADER, "since": DAY}

    assert list(errors(post(client, address, **asked))) == ["chosen"]
    done(client, address, **asked, chosen=str(other.pk))

    assert Appointment.objects.get(post=Post.GROUP_LEADER).person == other


def test_a_post_is_given_once_and_ended(village: Village) -> None:
    client, branch = as_user(village.officer), village.branch
    held = Appointment.objects.get(org=branch, post=Post.SECRETARY)
    asked = {"person": held.person.name, "post": Post.SECRETARY, "since": DAY}

    twice = post(client, f"/registry/{branch.pk}/appoint/", **asked)
    done(client, f"/registry/posts/{held.pk}/relieve/", on=DAY)

    assert list(errors(twice)) == ["__all__"]
    held.refresh_from_db()
    assert held.until_date == TODAY
    assert client.get(f"/registry/posts/{held.pk}/relieve/").status_code == 404
    assert held in client.get(f"/registry/{branch.pk}/").context["ended"]


def test_somebody_goes_to_another_branch_with_their_history(village: Village) -> None:
    client, person = as_user(village.officer), village.members[-1]

    where = done(
        client, f"/registry/people/{person.pk}/belong/", org=village.other_branch.pk, since=DAY
    )

    told = [
        (each.org, each.since_date, each.until_date)
        for each in client.get(where).context["memberships"]
    ]
    assert told == [(village.other_branch, TODAY, None), (village.branch, FOUNDED, TODAY)]
    assert Org.objects.get(pk=village.other_branch.pk).full_members == 4


def test_a_standing_is_dated_and_counted_on_each_day(village: Village) -> None:
    client, person = as_user(village.officer), village.members[-1]
    march = dt.date(TODAY.year, 3, 1)

    where = done(
        client, f"/registry/people/{person.pk}/status/",
        status=MemberStatus.NONE, on=march.isoformat(),
    )  # fmt: skip
    other = village.members[-2]
    february = dt.date(TODAY.year, 2, 1).isoformat()
    done(
        client, f"/registry/people/{other.pk}/belong/",
        org=village.other_branch.pk, since=february,
    )  # fmt: skip

    spans = OrgSpan.objects.filter(org=village.branch).order_by("since_date")
    counted = [(span.since_date.month, span.full_members) for span in spans]
    assert counted[-2:] == [(2, 7), (3, 6)]
    shown = client.get(where).context["statuses"]
    assert {(each.status, each.since_date) for each in shown} == {
        (MemberStatus.FULL, None), (MemberStatus.NONE, march),
    }  # fmt: skip


def test_a_correction_is_saved_and_written_down_without_what_it_says(village: Village) -> None:
    client, person = as_user(village.officer), village.members[-1]

    answer = post(client, f"/registry/people/{person.pk}/correct/", name="李四", position="处长")

    assert answer.status_code == 302
    person.refresh_from_db()
    assert (person.name, person.position) == ("李四", "处长")
    entry = Entry.objects.get(verb="person.corrected")
    assert entry.detail == {"fields": ["name", "position"]}


def test_somebody_of_a_unit_changes_what_is_below_it_and_not_itself(village: Village) -> None:
    client = as_user(unit_secretary(village))

    own = [client.get(f"/registry/{village.unit.pk}/{step}/").status_code
           for step in ("establish", "amend", "enrol", "rename", "move", "dissolve")]  # fmt: skip
    below = [client.get(f"/registry/{village.branch.pk}/{step}/").status_code
             for step in ("rename", "move", "dissolve")]  # fmt: skip
    others = [client.get(f"/registry/{village.other_branch.pk}/{step}").status_code
              for step in ("", "establish/", "rename/", "enrol/", "appoint/")]  # fmt: skip
    theirs = village.other_members[0].pk
    people = [client.get(f"/registry/people/{theirs}/{step}").status_code
              for step in ("", "correct/", "status/", "belong/", "appoint/")]  # fmt: skip

    assert own == [200, 200, 200, 404, 404, 404]
    assert below == [200, 200, 200]
    assert set(others) | set(people) == {404}
    answer = post(client, f"/registry/{village.branch.pk}/move/", to=village.other_unit.pk, on=DAY)
    assert list(errors(answer)) == ["to"]


def test_a_member_sees_the_organisation_and_not_its_people(village: Village) -> None:
    client = as_user(village.member)
    page = client.get(f"/registry/{village.branch.pk}/")

    assert page.status_code == 200
    assert village.members[2].name not in page.content.decode()
    assert client.get("/registry/people/").status_code == 403


def test_the_tree_opens_level_by_level_and_is_searched(village: Village) -> None:
    client = as_user(village.officer)

    top = client.get("/registry/")
    level = client.get(f"/registry/?under={village.unit.pk}", headers={"HX-Request": "true"})
    found = client.get("/registry/?q=对照局")

    assert [node.org for node in top.context["nodes"]] == [village.committee]
    assert [node.org for node in top.context["inner"]] == [village.unit, village.other_unit]
    assert village.branch.name in level.content.decode()
    assert f"书记 {village.members[0].name}" in level.content.decode()
    assert b"<html" not in level.content
    assert [node.org for node in found.context["nodes"]] == [
        village.other_unit, village.other_branch,
    ]  # fmt: skip


@pytest.mark.parametrize("asked", ["under=x", "under=99999999", "under=1" * 9, "q=%00", "q=%ff"])
def test_bad_wishes_do_no_harm(village: Village, asked: str) -> None:
    assert as_user(village.officer).get(f"/registry/?{asked}").status_code in {200, 404}


def test_people_are_found_by_name_and_standing(village: Village) -> None:
    client = as_user(village.officer)
    name = village.other_members[0].name

    found = client.get("/registry/people/", {"name": name}).context["page"]
    none = client.get("/registry/people/", {"name": name, "status": "NONE"}).context["page"]

    assert [(person.name, person.here[0].org) for person in found] == [(name, village.other_branch)]
    assert list(none) == []
    assert Membership.objects.filter(until_date=None).count() == 11


def test_a_unit_goes_into_another_with_all_it_has(village: Village) -> None:
    secretary = unit_secretary(village)
    person = village.other_members[-1]
    done(as_user(village.officer), f"/registry/people/{person.pk}/belong/",
         org=village.unit.pk, since=DAY_BEFORE)  # fmt: skip
    client, address = as_user(village.officer), f"/registry/{village.unit.pk}/merge/"
    asked = {"into": village.other_unit.pk, "on": DAY}

    effects = post(client, address, **asked).context["effects"]
    where = done(client, address, **asked)

    assert [grant.user for grant in effects.rights_lost] == [secretary]
    assert where == f"/registry/{village.other_unit.pk}/"
    unit, branch = (Org.objects.get(pk=org.pk) for org in (village.unit, village.branch))
    assert (unit.dissolved_date, unit.merged_into) == (TODAY, village.other_unit)
    assert branch.parent == village.other_unit
    assert Membership.objects.get(person=person, until_date=None).org == village.other_unit
    assert secretary.grants.get().until_date == TODAY
    assert client.get(where).context["history"][0].text == "接收：市测试局"
    assert client.get(f"/registry/{unit.pk}/").context["history"][0].text == "并入：市对照局"
    assert list(differences_of_year(TODAY.year)) == []


def test_only_alike_is_merged(village: Village) -> None:
    client = as_user(village.officer)
    address = f"/registry/{village.unit.pk}/merge/"
    assert list(errors(post(client, address, into=village.branch.pk, on=DAY))) == ["into"]
    assert list(errors(post(client, address, into=village.unit.pk, on=DAY))) == ["into"]


def test_what_the_rules_find_missing_stands_on_the_page(village: Village) -> None:
    client = as_user(village.officer)
    branch = village.branch

    whole = client.get(f"/registry/{branch.pk}/").context["gaps"]
    held = Appointment.objects.get(org=branch, post=Post.SECRETARY)
    done(client, f"/registry/posts/{held.pk}/relieve/", on=DAY)
    lacking = client.get(f"/registry/{branch.pk}/")

    assert whole == []
    assert [gap.text for gap in lacking.context["gaps"]] == ["没有书记，应当补选。"]
    assert "第八条" in lacking.content.decode()


def test_an_account_is_linked_by_somebody_above(village: Village) -> None:
    person = village.members[3]
    user = open_account("li", password=None, name="li", by="system")
    client, address = as_user(village.officer), f"/registry/people/{person.pk}/account/"

    without_role = post(client, address, username="li")
    give_role(user, Role.MEMBER, village.branch, since=FOUNDED, by="system")
    taken = post(client, address, username="secretary")
    own = post(client, address, username="officer")
    linked = post(client, address, username="li")

    assert [list(errors(answer)) for answer in (without_role, taken, own)] == [["__all__"]] * 3
    assert linked.status_code == 302
    person.refresh_from_db()
    assert person.user == user
    post(client, address, username="")
    person.refresh_from_db()
    assert person.user is None
