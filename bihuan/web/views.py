"""Screens that belong to no feature: language, whom one acts for, health, the tree, errors."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.core.exceptions import PermissionDenied
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.csrf import csrf_failure as django_csrf_failure
from django.views.decorators.http import require_POST, require_safe
from django.views.i18n import set_language

from bihuan.access.permissions import Permission
from bihuan.access.queries import top_orgs_where, within_reach
from bihuan.accounts.actions import take_post
from bihuan.orgs.models import Org
from bihuan.web.doors import SignedIn, open_to_all, signed_in
from bihuan.web.pages import show
from bihuan.web.standing import ACTING_FOR, standing_of

UNREPEATABLE = ("csrfmiddlewaretoken", "password", "code", "otp")
FOUND_AT_MOST = 30


@require_POST
@open_to_all  # somebody who cannot read the sign-in page must be able to change it
def choose_language(request: HttpRequest) -> HttpResponse:
    """Keep the chosen language in a cookie and go back to where one was."""
    return set_language(request)


@require_POST
@signed_in
def act_for(request: SignedIn, pk: int) -> HttpResponse:
    """From now on act for this one of the organisations granted."""
    org = next((org for org in standing_of(request).orgs if org.pk == pk), None)
    if org is not None:
        request.session[ACTING_FOR] = org.pk
    back = urlsplit(request.headers.get("Referer", "")).path or "/"
    return redirect(back if url_has_allowed_host_and_scheme(back, allowed_hosts=None) else "/")


@require_safe
@signed_in
def org_tree(request: SignedIn) -> HttpResponse:
    """The children of one organisation, or the organisations with a name like the one typed.

    The picker asks for it bit by bit. `field` is the name of the form field that is filled,
    `for` the permission that whoever fills it uses: only organisations within its reach show.
    """
    permission, field = _permission(request), request.GET.get("field", "org")
    if not standing_of(request).may(permission):
        raise PermissionDenied
    reach = within_reach(Org, request.user, permission).living()  # type: ignore[attr-defined]
    wanted = (request.GET.get("q") or request.GET.get(f"{field}-name") or "").strip()
    parent = request.GET.get("under", "")
    if wanted:
        found = reach.filter(name__icontains=wanted).select_related("parent").order_by("path")
    elif parent.isascii() and parent.isdigit() and len(parent) < 10:
        found = reach.filter(parent=get_object_or_404(reach, pk=parent)).order_by("name")
    else:
        found = top_orgs_where(request.user, permission)
    orgs = list(found[: FOUND_AT_MOST + 1]) if wanted else list(found)
    more = bool(wanted) and len(orgs) > FOUND_AT_MOST
    orgs = orgs[:FOUND_AT_MOST] if more else orgs
    with_inner = reach.filter(parent__in=[org.pk for org in orgs])
    inner = set(with_inner.values_list("parent", flat=True))
    context = {
        "orgs": [(org, org.pk in inner) for org in orgs],
        "more": more,
        "wanted": wanted,
        "field": field,
        "permission": permission.value,
        "chosen": request.GET.get("chosen", ""),
    }
    return show(request, "web/parts/tree_level.html", context)


def _permission(request: SignedIn) -> Permission:
    try:
        return Permission(request.GET.get("for", Permission.ORG_VIEW))
    except ValueError:
        return Permission.ORG_VIEW


@open_to_all  # there is nothing behind it
def shut(request: HttpRequest, rest: str = "") -> HttpResponse:
    """A screen of allauth that is useless here: accounts are opened by an administrator.

    404 as for any address that is none, whatever the method.
    """
    raise Http404


@require_safe
@open_to_all  # asked by whatever watches the server; tells nothing but that it lives
def healthz(request: HttpRequest) -> HttpResponse:
    """200 when the database answers, 503 when it does not."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Exception:  # whatever is wrong with the database, the answer is the same
        return HttpResponse("database unreachable", status=503, content_type="text/plain")
    return HttpResponse("ok", content_type="text/plain")


@require_safe
@signed_in
def send_again(request: SignedIn) -> HttpResponse:
    """What somebody typed when their session had ended, to be sent by their own press."""
    kept = take_post(request.session)
    if kept is None:
        return redirect("/")
    context = {"typed": kept.fields, "path": kept.path, "files": kept.files}
    return show(request, "web/send_again.html", context)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "403.html", status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """The page is drawn without session and database, which may be what failed."""
    told = {"number": getattr(request, "number", "")}
    return HttpResponse(render_to_string("500.html", told), status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form was older than the session: show what was typed, and let it be sent again.

    Only a form that came from a page of ours is offered again, as the browser testifies by
    `Origin`; from elsewhere, sending it on a person's press would be the forgery itself.
    """
    typed = [
        (name, value)
        for name, values in request.POST.lists()
        if not any(word in name.lower() for word in UNREPEATABLE)
        for value in values
    ]
    if not _is_ours(request):
        return django_csrf_failure(request, reason, template_name="403_csrf.html")
    context = {"typed": typed, "path": request.get_full_path(), "files": bool(request.FILES)}
    return render(request, "web/send_again.html", context, status=403)


def _is_ours(request: HttpRequest) -> bool:
    origin = request.headers.get("Origin", "")
    return origin == f"{request.scheme}://{request.get_host()}"
