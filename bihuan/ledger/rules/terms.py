"""The words the ledger's rules speak: what is owed, by whom, and what proves it.

All days that take part in arithmetic are proleptic ordinals (`date.toordinal()`). Spans of
organisations and posts end before `until`; validity and waivers include their last day.
"""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass, field
from typing import Any

ORG_ITSELF = ""
MOST = 15
"""The largest minimum a period can ask for: a counter holds four bits."""
FAR = dt.date.max.toordinal()

PERIODS = ("month", "quarter", "half", "year", "once", "each")
PARTS = ("chair", "speaker", "attendee")

Subject = tuple[int, str]
"""Who owes: an organisation and "", or an organisation and the code of a post in it."""


@dataclass(frozen=True, slots=True)
class Quorum:
    """Enough of the entitled came: present · den ≥ entitled · num, or > when strict."""

    num: int = 1
    den: int = 2
    strict: bool = True

    def reached(self, present: int, entitled: int) -> bool:
        """Nobody entitled is no quorum: a meeting of nobody decides nothing."""
        if entitled <= 0:
            return False
        ours, theirs = present * self.den, entitled * self.num
        return ours > theirs if self.strict else ours >= theirs


@dataclass(frozen=True, slots=True)
class Conditions:
    """What a record must show besides its kind. Of several posts one is enough."""

    chair_posts: frozenset[str] = frozenset()
    speaker_posts: frozenset[str] = frozenset()
    present_posts: frozenset[str] = frozenset()
    quorum: Quorum | None = None


@dataclass(frozen=True, slots=True)
class Scope:
    """Which organisations a rule binds; all that is given must hold on the period's middle day.

    `kinds` empty means any kind, `tags` must all be carried, `org_ids` names organisations,
    `under_ids` takes these organisations with everything below them.
    """

    kinds: frozenset[str] = frozenset()
    min_members: int | None = None
    max_members: int | None = None
    groups: bool | None = None
    tags: frozenset[str] = frozenset()
    org_ids: frozenset[int] | None = None
    under_ids: frozenset[int] | None = None


@dataclass(frozen=True, slots=True)
class DueRule:
    """The last day on which a record is on time.

    "end": the period's last day. "day": day `number` of the period's last month, or that
    month's last day if it is shorter. "offset": `number` days after the period's end
    (negative: before). "date": `date`, for once only.
    """

    form: str = "end"
    number: int = 0
    date: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """One duty as the ledger sees it.

    `posts` empty: the organisations in scope owe; otherwise the holders of these posts in
    them, and `role` is the part they must have played. `partial`: "half" counts a period if
    at least half of its days are covered, "count" if any day is.
    """

    id: int
    kinds: frozenset[str]
    period: str
    minimum: int = 1
    conditions: Conditions = Conditions()
    scope: Scope = Scope()
    posts: frozenset[str] = frozenset()
    role: str = "attendee"
    due: DueRule = DueRule()
    grace_days: int = 0
    valid_from: dt.date = dt.date.min
    valid_to: dt.date | None = None
    trigger_kinds: frozenset[str] = frozenset()
    partial: str = "half"

    def __post_init__(self) -> None:
        if self.period not in PERIODS:
            raise ValueError(f"no such period: {self.period}")
        if not 1 <= self.minimum <= MOST:
            raise ValueError(f"a period asks for 1 to {MOST}, not {self.minimum}")
        if self.posts and self.role not in PARTS:
            raise ValueError(f"no such part: {self.role}")
        if self.period == "once" and self.due.form not in ("date", "end"):
            raise ValueError("what is owed once is due on a date")

    @property
    def last_day(self) -> int:
        return FAR if self.valid_to is None else self.valid_to.toordinal()


@dataclass(frozen=True, slots=True)
class OrgSpan:
    """What an organisation was from `since` until the day before `until`."""

    org_id: int
    since: dt.date
    until: dt.date | None
    parent_id: int | None
    kind: str
    full_members: int = 0
    groups: int = 0
    tags: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class PostSpan:
    """Somebody held `post` in an organisation from `since` until the day before `until`."""

    org_id: int
    post: str
    since: dt.date
    until: dt.date | None


@dataclass(frozen=True, slots=True)
class Waiver:
    """An organisation (with all below it, if `subtree`) is freed of a rule, or of all (None)."""

    org_id: int
    rule_id: int | None
    since: dt.date
    until: dt.date
    subtree: bool = False


@dataclass(frozen=True, slots=True)
class Signature:
    """What a record shows apart from its days and numbers; there are only few of them.

    `roles` are the parts the subject played (for an organisation: none).
    """

    kinds: frozenset[str]
    roles: frozenset[str] = frozenset()
    chair_posts: frozenset[str] = frozenset()
    speaker_posts: frozenset[str] = frozenset()
    present_posts: frozenset[str] = frozenset()

    def as_key(self) -> str:
        """Canonical text: equal signatures have equal keys."""
        return canonical({name: sorted(getattr(self, name)) for name in self.__slots__})

    @classmethod
    def from_key(cls, key: str) -> Signature:
        return cls(**{name: frozenset(values) for name, values in json.loads(key).items()})


@dataclass(frozen=True, slots=True)
class Proof:
    """What one record proves for one subject; `source` is (type, id) of the record."""

    source: tuple[int, int]
    subject: Subject
    signature: Signature
    held: int
    counts_for: int
    present: int = 0
    entitled: int = 0


@dataclass(frozen=True, slots=True)
class LineKey:
    """What makes duties the same line: what is counted, how often and by when.

    `opens` is the first day of what is owed once (0 otherwise): two single tasks with the
    same due day but other first days are two lines.
    """

    kinds: frozenset[str]
    conditions: Conditions
    posts: frozenset[str]
    role: str
    period: str
    due: DueRule
    grace_days: int
    trigger_kinds: frozenset[str] = frozenset()
    opens: int = 0
    text: str = field(init=False, compare=False, repr=False, default="")

    def __post_init__(self) -> None:
        object.__setattr__(self, "text", canonical(self.as_dict()))

    def as_dict(self) -> dict[str, Any]:
        quorum = self.conditions.quorum
        return {
            "kinds": sorted(self.kinds),
            "chair_posts": sorted(self.conditions.chair_posts),
            "speaker_posts": sorted(self.conditions.speaker_posts),
            "present_posts": sorted(self.conditions.present_posts),
            "quorum": [quorum.num, quorum.den, int(quorum.strict)] if quorum else None,
            "posts": sorted(self.posts),
            "role": self.role,
            "period": self.period,
            "due": [self.due.form, self.due.number, str(self.due.date or "")],
            "grace_days": self.grace_days,
            "trigger_kinds": sorted(self.trigger_kinds),
            "opens": self.opens,
        }

    @classmethod
    def from_dict(cls, told: dict[str, Any]) -> LineKey:
        quorum, due = told["quorum"], told["due"]
        return cls(
            kinds=frozenset(told["kinds"]),
            conditions=Conditions(
                frozenset(told["chair_posts"]),
                frozenset(told["speaker_posts"]),
                frozenset(told["present_posts"]),
                Quorum(quorum[0], quorum[1], bool(quorum[2])) if quorum else None,
            ),
            posts=frozenset(told["posts"]),
            role=told["role"],
            period=told["period"],
            due=DueRule(due[0], due[1], dt.date.fromisoformat(due[2]) if due[2] else None),
            grace_days=told["grace_days"],
            trigger_kinds=frozenset(told["trigger_kinds"]),
            opens=told["opens"],
        )


def canonical(value: Any) -> str:
    """JSON with sorted keys and no blanks, so that equal values are equal texts."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
