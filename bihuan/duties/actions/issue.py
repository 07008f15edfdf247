"""Issuing a reviewed programme: its adopted proposals become duties of one year."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from bihuan.accounts.models import User
from bihuan.activities.models import Kind
from bihuan.audit.actions import write_entry
from bihuan.duties.actions import tell_duties
from bihuan.duties.actions.review import terms_of
from bihuan.duties.choices import Level, Period, ProgrammeState, Trust, Verdict
from bihuan.duties.models import Duty, Programme, Proposal
from bihuan.duties.rules.terms import Terms
from bihuan.lib.refusals import Refused

STATEMENT_MINUTES = 15
"""Work of a duty that takes one sentence, where nobody said otherwise."""


@dataclass(frozen=True)
class Issue:
    """For which year, from which day on, and whom a programme binds.

    `since` is the beginning of what recurs; what is owed once binds from the first day of `year`.
    `scope` is as `Duty.scope` describes it and holds for every proposal that does not name
    its own kinds of organisation; `posts` likewise.
    """

    year: int
    since: dt.date
    scope: dict[str, Any]
    posts: tuple[str, ...] = ()


@transaction.atomic
def issue_programme(programme: Programme, issue: Issue, *, by: User) -> list[Duty]:
    """Make the adopted proposals of `programme` duties of one year.

    A plan written for another year is issued with its dates moved along. A programme can be
    issued again for another year, once for each. Everything must be decided before.
    """
    duties = drafted(programme, issue)
    if not duties:
        raise Refused(_("还没有采纳任何事项。"))
    undecided = programme.proposals.filter(verdict=Verdict.OPEN).count()
    if undecided:
        raise Refused(_("还有 %(count)d 条待定，请先审完。") % {"count": undecided})
    year = dt.date(issue.year, 1, 1), dt.date(issue.year, 12, 31)
    if Duty.objects.filter(programme=programme, valid_from_date__range=year).exists():
        raise Refused(_("这份计划已经下达到 %(year)d 年。") % {"year": issue.year})
    now = timezone.now()
    won = (
        Programme.objects.filter(pk=programme.pk)
        .exclude(state=ProgrammeState.DROPPED)
        .exclude(issued_year=issue.year)
        .update(state=ProgrammeState.ISSUED, issued_year=issue.year, issued_at=now, issued_by=by)
    )
    if not won:
        raise Refused(_("这份计划刚被别人下达或作废，请刷新。"))
    for duty in duties:
        duty.issued_at, duty.issued_by = now, by
        duty.save()
    programme.refresh_from_db()
    write_entry(
        "plan.issued", programme, by=by, org=programme.org, year=issue.year, duties=len(duties)
    )
    tell_duties(duties)
    return duties


def drafted(programme: Programme, issue: Issue) -> list[Duty]:
    """The duties that issuing would make, not saved; the preview shows the same rows."""
    if not 1 <= (dt.date(issue.year, 12, 31) - issue.since).days + 1 <= 366:
        raise Refused(_("起算日期须在 %(year)d 年内。") % {"year": issue.year})
    minutes = dict(Kind.objects.values_list("code", "minutes"))
    accepted = programme.proposals.filter(verdict=Verdict.ACCEPTED).order_by("order")
    rows = [(proposal, terms_of(proposal.fields)) for proposal in accepted]
    return [_row(proposal, terms, programme, issue, minutes) for proposal, terms in rows]


def _row(
    proposal: Proposal,
    terms: Terms,
    programme: Programme,
    issue: Issue,
    minutes: dict[str, int],
) -> Duty:
    due = _due(terms, programme, issue)
    since = issue.since
    if terms.period == Period.ONCE:
        # A deadline names no beginning: whatever was done in its year before it is in time. One
        # that passed before the plan was issued is owed late, not left out.
        since = dt.date(issue.year, 1, 1)
    scope = dict(issue.scope)
    if terms.scope_kinds:
        scope["kinds"] = list(terms.scope_kinds)
    if not scope.get("kinds"):
        raise Refused(_("“%(title)s”没有说明由哪类组织承担，请选定。") % {"title": terms.title})
    return Duty(
        lineage=f"programme-{programme.pk}:{proposal.pk}",
        title=terms.title,
        text=programme.text[proposal.start : proposal.end],
        level=Level.PLAN,
        programme=programme,
        proposal=proposal,
        kinds=list(terms.kinds),
        scope=scope,
        posts=list(terms.posts or issue.posts),
        part=terms.part,
        period=terms.period,
        minimum=terms.minimum,
        due=due,
        valid_from_date=since,
        valid_to_date=dt.date(issue.year, 12, 31),
        source=f"《{programme.title}》"[:200],
        article=_article(proposal),
        trust=Trust.LOCAL,
        minutes=terms.minutes or _minutes(terms.kinds, minutes),
        lead_units=terms.lead_units,
        support_units=terms.support_units,
        quantity=terms.quantity,
        ratio=terms.ratio,
        issued_at=timezone.now(),
        org=programme.org,
    )


def _due(terms: Terms, programme: Programme, issue: Issue) -> str:
    due = terms.due(from_year=programme.year, to_year=issue.year)
    if terms.period == Period.ONCE and not due.startswith(f"date:{issue.year}-"):
        raise Refused(
            _("“%(title)s”的完成日期 %(day)s 不在 %(year)d 年内，请改日期或填写计划年度。")
            % {"title": terms.title, "day": due.removeprefix("date:"), "year": issue.year}
        )
    return due


def _article(proposal: Proposal) -> str:
    return str(proposal.clause)[:60] if proposal.clause is not None else ""


def _minutes(kinds: Collection[str], minutes: dict[str, int]) -> int:
    """What one record of the longest kind takes; a duty without kinds takes a sentence."""
    return max((minutes.get(kind, 60) for kind in kinds), default=STATEMENT_MINUTES)
