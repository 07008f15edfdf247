"""In which cells a record counts, and why it does not count where it was meant to."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from bihuan.access.permissions import Permission
from bihuan.access.queries import within_reach
from bihuan.accounts.models import User
from bihuan.activities.models import Activity
from bihuan.activities.queries.discharge import Counted, Discharge
from bihuan.ledger.choices import SourceType
from bihuan.ledger.models import Evidence, Row, Subject
from bihuan.ledger.queries.books import register_of
from bihuan.ledger.queries.lines import Line, lines_of
from bihuan.ledger.queries.screens import Cell, cells_of_row
from bihuan.ledger.queries.store import signatures
from bihuan.ledger.rules.codec import Layout
from bihuan.orgs.choices import Post
from bihuan.orgs.models import Org
from bihuan.web.templatetags.bihuan import day

Owed = dict[int, dict[tuple[int, int], Cell]]
"""subject → (line, index) → its cell, of all that is owed."""


@dataclass(frozen=True)
class _Page:
    """A year's book as the sentences about one record need it."""

    year: int
    layout: Layout
    lines: list[Line]
    owed: Owed


def cells_of_record(activity: Activity, user: User, today: dt.date) -> Discharge | None:
    """What `activity` discharges for the organisations whose ledger `user` may see.

    None if its year has no ledger, or the reader may see none of those concerned. A constant
    number of statements.
    """
    year = (activity.counts_for_date or activity.held_date).year
    of_record = Evidence.objects.filter(
        source_type=SourceType.ACTIVITY, source_id=activity.pk, year=year
    )
    proofs = {proof.subject_id: proof for proof in of_record.order_by("pk")}
    subjects = list(Subject.objects.filter(pk__in=proofs).order_by("path"))
    reach = within_reach(Org, user, Permission.LEDGER_VIEW)
    orgs = reach.in_bulk({subject.org_id for subject in subjects})
    known = register_of(year)
    if known is None or not orgs:
        return None
    layout = known[0].layout
    owed = _owed(layout, year, list(proofs), today)
    page = _Page(year, layout, lines_of(year, layout), owed)
    keys = signatures({proof.signature_id for proof in proofs.values()})
    counted, missed = list[Counted](), list[str]()
    for subject in subjects:
        if subject.org_id in orgs:
            proof = proofs[subject.pk]
            of_org = "" if subject.org_id == activity.org_id else str(orgs[subject.org_id])
            counted += _counted(page, subject, proof, keys[proof.signature_id], of_org)
            missed += _missed(page, subject, proof, keys[proof.signature_id])
    return Discharge(tuple(counted), tuple(missed))


def _owed(layout: Layout, year: int, subjects: list[int], today: dt.date) -> Owed:
    rows = Row.objects.filter(year=year, subject_id__in=subjects)
    return {
        subject: {
            (cell.line, cell.index): cell
            for cells in cells_of_row(layout, bytes(counters), bytes(owed), today).values()
            for cell in cells
        }
        for subject, counters, owed in rows.values_list("subject_id", "counters", "owed")
    }


def _places(page: _Page, proof: Evidence, key: str) -> list[int]:
    found = page.layout.counted(
        key, proof.held, proof.counts_for, proof.present, proof.entitled
    )  # fmt: skip
    return [slot for slot, _on_time in found if not page.layout.slots[slot].trigger]


def _counted(
    page: _Page, subject: Subject, proof: Evidence, key: str, of_org: str
) -> Iterator[Counted]:
    """The cells of `subject` in which the record counts; `of_org` is named where it is another."""
    for number in _places(page, proof, key):
        slot = page.layout.slots[number]
        cell = page.owed.get(subject.pk, {}).get((slot.line, slot.index))
        if cell is None:
            continue
        asked = {"year": page.year, **({"post": subject.post} if subject.post else {})}
        url = reverse("ledger:cell", args=[subject.org_id, cell.line, cell.index])
        words = [of_org, str(Post(subject.post).label) if subject.post else ""]
        words += [page.lines[cell.line].title, cell.label]
        title = " · ".join(word for word in words if word)
        yield Counted(title, cell.state, f"{url}?{urlencode(asked)}")


def _missed(page: _Page, subject: Subject, proof: Evidence, key: str) -> Iterator[str]:
    """Why the record does not count in a cell that is owed and would take its kind."""
    counted = set(_places(page, proof, key))
    for number in page.layout.targets(key, proof.counts_for):
        slot = page.layout.slots[number]
        cell = page.owed.get(subject.pk, {}).get((slot.line, slot.index))
        if cell is None or number in counted or slot.trigger:
            continue
        words = {
            "title": page.lines[cell.line].title,
            "period": cell.label,
            "held": day(dt.date.fromordinal(proof.held)),
            "limit": day(dt.date.fromordinal(slot.limit)),
        }
        if proof.held > slot.limit:
            yield (
                _(
                    "不计入“%(title)s”（%(period)s）：最迟可补办到%(limit)s，"
                    "这次是%(held)s开展的，已过补办期限。"
                )
                % words
            )
        else:
            yield _("不计入“%(title)s”（%(period)s）：到会人数没有达到要求。") % words
