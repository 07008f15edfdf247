from __future__ import annotations

import datetime as dt

from django.core.paginator import Paginator
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from bihuan.access.permissions import Permission
from bihuan.access.queries import holds, orgs_where, top_orgs_where, within_reach
from bihuan.accounts.models import User
from bihuan.lib.gongwen import write_docx
from bihuan.lib.refusals import Refused
from bihuan.measures.rules import Span, all_measures, measure
from bihuan.orgs.models import Org, OrgQuerySet
from bihuan.reports.actions import write_briefing
from bihuan.reports.exports import paper
from bihuan.reports.forms import BriefingForm, days_of_span, name_of_span
from bihuan.reports.models import Briefing
from bihuan.web.doors import SignedIn, needs
from bihuan.web.pages import show
from bihuan.web.templatetags.bihuan import day

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
    """Choose an organisation and a period; dates and title follow until they are typed by hand."""
    reach, today = orgs_where(request.user, Permission.BRIEFING_WRITE), timezone.localdate()
    if request.method != "POST":
        form = BriefingForm(initial=_suggested(request, today), orgs=reach, today=today)
        return show(request, "reports/new.html", {"form": form}, part="form")
    followed = _followed(request, reach, today)
    form = BriefingForm(followed, orgs=reach, today=today)
    form.is_valid()
    if "apply" in request.POST and "org" in form.cleaned_data:
        form = BriefingForm(initial=followed.dict(), orgs=reach, today=today)
    elif "apply" not in request.POST and form.is_valid():
        said = {name: form.cleaned_data[name] for name in ("title", "since", "until", "demands")}
        try:
            return redirect(write_briefing(form.cleaned_data["org"], **said, by=request.user))
        except Refused as refusal:
            form.add_error(None, str(refusal))
    return show(request, "reports/new.html", {"form": form}, part="form")


def _asked_org(request: SignedIn) -> Org:
    """The organisation named in the address, else the one at the top of the person's reach."""
    reach, asked = orgs_where(request.user, Permission.BRIEFING_WRITE), request.GET.get("org", "")
    if asked.isascii() and asked.isdigit() and len(asked) < 10:
        return get_object_or_404(reach, pk=asked)
    top = top_orgs_where(request.user, Permission.BRIEFING_WRITE).first()
    return get_object_or_404(reach, pk=top.pk if top else 0)


def _followed(request: SignedIn, orgs: OrgQuerySet, today: dt.date) -> QueryDict:
    """What was typed, where a period newly chosen has set the dates, and both the title."""
    said = request.POST.copy()
    form = BriefingForm(said, orgs=orgs, today=today)
    form.is_valid()
    data = form.cleaned_data
    span, since, until = data.get("span", ""), data.get("since"), data.get("until")
    if span and span != said.get("span_was", ""):
        since, until = days_of_span(span, today)
        said["since"], said["until"] = since.isoformat(), until.isoformat()
    elif span and (since, until) != days_of_span(span, today):
        span = ""
    said["span"] = said["span_was"] = span
    if since and until and "org" in data:
        title = _title(data["org"], span, (since, until), request.user)
        if "title_was" in said and said.get("title", "") in ("", said["title_was"]):
            said["title"] = title
        said["title_was"] = title
    return said


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


def _title(org: Org, span: str, days: tuple[dt.date, dt.date], user: User) -> str:
    """关于2026年第三季度组织生活情况的通报; names an organisation below the top of one's reach."""
    since, until = days
    when = (
        name_of_span(span, timezone.localdate())
        if span
        else _("%(since)s至%(until)s") % {"since": day(since), "until": day(until)}
    )
    if top_orgs_where(user, Permission.BRIEFING_WRITE).filter(pk=org.pk).exists():
        return _("关于%(when)s组织生活情况的通报") % {"when": when}
    return _("关于%(org)s%(when)s组织生活情况的通报") % {"org": org, "when": when}


def _suggested(request: SignedIn, today: dt.date) -> dict[str, object]:
    org, span = _asked_org(request), f"{today.year}-"
    since, until = days_of_span(span, today)
    title = _title(org, span, (since, until), request.user)
    return {
        "org": org.pk,
        "span": span,
        "span_was": span,
        "title": title,
        "title_was": title,
        "since": since,
        "until": until,
        "demands": _(
            "请有关组织对照台账逐项补齐；确因客观原因不能开展的，及时说明情况。\n"
            "请各单位党组织书记对逾期较多的支部逐一了解原因、帮助解决困难。"
        ),
    }
