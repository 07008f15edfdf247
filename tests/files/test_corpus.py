"""Every kind of file a stranger may send, and what the gate must say to each."""

from __future__ import annotations

import tracemalloc

import pytest

from bihuan.files.gate import FileRefused, read_document
from bihuan.files.limits import MEGABYTE
from bihuan.files.messages import REFUSALS
from tests.files.other_cases import HTML, PDFS, TEXTS
from tests.files.word_cases import ARCHIVES, DOCS, DOCX

GROUPS = {"docx": DOCX, "zip": ARCHIVES, "pdf": PDFS, "doc": DOCS, "html": HTML, "txt": TEXTS}
CASES = [pytest.param(c, id=f"{group}: {c.title}") for group, cs in GROUPS.items() for c in cs]


@pytest.mark.parametrize("case", CASES)
def test_the_gate_answers_each_file_as_expected(case, tmp_path):
    path = tmp_path / "upload"
    path.write_bytes(case.make())
    # The parent is pure Python, so its own count of its memory is the whole of it.
    tracemalloc.start()

    if case.refused:
        with pytest.raises(FileRefused) as caught:
            read_document(path, name=case.name)
        assert caught.value.code in case.refused
        assert case.name in str(caught.value) and "%(" not in str(caught.value)
    else:
        document = read_document(path, name=case.name)
        found = (document.text, document.kind.value, tuple(w.code for w in document.warnings))
        assert found == (case.text, case.kind, case.notices)

    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 100 * MEGABYTE


def test_the_corpus_is_large_enough():
    assert len(CASES) >= 60


def test_every_message_has_its_placeholders_filled():
    values = {"name": "甲.docx", "limit": 1, "line": 1, "byte": 1}

    sentences = [str(FileRefused(code, **values)) for code in REFUSALS]

    assert all("甲.docx" in sentence for sentence in sentences)
