from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class ActivityState(models.TextChoices):
    FILED = "FILED", _("已登记")
    WITHDRAWN = "WITHDRAWN", _("已撤回")


class Presence(models.TextChoices):
    """Why a row of attendance exists: everybody due is present unless a row says otherwise.

    Where nobody is due (a talk, a visit, a training) those who took part are named.
    """

    ABSENT = "ABSENT", _("缺席")
    VISITOR = "VISITOR", _("列席")
    TOOK_PART = "TOOK_PART", _("参加")


class AbsenceReason(models.TextChoices):
    """The one useful required word about an absence; nothing about health is asked."""

    DUTY = "DUTY", _("公务")
    TRAINING = "TRAINING", _("外出学习")
    LEAVE = "LEAVE", _("请假")
    OTHER_POSTING = "OTHER_POSTING", _("借调挂职")
    UNEXCUSED = "UNEXCUSED", _("无故")


class Part(models.TextChoices):
    """The part somebody plays in a record, where a duty asks for it."""

    CHAIR = "CHAIR", _("主持")
    SPEAKER = "SPEAKER", _("主讲")
    ATTENDEE = "ATTENDEE", _("参加")
