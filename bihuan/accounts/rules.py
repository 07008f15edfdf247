from __future__ import annotations

from django.contrib.auth.password_validation import MinimumLengthValidator
from django.utils.translation import gettext as _


class LongEnough(MinimumLengthValidator):
    """Django's check of a password's length; its sentence has no Chinese in Django 5.2."""

    def get_error_message(self) -> str:
        return _("密码太短，至少要有 %(count)d 个字符。") % {"count": self.min_length}
