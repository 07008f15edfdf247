"""Files in the record form, as a person without scripts sends them and as the script does."""

from __future__ import annotations

import io
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bihuan.activities.actions import file_record
from bihuan.activities.actions.drafts import stage_file
from bihuan.activities.models import Activity, ActivityFile, RecordDraft, StagedFile
from bihuan.files.gate import keep_file
from bihuan.files.limits import MEGABYTE
from tests.activities.test_actions import kept, theme_day
from tests.activities.test_views import filed, typed
from tests.files import makers as m
from tests.files import picture_makers as pm
from tests.files.other_cases import LEFT, LINE, LOCK, TOP
from tests.village import Village, found_village

pytestmark = pytest.mark.django_db
NEW = "/records/new/"


@pytest.fixture
def village() -> Village:
    return found_village()


@pytest.fixture
def secretary(client: Client, village: Village) -> Client:
    client.force_login(village.secretary)
    return client


def photo(name: str = "现场.jpg", *, tail: bytes = b"") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, pm.jpeg() + tail)


def changed(village: Village, activity: Activity, **more: object) -> dict[str, object]:
    return {**typed(village), "version": str(activity.version), "activity": activity.pk, **more}


def test_files_are_filed_with_the_record_and_come_back_as_attachments(
    secretary: Client, village: Village
) -> None:
    note = SimpleUploadedFile("纪要.docx", m.docx(m.p("会议纪要")))

    secretary.post(NEW, typed(village) | {"files": [photo(), note]})

    activity = Activity.objects.get()
    names = list(activity.files.values_list("name", flat=True))
    assert names == ["现场.jpg", "纪要.docx"]
    page = secretary.get(activity.get_absolute_url()).content.decode()
    assert all(name in page for name in names)
    answer = secretary.get(
        reverse("activities:file", args=[activity.pk, activity.files.first().pk])
    )
    data = b"".join(answer.streaming_content)
    assert data.startswith(pm.PLAIN_JPEG[:20]) and pm.PLACE not in data
    assert answer["Content-Disposition"].startswith("attachment;")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"].startswith("sandbox")


def test_a_file_survives_what_is_wrong_elsewhere(secretary: Client, village: Village) -> None:
    first = typed(village, held_date="2099-01-01")

    page = secretary.post(NEW, first | {"files": [photo()]}).content.decode()
    secretary.post(NEW, first | {"held_date": typed(village)["held_date"]})

    assert "现场.jpg" in page and "还没有到" in page
    assert [file.name for file in Activity.objects.get().files.all()] == ["现场.jpg"]
    assert StagedFile.objects.count() == 0


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("照片.heic", b"\0\0\0\x18ftypheic" + bytes(99), "HEIC"),
        ("加密.pdf", m.pdf([(LEFT, TOP, LINE)], extra=LOCK), "打开密码"),
        ("空.pdf", b"", "空文件"),
        ("炸弹.docx", m.docx("", extra={"word/x.xml": bytes(60 * MEGABYTE)}), "压缩比"),
        ("半个字.txt", "学习".encode("gbk")[:-1], "不是完整的汉字"),
        ("程序.jpg", b"MZ\x90\0" + bytes(99), "认不出"),
        ("宏.docm", m.docx("", main_type=m.MACRO_TYPE), "含宏"),
        ("视频.mp4", b"\0\0\0\x18ftypisom" + bytes(99), "视频"),
    ],
)
def test_a_file_that_is_refused_stops_the_form_and_loses_nothing(
    secretary: Client, village: Village, name: str, data: bytes, sentence: str
) -> None:
    fields = typed(village, summary="写了很久的纪要")

    page = secretary.post(
        NEW, fields | {"files": [photo(), SimpleUploadedFile(name, data)]}
    ).content.decode()

    assert name in page and sentence in page
    assert "写了很久的纪要" in page and "现场.jpg" in page
    assert Activity.objects.count() == 0
    secretary.post(NEW, fields)
    assert [file.name for file in Activity.objects.get().files.all()] == ["现场.jpg"]


def test_a_file_of_two_hundred_megabytes_is_a_sentence(secretary: Client, village: Village) -> None:
    huge = SimpleUploadedFile("录像.jpg", bytes(200 * MEGABYTE))

    page = secretary.post(NEW, typed(village, summary="纪要") | {"files": [huge]}).content.decode()

    assert "“录像.jpg”超过 20 MB" in page and "纪要" in page
    assert Activity.objects.count() == 0


def test_a_scan_and_a_wrong_extension_are_taken_and_the_name_is_mended(
    secretary: Client, village: Village
) -> None:
    scan = SimpleUploadedFile("扫描.doc", m.pdf([], []))

    page = secretary.post(NEW, typed(village) | {"files": [scan], "add-files": "1"})

    assert "已改名为“扫描.pdf”" in page.content.decode()
    assert StagedFile.objects.get().name == "扫描.pdf"
    assert Activity.objects.count() == 0


def test_the_script_gets_the_list_after_each_file(secretary: Client, village: Village) -> None:
    fields = typed(village) | {"files": [photo()]}

    part = secretary.post(
        reverse("activities:files"), fields, headers={"HX-Request": "true"}
    ).content.decode()

    assert part.lstrip().startswith('<div id="filelist">') and "现场.jpg" in part
    staged = StagedFile.objects.get()
    part = secretary.post(
        reverse("activities:files"),
        typed(village, key=fields["key"]) | {"drop-file": staged.pk},
        headers={"HX-Request": "true"},
    ).content.decode()
    assert "现场.jpg" not in part
    assert StagedFile.objects.count() == 0


def test_nobody_touches_what_another_has_chosen(
    secretary: Client, client: Client, village: Village
) -> None:
    key = uuid.uuid4()
    staged = stage_file(key, kept("别人的.jpg"), by=village.officer)

    page = secretary.post(NEW, typed(village, key=str(key)) | {"drop-file": staged.pk})

    assert "别人的.jpg" not in page.content.decode()
    assert StagedFile.objects.count() == 1


def test_a_change_adds_and_removes_files_and_the_history_says_so(
    secretary: Client, village: Village
) -> None:
    key = uuid.uuid4()
    stage_file(key, kept("旧的.jpg"), by=village.secretary)
    activity = file_record(theme_day(village), by=village.secretary, key=key)
    old = activity.files.get()
    url = reverse("activities:change", args=[activity.pk])

    secretary.post(
        url, changed(village, activity, files=[photo("新的.jpg")], **{"drop-standing": old.pk})
    )

    assert [file.name for file in activity.files.standing()] == ["新的.jpg"]
    page = secretary.get(activity.get_absolute_url()).content.decode()
    assert "附件“旧的.jpg”" in page
    assert secretary.get(reverse("activities:file", args=[activity.pk, old.pk])).status_code == 404


def test_a_file_marked_for_removal_stays_marked_after_a_refusal(
    secretary: Client, village: Village
) -> None:
    key = uuid.uuid4()
    stage_file(key, kept("旧的.jpg"), by=village.secretary)
    activity = file_record(theme_day(village), by=village.secretary, key=key)
    old = activity.files.get()
    url = reverse("activities:change", args=[activity.pk])

    wrong = changed(village, activity, held_date="2099-01-01", **{"drop-standing": old.pk})
    page = secretary.post(url, wrong).content.decode()

    assert f'name="drop-standing" value="{old.pk}" checked' in page
    assert ActivityFile.objects.get().removed_at is None


def test_a_draft_opens_again_with_its_files(secretary: Client, village: Village) -> None:
    fields = typed(village, summary="半句话")
    secretary.post(reverse("activities:draft"), fields, headers={"HX-Request": "true"})
    kept_photo = keep_file(io.BytesIO(pm.jpeg()), name="现场.jpg")
    stage_file(uuid.UUID(fields["key"]), kept_photo, by=village.secretary)

    url = f"{NEW}?org={village.branch.pk}&draft={fields['key']}"
    page = secretary.get(url).content.decode()

    assert "半句话" in page and "现场.jpg" in page
    secretary.post(reverse("activities:draft_drop", args=[RecordDraft.objects.get().key]))
    assert StagedFile.objects.count() == 0


def test_after_a_session_has_ended_the_form_goes_on_with_its_files(
    client: Client, village: Village
) -> None:
    client.force_login(village.secretary)
    fields = typed(village, summary="登录过期前写的")
    secretary_files = {"files": [photo()]}
    client.post(reverse("activities:files"), fields | secretary_files)
    client.logout()

    answer = client.post(NEW, fields)
    assert "/login/" in answer["Location"]
    session = client.session
    client.force_login(village.secretary)
    kept_form = {name: value for name, value in session.items() if not name.startswith("_auth")}
    now = client.session
    now.update(kept_form)
    now.save()
    page = client.get(reverse("web:send_again")).content.decode()
    assert "登录过期前写的" in page
    client.post(NEW, fields)

    activity = Activity.objects.get()
    assert activity.summary == "登录过期前写的"
    assert [file.name for file in activity.files.all()] == ["现场.jpg"]


def test_the_record_asks_the_database_no_more_for_three_files_than_for_one(
    secretary: Client, village: Village
) -> None:
    activity = filed(village)

    def with_files(*names: str) -> int:
        for name in names:
            key = uuid.uuid4()
            stage_file(key, kept(name, name.encode()), by=village.secretary)
            activity.refresh_from_db()
            fields = changed(village, activity, key=str(key))
            secretary.post(reverse("activities:change", args=[activity.pk]), fields)
        with CaptureQueriesContext(connection) as asked:
            secretary.get(activity.get_absolute_url())
            secretary.get(reverse("activities:change", args=[activity.pk]))
        return len(asked)

    assert with_files("一.jpg") == with_files("二.jpg", "三.jpg")
