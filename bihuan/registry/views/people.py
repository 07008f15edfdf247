from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from bihuan.access.permissions import Permission
from bihuan.lib.refusals import Refused
from bihuan.orgs.actions import people as actions
from bihuan.orgs.models import Org, Person
from bihuan.registry.forms import (
    AccountForm,
    BelongForm,
    CorrectForm,
    PeopleFilterForm,
    PersonForm,
    StatusForm,
)
from bihuan.registry.queries import people as queries
from bihuan.registry.queries.orgs import editable, groups_of
from bihuan.registry.views.orgs import crumbs_to
from bihuan.registry.views.steps import Crumb, Done, Operation, carry_out, change
from bihuan.web.doors import SignedIn, needs
from bihuan.web.pages import show
from bihuan.web.standing import standing_of

FORM = ["GET", "HEAD", "POST"]
SIZE = 50


@require_safe
@needs(Permission.PERSON_VIEW)
def person_list(request: SignedIn) -> HttpResponse:
    form = PeopleFilterForm(request.GET)
    form.is_valid()
    asked = form.cleaned_data
    found = queries.people_seen(
        request.user, name=asked.get("name") or "", status=asked.get("status") or "",
        today=timezone.localdate(),
    )  # fmt: skip
    page = Paginator(found, SIZE).get_page(request.GET.get("page"))
    return show(request, "registry/people.html", {"form": form, "page": page})


@require_safe
@needs(Permission.PERSON_VIEW)
def person(request: SignedIn, pk: int) -> HttpResponse:
    """One person: standing, where they belong and belonged, posts."""
    found = get_object_or_404(queries.person_in_reach(request.user, Permission.PERSON_VIEW), pk=pk)
    keeps = queries.person_in_reach(request.user, Permission.PERSON_EDIT)
    posts = queries.appointments_of(found)
    may_edit = standing_of(request).may(Permission.PERSON_EDIT) and keeps.filter(pk=pk).exists()
    ending = set(queries.relievable(request.user).filter(person=found).values_list("pk", flat=True))
    context = {
        "person": found,
        "crumbs": _crumbs(request, found),
        "memberships": queries.memberships_of(found),
        "posts": posts,
        "ending": ending if may_edit else set(),
        "statuses": queries.statuses_of(found),
        "may_edit": may_edit,
    }
    return show(request, "registry/person.html", context)


@require_http_methods(FORM)
@needs(Permission.PERSON_EDIT)
def org_enrol(request: SignedIn, pk: int) -> HttpResponse:
    """Record somebody new who belongs to this organisation."""
    org = get_object_or_404(editable(request.user, Permission.PERSON_EDIT), pk=pk)
    form = PersonForm(request.POST or None, groups=groups_of(org))
    if form.is_bound and form.is_valid():
        asked = form.cleaned_data
        known = queries.has_namesake(org, asked["name"], on=timezone.localdate())
        if known and not asked["namesake"]:
            form.ask_for_namesake()

    def act(asked: dict[str, Any]) -> Done:
        facts = {name: value for name, value in asked.items() if name != "namesake"}
        new = actions.register(org=org, by=request.user, **facts)
        return Done(reverse("registry:person", args=[new.pk]))

    hint = _("组织关系从别处转来、系统里已有的人，请在他的页面上点“转到别的组织”。")
    return carry_out(request, Operation(
        _("登记人员"), form, crumbs_to(request, org, _("登记人员")), [org.pk], act, "since",
        _("已登记。"), hint=hint,
    ))  # fmt: skip


@require_http_methods(FORM)
@needs(Permission.PERSON_EDIT)
def person_correct(request: SignedIn, pk: int) -> HttpResponse:
    found = _kept(request, pk)
    start = {name: getattr(found, name) for name in CorrectForm.base_fields}

    def act(asked: dict[str, Any]) -> str:
        return _page(actions.correct(found, by=request.user, **asked))

    return change(
        request, title=_("更正信息"), form=CorrectForm(request.POST or None, initial=start),
        crumbs=_crumbs(request, found, _("更正信息")), act=act, done=_("已保存。"),
    )  # fmt: skip


@require_http_methods(FORM)
@needs(Permission.PERSON_EDIT)
def person_account(request: SignedIn, pk: int) -> HttpResponse:
    """Say which account is this person's."""
    found = _kept(request, pk)
    start = {"username": found.user.username if found.user else ""}

    def act(asked: dict[str, Any]) -> str:
        name, user = asked["username"], None
        if name:
            user = queries.linkable(request.user, name, today=timezone.localdate())
            if user is None:
                raise Refused(_("没有这个账号，或者它在您的范围内没有角色。"))
        return _page(actions.link_account(found, user, by=request.user))

    return change(
        request, title=_("关联账号"), form=AccountForm(request.POST or None, initial=start),
        crumbs=_crumbs(request, found, _("关联账号")), act=act, done=_("已保存。"),
    )  # fmt: skip


@require_http_methods(FORM)
@needs(Permission.PERSON_EDIT)
def person_status(request: SignedIn, pk: int) -> HttpResponse:
    found = _kept(request, pk)

    def act(asked: dict[str, Any]) -> Done:
        actions.set_status(found, asked["status"], on=asked["on"], by=request.user)
        return Done(_page(found))

    return carry_out(request, Operation(
        _("变更政治面貌"), StatusForm(request.POST or None, initial={"status": found.status}),
        _crumbs(request, found, _("变更政治面貌")), _orgs(found), act, "on", _("已变更。"),
        hint=_("从这一天起算正式党员数；以前的台账不变。"),
    ))  # fmt: skip


@require_http_methods(FORM)
@needs(Permission.PERSON_EDIT)
def person_belong(request: SignedIn, pk: int) -> HttpResponse:
    """Let somebody belong to another organisation within one's own reach."""
    found = _kept(request, pk)
    orgs = editable(request.user, Permission.PERSON_EDIT)

    def act(asked: dict[str, Any]) -> Done:
        actions.enrol(found, asked["org"], since=asked["since"], by=request.user)
        return Done(_page(found), [asked["org"].pk])

    form = BelongForm(request.POST or None, orgs=orgs)
    target = [form.cleaned_data["org"].pk] if form.is_bound and form.is_valid() else []
    return carry_out(request, Operation(
        _("转到别的组织"), form, _crumbs(request, found, _("转到别的组织")),
        [*_orgs(found), *target], act, "since", _("已转入。"),
        hint=_("原来的组织关系到前一天为止，历史保留。担任的职务不会自动免去。"),
    ))  # fmt: skip


def _kept(request: SignedIn, pk: int) -> Person:
    return get_object_or_404(queries.person_in_reach(request.user, Permission.PERSON_EDIT), pk=pk)


def _orgs(found: Person) -> list[int]:
    org = queries.where_belongs(found, today=timezone.localdate())
    return [org.pk] if org else []


def _crumbs(request: SignedIn, found: Person, *here: str) -> list[Crumb]:
    """The way to a person: through the organisation that they belong to."""
    org: Org | None = queries.where_belongs(found, today=timezone.localdate())
    way = crumbs_to(request, org, found.name) if org else [(found.name, "")]
    if not here:
        return way
    return [*way[:-1], (found.name, _page(found)), *((each, "") for each in here)]


def _page(found: Person) -> str:
    return reverse("registry:person", args=[found.pk])
