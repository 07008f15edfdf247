"""The numbers that the ledger answers, and the cells behind each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from bihuan.ledger.choices import CellState
from bihuan.ledger.queries.cells import CellsBehind, Found, due_between
from bihuan.ledger.queries.screens import layout_for
from bihuan.ledger.queries.sums import Counts, counts, vectors
from bihuan.measures.rules import Item, Measure, Number, Records, Span, register
from bihuan.orgs.choices import Post
from bihuan.orgs.models import Org

MET = (CellState.DONE, CellState.MADE_UP)


def sums(orgs: Sequence[Org], span: Span) -> dict[int, Counts]:
    """The cells of each organisation, with all below it, that fall due within the span."""
    layout = layout_for(span.since.year)
    mask, today = due_between(layout, span.since, span.until), span.today.toordinal()
    found = vectors(orgs, span.since.year, layout)
    return {pk: counts(layout, vector, today, mask) for pk, vector in found.items()}


def line(found: Found) -> Item:
    """One cell as a line that opens it, with the records that count in it."""
    post = f"?post={found.post}" if found.post else ""
    place = [found.org.pk, found.line.number, found.cell.index]
    who = found.org.name
    if found.post:
        who = gettext("%(org)s（%(post)s）") % {"org": who, "post": Post(found.post).label}
    text = gettext("%(who)s：%(line)s，%(label)s，%(state)s") % {
        "who": who,
        "line": found.line.title,
        "label": found.cell.label,
        "state": CellState(found.cell.state).label,
    }
    return Item(text, reverse("ledger:cell", args=place) + post)


def of_counts(
    code: str,
    name: str | Promise,
    definition: str | Promise,
    read: Callable[[Counts], Number],
    states: tuple[CellState, ...],
    *,
    share: bool = False,
) -> Measure:
    """A measure read off the sums of the cells in `states` that fall due within the span."""

    def value(org: Org, span: Span) -> Number:
        return read(sums([org], span)[org.pk])

    def of_each(orgs: Sequence[Org], span: Span) -> dict[int, Number]:
        return {pk: read(found) for pk, found in sums(orgs, span).items()}

    def by_child(org: Org, span: Span) -> dict[int, Number]:
        return of_each(list(Org.objects.living().filter(parent=org)), span)

    def records(org: Org, span: Span) -> Records:
        cells = CellsBehind(
            org, since=span.since, until=span.until, today=span.today, states=states
        )
        return Records(cells, line)

    unit = "%" if share else _("项")
    return register(Measure(code, name, definition, unit, value, records, by_child, share, of_each))


def rate(found: Counts) -> Number:
    """(done + made up) ÷ (done + made up + overdue); see decision 2."""
    met = found.done + found.made_up
    return Fraction(met, met + found.overdue) if met + found.overdue else None


of_counts(
    "ledger.expected", _("应完成项数"),
    _("期限落在期间内的台账格数；一格是一个组织或责任职务的一个事项的一期，豁免的不计。"),
    lambda found: found.expected - found.exempt,
    (*MET, CellState.OVERDUE, CellState.OPEN, CellState.NOT_YET_DUE),
)  # fmt: skip
of_counts(
    "ledger.done", _("按期完成项数"), _("应完成的格中，在期限内由活动记录或完成说明完成的。"),
    lambda found: found.done, (CellState.DONE,),
)  # fmt: skip
of_counts(
    "ledger.made_up", _("补办项数"), _("应完成的格中，期限过后、宽限期内补办完成的。"),
    lambda found: found.made_up, (CellState.MADE_UP,),
)  # fmt: skip
of_counts(
    "ledger.overdue", _("逾期项数"), _("应完成的格中，期限已过仍未完成的。"),
    lambda found: found.overdue, (CellState.OVERDUE,),
)  # fmt: skip
of_counts(
    "ledger.rate", _("完成率"),
    _("（按期完成＋补办）÷（按期完成＋补办＋逾期）；期限未到的不计入。"),
    rate, (*MET, CellState.OVERDUE), share=True,
)  # fmt: skip
