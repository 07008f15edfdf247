"""The tools behind `make`: what they find, what they refuse, and that they leave nothing behind."""

from __future__ import annotations

import gettext
import json
import os
import re
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import polib
import psycopg
import pytest

from tools import assets, compile_messages, debian, postgres, run, templates, translations
from tools import test as test_tool
from tools.console import Failure
from tools.stamps import Stamp, fingerprint

ROOT = Path(__file__).parents[1]


def bihuan(*words: str, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bihuan", *words],
        cwd=ROOT,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "bihuan.settings", **env},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


# --- the bihuan command


def test_bihuan_alone_lists_our_commands():
    done = bihuan()
    assert done.returncode == 0
    assert re.search(r"^  serve +Serve the product", done.stdout, re.M)
    assert re.search(r"^  audit +\S", done.stdout, re.M)


def test_an_unknown_command_is_named_and_fails():
    done = bihuan("nonsense")
    assert done.returncode != 0
    assert "nonsense" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_words_after_a_command_reach_it():
    done = bihuan("pack", "check", "/nowhere.yaml")
    assert done.returncode == 1
    assert "/nowhere.yaml" in done.stderr
    assert not done.stderr.startswith("CommandError")
    assert "Traceback" not in done.stderr


def test_a_database_without_tables_is_said_in_a_sentence(tmp_path):
    done = bihuan("audit", "root", BIHUAN_HOME=str(tmp_path), DATABASE_URL="")
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "bihuan install" in done.stderr


def test_a_database_that_is_away_is_said_in_a_sentence():
    url = f"postgresql://nobody:x@127.0.0.1:{postgres.free_port()}/none?connect_timeout=3"
    done = bihuan("audit", "root", DATABASE_URL=url)
    assert done.returncode == 1
    assert "DATABASE_URL" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_port_that_is_taken_is_refused_in_a_sentence():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = bihuan("serve", "--port", str(port))
        with pytest.raises(Failure, match=f"Port {port} "):
            run.refuse_busy(port)
    assert done.returncode == 1
    assert str(port) in done.stderr
    assert done.stderr.count("\n") == 1


# --- make run


def test_port_and_scale_come_from_the_environment(monkeypatch):
    monkeypatch.setenv("PORT", "8123")
    monkeypatch.setenv("SCALE", "province")
    assert run.wishes() == (8123, "province")
    monkeypatch.setenv("PORT", "")
    monkeypatch.setenv("SCALE", "")
    assert run.wishes() == (8000, "city")


@pytest.mark.parametrize(
    ("name", "value"), [("PORT", "0"), ("PORT", "65536"), ("PORT", "８０"), ("SCALE", "galaxy")]
)
def test_a_wrong_wish_is_refused_with_what_it_takes(monkeypatch, name, value):
    monkeypatch.setenv(name, value)
    with pytest.raises(Failure, match=f"{name}={value}"):
        run.wishes()


def test_the_python_that_is_named_is_taken_and_an_old_one_refused(tmp_path):
    def find(python: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["sh", "tools/find_python.sh"],
            cwd=ROOT,
            env={**os.environ, "PYTHON": python},
            capture_output=True,
            text=True,
            check=False,
        )

    old = tmp_path / "python-old"
    old.write_text("#!/bin/sh\nexit 1\n")
    old.chmod(0o755)
    assert find(sys.executable).stdout.strip() == sys.executable
    assert find(str(old)).returncode == 1
    assert "3.11" in find(str(old)).stderr


def test_a_stamp_is_fresh_until_the_content_changes(tmp_path):
    source = tmp_path / "lock"
    source.write_text("one")
    Stamp(tmp_path / "stamp", fingerprint([source])).set()
    assert Stamp(tmp_path / "stamp", fingerprint([source])).is_fresh()
    source.write_text("two")
    assert not Stamp(tmp_path / "stamp", fingerprint([source])).is_fresh()


# --- front-end files and locks


def test_the_copied_files_name_no_source_map(monkeypatch, tmp_path):
    modules, vendor = tmp_path / "modules", tmp_path / "vendor"
    for source in assets.wanted_files():
        (modules / source).parent.mkdir(parents=True, exist_ok=True)
        (modules / source).write_text("a{}\n/*# sourceMappingURL=a.css.map */")
    monkeypatch.setattr(assets, "MODULES", modules)
    monkeypatch.setattr(assets, "VENDOR", vendor)
    (vendor / "old").mkdir(parents=True)
    assets.copy()
    copied = {p.relative_to(vendor).as_posix() for p in vendor.rglob("*") if p.is_file()}
    assert copied == set(assets.wanted_files().values())
    assert (vendor / "tabler/tabler.min.css").read_text() == "a{}\n"


def test_every_icon_that_a_template_draws_is_copied():
    used = set()
    for path in templates.template_files():
        used |= set(re.findall(r"vendor/icons/([a-z0-9-]+)\.svg", path.read_text()))
        used |= set(re.findall(r"\{%\s*icon\s+[\"']([a-z0-9-]+)[\"']", path.read_text()))
    assert used - set(assets.icon_names()) == set()


def test_the_locks_name_no_registry():
    for lock in (ROOT / "requirements").glob("*.txt"):
        text = lock.read_text()
        assert not re.search(r"https?://|--index-url|--find-links|file:", text), lock.name
        assert "--hash=sha256:" in text
    packages = json.loads((ROOT / "frontend/package-lock.json").read_text())["packages"]
    assert [name for name, entry in packages.items() if "resolved" in entry] == []
    assert all(entry.get("integrity") for name, entry in packages.items() if name)


def test_every_direct_requirement_has_its_reason_and_its_lock():
    for source in (ROOT / "requirements").glob("*.in"):
        lock = source.with_suffix(".txt").read_text()
        for line in source.read_text().splitlines():
            if not line.strip() or line.startswith(("-c", "-r", "#")):
                continue
            name = re.match(r"[\w.-]+", line)
            assert name
            assert re.search(rf"^{name[0]}(\[[^\]]*\])?==", lock, re.M | re.I), line


# --- templates


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ('<p style="color:red">', "style= is refused"),
        ("<style>p{}</style>", "<style> is refused"),
        ("<script>alert(1)</script>", "inline <script>"),
        ('<a onclick="x()">', "on…= is refused"),
        ("{{ text|safe }}", "unescaped"),
        ("{% autoescape off %}", "unescaped"),
        ("<p>你好</p>", "outside a translate tag"),
        ('<img src="https://example.org/a.png">', "from elsewhere"),
    ],
)
def test_what_may_not_stand_in_a_template_is_found(line, sentence):
    assert [said for _, said in templates.faults(line) if sentence in said]


@pytest.mark.parametrize(
    "line",
    [
        '<script src="a.js" defer></script>',
        '{% translate "你好" %}',
        "{% blocktranslate with n=1 %}\n共 {{ n }} 项\n{% endblocktranslate %}",
        "{{ svg|safe }}{# safe: drawn by our own code #}",
        '{% include "a.html" with title=_("标题") %}',
        "{% comment %}\n说明\n{% endcomment %}",
        '<div data-person="x">',
    ],
)
def test_what_may_stand_in_a_template_is_left_alone(line):
    assert list(templates.faults(line)) == []


# --- translations


def catalogue(folder: Path, **entry: object) -> Path:
    path = folder / "en" / "LC_MESSAGES" / "django.po"
    path.parent.mkdir(parents=True, exist_ok=True)
    po = polib.POFile()
    po.metadata = {"Content-Type": "text/plain; charset=UTF-8"}
    po.append(polib.POEntry(**entry))
    po.save(str(path))
    return path


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ({"msgid": "闭环", "msgstr": "Closed loop"}, []),
        ({"msgid": "闭环", "msgstr": ""}, ["no English: 闭环"]),
        ({"msgid": "闭环", "msgstr": "Loop", "flags": ["fuzzy"]}, ["fuzzy: 闭环"]),
        (
            {"msgid": "共 %(n)s 项", "msgstr": "%(m)s items"},
            ["placeholders differ: 共 %(n)s 项 → %(m)s items"],
        ),
        (
            {
                "msgid": "%(n)s 天",
                "msgid_plural": "%(n)s 天",
                "msgstr_plural": {0: "one day", 1: "%(n)s days"},
            },
            [],
        ),
    ],
)
def test_an_unfinished_translation_is_found(tmp_path, entry, expected):
    assert list(translations.faults(catalogue(tmp_path, **entry))) == expected


def test_a_compiled_catalogue_is_read_by_gettext_and_not_compiled_twice(tmp_path):
    catalogue(tmp_path, msgid="闭环", msgstr="Closed loop")
    assert len(compile_messages.compile_catalogues(tmp_path)) == 1
    assert compile_messages.compile_catalogues(tmp_path) == []
    assert gettext.translation("django", tmp_path, ["en"]).gettext("闭环") == "Closed loop"


def test_texts_are_collected_from_code_and_templates(tmp_path):
    if shutil.which("xgettext") is None:
        pytest.skip("no gettext on this machine (apt-get install gettext)")
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "a.html").write_text('{% load i18n %}{% translate "台账" %}')
    (tmp_path / "a.py").write_text('from x import gettext as _\n_("清单")\n')
    translations.collect(tmp_path)
    po = tmp_path / "locale/en/LC_MESSAGES/django.po"
    assert {msgid for _, msgid in translations.texts(po)} == {"台账", "清单"}


# --- make test


def test_the_report_of_a_run_is_counted(tmp_path):
    report = tmp_path / "report.xml"
    report.write_text(
        '<testsuites><testsuite tests="5" failures="1" errors="1" skipped="1">'
        '<testcase name="a"><skipped message="no Chromium"/></testcase>'
        "</testsuite></testsuites>"
    )
    assert test_tool.read(report) == ((2, 2, 1), ["no Chromium"])
    assert test_tool.read(tmp_path / "none.xml") == ((0, 0, 0), [])


@pytest.mark.parametrize(
    "source",
    [
        "import pytest\ndef test_it():\n    pytest.skip('why')\n",
        "import pytest\npytest.importorskip('nowhere')\ndef test_it():\n    pass\n",
    ],
)
def test_a_skipped_test_fails_in_ci(tmp_path, source):
    hooks = "pytest_runtest_makereport, pytest_make_collect_report"
    (tmp_path / "conftest.py").write_text(f"from tests.conftest import {hooks}\n")
    (tmp_path / "test_it.py").write_text(source)
    (tmp_path / "test_more.py").write_text("def test_more():\n    pass\n")
    codes = []
    for ci in ("", "true"):
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(tmp_path)],
            cwd=ROOT,
            env={**os.environ, "CI": ci, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=False,
        )
        codes.append(done.returncode)
    assert codes[0] == 0
    assert codes[1] in {1, 2}  # a test that failed, a file that could not be read


def test_the_cluster_of_a_run_answers_and_is_gone_afterwards():
    if postgres.programs() is None:
        pytest.skip("no PostgreSQL on this machine (apt-get install postgresql)")
    with postgres.cluster() as url, psycopg.connect(url) as connection:
        data = connection.execute("show data_directory").fetchone()
        assert data
        folder = Path(data[0])
        assert connection.execute("select '中' || '文'").fetchone() == ("中文",)
    assert not folder.exists()
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(url, connect_timeout=3)


# --- packages of Debian


def test_without_the_right_to_install_nothing_is_tried(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))

    assert debian.may_install() is False
    assert debian.install(["postgresql"]) is False
