"""Which records count on which line."""

from __future__ import annotations

from bihuan.ledger.rules.terms import LineKey, Signature


def passes(signature: Signature, line: LineKey) -> bool:
    """Whether a record of this signature discharges `line`, its quorum left aside."""
    wanted = line.conditions
    return (
        not line.kinds.isdisjoint(signature.kinds)
        and (not line.role or line.role in signature.roles)
        and _one_of(wanted.chair_posts, signature.chair_posts)
        and _one_of(wanted.speaker_posts, signature.speaker_posts)
        and _one_of(wanted.present_posts, signature.present_posts)
    )


def triggers(signature: Signature, line: LineKey) -> bool:
    """Whether a record of this signature is an occasion for which `line` is owed once more."""
    return line.period == "each" and not line.trigger_kinds.isdisjoint(signature.kinds)


def _one_of(wanted: frozenset[str], shown: frozenset[str]) -> bool:
    return not wanted or not wanted.isdisjoint(shown)
