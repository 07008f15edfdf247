"""Short messages for the person at the terminal, and commands whose noise is kept until needed."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
VENV_BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
VENV_PYTHON = VENV_BIN / "python"
TAIL = 40  # lines of a failed command's output that are shown


class Failure(Exception):
    """A step cannot go on; the text says what to do about it."""


def say(text: str = "") -> None:
    print(text, flush=True)


def in_ci() -> bool:
    return os.environ.get("CI", "").lower() in {"1", "true", "yes"}


@contextmanager
def step(title: str) -> Iterator[None]:
    """Say what is being done, and how long it took once it took more than a second."""
    say(f"· {title} …")
    started = time.monotonic()
    yield
    seconds = time.monotonic() - started
    if seconds >= 1:
        say(f"  done in {seconds:.0f} s")


def run(
    command: Sequence[str | Path],
    *,
    hint: str,
    cwd: Path = ROOT,
    env: Mapping[str, str] | None = None,
) -> str:
    """Run quietly and return the output; on failure show its last lines and the hint."""
    words = [str(word) for word in command]
    try:
        done = subprocess.run(
            words,
            cwd=cwd,
            env={**os.environ, **(env or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            check=False,
        )
    except OSError as error:
        raise Failure(f"{words[0]} cannot be started ({error.strerror}).\n{hint}") from error
    if done.returncode:
        tail = "\n".join(done.stdout.splitlines()[-TAIL:])
        raise Failure(f"{tail}\n\nThis failed: {' '.join(words)}\n{hint}")
    return done.stdout


def give_up(failure: Failure) -> NoReturn:
    sys.stdout.flush()
    print(f"\n✗ {failure}", file=sys.stderr, flush=True)
    raise SystemExit(1)
