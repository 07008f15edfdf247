"""What the ledger does when records, duties or organisations change.

Registered with the floors below in `apps`; runs inside the transaction of the change. Each
function touches the cells that the change touches, and no others.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db.models import Q

from bihuan.activities.models import Activity
from bihuan.duties.models import Completion, Duty, Exemption
from bihuan.ledger.actions.fold import fold_alone
from bihuan.ledger.actions.reassess import alike_lines, reassess
from bihuan.ledger.actions.replant import Detour, replant
from bihuan.ledger.actions.rows import new_version
from bihuan.ledger.actions.settle import settle
from bihuan.ledger.choices import SourceType
from bihuan.ledger.models import Book
from bihuan.ledger.queries import store
from bihuan.ledger.queries.books import (
    Register,
    open_register,
    orgs_ever_below,
    register_of,
    ways_now,
)
from bihuan.ledger.queries.proofs import (
    proof_of_completion,
    proofs_of_activities,
    proofs_of_activity,
    records_at,
    records_with,
)
from bihuan.ledger.rules.owed import lines_of
from bihuan.ledger.rules.terms import Rule
from bihuan.orgs.actions.changes import Change
from bihuan.orgs.models import Appointment


def follow_activity(activity: Activity) -> None:
    """A record was filed, changed or withdrawn."""
    settle(SourceType.ACTIVITY, activity.pk, proofs_of_activity(activity))


def follow_completion(completion: Completion) -> None:
    """A completion was filed or withdrawn."""
    stands = completion.withdrawn_at is None
    proofs = [proof_of_completion(completion)] if stands else []
    settle(SourceType.COMPLETION, completion.pk, proofs)


def follow_duties(duties: Sequence[Duty]) -> None:
    """Duties were begun or ended: their lines are assessed anew for those in their scope."""
    fold_alone()
    rules = [store.rule_of(duty) for duty in duties]
    orgs = _in_scope(rules)
    first = min(rule.valid_from.year for rule in rules)
    for book in Book.objects.current().filter(year__gte=first):
        register = _grown(book)
        reassess(book.year, orgs, alike_lines(register, rules))


def follow_exemption(exemption: Exemption) -> None:
    """An exemption was granted or withdrawn."""
    fold_alone()
    orgs = {exemption.org_id}
    if exemption.subtree:
        orgs = orgs_ever_below(ways_now(), orgs)
    years = exemption.since_date.year, exemption.until_date.year
    for book in Book.objects.current().filter(year__range=years):
        lines = None
        if exemption.lineage:
            freed = Duty.objects.filter(lineage=exemption.lineage)
            lines = alike_lines(open_register(book), [store.rule_of(duty) for duty in freed])
        reassess(book.year, orgs, lines)


def follow_orgs(change: Change) -> None:
    """Organisations were established, moved, changed or dissolved, or posts in them given."""
    books = list(Book.objects.current().order_by("year"))
    if not books:
        return
    detours = replant(books, change.org_ids)
    _settle_records_of(change, detours)
    for book in books:
        if book.year >= change.since.year:
            reassess(book.year, change.org_ids)
        if detours:
            _reassess_by_place(book.year, detours)


def _in_scope(rules: Iterable[Rule]) -> set[int] | None:
    """The organisations that one of these rules could bind; None if that may be anybody."""
    ways, found = ways_now(), set[int]()
    for rule in rules:
        scope = rule.scope
        if scope.org_ids is not None:
            found |= scope.org_ids
        elif scope.under_ids is not None:
            found |= orgs_ever_below(ways, scope.under_ids)
        else:
            return None
    return found


def _grown(book: Book) -> Register:
    """The book's register, after it has got a line for every rule of its year."""
    register = open_register(book)
    layout = register.layout.grown(lines_of(store.rules_of(book.year), book.year))
    if layout is register.layout:
        return register
    book.lines = [line.as_dict() for line in layout.lines]
    book.version = new_version()
    book.save(update_fields=["lines", "version"])
    return open_register(book)


def _reassess_by_place(year: int, detours: list[Detour]) -> None:
    """Assess anew what is asked of, or let off, everybody below one of those concerned."""
    found = register_of(year)
    concerned = {org for detour in detours for org in detour.concerned}
    rules = store.rules_of(year)
    by_id = {rule.id: rule for rule in rules}
    placed = [rule for rule in rules if rule.scope.under_ids and rule.scope.under_ids & concerned]
    freed = {
        waiver.rule_id
        for waiver in store.waivers_of(year)
        if waiver.subtree and waiver.org_id in concerned
    }
    if found is None or not (placed or freed):
        return
    register, _as_of = found
    orgs = orgs_ever_below(register.ways, {detour.org for detour in detours})
    if None in freed:
        reassess(year, orgs)
    else:
        placed += [by_id[rule] for rule in freed if rule in by_id]
        reassess(year, orgs, alike_lines(register, placed))


def _settle_records_of(change: Change, detours: list[Detour]) -> None:
    """Look again at records whose proofs rest on who held which post and who was due."""
    wanted = Q(pk__in=[])
    for detour in detours:
        wanted |= records_at(detour.concerned, detour.first, detour.until)
    people = change.people
    if people is None:
        there = Appointment.objects.filter(org__in=change.org_ids)
        people = frozenset(there.values_list("person", flat=True))
    # Nothing rests on people who never held a post.
    people = frozenset(
        Appointment.objects.filter(person__in=people).values_list("person", flat=True)
    )
    if people:
        wanted |= records_with(people, change.org_ids, since=change.since)
    if people or detours:
        for activity, proofs in list(proofs_of_activities(wanted)):
            settle(SourceType.ACTIVITY, activity, proofs)
