"""What was measured, kept as JSON, so that a long comparison can be run in parts."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

from bench.ledger.child import Timing
from bench.ledger.operations import Spread
from bench.ledger.writers import Rate


@dataclass
class Figures:
    """scale → records, scale → way → timing, "scale database" → operation → spread,
    design → rates."""

    sizes: dict[str, int] = field(default_factory=dict)
    computing: dict[str, dict[str, Timing]] = field(default_factory=dict)
    operations: dict[str, dict[str, Spread]] = field(default_factory=dict)
    writers: dict[str, list[Rate]] = field(default_factory=dict)

    @classmethod
    def load(cls, file: Path) -> Figures:
        """What was kept there; nothing if there is no such file."""
        if not file.exists():
            return cls()
        told = json.loads(file.read_text())
        return cls(
            told["sizes"],
            {
                scale: {way: Timing(**timing) for way, timing in ways.items()}
                for scale, ways in told["computing"].items()
            },
            {
                store: {name: Spread(**spread) for name, spread in spreads.items()}
                for store, spreads in told["operations"].items()
            },
            {design: [Rate(**rate) for rate in rates] for design, rates in told["writers"].items()},
        )

    def save(self, file: Path) -> None:
        file.write_text(json.dumps(asdict(self), indent=1, sort_keys=True))
