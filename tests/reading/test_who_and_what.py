from __future__ import annotations

import pytest

from bihuan.reading.actors import find_actors
from bihuan.reading.kinds import DEFAULT, find_kinds
from tests.reading.phrases import PHRASES

EACH_OF = ("每", "督促", "组织", "指导")


@pytest.mark.parametrize("wording", PHRASES["wordings"])
def test_every_subject_is_found_in_every_wording(wording):
    apart = wording.startswith(EACH_OF)
    names = [who for who in PHRASES["subjects"] if not (apart and who.startswith("每"))]
    found = {who: find_actors(wording.replace("{a}", who)) for who in names}
    assert found == {who: (who,) for who in names}


@pytest.mark.parametrize("wording", PHRASES["nobody"])
def test_an_object_is_no_subject(wording):
    assert find_actors(wording) == ()


@pytest.mark.parametrize("kind", PHRASES["kinds"])
def test_every_phrase_names_its_kind(kind):
    found = {phrase: find_kinds(phrase, DEFAULT) for phrase in PHRASES["kinds"][kind]}
    assert found == {phrase: (kind,) for phrase in found}


@pytest.mark.parametrize("wording", PHRASES["no_kind"])
def test_words_in_names_and_papers_name_no_kind(wording):
    assert find_kinds(wording, DEFAULT) == ()
