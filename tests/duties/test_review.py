from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from bihuan.audit.models import Entry
from bihuan.duties import actions
from bihuan.duties.actions.issue import Issue, drafted, issue_programme
from bihuan.duties.actions.review import (
    ChangedMeanwhile,
    NotSettled,
    accept,
    accept_sure,
    add,
    drop,
    drop_programme,
    drop_rest,
    import_programme,
    join,
    name_programme,
    reopen,
    save_draft,
    split,
)
from bihuan.duties.choices import ProgrammeState, Verdict
from bihuan.duties.models import Duty, Proposal
from bihuan.duties.queries import is_task, kinds_by_code, proposals_of
from bihuan.duties.queries.preview import preview
from bihuan.duties.rules.terms import fields_of, is_sure
from bihuan.lib.refusals import Refused
from tests.village import found_village

pytestmark = pytest.mark.django_db

PLAN = """市测试机关2024年党建工作要点

一、加强学习
1.抓好理论学习。 各党支部每月开展1次主题党日，每季度召开1次支部党员大会。常态化开展宣讲活动。
2.办好活动。 “七一”前组织重温入党誓词，12月底前举办演讲比赛。
二、加强组织
3.坚持不懈。 始终保持清醒头脑。
"""


@pytest.fixture
def village():
    return found_village()


@pytest.fixture
def programme(village):
    return import_programme(PLAN, org=village.committee, by=village.officer)


def tasks(programme):
    return [each for each in proposals_of(programme) if is_task(each)]


def containing(programme, words):
    return next(each for each in tasks(programme) if words in each.fields["title"])


def settle_all(programme, by):
    """Accept what the document settles; drop the rest."""
    for proposal in tasks(programme):
        typed = {"scope_kinds": ["BRANCH"]}
        try:
            accept(proposal, typed, version=proposal.version, by=by)
        except NotSettled:
            drop(proposal, version=proposal.version, by=by)


def test_a_document_becomes_clauses_and_proposals(programme):
    assert (programme.title, programme.year) == ("市测试机关2024年党建工作要点", 2024)
    numbers = [clause.number for clause in programme.clauses.order_by("order")]
    assert [number for number in numbers if number] == ["一、", "1.", "2.", "二、", "3."]
    theme_day = containing(programme, "主题党日")
    assert theme_day.reading["kinds"] == ["theme_day"]
    assert theme_day.fields["period"] == "MONTH"
    assert theme_day.clause.number == "1."
    for proposal in proposals_of(programme):
        assert programme.text[proposal.start : proposal.end] == proposal.reading["text"]


def test_the_same_document_is_not_imported_twice(programme, village):
    again = import_programme(PLAN, org=village.committee, by=village.officer)

    assert again.pk == programme.pk
    assert Entry.objects.filter(verb="plan.imported").count() == 1


@pytest.mark.parametrize("text", ["", "  \n"])
def test_an_empty_document_is_refused(village, text):
    with pytest.raises(Refused):
        import_programme(text, org=village.committee, by=village.officer)


def test_what_was_typed_is_kept_right_or_wrong(programme, village):
    proposal = containing(programme, "主题党日")

    save_draft(proposal, {"minimum": "很多"}, version=1, by=village.officer)

    kept = Proposal.objects.get(pk=proposal.pk)
    assert (kept.fields["minimum"], kept.verdict, kept.version) == ("很多", Verdict.OPEN, 2)
    assert kept.fields["period"] == "MONTH"


def test_an_open_frequency_must_be_settled_before_it_is_accepted(programme, village):
    proposal = containing(programme, "宣讲")

    with pytest.raises(NotSettled) as caught:
        accept(proposal, {}, version=1, by=village.officer)
    assert list(caught.value.faults) == ["period"]
    assert Proposal.objects.get(pk=proposal.pk).verdict == Verdict.OPEN

    accept(proposal, {"period": "YEAR"}, version=1, by=village.officer)
    assert Proposal.objects.get(pk=proposal.pk).verdict == Verdict.ACCEPTED


def test_of_two_reviewers_one_wins_and_the_other_learns_who(programme, village):
    proposal = containing(programme, "主题党日")
    stale = Proposal.objects.get(pk=proposal.pk)
    accept(proposal, {"minimum": "2"}, version=1, by=village.officer)

    with pytest.raises(ChangedMeanwhile, match="officer") as caught:
        accept(stale, {"minimum": "3"}, version=1, by=village.secretary)

    assert caught.value.current.fields["minimum"] == "2"
    assert Proposal.objects.get(pk=proposal.pk).fields["minimum"] == "2"


def test_ones_own_later_draft_is_no_conflict(programme, village):
    proposal = containing(programme, "主题党日")
    save_draft(proposal, {"minimum": "2"}, version=1, by=village.officer)

    accept(proposal, {"minimum": "3"}, version=1, by=village.officer)

    assert Proposal.objects.get(pk=proposal.pk).fields["minimum"] == "3"


def test_a_decision_can_be_taken_back(programme, village):
    proposal = containing(programme, "主题党日")
    drop(proposal, version=1, by=village.officer)

    reopen(proposal, version=2, by=village.officer)

    assert Proposal.objects.get(pk=proposal.pk).verdict == Verdict.OPEN


def test_splitting_and_joining_give_the_text_back(programme, village):
    proposal = containing(programme, "主题党日")
    count = programme.proposals.count()
    at = programme.text.index("开展", proposal.start)

    first, second = split(proposal, at, version=1, by=village.officer)

    assert (first.start, first.end, second.end) == (proposal.start, at, proposal.end)
    assert second.start == at
    assert second.order == first.order + 1
    assert programme.proposals.count() == count + 1

    whole = join(first, version=first.version, by=village.officer)
    assert (whole.start, whole.end) == (proposal.start, proposal.end)
    assert programme.proposals.count() == count


def test_a_proposal_cannot_be_split_outside_itself(programme, village):
    proposal = containing(programme, "主题党日")

    with pytest.raises(Refused):
        split(proposal, proposal.end, version=1, by=village.officer)


def test_the_last_proposal_has_nothing_to_join(programme, village):
    last = tasks(programme)[-1]

    with pytest.raises(Refused, match="最后一条"):
        join(last, version=1, by=village.officer)


def test_a_passage_can_be_added_where_it_stands(programme, village):
    start = programme.text.index("始终保持清醒头脑")

    added = add(programme, start, start + 8, by=village.officer)

    assert added.fields["title"] == "始终保持清醒头脑"
    assert added.fields["period"] == ""
    assert added.clause.number == "3."
    orders = list(programme.proposals.order_by("order").values_list("order", flat=True))
    assert orders == sorted(set(orders))


@pytest.mark.parametrize(("start", "end"), [(5, 5), (-1, 4), (0, 10**6)])
def test_an_addition_without_words_is_refused(programme, village, start, end):
    with pytest.raises(Refused):
        add(programme, start, end, by=village.officer)


def test_what_is_undecided_can_be_dropped_in_one_press(programme, village):
    proposal = containing(programme, "主题党日")
    accept(proposal, {}, version=1, by=village.officer)

    count = drop_rest(programme, by=village.officer)

    assert count == len(tasks(programme)) - 1 or count > 0
    assert programme.proposals.filter(verdict=Verdict.OPEN).count() == 0
    assert Proposal.objects.get(pk=proposal.pk).verdict == Verdict.ACCEPTED


def test_what_the_document_states_in_full_is_adopted_in_one_press(programme, village):
    sure = [
        each
        for each in tasks(programme)
        if is_sure(each.fields, each.reading, known_kinds=kinds_by_code())
    ]

    taken = accept_sure(programme, by=village.officer)

    assert [each.pk for each in taken] == [each.pk for each in sure]
    assert all("主题党日" in e.fields["title"] or e.fields["period"] for e in taken)
    after = {each.pk: each.verdict for each in tasks(programme)}
    assert {pk for pk, verdict in after.items() if verdict == Verdict.ACCEPTED} == {
        each.pk for each in sure
    }
    assert 0 < len(sure) < len(after)
    entry = Entry.objects.order_by("index").last()
    assert entry is not None
    assert entry.verb == "proposal.sure_accepted"


@pytest.mark.parametrize(
    ("change", "reading"),
    [
        ({"period": ""}, {}),
        ({"kinds": []}, {}),
        ({"title": ""}, {}),
        ({"minimum": "16"}, {}),
        ({}, {"confidence": 0.55}),
        ({}, {"due_note": "会议召开后15日内"}),
    ],
)
def test_what_leaves_something_to_ask_is_not_sure(change, reading):
    said = {"text": "每月开展主题党日", "period": "month", "kinds": ["theme_day"]}
    full = {**said, "confidence": 0.75}
    assert is_sure(fields_of(full), full, known_kinds=["theme_day"])
    assert not is_sure(
        {**fields_of(full), **change}, {**full, **reading}, known_kinds=["theme_day"]
    )


def test_the_year_a_person_names_dates_what_the_document_leaves_open(village):
    text = "工作安排\n一、学习\n6月底前举办1期培训班。"

    programme = import_programme(text, org=village.committee, by=village.officer, year=2026)

    assert programme.year == 2026
    assert [each.fields["due_date"] for each in tasks(programme)] == ["2026-06-30"]


def test_a_day_of_each_month_comes_into_the_form(village):
    text = "2026年工作安排\n一、报送\n各党支部每月25日前报送党建信息。"

    programme = import_programme(text, org=village.committee, by=village.officer)

    assert [(e.fields["period"], e.fields["due_day"]) for e in tasks(programme)] == [
        ("MONTH", "25")
    ]


def test_title_and_year_can_be_corrected(programme, village):
    name_programme(programme, title="要点", issuer="工委", year=2025, by=village.officer)

    programme.refresh_from_db()
    assert (programme.title, programme.issuer, programme.year) == ("要点", "工委", 2025)
    with pytest.raises(Refused):
        name_programme(programme, title=" ", issuer="", year=None, by=village.officer)


def test_a_dropped_plan_is_not_reviewed_any_more(programme, village):
    proposal = containing(programme, "主题党日")
    drop_programme(programme, by=village.officer)

    with pytest.raises(Refused):
        accept(proposal.__class__.objects.get(pk=proposal.pk), {}, version=1, by=village.officer)
    with pytest.raises(Refused):
        drop_programme(programme, by=village.officer)


def issue_of(village, year, **scope):
    since = dt.date(year, 1, 1)
    return Issue(year=year, since=since, scope={"under": [village.committee.pk], **scope})


def test_issuing_for_another_year_moves_the_dates_along(programme, village):
    settle_all(programme, village.officer)
    told = []
    actions.after_duties.append(told.append)
    try:
        duties = issue_programme(programme, issue_of(village, 2026), by=village.officer)
    finally:
        actions.after_duties.remove(told.append)

    by_words = {duty.title: duty for duty in duties}
    contest = next(duty for title, duty in by_words.items() if "演讲" in title)
    assert contest.due == "date:2026-12-31"
    theme_day = next(duty for title, duty in by_words.items() if "主题党日" in title)
    assert (theme_day.period, theme_day.minimum, theme_day.kinds) == ("MONTH", 1, ["theme_day"])
    assert theme_day.scope == {"under": [village.committee.pk], "kinds": ["BRANCH"]}
    assert (theme_day.valid_from_date, theme_day.valid_to_date) == (
        dt.date(2026, 1, 1), dt.date(2026, 12, 31),
    )  # fmt: skip
    assert told == [duties]
    programme.refresh_from_db()
    assert (programme.state, programme.issued_year) == (ProgrammeState.ISSUED, 2026)


def test_a_plan_is_issued_once_for_a_year_and_again_for_the_next(programme, village):
    settle_all(programme, village.officer)
    first = issue_programme(programme, issue_of(village, 2026), by=village.officer)

    with pytest.raises(Refused, match="2026"):
        issue_programme(programme, issue_of(village, 2026), by=village.officer)
    second = issue_programme(programme, issue_of(village, 2027), by=village.officer)

    assert [duty.lineage for duty in second] == [duty.lineage for duty in first]
    assert Duty.objects.filter(programme=programme).count() == 2 * len(first)


def test_nothing_is_issued_while_something_is_undecided(programme, village):
    proposal = containing(programme, "主题党日")
    accept(proposal, {"scope_kinds": ["BRANCH"]}, version=1, by=village.officer)

    with pytest.raises(Refused, match="待定"):
        issue_programme(programme, issue_of(village, 2026), by=village.officer)

    assert Duty.objects.filter(programme=programme).count() == 0


def test_a_duty_must_say_what_kind_of_organisation_owes_it(programme, village):
    proposal = containing(programme, "重温")
    accept(proposal, {"scope_kinds": []}, version=1, by=village.officer)

    with pytest.raises(Refused, match="由哪类组织承担"):
        drafted(programme, issue_of(village, 2026))


def test_a_task_with_a_deadline_counts_what_was_done_before_the_plan_was_issued(village):
    text = "2025年工作要点\n一、活动\n3月底前，各党支部举办演讲比赛1次。"
    programme = import_programme(text, org=village.committee, by=village.officer)
    settle_all(programme, village.officer)
    wish = Issue(2025, dt.date(2025, 11, 1), {"under": [village.committee.pk]})

    (duty,) = drafted(programme, wish)

    assert (duty.period, duty.due) == ("ONCE", "date:2025-03-31")
    assert (duty.valid_from_date, duty.valid_to_date) == (
        dt.date(2025, 1, 1), dt.date(2025, 12, 31),
    )  # fmt: skip


def test_what_recurs_begins_on_the_day_chosen(programme, village):
    settle_all(programme, village.officer)
    start = dt.date(2026, 11, 1)
    wish = Issue(2026, start, {"under": [village.committee.pk]})

    begins = {(duty.period == "ONCE", duty.valid_from_date) for duty in drafted(programme, wish)}

    assert begins == {(True, dt.date(2026, 1, 1)), (False, start)}


def test_the_preview_counts_organisations_cells_and_minutes(programme, village):
    for proposal in tasks(programme):
        if "主题党日" in proposal.fields["title"] or "演讲" in proposal.fields["title"]:
            accept(proposal, {"scope_kinds": ["BRANCH"]}, version=1, by=village.officer)
    wish = issue_of(village, 2026)

    shown = preview(programme, drafted(programme, wish), since=wish.since, today=wish.since)

    by_kind = {tuple(line.duty.kinds): line for line in shown.lines}
    theme_day, contest = by_kind[("theme_day",)], by_kind[("contest",)]
    assert (shown.orgs, shown.branches, shown.cells) == (2, 2, 26)
    assert (theme_day.cells, contest.cells) == (24, 2)
    assert [duty.lineage for duty in theme_day.repeats] == ["national:theme-day"]
    assert (theme_day.adds_work, contest.adds_work) == (False, True)
    assert shown.branch_minutes == 180 / 12  # the contest alone: once, three hours
    assert (contest.due_before, contest.due_now) == (dt.date(2024, 12, 31), dt.date(2026, 12, 31))
    assert Duty.objects.filter(programme=programme).count() == 0


def test_the_preview_sees_that_a_plan_says_what_another_said(village):
    text = "2026年{}安排\n一、报送\n{}各党支部完成党员名册核对工作。"
    wish = issue_of(village, 2026)
    first = import_programme(
        text.format("工作", "3月底前"), org=village.committee, by=village.officer
    )
    settle_all(first, village.officer)
    issue_programme(first, wish, by=village.officer)
    second = import_programme(
        text.format("补充", "5月20日前"), org=village.committee, by=village.officer
    )
    settle_all(second, village.officer)

    (line,) = preview(second, drafted(second, wish), since=wish.since, today=wish.since).lines

    assert [duty.programme for duty in line.repeats] == [first]
    assert line.adds_work


@pytest.mark.parametrize(
    ("today", "past"),
    [
        (dt.date(2026, 1, 31), {"theme_day": 0, "contest": 0}),
        (dt.date(2026, 2, 1), {"theme_day": 2, "contest": 0}),
        (dt.date(2026, 11, 23), {"theme_day": 20, "contest": 0}),
        (dt.date(2027, 1, 1), {"theme_day": 24, "contest": 2}),
    ],
)
def test_the_preview_counts_the_cells_whose_deadline_has_passed(programme, village, today, past):
    for proposal in tasks(programme):
        if "主题党日" in proposal.fields["title"] or "演讲" in proposal.fields["title"]:
            accept(proposal, {"scope_kinds": ["BRANCH"]}, version=1, by=village.officer)
    wish = issue_of(village, 2026)

    shown = preview(programme, drafted(programme, wish), since=wish.since, today=today)

    assert {line.duty.kinds[0]: line.past for line in shown.lines} == past
    assert shown.past == sum(past.values())
    assert [line.duty.kinds[0] for line in shown.lines if line.late] == (
        ["contest"] if past["contest"] else []
    )


@pytest.mark.parametrize("name", ["003_d2451ef3e7fb62ec.txt"])
def test_a_real_plan_becomes_three_blocks_and_six_items(village, name):
    path = Path(__file__).resolve().parents[3] / "shared" / "seeds" / name
    text = path.read_text(encoding="utf-8") if path.exists() else REAL_SHAPE

    programme = import_programme(text, org=village.committee, by=village.officer)

    top = programme.clauses.filter(parent=None)
    items = programme.clauses.filter(number__in=[f"{n}." for n in range(1, 7)])
    assert (top.count(), items.count()) == (3, 6)
    assert programme.year == 2024
    settle_all(programme, village.officer)
    assert issue_programme(programme, issue_of(village, 2026), by=village.officer) != []


REAL_SHAPE = """2024年，各项任务都很重。全年工作的要求是：突出重点，抓好落实。
一、打牢基础
1.建好队伍。 “七一”前组织新任支部书记谈心谈话。
2.守好规矩。 常态化开展制度执行检查。
3.树好榜样。 建立健全先进典型选树办法。
二、学深一层
4.读好原著。 各党支部每季度开展1次专题学习。
5.带好骨干。 举办党务干部培训班，修订学习考评办法。
6.讲好故事。 12月底前举办演讲比赛。
"""
