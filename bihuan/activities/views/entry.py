"""Writing a record: the form, new or for a change, its drafts, its roll and its files."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from bihuan.access.permissions import Permission
from bihuan.access.queries import orgs_where, within_reach
from bihuan.activities.actions import (
    AlreadyFiled,
    BadRecord,
    ChangedMeanwhile,
    change_record,
    file_record,
)
from bihuan.activities.actions.drafts import drop_draft, save_draft, stage_file, unstage_file
from bihuan.activities.choices import ActivityState
from bihuan.activities.forms.record import RecordForm
from bihuan.activities.forms.typed import (
    as_key,
    as_number,
    as_typed,
    from_draft,
    key_of,
    numbers_of,
    with_key,
)
from bihuan.activities.models import Activity
from bihuan.activities.queries import (
    drafts_of,
    staged_of,
)
from bihuan.activities.queries.discharge import discharge_of
from bihuan.activities.views.sheet import (
    FORM,
    Sheet,
    files_context,
    form_page,
    people_context,
    sheet_of,
)
from bihuan.files.gate import keep_file
from bihuan.files.limits import MEGABYTE, Limits
from bihuan.lib.refusals import Refused
from bihuan.orgs.choices import OrgKind
from bihuan.orgs.models import Org
from bihuan.web.doors import SignedIn, needs
from bihuan.web.pages import show


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.RECORD_FILE)
def record(request: SignedIn) -> HttpResponse:
    """A new record: choose the organisation if there are several, then the form."""
    org = _host(request)
    if org is None:
        orgs = orgs_where(request.user, Permission.RECORD_FILE).filter(dissolved_date=None)
        hosts = orgs.exclude(kind=OrgKind.UNIT).order_by("path")
        if hosts.count() != 1:
            page = Paginator(hosts.select_related("parent"), 50).get_page(request.GET.get("page"))
            return show(request, "activities/choose.html", {"page": page}, part="rows")
        org = hosts.get()
    if request.method == "POST":
        return _send(request, sheet_of(request, org, typed=with_key(request.POST)))
    return form_page(request, sheet_of(request, org, typed=_drafted(request)))


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.RECORD_FILE)
def record_change(request: SignedIn, pk: int) -> HttpResponse:
    activity = _changeable(request, pk)
    if request.method == "POST":
        typed = with_key(request.POST)
        return _send(request, sheet_of(request, activity.org, typed=typed, activity=activity))
    sheet = sheet_of(request, activity.org, typed=_drafted(request), activity=activity)
    return form_page(request, sheet)


@require_POST
@needs(Permission.RECORD_FILE)
def record_draft(request: SignedIn) -> HttpResponse:
    """Keep what is typed; htmx sends the form here at every step."""
    org, key = _host(request), key_of(request.POST)
    if org is None or key is None:
        return HttpResponse(status=204)
    activity = _named_activity(request)
    fields = as_typed(request.POST)
    saved = save_draft(key, org, fields, by=request.user, activity=activity)
    if saved is None:
        return HttpResponse(status=204)
    return show(request, FORM, {"saved_at": saved.saved_at}, part="saved")


@require_POST
@needs(Permission.RECORD_FILE)
def record_roll(request: SignedIn) -> HttpResponse:
    """The roll call anew, after the kinds or the day were changed."""
    org = _host(request)
    if org is None:
        return HttpResponse(status=204)
    activity = _named_activity(request)
    sheet = sheet_of(request, org, typed=with_key(request.POST), activity=activity)
    return show(request, FORM, people_context(sheet), part="people")


@require_POST
@needs(Permission.RECORD_FILE)
def record_files(request: SignedIn) -> HttpResponse:
    """Take in files as soon as they are chosen, or throw one away; answers with the list."""
    org, key = _host(request), key_of(request.POST)
    if org is None or key is None:
        return HttpResponse(status=204)
    sheet = sheet_of(request, org, typed=with_key(request.POST), activity=_named_activity(request))
    _take_files(request, sheet)
    return show(request, FORM, files_context(request, sheet), part="filelist")


@require_POST
@needs(Permission.RECORD_FILE)
def draft_drop(request: SignedIn, key: uuid.UUID) -> HttpResponse:
    drop_draft(get_object_or_404(drafts_of(request.user), key=key), by=request.user)
    messages.success(request, _("草稿已删除。"))
    return redirect("activities:list")


def _host(request: SignedIn) -> Org | None:
    """The organisation that is to host, if one is named and may be."""
    asked = as_number(request.POST.get("org") or request.GET.get("org") or "")
    if asked is None:
        return None
    reach = within_reach(Org, request.user, Permission.RECORD_FILE)
    return get_object_or_404(reach.filter(dissolved_date=None), pk=asked)


def _changeable(request: SignedIn, pk: int) -> Activity:
    reach = within_reach(Activity, request.user, Permission.RECORD_FILE)
    filed = reach.filter(state=ActivityState.FILED).select_related("org")
    return get_object_or_404(filed, pk=pk)


def _named_activity(request: SignedIn) -> Activity | None:
    """The record that the form is to change, if it says so."""
    asked = as_number(request.POST.get("activity", ""))
    return _changeable(request, asked) if asked is not None else None


def _drafted(request: SignedIn) -> QueryDict | None:
    key = as_key(request.GET.get("draft", ""))
    draft = drafts_of(request.user).filter(key=key).first() if key else None
    return from_draft(draft.fields) if draft is not None else None


def _take_files(request: SignedIn, sheet: Sheet) -> None:
    """Put what was chosen through the gate; each refusal is a sentence on the sheet."""
    limits = Limits(size=settings.UPLOAD_LIMIT_MB * MEGABYTE)
    for upload in request.FILES.getlist("files"):
        try:
            kept = keep_file(upload, name=upload.name or "", limits=limits)
            stage_file(sheet.key, kept, by=request.user)
        except Refused as refusal:
            sheet.refused.append(str(refusal))
        else:
            sheet.refused.extend(str(notice) for notice in kept.warnings)
    dropped = as_number(request.POST.get("drop-file", ""))
    if dropped is not None:
        for staged in staged_of(request.user, sheet.key).filter(pk=dropped):
            unstage_file(staged, by=request.user)


def _send(request: SignedIn, sheet: Sheet) -> HttpResponse:
    """The form came in: its files first, so that nothing wrong elsewhere loses them."""
    _take_files(request, sheet)
    only_a_step = {"add-files", "drop-file", "more-rows"} & set(request.POST)
    form = sheet.bound()
    if only_a_step:
        return form_page(request, sheet)
    if not form.is_valid() or sheet.refused:
        return _refused_page(request, sheet, form)
    wish = form.record(sheet.org, sheet.due, sheet.people)
    if not form.is_valid():
        return _refused_page(request, sheet, form)
    try:
        activity = _store(request, sheet, form, wish)
    except BadRecord as refusal:
        form.accept_faults(refusal.faults)
    except ChangedMeanwhile as refusal:
        form.add_error(None, str(refusal))
    except AlreadyFiled as refusal:
        return _refused_page(request, sheet, form, twin=refusal.twin)
    else:
        return redirect(activity)
    return _refused_page(request, sheet, form)


def _store(request: SignedIn, sheet: Sheet, form: RecordForm, wish: Any) -> Activity:
    if sheet.activity is None:
        another = "another" in request.POST
        activity = file_record(wish, by=request.user, key=sheet.key, another=another)
        _say_filed(request, activity)
        return activity
    change_record(
        sheet.activity,
        wish,
        version=form.cleaned_data["version"] or 0,
        by=request.user,
        key=sheet.key,
        without_files=numbers_of(request.POST, "drop-standing"),
    )
    messages.success(request, _("修改已保存，原来的内容留在历史中。"))
    return sheet.activity


def _say_filed(request: SignedIn, activity: Activity) -> None:
    """Say what the new record is good for; its page names the places."""
    found = discharge_of(activity, request.user, timezone.localdate())
    if found is None:
        messages.success(request, _("已登记。"))
    elif found.counted:
        count = len(found.counted)
        told = ngettext(
            "已登记，计入台账 %(count)d 格，见“计入台账”。",
            "已登记，计入台账 %(count)d 格，见“计入台账”。",
            count,
        )
        messages.success(request, told % {"count": count})
    elif found.missed:
        messages.warning(request, _("已登记，但没有计入台账，原因见“计入台账”。"))
    else:
        messages.success(request, _("已登记。目前没有事项要求这类记录，不影响台账。"))


def _refused_page(
    request: SignedIn, sheet: Sheet, form: RecordForm, *, twin: Activity | None = None
) -> HttpResponse:
    """The form with what is wrong; what is typed is also kept as a draft."""
    fields = as_typed(sheet.typed or QueryDict())
    save_draft(sheet.key, sheet.org, fields, by=request.user, activity=sheet.activity)
    return form_page(request, sheet, form=form, twin=twin)
