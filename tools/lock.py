"""`make lock`: lock requirements/*.in anew, with hashes and without the address of a registry."""

from __future__ import annotations

import os
import shutil
import sys

from tools.console import ROOT, VENV_BIN, Failure, give_up, run, say

# A group may be constrained by another (-c), which must be locked before it.
GROUPS = ("build", "node", "runtime", "develop", "bench")
OPTIONS = (
    *("--quiet", "--generate-hashes", "--no-emit-index-url", "--no-header", "--universal"),
    *("--python-version", "3.11"),
)
HINT = "Nothing was changed. Read the reason above; often two packages want different versions."


def find_uv() -> str:
    own = VENV_BIN / "uv"
    found = os.environ.get("UV") or (str(own) if own.exists() else shutil.which("uv"))
    if not found:
        raise Failure("Locking needs uv: .venv/bin/python -m pip install uv, or name it with UV=")
    return found


def main(groups: list[str]) -> None:
    try:
        uv = find_uv()
        for group in groups or GROUPS:
            source, lock = f"requirements/{group}.in", f"requirements/{group}.txt"
            run([uv, "pip", "compile", *OPTIONS, source, "-o", lock], hint=HINT, cwd=ROOT)
            say(f"✓ {lock}")
    except Failure as failure:
        give_up(failure)


if __name__ == "__main__":
    main(sys.argv[1:])
