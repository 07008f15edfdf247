"""Bytes to text: byte order mark, strict UTF-8, UTF-16 without a mark, GB18030.

The order is by how surely each rung can say no. Nothing is replaced in silence: a byte that
is no character refuses the file and says where it stands. Guessing libraries were measured
on short Chinese texts and took GBK for UTF-16.
"""

from __future__ import annotations

import codecs
import re

from bihuan.files.faults import Unreadable

# Longest first: the mark of UTF-32 begins with that of UTF-16.
MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (b"\x84\x31\x95\x33", "gb18030"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

# GB 18030-2022 gives these code positions (A6D9-A6DF, A6EC, A6ED, A6F3, FE51-FE53, FE59, FE61,
# FE66, FE67, FE6C, FE6D, FE76, FE7E, FE90, FE91, FEA0, A8BC) real characters. Python's codec
# still follows the edition of 2000 and decodes them to the private use area, where fonts and
# searches find nothing. A3A0 is the full-width space of older Chinese systems.
PRIVATE_TO_REAL = {
    **dict(
        zip(range(0xE78D, 0xE797), [0xFE10, 0xFE12, 0xFE11, *range(0xFE13, 0xFE1A)], strict=True)
    ),
    0xE81E: 0x9FB4,
    0xE826: 0x9FB5,
    0xE82B: 0x9FB6,
    0xE82C: 0x9FB7,
    0xE832: 0x9FB8,
    0xE843: 0x9FB9,
    0xE854: 0x9FBA,
    0xE864: 0x9FBB,
    0xE816: 0x20087,
    0xE817: 0x20089,
    0xE818: 0x200CC,
    0xE831: 0x215D7,
    0xE83B: 0x2298F,
    0xE855: 0x241FE,
    0xE7C7: 0x1E3F,
    0xE5E5: 0x3000,
}

SAMPLE = 65_536
# Ideographs, their punctuation, full-width forms, Latin letters: what a plan is made of.
PLAIN = re.compile(r"[\t\n\r -~\u2014\u2018-\u201d\u2026\u3000-\u3015\u4e00-\u9fff\uff01-\uff5e]")
MULTIBYTE = re.compile(
    rb"[\xc2-\xdf][\x80-\xbf]|[\xe1-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}"
)


def decode(data: bytes) -> tuple[str, str]:
    """The text in `data` and the name of the encoding it was in.

    Raises `Unreadable`: half_character or mixed_encoding (with `line` and `byte`, both counted
    from 1) or binary.
    """
    for mark, encoding in MARKS:
        if data.startswith(mark):
            return strictly(data, encoding, skip=len(mark)), encoding
    if b"\0" in data[:SAMPLE]:
        encoding = wide_encoding(data)
        return strictly(data, encoding), encoding
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        broken = error
    else:
        return chinese_after_all(data, text) or (text, "utf-8")
    if is_damaged_utf8(data):
        raise Unreadable("mixed_encoding", **place(data, broken.start))
    try:
        return decode_gb18030(data), "gb18030"
    except UnicodeDecodeError as error:
        wide = chinese_wide_encoding(data)
        if wide:
            return strictly(data, wide), wide
        raise Unreadable("half_character", **place(data, error.start)) from error


def chinese_after_all(data: bytes, text: str) -> tuple[str, str] | None:
    """`data` as GB18030 when `text`, its reading as UTF-8, is an accident.

    Some characters of GBK look like two-byte sequences of UTF-8 (支 like a Hebrew vowel sign),
    and a text may be one of them. A document with Hebrew in it and not one Chinese character
    is not sent to a Chinese office; accented Latin letters stand among plain ones.
    """
    signs = {sign for sign in text if not sign.isascii()}
    if not signs or max(signs) >= "\u0800":
        return None
    if max(signs) < "\u0180" and re.search("[A-Za-z]", text):
        return None
    try:
        return decode_gb18030(data), "gb18030"
    except UnicodeDecodeError:
        return None


def decode_gb18030(data: bytes) -> str:
    """`data` as GB 18030-2022. Raises `UnicodeDecodeError`."""
    return data.decode("gb18030").translate(PRIVATE_TO_REAL)


def strictly(data: bytes, encoding: str, *, skip: int = 0) -> str:
    """`data` after its first `skip` bytes in `encoding`, or a refusal that says where it fails."""
    try:
        text = data[skip:].decode(encoding)
    except UnicodeDecodeError as error:
        raise Unreadable("half_character", **place(data, skip + error.start, encoding)) from error
    return text.translate(PRIVATE_TO_REAL) if encoding == "gb18030" else text


def place(data: bytes, at: int, encoding: str = "utf-8") -> dict[str, int]:
    """Line and byte of position `at`, both from 1; the byte is counted within the whole file."""
    newline = "\n".encode(encoding) if encoding.endswith(("le", "be")) else b"\n"
    return {"line": data.count(newline, 0, at) + 1, "byte": at + 1}


def wide_encoding(data: bytes) -> str:
    """The byte order of UTF-16 without a mark, by which order gives ordinary text.

    Counting zero bytes does not tell: 一 is U+4E00. Raises `Unreadable("binary")`.
    """
    shares = wide_shares(data) if len(data) % 2 == 0 else {}
    best = max(shares, key=lambda name: shares[name], default="")
    if not best or shares[best] < 0.85:
        raise Unreadable("binary")
    return best


def chinese_wide_encoding(data: bytes) -> str | None:
    """UTF-16 without a mark and without one space, digit or line break in it, if that is it."""
    if len(data) % 2:
        return None
    shares = wide_shares(data)
    best = max(shares, key=lambda name: shares[name])
    return best if shares[best] > 0.95 else None


def wide_shares(data: bytes) -> dict[str, float]:
    return {name: plain_share(data[:SAMPLE], name) for name in ("utf-16-le", "utf-16-be")}


def plain_share(sample: bytes, encoding: str) -> float:
    """The part of `sample`, read as `encoding`, that is ordinary Chinese or Latin text."""
    text = sample.decode(encoding, "replace")
    return len(PLAIN.findall(text)) / len(text) if text else 0.0


def is_damaged_utf8(data: bytes) -> bool:
    """Whether `data` is UTF-8 with a few bad bytes rather than another encoding.

    GBK forms a valid three-byte sequence of UTF-8 now and then, never four to one.
    """
    sample = data[: 16 * SAMPLE]
    good = len(MULTIBYTE.findall(sample))
    rest = MULTIBYTE.sub(b"", sample)
    bad = len(rest) - len(re.sub(rb"[\x80-\xff]", b"", rest))
    return good >= 4 and good >= 4 * bad
