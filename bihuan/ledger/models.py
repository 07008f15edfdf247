"""Tables of the ledger. The records are the truth; everything here can be computed again.

The rows are written by plain SQL in `actions`, because an update through the ORM costs
more than ten times as much. `docs/reference/ledger.md` describes the bytes.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.sql.compiler import SQLCompiler
from django.utils.translation import gettext_lazy as _

from bihuan.ledger.choices import SourceType
from bihuan.ledger.rules.codec import ENGINE
from bihuan.lib.fields import PathField
from bihuan.lib.tree import PATH_LENGTH
from bihuan.orgs.models import Org

SUBJECT_PATH = PATH_LENGTH + 5
"""A post's path is its organisation's, "!" and four base-36 digits."""


class WideKey(models.BigIntegerField):  # type: ignore[type-arg]
    """A 64-bit key that we compute ourselves.

    SQLite makes the column its row number, and so needs no second index, only if the type
    reads "integer".
    """

    def db_type(self, connection: BaseDatabaseWrapper) -> str:
        return "integer" if connection.vendor == "sqlite" else "bigint"


class Packed(models.Func):
    """The subject and five numbers of a piece of evidence as one value of fixed width.

    The database itself keeps it right. A year of them, strung together, is one block of
    memory, which costs a tenth of millions of Python's integers;
    `rules.codec.evidence_columns` takes it apart.
    """

    def as_sql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, *_args: Any, **_more: Any
    ) -> tuple[str, tuple[str | int, ...]]:
        """Big-endian 32-bit integers."""
        columns = [compiler.compile(each)[0] for each in self.source_expressions]
        return " || ".join(f"int4send({column}::integer)" for column in columns), ()

    def as_sqlite(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **_more: Any
    ) -> tuple[str, tuple[str | int, ...]]:
        """Characters beyond U+FFFF, which all take four bytes; two of them for the subject.

        SQLite has no other function that makes bytes of numbers.
        """
        subject, *rest = (compiler.compile(each)[0] for each in self.source_expressions)
        numbers = [f"{subject} >> 20", f"{subject} & 1048575", *rest]
        points = ", ".join(f"65536 + min({number}, 1048575)" for number in numbers)
        return f"char({points})", ()


class BookQuerySet(models.QuerySet["Book"]):
    def current(self) -> BookQuerySet:
        """The books whose bytes this engine understands."""
        return self.filter(engine=ENGINE)

    def older(self) -> BookQuerySet:
        """The books that must be computed again before anything is read from them."""
        return self.filter(engine__lt=ENGINE)


class Book(models.Model):
    """One year's registry of lines, which only grows, and the day its overdue counts speak of.

    `engine` says by which form of the ledger the year was written (`codec.ENGINE`).
    `movers` names the organisations that had several parents: {id: [[until, parent path]]}.
    """

    year = models.SmallIntegerField(primary_key=True)
    as_of = models.IntegerField()
    version = models.IntegerField(default=1)
    engine = models.SmallIntegerField(default=0)
    lines = models.JSONField(default=list)
    movers = models.JSONField(default=dict)

    objects = BookQuerySet.as_manager()

    class Meta:
        verbose_name = _("年度台账")
        verbose_name_plural = _("年度台账")

    def __str__(self) -> str:
        return str(self.year)


class Subject(models.Model):
    """Who owes: an organisation (post empty), or a post in it. The path is today's."""

    org_id = models.BigIntegerField()
    post = models.CharField(max_length=24, blank=True)
    path = PathField(max_length=SUBJECT_PATH)

    class Meta:
        verbose_name = _("责任主体")
        verbose_name_plural = _("责任主体")
        constraints = [models.UniqueConstraint(fields=["org_id", "post"], name="subject_once")]
        indexes = [models.Index(fields=["path"], name="subject_path")]

    def __str__(self) -> str:
        return f"{self.org_id}{self.post}"


class Signature(models.Model):
    """What records show apart from days and numbers: few distinct ones, as canonical JSON."""

    key = models.TextField(unique=True)

    class Meta:
        verbose_name = _("记录特征")
        verbose_name_plural = _("记录特征")

    def __str__(self) -> str:
        return self.key


class Evidence(models.Model):
    """What one record proves for one subject; days are proleptic ordinals."""

    source_type = models.SmallIntegerField(choices=SourceType)
    source_id = models.BigIntegerField()
    subject_id = models.BigIntegerField()
    signature_id = models.BigIntegerField()
    held = models.IntegerField()
    counts_for = models.IntegerField()
    present = models.IntegerField(default=0)
    entitled = models.IntegerField(default=0)
    year = models.SmallIntegerField()
    packed = models.GeneratedField(
        expression=Packed(
            "subject_id", "signature_id", "held", "counts_for", "present", "entitled"
        ),
        output_field=models.BinaryField(),
        db_persist=True,
    )

    class Meta:
        verbose_name = _("佐证")
        verbose_name_plural = _("佐证")
        constraints = [
            models.UniqueConstraint(
                fields=["source_type", "source_id", "subject_id"], name="evidence_once"
            )
        ]
        indexes = [models.Index(fields=["subject_id", "year"], name="evidence_of_subject")]

    def __str__(self) -> str:
        return f"{self.source_type}/{self.source_id}/{self.subject_id}"


class Row(models.Model):
    """One subject's year: packed counters, packed owed bytes, and how many cells are overdue.

    The key is year · 2⁴⁰ + subject.
    """

    id = WideKey(primary_key=True)
    year = models.SmallIntegerField()
    subject_id = models.BigIntegerField()
    org_id = models.BigIntegerField()
    path = PathField(max_length=SUBJECT_PATH)
    counters = models.BinaryField()
    owed = models.BinaryField()
    overdue = models.IntegerField(default=0)

    class Meta:
        verbose_name = _("台账行")
        verbose_name_plural = _("台账行")
        indexes = [
            models.Index(fields=["year", "-overdue"], name="row_worst"),
            models.Index(fields=["year", "path", "overdue"], name="row_subtree"),
        ]

    def __str__(self) -> str:
        return f"{self.year}/{self.subject_id}"


class Rollup(models.Model):
    """Sums over an organisation that has others or posts below it: four integers a slot.

    The key is year · 2⁴⁰ + organisation.
    """

    id = WideKey(primary_key=True)
    year = models.SmallIntegerField()
    org_id = models.BigIntegerField()
    counts = models.BinaryField()

    class Meta:
        verbose_name = _("汇总")
        verbose_name_plural = _("汇总")

    def __str__(self) -> str:
        return f"{self.year}/{self.org_id}"


class Delta(models.Model):
    """A change of sums that is not folded into `Rollup` yet (PostgreSQL only).

    Without it every writer of a province would queue for the root's row.
    """

    year = models.SmallIntegerField()
    slot = models.IntegerField()
    ancestors = models.JSONField()
    d_expected = models.IntegerField(default=0)
    d_exempt = models.IntegerField(default=0)
    d_done = models.IntegerField(default=0)
    d_made = models.IntegerField(default=0)

    class Meta:
        verbose_name = _("待并入的变动")
        verbose_name_plural = _("待并入的变动")

    def __str__(self) -> str:
        return f"{self.year}/{self.slot}"


class Reminder(models.Model):
    """A superior's one press on a gap: what an organisation (or a post in it) was reminded of.

    `cells` are the pairs of line and index that were overdue then. It is shown while one of
    them still is, so nobody has to tick it off.
    """

    org = models.ForeignKey(Org, on_delete=models.CASCADE, related_name="+")
    post = models.CharField(max_length=24, blank=True)
    year = models.SmallIntegerField()
    cells = models.JSONField()
    sent_date = models.DateField(_("提醒日期"))
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("提醒人"), on_delete=models.PROTECT,
        related_name="+",
    )  # fmt: skip

    class Meta:
        verbose_name = _("提醒")
        verbose_name_plural = _("提醒")
        indexes = [models.Index(fields=["org", "year"], name="reminder_of_org")]
        constraints = [
            models.UniqueConstraint(fields=["org", "post", "sent_date"], name="reminder_once_a_day")
        ]

    def __str__(self) -> str:
        return f"{self.org} {self.sent_date}"
