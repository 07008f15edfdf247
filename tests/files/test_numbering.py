from __future__ import annotations

import pytest

from bihuan.files.numbering import numeral


@pytest.mark.parametrize(
    ("number", "style", "printed"),
    [
        (10, "chineseCounting", "十"),
        (11, "chineseCountingThousand", "十一"),
        (20, "chineseCountingThousand", "二十"),
        (101, "chineseCountingThousand", "一百零一"),
        (110, "chineseCountingThousand", "一百一十"),
        (1001, "chineseCountingThousand", "一千零一"),
        (10_003, "chineseCountingThousand", "一万零三"),
        (12, "ideographDigital", "一二"),
        (21, "chineseLegalSimplified", "贰拾壹"),
        (3, "ideographTraditional", "丙"),
        (13, "ideographZodiac", "子"),
        (4, "decimalEnclosedCircle", "④"),
        (21, "decimalEnclosedCircleChinese", "㉑"),
        (40, "decimalEnclosedCircle", "40"),
        (7, "decimalEnclosedParen", "⑺"),
        (7, "decimalZero", "07"),
        (1994, "upperRoman", "MCMXCIV"),
        (28, "lowerLetter", "bb"),
        (12, "decimalFullWidth", "１２"),
        (5, "something new", "5"),
    ],
)
def test_a_number_is_printed_as_word_prints_it(number, style, printed):
    assert numeral(number, style) == printed
