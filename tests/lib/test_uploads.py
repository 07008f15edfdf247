from __future__ import annotations

import io
from pathlib import Path

from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.test import RequestFactory

from bihuan.lib.uploads import MEGABYTE


def arrived(**files: io.BytesIO) -> dict[str, UploadedFile]:
    """The files as a view finds them."""
    return dict(RequestFactory().post("/", {"title": "标题", **files}).FILES.items())


def of_size(size: int, name: str = "a.bin") -> io.BytesIO:
    return SimpleUploadedFile(name, bytes(size))


def test_a_file_within_the_limits_arrives_whole() -> None:
    files = arrived(small=of_size(10), large=of_size(20 * MEGABYTE))

    assert [files["small"].size, files["large"].size] == [10, 20 * MEGABYTE]


def test_of_a_huge_file_arrives_just_enough_to_refuse_it(tmp_path: Path, settings: object) -> None:
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)

    files = arrived(huge=of_size(100 * MEGABYTE), small=of_size(10))

    assert 21 * MEGABYTE < files["huge"].size < 22 * MEGABYTE
    assert files["small"].size == 10
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) < 22 * MEGABYTE


def test_the_brake_yields_to_a_larger_limit(settings: object) -> None:
    settings.UPLOAD_LIMIT_MB = 40

    assert arrived(large=of_size(35 * MEGABYTE))["large"].size == 35 * MEGABYTE
