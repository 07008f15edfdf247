from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from bihuan.access.permissions import Permission
from bihuan.orgs.actions.posts import appoint, relieve
from bihuan.registry.forms import OrgPostForm, PersonPostForm, RelieveForm
from bihuan.registry.queries import people as queries
from bihuan.registry.queries.orgs import editable
from bihuan.registry.views.orgs import crumbs_to
from bihuan.registry.views.steps import Done, Operation, carry_out
from bihuan.web.doors import SignedIn, needs

FORM = ["GET", "HEAD", "POST"]


@require_http_methods(FORM)
@needs(Permission.PERSON_EDIT)
def org_appoint(request: SignedIn, pk: int) -> HttpResponse:
    """Give somebody, typed by name, a post in this organisation."""
    org = get_object_or_404(editable(request.user, Permission.PERSON_EDIT), pk=pk)
    form = OrgPostForm(request.POST or None)
    sent = request.POST.get("chosen", "")
    meant = None
    if form.is_bound and (form.is_valid() or "person" in form.cleaned_data):
        found = queries.people_named(request.user, form.cleaned_data["person"], org)
        meant = form.offer(found, sent)

    def act(asked: dict[str, Any]) -> Done:
        if meant is not None:
            given = {name: asked[name] for name in ("post", "since", "portfolio")}
            appoint(meant, org, by=request.user, **given)
        return Done(reverse("registry:org", args=[org.pk]))

    return carry_out(request, Operation(
        _("任职"), form, crumbs_to(request, org, _("任职")), [org.pk], act, "since", _("已任职。"),
        offers=queries.names_in(org, today=timezone.localdate()),
    ))  # fmt: skip


@require_http_methods(FORM)
@needs(Permission.PERSON_EDIT)
def person_appoint(request: SignedIn, pk: int) -> HttpResponse:
    """Give this person a post in an organisation."""
    reach = queries.person_in_reach(request.user, Permission.PERSON_EDIT)
    person = get_object_or_404(reach, pk=pk)
    home = queries.where_belongs(person, today=timezone.localdate())
    orgs = editable(request.user, Permission.PERSON_EDIT)
    form = PersonPostForm(request.POST or None, initial={"org": home}, orgs=orgs)
    own = reverse("registry:person", args=[person.pk])

    def act(asked: dict[str, Any]) -> Done:
        appoint(person, by=request.user, **asked)
        return Done(own)

    target = [form.cleaned_data["org"].pk] if form.is_bound and form.is_valid() else []
    way = crumbs_to(request, home, _("任职"))[:-1] if home else []
    return carry_out(request, Operation(
        _("任职"), form, [*way, (person.name, own), (_("任职"), "")], target, act, "since",
        _("已任职。"),
    ))  # fmt: skip


@require_http_methods(FORM)
@needs(Permission.PERSON_EDIT)
def post_relieve(request: SignedIn, pk: int) -> HttpResponse:
    appointment = get_object_or_404(queries.relievable(request.user), pk=pk)
    org = appointment.org

    def act(asked: dict[str, Any]) -> Done:
        relieve(appointment, on=asked["on"], by=request.user)
        return Done(reverse("registry:org", args=[org.pk]))

    title = _("免去%(person)s的“%(post)s”职务") % {
        "person": appointment.person, "post": appointment.get_post_display(),
    }  # fmt: skip
    return carry_out(request, Operation(
        title, RelieveForm(request.POST or None), crumbs_to(request, org, _("免职")), [org.pk],
        act, "on", _("已免去。"),
    ))  # fmt: skip
