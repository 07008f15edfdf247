"""Photographs without what they tell beside the picture: place, time, device, author.

JPEG, PNG and WebP are lists of pieces. The pieces that the picture needs are copied byte for
byte and all others are left behind, what hangs on after the end included; so no pixel is
decoded and none is changed. Of the camera's notes only the way up is kept.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

from bihuan.files.faults import Unreadable
from bihuan.files.limits import Limits
from bihuan.files.sniff import Kind

JPEG_END, JPEG_SCAN, JPEG_FILL = 0xD9, 0xDA, 0xFF
JPEG_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
# Tables, frames and scans; of the application segments only JFIF, colour profile and Adobe's.
JPEG_TABLES = JPEG_FRAMES | {0xC4, 0xC8, 0xCC, 0xDB, 0xDD, 0xDA}
JPEG_NOTES = {0xE0: b"JFIF\0", 0xE2: b"ICC_PROFILE\0", 0xEE: b"Adobe"}
CAMERA, CAMERA_MARK = 0xE1, b"Exif\0\0"
ORIENTATION = 0x0112
PNG_START = b"\x89PNG\r\n\x1a\n"
PNG_KEPT = frozenset(
    (b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"cICP")
)
PNG_KEPT |= {b"sBIT", b"bKGD", b"hIST", b"pHYs", b"acTL", b"fcTL", b"fdAT"}
WEBP_KEPT = frozenset((b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF", b"ICCP"))
# The flags of a WebP header that announce the camera's notes and a description in XMP.
WEBP_NOTES = 0x08 | 0x04
BROKEN = (struct.error, IndexError, ValueError)


def stripped(data: bytes, kind: Kind, limits: Limits) -> bytes:
    """The picture alone. Raises `Unreadable`: damaged, too_many_pixels."""
    try:
        return STRIPPERS[kind](data, limits)
    except BROKEN as error:
        raise Unreadable("damaged") from error


def check_size(width: int, height: int, limits: Limits) -> None:
    """Refuse by the header what would fill a memory when somebody opens it."""
    if not width or not height:
        raise Unreadable("damaged")
    if width * height > limits.pixels:
        raise Unreadable("too_many_pixels", limit=limits.pixels // 10_000)


def strip_jpeg(data: bytes, limits: Limits) -> bytes:
    out = bytearray(data[:2])
    framed = scanned = False
    for marker, piece, content in jpeg_pieces(data):
        if marker in JPEG_FRAMES:
            height, width = struct.unpack_from(">HH", content, 1)
            check_size(width, height, limits)
            framed = True
        if marker == CAMERA and content.startswith(CAMERA_MARK):
            out += way_up(content[len(CAMERA_MARK) :])
        elif marker in JPEG_TABLES or content.startswith(JPEG_NOTES.get(marker, b"\0none")):
            out += piece
            scanned = scanned or marker == JPEG_SCAN
    if not (framed and scanned):
        raise Unreadable("damaged")
    return bytes(out) + b"\xff\xd9"


def jpeg_pieces(data: bytes) -> Iterator[tuple[int, bytes, bytes]]:
    """(marker, whole piece, content) up to the end mark; a scan's piece has its pixels with it.

    A picture that stops before its end mark was cut off: `Unreadable`.
    """
    at = 2
    while True:
        if data[at] != JPEG_FILL:
            raise Unreadable("damaged")
        marker = data[at + 1]
        if marker == JPEG_FILL:
            at += 1
            continue
        if marker == JPEG_END:
            return
        length = struct.unpack_from(">H", data, at + 2)[0]
        end = at + 2 + length
        if length < 2 or end > len(data):
            raise Unreadable("damaged")
        content = data[at + 4 : end]
        if marker == JPEG_SCAN:
            end = end_of_scan(data, end)
        yield marker, data[at:end], content
        at = end


def end_of_scan(data: bytes, at: int) -> int:
    """Where the next marker stands that is neither a stuffed byte nor a restart."""
    while True:
        at = data.index(b"\xff", at)
        if data[at + 1] != 0 and not 0xD0 <= data[at + 1] <= 0xD7:
            return at
        at += 2


def way_up(tiff: bytes) -> bytes:
    """A camera's note that says only which way up the picture is; nothing if it need not."""
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    if order is None:
        return b""
    try:
        at = struct.unpack_from(f"{order}I", tiff, 4)[0]
        count = struct.unpack_from(f"{order}H", tiff, at)[0]
        for entry in range(at + 2, at + 2 + 12 * count, 12):
            tag, kind, _count, value = struct.unpack_from(f"{order}HHIH", tiff, entry)
            if tag == ORIENTATION and kind == 3 and 2 <= value <= 8:
                note = struct.pack(">2sHIHHHIHHI", b"MM", 42, 8, 1, tag, 3, 1, value, 0, 0)
                whole = CAMERA_MARK + note
                return b"\xff\xe1" + struct.pack(">H", len(whole) + 2) + whole
    except struct.error:
        return b""
    return b""


def strip_png(data: bytes, limits: Limits) -> bytes:
    out = bytearray(PNG_START)
    at, last = len(PNG_START), b""
    while last != b"IEND":
        length, name = struct.unpack_from(">I4s", data, at)
        end = at + 12 + length
        if end > len(data) or (not last and name != b"IHDR"):
            raise Unreadable("damaged")
        check = struct.unpack_from(">I", data, end - 4)[0]
        if zlib.crc32(data[at + 4 : end - 4]) != check:
            raise Unreadable("damaged")
        if name == b"IHDR":
            width, height = struct.unpack_from(">II", data, at + 8)
            check_size(width, height, limits)
        if name in PNG_KEPT:
            out += data[at:end]
        at, last = end, name
    return bytes(out)


def strip_webp(data: bytes, limits: Limits) -> bytes:
    total = struct.unpack_from("<I", data, 4)[0] + 8
    if total > len(data):
        raise Unreadable("damaged")
    out = bytearray(b"WEBP")
    at, sized = 12, False
    while at < total:
        name, length = struct.unpack_from("<4sI", data, at)
        content = data[at + 8 : at + 8 + length]
        if len(content) < length:
            raise Unreadable("damaged")
        if name in WEBP_SIZES:
            width, height = WEBP_SIZES[name](content)
            check_size(width, height, limits)
            sized = True
        if name == b"VP8X":
            content = bytes((content[0] & ~WEBP_NOTES,)) + content[1:]
        if name in WEBP_KEPT:
            out += struct.pack("<4sI", name, length) + content + b"\0" * (length % 2)
        at += 8 + length + length % 2
    if not sized:
        raise Unreadable("damaged")
    return b"RIFF" + struct.pack("<I", len(out)) + bytes(out)


def canvas_size(content: bytes) -> tuple[int, int]:
    width, height = content[4:7], content[7:10]
    return int.from_bytes(width, "little") + 1, int.from_bytes(height, "little") + 1


def lossy_size(content: bytes) -> tuple[int, int]:
    width, height = struct.unpack_from("<HH", content, 6)
    return width & 0x3FFF, height & 0x3FFF


def lossless_size(content: bytes) -> tuple[int, int]:
    packed = struct.unpack_from("<I", content, 1)[0]
    return (packed & 0x3FFF) + 1, (packed >> 14 & 0x3FFF) + 1


WEBP_SIZES = {b"VP8X": canvas_size, b"VP8 ": lossy_size, b"VP8L": lossless_size}
STRIPPERS = {Kind.JPG: strip_jpeg, Kind.PNG: strip_png, Kind.WEBP: strip_webp}
