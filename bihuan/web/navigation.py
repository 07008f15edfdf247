"""The ways through the product, offered to whoever may go them.

Names of URLs are words here, as permissions are in `access`: this floor can name the screens
of the floors above without importing them. A screen that is not installed is not offered.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from bihuan.access.permissions import Permission
from bihuan.web.standing import Standing


@dataclass(frozen=True)
class Way:
    """One entry of the navigation; `permission` None is for everybody who has signed in."""

    label: str | Promise
    name: str
    icon: str
    permission: Permission | None = None
    for_org: bool = False
    thumb: bool = False
    """Whether it stands in the bar at the bottom of a phone's screen."""


WAYS = (
    Way(_("工作台"), "home:desk", "home", thumb=True),
    Way(_("记一笔"), "activities:record", "plus", Permission.RECORD_FILE, thumb=True),
    Way(_("台账"), "ledger:overview", "table", Permission.LEDGER_VIEW, for_org=True, thumb=True),
    Way(_("活动记录"), "activities:list", "calendar-event", Permission.RECORD_VIEW, thumb=True),
    Way(_("计划"), "duties:programmes", "file-text", Permission.PLAN_VIEW),
    Way(_("责任事项"), "duties:list", "list-check", Permission.DUTY_VIEW),
    Way(_("通报"), "reports:list", "report", Permission.BRIEFING_VIEW),
    Way(_("组织与人员"), "registry:tree", "sitemap", Permission.ORG_VIEW),
    Way(_("审计"), "administration:entries", "shield", Permission.AUDIT_VIEW, thumb=True),
    Way(_("账号与权限"), "administration:grants", "users", Permission.GRANT_VIEW),
)


@dataclass(frozen=True)
class Link:
    label: str | Promise
    url: str
    icon: str
    thumb: bool
    here: bool


def links(request: HttpRequest, standing: Standing) -> list[Link]:
    """The entries for this person, with the one marked on which they are."""
    offered = [
        (way, url)
        for way in WAYS
        if way.permission is None or standing.may(way.permission)
        if (url := _url(way, standing)) is not None
    ]
    namespace = request.resolver_match.view_name if request.resolver_match else ""
    here = _here(namespace, request.path, offered)
    return [Link(way.label, url, way.icon, way.thumb, way is here) for way, url in offered]


def _url(way: Way, standing: Standing) -> str | None:
    if way.for_org and standing.org is None:
        return None
    try:
        return reverse(way.name, args=[standing.org.pk] if way.for_org and standing.org else [])
    except NoReverseMatch:
        return None


def _here(name: str, path: str, offered: list[tuple[Way, str]]) -> Way | None:
    """The entry of this very screen, else the one of the same app under whose address it lies."""
    exact = next((way for way, url in offered if way.name == name or url == path), None)
    if exact is not None:
        return exact
    app = name.partition(":")[0]
    same = [(way, url) for way, url in offered if way.name.partition(":")[0] == app]
    above = [(len(url), way) for way, url in same if path.startswith(url)]
    if above:
        return max(above, key=lambda each: each[0])[1]
    return same[-1][0] if same else None
