"""A PostgreSQL of one's own for a test run: on loopback, in a scratch folder, gone afterwards."""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tools.console import Failure

# Nothing in it outlives the run, so nothing needs to reach the disk.
FAST = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "shared_buffers": "128MB",
    "max_connections": "60",
    "listen_addresses": "127.0.0.1",
}


def programs() -> Path | None:
    """The folder of the newest `initdb`, which Debian keeps off the path."""
    places = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: int(p.parent.name))
    on_path = shutil.which("initdb")
    if on_path:
        places.append(Path(on_path).parent)
    return places[-1] if places else None


@contextmanager
def cluster() -> Iterator[str]:
    """Start a cluster and give its URL; PostgreSQL refuses to run as root, so it never does."""
    folder = programs()
    if folder is None:
        raise Failure("PostgreSQL is not installed (apt-get install postgresql).")
    scratch = Path(tempfile.mkdtemp(prefix="bihuan-postgresql-"))
    owner = unprivileged()
    try:
        if owner:
            shutil.chown(scratch, owner)
        password, port = secrets.token_hex(12), free_port()
        create(folder, scratch, password, owner)
        start(folder, scratch, port, owner)
        try:
            yield f"postgresql://bihuan:{password}@127.0.0.1:{port}/postgres"
        finally:
            call([folder / "pg_ctl", "-D", scratch / "data", "-m", "immediate", "stop"], owner)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def unprivileged() -> str | None:
    """The account to run as when we are root; None means our own."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return next(name for name in ("postgres", "nobody") if name in names)


def create(folder: Path, scratch: Path, password: str, owner: str | None) -> None:
    """An ICU collation, where there is one, shows what only works in codepoint order."""
    secret = scratch / "password"
    secret.write_text(password)
    if owner:
        shutil.chown(secret, owner)
    secret.chmod(0o600)
    command = [
        *(folder / "initdb", "-D", scratch / "data", "-U", "bihuan", "-A", "scram-sha-256"),
        *("--pwfile", secret, "--encoding", "UTF8", "--locale", "C", "--no-sync"),
    ]
    icu = [*command, "--locale-provider", "icu", "--icu-locale", "zh-Hans"]
    try:
        call(icu, owner)
    except Failure:
        shutil.rmtree(scratch / "data", ignore_errors=True)
        call(command, owner)


def start(folder: Path, scratch: Path, port: int, owner: str | None) -> None:
    settings = {**FAST, "port": str(port), "unix_socket_directories": str(scratch)}
    options = " ".join(f"-c {name}={value}" for name, value in settings.items())
    data, log = scratch / "data", scratch / "log"
    call(
        [folder / "pg_ctl", "-D", data, "-l", log, "-w", "-t", "60", "-o", options, "start"], owner
    )


def call(command: list[str | Path], owner: str | None) -> None:
    """As `owner`, who may not be able to enter the current folder.

    The output goes to a file: a server that was started would hold a pipe open for ever.
    """
    with tempfile.TemporaryFile("w+") as output:
        done = subprocess.run(
            [str(word) for word in command],
            cwd="/",
            user=owner,
            group=pwd.getpwnam(owner).pw_gid if owner else None,
            extra_groups=[] if owner else None,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            check=False,
        )
        output.seek(0)
        if done.returncode:
            raise Failure(f"PostgreSQL cannot be started:\n{output.read()}")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
