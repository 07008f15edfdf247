from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bihuan.access.permissions import Permission
from bihuan.access.queries import orgs_where, top_orgs_where, within_reach
from bihuan.duties.actions.issue import Issue, drafted, issue_programme
from bihuan.duties.actions.review import drop_programme, import_programme
from bihuan.duties.choices import ProgrammeState, Verdict
from bihuan.duties.forms import ImportForm, IssueForm
from bihuan.duties.models import Programme
from bihuan.duties.queries import (
    names_of_places,
    programme_list,
    proposals_of,
    scopes_of,
    visible_programmes,
    whom,
)
from bihuan.duties.queries.preview import Preview, preview
from bihuan.duties.rules.marks import pieces
from bihuan.files.gate import read_document
from bihuan.lib.refusals import Refused
from bihuan.orgs.models import OrgQuerySet
from bihuan.web.doors import SignedIn, needs
from bihuan.web.pages import show


@require_safe
@needs(Permission.PLAN_VIEW)
def list_programmes(request: SignedIn) -> HttpResponse:
    page = Paginator(programme_list(request.user), 25).get_page(request.GET.get("page"))
    context = {"page": page, "may_edit": _makers(request).exists()}
    return show(request, "duties/programmes.html", context, part="rows")


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.PLAN_EDIT)
def take_in(request: SignedIn) -> HttpResponse:
    """Upload or paste a plan. On a refusal the pasted text and the title stay in the form."""
    orgs = _makers(request)
    if request.method != "POST":
        form = ImportForm(orgs=orgs, initial={"org": orgs.first()})
        return _import_page(request, form)
    form = ImportForm(request.POST, request.FILES, orgs=orgs)
    if form.is_valid():
        data = form.cleaned_data
        try:
            text, name = _text_of(data["file"], data["text"])
            programme = import_programme(
                text,
                org=data["org"],
                by=request.user,
                title=data["title"],
                year=data["year"],
                file_name=name,
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("duties:review", programme.pk)
    return _import_page(request, form)


def _import_page(request: SignedIn, form: ImportForm) -> HttpResponse:
    return show(request, "duties/import.html", {"form": form, "limit": settings.UPLOAD_LIMIT_MB})


@require_safe
@needs(Permission.PLAN_VIEW)
def programme_detail(request: SignedIn, pk: int) -> HttpResponse:
    """A plan: its text with the passages that became duties, and the duties."""
    found = visible_programmes(request.user).select_related("org", "issued_by", "created_by")
    programme = get_object_or_404(found, pk=pk)
    duties = list(programme.duties.order_by("valid_from_date", "pk"))
    spans = [
        (proposal.start, proposal.end, proposal.pk)
        for proposal in programme.proposals.filter(verdict=Verdict.ACCEPTED)
    ]
    under = names_of_places(duties)
    may_edit = within_reach(Programme, request.user, Permission.PLAN_EDIT).filter(pk=pk).exists()
    context = {
        "programme": programme,
        "pieces": pieces(programme.text, spans),
        "rows": [(duty, whom(duty, under)) for duty in duties],
        "may_edit": may_edit,
        "in_review": programme.state == ProgrammeState.REVIEW,
    }
    return show(request, "duties/programme.html", context)


@require_POST
@needs(Permission.PLAN_EDIT)
def programme_drop(request: SignedIn, pk: int) -> HttpResponse:
    programme = get_object_or_404(
        within_reach(Programme, request.user, Permission.PLAN_EDIT), pk=pk
    )
    try:
        drop_programme(programme, by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect(programme)
    messages.success(request, _("计划已作废。"))
    return redirect("duties:programmes")


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.DUTY_ISSUE)
def issue(request: SignedIn, pk: int) -> HttpResponse:
    """Choose year and scope, see what it asks of whom, and issue.

    The choices travel in the address, so that a preview can be looked at as often as wanted;
    only the last press is a POST.
    """
    reach = within_reach(Programme, request.user, Permission.DUTY_ISSUE)
    programme = get_object_or_404(reach.select_related("org"), pk=pk)
    orgs = scopes_of(programme, request.user)
    said = request.POST if request.method == "POST" else request.GET
    form = IssueForm(said, orgs=orgs) if "year" in said else None
    if form is None:
        form = IssueForm(orgs=orgs, initial=_usual(programme))
        return _issue_page(request, programme, form, None)
    shown: Preview | None = None
    if form.is_valid():
        wish = _wish(form)
        try:
            if request.method == "POST" and "issue" in request.POST:
                duties = issue_programme(programme, wish, by=request.user)
                messages.success(
                    request,
                    _("已下达 %(count)d 条事项到 %(year)d 年。")
                    % {"count": len(duties), "year": wish.year},
                )
                return redirect(programme)
            shown = preview(
                programme, drafted(programme, wish), since=wish.since, today=timezone.localdate()
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
    return _issue_page(request, programme, form, shown)


def _issue_page(
    request: SignedIn, programme: Programme, form: IssueForm, shown: Preview | None
) -> HttpResponse:
    waiting = [p for p in proposals_of(programme) if p.verdict == Verdict.OPEN]
    lines = shown.lines if shown else ()
    under = names_of_places(line.duty for line in lines)
    context: dict[str, Any] = {
        "programme": programme,
        "form": form,
        "preview": shown,
        "rows": [(line, whom(line.duty, under)) for line in lines],
        "waiting": len(waiting),
        "moves": programme.year is not None
        and form["year"].value() not in (programme.year, str(programme.year)),
        "year": form["year"].value(),
        "later": _later_start(request, form) if shown and shown.past else None,
    }
    return show(request, "duties/issue.html", context)


def _later_start(request: SignedIn, form: IssueForm) -> tuple[dt.date, str] | None:
    """The first of this month and the address of the preview that starts there.

    None where the start chosen lies in this month or later, or in another year.
    """
    start, since = timezone.localdate().replace(day=1), form.cleaned_data["since"]
    if since.year != start.year or since >= start:
        return None
    said = request.GET.copy()
    said["since"] = start.isoformat()
    return start, f"?{said.urlencode()}#asks"


def _wish(form: IssueForm) -> Issue:
    data = form.cleaned_data
    return Issue(
        year=data["year"], since=data["since"], scope=form.scope(), posts=tuple(data["posts"])
    )


def _usual(programme: Programme) -> dict[str, Any]:
    today = timezone.localdate()
    year = programme.year if programme.year and programme.year > today.year else today.year
    return {"year": year, "since": dt.date(year, 1, 1), "under": programme.org_id}


def _makers(request: SignedIn) -> OrgQuerySet:
    """The organisations whose plans this person may write: those granted, and their units."""
    tops = top_orgs_where(request.user, Permission.PLAN_EDIT).values_list("pk", flat=True)
    orgs = orgs_where(request.user, Permission.PLAN_EDIT).living()
    return (orgs.filter(pk__in=tops) | orgs.filter(parent__in=tops)).order_by("path")


def _text_of(file: UploadedFile[bytes] | None, pasted: str) -> tuple[str, str]:
    """The text and the file's name; pasted text is used where there is no file."""
    if file is None:
        return pasted, ""
    name = file.name or ""
    return read_document(file.read(), name=name).text, name
