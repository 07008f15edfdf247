"""Files that are kept as they came: what is let in, under which name, and what is taken out."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import pytest

from bihuan.files.gate import FileRefused, fitting_name, keep_file
from bihuan.files.limits import MEGABYTE, Limits
from bihuan.files.sniff import Kind
from tests.files import makers as m
from tests.files import picture_makers as pm
from tests.files.other_cases import LEFT, LINE, LOCK, TOP
from tests.files.word_cases import BODY, PLAN_DOC

TYPES = '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">{}</Types>'


def workbook(types: str = "", **extra: bytes | str) -> bytes:
    """A workbook of one empty sheet; `extra` are further parts, `__` standing for a slash."""
    parts: dict[str, bytes | str] = {
        "[Content_Types].xml": TYPES.format(types),
        "xl/workbook.xml": "<workbook/>",
        "xl/worksheets/sheet1.xml": "<worksheet/>",
    }
    named = {name.replace("__", "/").replace("_xml", ".xml"): part for name, part in extra.items()}
    return m.archive(parts | named)


@pytest.mark.parametrize(
    ("name", "make", "kind", "notices"),
    [
        ("签到表.jpg", pm.jpeg, Kind.JPG, []),
        ("现场.png", pm.png, Kind.PNG, []),
        ("现场.webp", pm.webp, Kind.WEBP, []),
        ("名单.xlsx", workbook, Kind.XLSX, []),
        ("纪要.docx", lambda: m.docx(BODY), Kind.DOCX, []),
        ("空白.docx", lambda: m.docx(""), Kind.DOCX, []),
        ("纪要.doc", lambda: PLAN_DOC, Kind.DOC, []),
        ("纪要.wps", lambda: PLAN_DOC, Kind.DOC, []),
        ("讲稿.pdf", lambda: m.pdf([(LEFT, TOP, LINE)]), Kind.PDF, []),
        ("扫描件.pdf", lambda: m.pdf([], []), Kind.PDF, []),
        ("动作.pdf", lambda: m.pdf([], catalog=b"/OpenAction << /S /Launch >>"), Kind.PDF,
         ["active_kept"]),
        ("要点.txt", lambda: LINE.encode(), Kind.TXT, []),
        ("名单.csv", lambda: "姓名,职务\n".encode("gbk"), Kind.TXT, []),
        ("现场.pdf", pm.png, Kind.PNG, ["renamed"]),
    ],
)  # fmt: skip
def test_what_a_secretary_has_is_kept(
    name: str, make: Callable[[], bytes], kind: Kind, notices: list[str]
) -> None:
    kept = keep_file(make(), name=name)

    assert (kept.kind, [notice.code for notice in kept.warnings]) == (kind, notices)
    assert kept.sha256 == hashlib.sha256(kept.data).hexdigest()


@pytest.mark.parametrize(
    ("name", "make", "code", "advice"),
    [
        ("a.heic", lambda: b"\0\0\0\x18ftypheic" + bytes(99), "heic", "JPG"),
        ("a.jpg", lambda: b"\0\0\0\x18ftypmif1" + bytes(99), "heic", "JPG"),
        ("a.mp4", lambda: b"\0\0\0\x18ftypisom" + bytes(99), "film", "视频"),
        ("a.amr", lambda: b"#!AMR\n" + bytes(99), "film", "视频"),
        ("a.gif", lambda: b"GIF89a" + bytes(99), "odd_picture", "PNG"),
        ("a.svg", lambda: b"<svg xmlns='http://www.w3.org/2000/svg'/>", "odd_picture", "PNG"),
        ("a.html", lambda: b"<html><body>1</body></html>", "page", "PDF"),
        ("a.jpg", lambda: b"MZ\x90\x00" + bytes(99), "not_kept", "PDF"),
        ("a.zip", lambda: m.archive({"a.txt": "1"}), "archive", "解压"),
        ("a.pptx", lambda: m.archive({"ppt/presentation.xml": "<a/>"}), "slides", "PDF"),
        ("a.ofd", lambda: m.archive({"OFD.xml": "<a/>"}), "ofd_kept", "PDF"),
        ("a.xls", lambda: m.ole(("Workbook", b"x")), "old_sheet", ".xlsx"),
        ("a.xlsb", lambda: m.archive({"xl/workbook.bin": b"1"}), "old_sheet", ".xlsx"),
        ("a.xlsx", lambda: m.ole(("EncryptedPackage", b"x")), "password", "密码"),
        ("a.xlsm", lambda: workbook(xl__vbaProject=b"", **{"xl/vbaProject.bin": b"x"}),
         "macro_kept", "宏"),
        ("a.xlsx", lambda: workbook('<Override ContentType="x.macroEnabled.main+xml"/>'),
         "macro_kept", "宏"),
        ("a.xlsx", lambda: workbook(xl__externalLinks__externalLink1_xml="<a/>"),
         "external_kept", "链接"),
        ("a.xlsx", lambda: workbook(**{"xl/embeddings/o.bin": b"x"}), "embedded", "嵌入"),
        ("a.xlsx", lambda: workbook(**{"xl/sheet.xml": bytes(60 * MEGABYTE)}), "bomb_ratio", "倍"),
        ("a.docx", lambda: m.docx(BODY, extra={"word/x.xml": bytes(60 * MEGABYTE)}),
         "bomb_ratio", "倍"),
        ("a.docm", lambda: m.docx(BODY, main_type=m.MACRO_TYPE), "macro_kept", "宏"),
        ("a.docx", lambda: m.docx(BODY)[:300], "died_kept", "另存"),
        ("a.pdf", lambda: m.pdf([(LEFT, TOP, LINE)], extra=LOCK), "password", "密码"),
        ("a.pdf", lambda: b"%PDF-1.7\n", "died_kept", "另存"),
        ("a.txt", lambda: b"", "empty_file", "空文件"),
        ("a.txt", lambda: LINE.encode("gbk")[:-1], "half_character", "第 1 行"),
        ("a.txt", lambda: bytes(range(256)) * 4, "not_kept", "PDF"),
        ("a.jpg", lambda: bytes(200 * MEGABYTE), "heavy", "20 MB"),
        ("a.jpg", lambda: pm.jpeg()[:-40], "died_kept", "另存"),
        ("a.jpg", lambda: pm.PLAIN_JPEG[:4] + pm.PLAIN_JPEG[-2:], "died_kept", "另存"),
        ("a.jpg", lambda: pm.jpeg_of_size(60_000, 60_000), "too_many_pixels", "25000 万"),
        ("a.png", lambda: pm.png(width=60_000, height=60_000), "too_many_pixels", "缩小"),
        ("a.png", lambda: pm.png()[:-8], "died_kept", "另存"),
        ("a.png", lambda: pm.png().replace(b"IDAT\x78", b"IDAT\x79"), "died_kept", "另存"),
        ("a.webp", lambda: pm.webp()[:-9], "died_kept", "另存"),
        ("a.webp", lambda: b"RIFF\x04\0\0\0WEBP", "died_kept", "另存"),
    ],
)  # fmt: skip
def test_what_is_refused_is_told_why_and_what_to_do(
    name: str, make: Callable[[], bytes], code: str, advice: str
) -> None:
    with pytest.raises(FileRefused) as caught:
        keep_file(make(), name=name)

    assert caught.value.code == code
    assert name in str(caught.value) and advice in str(caught.value)
    assert "%(" not in str(caught.value)


@pytest.mark.parametrize("order", ["<", ">"])
def test_a_photo_leaves_place_and_device_behind_and_keeps_which_way_is_up(order: str) -> None:
    kept = keep_file(pm.jpeg(6, order=order, tail=b"a film" + pm.PLACE), name="a.jpg").data

    assert pm.PLACE not in kept
    assert kept[:20] + kept[56:] == pm.PLAIN_JPEG
    assert kept[20:56] == pm.segment(
        0xE1, b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0"
    )


@pytest.mark.parametrize("orientation", [0, 1, 9])
def test_a_photo_that_stands_upright_needs_no_note(orientation: int) -> None:
    assert keep_file(pm.jpeg(orientation), name="a.jpg").data == pm.PLAIN_JPEG


def test_a_picture_as_png_loses_texts_and_what_hangs_on() -> None:
    notes = [pm.png_piece(name, pm.PLACE) for name in (b"tEXt", b"eXIf", b"tIME", b"prVt")]

    kept = keep_file(pm.png(*notes, tail=b"PK\x03\x04" + pm.PLACE), name="a.png").data

    assert kept == pm.png()


def test_a_picture_as_webp_loses_notes_and_their_announcement() -> None:
    kept = keep_file(pm.webp(), name="a.webp").data

    assert pm.PLACE not in kept
    assert kept[20] == 0
    assert keep_file(kept, name="a.webp").data == kept


def test_the_limit_is_the_one_that_was_asked() -> None:
    with pytest.raises(FileRefused) as caught:
        keep_file(bytes(2 * MEGABYTE), name="a.txt", limits=Limits(size=MEGABYTE))

    assert (caught.value.code, caught.value.values["limit"]) == ("heavy", 1)


@pytest.mark.parametrize(
    ("name", "kind", "fitting"),
    [
        ("现场.JPG", Kind.JPG, "现场.JPG"),
        ("现场.heic", Kind.JPG, "现场.jpg"),
        ("名单.pdf", Kind.XLSX, "名单.xlsx"),
        ("2024.3.5", Kind.PDF, "2024.3.5.pdf"),
        ("照片", Kind.PNG, "照片.png"),
        (".jpg", Kind.PNG, ".jpg.png"),
        ("长" * 120, Kind.JPG, "长" * 115 + ".jpg"),
    ],
)
def test_a_name_gets_the_extension_that_fits(name: str, kind: Kind, fitting: str) -> None:
    assert fitting_name(name, kind) == fitting
