"""Numbers as plans write them: 12, 4,000, 十二, 两, 2.5万, 三分之一, 百分之九十."""

from __future__ import annotations

import re

_DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_SCALES = {"十": 10, "百": 100, "千": 1000}

CHINESE = "零〇一二两三四五六七八九十百千"
NUMBER = rf"(?:\d{{1,9}}(?:\u066c\d{{3}})*(?:\.\d+)?|[{CHINESE}]{{1,7}})[万亿]?"
"""Source of a pattern for one number. It has no groups."""

_RATIO = re.compile(
    rf"(?P<percent>{NUMBER})[%%]|百分之(?P<hundred>{NUMBER})"
    rf"|(?P<below>{NUMBER})分之(?P<above>{NUMBER})"
)


def chinese_int(text: str) -> int | None:
    """The value of a Chinese numeral below ten thousand, or None: 十二 is 12, 二〇二四 is 2024."""
    if not text or any(char not in _DIGITS and char not in _SCALES for char in text):
        return None
    if len(text) > 1 and not any(char in _SCALES for char in text):
        return int("".join(str(_DIGITS[char]) for char in text))
    total, digit = 0, 0
    for char in text:
        if char in _SCALES:
            total += (digit or 1) * _SCALES[char]
            digit = 0
        else:
            digit = _DIGITS[char]
    return total + digit


def number_value(text: str) -> float | None:
    """The value of what `NUMBER` matched, or None if it is no number after all."""
    factor = 1
    if text[-1:] in ("万", "亿"):
        factor = 10_000 if text[-1] == "万" else 100_000_000
        text = text[:-1]
    if text[:1].isdigit():
        return float(text.replace("\u066c", "")) * factor
    value = chinese_int(text)
    return None if value is None else float(value * factor)


def find_ratios(text: str) -> list[tuple[int, int, float]]:
    """Spans and values (0 to 1 and above) of the percentages and fractions in `text`."""
    found = []
    for match in _RATIO.finditer(text):
        value = _ratio_value(match)
        if value is not None:
            found.append((match.start(), match.end(), value))
    return found


def _ratio_value(match: re.Match[str]) -> float | None:
    if match["below"]:
        below, above = number_value(match["below"]), number_value(match["above"])
        return round(above / below, 4) if above is not None and below else None
    value = number_value(match["percent"] or match["hundred"])
    return None if value is None else round(value / 100, 4)
