"""The first screen: what do I need to do. And what about me has been read, by whom."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from bihuan.web.doors import SignedIn, signed_in
from bihuan.web.pages import show
from bihuan.web.standing import standing_of
from bihuan.web.todos import todos_for


@require_safe
@signed_in
def desk(request: SignedIn) -> HttpResponse:
    standing = standing_of(request)
    todos = todos_for(request.user, standing.permissions, standing.orgs, timezone.localdate())
    return show(request, "home/desk.html", {"standing": standing, "todos": todos})


@require_safe
@signed_in
def about_me(request: SignedIn) -> HttpResponse:
    return show(request, "home/about_me.html", {"reads": []})
