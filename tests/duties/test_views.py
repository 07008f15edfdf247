from __future__ import annotations

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from bihuan.access.actions import give_role
from bihuan.access.permissions import Role
from bihuan.accounts.actions import open_account
from bihuan.duties.actions.review import accept, import_programme
from bihuan.duties.choices import ProgrammeState, Verdict
from bihuan.duties.models import Duty, Programme, Proposal
from bihuan.duties.queries import is_task, proposals_of
from tests.duties.test_review import PLAN, settle_all
from tests.village import FOUNDED, found_village

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def village():
    return found_village()


@pytest.fixture
def programme(village):
    return import_programme(PLAN, org=village.committee, by=village.officer)


@pytest.fixture
def office(client, village):
    """The officer's browser."""
    client.force_login(village.officer)
    return client


def first_task(programme, words="主题党日"):
    return next(
        each for each in proposals_of(programme) if is_task(each) and words in each.fields["title"]
    )


def other_officer(village):
    user = open_account("zhao", password=None, name="赵干事", by="system")
    give_role(user, Role.OFFICER, village.committee, since=FOUNDED, by="system")
    return user


def test_a_pasted_plan_goes_to_review(office, village):
    answer = office.post(
        reverse("duties:import"), {"org": village.committee.pk, "text": PLAN}, follow=True
    )

    assert answer.status_code == 200
    programme = Programme.objects.get()
    assert answer.redirect_chain[-1][0] == reverse("duties:review", args=[programme.pk])
    assert "市测试机关2024年党建工作要点" in answer.content.decode()


def test_an_uploaded_plan_keeps_its_name(office, village):
    file = SimpleUploadedFile("要点.txt", PLAN.encode("gb18030"))

    office.post(reverse("duties:import"), {"org": village.committee.pk, "file": file})

    assert Programme.objects.get().file_name == "要点.txt"


def test_a_refused_file_loses_nothing_that_was_typed(office, village):
    file = SimpleUploadedFile("要点.docx", b"MZ\x90\x00" + b"\x00" * 60)

    answer = office.post(
        reverse("duties:import"),
        {"org": village.committee.pk, "file": file, "text": "写了很久的文字", "title": "我的标题"},
    )

    page = answer.content.decode()
    assert answer.status_code == 200
    assert "写了很久的文字" in page
    assert "我的标题" in page
    assert Programme.objects.count() == 0


def test_nothing_to_import_is_said(office, village):
    answer = office.post(reverse("duties:import"), {"org": village.committee.pk})

    assert "请选一个文件" in answer.content.decode()


@pytest.mark.parametrize(
    ("who", "imports", "reads"),
    [("officer", 200, 200), ("secretary", 403, 404), ("member", 403, 403), (None, 302, 302)],
)
def test_who_may_import_and_read_a_plan_under_review(
    client, village, programme, who, imports, reads
):
    if who:
        client.force_login(getattr(village, who))

    assert client.get(reverse("duties:import")).status_code == imports
    assert client.get(reverse("duties:programme", args=[programme.pk])).status_code == reads


def test_an_issued_plan_may_be_read_by_those_below(client, village, programme):
    Programme.objects.update(state=ProgrammeState.ISSUED)
    client.force_login(village.secretary)

    assert client.get(reverse("duties:programme", args=[programme.pk])).status_code == 200
    assert client.get(reverse("duties:review", args=[programme.pk])).status_code == 403


def test_the_review_shows_document_and_proposals_linked(office, programme):
    proposal = first_task(programme)

    page = office.get(reverse("duties:review", args=[programme.pk])).content.decode()

    assert f'href="#card-{proposal.pk}"' in page
    assert f'id="card-{proposal.pk}"' in page
    assert "文件只说常态化" in page


def test_accepting_answers_with_the_card_and_the_progress(office, programme):
    proposal = first_task(programme)

    answer = office.post(
        reverse("duties:proposal", args=[proposal.pk]),
        {"do": "accept", "version": "1"},
        headers=HTMX,
    )

    part = answer.content.decode()
    assert Proposal.objects.get(pk=proposal.pk).verdict == Verdict.ACCEPTED
    assert "<html" not in part
    assert "verdict-ACCEPTED" in part
    assert 'hx-swap-oob="true"' in part


def test_without_scripts_a_decision_leads_to_the_next_proposal(office, programme):
    proposal = first_task(programme)

    answer = office.post(
        reverse("duties:proposal", args=[proposal.pk]), {"do": "drop", "version": "1"}
    )

    assert answer.status_code == 302
    assert f"p={proposal.pk}" not in answer["Location"]


def test_a_proposal_that_is_not_settled_says_what_is_missing(office, programme):
    proposal = first_task(programme, "宣讲")

    answer = office.post(
        reverse("duties:proposal", args=[proposal.pk]),
        {"do": "accept", "version": "1", "title": "开展宣讲", "minimum": "很多"},
    )

    page = answer.content.decode()
    assert answer.status_code == 200
    assert "文件没有说明频次，请选定。" in page
    assert 'value="很多"' in page


def test_a_draft_is_kept_in_the_background(office, programme):
    proposal = first_task(programme)

    answer = office.post(
        reverse("duties:proposal", args=[proposal.pk]),
        {"title": "另一个说法", "minimum": "2", "version": "1"},
        headers=HTMX,
    )

    assert answer["HX-Reswap"] == "none"
    assert "草稿已保存" in answer.content.decode()
    assert Proposal.objects.get(pk=proposal.pk).fields["title"] == "另一个说法"


def test_two_reviewers_at_once_both_see_what_happened(client, village, programme):
    proposal = first_task(programme)
    accept(proposal, {"minimum": "2"}, version=1, by=other_officer(village))
    client.force_login(village.officer)

    answer = client.post(
        reverse("duties:proposal", args=[proposal.pk]),
        {"do": "accept", "version": "1", "title": "我打了很久的字", "period": "MONTH"},
    )

    page = answer.content.decode()
    assert "赵干事" in page
    assert "我打了很久的字" in page
    assert Proposal.objects.get(pk=proposal.pk).fields["minimum"] == "2"


def test_split_join_add_and_the_rest(office, programme):
    proposal = first_task(programme)
    count = programme.proposals.count()
    at = programme.text.index("开展", proposal.start)
    url = reverse("duties:proposal", args=[proposal.pk])

    office.post(url, {"do": "split", "at": at, "version": "1"})
    assert programme.proposals.count() == count + 1
    office.post(url, {"do": "join", "version": "2"})
    assert programme.proposals.count() == count
    office.post(reverse("duties:add", args=[programme.pk]), {"quote": "始终保持清醒头脑"})
    assert programme.proposals.filter(fields__title="始终保持清醒头脑").exists()
    answer = office.post(reverse("duties:add", args=[programme.pk]), {"quote": "没有这句话"})
    assert "没有这句话" in answer.content.decode()
    assert "原文里没有这段文字" in answer.content.decode()
    office.post(reverse("duties:rest_drop", args=[programme.pk]))
    assert programme.proposals.filter(verdict=Verdict.OPEN).count() == 0


def test_head_and_drop(office, programme):
    office.post(reverse("duties:head", args=[programme.pk]), {"title": "新标题", "year": "2025"})
    programme.refresh_from_db()
    assert (programme.title, programme.year) == ("新标题", 2025)

    bad = office.post(reverse("duties:head", args=[programme.pk]), {"title": "", "year": "25"})
    assert bad.status_code == 200

    office.post(reverse("duties:programme_drop", args=[programme.pk]))
    programme.refresh_from_db()
    assert programme.state == ProgrammeState.DROPPED


def test_the_preview_shows_what_is_asked_and_issues_nothing(office, village, programme):
    settle_all(programme, village.officer)
    wish = {"year": "2026", "since": "2026-01-01", "under": village.committee.pk}

    page = office.get(reverse("duties:issue", args=[programme.pk]), wish).content.decode()

    assert "每个支部每月约增加" in page
    assert "<s>2024年12月31日</s> → 2026年12月31日" in page
    assert Duty.objects.filter(programme=programme).count() == 0


@pytest.mark.parametrize(
    ("today", "since", "offered"),
    [
        (dt.date(2026, 11, 23), "2026-01-01", True),
        (dt.date(2026, 11, 23), "2026-11-01", False),
        (dt.date(2026, 1, 20), "2026-01-01", False),
    ],
)
def test_a_start_long_past_offers_this_month_with_one_press(
    office, village, programme, monkeypatch, today, since, offered
):
    monkeypatch.setattr(timezone, "localdate", lambda: today)
    settle_all(programme, village.officer)
    wish = {"year": "2026", "since": since, "under": village.committee.pk}
    url = reverse("duties:issue", args=[programme.pk])

    page = office.get(url, wish).content.decode()

    later = f"?year=2026&amp;since=2026-11-01&amp;under={village.committee.pk}#asks"
    assert (later in page, "改为从2026年11月1日起算" in page) == (offered, offered)


def test_issuing_makes_the_duties(office, village, programme):
    settle_all(programme, village.officer)
    wish = {"year": "2026", "under": village.committee.pk, "issue": "1"}

    answer = office.post(reverse("duties:issue", args=[programme.pk]), wish)

    assert answer.status_code == 302
    assert Duty.objects.filter(programme=programme).count() > 3


def test_issuing_without_a_decision_says_why(office, village, programme):
    wish = {"year": "2026", "under": village.committee.pk, "issue": "1"}

    answer = office.post(reverse("duties:issue", args=[programme.pk]), wish)

    assert "还没有采纳任何事项" in answer.content.decode()
    assert Duty.objects.filter(programme=programme).count() == 0


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"since": "2025-01-01"}, "起算日期须在 2026 年内"),
        ({"orgs": "没有的局"}, "有 0 个组织叫“没有的局”"),
        ({"under": "999999"}, "选择一个有效的选项"),
    ],
)
def test_a_wrong_scope_is_named(office, village, programme, wrong, sentence):
    wish = {"year": "2026", "under": village.committee.pk, **wrong}

    page = office.get(reverse("duties:issue", args=[programme.pk]), wish).content.decode()

    assert sentence in page


def test_the_list_and_the_page_of_a_duty(client, village):
    client.force_login(village.member)
    duty = Duty.objects.get(lineage="national:committee-meeting")

    page = client.get(reverse("duties:list")).content.decode()
    assert "支部委员会会议" in page
    assert "正式党员 7 人以上" in page
    page = client.get(duty.get_absolute_url()).content.decode()
    assert "约束 1 个组织" in page
    assert "终止这一事项" not in page


def test_the_list_can_be_narrowed(office, village):
    found = office.get(reverse("duties:list"), {"q": "主题", "level": "NATIONAL"})
    assert "主题党日" in found.content.decode()
    none = office.get(reverse("duties:list"), {"level": "PLAN", "ended": "1"})
    assert "没有符合条件的责任事项" in none.content.decode()


@pytest.fixture
def own_duty(village):
    national = Duty.objects.get(lineage="national:theme-day")
    national.pk, national.lineage, national.org = None, "own:1", village.committee
    national._state.adding = True
    national.save()
    return national


@pytest.mark.parametrize(("who", "answer"), [("officer", 302), ("secretary", 403), ("member", 403)])
def test_who_may_end_a_duty(client, village, own_duty, who, answer):
    client.force_login(getattr(village, who))
    said = {"on": "2026-12-31", "reason": "改文件"}

    response = client.post(reverse("duties:end", args=[own_duty.pk]), said)

    assert response.status_code == answer
    ended = Duty.objects.get(pk=own_duty.pk).valid_to_date
    assert ended == (dt.date(2026, 12, 31) if answer == 302 else None)


def test_a_duty_of_the_nation_is_nobodys_to_end(office, village):
    duty = Duty.objects.get(lineage="national:theme-day")
    said = {"on": "2026-12-31", "reason": "改文件"}

    assert office.post(reverse("duties:end", args=[duty.pk]), said).status_code == 404


def test_changing_the_minimum_leads_to_the_new_row_and_a_refusal_is_shown(office, own_duty):
    url = reverse("duties:minimum", args=[own_duty.pk])

    refused = office.post(url, {"minimum": "1", "since": "2027-01-01"})
    assert "本来就是 1" in refused.content.decode()
    answer = office.post(url, {"minimum": "2", "since": "2027-01-01"})
    assert answer.status_code == 302
    assert "历次要求" in office.get(answer["Location"]).content.decode()


def test_a_stranger_sees_no_plan_of_others(client, village, programme):
    stranger = open_account("stranger", password=None, name="外人", by="system")
    give_role(stranger, Role.OFFICER, village.other_unit, since=FOUNDED, by="system")
    client.force_login(stranger)

    for name in ("programme", "review", "issue"):
        assert client.get(reverse(f"duties:{name}", args=[programme.pk])).status_code == 404
    proposal = first_task(programme)
    assert client.get(reverse("duties:proposal", args=[proposal.pk])).status_code == 404


@pytest.mark.parametrize("name", ["duties:list", "duties:programmes"])
def test_lists_ask_no_more_for_three_than_for_one(office, village, programme, name):
    office.get(reverse(name))
    with CaptureQueriesContext(connection) as one:
        office.get(reverse(name))
    for number in range(2):
        import_programme(PLAN + f"\n四、附{number}", org=village.committee, by=village.officer)
        duty = Duty.objects.filter(lineage="national:theme-day").get()
        duty.pk, duty.lineage, duty._state.adding = None, f"more:{number}", True
        duty.scope = {"kinds": ["BRANCH"]}
        duty.save()
    with CaptureQueriesContext(connection) as three:
        office.get(reverse(name))

    assert len(three) == len(one)


def test_the_review_asks_no_more_for_many_proposals_than_for_few(office, village):
    counts = []
    for text in (PLAN, PLAN + PLAN.split("\n", 1)[1] * 2):
        programme = import_programme(text, org=village.committee, by=village.officer)
        url = reverse("duties:review", args=[programme.pk])
        office.get(url)
        with CaptureQueriesContext(connection) as counted:
            office.get(url)
        counts.append((len(counted), programme.proposals.count()))

    (few, small), (many, large) = counts
    assert large > small
    assert many == few
