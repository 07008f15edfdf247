from __future__ import annotations

import copy
import json
import random
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.hashes import SM3, Hash

from bihuan.audit.rules import (
    FIRST,
    START,
    checkpoint,
    first_fault,
    hashes,
    sm3,
    text_of,
    verify_lines,
)


def second_form(entry: dict[str, object]) -> dict[str, object]:
    later = {"form": 2, "roles": "OFFICER", "request": "ab", "sealed": {"about": "0" * 64}}
    return {**entry, **later}


def chain(count: int) -> list[dict[str, object]]:
    entries, previous = [], (START, START)
    for index in range(1, count + 1):
        entry: dict[str, object] = {
            "index": index, "at": f"2026-01-01T00:00:{index:02}+00:00", "actor": "李",
            "actor_id": 1, "verb": "record.filed", "thing": "activities.activity",
            "thing_id": str(index), "org_path": "00001", "about": None, "purpose": "",
            "detail": {"n": index},
        }  # fmt: skip
        if index > count // 2:
            entry = second_form(entry)
        previous = hashes(entry, previous)
        entry["sm3"], entry["sha256"] = previous
        entries.append(entry)
    return entries


def exported(entries: list[dict[str, object]], last: dict[str, object]) -> list[str]:
    return [*map(json.dumps, entries), json.dumps({"checkpoint": checkpoint(last)})]


def test_an_untouched_chain_has_no_fault() -> None:
    assert first_fault(chain(9)) is None


@pytest.mark.parametrize("field", ["actor", "verb", "detail", "at", "sm3", "sha256", "about"])
def test_one_changed_field_is_found_at_its_entry(field: str) -> None:
    entries = chain(9)
    entries[4][field] = "0" * 64

    fault = first_fault(entries)

    assert fault is not None
    assert fault[0] == 5


def test_a_missing_entry_is_found_where_it_was() -> None:
    entries = chain(9)
    del entries[3]

    fault = first_fault(entries)

    assert fault is not None
    assert fault[0] == 4


def test_swapped_entries_are_found_at_the_first() -> None:
    entries = chain(9)
    entries[2], entries[3] = entries[3], entries[2]

    fault = first_fault(entries)

    assert fault is not None
    assert fault[0] == 3


def test_a_cut_tail_is_found_by_the_checkpoint() -> None:
    entries = chain(9)

    assert verify_lines(exported(entries, entries[-1])) == (9, None)
    good, fault = verify_lines(exported(entries[:-2], entries[-1]))
    assert good == 7
    assert fault is not None
    assert "checkpoint" in fault


def test_a_chain_written_anew_does_not_match_the_kept_checkpoint() -> None:
    kept = chain(9)[-1]
    forged = chain(8)
    forged[0]["actor"] = "王"
    previous = (START, START)
    for entry in forged:
        previous = hashes(entry, previous)
        entry["sm3"], entry["sha256"] = previous

    assert first_fault(forged) is None
    assert verify_lines(exported(forged, kept))[1] is not None


def test_an_inserted_entry_is_found_where_it_stands() -> None:
    entries = chain(9)
    entries.insert(4, dict(entries[3]))

    fault = first_fault(entries)

    assert fault is not None
    assert fault[0] == 5


def test_a_thousand_random_changes_are_each_found_at_their_entry() -> None:
    luck, good = random.Random(7), chain(30)
    for _trial in range(1000):
        entries = copy.deepcopy(good)
        index = luck.randrange(30)
        field = luck.choice(sorted(entries[index]))
        entries[index][field] = f"{entries[index][field]}x"

        fault = first_fault(entries)

        assert fault is not None
        assert fault[0] == index + 1


@pytest.mark.parametrize("field", ["sm3", "sha256"])
def test_a_changed_hash_is_named(field: str) -> None:
    entries = chain(3)
    entries[1][field] = "0" * 64

    assert first_fault(entries) == (2, f"entry 2 does not match its hashes: {field}")


def test_sm3_is_that_of_another_implementation() -> None:
    for length in (0, 1, 55, 56, 64, 1000):
        data = random.Random(length).randbytes(length)
        other = Hash(SM3())
        other.update(data)
        assert sm3(data) == other.finalize().hex()


def test_an_export_is_checked_offline_without_the_product(tmp_path: Path) -> None:
    entries = chain(5)
    good, bad = tmp_path / "good.jsonl", tmp_path / "bad.jsonl"
    good.write_text("\n".join(exported(entries, entries[-1])), encoding="utf-8")
    entries[2]["verb"] = "record.withdrawn"
    bad.write_text("\n".join(exported(entries, entries[-1])), encoding="utf-8")

    answers = []
    rules = Path(sys.modules[first_fault.__module__].__file__ or "")
    for path in (good, bad):
        done = subprocess.run(
            [sys.executable, "-I", "-S", str(rules), str(path)],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        answers.append((done.returncode, done.stdout))

    assert answers[0] == (0, "OK (5 good entries)\n")
    assert answers[1][0] == 1
    assert "entry 3" in answers[1][1]


@pytest.mark.parametrize(
    "odd",
    [
        {}, {"actor": 'a"b\\c\n\u2028\ud800'}, {"actor": None}, {"actor_id": "17"},
        {"actor_id": True}, {"about": 1.5}, {"index": "5"},
        {"detail": {"b": 1, "a": [None, "\x7f"]}}, {"detail": []},
        {"sealed": {}}, {"at": 3}, {"form": True},
    ],
    ids=str,
)  # fmt: skip
def test_the_quick_text_is_that_of_the_library(odd: dict[str, object]) -> None:
    entry = {**second_form(chain(1)[0]), **odd}
    told = {name: value for name, value in entry.items() if name not in {"sm3", "sha256"}}
    if odd.get("form") is True:  # read as form 1, whose fields are fewer
        told = {name: told[name] for name in FIRST}
    told["previous"] = [START, START]

    plain = json.dumps(told, sort_keys=True, ensure_ascii=False, separators=(",", ":"))

    assert text_of(entry, (START, START)) == plain
