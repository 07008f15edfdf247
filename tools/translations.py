"""The translations: collect the texts (needs gettext), check the catalogues, compile them.

Message ids are Chinese, so only the English catalogue is written by hand.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import polib

from tools.compile_messages import LOCALE, compile_catalogues
from tools.console import ROOT, VENV_PYTHON

LANGUAGE = "en"
CATALOGUE = LOCALE / LANGUAGE / "LC_MESSAGES" / "django.po"
PLACEHOLDER = re.compile(r"%\(\w+\)[#0 +-]*\d*(?:\.\d+)?[a-z]|%[sdf]|\{\w*\}")


def collect(package: Path) -> None:
    """Bring the catalogue of a `bihuan` folder up to date with the texts in its sources."""
    (package / "locale").mkdir(exist_ok=True)
    command = [
        *(str(VENV_PYTHON), "-m", "django", "makemessages", "--locale", LANGUAGE),
        *("--no-location", "--no-wrap", "--no-obsolete"),
        *("--ignore", "static/vendor/*", "--ignore", "migrations/*"),
    ]
    plain = {k: v for k, v in os.environ.items() if k != "DJANGO_SETTINGS_MODULE"}
    subprocess.run(command, cwd=package, env=plain, check=True, stdout=subprocess.DEVNULL)


def texts(catalogue: Path) -> set[tuple[str | None, str]]:
    return {(entry.msgctxt, entry.msgid) for entry in polib.pofile(str(catalogue))}


def faults(catalogue: Path) -> Iterator[str]:
    """Sentences on what is unfinished in a catalogue or disagrees with its message ids."""
    for entry in polib.pofile(str(catalogue)):
        if entry.obsolete:
            continue
        given = [entry.msgstr, *entry.msgstr_plural.values()]
        said = [text for text in given if text]
        if "fuzzy" in entry.flags:
            yield f"fuzzy: {entry.msgid}"
        elif not said or (entry.msgstr_plural and not all(entry.msgstr_plural.values())):
            yield f"no English: {entry.msgid}"
        else:
            yield from wrong_placeholders(entry, said)


def wrong_placeholders(entry: polib.POEntry, said: list[str]) -> Iterator[str]:
    """A plural may leave out what the singular says in words ("one day"), nothing may be added."""
    wanted = set(PLACEHOLDER.findall(entry.msgid))
    for text in said:
        found = set(PLACEHOLDER.findall(text))
        if found - wanted or (wanted - found and not entry.msgstr_plural):
            yield f"placeholders differ: {entry.msgid} → {text}"


def uncollected() -> list[str]:
    """Texts in the sources that the catalogue lacks, found by collecting into a copy."""
    with tempfile.TemporaryDirectory(prefix="bihuan-messages-") as scratch:
        package = Path(scratch) / "bihuan"
        shutil.copytree(
            ROOT / "bihuan", package, ignore=shutil.ignore_patterns("vendor", "__pycache__")
        )
        collect(package)
        copy = package / CATALOGUE.relative_to(ROOT / "bihuan")
        if not copy.exists():
            return []
        missing = texts(copy) - texts(CATALOGUE)
    return [f"not in the catalogue (make messages): {text}" for _, text in sorted(missing, key=str)]


def check() -> int:
    if not CATALOGUE.exists():
        print(f"{CATALOGUE.relative_to(ROOT)} is missing (make messages)")
        return 1
    found = list(faults(CATALOGUE))
    if shutil.which("xgettext"):
        found += uncollected()
    print("\n".join(found))
    return 1 if found else 0


def main(words: list[str]) -> int:
    if words == ["--check"]:
        return check()
    if shutil.which("xgettext") is None:
        print("Collecting texts needs gettext: apt-get install gettext")
        return 1
    collect(ROOT / "bihuan")
    compile_catalogues()
    unfinished = list(faults(CATALOGUE))
    print("\n".join(unfinished) or "Every text has its English.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
