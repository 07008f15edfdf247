"""PDF files with text: lines by where they stand on the page, joined into paragraphs."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from typing import Any, NamedTuple

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from bihuan.files.faults import Extract, Unreadable
from bihuan.files.limits import Limits
from bihuan.files.paragraphs import Line, join_pages, rejoin

PASSWORD_NEEDED = 4
ACTIVE = (b"/Launch", b"/JavaScript", b"/JS ", b"/JS(", b"/EmbeddedFile", b"/RichMedia")
LISTED_PAGES = 10
# What comes out of a font without a table of characters.
GARBLED_SHARE = 0.3
FIRST_WIDE = 0x2E80


class Box(NamedTuple):
    """Where a character stands, in points, and whether it is Chinese."""

    left: float
    right: float
    bottom: float
    top: float
    is_wide: bool


def read(data: bytes, limits: Limits) -> Extract:
    """The text of all pages. Raises `Unreadable`: password, scanned, garbled, too_many_pages,
    damaged."""
    document = open_pdf(data)
    count = len(document)
    if count > limits.pages:
        raise Unreadable("too_many_pages", limit=limits.pages)
    extract = Extract("")
    if any(mark in data for mark in ACTIVE) or attachments(document):
        extract.note("active")
    pages: list[list[Line]] = []
    characters = 0
    for number in range(count):
        pages.append(rejoin(page_lines(document[number])))
        characters += sum(len(line.text) for line in pages[-1])
        if characters > limits.characters:
            raise Unreadable("too_long", limit=limits.characters // 10_000)
    check_text(pages)
    empty = [str(number) for number, lines in enumerate(pages, 1) if not lines]
    if empty:
        listed = "、".join(empty[:LISTED_PAGES]) + ("…" if len(empty) > LISTED_PAGES else "")
        extract.note("pages_without_text", pages=listed)
    extract.text = "\n".join(join_pages(pages))
    return extract


def open_pdf(data: bytes) -> Any:
    try:
        return pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        needs_password = getattr(error, "err_code", None) == PASSWORD_NEEDED
        raise Unreadable("password" if needs_password else "damaged") from error


def attachments(document: Any) -> int:
    return int(raw.FPDFDoc_GetAttachmentCount(document)) + int(
        raw.FPDFDoc_GetJavaScriptActionCount(document)
    )


def check_text(pages: list[list[Line]]) -> None:
    """Refuse pictures of pages, and text that is no text."""
    text = "".join(line.text for lines in pages for line in lines)
    letters = [sign for sign in text if not sign.isspace()]
    if not letters:
        raise Unreadable("scanned")
    odd = sum(sign == "\ufffd" or "\ue000" <= sign <= "\uf8ff" or sign < " " for sign in letters)
    if odd > GARBLED_SHARE * len(letters):
        raise Unreadable("garbled")


def page_lines(page: Any) -> Iterator[Line]:
    """The lines of a page in reading order, with the box of each."""
    text_page = page.get_textpage()
    height = page.get_height()
    signs: list[str] = []
    boxes: list[Box] = []
    for index in range(text_page.count_chars()):
        code = raw.FPDFText_GetUnicode(text_page, index)
        if code in (10, 13):
            yield from one_line(signs, boxes, height)
            signs, boxes = [], []
        elif code not in (0, 0xFFFE):
            signs.append(chr(code))
            if code > 32 and code != 0x3000:
                boxes.append(character_box(text_page, index, code))
    yield from one_line(signs, boxes, height)
    text_page.close()
    page.close()


def character_box(text_page: Any, index: int, code: int) -> Box:
    """The box of a character by its font's own metrics."""
    box = raw.FS_RECTF()
    raw.FPDFText_GetLooseCharBox(text_page, index, ctypes.byref(box))
    return Box(box.left, box.right, box.bottom, box.top, code >= FIRST_WIDE)


def one_line(signs: list[str], boxes: list[Box], height: float) -> Iterator[Line]:
    # Characters beyond the basic plane come as two halves.
    text = "".join(signs).encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    if text.strip() and boxes:
        # Latin fonts have boxes of another height; where there is Chinese, it sets the size.
        heights = sorted(box.top - box.bottom for box in boxes if box.is_wide) or sorted(
            box.top - box.bottom for box in boxes
        )
        yield Line(
            text.strip(),
            min(box.left for box in boxes),
            max(box.right for box in boxes),
            min(box.bottom for box in boxes),
            max(box.top for box in boxes),
            heights[len(heights) // 2],
            height,
        )
