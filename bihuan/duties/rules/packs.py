"""The text of a pack (制度包), read and checked. `docs/reference/packs.md` gives the format."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import yaml
from django.utils.translation import gettext as _

from bihuan.activities.choices import Part
from bihuan.duties.choices import Level, Partial, Period, Trust
from bihuan.duties.rules.yamltext import (
    Key,
    Problem,
    Problems,
    Wrong,
    compose,
    day,
    line_of,
    list_of,
    one_of,
    text_value,
    truth,
    whole_number,
)
from bihuan.orgs.choices import OrgKind, Post

_CODE = re.compile(r"[a-z][a-z0-9_-]{0,38}\Z")
_DUE = re.compile(r"(end|(day|minus):(\d{1,3})|date:(\d{4}-\d{2}-\d{2}))\Z")
_QUORUM = re.compile(r"(>?)\s*(\d{1,2})\s*/\s*(\d{1,2})\Z")
_ATTENDANCE = {"MEMBERS": "党员", "COMMITTEE": "委员", "GROUP": "党小组", "NONE": "不计"}


@dataclass(frozen=True)
class PackText:
    """A pack as its file says. `kinds` and `duties` hold the columns of their tables."""

    code: str
    name: str
    level: str
    version: str
    valid_from: dt.date
    kinds: tuple[dict[str, Any], ...]
    duties: tuple[dict[str, Any], ...]


def read_pack(text: str, *, known_kinds: Collection[str]) -> tuple[PackText | None, list[Problem]]:
    """The pack, or None and what is wrong, by line.

    `known_kinds` are the codes of kinds that stand already; a pack may bring more.
    """
    problems = Problems()
    root = compose(text, problems)
    if root is None:
        return None, problems.found
    top = problems.mapping(root, _TOP, _("制度包"))
    head = problems.mapping(top["pack"], _HEAD, "pack") if "pack" in top else {}
    kinds = _kinds(top.get("kinds", []), problems)
    known = set(known_kinds) | {kind["code"] for kind in kinds if "code" in kind}
    duties = _duties(top.get("duties", []), known, problems)
    if problems.found:
        return None, sorted(problems.found)
    return PackText(kinds=tuple(kinds), duties=tuple(duties), **head), []


def _kinds(nodes: list[yaml.Node], problems: Problems) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    seen: set[str] = set()
    for node in nodes:
        kind = problems.mapping(node, _KIND, _name_of(node, "kinds"))
        _once(kind.get("code"), seen, node, problems)
        found.append(kind)
    return found


def _duties(nodes: list[yaml.Node], known: set[str], problems: Problems) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    seen: set[str] = set()
    keys = _duty_keys(known, problems)
    for node in nodes:
        where = _name_of(node, "duties")
        before = len(problems.found)
        duty = problems.mapping(node, keys, where)
        _once(duty.get("code"), seen, node, problems)
        if len(problems.found) == before:
            for sentence in _contradictions(duty):
                problems.add(line_of(node), f"{where}:{sentence}")
        found.append(duty)
    return found


def _contradictions(duty: dict[str, Any]) -> list[str]:
    """What does not fit together in a duty whose single values are right."""
    scope, posts = duty.get("scope", {}), duty.get("posts", [])
    since, until = duty.get("valid_from"), duty.get("valid_to")
    fixed = str(duty.get("due", "end")).startswith("date:")
    once, each = duty["period"] == Period.ONCE, duty["period"] == Period.EACH
    low, high = scope.get("min_members"), scope.get("max_members")
    checks = [
        (bool(since and until and until < since), _("失效日期早于生效日期。")),
        (once and not fixed, _("period 为 ONCE 时，due 须写明日期，如 date:2026-07-01。")),
        (fixed and not once, _("due 写明日期的，period 须为 ONCE。")),
        (each != bool(duty.get("trigger_kinds")), _("period 为 EACH 与 trigger_kinds 须同时写。")),
        (bool(low and high and low > high), _("min_members 大于 max_members。")),
        (not scope.get("kinds"), _("scope 须写明 kinds（由哪类组织承担）。")),
        ("part" in duty and not posts, _("写了 part 就要写 posts（由什么职务承担）。")),
        (
            duty.get("trust", Trust.TO_CONFIRM) != Trust.TO_CONFIRM and not duty.get("source"),
            _("没有 source 的事项，trust 只能是 K（待确认）。"),
        ),
    ]
    return [sentence for wrong, sentence in checks if wrong]


def _name_of(node: yaml.Node, section: str) -> str:
    """How a message names an entry: by its code if it has one."""
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == "code" and isinstance(value, yaml.ScalarNode):
                return str(value.value)
    return section


def _once(code: str | None, seen: set[str], node: yaml.Node, problems: Problems) -> None:
    if code is None:
        return
    if code in seen:
        problems.add(line_of(node), _("代码 %(code)s 重复。") % {"code": code})
    seen.add(code)


def _code(node: yaml.Node) -> str:
    code = text_value(node, limit=40)
    if not _CODE.match(code):
        raise Wrong(_("应为小写字母开头，只含小写字母、数字、- 和 _。"))
    return code


def _long_text(node: yaml.Node) -> str:
    return text_value(node, limit=5000)


def _short_text(node: yaml.Node) -> str:
    return text_value(node, limit=60)


def _version(node: yaml.Node) -> str:
    return text_value(node, limit=20)


def _due(node: yaml.Node) -> str:
    due = text_value(node, limit=20)
    match = _DUE.match(due)
    if not match:
        raise Wrong(_("应为 end、day:25、minus:5 或 date:2026-07-01。"))
    if match[2] == "day" and not 1 <= int(match[3]) <= 31:
        raise Wrong(_("一个月里没有 %(day)s 日。") % {"day": match[3]})
    if match[4]:
        try:
            dt.date.fromisoformat(match[4])
        except ValueError:
            raise Wrong(_("没有 %(day)s 这一天。") % {"day": match[4]}) from None
    return due


def _quorum(node: yaml.Node) -> dict[str, Any]:
    match = _QUORUM.match(text_value(node, limit=10))
    if not match or not 1 <= int(match[2]) <= int(match[3]):
        raise Wrong(_('应为不大于 1 的分数，如 "2/3"（达到）或 ">1/2"（超过）。'))
    return {"numerator": int(match[2]), "denominator": int(match[3]), "strict": match[1] == ">"}


def _node(node: yaml.Node) -> yaml.Node:
    return node


def _nodes(node: yaml.Node) -> list[yaml.Node]:
    if not isinstance(node, yaml.SequenceNode):
        raise Wrong(_("应为列表，每条以 - 开头。"))
    return list(node.value)


def _names(choices: Any) -> dict[str, str]:
    return {str(value): str(label) for value, label in choices.choices}


_ORG_KINDS = list_of(one_of(_names(OrgKind)))
_POSTS = list_of(one_of(_names(Post)))
_TOP = {"pack": Key(_node, True), "kinds": Key(_nodes), "duties": Key(_nodes)}
_HEAD = {
    "code": Key(_code, True),
    "name": Key(text_value, True),
    "level": Key(one_of({Level.NATIONAL: "全国", Level.LOCAL: "本地"}), True),
    "version": Key(_version, True),
    "valid_from": Key(day, True),
}
_KIND = {
    "code": Key(_code, True),
    "name": Key(_short_text, True),
    "name_en": Key(text_value),
    "org_kinds": Key(_ORG_KINDS, True),
    "attendance": Key(one_of(_ATTENDANCE)),
    "minutes": Key(whole_number(1, 1440)),
    "source": Key(text_value),
    "article": Key(_short_text),
}
_SCOPE = {
    "kinds": Key(_ORG_KINDS, True),
    "min_members": Key(whole_number(0, 100_000)),
    "max_members": Key(whole_number(0, 100_000)),
    "groups": Key(truth),
    "tags": Key(list_of(_short_text)),
}
_CONDITIONS = {
    "chair_posts": Key(_POSTS),
    "speaker_posts": Key(_POSTS),
    "present_posts": Key(_POSTS),
    "quorum": Key(_quorum),
}


def _duty_keys(known: set[str], problems: Problems) -> dict[str, Key]:
    """The keys of a duty; kinds must be among `known`, and inner faults go to `problems`."""
    kinds = list_of(one_of({code: code for code in sorted(known)}))
    return {
        "code": Key(_code, True),
        "title": Key(text_value, True),
        "title_en": Key(text_value),
        "text": Key(_long_text),
        "kinds": Key(kinds),
        "scope": Key(lambda node: problems.mapping(node, _SCOPE, "scope"), True),
        "conditions": Key(lambda node: problems.mapping(node, _CONDITIONS, "conditions")),
        "posts": Key(_POSTS),
        "part": Key(one_of(_names(Part))),
        "period": Key(one_of(_names(Period)), True),
        "minimum": Key(whole_number(1, 15)),
        "due": Key(_due),
        "grace_days": Key(whole_number(0, 366)),
        "trigger_kinds": Key(kinds),
        "partial": Key(one_of(_names(Partial))),
        "valid_from": Key(day),
        "valid_to": Key(day),
        "source": Key(text_value),
        "article": Key(_short_text),
        "trust": Key(one_of(_names(Trust))),
        "minutes": Key(whole_number(1, 1440)),
        "quantity": Key(_short_text),
    }
