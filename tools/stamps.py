"""Stamps: a step is skipped while the content of everything it was made from is unchanged."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path


def fingerprint(paths: Iterable[Path], *words: str) -> str:
    """One hash over the names and contents of files, and over further words."""
    digest = hashlib.sha256()
    for path in sorted(paths):
        digest.update(f"{path.name}\0{path.stat().st_size}\0".encode())
        digest.update(path.read_bytes())
    for word in words:
        digest.update(f"{word}\0".encode())
    return digest.hexdigest()


class Stamp:
    """The fingerprint that a finished step left in a file."""

    def __init__(self, file: Path, content: str) -> None:
        self.file = file
        self.content = content

    def is_fresh(self) -> bool:
        return self.file.is_file() and self.file.read_text() == self.content

    def set(self) -> None:
        self.file.parent.mkdir(parents=True, exist_ok=True)
        self.file.write_text(self.content)

    def clear(self) -> None:
        self.file.unlink(missing_ok=True)
