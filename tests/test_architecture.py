"""The rules of CONTRIBUTING that no other tool sees."""

from __future__ import annotations

import ast
import re
import tomllib
from pathlib import Path

import pytest
from django.apps import apps

ROOT = Path(__file__).parents[1]
SOURCES = sorted(p for p in ROOT.glob("bihuan/**/*.py") if "migrations" not in p.parts)
TESTS = sorted(ROOT.glob("tests/**/*.py"))
LONGEST_FUNCTION = 50
LONGEST_FILE = 500
GROUND = {"access", "orgs", "accounts", "audit"}
PURE = {"reading", "files", "lib"}
FURNITURE = {"web", "measures", "demo"}


def in_tree(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def kind(*names: str) -> list[Path]:
    return [path for path in SOURCES if set(names) & {path.stem, *path.parts}]


def contract(key: str) -> dict[str, list[str]]:
    config = tomllib.loads((ROOT / "pyproject.toml").read_text())
    return next(c for c in config["tool"]["importlinter"]["contracts"] if c["id"] == key)


def floors() -> dict[str, int]:
    """App → floor, read from the import contract, so that the order is written down once."""
    return {
        f"bihuan.{app}": floor
        for floor, layer in enumerate(reversed(contract("apps")["layers"]))
        for app in re.findall(r"\w+", layer)
    }


def test_every_folder_has_its_contract():
    folders = {p.parent.name for p in ROOT.glob("bihuan/*/__init__.py")}
    features = {f"bihuan.{name}" for name in folders - GROUND - PURE - FURNITURE}
    assert features == set(contract("files")["containers"])
    assert {f"bihuan.{name}" for name in folders & GROUND} == set(contract("ground")["containers"])


def test_no_model_points_at_its_own_or_a_higher_floor_of_another_app():
    floor = floors()
    wrong = []
    for model in apps.get_models():
        here = model._meta.app_config.name
        for field in model._meta.get_fields():
            if here not in floor or field.auto_created or not field.related_model:
                continue  # not ours, the far end of a relation, or not a relation at all
            there = field.related_model._meta.app_config.name
            if there != here and floor.get(there, -1) >= floor[here]:
                wrong.append(f"{model._meta.label}.{field.name} -> {there}")
    assert wrong == []


def uses(source: str, names: set[str]) -> list[str]:
    tree = ast.walk(ast.parse(source))
    found = [node for node in tree if isinstance(node, ast.Attribute) and node.attr in names]
    return [f".{node.attr} in line {node.lineno}" for node in found]


@pytest.mark.parametrize("path", kind("views", "forms", "admin", "commands", "tasks"), ids=in_tree)
def test_screens_and_commands_do_not_write(path):
    writes = {"save", "create", "bulk_create", "get_or_create", "update_or_create", "bulk_update"}
    assert uses(path.read_text(), writes) == [], "call a function of actions.py"


@pytest.mark.parametrize("path", kind("views", "forms", "templatetags"), ids=in_tree)
def test_screens_do_not_reach_past_access(path):
    managers = {"objects", "_default_manager", "_base_manager"}
    without_empty_ones = path.read_text().replace(".objects.none()", ".none()")
    found = uses(without_empty_ones, managers)
    assert found == [], "fetch by within_reach, or by a function of queries.py"


@pytest.mark.parametrize("path", SOURCES, ids=in_tree)
def test_files_and_functions_stay_short(path):
    source = path.read_text()
    long = [
        f"{node.name} in line {node.lineno}"
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno >= LONGEST_FUNCTION
    ]
    assert long == []
    assert len(source.splitlines()) <= LONGEST_FILE


def test_nothing_is_imported_inside_a_function_without_a_reason():
    wrong = []
    for path in SOURCES:
        lines = path.read_text().splitlines()
        for function in ast.walk(ast.parse("\n".join(lines))):
            if not isinstance(function, ast.FunctionDef):
                continue
            for node in ast.walk(function):
                inside = isinstance(node, ast.Import | ast.ImportFrom)
                if inside and "#" not in lines[node.lineno - 1]:
                    wrong.append(f"{in_tree(path)}:{node.lineno}")
    assert wrong == []


def test_no_code_is_left_for_later():
    word = re.compile(r"\b(?:TO" + r"DO|FIX" + r"ME|XX" + r"X|HA" + r"CK)\b")
    found = [in_tree(p) for p in [*SOURCES, *TESTS] if word.search(p.read_text())]
    assert found == []


def test_pure_packages_do_not_know_django_beyond_translation():
    allowed = {"django.utils.translation"}
    wrong = []
    for path in SOURCES:
        if path.parts[path.parts.index("bihuan") + 1] not in {"reading", "files"}:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("django"):
                wrong += [] if node.module in allowed else [f"{in_tree(path)}: {node.module}"]
    assert wrong == []
