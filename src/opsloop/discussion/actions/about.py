"""What the events of talk say about their subject."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from opsloop.activity import actions as activity
from opsloop.discussion.events import ENDING, Talked
from opsloop.discussion.models import Subject, kind_of
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
