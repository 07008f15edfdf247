"""Figures as Markdown tables between markers of ``bench/README.md``."""

from __future__ import annotations

import math
from collections.abc import Iterable
from pathlib import Path

from bench.ledger.child import Timing
from bench.ledger.operations import Spread
from bench.ledger.writers import Rate

README = Path(__file__).parents[1] / "README.md"

NAMES = {
    "engine@sqlite": "**Bihuan on SQLite**",
    "engine@postgresql": "**Bihuan on PostgreSQL**",
    "kernel@files": "Bihuan's kernel alone, column files, one core",
    "duckdb": "DuckDB on Parquet, one statement, two threads",
    "pandas": "pandas on Parquet, merge and group by",
    "statement@sqlite": "SQLite, one statement",
    "statement@postgresql": "PostgreSQL, one statement",
    "best-loop@sqlite": "one ORM query and a Python loop, SQLite",
    "best-loop@postgresql": "one ORM query and a Python loop, PostgreSQL",
    "cell-loop@sqlite": "an ORM query for every cell, SQLite",
    "cell-loop@postgresql": "an ORM query for every cell, PostgreSQL",
}


def seconds(value: float) -> str:
    """Three significant digits."""
    if value <= 0:
        return "0"
    digits = max(0, 2 - math.floor(math.log10(value)))
    return f"{value:.{digits}f}"


def table(head: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """A Markdown table."""
    names = list(head)
    lines = [names, ["---"] * len(names), *([str(cell) for cell in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def computing(found: dict[str, dict[str, Timing]], sizes: dict[str, str]) -> str:
    """Ways × scales: seconds, times the kernel, memory; the exponent between two scales."""
    scales = list(found)
    head = ["way", *(f"{scale}: s (RSS MB)" for scale in scales), "exponent"]
    ways = [way for way in NAMES if any(way in found[scale] for scale in scales)]
    rows = []
    for way in ways:
        cells = [_cell(found[scale].get(way)) for scale in scales]
        rows.append([NAMES[way], *cells, _exponent(way, found, sizes)])
    return table(head, rows)


def operations(found: dict[str, dict[str, Spread]]) -> str:
    """Operations × databases: milliseconds, median / 95th percentile."""
    names = list(dict.fromkeys(name for spreads in found.values() for name in spreads))
    rows = [[name, *(spreads.get(name, "–") for spreads in found.values())] for name in names]
    return table(["ms, median / p95", *found], rows)


def writers(found: dict[str, list[Rate]]) -> str:
    """Designs with what eight writers file a second."""
    names = {"locking": "every ancestor locked", "product": "**Bihuan**"}
    rows = [
        [names[design], f"{rate.per_second:.0f}", f"{rate.p95:.1f}"]
        for design, rates in found.items()
        for rate in rates
    ]
    return table(["design", "records/s", "p95 ms"], rows)


def _cell(timing: Timing | None) -> str:
    if timing is None:
        return "–"
    return f"{seconds(timing.median)} ({timing.megabytes:.0f})"


def _exponent(way: str, found: dict[str, dict[str, Timing]], sizes: dict[str, str]) -> str:
    both = [scale for scale in found if way in found[scale]]
    if len(both) < 2:
        return "–"
    small, large = both[-2:]
    time = found[large][way].median / found[small][way].median
    return f"{math.log(time) / math.log(int(sizes[large]) / int(sizes[small])):.2f}"


def write(name: str, text: str, readme: Path = README) -> None:
    """Put ``text`` between the markers of that name."""
    begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    page = readme.read_text()
    before, _, rest = page.partition(begin)
    _, found, after = rest.partition(end)
    if not found:
        raise ValueError(f"{readme} has no markers {begin} … {end}")
    readme.write_text(f"{before}{begin}\n{text}\n{end}{after}")
