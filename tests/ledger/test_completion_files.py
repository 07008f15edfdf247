"""The file that comes with a completion goes through the gate and survives a refusal."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from bihuan.activities.models import StagedFile
from bihuan.audit.models import Entry
from bihuan.duties.models import Completion
from bihuan.ledger.actions.tick import catch_up
from tests.files import picture_makers as pm
from tests.ledger.test_views import completable
from tests.village import Village, found_village

pytestmark = pytest.mark.django_db


@pytest.fixture
def village() -> Village:
    found = found_village()
    catch_up(timezone.localdate().year, timezone.localdate())
    return found


@pytest.fixture
def secretary(client: Client, village: Village) -> Client:
    client.force_login(village.secretary)
    return client


def url(village: Village) -> str:
    return reverse("ledger:complete", args=[village.branch.pk, completable(village).pk])


def said(**more: object) -> dict[str, object]:
    today = timezone.localdate().isoformat()
    key = "6f1c8a52-58a1-4f0e-9d2b-1f7f0c6f2f12"
    return {"key": key, "sentence": "已满学时", "done": today, "counts_for": today, **more}


def photo(name: str) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, pm.jpeg())


def test_a_photo_leaves_its_place_behind_and_comes_back_as_a_download(
    secretary: Client, village: Village
) -> None:
    secretary.post(url(village), said(file=photo("证书.jpg")))

    completion = Completion.objects.get()
    answer = secretary.get(reverse("ledger:completion_file", args=[completion.pk]))
    data = b"".join(answer.streaming_content)
    assert completion.file_name == "证书.jpg"
    assert data.startswith(b"\xff\xd8") and pm.PLACE not in data
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"].startswith("sandbox")
    entry = Entry.objects.filter(verb="completion.filed").get()
    assert len(entry.detail["file"]) == 64


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [("a.exe", b"MZ\x90\0" + bytes(99), "认不出"), ("a.pdf", b"", "空文件")],
)
def test_a_file_that_is_refused_loses_nothing_typed(
    secretary: Client, village: Village, name: str, data: bytes, sentence: str
) -> None:
    page = secretary.post(url(village), said(file=SimpleUploadedFile(name, data)))

    assert sentence in page.content.decode() and "已满学时" in page.content.decode()
    assert Completion.objects.count() == 0


def test_a_file_survives_what_is_wrong_elsewhere(secretary: Client, village: Village) -> None:
    page = secretary.post(url(village), said(sentence="", file=photo("证书.jpg")))
    assert "证书.jpg" in page.content.decode()

    secretary.post(url(village), said())

    assert Completion.objects.get().file_name == "证书.jpg"
    assert StagedFile.objects.count() == 0


def test_another_file_takes_the_place_of_the_first(secretary: Client, village: Village) -> None:
    secretary.post(url(village), said(sentence="", file=photo("第一张.jpg")))
    other = SimpleUploadedFile("第二张.png", pm.png())

    secretary.post(url(village), said(file=other))

    assert Completion.objects.get().file_name == "第二张.png"


def test_a_chosen_file_can_be_thrown_away(secretary: Client, village: Village) -> None:
    secretary.post(url(village), said(sentence="", file=photo("证书.jpg")))
    pk = StagedFile.objects.get().pk

    page = secretary.post(url(village), said(**{"drop-file": pk}))

    assert "证书.jpg" not in page.content.decode() and "已满学时" in page.content.decode()
    assert (StagedFile.objects.count(), Completion.objects.count()) == (0, 0)


def test_a_double_press_is_said_once(secretary: Client, village: Village) -> None:
    for _press in range(2):
        secretary.post(url(village), said(file=photo("证书.jpg")))

    assert Completion.objects.count() == 1
