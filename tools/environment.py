"""The virtual environment in .venv, filled from the locked requirements."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path

from tools import debian
from tools.console import ROOT, VENV, VENV_BIN, VENV_PYTHON, Failure, run, step
from tools.stamps import Stamp, fingerprint

REQUIREMENTS = ROOT / "requirements"
STAMPS = VENV / ".stamps"
REGISTRY_HINT = (
    "The Python package registry must be reachable. Behind a mirror or a proxy, set it for pip\n"
    "(pip config set global.index-url …) and run the same command again."
)
NO_VENV = (
    "This Python has no `venv` with pip. On Debian and Ubuntu install it with\n"
    "    apt-get install python3-venv\n"
    "or name another Python 3.11 or newer: PYTHON=/path/to/python3 make run"
)


def prepare(*groups: str) -> None:
    """Make sure that .venv stands and holds the named groups of requirements and bihuan itself."""
    create()
    for group in ("build", *groups):
        install(group)
    install_bihuan()


def create() -> None:
    if works(VENV_PYTHON):
        return
    with step("making the environment in .venv"):
        shutil.rmtree(VENV, ignore_errors=True)
        if not has_module("ensurepip"):
            if has_module("pip"):
                run([sys.executable, "-m", "venv", "--without-pip", VENV], hint=NO_VENV)
                return
            if not debian.install(["python3-venv"]):
                raise Failure(NO_VENV)
        run([sys.executable, "-m", "venv", VENV], hint=NO_VENV)


def has_module(name: str) -> bool:
    return importlib.util.find_spec(name) is not None


def works(python: Path) -> bool:
    """Whether the interpreter of .venv still starts; it does not after its Python was removed."""
    check = "import sys; sys.exit(sys.version_info < (3, 11))"
    try:
        return subprocess.run([python, "-c", check], check=False).returncode == 0
    except OSError:
        return False


def pip() -> list[str]:
    """The pip of .venv, or the base Python's pip working on .venv where that has none."""
    if list(VENV.glob("lib*/python*/site-packages/pip")):
        return [str(VENV_PYTHON), "-m", "pip"]
    return [sys.executable, "-m", "pip", "--python", str(VENV_PYTHON)]


def install(group: str) -> None:
    lock = REQUIREMENTS / f"{group}.txt"
    stamp = Stamp(STAMPS / group, fingerprint([lock]))
    if stamp.is_fresh():
        return
    with step(f"installing Python packages ({group})"):
        quiet = ["--quiet", "--disable-pip-version-check", "--no-input"]
        run([*pip(), "install", *quiet, "--require-hashes", "-r", lock], hint=REGISTRY_HINT)
    stamp.set()


def install_bihuan() -> None:
    """Bihuan as an editable install: the code in the tree, and the `bihuan` command."""
    stamp = Stamp(STAMPS / "bihuan", fingerprint([ROOT / "pyproject.toml"], str(ROOT)))
    if stamp.is_fresh() and (VENV_BIN / "bihuan").exists():
        return
    with step("installing the bihuan command"):
        quiet = ["--quiet", "--disable-pip-version-check", "--no-input"]
        alone = ["--no-deps", "--no-build-isolation", "--no-index"]
        run([*pip(), "install", *quiet, *alone, "--editable", ROOT], hint=REGISTRY_HINT)
    stamp.set()
