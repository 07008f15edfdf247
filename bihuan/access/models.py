from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from bihuan.access.permissions import Role
from bihuan.orgs.models import Org


class GrantQuerySet(models.QuerySet["Grant"]):
    def valid(self, *, on: dt.date) -> GrantQuerySet:
        return self.filter(Q(until_date=None) | Q(until_date__gt=on), since_date__lte=on)

    def overlapping(self, since: dt.date, until: dt.date | None) -> GrantQuerySet:
        """Those valid on any day from `since` until the day before `until` (None: for ever)."""
        rows = self.filter(Q(until_date=None) | Q(until_date__gt=since))
        return rows if until is None else rows.filter(since_date__lt=until)


class Grant(models.Model):
    """A role that an account holds for one organisation and all below it, from–until.

    It is read anew on every request, so what is withdrawn ends with the next click.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="grants"
    )
    role = models.CharField(_("角色"), max_length=24, choices=Role)
    org = models.ForeignKey(Org, verbose_name=_("范围"), on_delete=models.PROTECT)
    since_date = models.DateField(_("起"))
    until_date = models.DateField(_("止"), null=True, blank=True)
    granted_by = models.CharField(_("授权人"), max_length=64)

    objects = GrantQuerySet.as_manager()

    class Meta:
        verbose_name = _("授权")
        verbose_name_plural = _("授权")
        indexes = [models.Index(fields=["user", "role"], name="grant_of_user")]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "role", "org"], condition=Q(until_date=None), name="grant_once"
            ),
            models.CheckConstraint(
                name="grant_ends_after_it_begins",
                condition=Q(until_date=None) | Q(until_date__gt=F("since_date")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.get_role_display()} {self.org}"

    @property
    def last_date(self) -> dt.date | None:
        """The last day on which it holds."""
        return self.until_date - dt.timedelta(days=1) if self.until_date else None
