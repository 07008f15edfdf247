"""The screens of the audit: the list, one entry, the chain to take along."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from bihuan.access.permissions import Permission
from bihuan.administration.actions import note_export, note_reading
from bihuan.administration.forms import EntryFilterForm
from bihuan.administration.queries import (
    export_lines,
    opened,
    org_named,
    paths_of,
    told_page,
)
from bihuan.audit.queries import Wish, entries, length, per_day
from bihuan.web.doors import SignedIn, needs
from bihuan.web.pages import show

SEEN = "audit_seen_at"
VISIT = dt.timedelta(minutes=30)
DAYS = 31


@require_safe
@needs(Permission.AUDIT_VIEW)
def entry_list(request: SignedIn) -> HttpResponse:
    _note_visit(request)
    form = EntryFilterForm(request.GET)
    form.is_valid()
    asked, paths = form.cleaned_data, paths_of(request.user)
    org = org_named(asked["org"]) if asked.get("org") else None
    wish = Wish(
        paths=paths,
        under=org.path if org else "",
        first=asked.get("first"),
        last=asked.get("last"),
        actor=asked.get("actor", ""),
        verb=asked.get("verb", ""),
        thing_id=asked.get("thing_id", ""),
    )
    nowhere = bool(asked.get("org")) and org is None
    found, following = ([], None) if nowhere else told_page(wish, _number(request, "before"))
    context: dict[str, Any] = {
        "form": form,
        "found": found,
        "following": following,
        "nowhere": asked.get("org") if nowhere else "",
        "asked": any(asked.values()),
        "whole": paths is None,
        "length": length(),
    }
    if paths is None:
        context["picture"] = _picture(asked.get("last") or timezone.localdate())
    return show(request, "administration/entries.html", context)


@require_safe
@needs(Permission.AUDIT_VIEW)
def entry(request: SignedIn, pk: int) -> HttpResponse:
    _note_visit(request)
    reach = entries(Wish(paths=paths_of(request.user)))
    context = {"opened": opened(get_object_or_404(reach, index=pk))}
    return show(request, "administration/entry.html", context)


@require_POST
@needs(Permission.AUDIT_VIEW)
def export(request: SignedIn) -> HttpResponseBase:
    """The whole chain as a download, for those who may see the whole chain."""
    if paths_of(request.user) is not None:
        raise PermissionDenied
    last = note_export(by=request.user).index
    name = f"audit-{timezone.localdate():%Y%m%d}-{last}.jsonl"
    return StreamingHttpResponse(
        export_lines(last),
        content_type="application/x-ndjson",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _note_visit(request: SignedIn) -> None:
    """Write the reading down before anything shows, unless the last look is minutes ago."""
    now = timezone.now()
    if now.timestamp() - request.session.get(SEEN, 0) > VISIT.total_seconds():
        note_reading(by=request.user)
    request.session[SEEN] = now.timestamp()


def _number(request: SignedIn, name: str) -> int | None:
    asked = request.GET.get(name, "")
    return int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 16 else None


def _picture(last: dt.date) -> dict[str, Any]:
    """Entries per day as columns of a picture 100 high, and the same as a table."""
    days = per_day(min(last, timezone.localdate()), DAYS)
    most = max(count for _day, count in days)
    columns = [
        {"day": day, "count": count, "x": at * 20 + 3, "y": 100 - tall, "tall": tall}
        for at, (day, count) in enumerate(days)
        for tall in [round(100 * count / most) if most else 0]
    ]
    return {"columns": columns, "most": most, "width": DAYS * 20, "days": DAYS}
