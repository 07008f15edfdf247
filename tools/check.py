"""`make check`: everything that is looked at without running a test."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from tools.console import ROOT, VENV_BIN, VENV_PYTHON, say
from tools.templates import template_files

PRODUCTION = {
    "BIHUAN_PRODUCTION": "1",
    "BIHUAN_SECRET_KEY": secrets.token_urlsafe(64),
    "BIHUAN_HOSTS": "bihuan.example.org",
}


@dataclass(frozen=True)
class Check:
    """A command that is silent to us unless it fails."""

    title: str
    command: list[str]
    env: dict[str, str] = field(default_factory=dict)


def checks() -> list[Check]:
    """The slowest first, so that two workers end at about the same time."""
    tool, python = str(VENV_BIN) + "/", str(VENV_PYTHON)
    bihuan = [python, "-m", "bihuan"]
    pages = [str(path) for path in template_files()]
    return [
        Check("types (mypy)", [f"{tool}mypy"]),
        Check("lint (ruff)", [f"{tool}ruff", "check"]),
        Check("format (ruff)", [f"{tool}ruff", "format", "--check"]),
        Check("floors (import-linter)", [f"{tool}lint-imports"]),
        Check(
            "template format (djade)",
            [f"{tool}djade", "--check", "--target-version", "5.2", *pages],
        ),
        Check("templates", [python, "-m", "tools.templates"]),
        Check("translations", [python, "-m", "tools.translations", "--check"]),
        Check("migrations", [*bihuan, "makemigrations", "--check", "--dry-run"]),
        Check(
            "settings (deploy)",
            [*bihuan, "check", "--deploy", "--fail-level", "WARNING"],
            PRODUCTION,
        ),
        Check(
            "static files", [*bihuan, "collectstatic", "--noinput", "--verbosity", "0"], PRODUCTION
        ),
    ]


def carry_out(check: Check) -> tuple[Check, int, str, float]:
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="bihuan-check-") as home:
        done = subprocess.run(
            check.command,
            cwd=ROOT,
            env={**os.environ, "DATABASE_URL": "", "BIHUAN_HOME": home, **check.env},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
    return check, done.returncode, done.stdout, time.monotonic() - started


def main() -> int:
    failed = 0
    with ThreadPoolExecutor(max_workers=2) as workers:
        for check, code, output, seconds in workers.map(carry_out, checks()):
            say(f"{'✗' if code else '✓'} {check.title:<26}{seconds:5.1f} s")
            if code:
                failed += 1
                say(output.rstrip() + "\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
