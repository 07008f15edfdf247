"""Keeping the list of subjects level with organisations and posts."""

from __future__ import annotations

from collections.abc import Iterable

from bihuan.ledger.actions.rows import run
from bihuan.ledger.models import Signature, Subject
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
        "UPDATE ledger_subject SET path = (SELECT o.path FROM orgs_org o WHERE o.id = org_id)"
        " WHERE post = '' AND path <> (SELECT o.path FROM orgs_org o WHERE o.id = org_id)"
    )
    held = Appointment.objects.values_list("org_id", "post").distinct()
    known = Subject.objects.exclude(post="").values_list("org_id", "post")
    ensure_subjects({*held, *known})
    run(
        "UPDATE ledger_row SET path = (SELECT s.path FROM ledger_subject s WHERE"
        " s.id = subject_id) WHERE path <> (SELECT s.path FROM ledger_subject s WHERE"
        " s.id = subject_id)"
    )


def ensure_subjects(wanted: Iterable[tuple[int, str]]) -> dict[tuple[int, str], int]:
    """The keys of these subjects, made if they are new, their paths brought up to date."""
    pairs = set(wanted)
    if not pairs:
        return {}
    if len(pairs) == 1 and not next(iter(pairs))[1]:
        # What nearly every record asks; through the ORM it would cost more than all the rest.
        ((org, _none),) = pairs
        row = run("SELECT id FROM ledger_subject WHERE org_id = ? AND post = ''", (org,)).fetchone()
        if row:
            return {(org, ""): row[0]}
    orgs = {org for org, _post in pairs}
    rows = Subject.objects.filter(org_id__in=orgs) if len(orgs) < 500 else Subject.objects.all()
    known = {(each.org_id, each.post): each for each in rows}
    missing = [pair for pair in pairs if pair not in known]
    if missing or any(post for _org, post in pairs):
        places = Org.objects.filter(pk__in=orgs) if len(orgs) < 500 else Org.objects.all()
        paths = dict(places.values_list("pk", "path"))
        for org, post in sorted(missing):
            path = post_path(paths[org], post) if post else paths[org]
            known[org, post], _made = Subject.objects.get_or_create(
                org_id=org, post=post, defaults={"path": path}
            )
        for (org, post), subject in known.items():
            if (org, post) in pairs and post and subject.path != post_path(paths[org], post):
                Subject.objects.filter(pk=subject.pk).update(path=post_path(paths[org], post))
    return {pair: known[pair].pk for pair in pairs}


def signature_number(key: str) -> int:
    """The number of a signature, made if it is new."""
    row = run("SELECT id FROM ledger_signature WHERE key = ?", (key,)).fetchone()
    if row:
        return int(row[0])
    found = Signature.objects.get_or_create(key=key)[0]
    return found.pk
