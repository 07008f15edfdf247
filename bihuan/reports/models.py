from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from bihuan.orgs.models import Org


class Briefing(models.Model):
    """A document made of text and of numbers as they stood at one moment.

    `content` holds everything that is printed, so it can be produced again unchanged however
    the data, the definitions and the wording have moved since:

        {"signature": str, "texts": {language: {"blocks": [Block], "day": str,
         "measures": {code: {"name": str, "definition": str}}}}}

    Its numbers stand in `BriefingNumber` rows, by their place, which is the same in every
    language.
    """

    org = models.ForeignKey(
        Org, verbose_name=_("范围"), on_delete=models.PROTECT, related_name="briefings"
    )
    title = models.CharField(_("标题"), max_length=200)
    since_date = models.DateField(_("起"))
    until_date = models.DateField(_("止"))
    demands = models.TextField(_("整改要求"), max_length=4000)
    content = models.JSONField()
    written_at = models.DateTimeField(_("生成时间"))
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = _("通报")
        verbose_name_plural = _("通报")
        indexes = [models.Index(fields=["org", "-written_at"], name="briefing_of_org")]
        constraints = [
            models.CheckConstraint(
                name="briefing_ends_after_it_begins",
                condition=Q(until_date__gte=F("since_date")),
            )
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("reports:detail", args=[self.pk])

    def text(self, language: str) -> dict[str, Any]:
        """What is printed in `language`; in the language of the source texts if there is none."""
        texts: dict[str, dict[str, Any]] = self.content["texts"]
        return texts.get(language) or texts[settings.LANGUAGE_CODE]


class BriefingNumber(models.Model):
    """One number of a briefing: which measure, of which organisation, and what it was."""

    briefing = models.ForeignKey(Briefing, on_delete=models.CASCADE, related_name="numbers")
    place = models.PositiveIntegerField()
    measure = models.CharField(max_length=60)
    org = models.ForeignKey(Org, on_delete=models.PROTECT, related_name="+")
    shown = models.CharField(max_length=20)

    class Meta:
        verbose_name = _("通报中的数字")
        verbose_name_plural = _("通报中的数字")
        constraints = [
            models.UniqueConstraint(fields=["briefing", "place"], name="briefingnumber_place")
        ]

    def __str__(self) -> str:
        return f"{self.measure} {self.shown}"
