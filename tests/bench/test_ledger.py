"""The benchmark of the ledger still runs, and all its ways give the same result."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("duckdb", reason="requirements/bench.txt is not installed")
pytest.importorskip("pandas", reason="requirements/bench.txt is not installed")


@pytest.mark.slow
def test_all_ways_agree_on_sixty_organisations() -> None:
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-m", "bench.ledger", "--quick"],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert "all results equal" in done.stdout
