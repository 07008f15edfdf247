from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from bihuan.activities.choices import Part
from bihuan.duties.choices import Level, Partial, Period, ProgrammeState, Trust, Verdict
from bihuan.lib.names import in_own_language
from bihuan.orgs.choices import Post
from bihuan.orgs.models import Org


class Pack(models.Model):
    """A set of rules kept as data (制度包): the national minimum, or a place's own."""

    code = models.CharField(max_length=40, unique=True)
    name = models.CharField(_("名称"), max_length=120)
    level = models.CharField(max_length=16, choices=Level)
    org = models.ForeignKey(
        Org, verbose_name=_("适用范围"), null=True, blank=True, on_delete=models.PROTECT,
        related_name="packs",
    )  # fmt: skip

    class Meta:
        verbose_name = _("制度包")
        verbose_name_plural = _("制度包")

    def __str__(self) -> str:
        return self.name


class PackVersion(models.Model):
    """One loaded version of a pack, its text kept as it was; later versions never rewrite it."""

    pack = models.ForeignKey(Pack, on_delete=models.PROTECT, related_name="versions")
    version = models.CharField(max_length=20)
    valid_from_date = models.DateField()
    sha256 = models.CharField(max_length=64)
    content = models.TextField()
    loaded_at = models.DateTimeField()

    class Meta:
        verbose_name = _("制度包版本")
        verbose_name_plural = _("制度包版本")
        constraints = [models.UniqueConstraint(fields=["pack", "version"], name="packversion_once")]

    def __str__(self) -> str:
        return f"{self.pack} {self.version}"


class Programme(models.Model):
    """A plan, a responsibility list or a campaign, and the document it came from.

    `text` is the normalised text to which all offsets refer; `original` is what was
    uploaded or pasted, before normalisation.
    """

    org = models.ForeignKey(
        Org, verbose_name=_("制定组织"), on_delete=models.PROTECT, related_name="programmes"
    )
    title = models.CharField(_("标题"), max_length=200)
    issuer = models.CharField(_("发文单位"), max_length=120, blank=True)
    year = models.PositiveIntegerField(_("计划年度"), null=True, blank=True)
    issued_year = models.PositiveIntegerField(_("下达年度"), null=True, blank=True)
    file_name = models.CharField(_("文件名"), max_length=200, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    original = models.TextField()
    text = models.TextField()
    state = models.CharField(max_length=16, choices=ProgrammeState, default=ProgrammeState.REVIEW)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    issued_at = models.DateTimeField(null=True, blank=True)
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT,
        related_name="+",
    )  # fmt: skip

    class Meta:
        verbose_name = _("计划")
        verbose_name_plural = _("计划")

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("duties:programme", args=[self.pk])


class Clause(models.Model):
    """One numbered passage of a document, with its span in the normalised text."""

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="clauses")
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.CASCADE, related_name="children"
    )
    order = models.PositiveIntegerField()
    number = models.CharField(max_length=20, blank=True)
    level = models.PositiveIntegerField()
    title = models.CharField(max_length=300, blank=True)
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()

    class Meta:
        verbose_name = _("条目")
        verbose_name_plural = _("条目")
        constraints = [
            models.UniqueConstraint(fields=["programme", "order"], name="clause_order_once"),
            models.CheckConstraint(name="clause_span", condition=Q(start__lte=F("end"))),
        ]

    def __str__(self) -> str:
        return f"{self.number}{self.title}"


class Proposal(models.Model):
    """A duty that the reader found in a document, and what the reviewer made of it.

    `reading` is what the reader said and never changes; `fields` is what the reviewer has
    typed so far, right or wrong, so that a draft survives.
    """

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="proposals")
    clause = models.ForeignKey(
        Clause, null=True, blank=True, on_delete=models.SET_NULL, related_name="proposals"
    )
    order = models.PositiveIntegerField()
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    reading = models.JSONField(default=dict)
    fields = models.JSONField(default=dict)
    verdict = models.CharField(max_length=16, choices=Verdict, default=Verdict.OPEN)
    version = models.PositiveIntegerField(default=1)
    changed_at = models.DateTimeField(null=True, blank=True)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT,
        related_name="+",
    )  # fmt: skip

    class Meta:
        verbose_name = _("拟定事项")
        verbose_name_plural = _("拟定事项")
        indexes = [models.Index(fields=["programme", "order"], name="proposal_order")]
        constraints = [
            models.CheckConstraint(name="proposal_span", condition=Q(start__lte=F("end")))
        ]

    def __str__(self) -> str:
        return f"{self.programme_id}/{self.order}"


class DutyQuerySet(models.QuerySet["Duty"]):
    def binding_in(self, year: int) -> DutyQuerySet:
        """Duties valid on at least one day of `year`."""
        return self.filter(
            Q(valid_to_date=None) | Q(valid_to_date__gte=dt.date(year, 1, 1)),
            valid_from_date__lte=dt.date(year, 12, 31),
        )


class Duty(models.Model):
    """Who owes what, how often, by when, and on what basis, from one day to another.

    A duty without `kinds` cannot be met by a record: it takes a `Completion`. A change of
    rule ends one row and begins another with the same `lineage`; nothing is rewritten.

    `scope`: {"kinds": [OrgKind], "min_members": int, "max_members": int, "groups": bool,
    "tags": [str], "orgs": [id], "under": [id]}; all that are given must hold.
    `conditions`: {"chair_posts": [Post], "speaker_posts": [Post], "present_posts": [Post],
    "quorum": {"numerator": 1, "denominator": 2, "strict": true}}.
    `due`: "end", "day:25" (of the period's last month), "minus:5" (days before its end) or
    "date:2026-07-01" (for once).
    """

    lineage = models.CharField(max_length=80)
    title = models.CharField(_("事项"), max_length=200)
    title_en = models.CharField(max_length=200, blank=True)
    text = models.TextField(_("原文"), blank=True)
    level = models.CharField(_("层级"), max_length=16, choices=Level)
    pack_version = models.ForeignKey(
        PackVersion, null=True, blank=True, on_delete=models.PROTECT, related_name="duties"
    )
    programme = models.ForeignKey(
        Programme, null=True, blank=True, on_delete=models.PROTECT, related_name="duties"
    )
    proposal = models.ForeignKey(
        Proposal, null=True, blank=True, on_delete=models.PROTECT, related_name="duties"
    )
    kinds = models.JSONField(_("由哪类记录完成"), default=list, blank=True)
    conditions = models.JSONField(default=dict, blank=True)
    scope = models.JSONField(_("适用范围"), default=dict)
    posts = models.JSONField(_("责任职务"), default=list, blank=True)
    part = models.CharField(_("须担任"), max_length=16, choices=Part, default=Part.ATTENDEE)
    period = models.CharField(_("频次"), max_length=16, choices=Period)
    minimum = models.PositiveIntegerField(_("至少次数"), default=1)
    due = models.CharField(_("期限"), max_length=20, default="end")
    grace_days = models.PositiveIntegerField(_("补办宽限天数"), default=31)
    trigger_kinds = models.JSONField(default=list, blank=True)
    partial = models.CharField(max_length=8, choices=Partial, default=Partial.HALF)
    valid_from_date = models.DateField(_("生效日期"))
    valid_to_date = models.DateField(_("失效日期"), null=True, blank=True)
    source = models.CharField(_("依据"), max_length=200, blank=True)
    article = models.CharField(_("条款"), max_length=60, blank=True)
    trust = models.CharField(max_length=1, choices=Trust, default=Trust.TO_CONFIRM)
    minutes = models.PositiveIntegerField(_("一次约需分钟"), default=60)
    lead_units = models.CharField(_("牵头单位"), max_length=200, blank=True)
    support_units = models.CharField(_("配合单位"), max_length=200, blank=True)
    quantity = models.CharField(_("数量"), max_length=40, blank=True)
    ratio = models.CharField(_("比例"), max_length=20, blank=True)
    issued_at = models.DateTimeField()
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT,
        related_name="+",
    )  # fmt: skip
    org = models.ForeignKey(
        Org, verbose_name=_("下达组织"), null=True, blank=True, on_delete=models.PROTECT,
        related_name="issued_duties",
    )  # fmt: skip

    objects = DutyQuerySet.as_manager()

    class Meta:
        verbose_name = _("责任事项")
        verbose_name_plural = _("责任事项")
        indexes = [
            models.Index(fields=["valid_from_date", "valid_to_date"], name="duty_validity"),
            models.Index(fields=["lineage", "valid_from_date"], name="duty_lineage"),
        ]
        constraints = [
            models.CheckConstraint(
                name="duty_minimum_fits_the_ledger", condition=Q(minimum__gte=1, minimum__lte=15)
            ),
            models.CheckConstraint(
                name="duty_ends_after_it_begins",
                condition=Q(valid_to_date=None) | Q(valid_to_date__gte=F("valid_from_date")),
            ),
        ]

    def __str__(self) -> str:
        return self.label

    def get_absolute_url(self) -> str:
        return reverse("duties:detail", args=[self.pk])

    @property
    def label(self) -> str:
        """The title as the reader of the moment sees it; `title` is the one of the books."""
        return in_own_language(self.title, self.title_en)

    @property
    def often(self) -> str:
        """How often it is owed, in words: 每月至少 1 次, or 一次."""
        if self.period == Period.ONCE:
            return str(_("一次") if self.minimum == 1 else _("共 %(n)d 次") % {"n": self.minimum})
        words = {"period": self.get_period_display(), "n": self.minimum}
        return str(_("%(period)s至少 %(n)d 次") % words)

    def get_posts_display(self) -> str:
        return "、".join(str(Post(post).label) for post in self.posts)


class Exemption(models.Model):
    """Why a duty, or every duty, does not bind an organisation in a span, and who said so."""

    org = models.ForeignKey(Org, on_delete=models.PROTECT, related_name="exemptions")
    subtree = models.BooleanField(_("含下级"), default=False)
    lineage = models.CharField(_("事项"), max_length=80, blank=True)
    since_date = models.DateField(_("起"))
    until_date = models.DateField(_("止（含）"))
    reason = models.CharField(_("原因"), max_length=200)
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    granted_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("豁免")
        verbose_name_plural = _("豁免")
        constraints = [
            models.CheckConstraint(
                name="exemption_ends_after_it_begins",
                condition=Q(until_date__gte=F("since_date")),
            )
        ]

    def __str__(self) -> str:
        return f"{self.org} {self.since_date}–{self.until_date}"


class Completion(models.Model):
    """Somebody's word that a duty which no record can meet was done, in a sentence."""

    lineage = models.CharField(max_length=80)
    org = models.ForeignKey(Org, on_delete=models.PROTECT, related_name="completions")
    post = models.CharField(max_length=24, choices=Post, blank=True)
    counts_for_date = models.DateField(_("所属期间"))
    done_date = models.DateField(_("完成日期"))
    sentence = models.CharField(_("完成情况"), max_length=500)
    file = models.FileField(upload_to="completions/%Y/", blank=True)
    file_name = models.CharField(max_length=200, blank=True)
    filed_at = models.DateTimeField()
    filed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("完成说明")
        verbose_name_plural = _("完成说明")
        indexes = [models.Index(fields=["org", "lineage"], name="completion_of_org")]

    def __str__(self) -> str:
        return self.sentence
