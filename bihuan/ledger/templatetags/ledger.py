"""What templates of the ledger need besides the product's own tags."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from django import template
from django.template.loader import render_to_string
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from bihuan.ledger.queries.lines import Line
from bihuan.ledger.queries.screens import ChildRow
from bihuan.ledger.queries.sums import Counts
from bihuan.orgs.choices import Post

register = template.Library()
QUIET = SafeString(' class="quiet"')
NOTHING = SafeString('<span class="sum sum-none">–</span>')


@register.filter
def post_word(post: str) -> str:
    """The post that owes something, in words."""
    return str(Post(post).label)


@register.simple_tag
def bit(counts: Counts, *, shade: bool = False) -> SafeString:
    """A sum as a word and numbers; see `ledger/_bit.html`.

    Remembered, because the table of a province has thousands of them and most sums are alike
    or were there the last time.
    """
    return _bit(counts, bool(shade), get_language() or "")


@register.simple_tag
def cells_of(row: ChildRow, lines: Sequence[Line], where: str, year: int, span: str) -> SafeString:
    """The cells of one organisation's row, a line each, opening what is behind it at `where`.

    Written here and not in the template, which took five times as long for a province.
    """
    tail = f"&span={span}" if span else ""
    return format_html_join(
        "\n",
        '<td data-label="{}"{}>{}</td>',
        (
            (
                line.title,
                "" if counts.overdue else QUIET,
                _link(f"{where}?year={year}&line={line.number}{tail}", bit(counts))
                if counts.expected
                else NOTHING,
            )
            for line in lines
            for counts in (row.by_line[line.number],)
        ),
    )


def _link(url: str, content: SafeString) -> SafeString:
    return format_html('<a class="link-cell" href="{}">{}</a>', url, content)


@lru_cache(maxsize=20_000)
def _bit(counts: Counts, shade: bool, language: str) -> SafeString:
    made = render_to_string("ledger/_bit.html", {"counts": counts, "shade": shade})
    return SafeString(made.strip())
