from __future__ import annotations

import pytest

from bihuan.reading.normalise import normalise
from bihuan.reading.timing import read_timing
from tests.reading import grammar
from tests.reading.grammar import YEAR


def read(wording):
    return read_timing(normalise(wording).folded, YEAR)


@pytest.mark.parametrize("wording", grammar.DATED)
@pytest.mark.parametrize("sort", grammar.DEADLINES)
def test_every_deadline_is_once_with_its_date(sort, wording):
    wrong = []
    for phrase, due in grammar.DEADLINES[sort]():
        found = read(wording.format(t=phrase))
        if (found.period, found.minimum, found.due, found.quantity) != ("once", None, due, None):
            wrong.append((phrase, due, found))
    assert wrong == []


@pytest.mark.parametrize("wording", grammar.RECURRING)
def test_every_rhythm_has_its_period_and_its_count(wording):
    wrong = []
    for name, count, period, minimum in grammar.rhythms():
        found = read(wording.format(r=name, c=count))
        if (found.period, found.minimum, found.due) != (period, minimum, None):
            wrong.append((name, count, period, minimum, found))
    assert wrong == []


@pytest.mark.parametrize("wording", grammar.WHOLE_WORDINGS)
def test_rhythms_that_are_one_phrase_with_their_count(wording):
    wrong = []
    for (period, minimum), phrases in grammar.WHOLE.items():
        for phrase in phrases.split():
            found = read(wording.format(phrase))
            if (found.period, found.minimum) != (period, minimum):
                wrong.append((phrase, period, minimum, found))
    assert wrong == []


@pytest.mark.parametrize("period", grammar.LASTING)
def test_what_never_stops_and_what_goes_by_occasion(period):
    phrases = grammar.LASTING[period].split()
    found = [read(f"{phrase}开展走访") for phrase in phrases]
    assert [(each.period, each.minimum, each.due) for each in found] == [
        (period, None, None) for _ in phrases
    ]


@pytest.mark.parametrize("wording", grammar.PASSED_OVER)
@pytest.mark.parametrize("date", grammar.PASSED_DATES)
def test_a_date_that_only_explains_is_no_deadline(wording, date):
    assert read(wording.format(t=date)).due is None
