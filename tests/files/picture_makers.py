"""Pictures made for the tests: of one pixel, with whatever a camera writes beside it."""

from __future__ import annotations

import base64
import struct
import zlib

PLAIN_JPEG = base64.b64decode(
    "/9j/4AAQSkZJRgABAQEAYABgAAD/2wBDAAgGBgcGBQgHBwcJCQgKDBQNDAsLDBkSEw8UHRofHh0aHBwgJC4nICIs"
    "IxwcKDcpLDAxNDQ0Hyc5PTgyPC4zNDL/wAALCAABAAEBAREA/8QAFAABAAAAAAAAAAAAAAAAAAAACf/EABQQAQAA"
    "AAAAAAAAAAAAAAAAAAD/2gAIAQEAAD8AVN//2Q=="
)
PLAIN_WEBP = base64.b64decode("UklGRiIAAABXRUJQVlA4IBYAAAAwAQCdASoBAAEADsD+JaQAA3AAAAAA")
PLACE = b"N 31 12 45.06, E 121 30 00"


def segment(marker: int, content: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(content) + 2) + content


def camera_note(orientation: int, *, order: str = "<") -> bytes:
    """A camera's note with the way up, and the place where the picture was taken."""
    head = b"II" if order == "<" else b"MM"
    fields = struct.pack(f"{order}HHIHH", 0x0112, 3, 1, orientation, 0)
    fields += struct.pack(f"{order}HHII", 0x8825, 4, 1, 38)
    tiff = head + struct.pack(f"{order}HIH", 42, 8, 2) + fields + bytes(4)
    return segment(0xE1, b"Exif\0\0" + tiff + PLACE)


def jpeg(orientation: int = 6, *, tail: bytes = b"", order: str = "<") -> bytes:
    """A photo as a phone makes it: the camera's note, XMP, a comment, something at the end."""
    xmp = segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + PLACE)
    notes = camera_note(orientation, order=order) + xmp + segment(0xFE, PLACE)
    return PLAIN_JPEG[:20] + notes + segment(0xE2, b"MPF\0" + PLACE) + PLAIN_JPEG[20:] + tail


def jpeg_of_size(width: int, height: int) -> bytes:
    at = PLAIN_JPEG.index(b"\xff\xc0") + 5
    return PLAIN_JPEG[:at] + struct.pack(">HH", height, width) + PLAIN_JPEG[at + 4 :]


def png_piece(name: bytes, content: bytes) -> bytes:
    check = zlib.crc32(name + content)
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", check)


def png(*notes: bytes, width: int = 1, height: int = 1, tail: bytes = b"") -> bytes:
    head = png_piece(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    pixels = png_piece(b"IDAT", zlib.compress(b"\0\0"))
    body = head + b"".join(notes) + pixels + png_piece(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body + tail


def webp(*, flags: int = 0x0C) -> bytes:
    """A WebP whose head announces a camera's note and XMP, and which has both."""
    head = struct.pack("<4sIB3x", b"VP8X", 10, flags) + bytes(6)
    notes = b"".join(
        name + struct.pack("<I", len(PLACE)) + PLACE + b"\0" * (len(PLACE) % 2)
        for name in (b"EXIF", b"XMP ")
    )
    body = b"WEBP" + head + PLAIN_WEBP[12:] + notes
    return b"RIFF" + struct.pack("<I", len(body)) + body
