from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from bihuan.activities.choices import AbsenceReason, ActivityState, Presence
from bihuan.lib.names import in_own_language
from bihuan.orgs.models import Org, Person


class Kind(models.Model):
    """A form of organisational life (支部党员大会, 主题党日 …); a row that a pack brings."""

    code = models.CharField(max_length=40, unique=True)
    name = models.CharField(_("名称"), max_length=60)
    name_en = models.CharField(max_length=80, blank=True)
    org_kinds = models.JSONField(_("由谁举行"), default=list)
    attendance = models.CharField(
        _("应到范围"), max_length=24, default="MEMBERS"
    )  # MEMBERS, COMMITTEE, GROUP, NONE: from whom the due attendance is computed
    minutes = models.PositiveIntegerField(_("一次约需分钟"), default=60)
    source = models.CharField(_("依据"), max_length=120, blank=True)
    article = models.CharField(_("条款"), max_length=60, blank=True)
    order = models.PositiveIntegerField(default=100)

    class Meta:
        verbose_name = _("活动类型")
        verbose_name_plural = _("活动类型")

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """The name as the reader of the moment sees it; `name` is the one of the books."""
        return in_own_language(self.name, self.name_en)


class ActivityQuerySet(models.QuerySet["Activity"]):
    def filed(self) -> ActivityQuerySet:
        return self.filter(state=ActivityState.FILED)

    def reach(self, orgs: models.QuerySet[Org]) -> ActivityQuerySet:
        """Records whose host, or one of whose co-hosts, is among `orgs`."""
        shared = Activity.co_hosts.through.objects.filter(org__in=orgs).values("activity")
        return self.filter(Q(org__in=orgs) | Q(pk__in=shared))


class Activity(models.Model):
    """Something that took place, on one day, hosted by one or several organisations.

    Everybody due is present unless an `Attendance` row says otherwise, so only exceptions
    are stored; `entitled`, `expected` and `present` are counted when the record is filed.
    A record is never deleted: it is withdrawn, and every earlier version is kept.
    """

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    org = models.ForeignKey(
        Org, verbose_name=_("主办组织"), on_delete=models.PROTECT, related_name="activities"
    )
    co_hosts = models.ManyToManyField(
        Org, verbose_name=_("联合举办"), blank=True, related_name="shared_activities"
    )
    kinds = models.ManyToManyField(Kind, verbose_name=_("类型"), related_name="activities")
    title = models.CharField(_("主题"), max_length=120, blank=True)
    held_date = models.DateField(_("日期"))
    start_time = models.TimeField(_("开始"), null=True, blank=True)
    end_time = models.TimeField(_("结束"), null=True, blank=True)
    place = models.CharField(_("地点"), max_length=80, blank=True)
    chair = models.ForeignKey(
        Person, verbose_name=_("主持人"), null=True, blank=True, on_delete=models.PROTECT,
        related_name="chaired",
    )  # fmt: skip
    speakers = models.ManyToManyField(
        Person, verbose_name=_("主讲人"), blank=True, related_name="spoke_at"
    )
    summary = models.TextField(_("一句话纪要"), max_length=2000, blank=True)
    counts_for_date = models.DateField(_("补的是哪一期"), null=True, blank=True)
    entitled = models.PositiveIntegerField(_("有表决权"), default=0)
    expected = models.PositiveIntegerField(_("应到"), default=0)
    present = models.PositiveIntegerField(_("实到"), default=0)
    voters_present = models.PositiveIntegerField(_("有表决权到会"), default=0)

    state = models.CharField(max_length=16, choices=ActivityState, default=ActivityState.FILED)
    version = models.PositiveIntegerField(default=1)
    filed_at = models.DateTimeField(_("登记时间"))
    filed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    changed_at = models.DateTimeField(_("修改时间"), null=True, blank=True)
    withdrawal_reason = models.CharField(_("撤回原因"), max_length=200, blank=True)

    objects = ActivityQuerySet.as_manager()

    class Meta:
        verbose_name = _("活动记录")
        verbose_name_plural = _("活动记录")
        indexes = [
            models.Index(fields=["org", "-held_date"], name="activity_of_org"),
            models.Index(fields=["-held_date", "-id"], name="activity_by_day"),
        ]
        constraints = [
            models.CheckConstraint(
                name="activity_ends_after_it_begins",
                condition=Q(start_time=None) | Q(end_time=None) | Q(end_time__gte=F("start_time")),
            ),
            models.CheckConstraint(
                name="activity_present_within_expected",
                condition=Q(present__lte=F("expected")) & Q(voters_present__lte=F("entitled")),
            ),
        ]

    def __str__(self) -> str:
        return self.title or f"{self.held_date:%Y-%m-%d}"

    def get_absolute_url(self) -> str:
        return reverse("activities:detail", args=[self.pk])


class Attendance(models.Model):
    """An absence with its reason, a visitor, or, where nobody is due, somebody who took part."""

    activity = models.ForeignKey(Activity, on_delete=models.CASCADE, related_name="attendance")
    person = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.PROTECT, related_name="attendance"
    )
    visitor_name = models.CharField(_("列席人"), max_length=80, blank=True)
    presence = models.CharField(max_length=16, choices=Presence)
    reason = models.CharField(_("原因"), max_length=16, choices=AbsenceReason, blank=True)
    note = models.CharField(_("说明"), max_length=100, blank=True)

    class Meta:
        verbose_name = _("到会例外")
        verbose_name_plural = _("到会例外")
        constraints = [
            models.UniqueConstraint(fields=["activity", "person"], name="attendance_once_each"),
            models.CheckConstraint(
                name="attendance_absence_has_person_and_reason",
                condition=Q(presence=Presence.VISITOR)
                | Q(presence=Presence.TOOK_PART, person__isnull=False)
                | Q(presence=Presence.ABSENT, person__isnull=False) & ~Q(reason=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person or self.visitor_name} {self.get_presence_display()}"


class Decision(models.Model):
    """One thing a meeting decided, with who does it and by when, if said."""

    activity = models.ForeignKey(Activity, on_delete=models.CASCADE, related_name="decisions")
    order = models.PositiveIntegerField(default=1)
    text = models.CharField(_("决定"), max_length=500)
    owner = models.ForeignKey(
        Person, verbose_name=_("责任人"), null=True, blank=True, on_delete=models.PROTECT,
        related_name="+",
    )  # fmt: skip
    due_date = models.DateField(_("期限"), null=True, blank=True)

    class Meta:
        verbose_name = _("议定事项")
        verbose_name_plural = _("议定事项")

    def __str__(self) -> str:
        return self.text


class FileQuerySet(models.QuerySet["ActivityFile"]):
    def standing(self) -> FileQuerySet:
        return self.filter(removed_at=None).order_by("pk")


class ActivityFile(models.Model):
    """A file somebody chose to add; never asked for.

    Of one that was removed the row stays, with name and fingerprint; its bytes are gone.
    """

    activity = models.ForeignKey(Activity, on_delete=models.CASCADE, related_name="files")
    file = models.FileField(upload_to="activities/%Y/")
    name = models.CharField(max_length=200)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    added_at = models.DateTimeField(null=True)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    removed_at = models.DateTimeField(null=True, blank=True)
    removed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT,
        related_name="+",
    )  # fmt: skip

    objects = FileQuerySet.as_manager()

    class Meta:
        verbose_name = _("附件")
        verbose_name_plural = _("附件")
        constraints = [
            models.CheckConstraint(
                name="activityfile_removed_by_somebody",
                condition=Q(removed_at=None, removed_by=None)
                | Q(removed_at__isnull=False, removed_by__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return self.name


class StagedFile(models.Model):
    """A file that has passed the gate and waits for the form it was chosen in to be sent.

    `key` is that form's. Nobody but `user` sees it.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="staged_files"
    )
    key = models.UUIDField()
    file = models.FileField(upload_to="activities/%Y/")
    name = models.CharField(max_length=200)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    staged_at = models.DateTimeField()

    class Meta:
        verbose_name = _("待提交的附件")
        verbose_name_plural = _("待提交的附件")
        constraints = [
            models.UniqueConstraint(fields=["user", "key", "sha256"], name="stagedfile_once")
        ]

    def __str__(self) -> str:
        return self.name


class ActivityVersion(models.Model):
    """A record as it stood before a change: all its fields and rows, as JSON."""

    activity = models.ForeignKey(Activity, on_delete=models.CASCADE, related_name="versions")
    version = models.PositiveIntegerField()
    content = models.JSONField()
    replaced_at = models.DateTimeField()
    replaced_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = _("历史版本")
        verbose_name_plural = _("历史版本")
        constraints = [
            models.UniqueConstraint(fields=["activity", "version"], name="activityversion_once")
        ]

    def __str__(self) -> str:
        return f"{self.activity_id} v{self.version}"


class RecordDraft(models.Model):
    """What somebody has typed so far, exactly as typed, right or wrong.

    `activity` is the record that is being changed; a new one has none.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="record_drafts"
    )
    key = models.UUIDField(unique=True)
    org = models.ForeignKey(Org, on_delete=models.CASCADE, related_name="+")
    activity = models.ForeignKey(
        Activity, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    fields = models.JSONField(default=dict)
    saved_at = models.DateTimeField()

    class Meta:
        verbose_name = _("草稿")
        verbose_name_plural = _("草稿")

    def __str__(self) -> str:
        return f"{self.user} {self.saved_at:%Y-%m-%d %H:%M}"
