from __future__ import annotations

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError


def test_a_short_password_is_refused_in_the_language_of_the_person() -> None:
    with pytest.raises(ValidationError) as refused:
        validate_password("qY-7_xu")

    assert refused.value.messages == ["密码太短\uff0c至少要有 10 个字符。"]
