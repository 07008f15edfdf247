"""Old Word documents (.doc), through a helper program of the system."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

from bihuan.files.encodings import decode
from bihuan.files.faults import Extract, Unreadable

SECONDS = 80
TABLE_ROW = re.compile(r"^\|.*\|$")


def read(scratch: Path) -> Extract:
    """The text of `scratch/input`, by antiword or, failing that, by LibreOffice.

    Raises `Unreadable`: no_antiword when the system has neither, damaged.
    """
    if shutil.which("antiword"):
        text = by_antiword(scratch / "input")
        return Extract("\n".join(map(untable, text.splitlines())))
    if shutil.which("soffice"):
        return Extract(by_office(scratch), [("office", {})])
    raise Unreadable("no_antiword")


def by_antiword(path: Path) -> str:
    """One line a paragraph (`-w 0`), table rows as `|a|b|`."""
    command = ["antiword", "-m", "UTF-8.txt", "-w", "0", str(path)]
    done = run(command, path.parent)
    if done.returncode != 0:
        raise Unreadable("damaged")
    return done.stdout.decode("utf-8", "replace")


def by_office(scratch: Path) -> str:
    """The text as LibreOffice exports it, with a profile of its own in `scratch`."""
    command = ["soffice", "--headless", "--norestore", "--nolockcheck", "--nodefault"]
    command += [f"-env:UserInstallation=file://{scratch}/profile", "--convert-to"]
    command += [
        "txt:Text (encoded):UTF8",
        "--outdir",
        str(scratch / "text"),
        str(scratch / "input"),
    ]
    run(command, scratch)
    results = list((scratch / "text").glob("*.txt"))
    if not results:
        raise Unreadable("damaged")
    return decode(results[0].read_bytes())[0]


def run(command: list[str], folder: Path) -> subprocess.CompletedProcess[bytes]:
    """The finished helper; it is bound by the limits of this process as well."""
    return subprocess.run(
        command,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        timeout=SECONDS,
        check=False,
    )


def untable(line: str) -> str:
    """A row of antiword's table as tab-separated cells; any other line as it is."""
    if not TABLE_ROW.match(line):
        return line
    return "\t".join(cell.strip() for cell in line[1:-1].split("|"))
