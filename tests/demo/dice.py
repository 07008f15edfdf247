"""A source of chance that always falls the same way."""

from __future__ import annotations

from random import Random

LOADED = Random(1)
