"""Who holds which role where: see, give, end."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bihuan.access.actions import give_role, take_role
from bihuan.access.permissions import Permission, Role
from bihuan.accounts.queries import find_account
from bihuan.administration.forms import GrantFilterForm, GrantForm
from bihuan.administration.queries import (
    GrantWish,
    endable_grants,
    givable_orgs,
    grants_seen,
)
from bihuan.lib.refusals import Refused
from bihuan.web.doors import SignedIn, needs
from bihuan.web.pages import show
from bihuan.web.standing import standing_of

SIZE = 50


@require_safe
@needs(Permission.GRANT_VIEW)
def grant_list(request: SignedIn) -> HttpResponse:
    form, today = GrantFilterForm(request.GET), timezone.localdate()
    form.is_valid()
    asked = form.cleaned_data
    wish = GrantWish(
        name=asked.get("name") or "", role=asked.get("role") or "", ended=bool(asked.get("ended"))
    )
    page = _page(request)
    rows = grants_seen(request.user, wish, today=today)
    found = list(rows[(page - 1) * SIZE : page * SIZE + 1])
    may_give = standing_of(request).may(Permission.GRANT_GIVE)
    context = {
        "form": form,
        "grants": found[:SIZE],
        "page": page,
        "more": len(found) > SIZE,
        "may_give": may_give,
    }
    return show(request, "administration/grants.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.GRANT_GIVE)
def grant_give(request: SignedIn) -> HttpResponse:
    start = {"since": timezone.localdate()}
    form = GrantForm(request.POST or None, initial=start, orgs=givable_orgs(request.user))
    if request.method == "POST" and form.is_valid() and _give(request, form):
        return redirect("administration:grants")
    return show(request, "administration/give.html", {"form": form})


def _give(request: SignedIn, form: GrantForm) -> bool:
    asked: dict[str, Any] = form.cleaned_data
    user = find_account(asked["username"], active=True)
    if user is None:
        form.add_error("username", _("没有这个用户名，或账号已停用。"))
        return False
    last = asked["until"]
    try:
        give_role(
            user, Role(asked["role"]), asked["org"], since=asked["since"],
            until=last + dt.timedelta(days=1) if last else None, by=request.user,
        )  # fmt: skip
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return False
    messages.success(request, _("已授予，对方下一次点击即生效。"))
    return True


@require_POST
@needs(Permission.GRANT_GIVE)
def grant_end(request: SignedIn, pk: int) -> HttpResponse:
    today = timezone.localdate()
    grant = get_object_or_404(endable_grants(request.user, today=today), pk=pk)
    try:
        take_role(grant, on=today, by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("已收回，对方下一次点击即失效。"))
    return redirect("administration:grants")


def _page(request: SignedIn) -> int:
    asked = request.GET.get("page", "")
    return max(int(asked), 1) if asked.isascii() and asked.isdecimal() and len(asked) < 6 else 1
