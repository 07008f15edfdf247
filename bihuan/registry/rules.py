"""What the regulations say about an organisation's make-up, held against its facts.

The numbers are data with their source, in `packs/structure.yaml`; this module only knows how
each kind of rule is read. `on` is the day on which one looks.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

import yaml
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bihuan.lib.dates import told_day
from bihuan.orgs.choices import OrgKind, Post

TRUST = {"F": "", "E": gettext_lazy("已核对摘录"), "K": gettext_lazy("待确认")}
COMMITTEE_POSTS = frozenset(
    {
        Post.SECRETARY,
        Post.DEPUTY_SECRETARY,
        Post.ORGANISATION_MEMBER,
        Post.PUBLICITY_MEMBER,
        Post.DISCIPLINE_MEMBER,
        Post.COMMITTEE_MEMBER,
    }
)
SMALLEST_COMMITTEE = 3


@dataclass(frozen=True)
class Rule:
    """One rule on the make-up of organisations, with where it stands written."""

    code: str
    org_kinds: frozenset[str]
    source: str
    article: str
    trust: str
    number: int = 0
    min_members: int = 0
    posts: tuple[str, ...] = ()

    @property
    def basis(self) -> str:
        """《…》第七条, and how far it was checked, if not in full."""
        word = str(TRUST[self.trust])
        return f"{self.source}{self.article}" + (f"（{word}）" if word else "")


@dataclass(frozen=True)
class Facts:
    """What is asked of an organisation: its own numbers, and those of all below it."""

    kind: str
    full_members: int
    held: frozenset[str]
    """Posts that somebody holds."""
    committee: int = 0
    """How many people hold a post of a committee."""
    term_end: dt.date | None = None
    below_members: int = 0
    below_kinds: frozenset[str] = frozenset()
    staff: int = 0
    officers: int = 0


@dataclass(frozen=True)
class Gap:
    """What is missing or about to be, as a sentence, and the article that says so."""

    text: str
    basis: str
    soon: bool = False
    """Not missing yet: time to prepare."""


@lru_cache(maxsize=1)
def all_rules() -> tuple[Rule, ...]:
    """The rules of the product, in the order of the file."""
    text = files("bihuan.registry").joinpath("packs/structure.yaml").read_text(encoding="utf-8")
    return tuple(_rule(each) for each in yaml.safe_load(text)["rules"])


def _rule(told: dict[str, Any]) -> Rule:
    kinds, posts = frozenset(told["org_kinds"]), tuple(told.get("posts", ()))
    return Rule(**{**told, "org_kinds": kinds, "posts": posts})


def gaps(facts: Facts, *, on: dt.date) -> list[Gap]:
    """What the rules find missing in an organisation with these facts."""
    return [
        gap
        for rule in all_rules()
        if facts.kind in rule.org_kinds and facts.full_members >= rule.min_members
        for gap in _READERS[rule.code](rule, facts, on)
    ]


def _posts(rule: Rule, facts: Facts, on: dt.date) -> Iterator[Gap]:
    missing = [str(Post(post).label) for post in rule.posts if post not in facts.held]
    if missing:
        yield Gap(_("没有%(posts)s，应当补选。") % {"posts": "、".join(missing)}, rule.basis)


def _committee(rule: Rule, facts: Facts, on: dt.date) -> Iterator[Gap]:
    if facts.full_members >= rule.number and facts.committee < SMALLEST_COMMITTEE:
        told = {"members": facts.full_members, "n": rule.number}
        text = _("正式党员 %(members)d 人，满 %(n)d 人应当设立支部委员会。") % told
        yield Gap(text, rule.basis)


def _smallest(rule: Rule, facts: Facts, on: dt.date) -> Iterator[Gap]:
    if facts.full_members < rule.number:
        told = {"members": facts.full_members, "n": rule.number}
        text = _("正式党员 %(members)d 人，不足 %(n)d 人，应当与邻近单位联合设立支部。") % told
        yield Gap(text, rule.basis)


def _largest(rule: Rule, facts: Facts, on: dt.date) -> Iterator[Gap]:
    if facts.full_members > rule.number:
        told = {"members": facts.full_members, "n": rule.number}
        text = _("正式党员 %(members)d 人，支部一般不超过 %(n)d 人。") % told
        yield Gap(text, rule.basis)


def _general(rule: Rule, facts: Facts, on: dt.date) -> Iterator[Gap]:
    above = {OrgKind.GENERAL_BRANCH, OrgKind.AGENCY_COMMITTEE} & facts.below_kinds
    if not above and rule.number <= facts.below_members < _number("agency_committee_needed"):
        told = {"members": facts.below_members, "n": rule.number}
        yield Gap(_("共有正式党员 %(members)d 人，满 %(n)d 人应当设立党总支。") % told, rule.basis)


def _agency(rule: Rule, facts: Facts, on: dt.date) -> Iterator[Gap]:
    there = OrgKind.AGENCY_COMMITTEE in facts.below_kinds
    if not there and facts.below_members >= rule.number:
        told = {"members": facts.below_members, "n": rule.number}
        yield Gap(
            _("共有正式党员 %(members)d 人，满 %(n)d 人应当设立机关党委。") % told, rule.basis
        )


def _term(rule: Rule, facts: Facts, on: dt.date) -> Iterator[Gap]:
    end = facts.term_end
    if end is None:
        return
    day = told_day(end)
    if end <= on:
        yield Gap(_("任期已于%(day)s届满，应当换届。") % {"day": day}, rule.basis)
    elif (end.year - on.year) * 12 + end.month - on.month <= rule.number:
        yield Gap(_("任期%(day)s届满，请准备换届。") % {"day": day}, rule.basis, soon=True)


def _staffing(rule: Rule, facts: Facts, on: dt.date) -> Iterator[Gap]:
    if facts.staff and facts.officers * 100 < facts.staff * rule.number:
        told = {"staff": facts.staff, "officers": facts.officers, "n": rule.number}
        text = _("干部职工 %(staff)d 人，专职党务干部 %(officers)d 人，一般不少于 %(n)d%%。") % told
        yield Gap(text, rule.basis)


def _number(code: str) -> int:
    return next(rule.number for rule in all_rules() if rule.code == code)


_READERS: dict[str, Callable[[Rule, Facts, dt.date], Iterator[Gap]]] = {
    "secretary": _posts,
    "committee": _posts,
    "committee_needed": _committee,
    "branch_smallest": _smallest,
    "branch_largest": _largest,
    "general_branch_needed": _general,
    "agency_committee_needed": _agency,
    "term": _term,
    "staffing": _staffing,
}
