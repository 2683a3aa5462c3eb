"""Watching a subject, and leaving."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from opsloop.discussion.actions.about import record
from opsloop.discussion.models import Subject, Watch, keyed
from opsloop.organisation.models import Person


@transaction.atomic
def watch(*, subject: Subject, person: Person, is_on: bool, at: datetime) -> None:
    """Let a person hear of `subject` from now on, or no more; their own word outlasts every other rule."""
    Watch.objects.update_or_create(**keyed(subject), person=person, defaults={"is_on": is_on, "since": at})
    record("watch.changed", subject, person, at, {})


def begin(*, subject: Subject, person: Person, at: datetime) -> None:
    """Let who speaks watch, unless they have said whether they want to; in the caller's transaction."""
    Watch.objects.get_or_create(**keyed(subject), person=person, defaults={"is_on": True, "since": at})
