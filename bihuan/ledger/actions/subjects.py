"""Keeping the list of subjects level with organisations and posts."""

from __future__ import annotations

from collections.abc import Iterable

from bihuan.ledger.actions.rows import run, update
from bihuan.ledger.models import Signature, Subject
from bihuan.lib.tree import end_of_subtree
from bihuan.orgs.choices import Post
from bihuan.orgs.models import Appointment, Org

_POSTS = {str(post): number for number, post in enumerate(Post, start=1)}
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def post_path(org_path: str, post: str) -> str:
    """A post's place below its organisation: "!" sorts before every digit of a child."""
    number = _POSTS[post]
    return f"{org_path}!00{_DIGITS[number // 36]}{_DIGITS[number % 36]}"


def align_subjects() -> None:
    """Add the subjects that are missing and give all of them today's paths, for everybody."""
    run(
        "INSERT INTO ledger_subject (org_id, post, path) SELECT o.id, '', o.path FROM orgs_org o"
        " WHERE NOT EXISTS (SELECT 1 FROM ledger_subject s WHERE s.org_id = o.id AND s.post = '')"
        " ORDER BY o.path"
    )
    run(
        "UPDATE ledger_subject SET path = o.path FROM orgs_org o"
        " WHERE o.id = ledger_subject.org_id AND post = '' AND ledger_subject.path <> o.path"
    )
    posts = Subject.objects.exclude(post="")
    places = dict(Org.objects.filter(pk__in=posts.values("org_id")).values_list("pk", "path"))
    stale = [
        (right, key)
        for key, org, post, path in posts.values_list("pk", "org_id", "post", "path")
        for right in (post_path(places[org], post),)
        if right != path
    ]
    update("ledger_subject", {"path": "text"}, stale)
    ensure_subjects(set(Appointment.objects.values_list("org_id", "post").distinct()))
    run(
        "UPDATE ledger_row SET path = s.path FROM ledger_subject s"
        " WHERE s.id = ledger_row.subject_id AND ledger_row.path <> s.path"
    )


def rename_paths(years: Iterable[int], old: str, new: str) -> None:
    """Let every subject and row at or below the path `old` stand below `new` instead."""
    values = (new, len(old) + 1, old, end_of_subtree(old))
    sets = "path = ? || substr(path, ?) WHERE path >= ? AND path < ?"
    run(f"UPDATE ledger_subject SET {sets}", values)
    wanted = ",".join(map(str, years))
    run(f"UPDATE ledger_row SET {sets} AND year IN ({wanted})", values)


def ensure_subjects(wanted: Iterable[tuple[int, str]]) -> dict[tuple[int, str], int]:
    """The keys of these subjects, made if they are new."""
    pairs = set(wanted)
    if not pairs:
        return {}
    if len(pairs) == 1 and not next(iter(pairs))[1]:
        # What nearly every record asks; through the ORM it would cost more than all the rest.
        ((org, _none),) = pairs
        sql = "SELECT id FROM ledger_subject WHERE org_id = ? AND post = ''"
        row = run(sql, (org,), often=True).fetchone()
        if row:
            return {(org, ""): row[0]}
    orgs = {org for org, _post in pairs}
    rows = Subject.objects.filter(org_id__in=orgs) if len(orgs) < 500 else Subject.objects.all()
    known = {(each.org_id, each.post): each for each in rows}
    missing = [pair for pair in pairs if pair not in known]
    if missing:
        places = Org.objects.filter(pk__in=orgs) if len(orgs) < 500 else Org.objects.all()
        paths = dict(places.values_list("pk", "path"))
        for org, post in sorted(missing):
            path = post_path(paths[org], post) if post else paths[org]
            known[org, post], _made = Subject.objects.get_or_create(
                org_id=org, post=post, defaults={"path": path}
            )
    return {pair: known[pair].pk for pair in pairs}


def signature_number(key: str) -> int:
    """The number of a signature, made if it is new."""
    row = run("SELECT id FROM ledger_signature WHERE key = ?", (key,), often=True).fetchone()
    if row:
        return int(row[0])
    found = Signature.objects.get_or_create(key=key)[0]
    return found.pk
