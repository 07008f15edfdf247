"""Compile the translations (.po → .mo) without gettext's tools, which a fresh machine lacks."""

from __future__ import annotations

from pathlib import Path

import polib

from tools.console import ROOT

LOCALE = ROOT / "bihuan" / "locale"


def compile_catalogues(folder: Path = LOCALE) -> list[Path]:
    """Write each catalogue's .mo beside it, unless it is newer already; return those written.

    As with msgfmt, fuzzy and empty entries are left out, so that their message id is shown.
    """
    written = []
    for source in sorted(folder.glob("*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime_ns >= source.stat().st_mtime_ns:
            continue
        polib.pofile(str(source)).save_as_mofile(str(target))
        written.append(target)
    return written


if __name__ == "__main__":
    compile_catalogues()
