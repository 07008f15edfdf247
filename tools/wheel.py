"""`make wheel`: Bihuan as one file for `pip install`, with all that is fetched or compiled inside.

setuptools takes over what an earlier build left in `build/`, and builds without a word where the
front-end files or the translations are missing. So the sources are copied to a folder of their
own, and the wheel is compared with the tree before anybody gets it.
"""

from __future__ import annotations

import shutil
import tempfile
import zipfile
from pathlib import Path

from tools import setup
from tools.console import ROOT, VENV_PYTHON, Failure, give_up, run, say, step

DIST = ROOT / "dist"
# The build backend itself: pip would do no more than this, and .venv may be without pip.
BUILD = "import sys; from setuptools.build_meta import build_wheel; build_wheel(sys.argv[1])"
HINT = "See [tool.setuptools] in pyproject.toml."
SOURCES = ("bihuan", "requirements", "pyproject.toml", "MANIFEST.in", "LICENSE", "README.md")
NOT_WANTED = ("__pycache__", "*.pyc", "*.po", ".stamp")
MADE = ("bihuan/web/static/vendor/tabler/tabler.min.css", "bihuan/locale/en/LC_MESSAGES/django.mo")


def wanted(tree: Path = ROOT) -> set[str]:
    """Every file below `bihuan/` that the running product needs, and those made before a build."""
    found = {
        path.relative_to(tree).as_posix()
        for path in (tree / "bihuan").rglob("*")
        if path.is_file() and not any(path.match(pattern) for pattern in NOT_WANTED)
        if "__pycache__" not in path.parts
    }
    return found | set(MADE)


def build(into: Path) -> Path:
    """Make the wheel without the network, and refuse it if a file of the product is not in it."""
    into.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="bihuan-wheel-") as scratch:
        copy = Path(scratch)
        for name in SOURCES:
            put(ROOT / name, copy / name)
        run([VENV_PYTHON, "-c", BUILD, into.resolve()], cwd=copy, hint=HINT)
        missing = sorted(wanted(copy) - contents(newest(into)))
    if missing:
        raise Failure("The wheel lacks:\n" + "\n".join(f"  {name}" for name in missing))
    return newest(into)


def put(source: Path, target: Path) -> None:
    if source.is_dir():
        ignore = shutil.ignore_patterns(*NOT_WANTED)
        shutil.copytree(source, target, ignore=ignore)
    else:
        shutil.copy2(source, target)


def newest(folder: Path) -> Path:
    return max(folder.glob("bihuan-*.whl"), key=lambda path: path.stat().st_mtime_ns)


def contents(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def main() -> None:
    try:
        setup.prepare(for_developers=False)
        with step("building the wheel"):
            wheel = build(DIST)
    except Failure as failure:
        give_up(failure)
    say(f"{wheel.relative_to(ROOT)}  {wheel.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
