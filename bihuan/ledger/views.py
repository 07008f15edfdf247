"""The screens of the ledger: what one owes, what those below owe, month by month, and the gaps."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bihuan.access.permissions import Permission
from bihuan.access.queries import holds, orgs_where, within_reach
from bihuan.accounts.models import User
from bihuan.activities.actions.drafts import stage_instead, unstage_file
from bihuan.activities.queries import staged_of
from bihuan.duties.actions import complete as complete_duty
from bihuan.duties.actions import grant_exemption, withdraw_exemption
from bihuan.files.gate import keep_file
from bihuan.files.limits import MEGABYTE, Limits
from bihuan.ledger.actions.remind import PAUSE, remind
from bihuan.ledger.actions.tick import catch_up
from bihuan.ledger.forms import CompleteForm, ExemptForm, FilterForm, days_of
from bihuan.ledger.queries.cells import cells_where
from bihuan.ledger.queries.papers import (
    completable,
    completions_in_reach,
    exemptions_of,
    heads_of,
    records_behind,
    standing_exemptions,
)
from bihuan.ledger.queries.reminders import last_reminded
from bihuan.ledger.queries.screens import (
    children_table,
    evidence_of_cell,
    has_below,
    heat_map,
    kept_years,
    lines_in,
    owed_by,
    totals,
    worst,
)
from bihuan.ledger.queries.wanted import as_wanted, wanted
from bihuan.ledger.tables import sorted_rows
from bihuan.lib.refusals import Refused
from bihuan.lib.tree import keys
from bihuan.orgs.choices import OrgKind
from bihuan.orgs.models import Org
from bihuan.web.doors import SignedIn, needs
from bihuan.web.pages import send_file, show


@require_safe
@needs(Permission.LEDGER_VIEW)
def overview(request: SignedIn, pk: int) -> HttpResponseBase:
    """The table of those below, or what the organisation owes if nobody is below it."""
    org = _org(request, pk)
    upper = org.kind not in (OrgKind.BRANCH, OrgKind.GROUP, OrgKind.LEADING_GROUP)
    return units(request, pk) if upper and has_below(org) else owed(request, pk)


@require_safe
@needs(Permission.LEDGER_VIEW)
def owed(request: SignedIn, pk: int) -> HttpResponse:
    org, year, today = _org(request, pk), _year(request), timezone.localdate()
    catch_up(year, today)
    lines = owed_by(org, year, today)
    wants = wanted(org, lines, today)
    context = {
        "wants": wants,
        "late": [want for want in wants if want.state == "overdue"],
        "lines": lines,
        "exemptions": exemptions_of(org, year),
        "may_file": _may(request, org, Permission.RECORD_FILE),
        "may_exempt": _may(request, org, Permission.DUTY_EXEMPT),
    }
    return show(request, "ledger/owed.html", _frame(request, org, year, "owed") | context)


@require_safe
@needs(Permission.LEDGER_VIEW)
def units(request: SignedIn, pk: int) -> HttpResponse:
    org, year, today = _org(request, pk), _year(request), timezone.localdate()
    catch_up(year, today)
    everything = children_table(org, year, today)
    form = FilterForm(request.GET, lines=[(line.number, line.title) for line in everything.lines])
    line, span = form.asked("line"), form.asked("span")
    table = everything
    if line is not None or span:
        first, last = days_of(span or "", year)
        chosen = None if line is None else [line]
        table = children_table(org, year, today, lines=chosen, first=first, last=last)
    context = {
        "form": form,
        "table": table,
        "rows": sorted_rows(table.rows, form.asked("sort"), form.asked("state")),
        "asked": _asked(form, "line", "span"),
        "span": span or "",
        "may_exempt": _may(request, org, Permission.DUTY_EXEMPT),
    }
    return show(request, "ledger/units.html", _frame(request, org, year, "units") | context)


@require_safe
@needs(Permission.LEDGER_VIEW)
def months(request: SignedIn, pk: int) -> HttpResponse:
    org, year, today = _org(request, pk), _year(request), timezone.localdate()
    catch_up(year, today)
    context = {"lines": heat_map(org, year, today), "total": totals(org, year, today)}
    return show(request, "ledger/months.html", _frame(request, org, year, "months") | context)


@require_safe
@needs(Permission.LEDGER_VIEW)
def gaps(request: SignedIn, pk: int) -> HttpResponse:
    org, year, today = _org(request, pk), _year(request), timezone.localdate()
    catch_up(year, today)
    found = worst(org, year, today)
    heads = heads_of([each.org.pk for each in found], today)
    last = last_reminded([each.org.pk for each in found], year)
    context = {
        "found": [
            (each, heads.get(each.org.pk, ""), last.get((each.org.pk, each.post))) for each in found
        ],
        "pause_from": today - PAUSE,
        "may_remind": year == today.year and holds(request.user, Permission.REMINDER_SEND),
    }
    return show(request, "ledger/gaps.html", _frame(request, org, year, "gaps") | context)


@require_POST
@needs(Permission.REMINDER_SEND)
def remind_org(request: SignedIn, pk: int) -> HttpResponse:
    """Remind one organisation, or a post in it, of what is overdue; back to the list of gaps."""
    org = get_object_or_404(within_reach(Org, request.user, Permission.REMINDER_SEND), pk=pk)
    try:
        remind(org, post=request.POST.get("post", ""), by=request.user, today=timezone.localdate())
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(
            request, _("已提醒%(org)s，对方工作台上会看到；补上后自动消失。") % {"org": org}
        )
    back = request.POST.get("from", "")
    known = within_reach(Org, request.user, Permission.LEDGER_VIEW).filter(
        pk=back if back.isascii() and back.isdecimal() and len(back) < 10 else 0
    )
    return redirect("ledger:gaps", pk=back if known.exists() else org.pk)


@require_safe
@needs(Permission.LEDGER_VIEW)
def cells(request: SignedIn, pk: int) -> HttpResponse:
    """The cells behind a number of another screen."""
    org, year, today = _org(request, pk), _year(request), timezone.localdate()
    catch_up(year, today)
    named = [(line.number, line.title) for line in lines_in(year)]
    form = FilterForm(request.GET, lines=named)
    first, last = days_of(form.asked("span") or "", year)
    first, last = _day(request, "from") or first, _day(request, "to") or last
    chosen = form.asked("line"), form.asked("state") or ""
    lines = None if chosen[0] is None else [chosen[0]]
    found, end = cells_where(
        org, year, today, line=chosen[0], state=chosen[1], first=first, last=last,
        after=request.GET.get("after", ""),
    )  # fmt: skip
    total = totals(org, year, today, lines=lines, first=first, last=last)
    context = {
        "form": form,
        "found": found,
        "end": end,
        "number": getattr(total, chosen[1] or "expected"),
        "started": "after" in request.GET,
        "first": first,
        "last": last,
    }
    return show(request, "ledger/cells.html", _frame(request, org, year, "") | context)


@require_safe
@needs(Permission.LEDGER_VIEW)
def cell(request: SignedIn, pk: int, line: int, index: int) -> HttpResponse:
    """One cell and the records that count in it."""
    org, year, today = _org(request, pk), _year(request), timezone.localdate()
    post = request.GET.get("post", "")
    lines = [each for each in owed_by(org, year, today) if each.post == post]
    found = next((each for each in lines if each.line.number == line), None)
    one = next((each for each in found.cells if each.index == index), None) if found else None
    if found is None or one is None:
        messages.info(request, _("这一格目前没有要求，下面是本组织今年的全部事项。"))
        return redirect(f"{reverse('ledger:owed', args=[pk])}?year={year}")
    sources = evidence_of_cell(org, post, line, index, year)
    activities, completions = records_behind(sources, request.user)
    context = {
        "owed": found,
        "cell": one,
        "want": as_wanted(org, found, one, today),
        "activities": activities,
        "completions": completions,
        "hidden": len(sources) - len(activities) - len(completions),
        "exemptions": [
            each
            for each in exemptions_of(org, year)
            if each.since_date <= one.last
            and each.until_date >= one.first
            and each.lineage in ("", *(duty.lineage for duty in found.duties))
        ],
        "may_file": _may(request, org, Permission.RECORD_FILE),
    }
    return show(request, "ledger/cell.html", _frame(request, org, year, "") | context)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.DUTY_EXEMPT)
def exempt(request: SignedIn, pk: int) -> HttpResponse:
    """Say why something does not bind an organisation for a time.

    Where it owes nothing itself, only an exemption of those below changes anything.
    """
    org = get_object_or_404(within_reach(Org, request.user, Permission.DUTY_EXEMPT), pk=pk)
    year, today = _year(request), timezone.localdate()
    own = [each.line for each in owed_by(org, year, today)]
    only_below = not own and has_below(org)
    lines = own or children_table(org, year, today).lines
    lineages = {duty.lineage: line.title for line in lines for duty in line.duties}
    start = {
        "since": today,
        "until": dt.date(year, 12, 31),
        "lineage": request.GET.get("lineage"),
        "subtree": only_below,
    }
    form = ExemptForm(request.POST or None, initial=start, lineages=sorted(lineages.items()))
    valid = request.method == "POST" and form.is_valid()
    if valid and only_below and not form.cleaned_data["subtree"]:
        form.add_error(
            "subtree",
            _("这个组织本级没有要求，只对本级登记不会改变台账。请勾选“下级组织同样适用”。"),
        )
    elif valid:
        try:
            grant_exemption(org, by=request.user, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("已记为不适用，台账随即更新。"))
            return redirect("ledger:owed", pk=org.pk)
    context = {"form": form, "exemptions": exemptions_of(org, year), "only_below": only_below}
    return show(request, "ledger/exempt.html", _frame(request, org, year, "") | context)


@require_POST
@needs(Permission.DUTY_EXEMPT)
def exemption_withdraw(request: SignedIn, pk: int) -> HttpResponse:
    exemption = get_object_or_404(standing_exemptions(request.user), pk=pk)
    try:
        withdraw_exemption(exemption, by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("豁免已撤回，相关要求恢复。"))
    return redirect("ledger:owed", pk=exemption.org_id)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.RECORD_FILE)
def complete(request: SignedIn, pk: int, duty_pk: int) -> HttpResponse:
    """Say that something was done which no record of an activity can show."""
    org = get_object_or_404(within_reach(Org, request.user, Permission.RECORD_FILE), pk=pk)
    duty, today = completable(duty_pk), timezone.localdate()
    if duty is None:
        messages.info(request, _("这一事项由活动记录自动认定，请直接登记活动。"))
        return redirect("ledger:owed", pk=org.pk)
    key = _key(request)
    start = {"key": key, "done": today, "counts_for": _day(request, "counts_for") or today}
    form = CompleteForm(request.POST or None, request.FILES or None, initial=start)
    if request.method == "POST" and _file_taken(request, form, key) and form.is_valid():
        asked: dict[str, Any] = dict(form.cleaned_data) | {"key": key}
        del asked["file"]
        post = request.GET.get("post", "")
        try:
            complete_duty(duty, org, by=request.user, today=today, post=post, **asked)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("已登记，台账随即更新。"))
            return redirect("ledger:owed", pk=org.pk)
    context = {"form": form, "duty": duty, "staged": staged_of(request.user, key), "key": key}
    return show(request, "ledger/complete.html", _frame(request, org, today.year, "") | context)


def _key(request: SignedIn) -> uuid.UUID:
    """The key of the form that came in, or a new one."""
    try:
        return uuid.UUID(request.POST.get("key", ""))
    except ValueError:
        return uuid.uuid4()


def _file_taken(request: SignedIn, form: CompleteForm, key: uuid.UUID) -> bool:
    """Put the chosen file through the gate and keep it with the form.

    False if the form must be looked at again: the file was refused, renamed or thrown away.
    """
    if "drop-file" in request.POST:
        for staged in staged_of(request.user, key):
            unstage_file(staged, by=request.user)
        return False
    upload = request.FILES.get("file")
    if upload is None:
        return True
    limits = Limits(size=settings.UPLOAD_LIMIT_MB * MEGABYTE)
    try:
        kept = keep_file(upload, name=upload.name or "", limits=limits)
    except Refused as refusal:
        form.add_error("file", str(refusal))
        return False
    stage_instead(key, kept, by=request.user)
    for notice in kept.warnings:
        messages.info(request, str(notice))
    return True


@require_safe
@needs(Permission.RECORD_VIEW)
def completion_file(request: SignedIn, pk: int) -> HttpResponseBase:
    """The file that came with a completion, always as a download."""
    completion = get_object_or_404(completions_in_reach(request.user).exclude(file=""), pk=pk)
    return send_file(completion.file.open(), name=completion.file_name or "file")


def _org(request: SignedIn, pk: int) -> Org:
    return get_object_or_404(within_reach(Org, request.user, Permission.LEDGER_VIEW), pk=pk)


def _year(request: SignedIn) -> int:
    """The year asked for if it has a ledger, else this one."""
    asked, this = request.GET.get("year", ""), timezone.localdate().year
    known = asked.isascii() and asked.isdigit() and len(asked) == 4 and int(asked) in kept_years()
    return int(asked) if known else this


def _day(request: SignedIn, name: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(request.GET.get(name, ""))
    except ValueError:
        return None


def _asked(form: FilterForm, *names: str) -> str:
    """The filters that a link from this screen takes along, as the end of a query string."""
    told = [(name, form.asked(name)) for name in names]
    return "".join(f"&{name}={value}" for name, value in told if value not in (None, ""))


def _may(request: SignedIn, org: Org, permission: Permission) -> bool:
    return orgs_where(request.user, permission).filter(pk=org.pk).exists()


def _frame(request: SignedIn, org: Org, year: int, tab: str) -> dict[str, Any]:
    """What every screen of the ledger shows: the way here, the tabs, the years."""
    return {
        "org": org,
        "year": year,
        "tab": tab,
        "has_below": has_below(org),
        "this_year": timezone.localdate().year,
        "years": sorted({*kept_years(), timezone.localdate().year}),
        "crumbs": _crumbs(request.user, org, year),
    }


def _crumbs(user: User, org: Org, year: int) -> list[tuple[str, str]]:
    """The way from the top of the person's reach to `org`."""
    reach = within_reach(Org, user, Permission.LEDGER_VIEW)
    above = reach.filter(pk__in=keys(org.path)[:-1]).order_by("path")
    return [
        (str(each), f"{reverse('ledger:overview', args=[each.pk])}?year={year}") for each in above
    ] + [(org.name, "")]
