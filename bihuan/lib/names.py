"""Names that data brings along in two languages."""

from __future__ import annotations

from django.utils.translation import get_language


def in_own_language(chinese: str, english: str) -> str:
    """The English name for whoever reads English and has one, the Chinese name otherwise."""
    reads_english = (get_language() or "").startswith("en")
    return english if english and reads_english else chinese
