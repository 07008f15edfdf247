"""The first screen: what do I need to do. And what about me has been read, by whom."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from bihuan.access.permissions import Permission
from bihuan.audit.queries import last_entry, reads_about
from bihuan.home.queries import own_side, person_of
from bihuan.ledger.actions.tick import catch_up
from bihuan.ledger.queries.screens import totals
from bihuan.web.doors import SignedIn, signed_in
from bihuan.web.pages import show
from bihuan.web.standing import standing_of
from bihuan.web.todos import todos_for

PAGE = 25


@require_safe
@signed_in
def desk(request: SignedIn) -> HttpResponse:
    """What is wanted of whoever asks, and what concerns them."""
    standing, today = standing_of(request), timezone.localdate()
    catch_up(today.year, today)
    sees_ledger = standing.org is not None and standing.may(Permission.LEDGER_VIEW)
    context = {
        "standing": standing,
        "todos": todos_for(request.user, standing.permissions, standing.orgs, today),
        "own": own_side(request.user, today),
        "org": standing.org,
        "year": today.year,
        "totals": totals(standing.org, today.year, today)
        if sees_ledger and standing.org is not None
        else None,
        "may_file": standing.may(Permission.RECORD_FILE),
        "last_entry": last_entry() if standing.may(Permission.AUDIT_VIEW) else None,
    }
    return show(request, "home/desk.html", context)


@require_safe
@signed_in
def about_me(request: SignedIn) -> HttpResponse:
    """Who read personal records about oneself, when, and what for."""
    person = person_of(request.user)
    found = reads_about(person.pk if person else 0)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    return show(request, "home/about_me.html", {"person": person, "page": page})
