"""The numbers that the ledger answers, and the rows behind each."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from django.db.models import F, OuterRef, QuerySet, Subquery, Sum
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from bihuan.activities.measures import line
from bihuan.activities.models import Activity
from bihuan.ledger.models import Evidence, Row, Subject
from bihuan.ledger.queries.screens import children_table, totals
from bihuan.ledger.queries.sums import Counts
from bihuan.lib.tree import end_of_subtree
from bihuan.measures.rules import Item, Measure, Number, Records, Span, register
from bihuan.orgs.models import Org

ACTIVITY = 1
"""`Evidence.source_type` of records of activities."""


def evidence(org: Org, span: Span) -> QuerySet[Evidence]:
    """What counts for subjects at and below `org` in periods within the span."""
    below = Subject.objects.filter(path__gte=org.path, path__lt=end_of_subtree(org.path))
    return Evidence.objects.filter(
        source_type=ACTIVITY,
        subject_id__in=below.values("pk"),
        counts_for__range=(span.since.toordinal(), span.until.toordinal()),
    )


def records_of(found: QuerySet[Evidence]) -> Records:
    rows = Activity.objects.filter(pk__in=found.values("source_id"))
    return Records(rows.select_related("org").order_by("-held_date", "-pk"), line)


def counting(org: Org, span: Span) -> Records:
    return records_of(evidence(org, span))


def late(org: Org, span: Span) -> Records:
    # Held outside the period it counts for, which is what a make-up is.
    return records_of(evidence(org, span).exclude(counts_for=F("held")))


def subjects(org: Org, span: Span) -> Records:
    """The organisations at and below `org` that have rows in the year's ledger."""
    owing = _rows(org, span).values("org_id")
    return Records(Org.objects.filter(pk__in=owing).order_by("path"), _subject_line)


def behind_time(org: Org, span: Span) -> Records:
    """Those at and below `org` with overdue cells, the most first."""
    late = _rows(org, span).filter(org_id=OuterRef("pk")).order_by().values("org_id")
    counted = Subquery(late.annotate(n=Sum("overdue")).values("n"))
    found = Org.objects.annotate(late=counted).filter(late__gt=0).order_by("-late", "path")
    return Records(found, _overdue_line)


def _rows(org: Org, span: Span) -> QuerySet[Row]:
    return Row.objects.filter(
        year=span.since.year, path__gte=org.path, path__lt=end_of_subtree(org.path)
    )


def _subject_line(org: Org) -> Item:
    return Item(org.name, reverse("ledger:owed", args=[org.pk]))


def _overdue_line(org: Any) -> Item:
    """`org` carries `late`, the number of its overdue cells."""
    text = _now("%(org)s：逾期 %(count)d 项") % {"org": org.name, "count": org.late}
    return Item(text, reverse("ledger:owed", args=[org.pk]))


def of_counts(
    code: str,
    name: str | Promise,
    definition: str | Promise,
    read: Callable[[Counts], Number],
    records: Callable[[Org, Span], Records],
    *,
    share: bool = False,
) -> Measure:
    """A measure read off the sums of the cells whose period touches the span."""

    def value(org: Org, span: Span) -> Number:
        found = totals(org, span.since.year, span.today, first=span.since, last=span.until)
        return read(found)

    def by_child(org: Org, span: Span) -> dict[int, Number]:
        table = children_table(org, span.since.year, span.today, first=span.since, last=span.until)
        return {row.org.pk: read(row.total) for row in table.rows if not row.own}

    unit = "%" if share else _("项")
    return register(Measure(code, name, definition, unit, value, records, by_child, share))


def rate(found: Counts) -> Number:
    """(done + made up) ÷ (done + made up + overdue); see decision 2."""
    met = found.done + found.made_up
    return Fraction(met, met + found.overdue) if met + found.overdue else None


of_counts(
    "ledger.expected", _("应完成项数"),
    _("期间内各级组织和责任职务应完成的台账格数；豁免的不计，一格是一个组织一个事项的一期。"),
    lambda found: found.expected - found.exempt, subjects,
)  # fmt: skip
of_counts(
    "ledger.done", _("按期完成项数"), _("在期限内由活动记录或完成说明完成的台账格数。"),
    lambda found: found.done, counting,
)  # fmt: skip
of_counts(
    "ledger.made_up", _("补办项数"), _("期限过后、宽限期内补办完成的台账格数。"),
    lambda found: found.made_up, late,
)  # fmt: skip
of_counts(
    "ledger.overdue", _("逾期项数"), _("期限已过仍未完成的台账格数。"),
    lambda found: found.overdue, behind_time,
)  # fmt: skip
of_counts(
    "ledger.rate", _("完成率"),
    _("(按期完成+补办)÷(按期完成+补办+逾期);期限未到的不计入。"), rate, counting, share=True,
)  # fmt: skip
