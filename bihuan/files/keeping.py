"""A file that is kept as it came (a photo, a list, minutes), after it was looked through.

The same walls and the same suspicion as for reading; only no text is wanted, so a scanned PDF
and a spreadsheet are welcome here, and pictures leave without their place and device.
"""

from __future__ import annotations

import zipfile

from bihuan.files import docx, pdf, pictures, sniff
from bihuan.files.archive import open_archive
from bihuan.files.encodings import decode
from bihuan.files.faults import Extract, Unreadable
from bihuan.files.limits import Limits
from bihuan.files.plain import finish
from bihuan.files.sniff import Kind

PICTURES = ((b"\xff\xd8\xff", Kind.JPG), (pictures.PNG_START, Kind.PNG))
# Brands of the ISO base media format: pictures of the newer phones; all others are films.
NEW_PICTURES = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1", b"msf1", b"avif", b"avis"}
FILMS = (b"\x1aE\xdf\xa3", b"ID3", b"OggS", b"fLaC", b"#!AMR", b"FLV\x01", b"0&\xb2u")
MACRO_PARTS = ("xl/vbaProject.bin", "xl/macrosheets/", "xl/activeX/")
OUTSIDE_PARTS = ("xl/externalLinks/", "xl/connections.xml")


def keep(data: bytes, limits: Limits) -> tuple[Kind, bytes, Extract]:
    """What to keep of a file: its kind, its bytes, and notices. Raises `Unreadable`."""
    notices = Extract("")
    picture = kind_of_picture(data)
    if picture is not None:
        return picture, pictures.stripped(data, picture, limits), notices
    kind = sniff.kind_of(data)
    if kind is Kind.PDF:
        check_pdf(data, limits, notices)
    elif kind is Kind.DOC:
        sniff.check_doc(data)
    elif kind is Kind.DOCX:
        kind = check_office(data, limits)
    else:
        kind = kind_of_characters(data, limits)
    return kind, data, notices


def kind_of_picture(data: bytes) -> Kind | None:
    """The kind of a picture that can be kept; None for what is none.

    Raises `Unreadable` for pictures of a kind that many computers cannot open, and for films.
    """
    if data[4:8] == b"ftyp":
        raise Unreadable("heic" if data[8:12] in NEW_PICTURES else "film")
    if data.startswith(FILMS) or (data[:4] == b"RIFF" and data[8:12] in (b"AVI ", b"WAVE")):
        raise Unreadable("film")
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return Kind.WEBP
    return next((kind for start, kind in PICTURES if data.startswith(start)), None)


def check_pdf(data: bytes, limits: Limits, notices: Extract) -> None:
    """Refuse a PDF that nobody could open later; tell of what it would like to run."""
    document = pdf.open_pdf(data)
    if len(document) > limits.pages:
        raise Unreadable("too_many_pages", limit=limits.pages)
    if not len(document):
        raise Unreadable("damaged")
    if any(mark in data for mark in pdf.ACTIVE) or pdf.attachments(document):
        notices.note("active_kept")


def check_office(data: bytes, limits: Limits) -> Kind:
    """A Word document or a workbook, without macros and without ways out."""
    archive = open_archive(data, limits)
    names = archive.namelist()
    if not any(name.startswith("xl/") for name in names):
        docx.read(sniff.open_docx(data, limits))
        return Kind.DOCX
    check_workbook(archive, names)
    return Kind.XLSX


def check_workbook(archive: zipfile.ZipFile, names: list[str]) -> None:
    if "xl/workbook.xml" not in names:
        raise Unreadable("spreadsheet")
    types = archive.read("[Content_Types].xml") if "[Content_Types].xml" in names else b""
    if b"macroEnabled" in types or any(name.startswith(MACRO_PARTS) for name in names):
        raise Unreadable("macro")
    if any(name.startswith(OUTSIDE_PARTS) for name in names):
        raise Unreadable("external")
    if any(name.startswith("xl/embeddings/") for name in names):
        raise Unreadable("embedded")


def kind_of_characters(data: bytes, limits: Limits) -> Kind:
    """Plain text or a table in text, in an encoding that can be told."""
    text, _encoding = decode(data)
    kind = sniff.kind_of_text(text)
    if kind is Kind.HTML:
        raise Unreadable("page")
    finish(Extract(text), limits)
    return kind
