"""What is not a record yet: drafts, and files chosen in a form that was not sent."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.db.models.fields.files import FieldFile
from django.utils import timezone
from django.utils.translation import gettext as _

from bihuan.accounts.models import User
from bihuan.activities.models import Activity, RecordDraft, StagedFile
from bihuan.activities.rules import MAX_FILES
from bihuan.files.gate import Kept
from bihuan.lib.refusals import Refused
from bihuan.orgs.models import Org

FORGOTTEN_AFTER = dt.timedelta(days=30)


@transaction.atomic
def stage_file(key: uuid.UUID, kept: Kept, *, by: User) -> StagedFile:
    """Keep a file that has passed the gate until the form `key` is sent.

    The same file chosen twice is staged once. What `by` staged a month ago and never sent is
    thrown away.
    """
    now = timezone.now()
    for old in StagedFile.objects.filter(user=by, staged_at__lt=now - FORGOTTEN_AFTER):
        unstage_file(old, by=by)
    mine = StagedFile.objects.select_for_update().filter(user=by, key=key)
    known = mine.filter(sha256=kept.sha256).first()
    if known is not None:
        return known
    if mine.count() >= MAX_FILES:
        raise Refused(
            _("一次最多添加 %(most)d 个附件，“%(name)s”没有添加。")
            % {"most": MAX_FILES, "name": kept.name}
        )
    staged = StagedFile(
        user=by, key=key, name=kept.name[:200], size=len(kept.data), sha256=kept.sha256,
        staged_at=now,
    )  # fmt: skip
    # Stored under a name that tells nothing; the real one stands in the row.
    staged.file.save(uuid.uuid4().hex, ContentFile(kept.data), save=False)
    try:
        with transaction.atomic():
            staged.save()
    except IntegrityError:
        # The same file arrived twice at once; the other one won.
        staged.file.storage.delete(str(staged.file.name))
        return StagedFile.objects.get(user=by, key=key, sha256=kept.sha256)
    return staged


@transaction.atomic
def stage_instead(key: uuid.UUID, kept: Kept, *, by: User) -> StagedFile:
    """Like `stage_file`, for a form that takes one file: what was chosen before goes."""
    staged = stage_file(key, kept, by=by)
    for earlier in StagedFile.objects.filter(user=by, key=key).exclude(pk=staged.pk):
        unstage_file(earlier, by=by)
    return staged


@transaction.atomic
def unstage_file(staged: StagedFile, *, by: User) -> None:
    """Throw a file away that was chosen and not sent."""
    if StagedFile.objects.filter(pk=staged.pk, user=by).delete()[0]:
        forget_bytes(staged.file)


def take_staged(key: uuid.UUID, *, by: User) -> list[StagedFile]:
    """The files staged under `key`, which are from now on the caller's to keep."""
    staged = list(StagedFile.objects.select_for_update().filter(user=by, key=key).order_by("pk"))
    StagedFile.objects.filter(pk__in=[each.pk for each in staged]).delete()
    return staged


@transaction.atomic
def save_draft(
    key: uuid.UUID,
    org: Org,
    fields: dict[str, Any],
    *,
    by: User,
    activity: Activity | None = None,
) -> RecordDraft | None:
    """Keep what `by` has typed so far, right or wrong. A draft is nobody else's business.

    None where the form was sent meanwhile and this is only its late echo.
    """
    late = activity is not None and fields.get("version") != str(activity.version)
    foreign = RecordDraft.objects.filter(key=key).exclude(user=by).exists()
    if late or foreign or Activity.objects.filter(key=key).exists():
        return None
    draft, _created = RecordDraft.objects.update_or_create(
        key=key, user=by,
        defaults={
            "org": org, "activity": activity, "fields": fields, "saved_at": timezone.now(),
        },
    )  # fmt: skip
    return draft


@transaction.atomic
def drop_draft(draft: RecordDraft, *, by: User) -> None:
    """Throw a draft away, with the files that were chosen for it."""
    for staged in StagedFile.objects.filter(user=by, key=draft.key):
        unstage_file(staged, by=by)
    RecordDraft.objects.filter(pk=draft.pk, user=by).delete()


def forget_bytes(file: FieldFile) -> None:
    """Delete the stored bytes once the transaction stands."""
    storage, name = file.storage, str(file.name)
    transaction.on_commit(lambda: storage.delete(name))
