"""`python -m bench.plan_reading [--confusions]`: how well plans are read.

Every text in the folders named by `SETS` has a JSON file beside it with what a person reads in it:
the clauses in order and the duties an officer would put on a task list. All sets but `dev` were
written before the reader had seen them. A proposal and an annotated duty match if they share at
least half of the shorter one; fields are compared for equality, so an unmatched duty counts
against each of its fields.
"""

from __future__ import annotations

import json
import re
import sys
import time
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

from bihuan.reading.normalise import fold
from bihuan.reading.plan import Duty, Plan
from bihuan.reading.reader import read_plan

HERE = Path(__file__).parent
SETS = ("dev", "held_out", "unseen_2", "unseen_3", "unseen_4", "unseen_5", "unseen_6")
FIELDS = (
    "period",
    "minimum",
    "due",
    "lead_units",
    "support_units",
    "quantity",
    "unit",
    "ratio",
    "kinds",
    "actors",
)
Tally = defaultdict[str, Counter[str]]


def plain(text: str) -> str:
    """`text` as compared: one width, no spaces, no final marks."""
    return re.sub(r"\s+", "", fold(text)).strip("。;:,")


def gold_spans(plan: Plan, duties: list[dict[str, Any]]) -> list[tuple[int, int]]:
    """Where the annotated duties stand in the text of `plan`, each after the one before."""
    spans, at, folded = [], 0, fold(plan.text)
    for duty in duties:
        wording = fold(duty["text"])
        found = folded.find(wording, at)
        found = found if found >= 0 else folded.find(wording)
        if found < 0:
            raise ValueError(f"not in the text: {duty['text']}")
        spans.append((found, found + len(wording)))
        at = found
    return spans


def matched(found: list[Duty], spans: list[tuple[int, int]]) -> list[tuple[int | None, int | None]]:
    """Pairs of indices (found, annotated), one to one, the largest overlap first."""
    overlaps = []
    for i, duty in enumerate(found):
        for j, (start, end) in enumerate(spans):
            shared = min(duty.end, end) - max(duty.start, start)
            if shared * 2 >= min(duty.end - duty.start, end - start):
                overlaps.append((-shared, i, j))
    left, right, pairs = set(range(len(found))), set(range(len(spans))), []
    for _, i, j in sorted(overlaps):
        if i in left and j in right:
            pairs.append((i, j))
            left.discard(i)
            right.discard(j)
    return [*pairs, *((i, None) for i in left), *((None, j) for j in right)]


def count(tally: Tally, field: str, found: Any, wanted: Any) -> bool:
    """Book one comparison; empty values on both sides are not counted."""
    found, wanted = found or None, wanted or None
    if found is not None:
        tally[field]["right" if found == wanted else "wrong"] += 1
    if wanted is not None and found != wanted:
        tally[field]["missed"] += 1
    return bool(found == wanted)


def value(holder: Any, field: str) -> Any:
    """A field of a duty or of an annotation in comparable form."""
    raw = holder.get(field) if isinstance(holder, dict) else getattr(holder, field)
    if isinstance(raw, list | tuple):
        names = [plain(item) for item in raw]
        return names if field.endswith("units") or field == "actors" else sorted(names)
    return raw


def judge(path: Path, tally: Tally, confusions: list[str]) -> None:
    """Read one document and book all comparisons."""
    wanted = json.loads(path.with_suffix(".json").read_text("utf-8"))
    plan = read_plan(path.read_text("utf-8"))
    for field in ("title", "year", "issuer"):
        found = getattr(plan, field)
        found, right = (plain(str(v or "")) for v in (found, wanted[field]))
        if not count(tally, "frame", found, right):
            confusions.append(f"{path.stem} {field}: {found!r} for {right!r}")
    clauses = Counter((c.level, plain(c.number), plain(c.title)) for c in plan.walk())
    right_ones = Counter(
        (c["level"], plain(c["number"]), plain(c["title"])) for c in wanted["clauses"]
    )
    tally["clauses"]["right"] += (clauses & right_ones).total()
    tally["clauses"]["wrong"] += (clauses - right_ones).total()
    tally["clauses"]["missed"] += (right_ones - clauses).total()
    confusions += [f"{path.stem} clause too many: {c}" for c in clauses - right_ones]
    confusions += [f"{path.stem} clause missing: {c}" for c in right_ones - clauses]
    judge_duties(path, plan, wanted["duties"], tally, confusions)


def judge_duties(
    path: Path, plan: Plan, wanted: list[dict[str, Any]], tally: Tally, confusions: list[str]
) -> None:
    """Match the proposals that are tasks with the annotated ones and compare their fields."""
    found = [duty for duty in plan.duties if duty.actionable]
    for i, j in matched(found, gold_spans(plan, wanted)):
        ours: Any = found[i] if i is not None else {}
        right = wanted[j] if j is not None else {}
        outcome = "right" if i is not None and j is not None else "wrong" if j is None else "missed"
        tally["actionable"][outcome] += 1
        if outcome != "right":
            text = found[i].text if i is not None else right["text"]
            confusions.append(f"{path.stem} {outcome} task: {text}")
        for field in FIELDS:
            a, b = value(ours, field), value(right, field)
            if not count(tally, field, a, b) and outcome == "right" and (a or b):
                confusions.append(f"{path.stem} {field}: {a} for {b} in {right['text']}")


def report(name: str, *, details: bool) -> None:
    """Print the table of one set of documents."""
    tally: Tally = defaultdict(Counter)
    confusions: list[str] = []
    paths = sorted((HERE / name).glob("*.txt"))
    began = time.perf_counter()
    for path in paths:
        judge(path, tally, confusions)
    print(f"\n{name}: {len(paths)} documents, {time.perf_counter() - began:.2f} s")
    print(f"{'field':<14}{'precision':>10}{'recall':>10}{'F1':>8}{'n':>6}")
    for field in ("frame", "clauses", "actionable", *FIELDS):
        c = tally[field]
        p = c["right"] / ((c["right"] + c["wrong"]) or 1)
        r = c["right"] / ((c["right"] + c["missed"]) or 1)
        f1 = 2 * p * r / ((p + r) or 1)
        print(f"{field:<14}{p:>10.3f}{r:>10.3f}{f1:>8.3f}{c['right'] + c['missed']:>6}")
    for line in confusions if details else []:
        print("  ", line)


def main() -> None:
    for name in SETS:
        report(name, details="--confusions" in sys.argv)


if __name__ == "__main__":
    main()
