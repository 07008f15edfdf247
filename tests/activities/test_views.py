from __future__ import annotations

import datetime as dt
import uuid

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape

from bihuan.activities.actions import file_record
from bihuan.activities.models import Activity, RecordDraft
from bihuan.activities.queries.history import history_of
from bihuan.activities.rules import Record, Resolution
from bihuan.orgs.actions.people import enrol
from bihuan.orgs.choices import MemberStatus
from bihuan.orgs.models import Person
from tests.village import FOUNDED, Village, found_village

pytestmark = pytest.mark.django_db
NEW = "/records/new/"


@pytest.fixture
def village() -> Village:
    return found_village()


@pytest.fixture
def secretary(client: Client, village: Village) -> Client:
    client.force_login(village.secretary)
    return client


def typed(village: Village, **more: str) -> dict[str, str]:
    today = timezone.localdate().isoformat()
    return {
        "org": str(village.branch.pk), "key": str(uuid.uuid4()), "kinds": "theme_day",
        "held_date": today, "summary": "学习讨论", **more,
    }  # fmt: skip


def filed(village: Village, days_ago: int = 0) -> Activity:
    day = timezone.localdate() - dt.timedelta(days=days_ago)
    record = Record(org_id=village.branch.pk, kinds=("theme_day",), held_date=day)
    return file_record(record, by=village.secretary)


def test_a_record_is_filed_from_the_form(secretary: Client, village: Village) -> None:
    answer = secretary.post(reverse("activities:record"), typed(village))

    activity = Activity.objects.get()
    assert (answer.status_code, answer.headers["Location"]) == (302, activity.get_absolute_url())
    assert (activity.org, activity.present) == (village.branch, 8)


def test_what_was_typed_is_still_there_after_a_refusal(secretary: Client, village: Village) -> None:
    answer = secretary.post(
        reverse("activities:record"),
        typed(
            village, held_date="2099-01-01", summary="写了很久的纪要", **{"decision-1": "议定甲"}
        ),
    )

    page = answer.content.decode()
    assert answer.status_code == 200
    assert "写了很久的纪要" in page
    assert "议定甲" in page
    assert "还没有到" in page
    assert Activity.objects.count() == 0


@pytest.mark.parametrize("bad", ["2024-02-30", "昨天", "", "0000-00-00", "99999-01-01"])
def test_a_day_that_is_none_is_a_sentence_and_never_a_fault(
    secretary: Client, village: Village, bad: str
) -> None:
    answer = secretary.post(reverse("activities:record"), typed(village, held_date=bad))

    assert answer.status_code == 200
    assert Activity.objects.count() == 0


def test_the_second_of_two_people_is_shown_the_first_record(
    secretary: Client, village: Village
) -> None:
    first = filed(village)

    answer = secretary.post(reverse("activities:record"), typed(village))

    assert first.get_absolute_url() in answer.content.decode()
    assert Activity.objects.count() == 1
    secretary.post(reverse("activities:record"), typed(village, another="1"))
    assert Activity.objects.count() == 2


def test_a_draft_keeps_what_was_typed_and_opens_again(secretary: Client, village: Village) -> None:
    fields = typed(village, held_date="不是日期", summary="半句话")

    secretary.post(reverse("activities:draft"), fields, headers={"HX-Request": "true"})

    draft = RecordDraft.objects.get()
    assert draft.fields["summary"] == "半句话"
    url = f"{reverse('activities:record')}?org={village.branch.pk}&draft={draft.key}"
    assert "半句话" in secretary.get(url).content.decode()


@pytest.mark.parametrize(
    ("who", "answer"),
    [("secretary", 200), ("officer", 200), ("other_secretary", 404), ("member", 403)],
)
def test_who_may_change_a_record(client: Client, village: Village, who: str, answer: int) -> None:
    activity = filed(village)
    client.force_login(getattr(village, who))

    response = client.get(reverse("activities:change", args=[activity.pk]))

    assert response.status_code == answer


def test_a_member_sees_the_records_of_the_own_branch_only(client: Client, village: Village) -> None:
    own = filed(village)
    other = Record(
        org_id=village.other_branch.pk, kinds=("theme_day",), held_date=timezone.localdate()
    )
    foreign = file_record(other, by=village.other_secretary)
    client.force_login(village.member)

    assert client.get(own.get_absolute_url()).status_code == 200
    assert client.get(foreign.get_absolute_url()).status_code == 404


def test_the_list_asks_the_database_no_more_for_three_than_for_one(
    secretary: Client, village: Village
) -> None:
    filed(village)
    with CaptureQueriesContext(
        connection,
    ) as one:
        secretary.get(reverse("activities:list"))
    filed(village, 1)
    filed(village, 2)
    with CaptureQueriesContext(connection) as three:
        secretary.get(reverse("activities:list"))

    assert len(three) == len(one)


def test_a_record_without_any_kind_is_told_where(secretary: Client, village: Village) -> None:
    fields = typed(village)
    del fields["kinds"]

    page = secretary.post(NEW, fields).content.decode()

    assert "请至少选择一种活动类型。" in page


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"start_time": "10:00", "end_time": "09:00"}, "结束时间早于开始时间"),
        ({f"decision-{n}": "同意" for n in range(1, 301)}, "现有 300 条"),
        ({"summary": "字" * 5000}, "5000"),
        ({"place": "字" * 5000}, "5000"),
        ({"visitors": "名" * 500}, "现有 500 个字"),
        ({"decision-1": "好", "decision-2": "字" * 5000}, "第 2 条议定事项有 5000 个字"),
        ({"decision-1": "好", "due-1": "2026-02-30"}, "第 1 条议定事项的期限不是有效日期"),
        ({"decision-1": "好", "owner-1": "9" * 18}, "第 1 条议定事项的责任人不在名单中"),
        ({"owner-1": "x"}, "第 1 条议定事项还没有写内容"),
        ({"chair": "99999999999999999999"}, "主持人当天不在本组织的名单中"),
        ({"speakers": "1e9"}, "主讲人当天不在本组织的名单中"),
        ({"kinds": "nonsense"}, "有的活动类型不存在"),
        ({"summary": "半个\ufffd字"}, "“一句话纪要”里有不完整的字符"),
        ({"decision-1": "半个\ufffd"}, "“议定事项”里有不完整的字符"),
        ({"decision-1": "零\0字符"}, "“议定事项”里有不完整的字符"),
        ({"counts_for_date": "2098-01-01"}, "补办的期次应早于实际开展的日期"),
    ],
)
def test_each_wrong_thing_is_a_sentence_and_all_else_stays(
    secretary: Client, village: Village, more: dict[str, str], sentence: str
) -> None:
    fields = typed(village, title="留下来的主题") | more

    answer = secretary.post(NEW, fields)

    page = answer.content.decode()
    assert answer.status_code == 200
    assert sentence in page and "留下来的主题" in page
    assert Activity.objects.count() == 0


def test_absence_without_a_reason_and_with_an_invented_one(
    secretary: Client, village: Village
) -> None:
    pk = village.members[3].pk

    for reason in ("", "SLEEPING" * 40):
        page = secretary.post(
            NEW, typed(village, **{f"absent-{pk}": "1", f"reason-{pk}": reason})
        ).content.decode()
        assert "请为每位缺席的同志选择原因" in page
        assert f'name="absent-{pk}" value="1" checked' in page


@pytest.mark.parametrize("name", ["decision-" + "9" * 500, "decision-²", "owner-", "decision--1"])
def test_field_names_that_nobody_made_do_no_harm(
    secretary: Client, village: Village, name: str
) -> None:
    answer = secretary.post(NEW, typed(village, **{name: "x"}))

    assert answer.status_code == 302


@pytest.mark.parametrize(
    "text",
    ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "👨‍👩‍👧 学习 🎉", "𬎆㛃䶮"],
)
def test_any_text_is_shown_as_it_was_typed(secretary: Client, village: Village, text: str) -> None:
    people = {"visitors": text, "title": text, "place": text, "decision-1": text}

    secretary.post(NEW, typed(village, summary=text, **people))

    activity = Activity.objects.get()
    page = secretary.get(activity.get_absolute_url()).content.decode()
    assert (activity.summary, activity.title, activity.decisions.get().text) == (text,) * 3
    assert page.count(escape(text)) >= 5
    assert "<script>alert" not in page and "<img src=x" not in page


def test_signs_that_turn_a_line_around_are_left_out_of_names(
    secretary: Client, village: Village
) -> None:
    secretary.post(NEW, typed(village, title="学\u202e习", visitors="王\u2066主任"))

    activity = Activity.objects.get()
    assert (activity.title, activity.attendance.get().visitor_name) == ("学习", "王主任")


def test_an_organisation_without_members_gets_a_sentence_and_no_fault(
    client: Client, village: Village
) -> None:
    for membership in village.other_branch.memberships.all():
        membership.delete()
    client.force_login(village.other_secretary)

    page = client.post(
        NEW, typed(village, org=str(village.other_branch.pk), summary="纪要")
    ).content.decode()

    assert "没有应到人员" in page and "纪要" in page


def test_a_double_press_is_one_record(secretary: Client, village: Village) -> None:
    fields = typed(village)

    first, second = secretary.post(NEW, fields), secretary.post(NEW, fields)

    assert first["Location"] == second["Location"]
    assert Activity.objects.count() == 1


def test_the_roll_follows_the_kinds(secretary: Client, village: Village) -> None:
    def roll(kind: str) -> str:
        fields = typed(village, kinds=kind)
        return secretary.post(
            reverse("activities:roll"), fields, headers={"HX-Request": "true"}
        ).content.decode()

    assert roll("theme_day").count('name="absent-') == 8
    assert roll("committee_meeting").count('name="absent-') == 4
    assert roll("talk").count('name="absent-') == 0
    assert roll("talk").count('name="took-') == 8


def test_a_talk_names_who_took_part(secretary: Client, village: Village) -> None:
    fields = typed(village, kinds="talk", **{f"took-{village.members[1].pk}": "1"})

    secretary.post(NEW, fields)

    activity = Activity.objects.get()
    assert [row.person for row in activity.attendance.all()] == [village.members[1]]
    page = secretary.get(activity.get_absolute_url()).content.decode()
    assert village.members[1].name in page and "应到" not in page


def test_several_kinds_absences_visitors_decisions_and_speakers_in_one_record(
    secretary: Client, village: Village
) -> None:
    absent, speaker = village.members[2].pk, village.members[4].pk
    fields: dict[str, object] = {
        **typed(village), "kinds": ["theme_day", "lecture"], "speakers": [speaker],
        f"absent-{absent}": "1", f"reason-{absent}": "TRAINING", "visitors": "王主任、李老师",
        "decision-1": "下月到社区服务", "owner-1": speaker, "due-1": "2099-01-31",
        "start_time": "09:00", "end_time": "11:00",
    }  # fmt: skip

    secretary.post(NEW, fields)

    activity = Activity.objects.get()
    assert sorted(kind.code for kind in activity.kinds.all()) == ["lecture", "theme_day"]
    assert (activity.expected, activity.present) == (8, 7)
    assert activity.decisions.get().owner_id == speaker
    assert activity.attendance.filter(person=None).count() == 2
    assert [person.pk for person in activity.speakers.all()] == [speaker]


def test_a_change_is_told_in_words_before_and_after(secretary: Client, village: Village) -> None:
    activity = filed(village, 1)
    absent = village.members[2]
    fields = typed(
        village, held_date=activity.held_date.isoformat(), version="1", summary="改过的纪要",
        **{f"absent-{absent.pk}": "1", f"reason-{absent.pk}": "LEAVE"},
    )  # fmt: skip

    secretary.post(reverse("activities:change", args=[activity.pk]), fields)

    activity.refresh_from_db()
    change = history_of(activity)[0]
    assert [(line.label, line.before, line.after) for line in change.lines] == [
        ("一句话纪要", "\u2014", "改过的纪要"),
        ("到会", "8/8", "7/8"),
        ("缺席", "\u2014", f"{absent.name}\uff08请假\uff09"),
    ]
    assert "改过的纪要" in secretary.get(activity.get_absolute_url()).content.decode()


def test_a_change_begun_is_a_draft_that_opens_the_change_again(
    secretary: Client, village: Village
) -> None:
    activity = filed(village)
    fields = typed(village, version="1", activity=str(activity.pk), summary="改到一半")

    secretary.post(reverse("activities:draft"), fields, headers={"HX-Request": "true"})

    url = f"{reverse('activities:change', args=[activity.pk])}?draft={fields['key']}"
    assert url in secretary.get(reverse("activities:list")).content.decode()
    assert "改到一半" in secretary.get(url).content.decode()


def test_somebody_who_left_stays_in_the_old_record_when_it_is_changed(
    secretary: Client, village: Village
) -> None:
    visitor = village.other_members[0]
    record = Record(
        org_id=village.branch.pk, kinds=("theme_day",), held_date=timezone.localdate(),
        chair_id=visitor.pk, decisions=(Resolution("办好", visitor.pk),),
    )  # fmt: skip
    activity = file_record(record, by=village.secretary)
    fields = typed(
        village, version="1", chair=str(visitor.pk),
        **{"decision-1": "办好", "owner-1": str(visitor.pk)},
    )  # fmt: skip

    answer = secretary.post(reverse("activities:change", args=[activity.pk]), fields)

    assert answer.status_code == 302


def test_the_form_asks_the_database_no_more_for_many_people_and_rows(
    secretary: Client, village: Village
) -> None:
    def asked(rows: int) -> int:
        fields = typed(village, held_date="2099-01-01")
        fields |= {f"decision-{n}": "办好" for n in range(rows)}
        fields |= {f"absent-{person.pk}": "1" for person in village.members[:rows]}
        with CaptureQueriesContext(connection) as queries:
            secretary.post(NEW, fields)
        return len(queries)

    assert asked(1) == asked(3)


def test_kinds_are_called_in_the_language_of_the_reader(
    secretary: Client, village: Village
) -> None:
    activity = filed(village)
    secretary.cookies.load({"django_language": "en"})

    for url in (activity.get_absolute_url(), reverse("activities:list"), NEW):
        assert "Theme Party day" in secretary.get(url).content.decode()


def test_many_decisions_stay_with_their_owners_on_a_page_of_no_great_size(
    secretary: Client, village: Village
) -> None:
    owner = village.members[2]
    rows: dict[str, str] = {}
    for n in range(1, 301):
        rows |= {f"decision-{n}": f"<决定{n}>", f"owner-{n}": str(owner.pk)}
    for n in range(100):
        person = Person.objects.create(name=f"新同志{n}", status=MemberStatus.FULL)
        enrol(person, village.branch, since=FOUNDED, by="system")

    page = secretary.post(NEW, typed(village, **rows)).content.decode()

    assert len(page.encode()) < 500_000
    assert 'value="&lt;决定300&gt;"' in page
    chosen = f'<option value="{owner.pk}" selected>{owner.name}</option>'
    decisions = page.split('id="decisions"')[1].split("data-more-rows")[0]
    assert decisions.count(chosen) == 300
    everybody = [row.count("<option") for row in decisions.split("<select")[1:]]
    assert everybody == [2] * 274 + [109] * 27


def test_the_reason_and_the_note_of_an_absence_are_still_there(
    secretary: Client, village: Village
) -> None:
    absent = village.members[1].pk
    marked = {f"absent-{absent}": "1", f"reason-{absent}": "LEAVE", f"note-{absent}": "<探亲>"}

    page = secretary.post(NEW, typed(village, held_date="2099-01-01", **marked)).content.decode()

    row = page.split(f'name="absent-{absent}"')[1].split("</div>")[0]
    assert row.startswith(' value="1" checked>')
    assert '<option value="LEAVE" selected>请假</option>' in row
    assert f'<input type="hidden" name="note-{absent}" value="&lt;探亲&gt;">' in row
    assert page.count(" selected>请假") == 1


def test_a_chair_with_signs_of_markup_in_the_name_is_only_a_name(
    secretary: Client, village: Village
) -> None:
    chair = village.members[0]
    Person.objects.filter(pk=chair.pk).update(name='<b>"王"</b>')

    page = secretary.post(
        NEW, typed(village, held_date="2099-01-01", chair=str(chair.pk), speakers=str(chair.pk))
    ).content.decode()

    name = "&lt;b&gt;&quot;王&quot;&lt;/b&gt;"
    assert f'<option value="{chair.pk}" selected>{name}</option>' in page
    assert (
        f'name="speakers" value="{chair.pk}" checked><span class="form-check-label">{name}' in page
    )
    assert "<b>" not in page
