"""Sentences and phrases, cut at marks that stand outside quotes, titles and brackets."""

from __future__ import annotations

import re

BLANK = "\u3000"
"""What hides a character from a pattern, keeping the offsets."""

_TITLES = re.compile(r"《[^《》\n]{0,120}》")
_QUOTES = re.compile(r"“[^“”\n]{0,120}”")
_INNER = re.compile(r"\([^()\n]{0,300}\)|\[[^\[\]\n]{0,300}\]")
_SENTENCE = re.compile(r"[^。!?;\n]*(?:[。!?;]+|\n|\Z)")
_PHRASE = re.compile(r"[^,]*(?:,|\Z)")

_LONGEST_SENTENCE = 600
_LONGEST_PHRASE = 200
"""What is longer was not written by a person and is cut, so that no pattern runs over much text."""

Span = tuple[int, int]


def hide(text: str, pattern: re.Pattern[str]) -> str:
    """`text` with every match of `pattern` blanked between its first and last character."""
    return pattern.sub(_blank, text)


def _blank(match: re.Match[str]) -> str:
    found = match.group()
    return found[0] + BLANK * (len(found) - 2) + found[-1] if len(found) > 1 else found


def hide_titles(folded: str) -> str:
    """Blank what stands inside 《》."""
    return hide(folded, _TITLES)


def hide_quotes(folded: str) -> str:
    """Blank what stands inside “”."""
    return hide(folded, _QUOTES)


def hide_brackets(folded: str) -> str:
    """Blank what stands inside round and square brackets, to a depth of two."""
    return hide(hide(folded, _INNER), _INNER)


def hide_all(folded: str) -> str:
    """Blank titles, quotes and brackets, so that the marks left part the sentence itself."""
    return hide_brackets(hide_quotes(hide_titles(folded)))


def sentence_spans(masked: str, start: int, end: int) -> list[Span]:
    """The sentences of `masked[start:end]`, each with its final mark, without line ends.

    A semicolon ends a sentence: in these documents it parts whole tasks.
    """
    return _spans(_SENTENCE, masked, start, end, _LONGEST_SENTENCE)


def phrase_spans(masked: str, start: int, end: int) -> list[Span]:
    """The parts of one sentence between its commas, each with its comma."""
    return _spans(_PHRASE, masked, start, end, _LONGEST_PHRASE)


def _spans(pattern: re.Pattern[str], masked: str, start: int, end: int, longest: int) -> list[Span]:
    found = []
    for match in pattern.finditer(masked, start, end):
        first, last = trimmed(masked, match.start(), match.end())
        while last - first > longest:
            cut = _cut(masked, first, first + longest)
            found.append((first, cut))
            first, last = trimmed(masked, cut, last)
        if first < last:
            found.append((first, last))
    return found


def _cut(masked: str, start: int, end: int) -> int:
    """Where the overlong `masked[start:end]` is cut: behind its last comma, if it has one."""
    return max(masked.rfind(mark, start, end) for mark in ",、") + 1 or end


def trimmed(text: str, start: int, end: int) -> Span:
    """The span without white space at its edges. The blanks of `hide` count as text."""
    while start < end and text[start] in " \t\n":
        start += 1
    while end > start and text[end - 1] in " \t\n":
        end -= 1
    return start, end
