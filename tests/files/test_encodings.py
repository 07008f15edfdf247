from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bihuan.files.encodings import decode
from bihuan.files.faults import Unreadable

CHINESE = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=1)


@given(st.binary(max_size=200))
def test_any_bytes_are_text_or_refused(data):
    try:
        text, _ = decode(data)
    except Unreadable as refusal:
        assert refusal.code in {"half_character", "mixed_encoding", "binary"}
    else:
        text.encode("utf-8")


@given(CHINESE, st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-32"]))
def test_text_that_says_its_encoding_comes_back(text, encoding):
    assert decode(text.encode(encoding))[0] == text


@given(st.lists(st.sampled_from("党支部会议每季度一次主题日。、学习三月底前完成"), min_size=1))
def test_gbk_of_ordinary_text_is_never_taken_for_another_encoding(signs):
    text = "".join(signs)

    assert decode(text.encode("gbk")) == (text, "gb18030")


def test_accented_latin_in_utf8_stays_what_it_is():
    assert decode("café".encode()) == ("café", "utf-8")


@given(st.lists(st.sampled_from("党支部会议每季度一次主题日、学习三月底前完成\n 12"), min_size=8))
def test_utf16_without_a_mark_comes_back(signs):
    text = "第一季度 2026\n" + "".join(signs)

    assert decode(text.encode("utf-16-le")) == (text, "utf-16-le")


@pytest.mark.parametrize(
    ("position", "character"),
    [
        (b"\xa6\xd9", 0xFE10),
        (b"\xa6\xda", 0xFE12),
        (b"\xa6\xf3", 0xFE19),
        (b"\xfe\x59", 0x9FB4),
        (b"\xfe\xa0", 0x9FBB),
        (b"\xfe\x51", 0x20087),
        (b"\xfe\x91", 0x241FE),
        (b"\xa8\xbc", 0x1E3F),
    ],
)
def test_the_positions_changed_in_2022_give_real_characters(position, character):
    assert decode("刘".encode("gbk") + position)[0] == "刘" + chr(character)


@pytest.mark.parametrize(
    ("data", "code", "line", "byte"),
    [
        ("甲\n乙丙".encode("gbk")[:-1], "half_character", 2, 6),
        (b"\xff\xfe" + "甲\n乙".encode("utf-16-le")[:-1], "half_character", 2, 7),
        ("甲乙丙丁\n".encode() * 3 + b"\xba\xc3", "mixed_encoding", 4, 40),
    ],
)
def test_a_refusal_says_line_and_byte(data, code, line, byte):
    with pytest.raises(Unreadable) as caught:
        decode(data)

    assert (caught.value.code, caught.value.values) == (code, {"line": line, "byte": byte})
