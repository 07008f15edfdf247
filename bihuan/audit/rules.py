"""The chain on plain values. Standard library only, so that an export can be checked anywhere:

    python rules.py EXPORT

An export is one JSON object a line, the entries in order, and last a line {"checkpoint": …}
with the number of entries and both hashes of the last one. A checkpoint kept elsewhere (on
paper, at the superior's) shows also that nothing was cut off or written anew.

Hashes: SM3 (GB/T 32905-2016) and SHA-256 (FIPS 180-4) over the canonical JSON (keys sorted, no
spaces, UTF-8) of the entry with both hashes of the entry before it. Entries of form 1 have the
fields `FIRST`; later ones say their form and carry `SECOND` besides. A chain may hold both.

A personal value stands in an entry as a commitment only: SM3 over salt and value. Whoever is
shown both can check them with `commitment`; when the salt is gone, nobody can guess the value,
and the chain verifies as before.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

_openssl_sm3: Any
try:
    _openssl_sm3 = hashlib.new("sm3")
except ValueError:
    from cryptography.hazmat.primitives.hashes import SM3, Hash

    _openssl_sm3 = None

START = "0" * 64
FORM = 2
"""The form in which entries are written today."""
FIRST = (
    "index", "at", "actor", "actor_id", "verb", "thing", "thing_id", "org_path", "about",
    "purpose", "detail",
)  # fmt: skip
SECOND = ("form", "roles", "request", "sealed")
HASHED = {1: FIRST, 2: FIRST + SECOND}
"""Form → the fields that its hashes are taken over."""
_NUMBER = (int, type(None))
EVERY = 10_000
"""After how many entries a long check tells how far it is."""

_by_the_library = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode
_quoted = json.encoder.encode_basestring


def canonical(value: Any) -> str:
    """`value` as JSON with sorted keys and without spaces."""
    return _by_the_library(value) if value != {} else "{}"


def hashes(entry: dict[str, Any], previous: tuple[str, str]) -> tuple[str, str]:
    """SM3 and SHA-256 of `entry`, chained to the hashes of the entry before it."""
    data = text_of(entry, previous).encode("utf-8", "surrogatepass")
    return sm3(data), hashlib.sha256(data).hexdigest()


def text_of(entry: dict[str, Any], previous: tuple[str, str]) -> str:
    """The canonical JSON that is hashed: the fields of the entry's form and `previous`."""
    if entry.get("form") == FORM and _numbers_are_numbers(entry):
        try:
            return _plain_text(entry, previous)
        except TypeError:  # a text that is none; the library writes whatever it is
            pass
    body = {name: entry[name] for name in HASHED[entry.get("form", 1)]}
    return canonical({**body, "previous": previous})


def _numbers_are_numbers(entry: dict[str, Any]) -> bool:
    """Whether what `_plain_text` writes without quotes is a number (or null), as it must be."""
    return (
        type(entry["index"]) is type(entry["form"]) is int
        and type(entry["actor_id"]) in _NUMBER
        and type(entry["about"]) in _NUMBER
    )


def _plain_text(entry: dict[str, Any], previous: tuple[str, str]) -> str:
    """What the library would write, in half its time: a million entries are many."""
    actor_id = "null" if entry["actor_id"] is None else entry["actor_id"]
    about = "null" if entry["about"] is None else entry["about"]
    return (
        f'{{"about":{about},"actor":{_quoted(entry["actor"])},"actor_id":{actor_id},'
        f'"at":{_quoted(entry["at"])},"detail":{canonical(entry["detail"])},'
        f'"form":{entry["form"]},"index":{entry["index"]},'
        f'"org_path":{_quoted(entry["org_path"])},"previous":["{previous[0]}","{previous[1]}"],'
        f'"purpose":{_quoted(entry["purpose"])},"request":{_quoted(entry["request"])},'
        f'"roles":{_quoted(entry["roles"])},"sealed":{canonical(entry["sealed"])},'
        f'"thing":{_quoted(entry["thing"])},"thing_id":{_quoted(entry["thing_id"])},'
        f'"verb":{_quoted(entry["verb"])}}}'
    )


def commitment(salt: str, value: Any) -> str:
    """What stands in an entry for a personal value: SM3 over the salt and its canonical JSON."""
    return sm3(f"{salt}:{canonical(value)}".encode("utf-8", "surrogatepass"))


def sm3(data: bytes) -> str:
    """SM3 of `data` by OpenSSL: that of Python, else that of the package `cryptography`."""
    if _openssl_sm3 is None:
        digest = Hash(SM3())
        digest.update(data)
        return digest.finalize().hex()
    hasher = _openssl_sm3.copy()
    hasher.update(data)
    return str(hasher.hexdigest())


def first_fault(
    entries: Iterable[dict[str, Any]],
    progress: Callable[[int], None] | None = None,
    *,
    first: int = 1,
    before: tuple[str, str] = (START, START),
) -> tuple[int, str] | None:
    """The index of the first entry that is not as it was written, and what is wrong; or None.

    `progress` is told every ten thousand entries how many were good so far. A piece of a chain
    begins with entry `first`, and `before` are the hashes of the entry before it.
    """
    previous, expected = before, first
    for entry in entries:
        unlike = _unlike_its_form(entry, expected)
        if unlike:
            return expected, unlike
        found = hashes(entry, previous)
        if found != (entry["sm3"], entry["sha256"]):
            return expected, f"entry {expected} does not match its hashes: {_wrong(entry, found)}"
        if progress is not None and expected % EVERY == 0:
            progress(expected)
        previous, expected = found, expected + 1
    return None


def _unlike_its_form(entry: dict[str, Any], expected: int) -> str:
    """What speaks against the entry before its hashes are looked at; "" if nothing does."""
    if entry.get("index") != expected:
        return f"entry {expected} is missing; found {entry.get('index')}"
    form = entry.get("form", 1)
    fields = HASHED.get(form) if type(form) is int else None
    if fields is None:
        return f"entry {expected} has an unknown form: {form}"
    if len(entry) == len(fields) + 2 and "sm3" in entry and "sha256" in entry:
        missing = [name for name in fields if name not in entry]
    else:
        missing = [name for name in (*fields, "sm3", "sha256") if name not in entry]
        if not missing:
            more = sorted(set(entry) - {*fields, "sm3", "sha256"})
            return f"entry {expected} carries what its form does not know: {', '.join(more)}"
    return f"entry {expected} lacks {', '.join(missing)}" if missing else ""


def _wrong(entry: dict[str, Any], found: tuple[str, str]) -> str:
    """One hash alone: that field was changed. Both: what they were taken over was."""
    pairs = zip(("sm3", "sha256"), found, strict=True)
    wrong = [name for name, hash_ in pairs if hash_ != entry[name]]
    return wrong[0] if len(wrong) == 1 else "its content or the entry before it"


def checkpoint(last: dict[str, Any] | None) -> dict[str, Any]:
    """What to keep elsewhere: how many entries there are and the hashes of the last one."""
    if last is None:
        return {"entries": 0, "sm3": START, "sha256": START}
    return {"entries": last["index"], "sm3": last["sm3"], "sha256": last["sha256"]}


def verify_lines(
    lines: Iterable[str], progress: Callable[[int], None] | None = None
) -> tuple[int, str | None]:
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
        fault = first_fault(entries(), progress)
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
        good, fault = verify_lines(lines, _tell)
    sys.stdout.write(f"{fault or 'OK'} ({good} good entries)\n")
    return 1 if fault else 0


def _tell(good: int) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(f"\r{good} ")


if __name__ == "__main__":
    sys.exit(main())
