"""From an uploaded file to its text, or to what is kept of it: the only door for files.

The file is copied under a size limit into a scratch folder and parsed there by a child
process (see `child` and `confine`). The parent never parses; a child that dies, hangs or eats
its memory is a file that cannot be read, not an error of the server. A child is started as a
new program, never forked, so this is safe in a threaded web server.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import re
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import threading
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

from bihuan.files.faults import Values
from bihuan.files.limits import MEGABYTE, OFFICE_LIMITS, Limits
from bihuan.files.messages import NOTICES, REFUSALS, WHEN_KEPT, sentence
from bihuan.files.ole import MAGIC
from bihuan.files.sniff import EXTENSIONS, Kind
from bihuan.lib.refusals import Refused

CHUNK = 1 << 16
ROOT = Path(__file__).resolve().parents[2]
CPU_SIGNALS = (-signal.SIGXCPU, -signal.SIGKILL)
# Each child may take half a gigabyte: a rush of uploads waits here instead of in swap.
SLOTS = threading.BoundedSemaphore(4)
UNFIT_FOR_NAMES = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
LONGEST_NAME = 120
# Extensions of files that people rename to something they are not.
ALIASES = {"heic", "heif", "gif", "bmp", "xls", "ppt", "pptx", "zip", "rtf", "exe"}
# The camera's note that stays in a picture makes it longer by some bytes at most.
SLACK = 4096

Source = str | Path | bytes | IO[bytes]


class FileRefused(Refused):
    """A file that is not taken, for the reason `code`; `str()` says what to do instead.

    `code` is a key of `messages.REFUSALS`. The sentence is put into the reader's language when
    it is asked for, not when the refusal is raised.
    """

    def __init__(self, code: str, **values: str | int) -> None:
        super().__init__(code)
        self.code = code
        self.values: Values = values

    def __str__(self) -> str:
        return sentence(REFUSALS, self.code, self.values)


@dataclass(frozen=True)
class Notice:
    """Something the person should know about a text that was read. `str()` is the sentence."""

    code: str
    values: Values

    def __str__(self) -> str:
        return sentence(NOTICES, self.code, self.values)


@dataclass(frozen=True)
class Document:
    """The text of a file: paragraphs on lines of their own, table rows with tabs between cells.

    `kind` is what the bytes are, whatever the name says.
    """

    text: str
    kind: Kind
    warnings: tuple[Notice, ...]


@dataclass(frozen=True)
class Kept:
    """A file that may be kept: its bytes, what they are, a name that fits them, and SHA-256."""

    data: bytes
    kind: Kind
    name: str
    sha256: str
    warnings: tuple[Notice, ...]


Answer = tuple[Kind, str, list[Notice]]


def read_document(source: Source, *, name: str, limits: Limits | None = None) -> Document:
    """The text of an uploaded document, or `FileRefused`.

    `source` is a path, the bytes, or an open binary file such as an upload. `name` is what the
    sender calls it; it appears in messages and is believed in nothing. `limits` are the usual
    ones unless given.
    """
    shown = clean_name(name)
    with tempfile.TemporaryDirectory(prefix="bihuan-file-") as folder:
        scratch = Path(folder)
        try:
            copy_limited(source, scratch / "input", limits or Limits())
            asked = limits or limits_for(scratch / "input")
            kind, text, notices = run_child(scratch, asked)
        except FileRefused as refusal:
            refusal.values["name"] = shown
            raise
    extension = shown.rpartition(".")[2].lower() if "." in shown else ""
    if extension not in EXTENSIONS[kind]:
        notices.insert(0, Notice("extension", {"kind": kind.value}))
    return Document(text, kind, tuple(notices))


def keep_file(source: Source, *, name: str, limits: Limits | None = None) -> Kept:
    """What may be kept of an uploaded file, or `FileRefused`.

    Photographs come out without place, time and device. `source` and `name` are as for
    `read_document`; the name comes back with the extension that fits the bytes.
    """
    shown = clean_name(name)
    with tempfile.TemporaryDirectory(prefix="bihuan-file-") as folder:
        scratch = Path(folder)
        limits = limits or Limits()
        try:
            copy_limited(source, scratch / "input", limits)
            kind, _text, notices = run_child(scratch, limits, keep=True)
            data = take_output(scratch / "output", limits)
        except FileRefused as refusal:
            refusal.code = WHEN_KEPT.get(refusal.code, refusal.code)
            refusal.values["name"] = shown
            raise
    fitting = fitting_name(shown, kind)
    if fitting != shown:
        notices.insert(0, Notice("renamed", {"name": shown, "new": fitting}))
    return Kept(data, kind, fitting, hashlib.sha256(data).hexdigest(), tuple(notices))


def fitting_name(name: str, kind: Kind) -> str:
    """`name` with an extension that tells what the bytes are."""
    stem, dot, extension = name.rpartition(".")
    if dot and extension.lower() in EXTENSIONS[kind]:
        return name
    known = {each for several in EXTENSIONS.values() for each in several if each}
    base = stem if dot and stem and extension.lower() in known | ALIASES else name
    return f"{base[: LONGEST_NAME - 5]}.{kind.value}"


def take_output(path: Path, limits: Limits) -> bytes:
    """The bytes the child says may be kept."""
    try:
        data = read_regular_file(path, limits.size + SLACK)
    except OSError as error:
        raise FileRefused("died") from error
    if not data or len(data) >= limits.size + SLACK:
        raise FileRefused("died")
    return data


def clean_name(name: str) -> str:
    """The last part of a file name, fit to be shown: no control or bidirectional characters."""
    last = re.split(r"[/\\]", UNFIT_FOR_NAMES.sub("", name))[-1].strip()
    return last[:LONGEST_NAME] or "?"


def copy_limited(source: Source, target: Path, limits: Limits) -> None:
    """Copy `source` to `target`, stopping as soon as it is too large."""
    with opened(source) as stream, target.open("wb") as copy:
        size = 0
        while chunk := stream.read(CHUNK):
            size += len(chunk)
            if size > limits.size:
                raise FileRefused("too_large", limit=limits.size // MEGABYTE)
            copy.write(chunk)
        if not size:
            raise FileRefused("empty")


def opened(source: Source) -> contextlib.AbstractContextManager[IO[bytes]]:
    """`source` as an open file; one that came open stays open."""
    if isinstance(source, bytes):
        return io.BytesIO(source)
    if isinstance(source, (str, Path)):
        return Path(source).open("rb")
    return contextlib.nullcontext(source)


def limits_for(path: Path) -> Limits:
    """The usual limits, or the wider ones where only LibreOffice can read the file."""
    with path.open("rb") as stream:
        is_doc = stream.read(len(MAGIC)) == MAGIC
    by_office = is_doc and not shutil.which("antiword") and shutil.which("soffice")
    return OFFICE_LIMITS if by_office else Limits()


def run_child(scratch: Path, limits: Limits, *, keep: bool = False) -> Answer:
    """Have the file in `scratch` looked through by a child process and take up its answer."""
    office = limits == OFFICE_LIMITS
    job = json.dumps(
        {"scratch": str(scratch), "limits": asdict(limits), "office": office, "keep": keep}
    )
    command = [sys.executable, "-P", "-s", "-m", "bihuan.files.child", job]
    with SLOTS:
        child = subprocess.Popen(
            command,
            cwd=scratch,
            env=child_environment(scratch),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            status = child.wait(limits.wall)
        except subprocess.TimeoutExpired as error:
            raise FileRefused("too_costly") from error
        finally:
            end_group(child)
    if status != 0:
        raise FileRefused("too_costly" if status in CPU_SIGNALS else "died")
    return take_up(scratch / "answer.json", limits)


def child_environment(scratch: Path) -> dict[str, str]:
    """Only what a parser needs: neither secrets nor the address of a database."""
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "PYTHONPATH": str(ROOT),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONUTF8": "1",
        "LC_ALL": "C.UTF-8",
        "HOME": str(scratch),
        "TMPDIR": str(scratch),
    }


def end_group(child: subprocess.Popen[bytes]) -> None:
    """End the child and every helper it started, and collect it."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()


def take_up(path: Path, limits: Limits) -> Answer:
    """The child's answer, which is believed no more than the file was."""
    try:
        answer: dict[str, Any] = json.loads(read_regular_file(path, limits.answer))
    except (OSError, ValueError) as error:
        raise FileRefused("died") from error
    if "code" in answer:
        code = str(answer["code"])
        raise FileRefused(code if code in REFUSALS else "died", **answer["values"])
    kind = Kind(answer["kind"])
    notices = [Notice(code, values) for code, values in answer["notices"]]
    return kind, str(answer["text"]), notices


def read_regular_file(path: Path, size: int) -> bytes:
    """The first `size` bytes of `path`; a link or a pipe laid there in its place is an error."""
    number = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    with os.fdopen(number, "rb") as stream:
        if not stat.S_ISREG(os.fstat(number).st_mode):
            raise OSError("not a regular file")
        return stream.read(size)
