from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Period(models.TextChoices):
    """How often something is owed. A duty starts and ends inside one year's ledger."""

    MONTH = "MONTH", _("每月")
    QUARTER = "QUARTER", _("每季度")
    HALF = "HALF", _("每半年")
    YEAR = "YEAR", _("每年")
    ONCE = "ONCE", _("一次")
    EACH = "EACH", _("每次")


class Level(models.TextChoices):
    """Where a duty comes from. The two rules are never mixed; the stricter one is shown."""

    NATIONAL = "NATIONAL", _("全国规定")
    LOCAL = "LOCAL", _("本地规定")
    PLAN = "PLAN", _("年度计划")


class Trust(models.TextChoices):
    """How far the text of the rule was checked before it was shipped."""

    FULL_TEXT = "F", _("已核对全文")
    EXCERPT = "E", _("已核对摘录")
    LOCAL = "L", _("地方或单位规定")
    TO_CONFIRM = "K", _("待确认")


class Partial(models.TextChoices):
    """Whether a period counts that the duty and the organisation did not both fill."""

    HALF = "HALF", _("满半期才计")
    ANY = "ANY", _("有一天即计")


class ProgrammeState(models.TextChoices):
    REVIEW = "REVIEW", _("审核中")
    ISSUED = "ISSUED", _("已下达")
    DROPPED = "DROPPED", _("已作废")


class Verdict(models.TextChoices):
    """What the reviewer made of a proposal."""

    OPEN = "OPEN", _("待定")
    ACCEPTED = "ACCEPTED", _("采纳")
    DROPPED = "DROPPED", _("不采纳")
