from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext_lazy as _

from bihuan.lib.fields import PathField
from bihuan.lib.tree import PATH_LENGTH, end_of_subtree
from bihuan.orgs.choices import Gender, MemberStatus, OrgKind, Post

_STOOD_BELOW = """
    WITH RECURSIVE below (id) AS (
        SELECT CAST(%s AS bigint)
        UNION
        SELECT span.org_id FROM orgs_orgspan span JOIN below ON span.parent_id = below.id
        WHERE span.since_date <= %s AND (span.until_date IS NULL OR span.until_date > %s)
    )
    SELECT id FROM below
"""


class OrgQuerySet(models.QuerySet["Org"]):
    def under(self, *paths: str) -> OrgQuerySet:
        """The organisations at the given paths and everything below them."""
        wanted = Q(pk__in=[])
        for path in paths:
            wanted |= Q(path__gte=path, path__lt=end_of_subtree(path))
        return self.filter(wanted)

    def stood_below(self, org: Org, *, on: dt.date) -> OrgQuerySet:
        """`org` and the organisations that stood below it on the day `on`."""
        return self.filter(pk__in=RawSQL(_STOOD_BELOW, [org.pk, on.isoformat(), on.isoformat()]))

    def living(self) -> OrgQuerySet:
        return self.filter(dissolved_date=None)


class Org(models.Model):
    """One node of the organisation tree as it stands today.

    `path` spells the way from the root in segments of five base-36 digits of the
    primary keys, so a subtree is one range of an index on either database. What the
    organisation was on an earlier day is in its `OrgSpan` rows.
    """

    name = models.CharField(_("名称"), max_length=120)
    short_name = models.CharField(_("简称"), max_length=40, blank=True)
    kind = models.CharField(_("类型"), max_length=24, choices=OrgKind)
    parent = models.ForeignKey(
        "self", verbose_name=_("上级"), null=True, blank=True, on_delete=models.PROTECT,
        related_name="children",
    )  # fmt: skip
    path = PathField(max_length=PATH_LENGTH, unique=True, editable=False)
    founded_date = models.DateField(_("成立日期"))
    dissolved_date = models.DateField(_("撤销日期"), null=True, blank=True)
    merged_into = models.ForeignKey(
        "self", verbose_name=_("并入"), null=True, blank=True, on_delete=models.PROTECT,
        related_name="merged", editable=False,
    )  # fmt: skip
    term_end_date = models.DateField(_("任期届满"), null=True, blank=True)
    staff_count = models.PositiveIntegerField(_("干部职工数"), default=0)
    tags = models.JSONField(_("标签"), default=list, blank=True)
    full_members = models.PositiveIntegerField(_("正式党员数"), default=0, editable=False)
    groups = models.PositiveIntegerField(_("党小组数"), default=0, editable=False)

    objects = OrgQuerySet.as_manager()

    class Meta:
        verbose_name = _("组织")
        verbose_name_plural = _("组织")
        indexes = [models.Index(fields=["parent", "name"], name="org_children")]
        constraints = [
            models.CheckConstraint(
                name="org_not_its_own_parent", condition=~Q(parent=F("id")) | Q(parent=None)
            ),
            models.CheckConstraint(
                name="org_dissolved_after_founding",
                condition=Q(dissolved_date=None) | Q(dissolved_date__gte=F("founded_date")),
            ),
        ]

    def __str__(self) -> str:
        return self.short_name or self.name

    @property
    def is_branch(self) -> bool:
        return self.kind == OrgKind.BRANCH


class OrgSpan(models.Model):
    """What an organisation was from `since_date` until the day before `until_date`.

    The spans of one organisation follow each other without a gap; the last one is open
    while the organisation lives. Duties are judged on these facts, so last year's ledger
    stays as it was when the tree changes.
    """

    org = models.ForeignKey(Org, on_delete=models.CASCADE, related_name="spans")
    since_date = models.DateField()
    until_date = models.DateField(null=True, blank=True)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=24, choices=OrgKind)
    parent = models.ForeignKey(Org, null=True, on_delete=models.PROTECT, related_name="+")
    full_members = models.PositiveIntegerField(default=0)
    groups = models.PositiveIntegerField(default=0)
    tags = models.JSONField(default=list)

    class Meta:
        verbose_name = _("组织沿革")
        verbose_name_plural = _("组织沿革")
        constraints = [
            models.UniqueConstraint(fields=["org", "since_date"], name="orgspan_one_a_day"),
            models.UniqueConstraint(
                fields=["org"], condition=Q(until_date=None), name="orgspan_one_open"
            ),
            models.CheckConstraint(
                name="orgspan_ends_after_it_begins",
                condition=Q(until_date=None) | Q(until_date__gt=F("since_date")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.since_date}–{self.until_date or ''}"


class PersonQuerySet(models.QuerySet["Person"]):
    def belonging(self, *paths: str, on: dt.date) -> PersonQuerySet:
        """People whose membership lies in one of these subtrees on the day `on`."""
        orgs = Org.objects.under(*paths)
        return self.filter(
            Q(memberships__until_date=None) | Q(memberships__until_date__gt=on),
            memberships__org__in=orgs,
            memberships__since_date__lte=on,
        )


class Person(models.Model):
    """A human being of whom the organisation keeps a record.

    What others may see of everybody stands here; what is nobody's business stands in
    `PersonalDetail`, behind the guard.
    """

    name = models.CharField(_("姓名"), max_length=50)
    gender = models.CharField(_("性别"), max_length=8, choices=Gender, blank=True)
    status = models.CharField(
        _("政治面貌"), max_length=16, choices=MemberStatus, default=MemberStatus.FULL
    )
    joined_date = models.DateField(_("入党日期"), null=True, blank=True)
    position = models.CharField(_("职务"), max_length=80, blank=True)
    retired = models.BooleanField(_("离退休"), default=False)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, verbose_name=_("账号"), null=True, blank=True,
        on_delete=models.SET_NULL, related_name="person",
    )  # fmt: skip

    objects = PersonQuerySet.as_manager()

    class Meta:
        verbose_name = _("人员")
        verbose_name_plural = _("人员")
        indexes = [models.Index(fields=["name"], name="person_name")]

    def __str__(self) -> str:
        return self.name


class PersonalDetail(models.Model):
    """Sensitive facts of one person (label L2). Confidential: read inside the guard only.

    The key points from here to the person and back-relations are off, so no join from an
    open table leads here.
    """

    # No constraint in the database: SQLite would read this table by itself whenever a person
    # is written, and the guard would refuse it.
    person = models.OneToOneField(
        Person, on_delete=models.CASCADE, related_name="+", primary_key=True, db_constraint=False
    )
    identity_number = models.CharField(_("公民身份号码"), max_length=18, blank=True)
    birth_date = models.DateField(_("出生日期"), null=True, blank=True)
    phone = models.CharField(_("联系电话"), max_length=20, blank=True)

    class Meta:
        verbose_name = _("个人敏感信息")
        verbose_name_plural = _("个人敏感信息")

    def __str__(self) -> str:
        return f"#{self.pk}"


class DatedQuerySet(models.QuerySet["Membership"]):
    def on(self, day: dt.date) -> DatedQuerySet:
        return self.filter(Q(until_date=None) | Q(until_date__gt=day), since_date__lte=day)


class Membership(models.Model):
    """A person's organisational relation (组织关系) to one organisation, from–until."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="memberships")
    org = models.ForeignKey(Org, on_delete=models.PROTECT, related_name="memberships")
    group = models.ForeignKey(
        Org, verbose_name=_("党小组"), null=True, blank=True, on_delete=models.PROTECT,
        related_name="group_memberships",
    )  # fmt: skip
    since_date = models.DateField(_("起"))
    until_date = models.DateField(_("止"), null=True, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = _("组织关系")
        verbose_name_plural = _("组织关系")
        indexes = [models.Index(fields=["org", "until_date"], name="membership_of_org")]
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=Q(until_date=None), name="membership_one_open"
            ),
            models.CheckConstraint(
                name="membership_ends_after_it_begins",
                condition=Q(until_date=None) | Q(until_date__gt=F("since_date")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} {self.org}"


class AppointmentQuerySet(models.QuerySet["Appointment"]):
    def on(self, day: dt.date) -> AppointmentQuerySet:
        return self.filter(Q(until_date=None) | Q(until_date__gt=day), since_date__lte=day)


class Appointment(models.Model):
    """A post that a person holds in an organisation, from–until, with its portfolio."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="appointments")
    org = models.ForeignKey(Org, on_delete=models.PROTECT, related_name="appointments")
    post = models.CharField(_("职务"), max_length=24, choices=Post)
    portfolio = models.CharField(_("分管领域"), max_length=200, blank=True)
    since_date = models.DateField(_("起"))
    until_date = models.DateField(_("止"), null=True, blank=True)

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("任职")
        verbose_name_plural = _("任职")
        indexes = [
            models.Index(fields=["org", "post", "until_date"], name="appointment_of_org"),
            models.Index(fields=["person", "until_date"], name="appointment_of_person"),
        ]
        constraints = [
            models.CheckConstraint(
                name="appointment_ends_after_it_begins",
                condition=Q(until_date=None) | Q(until_date__gt=F("since_date")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.org}{self.get_post_display()} {self.person}"


class StatusSpan(models.Model):
    """What a person's standing was from `since_date` until the day before `until_date`.

    A person without a span has always been what `Person.status` says; the first change writes
    down what was before it (`since_date` None) and what has been since.
    """

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="status_spans")
    status = models.CharField(_("政治面貌"), max_length=16, choices=MemberStatus)
    since_date = models.DateField(_("起"), null=True, blank=True)
    until_date = models.DateField(_("止"), null=True, blank=True)

    class Meta:
        verbose_name = _("政治面貌沿革")
        verbose_name_plural = _("政治面貌沿革")
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=Q(until_date=None), name="statusspan_one_open"
            ),
            models.CheckConstraint(
                name="statusspan_ends_after_it_begins",
                condition=Q(until_date=None)
                | Q(since_date=None)
                | Q(until_date__gt=F("since_date")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} {self.get_status_display()}"
