"""One way of computing, measured in a process of its own, so that its memory is its own."""

from __future__ import annotations

import json
import resource
import statistics
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from bench.ledger import peers
from bench.ledger.oracle import digest
from bench.ledger.scratch import POSTGRESQL, Scratch

PYTHON_LOOPS = {"cell-loop", "best-loop"}


@dataclass(frozen=True)
class Timing:
    """Wall seconds of each repetition, seconds of this process's cores in the median one, peak
    resident megabytes, fingerprint of the result."""

    seconds: list[float]
    cpu: float
    megabytes: float
    digest: str

    @classmethod
    def together(cls, rounds: list[Timing]) -> Timing:
        """All repetitions of several rounds."""
        return cls(
            [value for timing in rounds for value in timing.seconds],
            statistics.median(timing.cpu for timing in rounds),
            max(timing.megabytes for timing in rounds),
            rounds[0].digest,
        )

    @property
    def median(self) -> float:
        return statistics.median(self.seconds)


def measure(way: str, scratch: Scratch, repeat: int) -> Timing:
    """``way`` run ``repeat`` times in a new process, after one run that does not count if there
    is more than one to take."""
    command = [sys.executable, "-m", "bench.ledger.child", way, str(scratch.folder), str(repeat)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{way}: {done.stderr[-3000:]}")
    return Timing(**json.loads(done.stdout.splitlines()[-1]))


def make(way: str, scratch: Scratch) -> peers.Peer:
    """The peer, or the product, of that name."""
    simple = {"duckdb": peers.DuckDB, "pandas": peers.Pandas}
    if way in simple:
        return simple[way](scratch)
    name, database = way.split("@")
    if name == "statement":
        kind = peers.Sqlite if database == "sqlite" else peers.Postgresql
        return kind(scratch)
    if name in PYTHON_LOOPS:
        from bench.ledger import loops

        loop = loops.CellLoop if name == "cell-loop" else loops.BestLoop
        return loop(scratch, django_database(scratch, database))
    if name == "kernel":
        from bench.ledger.engine import Kernel

        kernel = Kernel(scratch)
        kernel.prepare()
        return kernel
    from bench.ledger.product import Rebuild

    return Rebuild(scratch, database)


def django_database(scratch: Scratch, database: str) -> dict[str, object]:
    """Django's settings for the peers' scratch database."""
    if database == "sqlite":
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": str(scratch.sqlite)}
    from urllib.parse import urlsplit

    parts = urlsplit(POSTGRESQL)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": scratch.database,
        "USER": parts.username or "",
        "PASSWORD": parts.password or "",
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
    }


def main() -> None:
    """Arguments: way, folder of the scale, repetitions. Prints one line of JSON."""
    way, folder, repeat = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
    peer = make(way, Scratch(folder))
    if repeat > 1:
        peer.clear()
        peer.run()
    seconds, cpu = [], []
    for _turn in range(repeat):
        peer.clear()
        start, used = time.perf_counter(), time.process_time()
        peer.run()
        seconds.append(time.perf_counter() - start)
        cpu.append(time.process_time() - used)
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    found = Timing(seconds, statistics.median(cpu), megabytes, digest(peer.table()))
    print(json.dumps(asdict(found)))


if __name__ == "__main__":
    main()
