from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _


class Entry(models.Model):
    """One act or one reading of a personal record, chained to the entry before it.

    `sm3` and `sha256` are taken over the canonical JSON of all other columns and of both
    hashes of the previous entry; see `audit.rules`. Triggers forbid change and deletion.
    """

    index = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    actor = models.CharField(_("谁"), max_length=64)
    actor_id = models.BigIntegerField(null=True)
    verb = models.CharField(_("做了什么"), max_length=64)
    thing = models.CharField(_("对象类型"), max_length=64, blank=True)
    thing_id = models.CharField(_("对象编号"), max_length=64, blank=True)
    org_path = models.CharField(max_length=100, blank=True)
    about = models.BigIntegerField(_("涉及的人"), null=True)
    purpose = models.CharField(_("目的"), max_length=120, blank=True)
    detail = models.JSONField(default=dict)
    sm3 = models.CharField(max_length=64)
    sha256 = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("审计记录")
        verbose_name_plural = _("审计记录")
        indexes = [
            models.Index(fields=["thing", "thing_id"], name="entry_of_thing"),
            models.Index(fields=["about", "-index"], name="entry_about_person"),
        ]

    def __str__(self) -> str:
        return f"{self.index} {self.actor} {self.verb}"

    def plain(self) -> dict[str, Any]:
        """The entry as the plain values that are hashed and exported: UTC to the microsecond."""
        values = {field.name: getattr(self, field.name) for field in self._meta.fields}
        values["at"] = self.at.astimezone(dt.UTC).isoformat(timespec="microseconds")
        return values


class Head(models.Model):
    """The end of the chain: one row, locked by whoever appends."""

    index = models.BigIntegerField()
    sm3 = models.CharField(max_length=64)
    sha256 = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("链尾")
        verbose_name_plural = _("链尾")

    def __str__(self) -> str:
        return str(self.index)
