"""What the events of talk say about their subject."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from opsloop.activity import actions as activity
from opsloop.discussion.events import ENDING, FilesChanged, Talked
from opsloop.discussion.models import Attachment, Beside, Subject, kind_of
from opsloop.discussion.queries.watchers import concerned
from opsloop.organisation.models import Person


def record(kind: str, subject: Subject, by: Person, at: datetime, changes: Mapping[str, Any]) -> None:
    """Record that something happened in the talk of `subject`, in the caller's transaction."""
    event = Talked(
        kind=kind,
        subject_kind=f"{kind_of(subject)}{ENDING}",
        subject_id=subject.pk,
        by_id=by.pk,
        at=at,
        department_id=subject.department_id,
        person_ids=tuple(sorted(concerned(subject))),
        changes=changes,
    )
    activity.record(event)


def record_files(what: str, place: Beside, by: Person, at: datetime, files: Iterable[Attachment]) -> None:
    """Record that files were added, binned or restored (`what`), in the caller's transaction."""
    changes = {"files": [row.pk for row in files]}
    if place.holder is None:
        record(f"file.{what}", place.record, by, at, changes)
        return
    people = place.holder.people(place.record) if place.holder.people else ()
    event = FilesChanged(
        kind=f"files.{what}",
        subject_kind=f"{place.kind}_files",
        subject_id=place.record.pk,
        by_id=by.pk,
        at=at,
        person_ids=tuple(sorted(people)),
        changes=changes,
    )
    activity.record(event)
