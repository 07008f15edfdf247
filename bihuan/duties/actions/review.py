"""From a document to proposals, and from proposals to decisions on them.

Every decision is test-and-set on the proposal's version: of two reviewers who press at once
one wins, the other is told who and when, and what they typed stays on their screen. Drafts
leave no audit entry, because what is typed is no decision yet.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import PurePath
from typing import Any

from django.db import transaction
from django.db.models import F, Max, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from bihuan.accounts.models import User
from bihuan.activities.models import Kind
from bihuan.audit.actions import write_entry
from bihuan.duties.choices import ProgrammeState, Verdict
from bihuan.duties.models import Clause, Programme, Proposal
from bihuan.duties.rules.terms import (
    LIST_FIELDS,
    TEXT_FIELDS,
    Terms,
    fields_of,
    is_sure,
    joined,
    part_of,
    read_terms,
)
from bihuan.lib.refusals import Refused
from bihuan.orgs.models import Org
from bihuan.reading import plan as reading
from bihuan.reading.reader import read_plan

MAX_TYPED = 2000
"""Characters kept of one typed field; enough to show what was wrong with it."""


class ChangedMeanwhile(Refused):
    """Somebody else changed the proposal after this screen was opened.

    `current` is the proposal as it stands now, so that the screen can show both.
    """

    def __init__(self, current: Proposal) -> None:
        when = timezone.localtime(current.changed_at) if current.changed_at else None
        super().__init__(
            _(
                "%(who)s 在 %(when)s 改过这一条（现为“%(verdict)s”）。"
                "您填的内容还在，核对后再按一次即可。"
            )
            % {
                "who": current.changed_by or _("别人"),
                "when": f"{when:%H:%M}" if when else "",
                "verdict": current.get_verdict_display(),
            }
        )
        self.current = current


class NotSettled(Refused):
    """The proposal cannot be accepted as typed; `faults` says for each field why."""

    def __init__(self, faults: dict[str, str]) -> None:
        super().__init__(_("还有 %(count)d 处要填写或改正。") % {"count": len(faults)})
        self.faults = faults


@transaction.atomic
def import_programme(
    text: str,
    *,
    org: Org,
    by: User,
    title: str = "",
    year: int | None = None,
    file_name: str = "",
) -> Programme:
    """Read `text` as a plan of `org` and keep its clauses and proposals for review.

    The same text for the same organisation, still under review, is not imported twice: the
    programme that stands is returned. What the reader does not take for a task comes in as
    not adopted, to be adopted by hand. `title` and `year` are the person's own word and win over
    what the document says.
    """
    if not text.strip():
        raise Refused(_("文件里没有文字。"))
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    earlier = Programme.objects.filter(org=org, sha256=digest, state=ProgrammeState.REVIEW).first()
    if earlier is not None:
        return earlier
    plan = read_plan(text, year=year)
    if not plan.text.strip():
        raise Refused(_("文件里没有可读的正文。"))
    programme = Programme.objects.create(
        org=org,
        title=(title or plan.title or PurePath(file_name).stem or _untitled(plan))[:200],
        issuer=plan.issuer[:120],
        year=plan.year,
        file_name=file_name[:200],
        sha256=digest,
        original=text,
        text=plan.text,
        created_at=timezone.now(),
        created_by=by,
    )
    _write_clauses(programme, plan)
    _write_proposals(programme, plan)
    write_entry("plan.imported", programme, by=by, org=org, sha256=digest)
    return programme


@transaction.atomic
def name_programme(
    programme: Programme, *, title: str, issuer: str, year: int | None, by: User
) -> Programme:
    """Correct what the reader took for the title, the issuer and the year of the plan."""
    if not title.strip():
        raise Refused(_("请写标题。"))
    programme.title, programme.issuer, programme.year = title.strip()[:200], issuer[:120], year
    programme.save(update_fields=["title", "issuer", "year"])
    write_entry("plan.named", programme, by=by, org=programme.org)
    return programme


@transaction.atomic
def drop_programme(programme: Programme, *, by: User) -> Programme:
    """Set a plan aside that will not be issued."""
    under_review = Programme.objects.filter(pk=programme.pk, state=ProgrammeState.REVIEW)
    if not under_review.update(state=ProgrammeState.DROPPED):
        raise Refused(_("已下达或已作废的计划不能再作废；可以终止它的各个事项。"))
    programme.refresh_from_db()
    write_entry("plan.dropped", programme, by=by, org=programme.org)
    return programme


@transaction.atomic
def save_draft(proposal: Proposal, typed: Mapping[str, Any], *, version: int, by: User) -> Proposal:
    """Keep what was typed so far, right or wrong. Raises `ChangedMeanwhile`."""
    return _change(proposal, version, by, fields={**proposal.fields, **_clean(typed)})


@transaction.atomic
def accept(proposal: Proposal, typed: Mapping[str, Any], *, version: int, by: User) -> Proposal:
    """Adopt the proposal with the terms typed. Raises `NotSettled`, `ChangedMeanwhile`."""
    fields = {**proposal.fields, **_clean(typed)}
    terms_of(fields)
    changed = _change(proposal, version, by, fields=fields, verdict=Verdict.ACCEPTED)
    write_entry("proposal.accepted", changed, by=by, org=changed.programme.org)
    return changed


@transaction.atomic
def accept_sure(programme: Programme, *, by: User) -> list[Proposal]:
    """Adopt every undecided proposal about which nothing is left to ask, and return them.

    See `rules.terms.is_sure`. One audit entry names them all.
    """
    _check_open(programme)
    known = set(Kind.objects.values_list("code", flat=True))
    waiting = programme.proposals.filter(verdict=Verdict.OPEN).order_by("order")
    sure = [each for each in waiting if is_sure(each.fields, each.reading, known_kinds=known)]
    keys = [each.pk for each in sure]
    taken = programme.proposals.filter(pk__in=keys, verdict=Verdict.OPEN).update(
        verdict=Verdict.ACCEPTED,
        version=F("version") + 1,
        changed_at=timezone.now(),
        changed_by=by,
    )
    if taken != len(sure):
        raise Refused(_("有的事项刚被别人改过，请刷新后再按一次。"))
    if sure:
        write_entry("proposal.sure_accepted", programme, by=by, org=programme.org, taken=keys)
    return sure


@transaction.atomic
def drop(proposal: Proposal, *, version: int, by: User) -> Proposal:
    """Do not adopt the proposal; it can be taken up again until the plan is issued."""
    changed = _change(proposal, version, by, verdict=Verdict.DROPPED)
    write_entry("proposal.dropped", changed, by=by, org=changed.programme.org)
    return changed


@transaction.atomic
def reopen(proposal: Proposal, *, version: int, by: User) -> Proposal:
    """Take the decision on the proposal back."""
    changed = _change(proposal, version, by, verdict=Verdict.OPEN)
    write_entry("proposal.reopened", changed, by=by, org=changed.programme.org)
    return changed


@transaction.atomic
def split(proposal: Proposal, at: int, *, version: int, by: User) -> tuple[Proposal, Proposal]:
    """Make two proposals of one, the second beginning at offset `at` of the text."""
    programme = proposal.programme
    if not proposal.start < at < proposal.end:
        raise Refused(_("请在这一条的文字中间选一个断开的位置。"))
    head, tail = programme.text[proposal.start : at], programme.text[at : proposal.end]
    if not head.strip() or not tail.strip():
        raise Refused(_("断开后有一半没有文字。"))
    fields = dict(proposal.fields)
    first = _change(
        proposal, version, by, end=at, fields=part_of(fields, head), verdict=Verdict.OPEN
    )
    _make_room(programme, first.order)
    second = Proposal.objects.create(
        programme=programme,
        clause=first.clause,
        order=first.order + 1,
        start=at,
        end=proposal.end,
        reading=first.reading,
        fields=part_of(fields, tail),
        changed_at=timezone.now(),
        changed_by=by,
    )
    write_entry("proposal.split", first, by=by, org=programme.org, into=second.pk)
    return first, second


@transaction.atomic
def join(proposal: Proposal, *, version: int, by: User) -> Proposal:
    """Make one proposal of this and the next task; the text between them comes along."""
    programme = proposal.programme
    following = programme.proposals.filter(order__gt=proposal.order)
    nearby = following.exclude(reading__actionable=False, verdict=Verdict.DROPPED)
    other = nearby.order_by("order").first()
    if other is None:
        raise Refused(_("这是最后一条，后面没有可以合并的。"))
    start, end = min(proposal.start, other.start), max(proposal.end, other.end)
    fields = joined(proposal.fields, other.fields, programme.text[start:end])
    changed = _change(
        proposal, version, by, start=start, end=end, fields=fields, verdict=Verdict.OPEN
    )
    write_entry("proposal.joined", changed, by=by, org=programme.org, taken=other.pk)
    other.delete()
    return changed


@transaction.atomic
def add(programme: Programme, start: int, end: int, *, by: User) -> Proposal:
    """Propose a duty from a passage that somebody marked in the text."""
    _check_open(programme)
    if not 0 <= start < end <= len(programme.text) or not programme.text[start:end].strip():
        raise Refused(_("请先在左边的原文里选中一段文字。"))
    before = programme.proposals.filter(start__lte=start).aggregate(last=Max("order"))["last"]
    order = 0 if before is None else before
    _make_room(programme, order)
    clause = _innermost(list(programme.clauses.order_by("order")), start)
    said = {"text": programme.text[start:end], "actionable": True, "added": True}
    proposal = Proposal.objects.create(
        programme=programme, clause=clause, order=order + 1, start=start, end=end, reading=said,
        fields=fields_of(said), changed_at=timezone.now(), changed_by=by,
    )  # fmt: skip
    write_entry("proposal.added", proposal, by=by, org=programme.org)
    return proposal


@transaction.atomic
def drop_rest(programme: Programme, *, by: User) -> int:
    """Do not adopt whatever is still undecided, and return how many that were."""
    _check_open(programme)
    count = programme.proposals.filter(verdict=Verdict.OPEN).update(
        verdict=Verdict.DROPPED,
        version=F("version") + 1,
        changed_at=timezone.now(),
        changed_by=by,
    )
    write_entry("proposal.rest_dropped", programme, by=by, org=programme.org, count=count)
    return count


def terms_of(fields: Mapping[str, Any]) -> Terms:
    """The terms that `fields` state. Raises `NotSettled`."""
    known = set(Kind.objects.values_list("code", flat=True))
    terms, faults = read_terms(fields, known_kinds=known)
    if terms is None:
        raise NotSettled(faults)
    return terms


def _check_open(programme: Programme) -> None:
    if programme.state != ProgrammeState.REVIEW:
        raise Refused(_("这份计划%(state)s，不再审核。") % {"state": programme.get_state_display()})


def _change(proposal: Proposal, version: int, by: User, **columns: Any) -> Proposal:
    _check_open(proposal.programme)
    # Somebody's own later draft is no conflict: the page sends it in the background.
    seen = Q(version=version) | Q(version__gt=version, changed_by=by)
    standing = Proposal.objects.filter(seen, pk=proposal.pk)
    won = standing.update(
        version=F("version") + 1, changed_at=timezone.now(), changed_by=by, **columns
    )
    current = (
        Proposal.objects.select_related("programme__org", "clause", "changed_by")
        .filter(pk=proposal.pk)
        .first()
    )
    if current is None:
        raise Refused(_("这一条刚被别人并入了另一条，请刷新。"))
    if not won:
        raise ChangedMeanwhile(current)
    return current


def _clean(typed: Mapping[str, Any]) -> dict[str, Any]:
    """The known fields of what a form sent, as typed, cut at a length nobody types."""
    texts = {name: str(typed[name])[:MAX_TYPED] for name in TEXT_FIELDS if name in typed}
    lists = {
        name: [str(each)[:60] for each in typed[name]][:80] for name in LIST_FIELDS if name in typed
    }
    return {**texts, **lists}


def _make_room(programme: Programme, after: int) -> None:
    programme.proposals.filter(order__gt=after).update(order=F("order") + 1)


def _untitled(plan: reading.Plan) -> str:
    """What a plan without a title is called until somebody names it."""
    if plan.year:
        return _("%(year)d 年计划（文件没有标题）") % {"year": plan.year}
    return _("计划（文件没有标题）")


def _write_clauses(programme: Programme, plan: reading.Plan) -> None:
    order = 0
    waiting: list[tuple[reading.Clause, Clause | None]] = [
        (clause, None) for clause in reversed(plan.clauses)
    ]
    while waiting:
        clause, parent = waiting.pop()
        order += 1
        row = Clause.objects.create(
            programme=programme, parent=parent, order=order, number=clause.number[:20],
            level=clause.level, title=clause.title[:300], start=clause.start, end=clause.end,
        )  # fmt: skip
        waiting += [(child, row) for child in reversed(clause.children)]


def _write_proposals(programme: Programme, plan: reading.Plan) -> None:
    clauses = list(programme.clauses.order_by("order"))
    rows = []
    for order, duty in enumerate(sorted(plan.duties, key=lambda each: each.start), start=1):
        said = duty.as_json()
        rows.append(
            Proposal(
                programme=programme,
                clause=_innermost(clauses, duty.start),
                order=order,
                start=duty.start,
                end=duty.end,
                reading=said,
                fields=fields_of(said),
                verdict=Verdict.OPEN if duty.actionable else Verdict.DROPPED,
            )
        )
    Proposal.objects.bulk_create(rows)


def _innermost(clauses: list[Clause], offset: int) -> Clause | None:
    """The last in document order, hence deepest, of the clauses that hold `offset`."""
    holding = [clause for clause in clauses if clause.start <= offset < clause.end]
    return holding[-1] if holding else None
