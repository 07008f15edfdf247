from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from bihuan.files import gate
from bihuan.files.gate import FileRefused, clean_name, read_document, take_up
from bihuan.files.limits import Limits
from bihuan.lib.refusals import Refused
from tests.files import makers as m

ROOT = Path(__file__).resolve().parents[2]


def confined(scratch: Path, code: str) -> subprocess.CompletedProcess[str]:
    """Run `code` as a program of its own behind the walls of the child."""
    walls = (
        "from pathlib import Path\nfrom bihuan.files.confine import confine\n"
        f"confine(scratch=Path({str(scratch)!r}), memory=2**29, cpu=5, file_size=2**20)\n"
    )
    return subprocess.run(
        [sys.executable, "-c", walls + code],
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_confined_process_may_write_in_its_scratch_folder(tmp_path):
    done = confined(tmp_path, f"open({str(tmp_path / 'x')!r}, 'w').write('yes')")

    assert (done.returncode, (tmp_path / "x").read_text()) == (0, "yes")


@pytest.mark.parametrize(
    "attempt",
    [
        "open({outside!r}, 'w')",
        "open({secret!r}).read()",
        "import os; os.remove({secret!r})",
        "import socket; socket.create_connection(('127.0.0.1', 9), timeout=2)",
        "bytearray(2**30)",
        "open('/dev/null').close(); open({inside!r}, 'wb').write(bytes(2**21))",
        "import resource; resource.setrlimit(resource.RLIMIT_AS, (2**40, 2**40))"
        " if __import__('os').geteuid() else 1/0",
    ],
)
def test_a_confined_process_may_do_nothing_else(tmp_path_factory, attempt):
    scratch, other = tmp_path_factory.mktemp("scratch"), tmp_path_factory.mktemp("other")
    secret = other / "secret"
    secret.write_text("secret")
    code = attempt.format(
        outside=str(other / "new"), secret=str(secret), inside=str(scratch / "large")
    )

    done = confined(scratch, code)

    assert done.returncode != 0
    assert [path.name for path in other.iterdir()] == ["secret"]
    assert "secret" not in done.stdout


def test_a_child_gets_no_secrets_of_the_server(monkeypatch, tmp_path):
    monkeypatch.setenv("DATABASE_URL", "postgres://u:p@h/d")

    assert "DATABASE_URL" not in gate.child_environment(tmp_path)


def test_a_file_may_come_as_bytes_path_or_open_file(tmp_path):
    path = tmp_path / "a.txt"
    path.write_bytes("一、学习".encode())

    found = [
        read_document(source, name="a.txt").text
        for source in (path, str(path), path.read_bytes(), io.BytesIO(path.read_bytes()))
    ]

    assert found == ["一、学习"] * 4


def test_many_threads_read_at_once():
    found: list[str] = []
    source = m.docx(m.p("一、学习"))
    threads = [
        threading.Thread(target=lambda: found.append(read_document(source, name="a.docx").text))
        for _ in range(8)
    ]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert found == ["一、学习"] * 8


@pytest.mark.parametrize("limits", [Limits(wall=0), Limits(memory=8 * 1024 * 1024)])
def test_a_child_that_hangs_or_dies_is_a_file_that_cannot_be_read(limits):
    with pytest.raises(FileRefused) as caught:
        read_document(m.docx(m.p("学习") * 40_000), name="a.docx", limits=limits)

    assert caught.value.code in {"too_costly", "died"}


def test_the_place_of_half_a_character_is_told():
    with pytest.raises(Refused) as caught:
        read_document("甲\n乙丙".encode("gbk")[:-1], name="要点.txt")

    assert str(caught.value).startswith("“要点.txt”第 2 行（第 6 个字节）不是完整的汉字")


def test_without_antiword_and_office_the_person_is_told_what_to_do(monkeypatch, tmp_path):
    # A folder with nothing but the interpreter: no helper can be found.
    monkeypatch.setenv("PATH", str(tmp_path))
    plan = (Path(__file__).parent / "plan.doc").read_bytes()

    with pytest.raises(FileRefused) as caught:
        read_document(plan, name="plan.doc")

    assert caught.value.code == "no_antiword"
    assert "antiword" in str(caught.value) and ".docx" in str(caught.value)


@pytest.mark.skipif(not shutil.which("soffice"), reason="no LibreOffice here")
def test_libreoffice_stands_in_for_antiword(monkeypatch, tmp_path):
    for tool in ("soffice", "sh", "sed", "dirname", "uname", "ls", "grep", "basename", "expr"):
        (tmp_path / tool).symlink_to(shutil.which(tool))
    monkeypatch.setenv("PATH", str(tmp_path))
    plan = (Path(__file__).parent / "plan.doc").read_bytes()

    document = read_document(plan, name="plan.doc")

    assert document.text.startswith("某市直机关工委二〇二六年工作要点\n一、抓好理论学习。")
    assert [notice.code for notice in document.warnings] == ["office"]


def test_nothing_is_left_behind(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    read_document(b"abc", name="a.txt")
    with pytest.raises(FileRefused):
        read_document(b"", name="a.txt")

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("要点.docx", "要点.docx"),
        ("../../etc/passwd", "passwd"),
        ("C:\\docs\\a.doc", "a.doc"),
        ("a\u202excod.exe", "axcod.exe"),
        ("\r\n", "?"),
        ("长" * 300, "长" * 120),
    ],
)
def test_a_name_is_made_fit_to_be_shown(name, shown):
    assert clean_name(name) == shown


@pytest.mark.parametrize("make", [os.mkfifo, lambda path: path.symlink_to("/etc/hostname")])
def test_an_answer_that_is_no_file_is_not_read(tmp_path, make):
    make(tmp_path / "answer.json")

    with pytest.raises(FileRefused) as caught:
        take_up(tmp_path / "answer.json", Limits())

    assert caught.value.code == "died"
