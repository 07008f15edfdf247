"""Doors: every route has one, or the product does not start (see `web.checks`)."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django_htmx.middleware import HtmxDetails

from bihuan.access.permissions import Permission
from bihuan.access.queries import holds
from bihuan.accounts.actions import keep_post
from bihuan.accounts.models import User

P = ParamSpec("P")


class SignedIn(HttpRequest):
    """A request of somebody who has signed in."""

    user: User
    htmx: HtmxDetails


Inner = Callable[Concatenate[SignedIn, P], HttpResponseBase]
Outer = Callable[Concatenate[HttpRequest, P], HttpResponseBase]

OPEN = "open"
SIGNED_IN = "signed_in"


def needs(permission: Permission) -> Callable[[Inner[P]], Outer[P]]:
    """Let in whoever holds `permission` in some organisation.

    Which records they then reach is settled by `within_reach`, not here.
    """

    def hang(view: Inner[P]) -> Outer[P]:
        @wraps(view)
        def door(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return to_login(request)
            if not holds(request.user, permission):
                raise PermissionDenied
            return view(cast(SignedIn, request), *args, **kwargs)

        door.asks_for = permission  # type: ignore[attr-defined]
        return door

    return hang


def signed_in(view: Inner[P]) -> Outer[P]:
    """Let in everybody who has signed in: pages about oneself."""

    @wraps(view)
    def door(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return to_login(request)
        return view(cast(SignedIn, request), *args, **kwargs)

    door.asks_for = SIGNED_IN  # type: ignore[attr-defined]
    return door


def open_to_all(view: Callable[Concatenate[HttpRequest, P], HttpResponseBase]) -> Outer[P]:
    """Let everybody in, signed in or not. Say in the view why that is right."""
    view.asks_for = OPEN  # type: ignore[attr-defined]
    return view


def to_login(request: HttpRequest) -> HttpResponse:
    """Send to the sign-in page and come back afterwards, with what was typed if it was a form.

    A part that htmx asked for cannot become a sign-in page: a form sent in the background is
    refused and stays on the screen as it is, anything else takes the whole page along.
    """
    background = request.headers.get("HX-Request") == "true"
    if request.method == "POST":
        if background:
            return HttpResponse(status=401)
        fields = [(name, value) for name, values in request.POST.lists() for value in values]
        keep_post(request.session, request.get_full_path(), fields, files=bool(request.FILES))
        return redirect_to_login(reverse("web:send_again"))
    answer = redirect_to_login(request.get_full_path())
    if background:
        return HttpResponse(headers={"HX-Redirect": answer["Location"]})
    return answer
