from __future__ import annotations

import datetime as dt

import pytest

from bihuan.duties.actions.review import drop_programme, drop_rest, import_programme
from bihuan.duties.todos import plans_under_review
from tests.duties.test_review import PLAN
from tests.village import found_village

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 11, 23)


def test_a_plan_asks_for_its_review_then_for_being_issued():
    village = found_village()
    programme = import_programme(PLAN, org=village.committee, by=village.officer)

    def asked(user):
        return [todo.button for todo in plans_under_review(user, [village.committee], TODAY)]

    assert asked(village.officer) == ["继续审核"]
    assert asked(village.secretary) == []
    drop_rest(programme, by=village.officer)
    assert asked(village.officer) == ["去下达"]
    drop_programme(programme, by=village.officer)
    assert asked(village.officer) == []
