"""Random small worlds: trees that change, rules, waivers and records of one year."""

from __future__ import annotations

import datetime as dt

from hypothesis import strategies as st

from bihuan.ledger.rules import terms
from bihuan.ledger.rules.reference import World
from bihuan.ledger.rules.terms import (
    Conditions,
    DueRule,
    OrgSpan,
    PostSpan,
    Proof,
    Quorum,
    Rule,
    Scope,
    Signature,
    Waiver,
)

YEAR = 2026
KINDS = ("meeting", "lecture", "visit")
POSTS = ("SECRETARY", "GROUP_SECRETARY")
ORG_KINDS = ("UNIT", "BRANCH")
BEGIN, END = dt.date(YEAR, 1, 1), dt.date(YEAR, 12, 31)

# Mistakes live at the edges of periods and due days, so those days come up often.
EDGES = [
    dt.date(YEAR, month, day) for month in (1, 3, 6, 7, 12) for day in (1, 15, 16, 25, 26, 30)
] + [dt.date(YEAR, 1, 31), dt.date(YEAR, 3, 31), dt.date(YEAR, 12, 31)]
days = st.one_of(st.sampled_from(EDGES), st.dates(BEGIN, END))
posts = st.frozensets(st.sampled_from(POSTS), max_size=1)
kinds = st.frozensets(st.sampled_from(KINDS), min_size=1, max_size=2)


@st.composite
def org_spans(draw: st.DrawFn, count: int) -> list[OrgSpan]:
    """Organisation 1 is the root; each other lies below an older one, and may move once."""
    spans = []
    for org in range(1, count + 1):
        cuts = sorted(draw(st.lists(days, max_size=2, unique=True)))
        founded = dt.date(2020, 1, 1) if org == 1 or draw(st.booleans()) else draw(days)
        bounds = [founded, *(cut for cut in cuts if cut > founded)]
        ends: list[dt.date | None] = [*bounds[1:], None]
        if org > 1 and len(bounds) > 1 and draw(st.booleans()):
            bounds, ends = bounds[:-1], ends[:-1]
        for since, until in zip(bounds, ends, strict=True):
            spans.append(
                OrgSpan(
                    org, since, until,
                    None if org == 1 else draw(st.integers(1, org - 1)),
                    draw(st.sampled_from(ORG_KINDS)),
                    draw(st.sampled_from([3, 7, 15])), draw(st.integers(0, 1)),
                    draw(st.frozensets(st.sampled_from(["pilot", "rural"]), max_size=2)),
                )
            )  # fmt: skip
    return spans


scopes = st.builds(
    Scope,
    kinds=st.frozensets(st.sampled_from(ORG_KINDS), max_size=1),
    min_members=st.sampled_from([None, None, 7]),
    max_members=st.sampled_from([None, None, 7]),
    groups=st.sampled_from([None, None, True, False]),
    tags=st.frozensets(st.sampled_from(["pilot", "rural"]), max_size=1),
    org_ids=st.one_of(st.none(), st.none(), st.frozensets(st.integers(1, 6), min_size=1)),
    under_ids=st.one_of(st.none(), st.none(), st.frozensets(st.integers(1, 4), min_size=1)),
)
conditions = st.builds(
    Conditions,
    chair_posts=st.one_of(st.just(frozenset()), posts),
    speaker_posts=st.one_of(st.just(frozenset()), posts),
    present_posts=st.one_of(st.just(frozenset()), posts),
    quorum=st.sampled_from([None, None, Quorum(1, 2, True), Quorum(2, 3, False)]),
)
dues = st.sampled_from(
    [DueRule(), DueRule(), DueRule("day", 25), DueRule("day", 31), DueRule("offset", -5),
     DueRule("offset", 3)]
)  # fmt: skip


@st.composite
def a_rule(draw: st.DrawFn, number: int) -> Rule:
    period = draw(st.sampled_from(terms.PERIODS))
    valid_from = draw(st.one_of(st.just(dt.date(2020, 1, 1)), days))
    due = draw(dues)
    if period == "once":
        due = DueRule("date", 0, draw(days)) if draw(st.booleans()) else DueRule()
    return Rule(
        id=number,
        kinds=draw(st.sampled_from([frozenset({"meeting"}), frozenset({"lecture", "visit"})])),
        period=period,
        minimum=draw(st.integers(1, 3)),
        conditions=draw(st.one_of(st.just(Conditions()), conditions)),
        scope=draw(st.one_of(st.just(Scope()), scopes)),
        posts=draw(st.one_of(st.just(frozenset()), posts)),
        role=draw(st.sampled_from(terms.PARTS)),
        due=due,
        grace_days=draw(st.sampled_from([0, 10, 31])),
        valid_from=valid_from,
        valid_to=draw(st.one_of(st.none(), st.dates(valid_from, dt.date(2027, 6, 30)))),
        trigger_kinds=draw(kinds) if period == "each" else frozenset(),
        partial=draw(st.sampled_from(["half", "half", "count"])),
    )


@st.composite
def a_proof(draw: st.DrawFn, number: int, count: int) -> Proof:
    counts_for = draw(days).toordinal()
    post = draw(st.sampled_from(["", "", *POSTS]))
    return Proof(
        source=(1, number),
        subject=(draw(st.integers(1, count)), post),
        signature=Signature(
            draw(kinds),
            draw(st.frozensets(st.sampled_from(terms.PARTS), min_size=1)) if post else frozenset(),
            draw(posts), draw(posts), draw(posts),
        ),
        held=counts_for + draw(st.sampled_from([0, 0, 0, 5, 12, 40])),
        counts_for=counts_for,
        present=draw(st.integers(0, 4)),
        entitled=draw(st.integers(0, 6)),
    )  # fmt: skip


@st.composite
def post_spans(draw: st.DrawFn, count: int) -> list[PostSpan]:
    found = []
    for _number in range(draw(st.integers(0, 3))):
        since = draw(st.one_of(st.just(dt.date(2020, 1, 1)), days))
        until = draw(st.one_of(st.none(), st.dates(since + dt.timedelta(1), dt.date(2027, 1, 1))))
        org, post = draw(st.integers(1, count)), draw(st.sampled_from(POSTS))
        found.append(PostSpan(org, post, since, until))
    return found


@st.composite
def waivers(draw: st.DrawFn, count: int, rules: int) -> list[Waiver]:
    found = []
    for _number in range(draw(st.integers(0, 3))):
        since = draw(days)
        found.append(
            Waiver(
                draw(st.integers(1, count)),
                draw(st.one_of(st.none(), st.integers(1, rules))),
                since,
                draw(st.dates(since, dt.date(2027, 3, 1))),
                draw(st.booleans()),
            )
        )
    return found


@st.composite
def worlds(draw: st.DrawFn) -> World:
    count = draw(st.integers(1, 6))
    rule_count = draw(st.integers(1, 4))
    proof_count = draw(st.integers(0, 12))
    return World(
        orgs=draw(org_spans(count)),
        posts=draw(post_spans(count)),
        rules=[draw(a_rule(number)) for number in range(1, rule_count + 1)],
        waivers=draw(waivers(count, rule_count)),
        proofs=[draw(a_proof(number, count)) for number in range(proof_count)],
        subjects=[(org, post) for org in range(1, count + 1) for post in ("", *POSTS)],
        year=YEAR,
    )
