from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from bihuan.access.permissions import Permission
from bihuan.access.queries import within_reach
from bihuan.accounts.models import User
from bihuan.duties.choices import ProgrammeState, Verdict
from bihuan.duties.models import Programme
from bihuan.orgs.models import Org
from bihuan.web.todos import Todo, todo

SHOWN = 5
"""Plans named on the desk; the rest are in the list of plans."""


@todo(permission=Permission.PLAN_EDIT)
def plans_under_review(user: User, orgs: Sequence[Org], today: dt.date) -> Iterator[Todo]:
    """Each plan that waits for its review to end, or for being issued."""
    waiting = Count("proposals", filter=Q(proposals__verdict=Verdict.OPEN))
    plans = (
        within_reach(Programme, user, Permission.PLAN_EDIT)
        .filter(state=ProgrammeState.REVIEW)
        .annotate(waiting=waiting)
        .order_by("-created_at", "-pk")
    )
    for plan in plans[:SHOWN]:
        words = {"title": plan.title.strip("《》")[:40], "count": plan.waiting}
        if plan.waiting:
            sentence = _("计划《%(title)s》还有 %(count)d 条待审。") % words
            yield Todo(sentence, reverse("duties:review", args=[plan.pk]), _("继续审核"))
        else:
            sentence = _("计划《%(title)s》已审完，等待下达。") % words
            yield Todo(sentence, reverse("duties:issue", args=[plan.pk]), _("去下达"))
