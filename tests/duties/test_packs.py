from __future__ import annotations

import datetime as dt
from importlib.resources import files

import pytest
from django.utils import translation

from bihuan.activities.models import Kind
from bihuan.audit.models import Entry
from bihuan.duties import actions
from bihuan.duties.actions.packs import BadPack, load_pack
from bihuan.duties.models import Duty, PackVersion
from bihuan.duties.rules.packs import read_pack
from bihuan.lib.refusals import Refused
from tests.village import FOUNDED, found_village

HEAD = """\
pack: {code: town, name: 镇规定, level: LOCAL, version: "%s", valid_from: %s}
duties:
"""
TALK = "  - {code: talk, title: 谈心谈话, kinds: [talk], scope: {kinds: [BRANCH]}, period: %s}\n"
VISIT = "  - {code: visit, title: 走访, scope: {kinds: [BRANCH]}, period: YEAR}\n"


def shipped(name):
    return files("bihuan.duties").joinpath(f"packs/{name}.yaml").read_text(encoding="utf-8")


def wrong(duty_line, head=HEAD % ("1", "2024-01-01")):
    content, problems = read_pack(head + duty_line, known_kinds={"talk"})
    assert content is None
    return [(problem.line, problem.sentence) for problem in problems]


def test_the_shipped_packs_have_no_fault():
    national, problems = read_pack(shipped("national"), known_kinds=())
    assert problems == []
    kinds = {kind["code"] for kind in national.kinds}
    sample, problems = read_pack(shipped("sample-city"), known_kinds=kinds)

    assert problems == []
    assert (len(kinds), len(sample.duties)) == (37, 3)


def test_the_sample_is_stricter_than_the_nation_in_each_of_its_duties():
    often = {"YEAR": 1, "HALF": 2, "QUARTER": 4, "MONTH": 12}
    national, _problems = read_pack(shipped("national"), known_kinds=())
    sample, _problems = read_pack(
        shipped("sample-city"), known_kinds={"talk", "lecture", "study_session"}
    )
    minima = {duty["code"]: often[duty["period"]] for duty in national.duties}

    assert [often[duty["period"]] > minima[duty["code"]] for duty in sample.duties] == [True] * 3


def test_what_was_not_confirmed_names_no_source_as_checked():
    national, _problems = read_pack(shipped("national"), known_kinds=())

    assert {duty["trust"] for duty in national.duties} == {"F", "E", "K"}
    assert all(duty["source"] for duty in national.duties if duty["trust"] in "FE")


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        (TALK % "WEEK", "talk 的 period：不认识 WEEK，可用：MONTH(每月)"),
        (TALK.replace("kinds: [talk]", "kinds: [dance]") % "YEAR", "talk 的 kinds：不认识 dance"),
        (TALK.replace("BRANCH", "CLUB") % "YEAR", "scope 的 kinds：不认识 CLUB"),
        (TALK.replace("period: %s", "period: YEAR, minimum: 16"), "16 不在 1 到 15 之间"),
        (TALK.replace("period: %s", "period: YEAR, minimum: yes"), "应为整数"),
        (TALK.replace("period: %s", "period: YEAR, colour: red"), "没有 colour 这个键"),
        (TALK.replace("period: %s", "period: YEAR, period: HALF"), "写了两次"),
        (TALK.replace(", period: %s", ""), "缺少 period"),
        (TALK.replace("period: %s", "period: ONCE"), "须写明日期"),
        (TALK.replace("period: %s", "period: ONCE, due: 'date:2024-02-30'"), "没有 2024-02-30"),
        (TALK.replace("period: %s", "period: YEAR, due: 'day:40'"), "没有 40 日"),
        (TALK.replace("period: %s", "period: YEAR, due: soon"), "应为 end"),
        (
            TALK.replace(
                "period: %s", "period: YEAR, valid_from: 2024-05-01, valid_to: 2024-01-01"
            ),
            "失效日期早于生效日期",
        ),
        (TALK.replace("period: %s", "period: YEAR, valid_from: 2024-13-01"), "应为日期"),
        (TALK.replace("period: %s", "period: EACH"), "trigger_kinds"),
        (TALK.replace("period: %s", "period: YEAR, part: CHAIR"), "posts"),
        (TALK.replace("period: %s", "period: YEAR, posts: [KING]"), "不认识 KING"),
        (TALK.replace("period: %s", "period: YEAR, trust: F"), "没有 source"),
        (
            TALK.replace("[BRANCH]", "[BRANCH], min_members: 9, max_members: 3") % "YEAR",
            "min_members 大于 max_members",
        ),
        (
            TALK.replace("period: %s", "period: YEAR, conditions: {quorum: 3/2}"),
            "不大于 1 的分数",
        ),
    ],
)
def test_a_fault_is_told_with_its_line(line, sentence):
    found = wrong(line)

    assert len(found) == 1
    assert found[0][0] == 3
    assert sentence in found[0][1]


BLOCK = """\
pack:
  code: town
  name: 镇规定
  level: LOCAL
  version: "1"
  valid_from: 2024-01-01
duties:
  - code: talk
    title: 谈心谈话
    kinds: [talk]
    scope: {kinds: [BRANCH]}
    period: YEAR
"""


@pytest.mark.parametrize(
    ("right", "slip", "line", "sentence"),
    [
        ("title: ", "title\uff1a", 9, "键后面是全角冒号"),
        ("- code: ", "- code\uff1a", 8, "键后面是全角冒号"),
        ("    title", "\ttitle", 9, "制表符"),
        ("    title", "   title", 9, "缩进与上面不齐"),
        ("谈心谈话", "谈心: 谈话", 9, "多了一个冒号"),
        ("谈心谈话", '"谈心谈话', 9, "引号没有收尾"),
        ("谈心谈话", "*谈话", 9, "请加引号"),
        ("谈心谈话", "@谈话", 9, "请加引号"),
        ("[talk]", "[talk", 10, "括号没有收尾"),
        ("[talk]", "talk", 10, "应为列表"),
        ("[talk]", "[sing]", 10, "不认识 sing"),
        ("[BRANCH]}", "[BRANCH]", 11, "括号没有收尾"),
        ("[BRANCH]", "[BRANCH\uff0c GROUP]", 11, "半角逗号"),
        ("{kinds: [BRANCH]}", "BRANCH", 11, "键: 值"),
        ("  - code", "  \uff0dcode", 8, "全角横线"),
        ("  - code", "    code", 8, "每条以 - 开头"),
        ("period: YEAR", "period: WEEK", 12, "不认识 WEEK"),
        ("level: LOCAL", "level: TOWN", 4, "不认识 TOWN"),
        ("valid_from: 2024-01-01", "valid_from: 2024-02-30", 6, "应为日期"),
        ("code: town", "code: 镇", 2, "小写字母"),
        ("  name: 镇规定\n", "", 2, "缺少 name"),
    ],
)
def test_a_slip_is_told_on_its_own_line_in_words(right, slip, line, sentence):
    assert right in BLOCK

    _content, problems = read_pack(BLOCK.replace(right, slip, 1), known_kinds={"talk"})

    assert [(each.line, sentence in each.sentence) for each in problems] == [(line, True)]


def test_a_code_may_not_come_twice():
    assert wrong(VISIT + VISIT) == [(4, "代码 visit 重复。")]


def test_every_fault_of_a_file_is_told_at_once():
    assert [line for line, _sentence in wrong(TALK % "WEEK" + VISIT + TALK % "DAY")] == [3, 5, 5]


@pytest.mark.parametrize(
    "text",
    ["", "pack: [", "- 1\n- 2\n", "a: &x [1]\nb: *x\n", "pack: {}\n", "\x00", "[" * 50 + "]" * 50],
)
def test_what_is_no_pack_is_refused_and_does_not_break(text):
    content, problems = read_pack(text, known_kinds=())

    assert content is None
    assert problems


def test_faults_are_told_in_the_language_of_the_reader():
    with translation.override("en"):
        assert wrong(VISIT + VISIT)[0][0] == 4


@pytest.mark.django_db
class TestLoading:
    def test_loading_the_same_again_changes_nothing(self):
        first = load_pack(shipped("national"), by="system")
        before = list(Duty.objects.order_by("pk").values())

        again = load_pack(shipped("national"), by="system")

        assert (first.begun, again.begun, again.unchanged) == (20, 0, 20)
        assert list(Duty.objects.order_by("pk").values()) == before
        assert Entry.objects.filter(verb="pack.loaded").count() == 1
        assert Kind.objects.count() == 37

    def test_a_newer_version_leaves_last_year_as_it_was(self):
        town = found_village().committee
        load_pack(HEAD % ("1", "2024-01-01") + TALK % "YEAR" + VISIT, by="system", org=town)
        told = []
        actions.after_duties.append(told.append)
        try:
            done = load_pack(
                HEAD % ("2", "2026-01-01") + TALK % "HALF" + VISIT, by="system", org=town
            )
        finally:
            actions.after_duties.remove(told.append)

        assert (done.begun, done.ended, done.unchanged) == (1, 1, 1)
        old, new = Duty.objects.filter(lineage="town:talk").order_by("valid_from_date")
        assert (old.period, old.valid_from_date, old.valid_to_date) == (
            "YEAR", dt.date(2024, 1, 1), dt.date(2025, 12, 31),
        )  # fmt: skip
        assert (new.period, new.valid_from_date, new.valid_to_date) == (
            "HALF", dt.date(2026, 1, 1), None,
        )  # fmt: skip
        assert told == [[old, new]]
        assert new.scope == {"kinds": ["BRANCH"], "under": [town.pk]}

    def test_a_version_that_only_translates_may_hold_from_the_same_day(self):
        town = found_village().committee
        load_pack(HEAD % ("1", "2024-01-01") + VISIT, by="system", org=town)

        translated = VISIT.replace("title: 走访,", "title: 走访, title_en: Visit,")
        loaded = load_pack(HEAD % ("2", "2024-01-01") + translated, by="system", org=town)

        visit = Duty.objects.get(lineage="town:visit")
        assert (loaded.begun, loaded.ended, loaded.unchanged) == (0, 0, 1)
        assert (visit.label, visit.title_en) == ("走访", "Visit")
        with translation.override("en"):
            assert visit.label == "Visit"

    def test_a_new_duty_does_not_begin_on_the_day_of_the_version_before(self):
        town = found_village().committee
        load_pack(HEAD % ("1", "2024-01-01") + VISIT, by="system", org=town)

        with pytest.raises(Refused, match="晚于"):
            load_pack(HEAD % ("2", "2024-01-01") + VISIT + TALK % "YEAR", by="system", org=town)
        assert Duty.objects.filter(lineage="town:talk").count() == 0

    def test_what_a_newer_version_drops_ends_the_day_before(self):
        town = found_village().committee
        load_pack(HEAD % ("1", "2024-01-01") + TALK % "YEAR" + VISIT, by="system", org=town)

        done = load_pack(HEAD % ("2", "2026-01-01") + VISIT, by="system", org=town)

        assert (done.begun, done.ended, done.unchanged) == (0, 1, 1)
        assert Duty.objects.get(lineage="town:talk").valid_to_date == dt.date(2025, 12, 31)

    @pytest.mark.parametrize(
        ("version", "since", "sentence"),
        [
            ("1", "2025-01-01", "换一个版本号"),
            ("2", "2024-01-01", "晚于"),
            ("2", "2023-01-01", "晚于"),
        ],
    )
    def test_a_version_that_would_rewrite_is_refused(self, version, since, sentence):
        town = found_village().committee
        load_pack(HEAD % ("1", "2024-01-01") + VISIT, by="system", org=town)

        with pytest.raises(Refused, match=sentence):
            load_pack(HEAD % (version, since) + TALK % "YEAR", by="system", org=town)

        assert PackVersion.objects.filter(pack__code="town").count() == 1
        assert Duty.objects.filter(lineage="town:talk").count() == 0

    def test_a_local_pack_needs_its_organisation(self):
        load_pack(shipped("national"), by="system")

        with pytest.raises(Refused, match="--org"):
            load_pack(HEAD % ("1", "2024-01-01") + VISIT, by="system")

    def test_a_faulty_pack_leaves_nothing_behind(self):
        with pytest.raises(BadPack) as caught:
            load_pack(HEAD % ("1", "2024-01-01") + TALK % "WEEK", by="system")

        assert str(caught.value).startswith("第 3 行：")
        assert PackVersion.objects.count() == 0


def test_the_village_was_founded_after_the_national_pack_began():
    national, _problems = read_pack(shipped("national"), known_kinds=())
    assert national.valid_from <= FOUNDED
