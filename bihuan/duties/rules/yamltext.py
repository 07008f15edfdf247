"""YAML of strangers as plain values, with the line of everything that is wrong.

PyYAML's node tree is walked instead of its objects, because only nodes know their lines.
Aliases are refused: a few lines of them can unfold to gigabytes.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

MAX_CHARACTERS = 1_000_000
MAX_DEPTH = 12


@dataclass(frozen=True, order=True)
class Problem:
    """What is wrong on one line of a file, as a sentence for the person who wrote it."""

    line: int
    sentence: str


class Wrong(Exception):
    """A value that is not what its key asks for; the text says what is expected."""


_SLIPS = (
    (
        re.compile(r"\s*(?:- )?[A-Za-z_]+\uff1a"),
        gettext_lazy("键后面是全角冒号，请改成半角冒号加一个空格。"),
    ),
    (re.compile(r" *\t"), gettext_lazy("缩进用了制表符，请改成空格。")),
    (
        re.compile(r"\s*[\uff0d\u2014\u2013]\s*[A-Za-z_]+:"),
        gettext_lazy("条目前面是全角横线，请改成半角的 - 加一个空格。"),
    ),
)
"""What Chinese keyboards do to YAML, sought in the lines up to where the parser gave up."""

_COMPLAINTS = (
    (
        "mapping values are not allowed",
        gettext_lazy("这一行多了一个冒号；文字里含冒号时请加引号。"),
    ),
    ("could not find expected ':'", gettext_lazy("这一行缺少冒号。")),
    ("expected <block end>", gettext_lazy("这一行的缩进与上面不齐。")),
    ("expected ',' or", gettext_lazy("从这一行起有括号没有收尾，或者少了半角逗号。")),
    ("unexpected end of stream", gettext_lazy("从这一行起有引号没有收尾。")),
    ("that cannot start any token", gettext_lazy("文字不能以这个符号开头，请加引号。")),
    ("expected alphabetic or numeric", gettext_lazy("文字不能以 * 或 & 开头，请加引号。")),
)
"""What the parser says in English, in words for the person who wrote the file."""

Converter = Callable[[yaml.Node], Any]


@dataclass(frozen=True)
class Key:
    """What one key of a mapping takes, and whether it must be there."""

    convert: Converter
    required: bool = False


@dataclass
class Problems:
    """The faults found so far."""

    found: list[Problem] = field(default_factory=list)

    def add(self, line: int, sentence: str) -> None:
        self.found.append(Problem(line, sentence))

    def mapping(self, node: yaml.Node, keys: Mapping[str, Key], where: str) -> dict[str, Any]:
        """The values of a mapping by key, as far as they are right; faults are noted."""
        values: dict[str, Any] = {}
        if not isinstance(node, yaml.MappingNode):
            self.add(line_of(node), _("%(where)s 应为“键: 值”的形式。") % {"where": where})
            return values
        for key_node, value_node in node.value:
            self._one(key_node, value_node, keys, where, values)
        present = {key.value for key, _value in node.value}
        for name, key in keys.items():
            if key.required and name not in present:
                self.add(
                    line_of(node), _("%(where)s 缺少 %(key)s。") % {"where": where, "key": name}
                )
        return values

    def _one(
        self,
        key_node: yaml.Node,
        value_node: yaml.Node,
        keys: Mapping[str, Key],
        where: str,
        values: dict[str, Any],
    ) -> None:
        name, line = str(key_node.value), line_of(key_node)
        words = {"where": where, "key": name}
        if name not in keys:
            known = "、".join(keys)
            self.add(
                line,
                _("%(where)s 没有 %(key)s 这个键，可用：%(known)s。") % {**words, "known": known},
            )
        elif name in values:
            self.add(line, _("%(where)s 的 %(key)s 写了两次。") % words)
        else:
            try:
                values[name] = keys[name].convert(value_node)
            except Wrong as wrong:
                words["wrong"] = str(wrong)
                self.add(line_of(value_node), _("%(where)s 的 %(key)s：%(wrong)s") % words)


def line_of(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1


def compose(text: str, problems: Problems) -> yaml.Node | None:
    """The root node, or None with the reason noted."""
    if len(text) > MAX_CHARACTERS:
        problems.add(
            1, _("文件过大，制度包不应超过 %(limit)d 个字符。") % {"limit": MAX_CHARACTERS}
        )
        return None
    try:
        if not _harmless(text, problems):
            return None
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        problems.found.append(_in_words(error, text))
        return None
    except yaml.YAMLError as error:
        problems.add(1, _("YAML 写法有误：%(problem)s") % {"problem": error})
        return None
    if node is None:
        problems.add(1, _("文件是空的。"))
    return node


def _in_words(error: yaml.MarkedYAMLError, text: str) -> Problem:
    """What a person most likely wrote wrong, and where: the parser notices it only later."""
    mark = error.problem_mark or error.context_mark
    line = mark.line + 1 if mark else 1
    for number, written in enumerate(text.splitlines()[:line], start=1):
        for pattern, sentence in _SLIPS:
            if pattern.match(written):
                return Problem(number, str(sentence))
    problem = str(error.problem)
    for words, sentence in _COMPLAINTS:
        if words in problem:
            unclosed = words in ("expected ',' or", "unexpected end of stream")
            opened = error.context_mark if unclosed else None
            return Problem(opened.line + 1 if opened else line, str(sentence))
    return Problem(line, _("YAML 写法有误：%(problem)s") % {"problem": problem})


def _harmless(text: str, problems: Problems) -> bool:
    depth = 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        line = event.start_mark.line + 1 if event.start_mark else 1
        if isinstance(event, yaml.AliasEvent):
            problems.add(line, _("不支持 YAML 别名（*），请把内容写全。"))
            return False
        if isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent)):
            depth += 1
        elif isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
            depth -= 1
        if depth > MAX_DEPTH:
            problems.add(line, _("嵌套过深。"))
            return False
    return True


def text_value(node: yaml.Node, *, limit: int = 200) -> str:
    if not isinstance(node, yaml.ScalarNode) or node.tag.endswith(":null"):
        raise Wrong(_("应为文字。"))
    if len(node.value) > limit:
        raise Wrong(_("最多 %(limit)d 个字符。") % {"limit": limit})
    return str(node.value).strip()


def whole_number(low: int, high: int) -> Converter:
    def convert(node: yaml.Node) -> int:
        if not isinstance(node, yaml.ScalarNode) or not node.tag.endswith(":int"):
            raise Wrong(_("应为整数。"))
        try:
            number = int(node.value)
        except ValueError:
            raise Wrong(_("应为整数。")) from None
        if not low <= number <= high:
            raise Wrong(
                _("%(number)d 不在 %(low)d 到 %(high)d 之间。")
                % {"number": number, "low": low, "high": high}
            )
        return number

    return convert


def truth(node: yaml.Node) -> bool:
    if not isinstance(node, yaml.ScalarNode) or node.value not in ("true", "false"):
        raise Wrong(_("应为 true 或 false。"))
    return bool(node.value == "true")


def day(node: yaml.Node) -> dt.date:
    try:
        return dt.date.fromisoformat(text_value(node))
    except ValueError:
        raise Wrong(_("应为日期，如 2026-01-01。")) from None


def one_of(known: Mapping[str, str]) -> Converter:
    """One of the codes of `known` (code → name), in either case of letters."""

    def convert(node: yaml.Node) -> str:
        code = text_value(node)
        for candidate in (code, code.upper()):
            if candidate in known:
                return candidate
        if "\uff0c" in code:
            raise Wrong(_("各项之间要用半角逗号隔开。"))
        choices = "、".join(f"{key}({name})" for key, name in known.items())
        raise Wrong(_("不认识 %(code)s，可用：%(known)s。") % {"code": code, "known": choices})

    return convert


def list_of(convert_one: Converter) -> Converter:
    def convert(node: yaml.Node) -> list[Any]:
        if not isinstance(node, yaml.SequenceNode):
            raise Wrong(_("应为列表，如 [a, b]。"))
        return [convert_one(each) for each in node.value]

    return convert
