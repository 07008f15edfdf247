"""The chain on plain values. Standard library only, so that an export can be checked anywhere:

    python -m bihuan.audit.rules EXPORT

An export is one JSON object a line, the entries in order, and last a line {"checkpoint": …}
with the number of entries and both hashes of the last one. A checkpoint kept elsewhere (on
paper, at the superior's) shows also that nothing was cut off or written anew.

Hashes: SM3 (GB/T 32905-2016) and SHA-256 (FIPS 180-4) over the canonical JSON (keys sorted, no
spaces, UTF-8) of the entry with both hashes of the entry before it.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

_openssl_sm3: Any
try:
    _openssl_sm3 = hashlib.new("sm3")
except ValueError:
    from cryptography.hazmat.primitives.hashes import SM3, Hash

    _openssl_sm3 = None

START = "0" * 64
_canonical = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode
HASHED = (
    "index", "at", "actor", "actor_id", "verb", "thing", "thing_id", "org_path", "about",
    "purpose", "detail",
)  # fmt: skip


def hashes(entry: dict[str, Any], previous: tuple[str, str]) -> tuple[str, str]:
    """SM3 and SHA-256 of `entry`, chained to the hashes of the entry before it."""
    body = {name: entry[name] for name in HASHED}
    body["previous"] = list(previous)
    data = _canonical(body).encode("utf-8", "surrogatepass")
    return sm3(data), hashlib.sha256(data).hexdigest()


def sm3(data: bytes) -> str:
    """SM3 of `data` by OpenSSL: that of Python, else that of the package `cryptography`."""
    if _openssl_sm3 is None:
        digest = Hash(SM3())
        digest.update(data)
        return digest.finalize().hex()
    hasher = _openssl_sm3.copy()
    hasher.update(data)
    return str(hasher.hexdigest())


def first_fault(entries: Iterable[dict[str, Any]]) -> tuple[int, str] | None:
    """The index of the first entry that is not as it was written, and what is wrong; or None."""
    previous, expected = (START, START), 1
    for entry in entries:
        if entry.get("index") != expected:
            return expected, f"entry {expected} is missing; found {entry.get('index')}"
        missing = [name for name in (*HASHED, "sm3", "sha256") if name not in entry]
        if missing:
            return expected, f"entry {expected} lacks {', '.join(missing)}"
        found = hashes(entry, previous)
        wrong = [
            name
            for name, hash_ in zip(("sm3", "sha256"), found, strict=True)
            if hash_ != entry[name]
        ]
        if wrong:
            # One hash alone: that field was changed. Both: what they were taken over was.
            field = wrong[0] if len(wrong) == 1 else "its content or the entry before it"
            return expected, f"entry {expected} does not match its hashes: {field}"
        previous, expected = found, expected + 1
    return None


def checkpoint(last: dict[str, Any] | None) -> dict[str, Any]:
    """What to keep elsewhere: how many entries there are and the hashes of the last one."""
    if last is None:
        return {"entries": 0, "sm3": START, "sha256": START}
    return {"entries": last["index"], "sm3": last["sm3"], "sha256": last["sha256"]}


def verify_lines(lines: Iterable[str]) -> tuple[int, str | None]:
    """Number of good entries in an export, and the fault that ended the count, if any."""
    good = 0
    last: dict[str, Any] | None = None
    kept: dict[str, Any] | None = None

    def entries() -> Iterator[dict[str, Any]]:
        nonlocal good, last, kept
        for line in lines:
            if not line.strip():
                continue
            entry = json.loads(line)
            if "checkpoint" in entry:
                kept = entry["checkpoint"]
                continue
            yield entry
            good, last = good + 1, entry

    try:
        fault = first_fault(entries())
    except (ValueError, TypeError, AttributeError):
        return good, f"entry {good + 1} is not a line of an export"
    if fault is not None:
        return good, fault[1]
    if kept is None:
        return good, "the checkpoint at the end is missing: the export may have been cut off"
    if kept != checkpoint(last):
        return good, f"the checkpoint speaks of {kept.get('entries')} entries, {good} were found"
    return good, None


# The example of GB/T 32905-2016, appendix A.1: a wrong SM3 must not write a single entry.
if sm3(b"abc") != "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0":
    raise RuntimeError("SM3 gives a wrong answer")


def main() -> int:
    with Path(sys.argv[1]).open(encoding="utf-8") as lines:
        good, fault = verify_lines(lines)
    sys.stdout.write(f"{fault or 'OK'} ({good} good entries)\n")
    return 1 if fault else 0


if __name__ == "__main__":
    sys.exit(main())
