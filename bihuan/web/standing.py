"""What somebody may do today, and for which organisation they act on this page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.http import HttpRequest
from django.utils import timezone

from bihuan.access.models import Grant
from bihuan.access.permissions import GRANTS, Permission, Role
from bihuan.orgs.models import Org

ACTING_FOR = "acting_for"
_KEPT = "_bihuan_standing"
_RANK = {role: rank for rank, role in enumerate(Role.values)}


@dataclass(frozen=True)
class Standing:
    """The grants of one person today, summed up.

    `orgs` are the organisations granted, without those below another of them, and `org` is
    the one acted for: the one chosen, else the first by the weight of its role.
    """

    permissions: frozenset[Permission] = frozenset()
    roles: frozenset[str] = frozenset()
    orgs: tuple[Org, ...] = ()
    org: Org | None = None

    def may(self, permission: Permission) -> bool:
        return permission in self.permissions


def standing_of(request: HttpRequest) -> Standing:
    """The standing of whoever asks. One query, and that only once a request."""
    kept: Standing | None = getattr(request, _KEPT, None)
    if kept is None:
        kept = _find(request)
        setattr(request, _KEPT, kept)
    return kept


def _find(request: HttpRequest) -> Standing:
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return Standing()
    grants = Grant.objects.valid(on=timezone.localdate()).filter(user=user).select_related("org")
    held = sorted(grants, key=lambda grant: (_RANK.get(grant.role, 99), grant.org.path))
    orgs = _outermost(grant.org for grant in held)
    chosen = request.session.get(ACTING_FOR)
    acting = next((org for org in orgs if org.pk == chosen), orgs[0] if orgs else None)
    roles = frozenset(grant.role for grant in held)
    permissions = frozenset[Permission]().union(*(GRANTS[Role(role)] for role in roles))
    return Standing(permissions, roles, tuple(orgs), acting)


def _outermost(orgs: Iterable[Org]) -> list[Org]:
    """Without repeats and without what lies under another, in the order given."""
    found = {org.path: org for org in orgs}
    return [
        org
        for path, org in found.items()
        if not any(path != other and path.startswith(other) for other in found)
    ]
