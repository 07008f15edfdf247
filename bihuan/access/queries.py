"""Reads that depend on a person. Screens fetch through here and nowhere else."""

from __future__ import annotations

from typing import TypeVar

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q
from django.utils import timezone

from bihuan.access.models import Grant
from bihuan.access.permissions import Permission, roles_with
from bihuan.accounts.models import User
from bihuan.lib.tree import ancestors
from bihuan.orgs.models import Org, OrgQuerySet, Person

M = TypeVar("M", bound=models.Model)

Visitor = User | AnonymousUser


def holds(user: Visitor, permission: Permission) -> bool:
    """Whether `user` holds `permission` somewhere today."""
    return bool(_paths(user, permission))


def orgs_where(user: Visitor, permission: Permission) -> OrgQuerySet:
    """The organisations in which `user` holds `permission`: those granted, and all below."""
    return Org.objects.under(*_paths(user, permission))


def top_orgs_where(user: Visitor, permission: Permission) -> OrgQuerySet:
    """The organisations that `user` was granted `permission` for, without those below them."""
    return Org.objects.filter(path__in=_paths(user, permission)).order_by("path")


def within_reach(model: type[M], user: Visitor, permission: Permission) -> models.QuerySet[M]:
    """The rows of `model` on which `user` may use `permission`.

    What a person may not touch is, for that person, not there: the screen answers 404 and
    gives nothing away. An `Org` belongs to itself, a `Person` where their membership is, a
    model with a `reach(orgs)` method on its QuerySet says itself how it belongs, and every
    other model belongs to the organisation in its field `org`.
    """
    orgs = orgs_where(user, permission)
    rows = model._default_manager.all()
    if model is Org:
        return rows.filter(pk__in=orgs)
    if model is Person:
        today = timezone.localdate()
        here = Q(memberships__until_date=None) | Q(memberships__until_date__gt=today)
        return rows.filter(here, memberships__org__in=orgs, memberships__since_date__lte=today)
    reach = getattr(rows, "reach", None)
    if reach is not None:
        return reach(orgs)  # type: ignore[no-any-return]
    return rows.filter(org__in=orgs)


def roles_of(user: Visitor) -> list[str]:
    """The roles that `user` holds today, for the audit and for what a page offers."""
    if not user.is_authenticated:
        return []
    grants = Grant.objects.valid(on=timezone.localdate()).filter(user=user)
    return sorted(set(grants.values_list("role", flat=True)))


def roles_at(account: models.Model, path: str) -> list[str]:
    """The roles that an account holds today for the organisation at `path`, or anywhere."""
    grants = Grant.objects.valid(on=timezone.localdate()).filter(user_id=account.pk)
    if path:
        grants = grants.filter(org__path__in=[*ancestors(path), path])
    return list(grants.values_list("role", flat=True))


def _paths(user: Visitor, permission: Permission) -> list[str]:
    """The paths granted to `user`, without those that lie under another of them."""
    if not user.is_authenticated or not user.is_active:
        return []
    grants = Grant.objects.valid(on=timezone.localdate()).filter(
        user=user, role__in=roles_with(permission)
    )
    kept: list[str] = []
    for path in grants.order_by("org__path").values_list("org__path", flat=True):
        if not kept or not path.startswith(kept[-1]):
            kept.append(path)
    return kept
