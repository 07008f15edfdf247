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
from bench.ledger.data import SCALES, World, generate
from bench.ledger.figures import Figures
from bench.ledger.operations import measure_operations
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
from bench.ledger.writers import DESIGNS, forget, month_end, prepare_locking

PARTS = ("computing", "operations", "writers")


def main(arguments: list[str] | None = None) -> int:
    """Exit status 1 if any two results differ."""
    options = _options(arguments)
    folder = os.environ.get("BIHUAN_BENCH_DIR")
    base = Path(folder) if folder else Path(tempfile.mkdtemp(prefix="bihuan-bench-"))
    base.mkdir(parents=True, exist_ok=True)
    console, equal = Console(), True
    kept = Figures.load(base / "figures.json")
    scratches = [Scratch(base / scale) for scale in options.scale]
    try:
        with Progress(console=console) as progress:
            for scratch in scratches:
                kept.sizes[scratch.scale] = _prepare(scratch, options.database, progress)
                if "computing" in options.part:
                    equal &= _compare(scratch, options, kept, progress)
                if scratch.scale != "s35":
                    _small_things(scratch, options, kept, progress)
                kept.save(base / "figures.json")
    finally:
        if not folder:
            _clean(base, scratches, options.database)
    for name, text in tables.all_of(kept).items():
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
    parser.add_argument("--part", action="append", choices=PARTS)
    parser.add_argument("--way", action="append", help="of computing; all, if none is named")
    parser.add_argument("--rounds", type=int, default=3, help="interleaved repetitions")
    parser.add_argument("--quick", action="store_true", help="60 organisations, SQLite, one round")
    parser.add_argument("--write", action="store_true", help="write the tables into the README")
    options = parser.parse_args(arguments)
    if options.quick:
        options.scale, options.database, options.rounds = ["smoke"], ["sqlite"], 1
    options.scale = options.scale or ["s2", "s3"]
    options.database = options.database or ["sqlite", "postgresql"]
    options.part = options.part or list(PARTS)
    return options


def _prepare(scratch: Scratch, databases: list[str], progress: Progress) -> int:
    """Generate, save and load one scale's data, unless it is there; the number of records."""
    wanted = [] if scratch.scale == "s35" else databases
    missing = [each for each in wanted if not scratch.ready(each).exists()]
    task = progress.add_task(f"{scratch.scale}: data", total=2 + 2 * len(missing))
    if not scratch.ready("columns").exists():
        generate(SCALES[scratch.scale]).save(scratch.columns)
    world = World.load(scratch.columns)
    progress.advance(task)
    if missing or not scratch.ready("columns").exists():
        found = scratch_tables(world)
        write_parquet(found, scratch.parquet)
    if wanted:
        oracle_table(scratch)
    scratch.ready("columns").touch()
    progress.advance(task)
    for database in missing:
        if database == "sqlite":
            write_sqlite(found, scratch.sqlite)
        else:
            write_postgresql(found, fresh_postgresql(scratch.database))
        progress.advance(task)
        _load_engine(scratch, database)
        scratch.ready(database).touch()
        progress.advance(task)
    return len(world.evidence.org)


def _load_engine(scratch: Scratch, database: str) -> None:
    """The product's own tables, migrated and filled in a process of their own."""
    command = [sys.executable, "-m", "bench.ledger.product", str(scratch.folder), database]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"loading {database}: {done.stderr[-3000:]}")


def _small_things(
    scratch: Scratch, options: argparse.Namespace, kept: Figures, progress: Progress
) -> None:
    """Changes and questions on each database; month end on PostgreSQL."""
    for database in options.database if "operations" in options.part else []:
        task = progress.add_task(f"{scratch.scale}: changes and questions, {database}", total=1)
        measured = measure_operations(scratch, database, options.quick)
        kept.operations[f"{scratch.scale} {database}"] = measured
        progress.advance(task)
    if "writers" in options.part and "postgresql" in options.database:
        task = progress.add_task(f"{scratch.scale}: month end, eight writers", total=3)
        prepare_locking(scratch)
        kept.writers = {design: [] for design in DESIGNS}
        for _turn in range(1 if options.quick else 3):
            for design, rates in kept.writers.items():
                rates.append(month_end(design, scratch, 8))
            progress.advance(task)
        forget(scratch)


def ways(scale: str, databases: list[str]) -> list[str]:
    """What is compared at a scale; what would take hours there is left out."""
    if scale == "s35":
        return ["kernel@files", "duckdb"]
    loops = ["best-loop"] if scale == "s3" else ["best-loop", "cell-loop"]
    stores = [f"{name}@{base}" for base in databases for name in ["engine", "statement", *loops]]
    return ["kernel@files", "duckdb", "pandas", *stores]


def _compare(
    scratch: Scratch, options: argparse.Namespace, kept: Figures, progress: Progress
) -> bool:
    """Rounds of all ways in turn, so that a busy minute hits all alike; whether all agree."""
    scale = scratch.scale
    names = [
        name for name in ways(scale, options.database) if options.way is None or name in options.way
    ]
    task = progress.add_task(f"{scale}: computing", total=len(names) * options.rounds)
    taken: dict[str, list[Timing]] = {name: [] for name in names}
    for turn in range(options.rounds):
        for name in names:
            if turn == 0 or not _takes_minutes(name, scale):
                progress.update(task, description=f"{scale}: {name}")
                taken[name].append(measure(name, scratch, _repetitions(name, scale, options)))
            progress.advance(task)
    known = kept.computing.setdefault(scale, {})
    known |= {name: Timing.together(timings) for name, timings in taken.items()}
    expected = known["duckdb"].digest if scale == "s35" else digest(oracle_table(scratch))
    wrong = [name for name, timings in taken.items() if any(t.digest != expected for t in timings)]
    if wrong:
        progress.console.print(f"{scale}: {', '.join(wrong)} differ from the oracle")
    return not wrong


def _takes_minutes(name: str, scale: str) -> bool:
    return "cell-loop" in name or ("best-loop" in name and scale == "s3")


def _repetitions(name: str, scale: str, options: argparse.Namespace) -> int:
    if _takes_minutes(name, scale) or options.quick:
        return 1
    return 2 if scale in ("s3", "s35") else 6


def _clean(base: Path, scratches: list[Scratch], databases: list[str]) -> None:
    shutil.rmtree(base, ignore_errors=True)
    if "postgresql" in databases:
        for scratch in scratches:
            drop_postgresql(scratch.database)
            drop_postgresql(database_name(scratch))


if __name__ == "__main__":
    sys.exit(main())
