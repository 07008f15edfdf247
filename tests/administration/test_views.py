from __future__ import annotations

import ast
import datetime as dt
import json
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from bihuan.access.actions import give_role
from bihuan.access.models import Grant
from bihuan.access.permissions import Role
from bihuan.accounts.actions import open_account
from bihuan.accounts.models import User
from bihuan.administration.choices import VERBS
from bihuan.audit.actions import erase_about, write_entry
from bihuan.audit.models import Entry
from bihuan.audit.queries import length
from bihuan.audit.rules import verify_lines
from tests.village import FOUNDED, Village, found_village

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).parents[2]


@pytest.fixture
def village() -> Village:
    return found_village()


def holder(role: Role, village: Village, org: object = None) -> User:
    user = open_account(str(role).lower(), password=None, name=str(role), by="system")
    give_role(user, role, org or village.committee, since=FOUNDED, by="system")
    return user


def as_user(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_the_auditor_reads_the_chain_and_the_reading_is_written_down_once(village: Village) -> None:
    auditor = holder(Role.AUDITOR, village)
    client = as_user(auditor)

    first, second = client.get("/audit/"), client.get("/audit/1/")

    assert (first.status_code, second.status_code) == (200, 200)
    read = Entry.objects.filter(verb="audit.read")
    assert [(entry.actor, entry.roles) for entry in read] == [("auditor", "AUDITOR")]
    assert read.get().request == first.headers["X-Request-ID"]
    assert first.context["found"][0].verb == "查看审计记录"


def test_a_later_visit_is_another_reading(village: Village) -> None:
    client = as_user(holder(Role.AUDITOR, village))
    client.get("/audit/")
    session = client.session
    session["audit_seen_at"] -= 31 * 60
    session.save()

    client.get("/audit/")

    assert Entry.objects.filter(verb="audit.read").count() == 2


def test_the_list_is_narrowed_by_day_actor_verb_org_and_object(village: Village) -> None:
    client = as_user(holder(Role.AUDITOR, village))
    today = timezone.localdate().isoformat()
    tomorrow = (timezone.localdate() + dt.timedelta(days=1)).isoformat()
    with_thing = write_entry("role.taken", village.branch, by=village.officer, org=village.branch)

    def found(**asked: str) -> list[int]:
        return [each.index for each in client.get("/audit/", asked).context["found"]]

    assert found(actor="officer") == [with_thing.index]
    assert found(verb="role.taken", first=today, last=today) == [with_thing.index]
    assert found(verb="role.taken", first=tomorrow) == []
    assert found(org="市测试局机关党支部", verb="role.taken") == [with_thing.index]
    assert found(org="市对照局", verb="role.taken") == []
    assert found(org="没有这个组织") == []
    assert with_thing.index in found(thing_id=str(village.branch.pk))


@pytest.mark.parametrize(
    "asked",
    [
        "first=x", "first=0001-01-01", "last=9999-12-31", "before=x", "before=-1", "verb=%27",
        "before=99999999999999999999", "actor=%00", "thing_id=" + "9" * 100, "org=%ff",
    ],
)  # fmt: skip
def test_bad_wishes_do_no_harm(village: Village, asked: str) -> None:
    assert as_user(holder(Role.AUDITOR, village)).get(f"/audit/?{asked}").status_code == 200


def test_pages_cost_the_same_for_three_entries_and_for_two_hundred(village: Village) -> None:
    client = as_user(holder(Role.AUDITOR, village))
    client.get("/audit/")

    def statements(address: str) -> int:
        with CaptureQueriesContext(
            connection,
        ) as caught:
            assert client.get(address).status_code == 200
        return len(caught)

    few = statements("/audit/?before=4")
    for _number in range(200):
        write_entry("record.filed", village.branch, by=village.officer, org=village.branch)

    assert statements("/audit/?before=204") == few


def test_an_auditor_of_a_part_sees_that_part_alone(village: Village) -> None:
    client = as_user(holder(Role.AUDITOR, village, village.unit))
    inside = write_entry("org.renamed", village.branch, by="system", org=village.branch)
    outside = write_entry("org.renamed", village.other_unit, by="system", org=village.other_unit)

    page = client.get("/audit/", {"verb": "org.renamed"})

    assert [each.index for each in page.context["found"]] == [inside.index]
    assert client.get(f"/audit/{inside.index}/").status_code == 200
    assert client.get(f"/audit/{outside.index}/").status_code == 404
    assert client.post("/audit/export/").status_code == 403


def test_an_entry_tells_what_is_sealed_until_it_is_erased(village: Village) -> None:
    client = as_user(holder(Role.AUDITOR, village))
    person = village.members[0].pk
    index = write_entry("personal.read", by="li", about=person, before="甲", after="乙").index

    def lines() -> list[tuple[str, str, bool]]:
        opened = client.get(f"/audit/{index}/").context["opened"]
        return [(line.name, line.value, line.erased) for line in opened.lines]

    assert lines() == [
        ("改前", "甲", False), ("改后", "乙", False), ("涉及的人", str(person), False),
    ]  # fmt: skip
    erase_about(person, by="system", purpose="本人要求")
    assert lines()[2] == ("涉及的人", "", True)


def test_the_chain_is_taken_along_and_verifies_and_that_is_written_down(village: Village) -> None:
    client = as_user(holder(Role.AUDITOR, village))

    answer = client.post("/audit/export/")
    lines = answer.getvalue().decode().splitlines()

    assert verify_lines(lines) == (length(), None)
    assert json.loads(lines[-2])["verb"] == "audit.exported"
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="audit-')


def test_every_verb_of_the_product_has_its_word() -> None:
    written = set()
    for path in ROOT.glob("bihuan/**/*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            called = isinstance(node, ast.Call) and getattr(node.func, "id", "") == "write_entry"
            if called and node.args and isinstance(node.args[0], ast.Constant):
                written.add(node.args[0].value)

    assert written - set(VERBS) == set()


def test_the_officer_sees_who_holds_what_and_cannot_give(village: Village) -> None:
    client = as_user(village.officer)

    page = client.get("/grants/")

    seen = [(str(grant.user), grant.role) for grant in page.context["grants"]]
    assert seen == [
        ("officer", "OFFICER"), ("secretary", "BRANCH_SECRETARY"), ("member", "MEMBER"),
        ("other_secretary", "BRANCH_SECRETARY"),
    ] or set(seen) == {
        ("officer", "OFFICER"), ("secretary", "BRANCH_SECRETARY"), ("member", "MEMBER"),
        ("other_secretary", "BRANCH_SECRETARY"),
    }  # fmt: skip
    assert not page.context["may_give"]
    assert client.get("/grants/give/").status_code == 403


def test_the_security_administrator_gives_and_ends_a_dated_role(village: Village) -> None:
    client = as_user(holder(Role.SECURITY_ADMIN, village))
    newcomer = open_account("newcomer", password=None, name="新同志", by="system")
    today = timezone.localdate()
    given = {
        "username": "newcomer", "role": "BRANCH_SECRETARY", "org": str(village.branch.pk),
        "since": today.isoformat(), "until": (today + dt.timedelta(days=9)).isoformat(),
    }  # fmt: skip

    assert client.post("/grants/give/", given).status_code == 302

    grant = Grant.objects.get(user=newcomer)
    assert (grant.role, grant.org, grant.since_date, grant.last_date, grant.granted_by) == (
        "BRANCH_SECRETARY", village.branch, today, today + dt.timedelta(days=9), "security_admin",
    )  # fmt: skip
    assert as_user(newcomer).get("/records/").status_code == 200
    client.post(f"/grants/{grant.pk}/end/")
    assert as_user(newcomer).get("/records/").status_code == 403
    told = Entry.objects.filter(verb__startswith="role.").order_by("-index")[:2]
    assert [entry.verb for entry in told] == ["role.taken", "role.given"]
    assert told[1].detail["until"] == (today + dt.timedelta(days=10)).isoformat()


@pytest.mark.parametrize(
    ("change", "field", "sentence"),
    [
        ({"username": "nemo"}, "username", "没有这个用户名，或账号已停用。"),
        ({"username": "security_admin"}, "__all__", "不能给自己授权。"),
        ({"username": "secretary"}, "__all__", "这个账号在这段时间已经有这个角色。"),
        (
            {"role": "AUDITOR"},
            "__all__",
            "系统、安全、审计管理员必须由不同的人担任",
        ),
        ({"until": "2020-01-01"}, "__all__", "结束日期不能早于开始日期。"),
        ({"since": "0001-01-01"}, "since", "请填写2000年以后的日期。"),
        ({"org": "999999"}, "org", "选择一个有效的选项。"),
    ],
)
def test_what_cannot_be_given_is_said_and_nothing_typed_is_lost(
    village: Village, change: dict[str, str], field: str, sentence: str
) -> None:
    client = as_user(holder(Role.SECURITY_ADMIN, village))
    given = {
        "username": "secretary", "role": "BRANCH_SECRETARY", "org": str(village.branch.pk),
        "since": timezone.localdate().isoformat(), "until": "",
    }  # fmt: skip

    page = client.post("/grants/give/", {**given, **change})

    errors = page.context["form"].errors[field]
    assert sentence[:6] in errors[0]
    username = change.get("username", "secretary")
    assert f'value="{username}"' in page.content.decode()


def test_nobody_ends_their_own_role(village: Village) -> None:
    security = holder(Role.SECURITY_ADMIN, village)

    answer = as_user(security).post(f"/grants/{Grant.objects.get(user=security).pk}/end/")

    assert answer.status_code == 404
    assert Grant.objects.valid(on=timezone.localdate()).filter(user=security).exists()


def test_the_list_of_grants_costs_the_same_for_one_and_for_forty(village: Village) -> None:
    client = as_user(village.officer)

    def statements() -> int:
        with CaptureQueriesContext(connection) as caught:
            assert client.get("/grants/").status_code == 200
        return len(caught)

    few = statements()
    for number in range(40):
        user = open_account(f"u{number}", password=None, name=f"名{number}", by="system")
        give_role(user, Role.MEMBER, village.other_branch, since=FOUNDED, by="system")

    assert statements() == few
