"""Whatever the text, reading takes time in proportion to its length: no plan stops a server."""

from __future__ import annotations

import random
import re
import time
from functools import cache
from pathlib import Path

import pytest

from bihuan.reading.reader import read_plan

LENGTH = 50_000
SETS = Path(__file__).parents[2] / "bench" / "plan_reading"

HOSTILE = {
    "a list of subjects": ("", "各党支部、", "开展活动。"),
    "a list in a bracket": ("开展活动(", "各党支部、", "甲乙丙丁)。"),
    "units joined by and": ("由", "局和", "甲开展活动。"),
    "who is set in motion": ("", "组织各党支部、", "召开会议。"),
    "units parted by spaces": ("责任单位:", "局", " 甲"),
    "the keys of a page": ("", "大中小", "学习"),
    "lines of units": ("一、开展学习\n", "责任单位:办公室\n", ""),
    "labels without a table": ("", "单位\n", ""),
    "brackets of units": ("", "召开会议(办公室牵头)。", ""),
    "adverbs": ("以", "重点", "。"),
    "months": ("开展活动", "3、", "月前完成。"),
    "dates": ("", "3月至", "开展活动。"),
    "amounts": ("撰写", "三篇", "。"),
    "shares": ("覆盖率", "不低于90%", "。"),
    "counts": ("", "每月1次,", "召开会议。"),
    "limits": ("召开会议。", "每年不少于2次。", ""),
    "a term without an end": ("一、开展学习\n完成时限:", "3月", ""),
    "leading words": ("", "同时,", "召开会议。"),
    "counted points": ("", "一是", ""),
    "circled numbers": ("", "①", ""),
    "ordinals": ("", "第", "一条"),
    "dotted numbers": ("", "1.1", ""),
    "headings": ("", "一、\n", ""),
    "numbers alone": ("", "\n1\n", ""),
    "digits": ("", "1", "次"),
    "open brackets": ("", "(", ""),
    "nested brackets": ("", "(〔", "会"),
    "open quotes": ("", "“汉", ""),
    "open titles": ("", "《汉", ""),
    "spaces": ("汉", " ", "汉"),
    "broken words": ("", "汉 ", ""),
    "tabs": ("汉", "\t", "汉"),
    "one character": ("", "汉", ""),
    "line ends": ("", "\n", ""),
}


@cache
def varied() -> str:
    """Sentences of all annotated plans in orders that they never had, twice over."""
    texts = [path.read_text("utf-8") for path in sorted(SETS.glob("*/*.txt"))]
    sentences = re.split(r"(?<=[。\uff1b\n])", "".join(texts))
    once, again = (random.Random(seed).sample(sentences, len(sentences)) for seed in (1, 2))
    return "".join([*once, *again])[:LENGTH]


def seconds(text: str) -> float:
    began = time.process_time()
    read_plan(text)
    return time.process_time() - began


@cache
def ordinary() -> float:
    """CPU seconds for an ordinary text of the same length, the best of three."""
    return min(seconds(varied()) for _ in range(3))


def test_fifty_thousand_varied_characters_are_read_in_under_a_second():
    assert len(varied()) == LENGTH
    assert ordinary() < 1.0


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_text_takes_a_few_times_as_long_as_an_ordinary_one_at_most(name):
    before, piece, after = HOSTILE[name]
    text = before + piece * (LENGTH // len(piece)) + after
    assert seconds(text) < 8 * ordinary()
