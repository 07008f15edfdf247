"""What a file is, by its bytes. Its name is a claim and decides nothing."""

from __future__ import annotations

import re
import zipfile
from enum import StrEnum

from bihuan.files.archive import open_archive
from bihuan.files.faults import Unreadable
from bihuan.files.limits import Limits
from bihuan.files.ole import MAGIC, Container


class Kind(StrEnum):
    """The documents the gate can read, and below them what it can only keep."""

    DOCX = "docx"
    PDF = "pdf"
    DOC = "doc"
    HTML = "html"
    TXT = "txt"
    XLSX = "xlsx"
    JPG = "jpg"
    PNG = "png"
    WEBP = "webp"


EXTENSIONS = {
    Kind.DOCX: {"docx"},
    Kind.PDF: {"pdf"},
    Kind.DOC: {"doc", "wps"},
    Kind.HTML: {"html", "htm", "shtml", "xhtml"},
    Kind.TXT: {"txt", "text", "md", "csv", ""},
    Kind.XLSX: {"xlsx", "et"},
    Kind.JPG: {"jpg", "jpeg", "jpe", "jfif"},
    Kind.PNG: {"png"},
    Kind.WEBP: {"webp"},
}

# First bytes, and the reason for which such a file is refused.
FOREIGN = (
    (b"\x89PNG\r\n\x1a\n", "image"),
    (b"\xff\xd8\xff", "image"),
    (b"GIF87a", "image"),
    (b"GIF89a", "image"),
    (b"BM", "image"),
    (b"II*\0", "image"),
    (b"MM\0*", "image"),
    (b"Rar!\x1a\x07", "archive"),
    (b"7z\xbc\xaf'\x1c", "archive"),
    (b"\x1f\x8b\x08", "archive"),
    (b"\xfd7zXZ\0", "archive"),
    (b"\x7fELF", "binary"),
    (b"MZ", "binary"),
    (b"SQLite format 3\0", "binary"),
    (b"{\\rtf", "rtf"),
)
# Names inside a ZIP archive that tell its kind.
INSIDE = (
    ("xl/", "spreadsheet"),
    ("ppt/", "presentation"),
    ("OFD.xml", "ofd"),
    ("content.xml", "odt"),
)
OLE_STREAMS = (
    ("Workbook", "spreadsheet"),
    ("Book", "spreadsheet"),
    ("PowerPoint Document", "presentation"),
)
VBA = {"Macros", "_VBA_PROJECT_CUR", "_VBA_PROJECT", "VBA"}
EMBEDDED = {"ObjectPool"}
FIB_FLAGS, FIB_ENCRYPTED = 10, 0x0100
PDF_WITHIN = 1024
# Atomic: a row of comments that is no page must not be tried in every combination.
HTML_START = re.compile(
    r"(?>\s+|<!--.*?-->|<\?xml[^>]*>)*+"
    r"<(?:!doctype\s+html|html|head|body|meta|title|div|p|table|article|span|font|br|h[1-6])\b",
    re.IGNORECASE | re.DOTALL,
)
MHT = re.compile(rb"(?:^|\n)content-type:\s*multipart/related", re.IGNORECASE)


def kind_of(data: bytes) -> Kind | None:
    """The kind of a file that says so in its first bytes; None when it must be text or HTML.

    Raises `Unreadable` for a file that is surely something else. A ZIP archive counts as .docx
    here; `open_docx` looks inside.
    """
    if not data.strip(b" \t\r\n\0\xef\xbb\xbf\xff\xfe"):
        raise Unreadable("empty")
    if data.startswith(MAGIC):
        return Kind.DOC
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return Kind.DOCX
    if b"%PDF-" in data[:PDF_WITHIN]:
        return Kind.PDF
    for start, reason in FOREIGN:
        # Two letters are too few to go by: text may begin with them.
        if data.startswith(start) and (len(start) > 2 or b"\0" in data[:512]):
            raise Unreadable(reason)
    if MHT.search(data[:4096]):
        raise Unreadable("mht")
    return None


def kind_of_text(text: str) -> Kind:
    """HTML or plain text. Raises `Unreadable` for XML of another kind."""
    start = text.lstrip("\ufeff \t\r\n")[:24_000]
    if HTML_START.match(start):
        return Kind.HTML
    if re.match(r"(?:<\?xml\b[^>]*>\s*)?(?:<!DOCTYPE\s+svg|<svg\b)", start, re.IGNORECASE):
        raise Unreadable("image")
    if start.startswith("<?xml"):
        raise Unreadable("rtf" if 'progid="Word.Document"' in start else "binary")
    return Kind.TXT


def open_docx(data: bytes, limits: Limits) -> zipfile.ZipFile:
    """The checked archive of a .docx. Raises `Unreadable` for any other archive."""
    archive = open_archive(data, limits)
    names = archive.namelist()
    if "[Content_Types].xml" in names and any(name.startswith("word/") for name in names):
        return archive
    for start, reason in INSIDE:
        if any(name.startswith(start) for name in names):
            raise Unreadable(reason)
    raise Unreadable("archive")


def check_doc(data: bytes) -> None:
    """Refuse an OLE container that is not a plain, open Word document without macros."""
    container = Container(data)
    names = container.names()
    if "EncryptedPackage" in names:
        raise Unreadable("password")
    for stream, reason in OLE_STREAMS:
        if stream in names:
            raise Unreadable(reason)
    if "WordDocument" not in names:
        raise Unreadable("binary")
    if names & VBA:
        raise Unreadable("macro")
    if names & EMBEDDED:
        raise Unreadable("embedded")
    head = container.head("WordDocument", 32)
    flags = int.from_bytes(head[FIB_FLAGS : FIB_FLAGS + 2], "little")
    if flags & FIB_ENCRYPTED:
        raise Unreadable("password")
