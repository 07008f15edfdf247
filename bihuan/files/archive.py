"""A ZIP archive, looked through before anything in it is believed.

Sizes are counted while inflating, because the directory of an archive can say what it likes.
"""

from __future__ import annotations

import io
import re
import stat
import zipfile
import zlib

from bihuan.files.faults import Unreadable
from bihuan.files.limits import Limits

CHUNK = 64 * 1024
DIRECTORY_ENTRY = b"PK\x01\x02"
LOCAL_HEADER = 30
ENCRYPTED = 0x1
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ARCHIVES: tuple[bytes, ...] = (
    b"PK\x03\x04",
    b"PK\x05\x06",
    b"Rar!\x1a\x07",
    b"7z\xbc\xaf'\x1c",
    b"\x1f\x8b\x08",
)
ARCHIVES += (b"\xfd7zXZ\x00", b"BZh9")
ODD_NAME = re.compile(r"^/|\\|^[A-Za-z]:|(^|/)\.\.(/|$)|[\x00-\x1f\x7f]")
# A document type may stand in UTF-8 or in either order of UTF-16.
DOCTYPES = tuple("<!DOCTYPE".encode(codec) for codec in ("ascii", "utf-16-le", "utf-16-be"))
TAIL = max(map(len, DOCTYPES)) - 1

BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError, OSError)


def open_archive(data: bytes, limits: Limits) -> zipfile.ZipFile:
    """The archive in `data`, after all of it was inflated once and counted.

    Raises `Unreadable`: bomb_entries, bomb_size, bomb_ratio, password, nested, embedded,
    odd_names, overlapping, dtd, damaged.
    """
    if data.count(DIRECTORY_ENTRY) > limits.entries:
        raise Unreadable("bomb_entries", limit=limits.entries)
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except BROKEN as error:
        raise Unreadable("damaged") from error
    check_directory(archive)
    budget = Budget(packed=len(data), limits=limits)
    for entry in archive.infolist():
        try:
            check_content(archive, entry, budget)
        except BROKEN as error:
            raise Unreadable("damaged") from error
    return archive


def check_directory(archive: zipfile.ZipFile) -> None:
    """Refuse what the directory alone gives away: odd names, encryption, shared bytes."""
    entries = archive.infolist()
    names = [entry.filename for entry in entries]
    # `orig_filename` still has what zipfile cuts off at a NUL.
    odd = any(ODD_NAME.search(entry.orig_filename) for entry in entries)
    linked = any(stat.S_ISLNK(entry.external_attr >> 16) for entry in entries)
    if odd or linked or len(set(names)) < len(names):
        raise Unreadable("odd_names")
    if any(entry.flag_bits & ENCRYPTED for entry in entries):
        raise Unreadable("password")
    if any(entry.compress_type not in METHODS for entry in entries):
        raise Unreadable("damaged")
    end = 0
    for entry in sorted(entries, key=lambda entry: entry.header_offset):
        if entry.header_offset < end:
            raise Unreadable("overlapping")
        end = entry.header_offset + LOCAL_HEADER + entry.compress_size


class Budget:
    """What inflating has cost so far, over all entries of one archive."""

    def __init__(self, *, packed: int, limits: Limits) -> None:
        self.packed, self.limits, self.spent = packed, limits, 0

    def spend(self, count: int) -> None:
        """Count `count` bytes more; raise `Unreadable` when they are too many."""
        self.spent += count
        if self.spent > self.limits.unpacked:
            raise Unreadable("bomb_size", limit=self.limits.unpacked // (1024 * 1024))
        if self.spent > max(self.limits.ratio_from, self.packed * self.limits.ratio):
            raise Unreadable("bomb_ratio", limit=self.limits.ratio)


def check_content(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, budget: Budget) -> None:
    """Inflate `entry` and throw it away, looking at its first bytes and for a DTD."""
    is_xml = entry.filename.lower().endswith((".xml", ".rels", ".vml", ".svg"))
    tail = b""
    with archive.open(entry) as stream:
        first = True
        while chunk := stream.read(CHUNK):
            budget.spend(len(chunk))
            if first:
                check_start(chunk, entry.filename)
            if is_xml and any(mark in tail + chunk for mark in DOCTYPES):
                raise Unreadable("dtd")
            tail, first = chunk[-TAIL:], False


def check_start(chunk: bytes, name: str) -> None:
    """Refuse an entry that is itself an archive or an OLE container."""
    if chunk.startswith(ARCHIVES):
        raise Unreadable("nested")
    if chunk.startswith(OLE):
        raise Unreadable("macro" if "vba" in name.lower() else "embedded")
