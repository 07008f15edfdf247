from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class CellState(models.TextChoices):
    """What a cell of the ledger says; the values are those of `rules.codec.State`."""

    DONE = "done", _("已完成")
    MADE_UP = "made_up", _("补办")
    OPEN = "open", _("进行中")
    NOT_YET_DUE = "not_yet_due", _("未到期")
    OVERDUE = "overdue", _("逾期")
    EXEMPT = "exempt", _("不适用")


class SourceType(models.IntegerChoices):
    """What a row of evidence was taken from."""

    ACTIVITY = 1, _("活动记录")
    COMPLETION = 2, _("完成说明")
