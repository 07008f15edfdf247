"""The long lists of the record form: the roll, those who took part, owners and speakers.

Written here and not in the template, which took half a second for a branch of five hundred.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from html import escape
from typing import Any

from django import template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from bihuan.activities.choices import AbsenceReason

register = template.Library()

MOST_OPTIONS = 3000
"""About how many options the rows of decisions hold together; see `decision_rows`."""
FEWEST_FULL = 4
"""Rows of decisions that offer everybody, however many people there are."""

_BOX = (
    '<label class="form-check mb-0"><input class="form-check-input" type="checkbox" '
    'name="{name}" value="{value}"{on}><span class="form-check-label">{text}</span></label>'
)
_ROW = '<div class="roll-call-row">{content}</div>'
_REASON = (
    '<select class="form-select form-select-sm" name="reason-{pk}" aria-label="{label}">'
    "{options}</select>"
)
_NOTE = '<input type="hidden" name="note-{pk}" value="{note}">'
_DECISION = (
    '<div class="row g-2 mb-2 decision"><div class="col-12 col-md-6"><input class="form-control" '
    'name="decision-{n}" value="{text}" aria-label="{what}" placeholder="{short}"></div>'
    '<div class="col-6 col-md-3"><select class="form-select" name="owner-{n}" aria-label="{who}"'
    '{more}>{options}</select></div><div class="col-6 col-md-3"><input class="form-control" '
    'type="date" name="due-{n}" value="{due}" aria-label="{when}"></div></div>'
)


@register.simple_tag
def roll_rows(people: Iterable[dict[str, Any]]) -> SafeString:
    """A line for each person who is due: a box for absent, and the reasons."""
    absent = f'<span class="text-secondary">{escape(_("缺席"))}</span>'
    reasons = _options([("", _("原因")), *AbsenceReason.choices])
    label = _("%(name)s缺席的原因")
    return _lines(
        _box(f"absent-{pk}", "1", row["absent"], f"{name} {absent}")
        + _REASON.format(
            pk=pk, label=escape(label % {"name": row["person"].name}),
            options=_chosen(reasons, row["reason"]),
        )
        + (_NOTE.format(pk=pk, note=escape(row["note"])) if row["note"] else "")
        for row in people
        for pk, name in [(row["person"].pk, escape(row["person"].name))]
    )  # fmt: skip


@register.simple_tag
def took_rows(people: Iterable[dict[str, Any]]) -> SafeString:
    """A line for each person who may have taken part."""
    return _lines(
        _box(f"took-{row['person'].pk}", "1", row["took"], escape(row["person"].name))
        for row in people
    )


@register.simple_tag
def speaker_rows(people: Iterable[dict[str, Any]], speakers: Collection[str]) -> SafeString:
    """A line for each person who may have spoken; `speakers` are the keys of those who did."""
    return _lines(
        _box("speakers", pk, pk in speakers, escape(row["person"].name))
        for row in people
        for pk in [str(row["person"].pk)]
    )


@register.simple_tag
def decision_rows(
    decisions: Sequence[tuple[int, tuple[str, str, str]]], people: Sequence[dict[str, Any]]
) -> SafeString:
    """A line for each decision: text, owner, day.

    Where everybody as an owner of everything would be too much for one page, only the last
    lines offer everybody, and the script offers them in the others when they are opened.
    """
    names = [(str(row["person"].pk), row["person"].name) for row in people]
    nobody = ("", _("责任人"))
    everybody = _options([nobody, *names])
    short = len(decisions) - max(FEWEST_FULL, MOST_OPTIONS // (len(names) + 1))
    by_key = dict(names)
    found = []
    for place, (n, (text, owner, due)) in enumerate(decisions):
        only = _options([nobody, *([(owner, by_key[owner])] if owner in by_key else [])])
        told = {"n": n}
        found.append(
            _DECISION.format(
                n=n, text=escape(text), due=escape(due),
                what=escape(_("第 %(n)s 条议定事项") % told),
                short=escape(_("第 %(n)s 条") % told),
                who=escape(_("第 %(n)s 条的责任人") % told),
                when=escape(_("第 %(n)s 条的期限") % told),
                more=" data-more" if place < short else "",
                options=_chosen(only if place < short else everybody, owner),
            )
        )  # fmt: skip
    return mark_safe("\n".join(found))  # every value in it is escaped above


def _lines(contents: Iterable[str]) -> SafeString:
    """The callers escape what people typed."""
    return mark_safe("\n".join(_ROW.format(content=content) for content in contents))


def _box(name: str, value: str, on: bool, text: str) -> str:
    return _BOX.format(name=name, value=value, on=" checked" if on else "", text=text)


def _options(choices: Iterable[tuple[str, Any]]) -> str:
    return "".join(
        f'<option value="{escape(value)}">{escape(str(label))}</option>' for value, label in choices
    )


def _chosen(options: str, value: str) -> str:
    """`options` with the one for `value` selected, if there is one."""
    if not value:
        return options
    wanted = f'value="{escape(value)}"'
    return options.replace(f"{wanted}>", f"{wanted} selected>", 1)
