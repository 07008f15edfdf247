"""Plain text, and the last cleaning that text from every kind of file goes through."""

from __future__ import annotations

import re

from bihuan.files.faults import Extract, Unreadable
from bihuan.files.limits import Limits

CONTROLS = re.compile(r"[\x01-\x08\x0e-\x1f\x7f\ufffe\uffff]")
INVISIBLE = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u00ad]")
PRIVATE = re.compile(r"[\ue000-\uf8ff\U000f0000-\U0010fffd]")
LINE_END = re.compile(r"\r\n?|[\u2028\u2029\x85\x0b]")
BLANK_LINES = re.compile(r"\n[ \t\u3000\u00a0]*(?:\n[ \t\u3000\u00a0]*){2,}")


def finish(extract: Extract, limits: Limits) -> Extract:
    """`extract` with one kind of line end, no control characters, and its notices.

    Zero-width and bidirectional marks stay, for they may belong to a name, and are announced.
    Raises `Unreadable`: binary (NUL), empty, too_long.
    """
    text = LINE_END.sub("\n", extract.text).replace("\f", "\n")
    if "\0" in text:
        raise Unreadable("binary")
    text, controls = CONTROLS.subn("", text)
    if controls > len(text) // 20 + 8:
        raise Unreadable("binary")
    text = BLANK_LINES.sub("\n\n", text).strip("\n")
    if not INVISIBLE.sub("", text).strip():
        raise Unreadable("empty")
    if len(text) > limits.characters:
        raise Unreadable("too_long", limit=limits.characters // 10_000)
    extract.text = text
    if controls:
        extract.note("controls", count=controls)
    if invisible := len(INVISIBLE.findall(text)):
        extract.note("invisible", count=invisible)
    if private := len(PRIVATE.findall(text)):
        extract.note("private", count=private)
    return extract
