"""Debian's packages, installed where that is possible without asking anybody."""

from __future__ import annotations

import os
import shutil
import subprocess
from functools import cache

from tools.console import say


def may_install() -> bool:
    """On Debian or a relative, as root or with a sudo that asks for no password."""
    if shutil.which("apt-get") is None:
        return False
    if os.geteuid() == 0:
        return True
    return shutil.which("sudo") is not None and succeeds(["sudo", "-n", "true"])


def install(packages: list[str]) -> bool:
    """Install the packages and say whether that went well; never asks, never raises."""
    if not may_install():
        return False
    say(f"  installing from Debian: {' '.join(packages)}")
    refresh()
    return succeeds(
        as_root("apt-get", "install", "--yes", "--quiet", "--no-install-recommends", *packages)
    )


@cache
def refresh() -> None:
    succeeds(as_root("apt-get", "update", "--quiet"))


def as_root(*command: str) -> list[str]:
    words = ["env", "DEBIAN_FRONTEND=noninteractive", *command]
    return words if os.geteuid() == 0 else ["sudo", "-n", *words]


def succeeds(command: list[str]) -> bool:
    done = subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=False,
    )
    return done.returncode == 0
