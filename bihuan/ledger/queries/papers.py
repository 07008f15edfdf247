"""Exemptions and completions as the screens show them, and who answers for an organisation."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from django.db.models import Q, QuerySet

from bihuan.access.permissions import Permission
from bihuan.access.queries import Visitor, orgs_where, within_reach
from bihuan.activities.models import Activity
from bihuan.duties.models import Completion, Duty, Exemption
from bihuan.ledger.choices import SourceType
from bihuan.lib.tree import keys
from bihuan.orgs.choices import Post
from bihuan.orgs.models import Appointment, Org

HEADS = (Post.SECRETARY, Post.GROUP_SECRETARY, Post.GROUP_LEADER)


def exemptions_of(org: Org, year: int) -> QuerySet[Exemption]:
    """The exemptions that touch `org` in `year`: its own, and those from above for all below."""
    above = keys(org.path)[:-1]
    return (
        Exemption.objects.filter(
            Q(org=org) | Q(org__in=above, subtree=True),
            withdrawn_at=None,
            since_date__lte=dt.date(year, 12, 31),
            until_date__gte=dt.date(year, 1, 1),
        )
        .select_related("org", "granted_by")
        .order_by("since_date", "pk")
    )


def standing_exemptions(user: Visitor) -> QuerySet[Exemption]:
    """The exemptions that `user` may withdraw."""
    orgs = orgs_where(user, Permission.DUTY_EXEMPT)
    return Exemption.objects.filter(org__in=orgs, withdrawn_at=None)


def records_behind(
    sources: Sequence[tuple[int, int]], user: Visitor
) -> tuple[list[Activity], list[Completion]]:
    """The activities and completions named by `sources`, as far as `user` may see them."""
    activities = [key for kind, key in sources if kind == SourceType.ACTIVITY]
    completions = [key for kind, key in sources if kind == SourceType.COMPLETION]
    held = within_reach(Activity, user, Permission.RECORD_VIEW).filter(pk__in=activities)
    return (
        list(held.select_related("org", "chair").distinct().order_by("held_date", "pk")),
        list(
            Completion.objects.filter(pk__in=completions)
            .select_related("filed_by")
            .order_by("done_date", "pk")
        ),
    )


def heads_of(org_ids: Iterable[int], on: dt.date) -> dict[int, str]:
    """organisation → the name of its secretary on the day `on`."""
    found = Appointment.objects.on(on).filter(org__in=list(org_ids), post__in=HEADS)
    return dict(found.order_by("-pk").values_list("org_id", "person__name"))


def completable(duty_pk: int) -> Duty | None:
    """The duty, if no record can discharge it."""
    return Duty.objects.filter(pk=duty_pk, kinds=[]).first()


def completions_in_reach(user: Visitor) -> QuerySet[Completion]:
    return within_reach(Completion, user, Permission.RECORD_VIEW)
