"""Figures as Markdown tables between markers of ``bench/README.md``."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable
from pathlib import Path

from bench.ledger.child import Timing
from bench.ledger.data import SCALES
from bench.ledger.figures import Figures
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


def all_of(kept: Figures) -> dict[str, str]:
    """The tables by the name of their markers."""
    return {
        "ledger-computing": computing(kept.computing, kept.sizes),
        "ledger-operations": operations(kept.operations),
        "ledger-writers": writers(kept.writers),
    }


def computing(found: dict[str, dict[str, Timing]], sizes: dict[str, int]) -> str:
    """Ways × scales: seconds, cores, memory, times the product; the exponent of the last two."""
    scales = [scale for scale in SCALES if scale in found]
    head = ["way", *(f"{scale}: s (CPU s, MB), times Bihuan" for scale in scales), "exponent"]
    ways = [way for way in NAMES if any(way in found[scale] for scale in scales)]
    rows = []
    for way in ways:
        cells = [_cell(way, found[scale]) for scale in scales]
        rows.append([NAMES[way], *cells, _exponent(way, found, sizes, scales)])
    return table(head, rows)


def operations(found: dict[str, dict[str, Spread]]) -> str:
    """Operations × databases: milliseconds, median / 95th percentile."""
    names = list(dict.fromkeys(name for spreads in found.values() for name in spreads))
    rows = [[name, *(spreads.get(name, "–") for spreads in found.values())] for name in names]
    return table(["ms, median / p95", *found], rows)


def writers(found: dict[str, list[Rate]]) -> str:
    """Designs with what eight writers file a second."""
    names = {"locking": "every ancestor locked", "product": "**Bihuan**, the ledger's part"}
    names |= {"audited": "Bihuan with the entry in the audit chain"}
    rows = [
        [
            names[design],
            f"{statistics.median(rate.per_second for rate in rates):.0f}",
            f"{statistics.median(rate.p95 for rate in rates):.1f}",
        ]
        for design, rates in found.items()
    ]
    return table(["design", "records/s", "p95 ms"], rows)


def _cell(way: str, found: dict[str, Timing]) -> str:
    timing = found.get(way)
    if timing is None:
        return "–"
    told = f"{seconds(timing.median)} ({seconds(timing.cpu)}, {timing.megabytes:.0f})"
    stores = ["engine@postgresql"] if "postgresql" in way else ["engine@sqlite"]
    if way in ("duckdb", "pandas"):
        stores = ["engine@sqlite", "engine@postgresql"]
    times = [f"{timing.median / found[store].median:.3g}×" for store in stores if store in found]
    return told if way.startswith(("engine", "kernel")) else f"{told}, {' / '.join(times)}"


def _exponent(
    way: str, found: dict[str, dict[str, Timing]], sizes: dict[str, int], scales: list[str]
) -> str:
    both = [scale for scale in scales if way in found[scale]]
    if len(both) < 2:
        return "–"
    small, large = both[-2:]
    time = found[large][way].median / found[small][way].median
    return f"{math.log(time) / math.log(sizes[large] / sizes[small]):.2f}"


def write(name: str, text: str, readme: Path = README) -> None:
    """Put ``text`` between the markers of that name."""
    begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    page = readme.read_text()
    before, _, rest = page.partition(begin)
    _, found, after = rest.partition(end)
    if not found:
        raise ValueError(f"{readme} has no markers {begin} … {end}")
    readme.write_text(f"{before}{begin}\n{text}\n{end}{after}")
