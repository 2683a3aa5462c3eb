"""Storing files beside a subject or holder, taking them away, and clearing what nobody can bring back."""

from __future__ import annotations

import errno
import hashlib
import logging
import os
import secrets
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from opsloop.activity import actions as activity
from opsloop.activity.models import Undo
from opsloop.activity.registry import file_holders
from opsloop.discussion import permissions
from opsloop.discussion.actions.about import record_files
from opsloop.discussion.actions.watching import begin
from opsloop.discussion.models import Attachment, Beside
from opsloop.discussion.models.files import place_of, root
from opsloop.engines.filetypes import HEAD_BYTES, FileType, is_known_ending, recognise
from opsloop.organisation.models import Person
from opsloop.records.refusals import Refused

if TYPE_CHECKING:
    Upload = UploadedFile[Any]

logger = logging.getLogger(__name__)
# Files that one form may bring.
MOST = 20
# A file without a row is left over from a process that was killed; younger ones may be on their way.
LEFT_OVER = timedelta(days=1)


@dataclass(frozen=True)
class Stored:
    """A file whose bytes are on the disk already, and whose row is still to be made."""

    name: str
    stored: str
    kind: FileType
    size: int
    sha256: str


@dataclass(frozen=True)
class Attached:
    """What came of an upload: the files that are there now, and a sentence for each that was refused."""

    files: Sequence[Attachment]
    refused: Sequence[str]


def attach(*, place: Beside, uploads: Sequence[Upload], by: Person, at: datetime) -> Attached:
    """Store uploaded files at `place`; one that may not be stored is left out and named.

    The bytes are written before the transaction, which only makes the rows: no I/O while the lock is held.

    Raises:
        Refused: there is none, there are too many, or the disk is full; nothing is stored.
    """
    permissions.check_can_add(place, by)
    if not uploads:
        raise Refused(_("Choose at least one file."), field="files")
    if len(uploads) > MOST:
        raise Refused(_("At most %(most)s files at once. Choose fewer.") % {"most": MOST}, field="files")
    ready: list[Stored] = []
    refused: list[str] = []
    try:
        for upload in uploads:
            try:
                ready.append(_store(upload))
            except Refused as why:
                refused.append(why.reason)
        return Attached(_rows(place, ready, by, at) if ready else [], refused)
    except BaseException as error:
        _unlink(one.stored for one in ready)
        if isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise Refused(
                _("The server's disk is full. Nothing was stored; tell an administrator."), field="files"
            ) from error
        raise


@transaction.atomic
def _rows(place: Beside, ready: Sequence[Stored], by: Person, at: datetime) -> list[Attachment]:
    made = [
        Attachment(
            **place.keyed(),
            name=one.name,
            stored=one.stored,
            media_type=one.kind.media_type,
            shown_as=one.kind.shows,
            size=one.size,
            sha256=one.sha256,
            uploaded_by=by,
            uploaded_at=at,
        )
        for one in ready
    ]
    for row in made:
        row.save(force_insert=True)
    if place.holder is None:
        begin(subject=place.record, person=by, at=at)
    record_files("added", place, by, at, made)
    return made


def _store(upload: Upload) -> Stored:
    """Check one upload and write its bytes to the disk.

    Raises:
        Refused: it is empty, too large or of a kind that is not stored; names the file and the remedy.
    """
    name = clean_name(upload.name or "")
    limit = settings.OPSLOOP_MAX_UPLOAD_BYTES
    if (upload.size or 0) > limit:
        raise Refused(
            _("“%(name)s” is larger than %(limit)s. Compress it, or share it as a link.")
            % {"name": name, "limit": filesizeformat(limit)}
        )
    if not upload.size:
        raise Refused(_("“%(name)s” is empty.") % {"name": name})
    upload.seek(0)
    kind = recognise(name, upload.read(HEAD_BYTES))
    if kind is None:
        raise Refused(_why_not(name))
    stored = secrets.token_hex(20)
    place = place_of(stored)
    place.parent.mkdir(parents=True, exist_ok=True)
    return Stored(name, stored, kind, upload.size, _write(upload, place))


def _why_not(name: str) -> str:
    if is_known_ending(name):
        return _("“%(name)s” is not what its ending says. Save it again in its own program.") % {"name": name}
    return _("Files like “%(name)s” are not stored here. Send it as a PDF, a picture or a ZIP.") % {
        "name": name
    }


def _write(upload: Upload, place: Path) -> str:
    """Write an upload to `place`, whole or not at all; return its SHA-256."""
    digest = hashlib.sha256()
    upload.seek(0)
    try:
        with place.open("xb") as target:
            for chunk in upload.chunks():
                digest.update(chunk)
                target.write(chunk)
            _to_disk(target)
    except BaseException:
        place.unlink(missing_ok=True)
        raise
    return digest.hexdigest()


def _to_disk(target: IO[bytes]) -> None:
    """What is answered for outlives a power cut, as the rows do."""
    target.flush()
    os.fsync(target.fileno())


def clean_name(name: str) -> str:
    """Return a file's name as it is kept: no folders, no invisible characters, at most 200 long, its ending kept."""
    last = name.replace("\\", "/").rpartition("/")[2]
    # Cf holds the signs that turn the direction of writing round: "fdp.exe" read as "exe.pdf".
    seen = "".join(one for one in last if unicodedata.category(one) not in {"Cc", "Cf", "Cs", "Zl", "Zp"})
    seen = " ".join(seen.split()).strip(". ") or _("file")
    stem, dot, ending = seen.rpartition(".")
    return f"{stem[: 199 - len(ending)]}.{ending}" if dot and stem and len(ending) < 20 else seen[:200]


@transaction.atomic
def put_in_bin(*, attachment: Attachment, by: Person, at: datetime) -> Undo:
    """Delete a file; its bytes stay until nobody can bring it back."""
    place = attachment.beside
    permissions.check_can_remove(attachment, place, by)
    claimed = Attachment.objects.filter(pk=attachment.pk, deleted_at__isnull=True)
    if not claimed.update(deleted_at=at, deleted_by=by):
        raise Refused(_("This has been deleted already."))
    record_files("binned", place, by, at, [attachment])
    return activity.offer_undo(verb="file.restore", arguments={"file_id": attachment.pk}, by=by, at=at)


@transaction.atomic
def undo_bin(*, by: Person, at: datetime, file_id: int) -> None:
    """Bring back the file that `put_in_bin` deleted."""
    attachment = Attachment.objects.visible_to(by).filter(pk=file_id).first()
    if attachment is None:
        raise Refused(_("This file does not exist any more."))
    place = attachment.beside
    permissions.check_can_bring_back(attachment, place, by)
    Attachment.objects.filter(pk=file_id).update(deleted_at=None, deleted_by=None)
    record_files("restored", place, by, at, [attachment])


def leave_behind(*, place: Beside, by: Person, at: datetime) -> list[int]:
    """Put the files of a holder that is being deleted into the bin, in the caller's transaction; return their keys."""
    rows = Attachment.objects.filter(**place.keyed()).alive()
    left = list(rows.values_list("pk", flat=True))
    rows.update(deleted_at=at, deleted_by=by)
    return left


def take_back(*, place: Beside, files: Iterable[int]) -> None:
    """Lay files that `leave_behind` put into the bin beside a holder written anew, in the caller's transaction.

    Only files of such a holder are moved, and only while nothing else lies there: the keys come from an undo step.
    """
    rows = Attachment.objects.filter(pk__in=list(files), holder_kind=place.kind, deleted_at__isnull=False)
    rows.update(**place.keyed(), deleted_at=None, deleted_by=None)


def sweep(*, at: datetime) -> int:
    """Remove for good what has been in the bin too long, and bytes that belong to no row; return how many files.

    The second also takes along what lay beside a task, project or goal that was deleted for good: the
    database removed those rows by itself. What a holder
    left behind goes to the bin first. Can be run again at any time.
    """
    for kind, holder in file_holders().items():
        rows = Attachment.objects.alive().filter(holder_kind=kind)
        rows.exclude(holder_id__in=holder.model._base_manager.values("pk")).update(deleted_at=at)
    expired = list(Attachment.objects.expired(at=at).values_list("pk", "stored")[:500])
    Attachment.objects.filter(pk__in=[pk for pk, _stored in expired]).delete()
    gone = {stored for _pk, stored in expired} | set(_left_over(at))
    _unlink(gone)
    return len(gone)


def _left_over(at: datetime) -> Iterable[str]:
    """Yield the names of files on the disk that no row names; folder by folder, one query each."""
    young = (at - LEFT_OVER).timestamp()
    for folder in sorted(root().iterdir()) if root().is_dir() else ():
        with os.scandir(folder) as entries:
            names = {entry.name for entry in entries if entry.stat().st_mtime < young}
        known = set(Attachment.objects.filter(stored__in=names).values_list("stored", flat=True))
        yield from names - known


def _unlink(stored: Iterable[str]) -> None:
    for name in stored:
        try:
            place_of(name).unlink(missing_ok=True)
        except OSError:
            logger.warning("the file %s could not be removed", name)
