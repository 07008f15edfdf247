"""`make run`: from a fresh clone to a served demonstration.

PORT (8000) is where it is served, SCALE (city, province or empty) what is loaded, and
DATABASE_URL the database. Unless that or BIHUAN_HOME is set, each scale has a SQLite file of its
own: the city's in var/, the others' in a folder below it, so that going to and fro loses nothing.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys

from tools import setup
from tools.console import ROOT, VENV_BIN, Failure, give_up, say, step

SCALES = ("city", "province", "empty")
BIHUAN = str(VENV_BIN / "bihuan")


def main() -> None:
    try:
        port, scale = wishes()
        refuse_busy(port)
        setup.prepare(for_developers=False)
        choose_home(scale)
        os.environ.setdefault("BIHUAN_DEMO", "0" if scale == "empty" else "1")
        with step("preparing the database"):
            bihuan("install")
        if scale != "empty":
            bihuan("demo", "--scale", scale, "--if-empty")
    except Failure as failure:
        give_up(failure)
    except KeyboardInterrupt:
        sys.exit(130)
    os.chdir(ROOT)
    sys.stdout.flush()
    os.execv(BIHUAN, [BIHUAN, "serve", "--port", str(port)])


def wishes() -> tuple[int, str]:
    """PORT and SCALE from the environment, or a sentence on what they take."""
    port = os.environ.get("PORT", "").strip() or "8000"
    if not (port.isascii() and port.isdigit() and 0 < int(port) < 65536):
        raise Failure(f"PORT={port} is not a port: write a number from 1 to 65535.")
    scale = os.environ.get("SCALE", "").strip() or "city"
    if scale not in SCALES:
        raise Failure(f"SCALE={scale} is not known: write one of {', '.join(SCALES)}.")
    return int(port), scale


def refuse_busy(port: int) -> None:
    """Say so before anything is installed or loaded rather than after."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise Failure(
                f"Port {port} cannot be used ({error.strerror}). Is Bihuan running already?\n"
                f"Otherwise take another: PORT={port + 1 if port < 65535 else 8001} make run"
            ) from error


def choose_home(scale: str) -> None:
    """Keep the scales apart, and say where the data is if not in the usual place."""
    if scale == "city" or os.environ.get("BIHUAN_HOME") or os.environ.get("DATABASE_URL"):
        return
    os.environ["BIHUAN_HOME"] = str(ROOT / "var" / scale)
    say(f"· the data is in var/{scale}; for other commands: export BIHUAN_HOME=var/{scale}")


def bihuan(*words: str) -> None:
    """One bihuan command at the person's own terminal, so that its progress bar is seen."""
    done = subprocess.run([BIHUAN, *words], cwd=ROOT, check=False)
    if done.returncode == 130:
        raise KeyboardInterrupt
    if done.returncode:
        raise Failure(f"`bihuan {' '.join(words)}` failed; the lines above say why.")


if __name__ == "__main__":
    main()
