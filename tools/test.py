"""`make test`: checks, then the tests on SQLite, on PostgreSQL and in a browser.

What a machine lacks is installed from Debian's packages where that is possible without asking;
what stays missing is named in the last lines. With CI=true nothing may be missing or skipped.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree

from tools import debian, environment, postgres, setup
from tools.console import ROOT, VENV_PYTHON, Failure, give_up, in_ci, say

NO_TESTS = 5  # pytest's exit code when it selected none


@dataclass(frozen=True)
class Need:
    """A program of the system that some tests want."""

    package: str
    what_for: str
    is_there: Callable[[], bool]


@dataclass
class Outcome:
    """One part of the run; `counts` are passed, failed, skipped."""

    title: str
    good: bool
    seconds: float
    counts: tuple[int, int, int] = (0, 0, 0)
    skips: list[str] = field(default_factory=list)


def has_chromium() -> bool:
    names = (os.environ.get("CHROMIUM"), "chromium", "chromium-browser", "google-chrome")
    return any(name and shutil.which(name) for name in names)


def has_chinese_font() -> bool:
    if shutil.which("fc-list") is None:
        return False
    done = subprocess.run(
        ["fc-list", ":lang=zh-cn", "family"], capture_output=True, text=True, check=False
    )
    return bool(done.stdout.strip())


NEEDS = (
    Need("postgresql", "the tests on PostgreSQL", lambda: postgres.programs() is not None),
    Need("chromium", "the browser tests", has_chromium),
    Need("fonts-noto-cjk", "Chinese text in the browser tests", has_chinese_font),
    Need("antiword", "reading .doc files", lambda: shutil.which("antiword") is not None),
    Need("gettext", "collecting the texts to translate", lambda: bool(shutil.which("xgettext"))),
)


def provide() -> list[Need]:
    """Install what is missing, together or else one by one; return what stays missing."""
    missing = [need for need in NEEDS if not need.is_there()]
    if missing and not debian.install([need.package for need in missing]):
        for need in missing:
            debian.install([need.package])
    return [need for need in missing if not need.is_there()]


def call(words: list[str], env: dict[str, str]) -> int:
    say(f"\n$ {' '.join(words)}")
    return subprocess.run(
        [str(VENV_PYTHON), "-m", *words],
        cwd=ROOT,
        env={**os.environ, **env},
        stdin=subprocess.DEVNULL,
        check=False,
    ).returncode


def check() -> Outcome:
    started = time.monotonic()
    code = call(["tools.check"], {})
    return Outcome("checks", code == 0, time.monotonic() - started)


def pytest(title: str, words: list[str], env: dict[str, str]) -> Outcome:
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        code = call(["pytest", "-q", *words, f"--junitxml={report}"], env)
        counts, skips = read(report)
    good = code == 0 or (code == NO_TESTS and not in_ci())
    return Outcome(title, good, time.monotonic() - started, counts, skips)


def read(report: Path) -> tuple[tuple[int, int, int], list[str]]:
    """Passed, failed and skipped of a JUnit report, and the reasons for skipping."""
    if not report.exists():
        return (0, 0, 0), []
    suites = list(ElementTree.parse(report).iter("testsuite"))
    total, failures, errors, skipped = (
        sum(int(suite.get(name, "0")) for suite in suites)
        for name in ("tests", "failures", "errors", "skipped")
    )
    reasons = {node.get("message", "") for suite in suites for node in suite.iter("skipped")}
    failed = failures + errors
    return (total - failed - skipped, failed, skipped), sorted(reasons)


def parts(missing: set[str]) -> list[Outcome]:
    plain = ["-n", "2", "-m", "not browser"]
    done = [check(), pytest("SQLite", plain, {"DATABASE_URL": ""})]
    if "postgresql" not in missing:
        with postgres.cluster() as url:
            env = {"DATABASE_URL": url}
            done.append(pytest("PostgreSQL", [*plain, "--database-only"], env))
    if "chromium" not in missing:
        done.append(pytest("browser", ["-m", "browser"], {"DATABASE_URL": ""}))
    return done


def summary(done: list[Outcome], missing: list[Need]) -> None:
    say("\n" + "─" * 60)
    for outcome in done:
        passed, failed, skipped = outcome.counts
        figures = (
            f"{passed} passed, {failed} failed, {skipped} skipped" if any(outcome.counts) else ""
        )
        mark = "✓" if outcome.good else "✗"
        say(f"{mark} {outcome.title:<12}{outcome.seconds:5.0f} s  {figures}")
    for reason in sorted({reason for outcome in done for reason in outcome.skips}):
        say(f"  skipped: {reason}")
    for need in missing:
        say(f"  not run: {need.what_for}. Missing: apt-get install {need.package}")
    passed, failed, skipped = (sum(outcome.counts[i] for outcome in done) for i in range(3))
    say(f"total: {passed} passed, {failed} failed, {skipped} skipped")


def main() -> None:
    # Ended from outside, it still stops the PostgreSQL that it started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        setup.prepare(for_developers=True)
        environment.install("bench")  # the benchmarks are kept running by small tests
        missing = provide()
        if missing and in_ci():
            names = " ".join(need.package for need in missing)
            raise Failure(f"CI=true allows no gap, and these could not be installed: {names}")
        done = parts({need.package for need in missing})
    except Failure as failure:
        give_up(failure)
    except KeyboardInterrupt:
        sys.exit(130)
    summary(done, missing)
    sys.exit(0 if all(outcome.good for outcome in done) else 1)


if __name__ == "__main__":
    main()
