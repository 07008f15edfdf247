"""Real round trips: the product's own commands, each in its own process, on its own database."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from django.db import connection

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
MAKE = """
from bihuan.accounts.actions import open_account
from bihuan.lib import guard
from bihuan.orgs.models import Person, PersonalDetail
open_account("li", password=None, name="李", by="system")
with guard.open_for("orgs_personaldetail", actor="system", purpose="测试"):
    person = Person.objects.create(name="赵")
    PersonalDetail.objects.create(person=person, phone="13800001234")
"""
TELL = """
from bihuan.accounts.models import User
from bihuan.lib import guard
from bihuan.orgs.models import PersonalDetail
with guard.open_for("orgs_personaldetail", actor="system", purpose="测试"):
    phones = list(PersonalDetail.objects.values_list("phone", flat=True))
print(*User.objects.order_by("username").values_list("username", flat=True), *phones)
"""


class Installation:
    """A product of its own, in a folder and a database of its own."""

    def __init__(self, home: Path, url: str) -> None:
        self.home = home
        self.environment = {**os.environ, "BIHUAN_HOME": str(home), "DATABASE_URL": url}
        self.environment["DJANGO_SETTINGS_MODULE"] = "bihuan.settings"

    def run(self, *arguments: str, good: bool = True) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "django", *arguments],
            env=self.environment,
            cwd=Path(__file__).parents[1],
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode == 0) is good, done.stderr
        return done.stdout if good else done.stderr

    def people(self) -> list[str]:
        return self.run("shell", "--no-imports", "-c", TELL).split()


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Installation]:
    """An installation with one account, one confidential row and one uploaded file."""
    home = tmp_path / "home"
    home.mkdir()
    url = ""
    if connection.vendor == "postgresql":
        worker = os.environ.get("PYTEST_XDIST_WORKER", "alone")
        url = _ordinary(f"bihuan_backup_{worker}")
    place = Installation(home, url)
    place.run("migrate", "--verbosity=0")
    place.run("shell", "--no-imports", "-c", MAKE)
    (home / "files").mkdir()
    (home / "files" / "a.txt").write_text("附件", encoding="utf-8")
    yield place
    if url:
        _gone(urlsplit(url).path.lstrip("/"))


def _admin() -> psycopg.Connection:
    server = os.environ["DATABASE_URL"].rsplit("/", 1)[0] + "/postgres"
    return psycopg.connect(server, autocommit=True)


def _ordinary(name: str) -> str:
    """A database that belongs to a role of the same name, which row-level security binds."""
    _gone(name)
    with _admin() as admin:
        admin.execute(f"CREATE ROLE \"{name}\" LOGIN NOSUPERUSER NOBYPASSRLS PASSWORD '{name}'")
        admin.execute(f'CREATE DATABASE "{name}" OWNER "{name}"')
    parts = urlsplit(os.environ["DATABASE_URL"])
    return f"{parts.scheme}://{name}:{name}@{parts.hostname}:{parts.port}/{name}"


def _gone(name: str) -> None:
    with _admin() as admin:
        admin.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        admin.execute(f'DROP ROLE IF EXISTS "{name}"')


def test_a_backup_brings_back_the_state_it_was_made_of(here: Installation, tmp_path: Path) -> None:
    kept = tmp_path / "kept.bihuan"
    before = here.people()
    here.run("backup", str(kept))
    here.run("shell", "--no-imports", "-c", MAKE.replace('"li"', '"wang"'))
    (here.home / "files" / "a.txt").write_text("改了", encoding="utf-8")

    refusal = here.run("restore", str(kept), good=False)
    assert "--yes" in refusal
    assert "wang" in here.people()

    here.run("restore", str(kept), "--yes")
    assert here.people() == before
    assert (here.home / "files" / "a.txt").read_text(encoding="utf-8") == "附件"
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_a_damaged_backup_changes_nothing(here: Installation, tmp_path: Path) -> None:
    kept = tmp_path / "kept.bihuan"
    here.run("backup", str(kept))
    before = here.people()
    lying = tmp_path / "lying.bihuan"
    with zipfile.ZipFile(kept) as good, zipfile.ZipFile(lying, "w") as bad:
        for name in good.namelist():
            content = good.read(name)
            if name == "manifest.json":
                manifest = json.loads(content)
                manifest["holding"]["rows"]["accounts_user"] += 1
                content = json.dumps(manifest).encode()
            bad.writestr(name, content)
    cut = tmp_path / "cut.bihuan"
    cut.write_bytes(kept.read_bytes()[: kept.stat().st_size // 2])
    foul = tmp_path / "foul.bihuan"
    with zipfile.ZipFile(kept) as good, zipfile.ZipFile(foul, "w") as bad:
        for name in good.namelist():
            bad.writestr(name, b"x" if name == "database" else good.read(name))

    for broken in (lying, cut, foul, tmp_path / "none.bihuan"):
        here.run("restore", str(broken), "--yes", good=False)
    assert here.people() == before
