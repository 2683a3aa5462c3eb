"""Reading the history."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from opsloop.activity.models import Event, Undo


def history(subject_kind: str, subject_id: int) -> QuerySet[Event]:
    """Return what happened to one record, newest first. The caller has checked that it may be seen."""
    return Event.objects.filter(subject_kind=subject_kind, subject_id=subject_id).order_by("-id")


def last_undo(person: Any, *, at: datetime) -> Undo | None:
    """Return the newest step that `person` can take back at `at`, for Ctrl+Z."""
    return Undo.objects.visible_to(person).usable(at=at).order_by("-id").first()
