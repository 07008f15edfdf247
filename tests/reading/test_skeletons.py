"""A random tree of passages, printed as plans print them, comes back as the same tree."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bihuan.reading.plan import Clause
from bihuan.reading.reader import read_plan

CHINESE = ["", *"一二三四五六七八九十", "十一", "十二"]
CIRCLED = " ①②③④⑤⑥⑦⑧⑨⑩"
STYLES = {
    "chinese": lambda n: f"{CHINESE[n]}、",
    "chinese bracket": lambda n: f"\uff08{CHINESE[n]}\uff09",
    "chinese narrow bracket": lambda n: f"({CHINESE[n]})",
    "arabic": lambda n: f"{n}.",
    "arabic wide": lambda n: f"{n}\uff0e",
    "arabic comma": lambda n: f"{n}、",
    "full-width digits": lambda n: f"{chr(0xFF10 + n)}.",
    "arabic bracket": lambda n: f"\uff08{n}\uff09",
    "circled": lambda n: CIRCLED[n],
}
LADDERS = [
    ["chinese", "chinese bracket", "arabic", "arabic bracket"],
    ["chinese", "chinese narrow bracket", "arabic wide", "circled"],
    ["chinese", "arabic", "arabic bracket"],
    ["chinese", "arabic comma", "chinese bracket"],
    ["chinese", "full-width digits", "circled"],
    ["chinese", "chinese bracket", "full-width digits"],
    ["arabic", "arabic bracket"],
]
HEADINGS = [
    "强化政治引领",
    "夯实基层基础",
    "建强干部队伍",
    "改进工作作风",
    "压实主体责任",
    "抓好宣传教育",
]
TASKS = [
    "每季度召开1次党员大会",
    "3月底前制定学习计划",
    "组织开展专题调研",
    "举办党务干部培训班2期",
    "坚持问题导向,开展自查自纠",
    "年底前完成换届",
]


@dataclass
class Branch:
    heading: str
    tasks: list[str]
    children: list[Branch]


def branches(depth: int) -> st.SearchStrategy[list[Branch]]:
    one = st.builds(
        Branch,
        st.sampled_from(HEADINGS),
        st.lists(st.sampled_from(TASKS), min_size=1, max_size=2, unique=True),
        branches(depth - 1) if depth > 1 else st.just([]),
    )
    return st.lists(one, min_size=2, max_size=5) | (st.just([]) if depth < 3 else st.nothing())


def printed(tree, ladder, form, depth=0):
    """The lines of `tree`; `form` tells how a heading ends and whether its text runs in."""
    lines = []
    for n, branch in enumerate(tree, 1):
        number = STYLES[ladder[depth]](n)
        own = "\u3002".join(branch.tasks).replace(",", "\uff0c") + "\u3002"
        below = printed(branch.children, ladder, form, depth + 1) if depth + 1 < len(ladder) else []
        if below or form == "lines":
            lines += [f"{number}{branch.heading}", *([] if below else [own]), *below]
        else:
            lines.append(f"{number}{branch.heading}\u3002{own}")
    return lines


def wanted(tree, ladder, depth=0):
    return [
        (
            STYLES[ladder[depth]](n)
            .replace("\uff0e", ".")
            .translate({0xFF10 + digit: str(digit) for digit in range(10)}),
            branch.heading,
            wanted(branch.children, ladder, depth + 1) if depth + 1 < len(ladder) else [],
        )
        for n, branch in enumerate(tree, 1)
    ]


def found(clauses: tuple[Clause, ...]):
    return [(each.number, each.title, found(each.children)) for each in clauses]


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    tree=branches(3),
    ladder=st.sampled_from(LADDERS),
    form=st.sampled_from(["lines", "run in"]),
    page=st.booleans(),
)
def test_the_tree_that_was_printed_comes_back(tree, ladder, form, page):
    lines = printed(tree, ladder, form)
    if page:
        lines.insert(len(lines) // 2, "— 2 —")
    text = "\n".join(["中共××市××局党组2026年党建工作要点", *lines])
    assert found(read_plan(text).clauses) == wanted(tree, ladder)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(tree=branches(3), ladder=st.sampled_from([each for each in LADDERS if len(each) > 2]))
def test_without_line_breaks_the_numbers_come_back(tree, ladder):
    text = "中共××市××局党组2026年党建工作要点" + "".join(printed(tree, ladder, "run in"))
    numbers = [clause.number for clause in read_plan(text).walk()]

    def flat(branches_):
        return [n for number, _, below in branches_ for n in (number, *flat(below))]

    assert numbers == flat(wanted(tree, ladder))
