from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import call_command

from bihuan.orgs.models import Org
from tests.village import found_village

pytestmark = pytest.mark.django_db


def test_data_of_another_size_stay_and_a_sentence_says_so() -> None:
    found_village()
    before = Org.objects.count()
    told = StringIO()

    call_command("demo", "--scale", "province", "--if-empty", stdout=told)

    assert Org.objects.count() == before
    assert "已有 2 个单位，没有另装 94 个单位" in told.getvalue()
