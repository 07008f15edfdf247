"""Operations on the tree, each with a preview of what it changes."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from bihuan.access.permissions import Permission
from bihuan.lib.refusals import Refused
from bihuan.orgs.actions import tree
from bihuan.orgs.choices import OrgKind
from bihuan.orgs.models import Org, OrgQuerySet
from bihuan.registry.actions import dissolve, merge
from bihuan.registry.forms import (
    AmendForm,
    DissolveForm,
    EstablishForm,
    MergeForm,
    MoveForm,
    RenameForm,
)
from bihuan.registry.queries.orgs import children_of, editable, namesakes, operable
from bihuan.registry.views.orgs import crumbs_to
from bihuan.registry.views.steps import Done, Operation, carry_out, change
from bihuan.web.doors import SignedIn, needs

FORM = ["GET", "HEAD", "POST"]


@require_http_methods(FORM)
@needs(Permission.ORG_EDIT)
def org_establish(request: SignedIn, pk: int) -> HttpResponse:
    parent = get_object_or_404(editable(request.user), pk=pk)

    def act(asked: dict[str, Any]) -> Done:
        if namesakes(parent, asked["name"]):
            raise Refused(
                _("“%(parent)s”之下已经有“%(name)s”。") % {"parent": parent, "name": asked["name"]}
            )
        org = tree.establish(**asked, parent=parent, by=request.user)
        return Done(_page(org), [org.pk])

    return carry_out(request, Operation(
        _("成立下级组织"), EstablishForm(request.POST or None, parent=parent),
        crumbs_to(request, parent, _("成立下级组织")), [], act, "founded", _("已成立。"),
    ))  # fmt: skip


@require_http_methods(FORM)
@needs(Permission.ORG_EDIT)
def org_rename(request: SignedIn, pk: int) -> HttpResponse:
    org = get_object_or_404(operable(request.user), pk=pk)

    def act(asked: dict[str, Any]) -> Done:
        tree.rename(org, asked["name"], on=asked["on"], by=request.user)
        return Done(_page(org))

    return carry_out(request, Operation(
        _("更名"), RenameForm(request.POST or None, initial={"name": org.name}),
        crumbs_to(request, org, _("更名")), [org.pk], act, "on", _("已更名。"),
        hint=_("从这一天起用新名称；以前的记录和通报仍是原来的名称。"),
    ))  # fmt: skip


@require_http_methods(FORM)
@needs(Permission.ORG_EDIT)
def org_amend(request: SignedIn, pk: int) -> HttpResponse:
    org = get_object_or_404(editable(request.user), pk=pk)
    start = {name: getattr(org, name) for name in AmendForm.base_fields}

    def act(asked: dict[str, Any]) -> str:
        tree.amend(org, by=request.user, **asked)
        return _page(org)

    return change(
        request, title=_("修改情况"), form=AmendForm(request.POST or None, initial=start),
        crumbs=crumbs_to(request, org, _("修改情况")), act=act, done=_("已保存。"),
    )  # fmt: skip


@require_http_methods(FORM)
@needs(Permission.ORG_EDIT)
def org_move(request: SignedIn, pk: int) -> HttpResponse:
    org = get_object_or_404(operable(request.user), pk=pk)

    def act(asked: dict[str, Any]) -> Done:
        tree.move(org, to=asked["to"], on=asked["on"], by=request.user)
        return Done(_page(org))

    return carry_out(request, Operation(
        _("调整隶属"), MoveForm(request.POST or None, orgs=_superiors(request, org)),
        crumbs_to(request, org, _("调整隶属")), [org.pk], act, "on", _("已调整。"),
        hint=_("它的全部下级和人员一起转过去。"),
    ))  # fmt: skip


@require_http_methods(FORM)
@needs(Permission.ORG_EDIT)
def org_merge(request: SignedIn, pk: int) -> HttpResponse:
    """Let an organisation become part of another one of its kind."""
    org = get_object_or_404(operable(request.user), pk=pk)
    alike = editable(request.user).filter(kind=org.kind).exclude(pk=org.pk)
    form = MergeForm(request.POST or None, orgs=alike)

    def act(asked: dict[str, Any]) -> Done:
        return Done(_page(merge(org, today=timezone.localdate(), by=request.user, **asked)))

    target = [form.cleaned_data["into"].pk] if form.is_bound and form.is_valid() else []
    below = list(children_of(org))
    return carry_out(request, Operation(
        _("并入别的组织"), form, crumbs_to(request, org, _("并入别的组织")),
        [org.pk, *target, *(each.pk for each in below)], act, "on", _("已合并。"),
        hint=_("下级组织和人员全部转过去，这里的任职到前一天为止，这个组织随即撤销。以前的记录和台账都保留。"),
    ))  # fmt: skip


@require_http_methods(FORM)
@needs(Permission.ORG_EDIT)
def org_dissolve(request: SignedIn, pk: int) -> HttpResponse:
    org = get_object_or_404(operable(request.user), pk=pk)

    def act(asked: dict[str, Any]) -> Done:
        dissolve(org, on=asked["on"], today=timezone.localdate(), by=request.user)
        return Done(_page(org))

    return carry_out(request, Operation(
        _("撤销组织"), DissolveForm(request.POST or None),
        crumbs_to(request, org, _("撤销组织")), [org.pk], act, "on", _("已撤销。"),
        hint=_("下级组织和党员要先转走。以前的记录和台账都保留。"),
    ))  # fmt: skip


def _superiors(request: SignedIn, org: Org) -> OrgQuerySet:
    """Below what `org` may stand: a group below a branch, anything else below neither."""
    orgs = editable(request.user)
    if org.kind == OrgKind.GROUP:
        return orgs.filter(kind=OrgKind.BRANCH)
    return orgs.exclude(kind__in=(OrgKind.BRANCH, OrgKind.GROUP))


def _page(org: Org) -> str:
    return reverse("registry:org", args=[org.pk])
