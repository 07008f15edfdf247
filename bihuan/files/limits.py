"""How much a file may cost. One object, so that a test can make it small."""

from __future__ import annotations

from dataclasses import dataclass

MEGABYTE = 1024 * 1024


@dataclass(frozen=True)
class Limits:
    """Ceilings of the gate; sizes in bytes, times in seconds.

    `ratio` is unpacked to packed size of a whole archive and is looked at only above
    `ratio_from` unpacked bytes: an empty form compresses well and harms nobody.
    """

    size: int = 20 * MEGABYTE
    entries: int = 2_000
    unpacked: int = 200 * MEGABYTE
    ratio: int = 100
    ratio_from: int = 2 * MEGABYTE
    pages: int = 1_000
    characters: int = 2_000_000
    pixels: int = 250_000_000
    memory: int = 512 * MEGABYTE
    cpu: int = 20
    wall: int = 40
    answer: int = 16 * MEGABYTE


# LibreOffice, the second way to read a .doc, cannot start in less.
OFFICE_LIMITS = Limits(memory=3072 * MEGABYTE, cpu=60, wall=90)
