"""What may not stand in a template: anything that the content security policy would refuse,
unescaped values without a reason, and Chinese text that cannot be translated."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from tools.console import ROOT

RULES = {
    re.compile(r"\sstyle\s*=", re.I): "style= is refused by the policy: use a class",
    re.compile(r"<style\b", re.I): "<style> is refused by the policy: use a stylesheet",
    re.compile(r"<script\b(?![^>]*\bsrc\s*=)", re.I): "inline <script> is refused by the policy",
    re.compile(r"\son[a-z]+\s*=", re.I): "on…= is refused by the policy: listen in a script file",
    re.compile(r"\shx-on\b", re.I): "hx-on is refused by the policy: listen in a script file",
    re.compile(r"https?://(?!www\.w3\.org/)", re.I): "nothing is loaded from elsewhere",
}
UNESCAPED = re.compile(r"\|\s*safe\b|\{%\s*autoescape\s+off")
REASON = re.compile(r"\{#\s*safe:\s*\S")
DATA_SCRIPT = re.compile(r"\btype\s*=\s*[\"']application/json", re.I)
TRANSLATED = (
    re.compile(r"\{%\s*comment\b.*?\{%\s*endcomment\s*%\}", re.S),
    re.compile(r"\{#.*?#\}"),
    re.compile(r"\{%\s*blocktrans(?:late)?\b.*?\{%\s*endblocktrans(?:late)?\s*%\}", re.S),
    re.compile(r"\{%\s*trans(?:late)?\b.*?%\}", re.S),
    re.compile(r"_\((\"[^\"]*\"|'[^']*')\)"),
)
CHINESE = re.compile(r"[\u3400-\u9fff]+")


def template_files() -> list[Path]:
    return sorted((ROOT / "bihuan").glob("**/templates/**/*.html"))


def faults(text: str) -> Iterator[tuple[int, str]]:
    """Line number and sentence for each thing in a template's text that may not be there."""
    for number, line in enumerate(text.splitlines(), 1):
        for rule, sentence in RULES.items():
            if rule.search(line) and not DATA_SCRIPT.search(line):
                yield number, sentence
        if UNESCAPED.search(line) and not REASON.search(line):
            yield number, "unescaped without {# safe: reason #} on the line"
    rest = text
    for pattern in TRANSLATED:
        rest = pattern.sub(lambda found: "\n" * found[0].count("\n"), rest)
    for number, line in enumerate(rest.splitlines(), 1):
        if found := CHINESE.search(line):
            yield number, f"“{found[0]}” stands outside a translate tag"


def main() -> int:
    found = [
        f"{path.relative_to(ROOT)}:{number}: {sentence}"
        for path in template_files()
        for number, sentence in faults(path.read_text(encoding="utf-8"))
    ]
    print("\n".join(found))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
