"""``python -m bench.ledger``: run the comparison, print it and write it into bench/README.md."""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from bench.ledger import tables
from bench.ledger.child import Timing, measure
from bench.ledger.data import SCALES, generate
from bench.ledger.operations import Spread, measure_operations
from bench.ledger.oracle import digest
from bench.ledger.peers import oracle_table
from bench.ledger.product import database_name
from bench.ledger.scratch import (
    Scratch,
    drop_postgresql,
    fresh_postgresql,
    write_parquet,
    write_postgresql,
    write_sqlite,
)
from bench.ledger.scratch import tables as scratch_tables
from bench.ledger.writers import Rate, month_end, prepare_locking


def main(arguments: list[str] | None = None) -> int:
    """Exit status 1 if any two results differ."""
    options = _options(arguments)
    folder = os.environ.get("BIHUAN_BENCH_DIR")
    base = Path(folder) if folder else Path(tempfile.mkdtemp(prefix="bihuan-bench-"))
    console, found, sizes, equal = Console(), {}, {}, True
    scratches, spreads, rates = [], {}, {}
    try:
        with Progress(console=console) as progress:
            for scale in options.scale:
                scratch = Scratch(base / scale)
                scratches.append(scratch)
                sizes[scale] = str(_prepare(scratch, scale, options.database, progress))
                found[scale], same = _compare(scratch, options, progress)
                equal &= same
                console.print(tables.computing(found, sizes), markup=False)
                if scale != "s35":
                    _small_things(scratch, options, progress, spreads, rates)
    finally:
        if not folder:
            _clean(base, scratches, options.database)
    texts = {
        "ledger-computing": tables.computing(found, sizes),
        "ledger-operations": tables.operations(spreads),
        "ledger-writers": tables.writers(rates),
    }
    for name, text in texts.items():
        console.print(text, markup=False)
        if options.write and equal:
            tables.write(name, text)
    console.print("all results equal" if equal else "RESULTS DIFFER")
    return 0 if equal else 1


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.ledger")
    scales = parser.add_argument("--scale", action="append", choices=list(SCALES))
    scales.help = "s2: 1,550 organisations, s3: 100,000, s35: 1,000,000 (kernel and DuckDB only)"
    parser.add_argument("--database", action="append", choices=["sqlite", "postgresql"])
    parser.add_argument("--rounds", type=int, default=3, help="interleaved repetitions")
    parser.add_argument("--quick", action="store_true", help="60 organisations, SQLite, one round")
    parser.add_argument("--write", action="store_true", help="write the tables into the README")
    options = parser.parse_args(arguments)
    if options.quick:
        options.scale, options.database, options.rounds = ["smoke"], ["sqlite"], 1
    options.scale = options.scale or ["s2", "s3"]
    options.database = options.database or ["sqlite", "postgresql"]
    return options


def _prepare(scratch: Scratch, scale: str, databases: list[str], progress: Progress) -> int:
    """Generate, save and load one scale's data; the number of records."""
    task = progress.add_task(f"{scale}: data", total=4)
    world = generate(SCALES[scale])
    world.save(scratch.columns)
    found = scratch_tables(world)
    write_parquet(found, scratch.parquet)
    progress.advance(task)
    if scale != "s35":
        if "sqlite" in databases:
            write_sqlite(found, scratch.sqlite)
        progress.advance(task)
        if "postgresql" in databases:
            write_postgresql(found, fresh_postgresql(scratch.database))
        progress.advance(task)
        oracle_table(scratch)
        for database in databases:
            _load_engine(scratch, database)
    progress.update(task, completed=4)
    return len(world.evidence.org)


def _load_engine(scratch: Scratch, database: str) -> None:
    """The product's own tables, migrated and filled in a process of their own."""
    command = [sys.executable, "-m", "bench.ledger.product", str(scratch.folder), database]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"loading {database}: {done.stderr[-3000:]}")


def _small_things(
    scratch: Scratch,
    options: argparse.Namespace,
    progress: Progress,
    spreads: dict[str, dict[str, Spread]],
    rates: dict[str, list[Rate]],
) -> None:
    """Changes and questions on each database; month end on PostgreSQL at the largest scale."""
    scale = scratch.folder.name
    for database in options.database:
        task = progress.add_task(f"{scale}: changes and questions, {database}", total=1)
        measured = measure_operations(scratch, database, options.quick)
        spreads[f"{scale} {database}"] = measured
        progress.advance(task)
    if scale == options.scale[-1] and "postgresql" in options.database:
        task = progress.add_task(f"{scale}: month end, eight writers", total=2)
        prepare_locking(scratch)
        for design in ("locking", "product"):
            rates[design] = [month_end(design, scratch, 8)]
            progress.advance(task)


def ways(scale: str, databases: list[str]) -> list[str]:
    """What is compared at a scale; what would take hours there is left out."""
    if scale == "s35":
        return ["kernel@files", "duckdb"]
    loops = ["best-loop"] if scale == "s3" else ["best-loop", "cell-loop"]
    stores = [f"{name}@{base}" for base in databases for name in ["engine", "statement", *loops]]
    return ["kernel@files", "duckdb", "pandas", *stores]


def _compare(
    scratch: Scratch, options: argparse.Namespace, progress: Progress
) -> tuple[dict[str, Timing], bool]:
    """Rounds of all ways in turn, so that a busy minute hits all alike."""
    scale = scratch.folder.name
    names = ways(scale, options.database)
    slow = {
        name for name in names if "cell-loop" in name or ("best-loop" in name and scale == "s3")
    }
    task = progress.add_task(f"{scale}: computing", total=len(names) * options.rounds)
    taken: dict[str, list[Timing]] = {name: [] for name in names}
    repeat = 1 if scale in ("s3", "s35") else 5
    for turn in range(options.rounds):
        for name in names:
            if turn == 0 or name not in slow:
                progress.update(task, description=f"{scale}: {name}")
                once = name in slow or options.quick
                taken[name].append(measure(name, scratch, 1 if once else repeat + 1))
            progress.advance(task)
    found = {
        name: Timing(
            [value for timing in timings for value in timing.seconds],
            max(timing.megabytes for timing in timings),
            timings[0].digest,
        )
        for name, timings in taken.items()
    }
    expected = found["duckdb"].digest if scale == "s35" else digest(oracle_table(scratch))
    wrong = [name for name, timings in taken.items() if any(t.digest != expected for t in timings)]
    if wrong:
        progress.console.print(f"{scale}: {', '.join(wrong)} differ from the oracle")
    return found, not wrong


def _clean(base: Path, scratches: list[Scratch], databases: list[str]) -> None:
    shutil.rmtree(base, ignore_errors=True)
    if "postgresql" in databases:
        for scratch in scratches:
            drop_postgresql(scratch.database)
            drop_postgresql(database_name(scratch))


if __name__ == "__main__":
    sys.exit(main())
