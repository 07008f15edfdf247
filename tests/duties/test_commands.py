from __future__ import annotations

import json

import pytest
from django.core.management import CommandError, call_command

from bihuan.duties.models import PackVersion
from tests.duties.test_review import PLAN
from tests.village import found_village


@pytest.fixture
def plan_file(tmp_path):
    path = tmp_path / "要点.txt"
    path.write_bytes(PLAN.encode("gb18030"))
    return str(path)


def test_plan_read_prints_the_tree(plan_file, capsys):
    call_command("plan", "read", plan_file)

    printed = capsys.readouterr().out
    assert printed.startswith("市测试机关2024年党建工作要点")
    assert "  1.抓好理论学习" in printed
    assert "month 1" in printed


def test_plan_read_prints_json(plan_file, capsys):
    call_command("plan", "read", plan_file, "--json")

    said = json.loads(capsys.readouterr().out)
    assert list(said) == ["text", "title", "year", "issuer", "clauses", "duties"]
    assert said["year"] == 2024
    for duty in said["duties"]:
        assert said["text"][duty["start"] : duty["end"]] == duty["text"]


@pytest.mark.parametrize("content", [b"", b"MZ\x90\x00" + b"\x00" * 60])
def test_plan_read_refuses_in_words(tmp_path, content):
    path = tmp_path / "x.txt"
    path.write_bytes(content)

    with pytest.raises(CommandError):
        call_command("plan", "read", str(path))


def test_plan_read_says_that_a_file_is_missing():
    with pytest.raises(CommandError, match="读不到"):
        call_command("plan", "read", "/nowhere/x.txt")


@pytest.mark.django_db
def test_pack_check_explains_by_line(tmp_path, capsys):
    path = tmp_path / "town.yaml"
    path.write_text("pack: {code: Town}\nduties: 7\n", encoding="utf-8")

    with pytest.raises(CommandError, match="处有误"):
        call_command("pack", "check", str(path))

    printed = capsys.readouterr().out
    assert "第 1 行：pack 的 code" in printed
    assert "第 2 行：制度包 的 duties：应为列表" in printed


@pytest.mark.django_db
def test_pack_check_of_another_encoding_says_so(tmp_path):
    path = tmp_path / "town.yaml"
    path.write_bytes("pack: {name: 镇}".encode("gb18030"))

    with pytest.raises(CommandError, match="UTF-8"):
        call_command("pack", "check", str(path))


@pytest.mark.django_db
def test_packs_are_loaded_and_listed(capsys):
    village = found_village()
    call_command("pack", "check", "sample-city")
    call_command("pack", "load", "sample-city", "--org", village.committee.name)
    call_command("pack", "load", "sample-city", "--org", str(village.committee.pk))
    call_command("pack", "list")

    printed = capsys.readouterr().out
    assert "新起 3 条" in printed
    assert "新起 0 条，终止 0 条，未变 3 条" in printed
    assert "sample-city\t2\t2024-01-01\t本地规定" in printed
    assert PackVersion.objects.count() == 2


@pytest.mark.django_db
@pytest.mark.parametrize("where", ["没有的工委", "999999"])
def test_pack_load_refuses_an_unknown_organisation(where):
    found_village()

    with pytest.raises(CommandError, match="没有"):
        call_command("pack", "load", "sample-city", "--org", where)


@pytest.mark.django_db
def test_pack_load_passes_a_refusal_on():
    found_village()

    with pytest.raises(CommandError, match="--org"):
        call_command("pack", "load", "sample-city")
