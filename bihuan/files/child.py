"""The process in which a stranger's file is parsed: `python -m bihuan.files.child JOB`.

It knows nothing of Django and has no secrets. JOB is a JSON object: `scratch`, the folder that
holds the file as `input` and takes the answer as `answer.json`; `limits`, the fields of
`Limits`; `office`, whether LibreOffice will be needed; `keep`, whether the file is to be kept
rather than read. The answer is `{"text", "kind", "notices"}` or `{"code", "values"}`; of a file
to be kept the text is empty and the bytes stand in `output`.
"""

from __future__ import annotations

import json
import re
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

from bihuan.files import doc, docx, html, keeping, pdf, sniff
from bihuan.files.confine import confine
from bihuan.files.encodings import decode
from bihuan.files.faults import Extract, Unreadable
from bihuan.files.limits import Limits
from bihuan.files.plain import finish
from bihuan.files.sniff import Kind


@dataclass(frozen=True)
class Read:
    """The answer for a file that was read."""

    text: str
    kind: str
    notices: list[tuple[str, dict[str, str | int]]]


def read(data: bytes, scratch: Path, limits: Limits) -> Read:
    """The text of a file of any kind. Raises `Unreadable`."""
    kind = sniff.kind_of(data)
    if kind is None:
        kind, extract = read_characters(data)
    elif kind is Kind.DOCX:
        extract = docx.read(sniff.open_docx(data, limits))
    elif kind is Kind.PDF:
        extract = pdf.read(data, limits)
    else:
        sniff.check_doc(data)
        extract = doc.read(scratch)
    extract = finish(extract, limits)
    return Read(extract.text, kind.value, extract.notices)


def read_characters(data: bytes) -> tuple[Kind, Extract]:
    """HTML or plain text, in whatever encoding."""
    text, encoding = decode(data)
    kind = sniff.kind_of_text(text)
    if kind is Kind.HTML:
        return kind, html.read(html.redecode(data, text, encoding))
    return kind, Extract(re.sub("^\ufeff", "", text))


def keep(data: bytes, scratch: Path, limits: Limits) -> Read:
    """Write what may be kept of a file to `output`. Raises `Unreadable`."""
    kind, kept, notices = keeping.keep(data, limits)
    (scratch / "output").write_bytes(kept)
    return Read("", kind.value, notices.notices)


def answer(scratch: Path, limits: Limits, *, to_keep: bool) -> dict[str, object]:
    """What to write for the gate, whatever the parsers made of the file."""
    try:
        task = keep if to_keep else read
        return asdict(task((scratch / "input").read_bytes(), scratch, limits))
    except Unreadable as refusal:
        return {"code": refusal.code, "values": refusal.values}
    except (MemoryError, RecursionError):
        return {"code": "too_costly", "values": {}}
    except Exception:
        # Parsers meet bytes nobody foresaw and raise whatever they like; for the person it is
        # one and the same: this file cannot be read.
        return {"code": "damaged", "values": {}}


def main() -> None:
    job = json.loads(sys.argv[1])
    scratch, limits = Path(job["scratch"]), Limits(**job["limits"])
    confine(
        scratch=scratch,
        memory=limits.memory,
        cpu=limits.cpu,
        file_size=2 * max(limits.answer, limits.size),
        office=job["office"],
    )
    found = json.dumps(answer(scratch, limits, to_keep=job["keep"]), ensure_ascii=False)
    (scratch / "answer.json").write_text(found, encoding="utf-8", errors="replace")


if __name__ == "__main__":
    main()
