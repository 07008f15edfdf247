from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from bihuan.audit.rules import SECOND
from bihuan.lib.fields import PathField


class Entry(models.Model):
    """One act or one reading of a personal record, chained to the entry before it.

    `sm3` and `sha256` are taken over the canonical JSON of the columns that `form` names and
    of both hashes of the previous entry; see `audit.rules`. Triggers forbid change and
    deletion. Personal values are not here: `sealed` holds commitments to them, and whom the
    entry is about stands in a `Seal`. (Entries of form 1 have it in `about`.)
    """

    index = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    actor = models.CharField(_("谁"), max_length=64)
    actor_id = models.BigIntegerField(null=True)
    verb = models.CharField(_("做了什么"), max_length=64)
    thing = models.CharField(_("对象类型"), max_length=64, blank=True)
    thing_id = models.CharField(_("对象编号"), max_length=64, blank=True)
    org_path = PathField(max_length=100, blank=True)
    about = models.BigIntegerField(_("涉及的人"), null=True)
    purpose = models.CharField(_("目的"), max_length=120, blank=True)
    detail = models.JSONField(_("内容"), default=dict)
    form = models.SmallIntegerField(default=1)
    roles = models.CharField(_("以什么角色"), max_length=200, blank=True, default="")
    request = models.CharField(_("请求编号"), max_length=32, blank=True, default="")
    sealed = models.JSONField(_("密封的值"), default=dict)
    sm3 = models.CharField(max_length=64)
    sha256 = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("审计记录")
        verbose_name_plural = _("审计记录")
        indexes = [
            models.Index(fields=["thing_id", "thing"], name="entry_of_object"),
            models.Index(fields=["about", "-index"], name="entry_about_person"),
            models.Index(fields=["at"], name="entry_at"),
            models.Index(fields=["actor", "-index"], name="entry_of_actor"),
            models.Index(fields=["verb", "-index"], name="entry_of_verb"),
            models.Index(fields=["org_path", "-index"], name="entry_of_org"),
        ]

    def __str__(self) -> str:
        return f"{self.index} {self.actor} {self.verb}"

    def plain(self) -> dict[str, Any]:
        """The entry as the plain values that are hashed and exported: UTC to the microsecond."""
        values = {field.name: getattr(self, field.name) for field in self._meta.fields}
        values["at"] = self.at.astimezone(dt.UTC).isoformat(timespec="microseconds")
        return as_written(values)


def as_written(values: dict[str, Any]) -> dict[str, Any]:
    """Without the columns that came later than the entry, if they are empty as they must be."""
    if values["form"] == 1 and not any(values[name] for name in SECOND[1:]):
        for name in SECOND:
            del values[name]
    return values


class Seal(models.Model):
    """A personal value that an entry only commits to, with its salt.

    Deleting the row honours a wish for erasure: the commitment then says nothing to anybody,
    and the chain verifies as before.
    """

    index = models.BigIntegerField()
    name = models.CharField(max_length=40)
    salt = models.CharField(max_length=64)
    value = models.TextField()

    class Meta:
        verbose_name = _("密封的值")
        verbose_name_plural = _("密封的值")
        constraints = [models.UniqueConstraint(fields=["index", "name"], name="seal_once")]
        indexes = [models.Index(fields=["name", "value"], name="seal_of_value")]

    def __str__(self) -> str:
        return f"{self.index} {self.name}"


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
