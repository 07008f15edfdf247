"""What the ledger does when records, duties or organisations change.

Registered with the floors below in `apps`; runs inside the transaction of the change.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

import numpy as np
from django.db.models import Q

from bihuan.activities.models import Activity
from bihuan.duties.models import Completion, Duty, Exemption
from bihuan.ledger.actions.rebuild import recompute
from bihuan.ledger.actions.rows import ROW_COLUMNS, change_sums, fill, run
from bihuan.ledger.actions.settle import settle
from bihuan.ledger.choices import SourceType
from bihuan.ledger.models import Book, Rollup, Subject
from bihuan.ledger.queries import store
from bihuan.ledger.queries.books import Register, register_of
from bihuan.ledger.queries.proofs import (
    proof_of_completion,
    proofs_of_activities,
    proofs_of_activity,
)
from bihuan.ledger.queries.store import row_key
from bihuan.ledger.rules import kernel
from bihuan.ledger.rules.codec import matrix
from bihuan.ledger.rules.owed import Facts, owed_table
from bihuan.lib.tree import keys
from bihuan.orgs.actions import Change
from bihuan.orgs.choices import OrgKind
from bihuan.orgs.models import Appointment, Membership, Org

SIMPLE_HOSTS = (OrgKind.BRANCH, OrgKind.GROUP, OrgKind.LEADING_GROUP)


def follow_activity(activity: Activity) -> None:
    """A record was filed, changed or withdrawn."""
    settle(SourceType.ACTIVITY, activity.pk, proofs_of_activity(activity))


def follow_completion(completion: Completion) -> None:
    """A completion was filed or withdrawn."""
    stands = completion.withdrawn_at is None
    proofs = [proof_of_completion(completion)] if stands else []
    settle(SourceType.COMPLETION, completion.pk, proofs)


def follow_duties(duties: Sequence[Duty]) -> None:
    """Duties were begun, ended or changed: everybody's owed bytes are looked at again."""
    first = min(duty.valid_from_date.year for duty in duties)
    for book in Book.objects.filter(year__gte=first):
        recompute(book.year, today=dt.date.fromordinal(book.as_of), keep_counters=True)


def follow_exemption(exemption: Exemption) -> None:
    """An exemption was granted or withdrawn."""
    orgs = [exemption.org_id]
    if exemption.subtree:
        orgs = list(Org.objects.under(exemption.org.path).values_list("pk", flat=True))
    years = exemption.since_date.year, exemption.until_date.year
    for book in Book.objects.filter(year__range=years):
        if exemption.subtree and book.movers:
            recompute(book.year, today=dt.date.fromordinal(book.as_of), keep_counters=True)
        else:
            reassess(book.year, orgs)


def follow_orgs(change: Change) -> None:
    """Organisations were established, moved, changed or dissolved, or posts in them given."""
    books = list(Book.objects.filter(year__gte=change.since.year))
    if not books:
        return
    _settle_records_of(change)
    held = set(Appointment.objects.filter(org__in=change.org_ids).values_list("org_id", "post"))
    # A count of groups belongs to the parent, which is not named in the change.
    parents = Org.objects.filter(pk__in=change.org_ids, parent__isnull=False)
    touched = {*change.org_ids, *parents.values_list("parent_id", flat=True)}
    for book in books:
        if change.moved or not _have_rows(book.year, held):
            recompute(book.year, today=dt.date.fromordinal(book.as_of), keep_counters=True)
        else:
            reassess(book.year, [org for org in touched if org is not None])


def _have_rows(year: int, posts: set[tuple[int, str]]) -> bool:
    """Whether these posts are subjects already and their organisations have sums."""
    orgs = {org for org, _post in posts}
    known = set(Subject.objects.filter(org_id__in=orgs).values_list("org_id", "post"))
    summed = Rollup.objects.filter(pk__in=[row_key(year, org) for org in orgs])
    return posts <= known and summed.count() == len(orgs)


def reassess(year: int, org_ids: Iterable[int]) -> None:
    """Work out anew what these organisations and their posts owe, and carry the difference up."""
    found = register_of(year)
    listed = store.subjects_of(org_ids)
    if found is None or not listed:
        return
    register, as_of = found
    layout = register.layout
    facts = _facts_for(register, listed)
    wanted = ",".join(str(row_key(year, each[0])) for each in listed)
    rows = run(
        f"SELECT subject_id, counters, owed FROM ledger_row WHERE id IN ({wanted}) ORDER BY id"
    ).fetchall()
    stored = {subject: (bytes(counters), bytes(owed)) for subject, counters, owed in rows}
    counters = matrix([stored.get(each[0], (b"", b""))[0] for each in listed], len(layout))
    before = matrix([stored.get(each[0], (b"", b""))[1] for each in listed], len(layout))
    after = owed_table(layout, store.rules_of(year), facts, store.waivers_of(year))
    was = np.stack(kernel.classify(layout, counters, before).stacked(), axis=2).astype(np.int8)
    classes = kernel.classify(layout, counters, after)
    now = np.stack(classes.stacked(), axis=2).astype(np.int8)
    late = kernel.overdue(layout, classes, as_of).tolist()
    for at in np.flatnonzero((before != after).any(axis=1)).tolist():
        key, org, _post, path = listed[at]
        run("DELETE FROM ledger_row WHERE id = ?", (row_key(year, key),))
        row = (row_key(year, key), year, key, org, path)
        fill("ledger_row", ROW_COLUMNS,
             [(*row, counters[at].tobytes(), after[at].tobytes(), late[at])])  # fmt: skip
        flips = now[at] - was[at]
        changed = np.flatnonzero(flips.any(axis=1)).tolist()
        change_sums(register, path, {slot: flips[slot].tolist() for slot in changed})


def _facts_for(register: Register, listed: list[tuple[int, int, str, str]]) -> Facts:
    """The facts of these subjects, with everything that was ever above them."""
    orgs: set[int] = set()
    todo = {org for _key, org, _post, _path in listed}
    paths = {org: path.partition("!")[0] for _key, org, _post, path in listed}
    while todo:
        org = todo.pop()
        orgs.add(org)
        above = set(keys(paths.get(org, "")))
        for _until, way in register.movers.get(org, []):
            above |= set(way)
        todo |= above - orgs
    subjects = [(org, post) for _key, org, post, _path in listed]
    own = {org for org, post in subjects if post}
    return Facts(store.spans_of(orgs), store.posts_of(own), subjects)


def _settle_activities(wanted: Q) -> None:
    for activity, proofs in list(proofs_of_activities(wanted)):
        settle(SourceType.ACTIVITY, activity, proofs)


def _settle_records_of(change: Change) -> None:
    """Look again at records whose proofs rest on who held which post and who was due."""
    people = set(
        Appointment.objects.filter(org__in=change.org_ids).values_list("person", flat=True)
    )
    members = Membership.objects.filter(
        org__in=change.org_ids, person__in=Appointment.objects.values("person")
    )
    people |= set(members.values_list("person", flat=True))
    since = Q(held_date__gte=change.since)
    if change.moved:
        own = Q(held_date__gte=dt.date(change.since.year, 1, 1))
        _settle_activities(own & ~Q(org__kind__in=SIMPLE_HOSTS))
    if people:
        homes = Membership.objects.filter(person__in=people).values_list("org__path", flat=True)
        hosts = {org for path in homes for org in keys(path)} | set(change.org_ids)
        groups = Membership.objects.filter(person__in=people, group__isnull=False)
        hosts |= {group for group in groups.values_list("group", flat=True) if group is not None}
        there = Q(org__in=hosts) | Q(chair__in=people) | Q(speakers__in=people)
        touched = Activity.objects.filter(since & there).values("pk")
        _settle_activities(Q(pk__in=touched))
