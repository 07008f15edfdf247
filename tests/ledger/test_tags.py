from __future__ import annotations

from types import SimpleNamespace

from django.utils.translation import override

from bihuan.ledger.queries.sums import Counts
from bihuan.ledger.templatetags.ledger import bit, cells_of


def test_a_remembered_sum_is_told_in_the_language_of_whoever_asks() -> None:
    late = Counts(expected=5, done=2, overdue=3)

    with override("zh-hans"):
        first = bit(late)
    with override("en"):
        second = bit(late)
    with override("zh-hans"):
        again = bit(late)

    assert ("逾期" in first, "逾期" in second, first == again) == (True, False, True)
    assert "<small>2/5</small>" in first


def test_a_row_has_a_cell_for_each_line_with_its_way_to_what_is_behind() -> None:
    lines = [SimpleNamespace(number=4, title="主题党日<"), SimpleNamespace(number=9, title="党课")]
    row = SimpleNamespace(by_line={4: Counts(expected=2, overdue=1, done=1), 9: Counts()})

    with override("zh-hans"):
        first, second = cells_of(row, lines, "/ledger/7/cells/", 2026, "q3").split("\n")

    assert 'data-label="主题党日&lt;">' in first
    assert 'href="/ledger/7/cells/?year=2026&amp;line=4&amp;span=q3"' in first
    assert second == (
        '<td data-label="党课" class="quiet"><span class="sum sum-none">–</span></td>'
    )
