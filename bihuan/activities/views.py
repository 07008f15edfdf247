from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bihuan.access.permissions import Permission
from bihuan.access.queries import orgs_where, top_orgs_where, within_reach
from bihuan.activities.actions import (
    BadRecord,
    ChangedMeanwhile,
    change_record,
    file_record,
    withdraw_record,
)
from bihuan.activities.actions.drafts import drop_draft, save_draft
from bihuan.activities.choices import ActivityState
from bihuan.activities.forms import (
    LINES_OF_DECISIONS,
    REASONS,
    RecordForm,
    WithdrawForm,
    as_typed,
    decision_rows,
    from_draft,
    initial_of,
    rows_of,
)
from bihuan.activities.models import Activity
from bihuan.activities.queries import (
    Due,
    all_kinds,
    drafts_of,
    due_people,
    kinds_for,
    records_in_reach,
    similar,
    usual,
)
from bihuan.lib.refusals import Refused
from bihuan.orgs.choices import OrgKind
from bihuan.orgs.models import Org
from bihuan.web.doors import SignedIn, needs
from bihuan.web.pages import show

LIKELY = 6
"""Kinds offered at once; the others stand behind a press."""


@require_safe
@needs(Permission.RECORD_VIEW)
def record_list(request: SignedIn) -> HttpResponse:
    asked = request.GET.get("org", "")
    org = None
    if asked.isascii() and asked.isdigit():
        org = get_object_or_404(within_reach(Org, request.user, Permission.RECORD_VIEW), pk=asked)
    found = records_in_reach(request.user, org=org, kind=request.GET.get("kind", "")[:40])
    page = Paginator(found, 25).get_page(request.GET.get("page"))
    context = {
        "page": page,
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
    context = {
        "activity": activity,
        "absent": activity.attendance.exclude(person=None).select_related("person"),
        "visitors": activity.attendance.filter(person=None),
        "decisions": activity.decisions.select_related("owner").order_by("order"),
        "versions": activity.versions.select_related("replaced_by").order_by("-version"),
        "may_change": activity.state == ActivityState.FILED and may_change.exists(),
        "form": WithdrawForm(),
    }
    return show(request, "activities/detail.html", context, part="card")


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.RECORD_FILE)
def record(request: SignedIn) -> HttpResponse:
    """A new record: choose the organisation if there are several, then the form."""
    org = _host(request)
    if org is None:
        orgs = orgs_where(request.user, Permission.RECORD_FILE).filter(dissolved_date=None)
        hosts = orgs.exclude(kind__in=[OrgKind.UNIT, OrgKind.COMMITTEE]).order_by("path")
        if hosts.count() != 1:
            page = Paginator(hosts.select_related("parent"), 50).get_page(request.GET.get("page"))
            return show(request, "activities/choose.html", {"page": page}, part="rows")
        org = hosts.get()
    if request.method == "POST":
        return _file(request, org)
    key = _uuid(request.GET.get("draft"))
    draft = drafts_of(request.user).filter(key=key).first() if key else None
    if draft is not None:
        return _form_page(request, org, typed=from_draft(draft.fields))
    return _form_page(request, org, typed=None)


@require_POST
@needs(Permission.RECORD_FILE)
def record_draft(request: SignedIn) -> HttpResponse:
    """Keep what is typed; htmx sends the form here at every step."""
    org, key = _host(request), _uuid(request.POST.get("key"))
    if org is None or key is None:
        return HttpResponse(status=204)
    saved = save_draft(key, org, as_typed(request.POST), by=request.user)
    if saved is None:
        return HttpResponse(status=204)
    return show(request, "activities/form.html", {"saved_at": saved.saved_at}, part="saved")


@require_POST
@needs(Permission.RECORD_FILE)
def draft_drop(request: SignedIn, key: uuid.UUID) -> HttpResponse:
    drop_draft(get_object_or_404(drafts_of(request.user), key=key), by=request.user)
    messages.success(request, _("草稿已删除。"))
    return redirect("activities:list")


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.RECORD_FILE)
def record_change(request: SignedIn, pk: int) -> HttpResponse:
    reach = within_reach(Activity, request.user, Permission.RECORD_FILE)
    activity = get_object_or_404(reach.filter(state=ActivityState.FILED), pk=pk)
    if request.method == "POST":
        return _change(request, activity)
    return _form_page(request, activity.org, typed=None, activity=activity)


@require_POST
@needs(Permission.RECORD_FILE)
def record_withdraw(request: SignedIn, pk: int) -> HttpResponse:
    reach = within_reach(Activity, request.user, Permission.RECORD_FILE)
    activity = get_object_or_404(reach, pk=pk)
    form = WithdrawForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("请写明撤回的原因。"))
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
    file = get_object_or_404(get_object_or_404(found, pk=pk).files, pk=file_pk)
    answer = FileResponse(file.file.open("rb"), as_attachment=True, filename=file.name)
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return answer


def _host(request: SignedIn) -> Org | None:
    """The organisation that is to host, if one is named and may be."""
    asked = request.POST.get("org") or request.GET.get("org") or ""
    if not (asked.isascii() and asked.isdigit() and len(asked) < 10):
        return None
    reach = within_reach(Org, request.user, Permission.RECORD_FILE)
    return get_object_or_404(reach.filter(dissolved_date=None), pk=asked)


def _uuid(text: str | None) -> uuid.UUID | None:
    try:
        return uuid.UUID(text or "")
    except ValueError:
        return None


def _day(typed: Mapping[str, Any], default: dt.date) -> dt.date:
    try:
        return dt.date.fromisoformat(str(typed.get("held_date", "")))
    except ValueError:
        return default


def _form_page(
    request: SignedIn,
    org: Org,
    *,
    typed: Any,
    activity: Activity | None = None,
    form: RecordForm | None = None,
    twin: Activity | None = None,
) -> HttpResponse:
    kinds = kinds_for(org)
    today = timezone.localdate()
    rows: Mapping[str, Any] = typed or (rows_of(activity) if activity else {})
    wanted = set(typed.getlist("kinds")) if typed else set(_preset(request, activity))
    day = _day(typed or {}, activity.held_date if activity else today)
    due = due_people(org, [kind for kind in kinds if kind.code in wanted], on=day)
    if form is None:
        initial = initial_of(activity) if activity else _blank(request, org, today)
        initial["visitors"] = rows.get("visitors", "")
        people = [each.person for each in due]
        data = typed if typed is not None else None
        form = RecordForm(data, initial=initial, kinds=kinds, people=people)
    decisions = decision_rows(rows)
    decisions += [("", "", "")] * max(1, LINES_OF_DECISIONS - len(decisions))
    boxes = list(form["kinds"])
    likely = [box for box in boxes if box.data["selected"]]
    likely += [box for box in boxes if not box.data["selected"]][: max(0, LIKELY - len(likely))]
    context = {
        "form": form,
        "likely": likely,
        "others": [box for box in boxes if box not in likely],
        "org": org,
        "activity": activity,
        "people": [_person_row(each, rows) for each in due],
        "reasons": REASONS,
        "decisions": list(enumerate(decisions, start=1)),
        "twin": twin,
        "absent": sum(1 for each in due if rows.get(f"absent-{each.person.pk}")),
    }
    return show(request, "activities/form.html", context, part="people")


def _preset(request: SignedIn, activity: Activity | None) -> list[str]:
    if activity is not None:
        return [kind.code for kind in activity.kinds.all()]
    return request.GET.getlist("kind")


def _blank(request: SignedIn, org: Org, today: dt.date) -> dict[str, Any]:
    last = usual(org)
    return {
        "key": uuid.uuid4(),
        "kinds": request.GET.getlist("kind"),
        "held_date": _day(request.GET, today),
        "start_time": last.start_time,
        "place": last.place,
        "chair": last.chair_id,
        # A link from an overdue cell of the ledger names the period it wants made up.
        "counts_for_date": request.GET.get("counts_for", "")[:10],
    }


def _person_row(due: Due, rows: Mapping[str, Any]) -> dict[str, Any]:
    pk = due.person.pk
    return {
        "person": due.person,
        "absent": bool(rows.get(f"absent-{pk}")),
        "reason": rows.get(f"reason-{pk}", ""),
        "note": rows.get(f"note-{pk}", ""),
    }


def _bound(request: SignedIn, org: Org) -> tuple[RecordForm, list[Due]]:
    kinds = kinds_for(org)
    wanted = set(request.POST.getlist("kinds"))
    day = _day(request.POST, timezone.localdate())
    due = due_people(org, [kind for kind in kinds if kind.code in wanted], on=day)
    return RecordForm(request.POST, kinds=kinds, people=[each.person for each in due]), due


def _file(request: SignedIn, org: Org) -> HttpResponse:
    form, due = _bound(request, org)
    if form.is_valid():
        wish = form.record(org, due, request.POST)
        twin = similar(org, wish.kinds, on=wish.held_date)
        again = twin is not None and twin.key == form.cleaned_data["key"]
        if twin is not None and not again and not request.POST.get("another"):
            return _form_page(request, org, typed=request.POST, form=form, twin=twin)
        if form.is_valid():
            try:
                activity = file_record(wish, by=request.user, key=form.cleaned_data["key"])
            except BadRecord as refusal:
                form.accept_faults(refusal.faults)
            else:
                messages.success(request, _("已登记。台账已经更新。"))
                return redirect(activity)
    return _form_page(request, org, typed=request.POST, form=form)


def _change(request: SignedIn, activity: Activity) -> HttpResponse:
    form, due = _bound(request, activity.org)
    if form.is_valid():
        wish = form.record(activity.org, due, request.POST)
        version = form.cleaned_data["version"] or 0
        try:
            if form.is_valid():
                change_record(activity, wish, version=version, by=request.user)
                messages.success(request, _("修改已保存，原来的内容留在历史中。"))
                return redirect(activity)
        except BadRecord as refusal:
            form.accept_faults(refusal.faults)
        except ChangedMeanwhile as refusal:
            form.add_error(None, str(refusal))
    return _form_page(request, activity.org, typed=request.POST, activity=activity, form=form)
