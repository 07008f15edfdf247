"""The numbers Word prints before paragraphs and does not store in their text.

ECMA-376 part 1, 17.9: a paragraph names a list (`numId`) and a level; the list points to an
abstract list whose levels say how a number looks and where it starts. Lists of one abstract
list share their counters unless a list overrides the start.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from xml.etree.ElementTree import Element

from bihuan.files.wordxml import child, children, flag, value

LEVELS = 9
CHINESE = "零一二三四五六七八九"
LEGAL = "零壹贰叁肆伍陆柒捌玖"
STEMS, BRANCHES = "甲乙丙丁戊己庚辛壬癸", "子丑寅卯辰巳午未申酉戌亥"
ROMAN: tuple[tuple[int, str], ...] = (
    (1000, "m"),
    (900, "cm"),
    (500, "d"),
    (400, "cd"),
    (100, "c"),
    (90, "xc"),
    (50, "l"),
)
ROMAN += ((40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))
# After such a sign Word's tab or space is invisible in Chinese setting; after others it parts
# the number from text that may begin with a digit.
CLOSING = tuple("、。」】》 \uff0c\uff1a\uff09")


@dataclass(frozen=True)
class Level:
    """How one level of a list is numbered."""

    start: int = 1
    format: str = "decimal"
    text: str = ""
    suffix: str = "tab"
    restart: int | None = None
    legal: bool = False


@dataclass
class Instance:
    """One list: its abstract list, levels of its own, and starts not used up yet."""

    abstract: str
    levels: dict[int, Level]
    starts: dict[int, int] = field(default_factory=dict)


class Numbering:
    """The lists of one document and where they stand. Ask for labels in document order."""

    def __init__(self, root: Element | None) -> None:
        self.instances: dict[str, Instance] = {}
        self.counters: dict[str, list[int | None]] = {}
        if root is not None:
            self._load(root)

    def label(self, list_id: str, depth: int) -> str:
        """The printed number of the next paragraph of that list and level, with its gap."""
        instance = self.instances.get(list_id)
        if instance is None or depth not in instance.levels:
            return ""
        level = instance.levels[depth]
        counters = self.counters.setdefault(instance.abstract, [None] * LEVELS)
        self._advance(instance, counters, depth)
        if level.format == "bullet":
            return "• "
        if level.format == "none" and "%" not in level.text:
            return level.text
        label = re.sub("%([1-9])", lambda m: self._part(instance, counters, m, level), level.text)
        gap = "" if level.suffix == "nothing" or label.endswith(CLOSING) else " "
        return label + gap if label else ""

    def _advance(self, instance: Instance, counters: list[int | None], depth: int) -> None:
        override = instance.starts.pop(depth, None)
        current = counters[depth]
        start = instance.levels[depth].start
        if override is not None:
            counters[depth] = override
        else:
            counters[depth] = start if current is None else current + 1
        for below in range(depth + 1, LEVELS):
            restart = instance.levels[below].restart if below in instance.levels else None
            # 0 never restarts; n restarts after level n (counted from 1) or a higher one.
            if restart is None or (restart and depth < restart):
                counters[below] = None
        for above in range(depth):
            if counters[above] is None and above in instance.levels:
                counters[above] = instance.levels[above].start

    def _part(
        self, instance: Instance, counters: list[int | None], match: re.Match[str], level: Level
    ) -> str:
        at = int(match.group(1)) - 1
        number = counters[at]
        if number is None or at not in instance.levels:
            return ""
        return numeral(number, "decimal" if level.legal else instance.levels[at].format)

    def _load(self, root: Element) -> None:
        abstracts = {value_of_id(e, "abstractNumId"): e for e in children(root, "abstractNum")}
        by_style: dict[str, Element] = {}
        for abstract in abstracts.values():
            if style := value(abstract, "styleLink"):
                by_style[style] = abstract
        for number in children(root, "num"):
            abstract_id = value(number, "abstractNumId") or ""
            found = abstracts.get(abstract_id)
            if found is None:
                continue
            if link := value(found, "numStyleLink"):
                found = by_style.get(link, found)
            instance = Instance(value_of_id(found, "abstractNumId"), read_levels(found))
            for override in children(number, "lvlOverride"):
                read_override(override, instance)
            self.instances[value_of_id(number, "numId")] = instance


def value_of_id(element: Element, name: str) -> str:
    """The attribute `name` of `element`, whatever its namespace."""
    for key, found in element.attrib.items():
        if key.rpartition("}")[2] == name:
            return found
    return ""


def as_number(text: str | None, default: int) -> int:
    """A whole number as OOXML writes it; `default` for anything else."""
    return int(text) if text and re.fullmatch(r"-?[0-9]{1,9}", text) else default


def read_levels(parent: Element) -> dict[int, Level]:
    return {
        as_number(value_of_id(element, "ilvl"), 0): read_level(element)
        for element in children(parent, "lvl")
    }


def read_level(element: Element) -> Level:
    restart = value(element, "lvlRestart")
    return Level(
        start=as_number(value(element, "start"), 0),
        format=value(element, "numFmt") or "decimal",
        text=value(element, "lvlText") or "",
        suffix=value(element, "suff") or "tab",
        restart=None if restart is None else as_number(restart, 0),
        legal=flag(element, "isLgl"),
    )


def read_override(override: Element, instance: Instance) -> None:
    """Apply a `lvlOverride`: another look of a level, or another start."""
    depth = as_number(value_of_id(override, "ilvl"), 0)
    own = child(override, "lvl")
    if own is not None:
        instance.levels[depth] = read_level(own)
    start = value(override, "startOverride")
    if start is not None and depth in instance.levels:
        instance.starts[depth] = as_number(start, 1)
        instance.levels[depth] = replace(instance.levels[depth], start=instance.starts[depth])


def numeral(number: int, style: str) -> str:
    """`number` in one of Word's number formats (17.18.59); unknown ones as digits."""
    write = FORMATS.get(style)
    return write(number) if write and 0 <= number < 100_000_000 else str(number)


def chinese(
    number: int, digits: str = CHINESE, units: tuple[str, ...] = ("", "十", "百", "千")
) -> str:
    """Chinese counting as spoken: 十, 二十一, 一百零一, 一万零三."""
    if number >= 10_000:
        high, low = divmod(number, 10_000)
        joint = digits[0] if 0 < low < 1_000 else ""
        return (
            chinese(high, digits, units)
            + "万"
            + (joint + chinese(low, digits, units) if low else "")
        )
    written, pending = "", False
    for power in range(3, -1, -1):
        digit = number // 10**power % 10
        if digit == 0:
            pending = bool(written)
            continue
        written += (digits[0] if pending else "") + digits[digit] + units[power]
        pending = False
    return written or digits[0]


def chinese_counting(number: int) -> str:
    text = chinese(number)
    return text[1:] if text.startswith("一十") else text


def digits_only(number: int) -> str:
    return "".join("〇一二三四五六七八九"[int(digit)] for digit in str(number))


def roman(number: int) -> str:
    written = ""
    for amount, sign in ROMAN:
        count, number = divmod(number, amount)
        written += sign * count
    return written


def letters(number: int) -> str:
    """a … z, aa, bb: Word repeats the letter, it does not count in base 26."""
    repeat, at = divmod(number - 1, 26)
    return chr(ord("a") + at) * (repeat + 1) if number else ""


def enclosed(first: int, last: int) -> Callable[[int], str]:
    """A sign of a row of Unicode that stands for 1 at `first`; digits where the row ends."""

    def write(number: int) -> str:
        return chr(first + number - 1) if 1 <= number <= last else str(number)

    return write


def circled(number: int) -> str:
    if 21 <= number <= 35:
        return chr(0x3251 + number - 21)
    return enclosed(0x2460, 20)(number)


def cycle(signs: str) -> Callable[[int], str]:
    return lambda number: signs[(number - 1) % len(signs)] if number else ""


def full_width(number: int) -> str:
    return "".join(chr(ord(digit) + 0xFEE0) for digit in str(number))


def legal(number: int) -> str:
    return chinese(number, LEGAL, ("", "拾", "佰", "仟"))


FORMATS: dict[str, Callable[[int], str]] = {
    "decimal": str,
    "decimalZero": lambda number: f"{number:02}",
    "decimalFullWidth": full_width,
    "decimalFullWidth2": full_width,
    "decimalEnclosedCircle": circled,
    "decimalEnclosedCircleChinese": circled,
    "decimalEnclosedParen": enclosed(0x2474, 20),
    "decimalEnclosedFullstop": enclosed(0x2488, 20),
    "chineseCounting": chinese_counting,
    "chineseCountingThousand": chinese_counting,
    "taiwaneseCounting": chinese_counting,
    "taiwaneseCountingThousand": chinese_counting,
    "japaneseCounting": chinese_counting,
    "ideographDigital": digits_only,
    "japaneseDigitalTenThousand": digits_only,
    "taiwaneseDigital": digits_only,
    "chineseLegalSimplified": legal,
    "ideographLegalTraditional": legal,
    "ideographTraditional": cycle(STEMS),
    "ideographZodiac": cycle(BRANCHES),
    "ideographEnclosedCircle": enclosed(0x3280, 10),
    "upperRoman": lambda number: roman(number).upper(),
    "lowerRoman": roman,
    "upperLetter": lambda number: letters(number).upper(),
    "lowerLetter": letters,
    "none": lambda number: "",
}
