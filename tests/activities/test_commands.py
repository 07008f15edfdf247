from __future__ import annotations

import datetime as dt
import io
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils import timezone

from bihuan.activities.models import Activity, StagedFile
from bihuan.audit.models import Entry
from tests.files import picture_makers as pm
from tests.village import Village, found_village

pytestmark = pytest.mark.django_db


@pytest.fixture
def village() -> Village:
    return found_village()


def add(village: Village, *words: str, by: str = "secretary", kind: str = "theme_day") -> str:
    """What `bihuan record add` prints for the village's branch."""
    out = io.StringIO()
    host = ("--by", by, "--org", village.branch.name, "--kind", kind)
    call_command("record", "add", *host, *words, stdout=out)
    return out.getvalue().strip()


def test_everything_a_record_holds_can_be_said(village: Village, tmp_path: Path) -> None:
    day = timezone.localdate() - dt.timedelta(days=1)
    names = [person.name for person in village.members]
    photo = tmp_path / "现场.jpg"
    photo.write_bytes(pm.jpeg())

    number = add(
        village, "--kind", "党课", "--on", day.isoformat(), "--from", "09:00", "--to", "11:00",
        "--title", "学习", "--place", "二楼", "--summary", "一句话", "--chair", names[0],
        "--speaker", names[1], "--absent", f"{names[2]}=LEAVE", "--absent", f"{names[3]}=公务=开会",
        "--visitor", "王主任、李老师", "--decision", f"下月办实事={names[4]}=2099-01-31",
        "--decision", "定期学习", "--file", str(photo),
        "--counts-for", (day - dt.timedelta(days=40)).isoformat(),
    )  # fmt: skip

    activity = Activity.objects.get(pk=number)
    rows = activity.attendance.order_by("pk").values_list("person__name", "reason", "note")
    assert sorted(kind.code for kind in activity.kinds.all()) == ["lecture", "theme_day"]
    assert (activity.chair, activity.held_date, activity.present) == (village.members[0], day, 6)
    assert list(rows) == [
        (names[2], "LEAVE", ""), (names[3], "DUTY", "开会"), (None, "", ""), (None, "", ""),
    ]  # fmt: skip
    assert [each.text for each in activity.decisions.order_by("order")] == [
        "下月办实事",
        "定期学习",
    ]
    assert activity.decisions.get(order=1).owner == village.members[4]
    assert [file.name for file in activity.files.all()] == ["现场.jpg"]


def test_the_same_key_is_the_same_record(village: Village) -> None:
    first, second = add(village, "--key", "2026-11"), add(village, "--key", "2026-11")

    assert first == second
    assert Entry.objects.filter(verb="record.filed").count() == 1
    third = add(village, "--key", "2026-11", "--another", by="officer")
    assert third != first


def test_a_second_record_of_the_day_needs_to_be_meant(village: Village) -> None:
    first = add(village)

    with pytest.raises(CommandError, match=first):
        add(village)

    assert add(village, "--another") != first


def test_a_dry_run_checks_everything_and_writes_nothing(village: Village, tmp_path: Path) -> None:
    photo = tmp_path / "现场.jpg"
    photo.write_bytes(pm.jpeg())
    before = Entry.objects.count()

    said = add(village, "--dry-run", "--file", str(photo))

    assert "没有写入" in said
    assert (Activity.objects.count(), StagedFile.objects.count()) == (0, 0)
    assert Entry.objects.count() == before
    with pytest.raises(CommandError, match="--on"):
        add(village, "--dry-run", "--on", "2099-01-01")


def test_at_a_talk_those_who_took_part_are_named(village: Village) -> None:
    names = "、".join(person.name for person in village.members[:2])

    number = add(village, "--took-part", names, kind="talk")

    took_part = Activity.objects.get(pk=number).attendance.values_list("person", flat=True)
    assert sorted(took_part) == [person.pk for person in village.members[:2]]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--on", "2099-01-01"), "--on：日期"),
        (("--on", "昨天"), "不是日期"),
        (("--from", "九点"), "不是时间"),
        (("--from", "10:00", "--to", "09:00"), "--to：结束时间早于"),
        (("--kind", "nonsense"), "--kind：“nonsense”不是"),
        (("--chair", "无此人"), "--chair：当天的名单里没有“无此人”"),
        (("--speaker", "无此人"), "--speaker：当天的名单里没有“无此人”"),
        (("--absent", "无此人=LEAVE"), "--absent：当天的名单里没有“无此人”"),
        (("--absent", "测00"), "--absent：“测00”的缺席原因请写 DUTY"),
        (("--decision", "好==二月"), "--decision：“二月”不是日期"),
        (("--decision", "字" * 501), "--decision：第 1 条议定事项有 501 个字"),
        (("--summary", "字" * 5000), "--summary：最多 2000 个字"),
        (("--file", "no-such-file.jpg"), "--file：打不开"),
    ],
)
def test_an_error_names_the_option(village: Village, words: tuple[str, ...], sentence: str) -> None:
    with pytest.raises(CommandError) as refusal:
        add(village, *words)

    assert sentence.replace("：", "\uff1a") in str(refusal.value)
    assert Activity.objects.count() == 0


def test_all_that_is_wrong_is_told_at_once(village: Village) -> None:
    with pytest.raises(CommandError) as refusal:
        add(village, "--chair", "甲", "--speaker", "乙", "--absent", "丙=LEAVE")

    assert [line.split("\uff1a")[0] for line in str(refusal.value).splitlines()] == [
        "--chair", "--speaker", "--absent",
    ]  # fmt: skip


def test_two_people_of_one_name_are_told_apart_by_number(village: Village) -> None:
    twin, other = village.members[5:7]
    other.name = twin.name
    other.save()

    with pytest.raises(CommandError, match=str(other.pk)):
        add(village, "--chair", twin.name)

    number = add(village, "--chair", str(other.pk))
    assert Activity.objects.get(pk=number).chair == other


@pytest.mark.parametrize("by", ["other_secretary", "nobody", "member"])
def test_who_may_not_file_is_told_so(village: Village, by: str) -> None:
    with pytest.raises(CommandError):
        add(village, by=by)
