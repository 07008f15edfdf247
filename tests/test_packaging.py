"""The wheel: everything the product needs is in it, and it runs away from the source tree."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tools import wheel
from tools.console import Failure


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    with zipfile.ZipFile(wheel.build(folder / "dist")) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def bihuan(site: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """The command as it runs from the unpacked wheel, away from the tree."""
    env = {name: value for name, value in os.environ.items() if name != "BIHUAN_HOME"}
    return subprocess.run(
        [sys.executable, "-m", "bihuan", *words],
        cwd=site,
        env={
            **env,
            "PYTHONPATH": str(site),
            "HOME": str(site.parent),
            "DATABASE_URL": "",
            "DJANGO_SETTINGS_MODULE": "bihuan.settings",
        },
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize(
    "name",
    [
        "bihuan/duties/packs/national.yaml",
        "bihuan/demo/plan.txt",
        "bihuan/home/templates/home/desk.html",
        "bihuan/activities/static/activities/record.css",
        "bihuan/web/static/vendor/tabler/tabler.min.css",
        "bihuan/locale/en/LC_MESSAGES/django.mo",
        "bihuan/audit/migrations/0001_initial.py",
    ],
)
def test_what_is_no_python_file_is_in_the_wheel(unpacked: Path, name: str) -> None:
    assert (unpacked / name).is_file()


def test_the_command_lists_itself_from_the_wheel(unpacked: Path) -> None:
    done = bihuan(unpacked)
    assert (done.returncode, done.stderr) == (0, "")
    assert "  install " in done.stdout


def test_a_shipped_pack_is_found_in_the_wheel(unpacked: Path) -> None:
    assert bihuan(unpacked, "pack", "check", "national").returncode == 0


def test_an_installed_bihuan_keeps_its_data_in_the_home_folder(unpacked: Path) -> None:
    assert bihuan(unpacked, "install").returncode == 0
    assert (unpacked.parent / ".bihuan" / "bihuan.sqlite3").is_file()
    assert not (unpacked / "var").exists()


def test_a_wheel_without_the_front_end_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    missing = "bihuan/web/static/vendor/nowhere.css"
    monkeypatch.setattr(wheel, "MADE", (*wheel.MADE, missing))
    with pytest.raises(Failure, match=missing):
        wheel.build(tmp_path)
