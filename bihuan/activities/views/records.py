"""Reading records: the list, one record with its history, its files; and taking one back."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from bihuan.access.permissions import Permission
from bihuan.access.queries import orgs_where, top_orgs_where, within_reach
from bihuan.activities.actions import withdraw_record
from bihuan.activities.choices import ActivityState, Presence
from bihuan.activities.forms.record import WithdrawForm
from bihuan.activities.models import Activity
from bihuan.activities.queries import all_kinds, drafts_of, files_of
from bihuan.activities.queries.discharge import discharge_of
from bihuan.activities.queries.history import history_of
from bihuan.activities.queries.listing import (
    Mark,
    month_end,
    months_with_records,
    page_of,
    records_in_reach,
)
from bihuan.lib.refusals import Refused
from bihuan.orgs.models import Org
from bihuan.web.doors import SignedIn, needs
from bihuan.web.pages import send_file, show


@require_safe
@needs(Permission.RECORD_VIEW)
def record_list(request: SignedIn) -> HttpResponse:
    asked = request.GET.get("org", "")
    org = None
    if asked.isascii() and asked.isdigit() and len(asked) < 19:
        org = get_object_or_404(within_reach(Org, request.user, Permission.RECORD_VIEW), pk=asked)
    found = records_in_reach(request.user, org=org, kind=request.GET.get("kind", "")[:40])
    until = month_end(request.GET.get("month", ""))
    context = {
        "shown": page_of(
            found,
            before=Mark.read(request.GET.get("before", "")),
            after=Mark.read(request.GET.get("after", "")),
            until=until,
        ),
        "months": months_with_records(request.user, org=org, today=timezone.localdate()),
        "month": until.replace(day=1) if until else None,
        "org": org,
        "kind": request.GET.get("kind", ""),
        "kinds": all_kinds(),
        "drafts": drafts_of(request.user),
        "may_file": top_orgs_where(request.user, Permission.RECORD_FILE).exists(),
    }
    return show(request, "activities/list.html", context, part="rows")


@require_safe
@needs(Permission.RECORD_VIEW)
def record_detail(request: SignedIn, pk: int) -> HttpResponse:
    found = within_reach(Activity, request.user, Permission.RECORD_VIEW)
    activity = get_object_or_404(found.select_related("org", "chair", "filed_by"), pk=pk)
    may_change = orgs_where(request.user, Permission.RECORD_FILE).filter(pk=activity.org_id)
    rows = list(activity.attendance.select_related("person").order_by("pk"))
    files = list(files_of(activity))
    filed = activity.state == ActivityState.FILED
    context = {
        "activity": activity,
        "good_for": discharge_of(activity, request.user, timezone.localdate()) if filed else None,
        "absent": [each for each in rows if each.presence == Presence.ABSENT],
        "took_part": [each for each in rows if each.presence == Presence.TOOK_PART],
        "visitors": [each for each in rows if each.presence == Presence.VISITOR],
        "speakers": activity.speakers.order_by("name", "pk"),
        "co_hosts": activity.co_hosts.order_by("path"),
        "decisions": activity.decisions.select_related("owner").order_by("order"),
        "files": [file for file in files if file.removed_at is None],
        "removed": [file for file in files if file.removed_at is not None],
        "history": history_of(activity),
        "may_change": filed and may_change.exists(),
        "form": WithdrawForm(),
    }
    return show(request, "activities/detail.html", context, part="card")


@require_POST
@needs(Permission.RECORD_FILE)
def record_withdraw(request: SignedIn, pk: int) -> HttpResponse:
    reach = within_reach(Activity, request.user, Permission.RECORD_FILE)
    activity = get_object_or_404(reach, pk=pk)
    form = WithdrawForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("请写明撤回的原因，不超过200字。"))
        return redirect(activity)
    try:
        withdraw_record(activity, reason=form.cleaned_data["reason"], by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("记录已撤回，有关台账格已经重算。"))
    return redirect(activity)


@require_safe
@needs(Permission.RECORD_VIEW)
def record_file(request: SignedIn, pk: int, file_pk: int) -> HttpResponseBase:
    """A file of a record, always as an attachment."""
    found = within_reach(Activity, request.user, Permission.RECORD_VIEW)
    standing = files_of(get_object_or_404(found, pk=pk)).filter(removed_at=None)
    file = get_object_or_404(standing, pk=file_pk)
    return send_file(file.file.open("rb"), name=file.name)
