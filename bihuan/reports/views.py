from __future__ import annotations

import datetime as dt

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from bihuan.access.permissions import Permission
from bihuan.access.queries import holds, top_orgs_where, within_reach
from bihuan.lib.gongwen import write_docx
from bihuan.lib.refusals import Refused
from bihuan.measures.rules import Span, all_measures, measure
from bihuan.orgs.models import Org
from bihuan.reports.actions import write_briefing
from bihuan.reports.exports import paper
from bihuan.reports.forms import BriefingForm
from bihuan.reports.models import Briefing
from bihuan.web.doors import SignedIn, needs
from bihuan.web.pages import show

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@require_safe
@needs(Permission.BRIEFING_VIEW)
def briefing_list(request: SignedIn) -> HttpResponse:
    found = within_reach(Briefing, request.user, Permission.BRIEFING_VIEW)
    ordered = found.select_related("org", "written_by").order_by("-written_at", "-pk")
    page = Paginator(ordered, 25).get_page(request.GET.get("page"))
    may_write = holds(request.user, Permission.BRIEFING_WRITE)
    context = {"page": page, "may_write": may_write}
    return show(request, "reports/list.html", context, part="rows")


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.BRIEFING_WRITE)
def briefing_new(request: SignedIn) -> HttpResponse:
    reach = within_reach(Org, request.user, Permission.BRIEFING_WRITE)
    asked = request.POST.get("org") or request.GET.get("org") or ""
    if asked.isascii() and asked.isdigit() and len(asked) < 10:
        org = get_object_or_404(reach, pk=asked)
    else:
        top = top_orgs_where(request.user, Permission.BRIEFING_WRITE).first()
        org = get_object_or_404(reach, pk=top.pk if top else 0)
    form = BriefingForm(request.POST or None, initial=_suggested(org))
    if request.method == "POST" and form.is_valid():
        try:
            briefing = write_briefing(org, **form.cleaned_data, by=request.user)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect(briefing)
    return show(request, "reports/new.html", {"form": form, "org": org}, part="form")


@require_safe
@needs(Permission.BRIEFING_VIEW)
def briefing_detail(request: SignedIn, pk: int) -> HttpResponse:
    found = within_reach(Briefing, request.user, Permission.BRIEFING_VIEW)
    briefing = get_object_or_404(found.select_related("org", "written_by"), pk=pk)
    context = {"briefing": briefing, "text": briefing.text(get_language() or "")}
    return show(request, "reports/detail.html", context, part="paper")


@require_safe
@needs(Permission.BRIEFING_VIEW)
def briefing_docx(request: SignedIn, pk: int) -> HttpResponse:
    found = within_reach(Briefing, request.user, Permission.BRIEFING_VIEW)
    briefing = get_object_or_404(found.select_related("org"), pk=pk)
    answer = HttpResponse(write_docx(paper(briefing)), content_type=DOCX)
    named = content_disposition_header(as_attachment=True, filename=f"{briefing.title}.docx")
    answer["Content-Disposition"] = named or "attachment"
    return answer


@require_safe
@needs(Permission.BRIEFING_VIEW)
def briefing_number(request: SignedIn, pk: int, place: int) -> HttpResponse:
    """What a number of a briefing means, what it was then, and the records behind it."""
    found = within_reach(Briefing, request.user, Permission.BRIEFING_VIEW)
    briefing = get_object_or_404(found, pk=pk)
    number = get_object_or_404(briefing.numbers.select_related("org"), place=place)
    asked = measure(number.measure)
    span = Span(briefing.since_date, briefing.until_date, timezone.localdate())
    now = asked.shown(asked.value(number.org, span))
    records = asked.records(number.org, span)
    page = Paginator(records.rows, 50).get_page(request.GET.get("page"))
    context = {
        "briefing": briefing,
        "number": number,
        "told": briefing.text(get_language() or "")["measures"][number.measure],
        "unit": asked.unit,
        "now": now,
        "moved": now != number.shown,
        "page": page,
        "items": [records.show(row) for row in page.object_list],
    }
    return show(request, "reports/number.html", context, part="rows")


@require_safe
@needs(Permission.BRIEFING_VIEW)
def measure_list(request: SignedIn) -> HttpResponse:
    """The register: what each number means."""
    return show(request, "reports/measures.html", {"measures": all_measures()})


def _suggested(org: Org) -> dict[str, object]:
    today = timezone.localdate()
    return {
        "title": _("关于%(year)d年组织生活情况的通报") % {"year": today.year},
        "since": dt.date(today.year, 1, 1),
        "until": today,
        "demands": _(
            "请有关组织对照台账逐项补齐；确因客观原因不能开展的，及时说明情况。\n"
            "请各单位党组织书记对逾期较多的支部逐一了解原因、帮助解决困难。"
        ),
    }
