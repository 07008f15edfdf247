"""Walls around the process that parses a stranger's file.

Three of them, each independent of the others: resource limits (every Unix), Landlock (Linux
5.13 and later: no reading outside the program's own files, no writing outside the scratch
folder, no TCP from 6.7 on) and an empty network namespace where the system lets us have one.
What the kernel does not offer is left out without complaint: the resource limits always hold.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import struct
import sys
from pathlib import Path

# One number on every architecture: system calls added since 2019 share their table.
LANDLOCK_CREATE_RULESET, LANDLOCK_ADD_RULE, LANDLOCK_RESTRICT_SELF = 444, 445, 446
LANDLOCK_VERSION = 1
RULE_PATH_BENEATH = 1
PR_SET_NO_NEW_PRIVS = 38
CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000

EXECUTE, WRITE_FILE, READ_FILE, READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
# Files, folders and sockets made, removed, renamed; the last two bits came with ABI 2 and 3.
CHANGE_TREE = 0b1_1111_1111 << 4
REMOVE_FILE, MAKE_SOCKET = 1 << 5, 1 << 9
REFER, TRUNCATE = 1 << 13, 1 << 14
BIND_TCP, CONNECT_TCP = 1 << 0, 1 << 1
NETWORK_SINCE = 4

PACKAGE = Path(__file__).resolve().parents[1]
SYSTEM_FOLDERS: tuple[str, ...] = (
    "/usr",
    "/lib",
    "/lib64",
    "/bin",
    "/opt",
    "/etc",
    "/proc",
    "/sys",
    "/dev",
)
SYSTEM_FOLDERS += ("/var/lib/libreoffice", "/var/spool/libreoffice", "/var/cache/fontconfig")


def confine(*, scratch: Path, memory: int, cpu: int, file_size: int, office: bool = False) -> None:
    """Give up, for this process and all it starts, what parsing does not need.

    `memory` and `file_size` in bytes, `cpu` in seconds. Cannot be undone.
    `office` leaves open what LibreOffice cannot start without: a socket in /tmp.
    """
    limit_resources(memory=memory, cpu=cpu, file_size=file_size)
    with contextlib.suppress(OSError):
        leave_network()
    with contextlib.suppress(OSError):
        close_file_system(
            readable=readable_folders(),
            writable=[scratch],
            sockets=[Path("/tmp")] if office else [],
        )


def limit_resources(*, memory: int, cpu: int, file_size: int) -> None:
    """Set the limits of POSIX: the kernel ends or refuses whoever goes beyond."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (file_size, file_size))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def readable_folders() -> list[Path]:
    """Where the interpreter, its libraries and the helpers' data lie; nothing of the users'."""
    places = {sys.prefix, sys.base_prefix, str(PACKAGE), *SYSTEM_FOLDERS}
    places.update(path for path in sys.path if path.endswith("-packages"))
    return [Path(place) for place in sorted(places) if Path(place).exists()]


def leave_network() -> None:
    """Move into a network namespace of our own, which has no way out."""
    call(ctypes.CDLL(None, use_errno=True).unshare, CLONE_NEWUSER | CLONE_NEWNET)


def close_file_system(*, readable: list[Path], writable: list[Path], sockets: list[Path]) -> None:
    """Shut everything but `readable`, `writable` and, for sockets, `sockets` with Landlock."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.syscall.restype = ctypes.c_long
    version = call(
        libc.syscall, LANDLOCK_CREATE_RULESET, None, ctypes.c_size_t(0), LANDLOCK_VERSION
    )
    handled = WRITE_FILE | READ_FILE | READ_DIR | CHANGE_TREE
    handled |= (REFER if version >= 2 else 0) | (TRUNCATE if version >= 3 else 0)
    rules = struct.pack("<Q", handled)
    if version >= NETWORK_SINCE:
        rules += struct.pack("<Q", BIND_TCP | CONNECT_TCP)
    ruleset = call(libc.syscall, LANDLOCK_CREATE_RULESET, rules, ctypes.c_size_t(len(rules)), 0)
    devices = WRITE_FILE | READ_FILE
    granted = [(path, READ_FILE | READ_DIR) for path in readable]
    granted += [(path, handled) for path in writable]
    granted += [(Path(name), devices) for name in ("/dev/null", "/dev/zero", "/dev/urandom")]
    granted += [(path, REMOVE_FILE | MAKE_SOCKET) for path in sockets]
    for path, rights in granted:
        allow(libc, ruleset, path, rights)
    call(libc.prctl, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    call(libc.syscall, LANDLOCK_RESTRICT_SELF, ruleset, 0)
    os.close(ruleset)


def allow(libc: ctypes.CDLL, ruleset: int, path: Path, rights: int) -> None:
    """Add to `ruleset` that `rights` hold at `path` and below."""
    folder = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        rule = struct.pack("<Qi", rights, folder)
        call(libc.syscall, LANDLOCK_ADD_RULE, ruleset, RULE_PATH_BENEATH, rule, 0)
    finally:
        os.close(folder)


def call(function: ctypes._NamedFuncPointer, *arguments: object) -> int:
    """The answer of a C function that says -1 and sets errno when it fails."""
    answer = int(function(*arguments))
    if answer < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return answer
