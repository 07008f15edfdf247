"""One .bihuan file that holds everything: the database, the uploaded files, a manifest.

It is a ZIP archive: `manifest.json`, `database` (a SQLite file or a dump in PostgreSQL's
custom format) and `files/…`. The manifest names the hash of every member, the rows of every
table and the end of the audit chain; a restore compares all three.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from django.utils.translation import gettext as _

from bihuan.lib.dumps import Holding, dump, is_empty, load
from bihuan.lib.refusals import Refused

FORMAT = 1
CHUNK = 1 << 20


@dataclass(frozen=True)
class Place:
    """What is backed up or restored: Django's database settings, vendor, folder of files."""

    database: dict[str, Any]
    vendor: str
    files: Path


def write_backup(place: Place, to: Path, *, version: str, at: str) -> Holding:
    """Write the whole of `place` into the file `to`, which appears only when it is complete."""
    part = to.with_name(to.name + ".part")
    with tempfile.TemporaryDirectory(dir=to.parent, prefix=".backup-") as scratch:
        copy = Path(scratch) / "database"
        holding = dump(place.database, place.vendor, copy)
        members = {"database": copy, **dict(_uploads(place.files))}
        manifest = {
            "format": FORMAT, "version": version, "at": at, "vendor": place.vendor,
            "holding": asdict(holding),
            "members": {name: _sha256(path) for name, path in members.items()},
        }  # fmt: skip
        try:
            with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
                archive.writestr("manifest.json", json.dumps(manifest, ensure_ascii=False))
                for name, path in members.items():
                    archive.write(path, name)
            _settle(part, to)
        finally:
            part.unlink(missing_ok=True)
    return holding


def restore_backup(place: Place, source: Path, *, overwrite: bool) -> Holding:
    """Put the backup in place of what is there, or change nothing and say why.

    Without `overwrite` only an empty database is filled. Uploaded files are put first: a file
    that no row names does no harm, a row that names a missing file would.
    """
    if not overwrite and not is_empty(place.database, place.vendor):
        raise Refused(_("数据库里已经有内容。确定要用备份替换它，请加上 --yes。"))
    place.files.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=place.files.parent, prefix=".restore-") as scratch:
        manifest = _unpack(source, Path(scratch))
        if manifest["vendor"] != place.vendor:
            raise Refused(
                _("这是 %(theirs)s 的备份，现在用的数据库是 %(ours)s，不能直接恢复。")
                % {"theirs": manifest["vendor"], "ours": place.vendor}
            )
        holding = Holding(manifest["holding"]["rows"], manifest["holding"]["root"])
        for name in manifest["members"]:
            if name != "database":
                target = place.files / PurePosixPath(name).relative_to("files")
                target.parent.mkdir(parents=True, exist_ok=True)
                os.replace(Path(scratch) / name, target)
        load(place.database, place.vendor, Path(scratch) / "database", holding)
    return holding


def _uploads(folder: Path) -> Iterator[tuple[str, Path]]:
    for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
        if path.is_file() and not path.is_symlink():
            yield f"files/{path.relative_to(folder).as_posix()}", path


def _unpack(source: Path, folder: Path) -> dict[str, Any]:
    """The members of the archive in `folder`, each compared with its hash; and the manifest."""
    try:
        with zipfile.ZipFile(source) as archive:
            manifest: dict[str, Any] = json.loads(archive.read("manifest.json"))
            if manifest["format"] != FORMAT:
                raise Refused(
                    _("这个备份是更新的版本 %(version)s 做的，请先升级。")
                    % {"version": manifest["version"]}
                )
            for name, digest in manifest["members"].items():
                target = _inside(folder, name)
                target.parent.mkdir(parents=True, exist_ok=True)
                with archive.open(name) as member, target.open("wb") as out:
                    shutil.copyfileobj(member, out, CHUNK)
                if _sha256(target) != digest:
                    raise Refused(_("备份已损坏：“%(name)s”的内容不对。") % {"name": name})
    except OSError as error:
        raise Refused(_("读不了备份文件：%(why)s") % {"why": error}) from error
    except (zipfile.BadZipFile, zlib.error, KeyError, ValueError, EOFError) as error:
        raise Refused(_("这不是完整的备份文件：%(why)s") % {"why": error}) from error
    return manifest


def _inside(folder: Path, name: str) -> Path:
    parts = PurePosixPath(name).parts
    if name != "database" and (parts[:1] != ("files",) or len(parts) < 2 or ".." in parts):
        raise Refused(_("备份里有不该有的文件名：%(name)s") % {"name": name})
    return folder.joinpath(*parts)


def _sha256(path: Path) -> str:
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _settle(part: Path, to: Path) -> None:
    """Give the complete file its name, so that a power cut leaves it whole or not there."""
    with part.open("rb") as content:
        os.fsync(content.fileno())
    os.chmod(part, 0o600)
    os.replace(part, to)
