from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bihuan.access.permissions import Permission
from bihuan.access.queries import within_reach
from bihuan.duties.actions.review import (
    ChangedMeanwhile,
    NotSettled,
    accept,
    accept_sure,
    add,
    drop,
    drop_rest,
    join,
    name_programme,
    reopen,
    save_draft,
    split,
)
from bihuan.duties.choices import ProgrammeState, Verdict
from bihuan.duties.forms import HeadForm, ProposalForm, typed
from bihuan.duties.models import Programme, Proposal
from bihuan.duties.queries import is_task, kinds_by_code, proposals_of, proposals_to_edit
from bihuan.duties.queries.suggestions import Suggestion, suggestions
from bihuan.duties.rules.marks import breaks, pieces
from bihuan.duties.rules.terms import is_sure
from bihuan.lib.refusals import Refused
from bihuan.web.doors import SignedIn, needs
from bihuan.web.pages import show

TEMPLATE = "duties/review.html"


@require_safe
@needs(Permission.PLAN_EDIT)
def review(request: SignedIn, pk: int) -> HttpResponse:
    """The document on the left, the proposals on the right; `?p=` opens one of them."""
    programme = _programme(request, pk)
    if programme.state != ProgrammeState.REVIEW:
        return redirect(programme)
    return show(request, TEMPLATE, _page(programme, opened=_number(request.GET.get("p"))))


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.PLAN_EDIT)
def proposal(request: SignedIn, pk: int) -> HttpResponse:
    """One proposal: its form, and every decision on it. `do` says which; a draft without."""
    found = get_object_or_404(proposals_to_edit(request.user), pk=pk)
    if request.method != "POST":
        return _answer(request, found, opened=True)
    said = typed(request.POST)
    wish = request.POST.get("do", "save")
    try:
        after = _decide(request, found, wish, said)
    except NotSettled as refusal:
        return _answer(
            request, found, opened=True, said=said, trouble=str(refusal), faults=refusal.faults
        )
    except ChangedMeanwhile as refusal:
        return _answer(request, refusal.current, opened=True, said=said, trouble=str(refusal))
    except Refused as refusal:
        return _answer(request, found, opened=True, said=said, trouble=str(refusal))
    if wish == "save" and request.htmx:
        return _saved(request, after)
    if wish in ("split", "join"):
        return _elsewhere(request, _address(after))
    return _answer(request, after, opened=wish in ("save", "reopen"), moved_on=wish != "save")


@require_POST
@needs(Permission.PLAN_EDIT)
def proposal_add(request: SignedIn, pk: int) -> HttpResponse:
    """Propose a passage: marked in the text (`start`, `end`), or quoted word for word."""
    programme = _programme(request, pk)
    start, end = _number(request.POST.get("start")), _number(request.POST.get("end"))
    quote = request.POST.get("quote", "").strip()
    try:
        if start is None or end is None:
            start, end = _found(quote, programme.text)
        added = add(programme, start, end, by=request.user)
    except Refused as refusal:
        context = _page(programme, opened=None)
        return show(request, TEMPLATE, {**context, "add_trouble": str(refusal), "quote": quote})
    return redirect(_address(added))


def _found(quote: str, text: str) -> tuple[int, int]:
    """Where a quoted passage first stands; (-1, -1) where nothing was quoted."""
    start = text.find(quote) if quote else -1
    if quote and start < 0:
        raise Refused(_("原文里没有这段文字，请从左边的原文里选中或复制。"))
    return start, start + len(quote)


@require_POST
@needs(Permission.PLAN_EDIT)
def rest_drop(request: SignedIn, pk: int) -> HttpResponse:
    programme = _programme(request, pk)
    try:
        count = drop_rest(programme, by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("其余 %(count)d 条不采纳。") % {"count": count})
    return redirect("duties:review", programme.pk)


@require_POST
@needs(Permission.PLAN_EDIT)
def sure_accept(request: SignedIn, pk: int) -> HttpResponse:
    """Adopt at once what the document states in full."""
    programme = _programme(request, pk)
    try:
        taken = accept_sure(programme, by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("已采纳 %(count)d 条，仍可逐条改回。") % {"count": len(taken)})
    return redirect("duties:review", programme.pk)


@require_POST
@needs(Permission.PLAN_EDIT)
def head(request: SignedIn, pk: int) -> HttpResponse:
    """Correct title, issuer and year."""
    programme = _programme(request, pk)
    form = HeadForm(request.POST)
    if form.is_valid():
        name_programme(programme, by=request.user, **form.cleaned_data)
        messages.success(request, _("标题和年度已保存。"))
        return redirect("duties:review", programme.pk)
    return show(request, TEMPLATE, {**_page(programme, opened=None), "head": form})


def _decide(request: SignedIn, found: Proposal, wish: str, said: Mapping[str, Any]) -> Proposal:
    by, version = request.user, _number(request.POST.get("version")) or 0
    if wish == "accept":
        return accept(found, said, version=version, by=by)
    if wish == "drop":
        return drop(found, version=version, by=by)
    if wish == "reopen":
        return reopen(found, version=version, by=by)
    if wish == "join":
        return join(found, version=version, by=by)
    if wish == "split":
        at = _number(request.POST.get("at")) or 0
        return split(found, at, version=version, by=by)[0]
    return save_draft(found, said, version=version, by=by)


def _answer(
    request: SignedIn,
    current: Proposal,
    *,
    opened: bool,
    said: Mapping[str, Any] | None = None,
    trouble: str = "",
    faults: dict[str, str] | None = None,
    moved_on: bool = False,
) -> HttpResponse:
    """The card for htmx; otherwise the page, opened at this proposal or at the next one."""
    programme = current.programme
    if not request.htmx and not trouble:
        following = _next_open(programme, current) if moved_on else current
        return redirect(_address(following))
    told = {"trouble": trouble, "faults": faults or {}, "said": said}
    shown = current.pk if opened else None
    if not request.htmx:
        return show(request, TEMPLATE, _page(programme, opened=shown, told=told))
    kinds = kinds_by_code()
    suggestion = suggestions([current], kinds=kinds)[current.pk]
    context = {
        "programme": programme,
        "card": _card(current, suggestion, told, shown),
        "alone": True,
        **_counts(proposals_of(programme), kinds),
    }
    return show(request, TEMPLATE, context, part="card")


def _saved(request: SignedIn, current: Proposal) -> HttpResponse:
    """A word that the draft is kept, and the version to send next time; nothing else moves."""
    context = {"proposal": current, "saved_at": timezone.localtime()}
    response = show(request, TEMPLATE, context, part="saved")
    response["HX-Reswap"] = "none"
    return response


def _elsewhere(request: SignedIn, address: str) -> HttpResponse:
    if request.htmx:
        return HttpResponse(headers={"HX-Redirect": address})
    return redirect(address)


def _page(
    programme: Programme, *, opened: int | None, told: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    proposals = proposals_of(programme)
    shown = [each for each in proposals if is_task(each) or each.pk == opened]
    kinds = kinds_by_code()
    suggested = suggestions(shown, kinds=kinds)
    kept = {each.pk for each in shown}
    spans = [(each.start, each.end, each.pk) for each in shown]
    return {
        **_counts(proposals, kinds),
        "programme": programme,
        "pieces": pieces(programme.text, spans, _heads(programme)),
        "verdicts": {each.pk: each.verdict for each in shown},
        "cards": [_card(each, suggested[each.pk], told, opened) for each in shown],
        "others": [each for each in proposals if each.pk not in kept],
        "head": HeadForm(
            initial={
                "title": programme.title,
                "issuer": programme.issuer,
                "year": programme.year,
            }
        ),
    }


def _counts(proposals: list[Proposal], kinds: Collection[str]) -> dict[str, int]:
    """How far the review is, and how many undecided proposals leave nothing to ask."""
    tasks = [each for each in proposals if is_task(each)]
    waiting = [each for each in tasks if each.verdict == Verdict.OPEN]
    return {
        "done": len(tasks) - len(waiting),
        "total": len(tasks),
        "accepted": sum(each.verdict == Verdict.ACCEPTED for each in tasks),
        "sure": sum(is_sure(each.fields, each.reading, known_kinds=kinds) for each in waiting),
    }


def _card(
    proposal: Proposal,
    suggestion: Suggestion,
    told: Mapping[str, Any] | None,
    opened: int | None,
) -> dict[str, Any]:
    is_open = proposal.pk == opened
    card: dict[str, Any] = {
        "proposal": proposal,
        "text": proposal.programme.text[proposal.start : proposal.end],
        "suggestion": suggestion,
        "opened": is_open,
    }
    if is_open:
        said = {**proposal.fields, **((told or {}).get("said") or {})}
        card["form"] = ProposalForm(
            said,
            kinds=suggestion.all_kinds,
            faults=(told or {}).get("faults"),
            prefix=f"p{proposal.pk}",
        )
        card["trouble"] = (told or {}).get("trouble", "")
        card["breaks"] = breaks(proposal.programme.text, proposal.start, proposal.end)
    return card


def _heads(programme: Programme) -> list[tuple[int, int]]:
    """Where the printed headings of the clauses stand: number and title."""
    found = []
    for clause in programme.clauses.exclude(number=""):
        at = programme.text.find(clause.title, clause.start, clause.end) if clause.title else -1
        end = at + len(clause.title) if at >= 0 else clause.start + len(clause.number)
        found.append((clause.start, end))
    return found


def _programme(request: SignedIn, pk: int) -> Programme:
    reach = within_reach(Programme, request.user, Permission.PLAN_EDIT)
    return get_object_or_404(reach.select_related("org"), pk=pk)


def _next_open(programme: Programme, current: Proposal) -> Proposal:
    waiting = programme.proposals.filter(verdict=Verdict.OPEN).order_by("order")
    return waiting.filter(order__gt=current.order).first() or waiting.first() or current


def _address(proposal: Proposal) -> str:
    page = reverse("duties:review", args=[proposal.programme_id])
    return f"{page}?p={proposal.pk}#card-{proposal.pk}"


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 19 else None
