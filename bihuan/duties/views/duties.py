from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from bihuan.access.permissions import Permission
from bihuan.access.queries import within_reach
from bihuan.duties.actions import change_minimum, end_duty
from bihuan.duties.choices import Level
from bihuan.duties.forms import EndForm, MinimumForm
from bihuan.duties.models import Duty
from bihuan.duties.queries import (
    bound_by,
    history_of,
    kinds_by_code,
    names_of_places,
    visible_duties,
    whom,
)
from bihuan.duties.rules.marks import pieces
from bihuan.lib.refusals import Refused
from bihuan.web.doors import SignedIn, needs
from bihuan.web.pages import show

AROUND = 200
"""Characters of the document shown before and after a duty's own words."""


@require_safe
@needs(Permission.DUTY_VIEW)
def list_duties(request: SignedIn) -> HttpResponse:
    today = timezone.localdate()
    level = request.GET.get("level", "")
    found = visible_duties(request.user).select_related("programme", "pack_version__pack")
    if level in Level.values:
        found = found.filter(level=level)
    if request.GET.get("ended"):
        found = found.filter(valid_to_date__lt=today)
    else:
        found = found.exclude(valid_to_date__lt=today)
    words = request.GET.get("q", "").strip()[:60]
    if words:
        found = found.filter(title__icontains=words)
    page = Paginator(found.order_by("level", "pk"), 40).get_page(request.GET.get("page"))
    duties = list(page.object_list)
    under = names_of_places(duties)
    context = {
        "page": page,
        "rows": [(duty, whom(duty, under)) for duty in duties],
        "levels": Level.choices,
        "level": level,
        "ended": bool(request.GET.get("ended")),
        "words": words,
    }
    return show(request, "duties/list.html", context, part="rows")


@require_safe
@needs(Permission.DUTY_VIEW)
def duty_detail(request: SignedIn, pk: int) -> HttpResponse:
    return _page(request, _visible(request, pk))


@require_POST
@needs(Permission.DUTY_ISSUE)
def duty_end(request: SignedIn, pk: int) -> HttpResponse:
    duty = get_object_or_404(within_reach(Duty, request.user, Permission.DUTY_ISSUE), pk=pk)
    form = EndForm(request.POST)
    if form.is_valid():
        try:
            end_duty(duty, by=request.user, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("已定下终止日期，此前的台账不变。"))
            return redirect(duty)
    return _page(request, _visible(request, pk), end=form)


@require_POST
@needs(Permission.DUTY_ISSUE)
def duty_minimum(request: SignedIn, pk: int) -> HttpResponse:
    duty = get_object_or_404(within_reach(Duty, request.user, Permission.DUTY_ISSUE), pk=pk)
    form = MinimumForm(request.POST)
    if form.is_valid():
        data = form.cleaned_data
        try:
            later = change_minimum(duty, data["minimum"], since=data["since"], by=request.user)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("次数已改，此前的要求不变。"))
            return redirect(later)
    return _page(request, _visible(request, pk), minimum=form)


def _visible(request: SignedIn, pk: int) -> Duty:
    found = visible_duties(request.user).select_related(
        "programme", "proposal__clause", "pack_version__pack", "org", "issued_by"
    )
    return get_object_or_404(found, pk=pk)


def _page(
    request: SignedIn, duty: Duty, *, end: Form | None = None, minimum: Form | None = None
) -> HttpResponse:
    today = timezone.localdate()
    manageable = within_reach(Duty, request.user, Permission.DUTY_ISSUE).filter(pk=duty.pk)
    standing = duty.valid_to_date is None or duty.valid_to_date >= today
    kinds = kinds_by_code()
    orgs, subjects = bound_by(duty, on=today)
    tomorrow = max(today, duty.valid_from_date) + dt.timedelta(days=1)
    context: dict[str, Any] = {
        "duty": duty,
        "kinds": [kinds[code] for code in duty.kinds if code in kinds],
        "whom": whom(duty, names_of_places([duty])),
        "orgs": orgs,
        "subjects": subjects,
        "passage": _passage(duty),
        "history": history_of(duty),
        "may_manage": standing and manageable.exists(),
        "end": end or EndForm(initial={"on": max(today, duty.valid_from_date)}),
        "minimum": minimum or MinimumForm(initial={"minimum": duty.minimum, "since": tomorrow}),
    }
    return show(request, "duties/detail.html", context)


def _passage(duty: Duty) -> list[Any]:
    """The duty's words in the document with some text around them."""
    proposal, programme = duty.proposal, duty.programme
    if proposal is None or programme is None:
        return []
    first = max(0, proposal.start - AROUND)
    text = programme.text[first : proposal.end + AROUND]
    return list(pieces(text, [(proposal.start - first, proposal.end - first, proposal.pk)]))
