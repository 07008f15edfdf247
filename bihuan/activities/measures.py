"""The numbers that records of activities answer."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from django.db.models import Count, IntegerField, QuerySet, Sum
from django.db.models.functions import Length, Substr
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from bihuan.activities.models import Activity
from bihuan.lib.tree import SEGMENT
from bihuan.measures.rules import Item, Measure, Number, Records, Span, register
from bihuan.orgs.choices import OrgKind
from bihuan.orgs.models import Org

Rows = Callable[[Org, Span], QuerySet[Activity]]


def held(org: Org, span: Span) -> QuerySet[Activity]:
    """Filed records hosted in the subtree of `org` and held within the span."""
    return Activity.objects.filed().filter(
        org__in=Org.objects.under(org.path), held_date__range=(span.since, span.until)
    )


def of_kind(code: str) -> Rows:
    return lambda org, span: held(org, span).filter(kinds__code=code)


def made_up(org: Org, span: Span) -> QuerySet[Activity]:
    return held(org, span).exclude(counts_for_date=None)


def with_decisions(org: Org, span: Span) -> QuerySet[Activity]:
    return held(org, span).filter(decisions__isnull=False).distinct()


def behind(rows: Rows) -> Callable[[Org, Span], Records]:
    def records(org: Org, span: Span) -> Records:
        found = rows(org, span).select_related("org").order_by("-held_date", "-pk")
        return Records(found, line)

    return records


def line(activity: Activity) -> Item:
    text = f"{activity.org} {activity.title}".strip()
    return Item(text, reverse("activities:detail", args=[activity.pk]), activity.held_date)


def children(rows: QuerySet[Activity], org: Org, **sums: Any) -> dict[int, dict[str, Any]]:
    """Aggregates of `rows` by the child of `org` under which each was hosted, in one query."""
    width = len(org.path) + SEGMENT
    grouped = (
        rows.annotate(length=Length("org__path"))
        .filter(length__gte=width)
        .annotate(child=Substr("org__path", len(org.path) + 1, SEGMENT))
        .order_by()
        .values("child")
        .annotate(**sums)
    )
    return {int(row["child"], 36): dict(row) for row in grouped}


def count_of(code: str, name: str | Promise, definition: str | Promise, rows: Rows) -> Measure:
    """A measure that counts records."""

    def value(org: Org, span: Span) -> Number:
        return rows(org, span).count()

    def by_child(org: Org, span: Span) -> dict[int, Number]:
        found = children(rows(org, span), org, n=Count("pk", distinct=True))
        return {key: row["n"] for key, row in found.items()}

    return register(Measure(code, name, definition, _("次"), value, behind(rows), by_child))


def _attendance(org: Org, span: Span) -> Number:
    sums = held(org, span).aggregate(present=Sum("present"), expected=Sum("expected"))
    return Fraction(sums["present"], sums["expected"]) if sums["expected"] else None


def _attendance_by_child(org: Org, span: Span) -> dict[int, Number]:
    found = children(
        held(org, span), org,
        present=Sum("present", output_field=IntegerField()),
        expected=Sum("expected", output_field=IntegerField()),
    )  # fmt: skip
    return {
        key: Fraction(row["present"], row["expected"]) if row["expected"] else None
        for key, row in found.items()
    }


def _active(org: Org, span: Span) -> QuerySet[Org]:
    hosts = held(org, span).values("org")
    return Org.objects.under(org.path).filter(kind=OrgKind.BRANCH, pk__in=hosts)


def _branches(org: Org, span: Span) -> QuerySet[Org]:
    return Org.objects.under(org.path).living().filter(kind=OrgKind.BRANCH)


def _org_line(org: Org) -> Item:
    return Item(org.name, f"{reverse('activities:list')}?org={org.pk}")


def count_of_orgs(
    code: str,
    name: str | Promise,
    definition: str | Promise,
    rows: Callable[[Org, Span], QuerySet[Org]],
) -> Measure:
    """A measure that counts organisations."""

    def by_child(org: Org, span: Span) -> dict[int, Number]:
        found = (
            rows(org, span)
            .annotate(child=Substr("path", len(org.path) + 1, SEGMENT))
            .exclude(child="")
            .order_by()
            .values("child")
            .annotate(n=Count("pk"))
        )
        return {int(row["child"], 36): row["n"] for row in found}

    return register(
        Measure(
            code, name, definition, _("个"),
            value=lambda org, span: rows(org, span).count(),
            records=lambda org, span: Records(rows(org, span).order_by("path"), _org_line),
            by_child=by_child,
        )
    )  # fmt: skip


count_of(
    "activities.held", _("活动次数"), _("所属各级组织在期间内举行并登记的活动，撤回的不计。"), held
)
count_of(
    "activities.theme_day", _("主题党日次数"), _("类型含主题党日的活动次数。"), of_kind("theme_day")
)
count_of(
    "activities.general_meeting", _("支部党员大会次数"), _("类型含支部党员大会的活动次数。"),
    of_kind("general_meeting"),
)  # fmt: skip
count_of(
    "activities.committee_meeting", _("支委会次数"), _("类型含支部委员会会议的活动次数。"),
    of_kind("committee_meeting"),
)  # fmt: skip
count_of("activities.lecture", _("党课次数"), _("类型含党课的活动次数。"), of_kind("lecture"))
count_of(
    "activities.study_session", _("中心组学习次数"), _("类型含理论学习中心组集体学习的活动次数。"),
    of_kind("study_session"),
)  # fmt: skip
count_of("activities.made_up", _("补办次数"), _("登记为补办以前某一期的活动次数。"), made_up)
count_of(
    "activities.with_decisions", _("形成决定的会议"), _("至少登记了一条议定事项的活动次数。"),
    with_decisions,
)  # fmt: skip
register(
    Measure(
        "activities.attendance", _("到会率"),
        _("期间内各次活动实到人数之和除以应到人数之和；应到按活动当天的组织关系计算。"), "%",
        value=_attendance, records=behind(held), by_child=_attendance_by_child, share=True,
    )
)  # fmt: skip
count_of_orgs("orgs.branches", _("党支部数"), _("现有未撤销的党支部。"), _branches)
count_of_orgs(
    "activities.active_branches",
    _("开展活动的党支部"),
    _("期间内至少登记一次活动的党支部。"),
    _active,
)
