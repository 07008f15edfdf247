from __future__ import annotations

import json

import pytest

from bihuan.audit.rules import START, checkpoint, first_fault, hashes, verify_lines


def chain(count: int) -> list[dict[str, object]]:
    entries, previous = [], (START, START)
    for index in range(1, count + 1):
        entry: dict[str, object] = {
            "index": index, "at": f"2026-01-01T00:00:{index:02}+00:00", "actor": "李",
            "actor_id": 1, "verb": "record.filed", "thing": "activities.activity",
            "thing_id": str(index), "org_path": "00001", "about": None, "purpose": "",
            "detail": {"n": index},
        }  # fmt: skip
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
