"""What the papers say is compared with the code: settings, commands, numbers, links, pictures."""

from __future__ import annotations

import ast
import os
import re
import runpy
import subprocess
import sys
from argparse import _SubParsersAction
from pathlib import Path
from urllib.parse import unquote

import pytest
from django.core.management import get_commands, load_command_class
from django.utils import translation

from bihuan.access.models import Grant
from bihuan.measures.rules import all_measures
from bihuan.orgs.models import Person
from tools import screenshots

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAPERS = sorted([*DOCS.rglob("*.md"), *ROOT.glob("*.md")])
CHINESE = sorted([*(DOCS / "handbook").glob("*.md"), ROOT / "README.zh-CN.md"])
READERS = {"text", "flag", "number", "words", "secret", "database", "folder", "time_zone"}
READERS |= {"log_level"}


def in_tree(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def rows(paper: str) -> list[list[str]]:
    """The cells of every table of a paper, heads and rules left out."""
    found = []
    for line in (DOCS / paper).read_text().splitlines():
        if line.startswith("|") and not line.startswith("|---"):
            found.append([cell.strip() for cell in line.strip("|").split("|")])
    return found


# --- settings


def settings_read() -> dict[str, str | None]:
    """Variable → its default where settings.py writes one down as a plain value."""
    found: dict[str, str | None] = {}
    for node in ast.walk(ast.parse((ROOT / "bihuan" / "settings.py").read_text())):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        owner = node.func.value
        if isinstance(owner, ast.Name) and owner.id == "config" and node.func.attr in READERS:
            name, *rest = node.args
            assert isinstance(name, ast.Constant)
            plain = rest and isinstance(rest[0], ast.Constant)
            found[str(name.value)] = shown(rest[0].value) if plain else None
            if node.func.attr == "secret":
                found[f"{name.value}_FILE"] = None
    return found


def shown(value: object) -> str:
    return str(int(value)) if isinstance(value, bool) else str(value)


def test_every_setting_is_explained_and_every_explained_setting_is_read() -> None:
    explained = {cells[0].strip("`") for cells in rows("reference/settings.md") if len(cells) == 4}
    assert explained - {"variable"} == set(settings_read())


def test_the_defaults_are_those_of_the_settings() -> None:
    explained = {
        cells[0].strip("`"): cells[2].strip("`")
        for cells in rows("reference/settings.md")
        if len(cells) == 4
    }
    plain = {name: default for name, default in settings_read().items() if default is not None}
    assert {name: explained[name] for name in plain} == plain


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("BIHUAN_DEBUG", "maybe"),
        ("BIHUAN_PROXIES", "x"),
        ("BIHUAN_PRODUCTION", "1"),
        ("BIHUAN_SECRET_KEY_FILE", "/nowhere/key"),
        ("BIHUAN_SECRET_KEY_FILE", os.devnull),
        ("DATABASE_URL", "mysql://somewhere"),
        ("DATABASE_URL", "postgresql://user@host:port/name"),
        ("BIHUAN_TIME_ZONE", "Mars/X"),
        ("BIHUAN_LOG_LEVEL", "loud"),
        ("BIHUAN_HOME", "/proc/x"),
    ],
)
def test_a_wrong_setting_stops_the_start_with_the_sentence_of_the_paper(
    name: str, value: str
) -> None:
    clean = {key: text for key, text in os.environ.items() if not key.startswith("BIHUAN_")}
    done = subprocess.run(
        [sys.executable, "-m", "bihuan", "check"],
        cwd=ROOT,
        env={**clean, "DJANGO_SETTINGS_MODULE": "bihuan.settings", name: value},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert f"`{done.stderr.strip()}`" in (DOCS / "reference" / "settings.md").read_text()


# --- commands


def commands() -> dict[str, set[str]]:
    """Each command of ours with its verbs, arguments and options as they are written."""
    found = {}
    for name, app in get_commands().items():
        if not str(app).startswith("bihuan."):
            continue
        parser = load_command_class(app, name).create_parser("bihuan", name)
        words = set(said(parser))
        for action in parser._actions:
            if isinstance(action, _SubParsersAction):
                for verb, below in action.choices.items():
                    words |= {verb, *said(below)}
            elif action.choices and not action.option_strings:
                words |= {str(choice) for choice in action.choices}
        found[name] = words
    return found


def said(parser: object) -> list[str]:
    """The long options of a parser that are its own and not Django's."""
    usual = {"--help", "--version", "--verbosity", "--settings", "--pythonpath", "--traceback"}
    usual |= {"--no-color", "--force-color", "--skip-checks"}
    return [
        option
        for action in parser._actions  # type: ignore[attr-defined]
        for option in action.option_strings
        if option.startswith("--") and option not in usual
    ]


def sections(paper: str) -> dict[str, str]:
    text = (DOCS / paper).read_text()
    parts = re.split(r"^## `(\w+)`\n", text, flags=re.M)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def test_every_command_has_a_section_with_its_verbs_and_options() -> None:
    described = sections("reference/commands.md")
    ours = commands()
    assert list(described) == sorted(ours)
    missing = {
        name: sorted(word for word in words if word not in described[name])
        for name, words in ours.items()
    }
    assert {name: words for name, words in missing.items() if words} == {}


def test_no_option_is_described_that_does_not_exist() -> None:
    ours = commands()
    invented = {
        name: sorted(set(re.findall(r"--[a-z][a-z-]+", text)) - ours[name])
        for name, text in sections("reference/commands.md").items()
    }
    assert {name: words for name, words in invented.items() if words} == {}


@pytest.mark.django_db
def test_the_script_of_the_first_day_opens_accounts_with_their_roles() -> None:
    runpy.run_path(str(DOCS / "deployment" / "first_day.py"))
    given = Grant.objects.values_list("user__username", "role", "org__kind")
    assert sorted(given) == [
        ("auditor", "AUDITOR", "COMMITTEE"),
        ("officer", "OFFICER", "COMMITTEE"),
        ("security", "SECURITY_ADMIN", "COMMITTEE"),
        ("system", "SYSTEM_ADMIN", "COMMITTEE"),
        ("zhangsan", "BRANCH_SECRETARY", "BRANCH"),
    ]
    assert Person.objects.get().user.username == "zhangsan"


# --- numbers


def test_the_paper_of_measures_is_the_register() -> None:
    with translation.override("zh-hans"):
        declared = [
            [f"`{each.code}`", str(each.name), str(each.definition), str(each.unit)]
            for each in all_measures()
        ]
    described = [cells for cells in rows("reference/measures.md") if cells[0].startswith("`")]
    assert described == declared


# --- all papers


@pytest.mark.parametrize("paper", PAPERS, ids=in_tree)
def test_every_link_of_a_paper_leads_somewhere(paper: Path) -> None:
    text = re.sub(r"```.*?```", "", paper.read_text(), flags=re.S)
    links = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", text) + re.findall(r' src="([^"]+)"', text)
    gone = [
        link for link in links if "://" not in link and not (paper.parent / unquote(link)).exists()
    ]
    assert gone == []


@pytest.mark.parametrize("paper", CHINESE, ids=in_tree)
def test_chinese_sentences_have_chinese_punctuation(paper: Path) -> None:
    text = re.sub(
        r"```.*?```|^ {4}.*$|`[^`]*`|\]\([^)]*\)|<[^>]*>", "``", paper.read_text(), flags=re.S
    )
    han = "[\u3400-\u9fff\u201c\u201d\u300a\u300b]"
    found = re.findall(rf".{{0,8}}{han}[,;:?!()].{{0,8}}|.{{0,8}}[,;:?!()]{han}.{{0,8}}", text)
    assert found == []


def test_both_readmes_have_the_same_structure() -> None:
    english, chinese = (skeleton(ROOT / name) for name in ("README.md", "README.zh-CN.md"))
    assert english == chinese


def skeleton(paper: Path) -> list[str]:
    """Headings, code, tables and lists in order, without their words; pictures and addresses."""
    shape = []
    for line in paper.read_text().splitlines():
        if found := re.match(r"(#+|\d+\.|\||-|>|```)", line.strip()):
            shape.append(found[1])
        shape += re.findall(r"!\[[^\]]*\]\(([^)]*)\)", line)
    commands_shown = re.findall(r"^\$ (make \w+)|^\| `(\w+)`", paper.read_text(), flags=re.M)
    return [*shape, *("".join(each) for each in commands_shown)]


# --- pictures


def shown_pictures() -> set[str]:
    return {
        Path(found).stem
        for paper in PAPERS
        for found in re.findall(r"[(\"]([^)\"\s]*pictures/[^)\"\s]*\.webp)", paper.read_text())
    }


def test_every_picture_of_the_handbook_can_be_taken_anew_and_none_is_left_over() -> None:
    kept = {path.stem for path in screenshots.PICTURES.glob("*.webp")}
    names = [shot.name for shot in screenshots.SHOTS]
    assert len(names) == len(set(names))
    assert shown_pictures() == kept == set(names)


def test_the_pictures_are_small() -> None:
    sizes = [path.stat().st_size for path in screenshots.PICTURES.glob("*.webp")]
    assert sum(sizes) <= screenshots.LARGEST
    assert max(sizes) <= 200_000
