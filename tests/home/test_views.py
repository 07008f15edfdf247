from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from bihuan.access.actions import give_role
from bihuan.access.permissions import Role
from bihuan.accounts.actions import open_account
from bihuan.activities.actions import file_record
from bihuan.activities.rules import Record
from bihuan.audit.actions import record_read
from bihuan.duties.actions.issue import Issue, issue_programme
from bihuan.duties.actions.review import accept, import_programme
from bihuan.duties.choices import Verdict
from bihuan.ledger.actions.tick import catch_up
from tests.village import FOUNDED, Village, found_village

pytestmark = pytest.mark.django_db


@pytest.fixture
def village() -> Village:
    found = found_village()
    catch_up(timezone.localdate().year, timezone.localdate())
    return found


def file_theme_day(village: Village) -> None:
    today = timezone.localdate()
    record = Record(org_id=village.branch.pk, kinds=("theme_day",), held_date=today, title="清风")
    file_record(record, by=village.secretary)


def test_a_secretary_reads_what_to_do_with_the_button_beside_it(
    client: Client, village: Village
) -> None:
    client.force_login(village.secretary)

    page = client.get(reverse("home:desk"))

    theme_days = [todo for todo in page.context["todos"] if "主题党日" in todo.sentence]
    assert f"{reverse('activities:record')}?org={village.branch.pk}&kind=theme_day" in {
        todo.url.partition("&counts_for")[0] for todo in theme_days
    }
    assert [todo.urgency for todo in page.context["todos"]] == sorted(
        todo.urgency for todo in page.context["todos"]
    )


def test_what_was_done_is_no_longer_asked(client: Client, village: Village) -> None:
    client.force_login(village.secretary)
    month = f"{timezone.localdate().month}月"

    def asked() -> list[str]:
        todos = client.get(reverse("home:desk")).context["todos"]
        return [each.sentence for each in todos if each.sentence.startswith(f"主题党日：{month}")]

    assert len(asked()) == 1
    file_theme_day(village)
    assert asked() == []


def test_an_officer_reads_of_gaps_below(client: Client, village: Village) -> None:
    client.force_login(village.officer)

    page = client.get(reverse("home:desk"))

    late = page.context["totals"].overdue
    sentences = [todo.sentence for todo in page.context["todos"]]
    expected = [f"{village.committee.name}及下级有 {late} 项逾期。"] if late else []
    assert [each for each in sentences if "项逾期" in each] == expected


def test_a_member_sees_the_branch_and_the_own_birthday(client: Client, village: Village) -> None:
    person = village.members[-1]
    person.joined_date = timezone.localdate().replace(day=1) - dt.timedelta(days=4000)
    person.save()
    file_theme_day(village)
    client.force_login(village.member)

    page = client.get(reverse("home:desk"))

    own = page.context["own"]
    assert own.branch == village.branch
    assert [str(activity) for activity in own.recent] == ["清风"]
    assert "政治生日" in page.content.decode()
    assert page.context["todos"] == []
    assert page.context["totals"] is None


def test_an_auditor_sees_the_chain_and_no_business(client: Client, village: Village) -> None:
    auditor = open_account("shen", password=None, name="审", by="system")
    give_role(auditor, Role.AUDITOR, village.committee, since=FOUNDED, by="system")
    client.force_login(auditor)

    page = client.get(reverse("home:desk"))

    assert page.context["last_entry"]["index"] > 0
    assert (page.context["todos"], page.context["own"], page.context["totals"]) == ([], None, None)


def test_one_sees_who_read_about_oneself_and_nobody_elses(client: Client, village: Village) -> None:
    mine, other = village.members[-1], village.members[0]
    record_read(mine, by=village.officer, purpose="核对党龄", about=mine.pk)
    record_read(other, by=village.officer, purpose="别人的事", about=other.pk)
    client.force_login(village.member)

    page = client.get(reverse("home:about_me")).content.decode()

    assert "核对党龄" in page
    assert "officer" in page
    assert "别人的事" not in page


def test_an_account_without_a_person_is_told_so(client: Client, village: Village) -> None:
    client.force_login(village.officer)

    page = client.get(reverse("home:about_me")).content.decode()

    assert "没有对应的人员信息" in page


def test_the_desk_asks_no_more_for_three_records_than_for_one(
    client: Client, village: Village
) -> None:
    client.force_login(village.member)
    file_theme_day(village)
    client.get(reverse("home:desk"))
    with CaptureQueriesContext(connection) as one:
        client.get(reverse("home:desk"))
    file_theme_day(village)
    file_theme_day(village)

    with CaptureQueriesContext(connection) as three:
        client.get(reverse("home:desk"))

    assert len(three) == len(one)


def test_the_desk_wants_a_sign_in(client: Client) -> None:
    assert client.get(reverse("home:desk")).status_code == 302


def test_two_duties_that_one_record_meets_are_one_thing_to_do(
    client: Client, village: Village
) -> None:
    client.force_login(village.secretary)
    plan = import_programme(
        "支部工作要点\n一、任务\n1. 各党支部每月召开1次支部委员会会议。\n", org=village.committee,
        by=village.officer,
    )  # fmt: skip
    for proposal in plan.proposals.filter(verdict=Verdict.OPEN):
        accept(proposal, {}, version=proposal.version, by=village.officer)
    today = timezone.localdate()
    wish = Issue(today.year, dt.date(today.year, 1, 1), scope={"under": [village.committee.pk]})
    duty = issue_programme(plan, wish, by=village.officer)[0]

    todos = client.get(reverse("home:desk")).context["todos"]

    month = f"：{today.month}月"
    asked = [each for each in todos if "支部委员会会议" in each.sentence and month in each.sentence]
    assert [each.detail for each in asked] == [f"同时满足：{duty.title}。"]


def test_a_member_reads_what_comes_and_not_what_was_missed(
    client: Client, village: Village
) -> None:
    client.force_login(village.member)
    today = timezone.localdate()

    coming = client.get(reverse("home:desk")).context["own"].coming

    assert [want.due for want in coming] == sorted(want.due for want in coming)
    assert min(want.due for want in coming) >= today
    assert "主题党日" in {want.title for want in coming}
