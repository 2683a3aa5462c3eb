"""The verbs of lessons: write, change, confirm, put away, bring back, rate."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from opsloop.activity import actions as activity
from opsloop.activity.models import Undo
from opsloop.knowledge import permissions
from opsloop.knowledge.events import (
    LessonArchived,
    LessonBroughtBack,
    LessonChanged,
    LessonConfirmed,
    LessonRated,
    LessonWritten,
)
from opsloop.knowledge.models import Lesson, Vote
from opsloop.organisation.models import Person
from opsloop.records.changes import set_fields
from opsloop.records.refusals import Refused
from opsloop.search import actions as search
from opsloop.work.models import Task

FIELDS = ("title", "situation", "deed", "outcome", "effect", "category")


@transaction.atomic
def write(*, values: Mapping[str, Any], task: Task | None, by: Person, at: datetime) -> Lesson:
    """Put a lesson down; everybody may read it. `values` are those of `FIELDS`."""
    permissions.check_can_write(by)
    lesson = Lesson(**values, task=task, author=by, department=by.department, created_at=at, checked_at=at)
    lesson.save(force_insert=True)
    _index(lesson)
    activity.record(LessonWritten(**_about(lesson, by, at)))
    return lesson


@transaction.atomic
def change(*, lesson: Lesson, values: Mapping[str, Any], by: Person, at: datetime, version: int) -> bool:
    """Change a lesson that the writer saw at `version`; say whether anything changed. It counts as confirmed.

    Raises:
        Forbidden, Refused: it is somebody else's, or put away.
        StaleVersion: somebody wrote it since.
    """
    permissions.check_can_edit(lesson, by)
    changes = set_fields(lesson, values)
    if not changes:
        return False
    lesson.checked_at = at
    lesson.bump(version, [*changes, "checked_at"])
    _index(lesson)
    activity.record(LessonChanged(**_about(lesson, by, at), changes=changes))
    return True


@transaction.atomic
def confirm(*, lesson: Lesson, by: Person, at: datetime, version: int) -> None:
    """Say that a lesson still holds; it is asked again in half a year."""
    permissions.check_can_write(by)
    if lesson.archived_at:
        raise Refused(_("This lesson was put away. Bring it back first."))
    lesson.checked_at = at
    lesson.bump(version, ["checked_at"])
    activity.record(LessonConfirmed(**_about(lesson, by, at)))


@transaction.atomic
def archive(*, lesson: Lesson, by: Person, at: datetime, version: int) -> Undo:
    """Put a lesson away that no longer holds: it is offered and found no more."""
    permissions.check_can_edit(lesson, by)
    lesson.archived_at, lesson.archived_by = at, by
    lesson.bump(version, ["archived_at", "archived_by"])
    search.remove(kind="lesson", object_id=lesson.pk)
    activity.record(LessonArchived(**_about(lesson, by, at)))
    return activity.offer_undo(verb="lesson.bring_back", arguments={"pk": lesson.pk}, by=by, at=at)


@transaction.atomic
def bring_back(*, lesson: Lesson, by: Person, at: datetime, version: int) -> None:
    """Take a lesson up again that was put away.

    Raises:
        Refused: it was not put away.
    """
    if not lesson.archived_at:
        raise Refused(_("This lesson is not put away."))
    lesson.archived_at = lesson.archived_by = None
    permissions.check_can_edit(lesson, by)
    lesson.checked_at = at
    lesson.bump(version, ["archived_at", "archived_by", "checked_at"])
    _index(lesson)
    activity.record(LessonBroughtBack(**_about(lesson, by, at)))


@transaction.atomic
def undo_archive(*, by: Person, at: datetime, pk: int) -> None:
    """Bring the lesson back that `archive` put away."""
    lesson = Lesson.objects.visible_to(by).filter(pk=pk).first()
    if lesson is None:
        raise Refused(_("This does not exist any more."))
    bring_back(lesson=lesson, by=by, at=at, version=lesson.version)


@transaction.atomic
def rate(*, lesson: Lesson, is_useful: bool, by: Person, at: datetime) -> None:
    """Say whether a lesson was useful; saying the same again takes it back. Nobody rates their own.

    Raises:
        Forbidden: `by` only reads here.
        Refused: `by` wrote it.
    """
    permissions.check_can_write(by)
    if lesson.author_id == by.pk:
        raise Refused(_("Others say whether your lesson was useful."))
    vote = Vote.objects.filter(lesson=lesson, person=by).first()
    if vote is not None and vote.is_useful == is_useful:
        vote.delete()
    else:
        Vote.objects.update_or_create(lesson=lesson, person=by, defaults={"is_useful": is_useful})
    activity.record(LessonRated(**_about(lesson, by, at)))


def _index(lesson: Lesson) -> None:
    texts = [lesson.situation, lesson.deed, lesson.outcome, lesson.effect]
    search.index(kind="lesson", object_id=lesson.pk, title=lesson.title, texts=texts)


def _about(lesson: Lesson, by: Person, at: datetime) -> dict[str, Any]:
    people = (lesson.author_id,) if lesson.author_id else ()
    return {
        "subject_id": lesson.pk, "by_id": by.pk, "at": at, "department_id": lesson.department_id,
        "person_ids": people,
    }  # fmt: skip
