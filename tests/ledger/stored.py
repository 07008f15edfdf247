"""Puts a random world of `worlds` into the tables it would stand in."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from bihuan.accounts.models import User
from bihuan.duties.models import Duty, Exemption
from bihuan.ledger.rules.reference import World
from bihuan.ledger.rules.terms import DueRule, Rule, Waiver
from bihuan.lib.tree import segment
from bihuan.orgs.models import Appointment, Org, OrgSpan, Person

NOW = dt.datetime(2026, 1, 1, 12, tzinfo=dt.UTC)


def store_orgs(world: World) -> None:
    last = {span.org_id: span for span in world.orgs}
    for org_id, span in sorted(last.items()):
        parent = Org.objects.get(pk=span.parent_id) if span.parent_id else None
        path = (parent.path if parent else "") + segment(org_id)
        Org.objects.create(
            pk=org_id, name=f"组织{org_id}", kind=span.kind, parent=parent, path=path,
            founded_date=dt.date(2020, 1, 1),
        )  # fmt: skip
    OrgSpan.objects.bulk_create(
        OrgSpan(
            org_id=span.org_id, since_date=span.since, until_date=span.until,
            name=f"组织{span.org_id}", kind=span.kind, parent_id=span.parent_id,
            full_members=span.full_members, groups=span.groups, tags=sorted(span.tags),
        )
        for span in world.orgs
    )  # fmt: skip
    person = Person.objects.create(name="甲")
    Appointment.objects.bulk_create(
        Appointment(
            person=person, org_id=each.org_id, post=each.post, since_date=each.since,
            until_date=each.until,
        )
        for each in world.posts
    )  # fmt: skip


def duty_of(rule: Rule) -> Duty:
    quorum, scope = rule.conditions.quorum, rule.scope
    conditions: dict[str, object] = {
        name: sorted(getattr(rule.conditions, name))
        for name in ("chair_posts", "speaker_posts", "present_posts")
    }
    if quorum:
        conditions["quorum"] = {
            "numerator": quorum.num, "denominator": quorum.den, "strict": quorum.strict
        }  # fmt: skip
    told = {
        "kinds": sorted(scope.kinds), "min_members": scope.min_members,
        "max_members": scope.max_members, "groups": scope.groups, "tags": sorted(scope.tags),
        "orgs": sorted(scope.org_ids) if scope.org_ids is not None else None,
        "under": sorted(scope.under_ids) if scope.under_ids is not None else None,
    }  # fmt: skip
    return Duty(
        pk=rule.id, lineage=f"rule-{rule.id}", title=f"事项{rule.id}", level="NATIONAL",
        kinds=sorted(rule.kinds), conditions=conditions, scope=told, posts=sorted(rule.posts),
        part=rule.role.upper(), period=rule.period.upper(), minimum=rule.minimum,
        due=_due(rule.due), grace_days=rule.grace_days, trigger_kinds=sorted(rule.trigger_kinds),
        partial="HALF" if rule.partial == "half" else "ANY", valid_from_date=rule.valid_from,
        valid_to_date=rule.valid_to, issued_at=NOW,
    )  # fmt: skip


def _due(due: DueRule) -> str:
    if due.form == "offset":
        return f"minus:{-due.number}"
    return {"day": f"day:{due.number}", "date": f"date:{due.date}"}.get(due.form, "end")


def store_waiver(waiver: Waiver) -> Exemption:
    user, _made = User.objects.get_or_create(username="officer")
    return Exemption.objects.create(
        org_id=waiver.org_id, subtree=waiver.subtree, reason="停业整顿",
        lineage=f"rule-{waiver.rule_id}" if waiver.rule_id else "",
        since_date=waiver.since, until_date=waiver.until,
        granted_by=user, granted_at=timezone.now(),
    )  # fmt: skip


def store(world: World) -> None:
    store_orgs(world)
    Duty.objects.bulk_create(duty_of(rule) for rule in world.rules)
    for waiver in world.waivers:
        store_waiver(waiver)
