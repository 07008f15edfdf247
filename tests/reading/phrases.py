"""Phrases of plans with their readings, from `phrases.yaml`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

PHRASES: dict[str, Any] = yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text("utf-8"))
