from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from bihuan.access.permissions import Permission
from bihuan.access.queries import within_reach
from bihuan.orgs.models import Org
from bihuan.registry.queries import orgs as queries
from bihuan.registry.rules import gaps
from bihuan.registry.views.steps import Crumb
from bihuan.web.doors import SignedIn, needs
from bihuan.web.pages import show
from bihuan.web.standing import standing_of

SIZE = 60


@require_safe
@needs(Permission.ORG_VIEW)
def tree(request: SignedIn) -> HttpResponse:
    """The tree, a level at a time; `under` asks for the level below one organisation."""
    words = request.GET.get("q", "").replace("\0", "").strip()[:60]
    under = request.GET.get("under", "")
    asked = under.isascii() and under.isdigit() and len(under) < 10
    org = get_object_or_404(_reach(request), pk=under) if asked else None
    if org is not None:
        found = queries.children_of(org)
    elif words:
        found = queries.orgs_named(request.user, words)
    else:
        found = queries.tree_tops(request.user)
    more = bool(words) and len(found) > queries.FOUND_AT_MOST
    context: dict[str, Any] = {
        "org": org,
        "words": words,
        "more": more,
        "nodes": _nodes(request, found[: queries.FOUND_AT_MOST] if words and not org else found),
        "with_people": standing_of(request).may(Permission.PERSON_VIEW),
    }
    if len(found) == 1 and not words and org is None:
        context["org"] = found[0]
        context["inner"] = _nodes(request, queries.children_of(found[0]))
    return show(request, "registry/tree.html", context, part="level")


@require_safe
@needs(Permission.ORG_VIEW)
def org_page(request: SignedIn, pk: int) -> HttpResponse:
    """One organisation: facts, posts, people, what stands below it, history."""
    org = get_object_or_404(_reach(request).select_related("parent"), pk=pk)
    today, user = timezone.localdate(), request.user
    context: dict[str, Any] = {
        "org": org,
        "crumbs": crumbs_to(request, org),
        "nodes": _nodes(request, queries.children_of(org)),
        "dissolved": queries.children_of(org, dissolved=True),
        "history": queries.history_of(org),
        "with_people": queries.may_at(user, Permission.PERSON_VIEW, org),
        "may_operate": queries.operable(user).filter(pk=org.pk).exists(),
        "may_establish": queries.editable(user).filter(pk=org.pk).exists(),
        "may_people": queries.editable(user, Permission.PERSON_EDIT).filter(pk=org.pk).exists(),
    }
    if context["with_people"]:
        members = Paginator(queries.members_of(org, today=today), SIZE)
        held, ended = queries.posts_of(org, today=today)
        page = members.get_page(request.GET.get("page"))
        context |= {"page": page, "held": held, "ended": ended}
        if org.dissolved_date is None:
            context["gaps"] = gaps(queries.facts_of(org, today=today), on=today)
    return show(request, "registry/org.html", context)


def crumbs_to(request: SignedIn, org: Org, *here: str) -> list[Crumb]:
    """The way from the tree to `org`, and on to the screen `here` if it is another."""
    above = queries.way_to(org, request.user)
    links = [(str(each), reverse("registry:org", args=[each.pk])) for each in above]
    own = reverse("registry:org", args=[org.pk]) if here else ""
    start = (_("组织与人员"), reverse("registry:tree"))
    return [start, *links, (str(org), own), *((each, "") for each in here)]


def _reach(request: SignedIn) -> Any:
    return within_reach(Org, request.user, Permission.ORG_VIEW)


def _nodes(request: SignedIn, found: list[Org]) -> list[queries.Node]:
    may = standing_of(request).may(Permission.PERSON_VIEW)
    return queries.nodes(found, today=timezone.localdate(), with_heads=may)
