"""Lessons: the list, and those that speak of a task."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from opsloop.engines.recalling import Known, recall
from opsloop.knowledge.models import USEFUL, Lesson
from opsloop.organisation.models import Person
from opsloop.search import queries as search
from opsloop.work.models import Task

# Lessons that are held against a task; a store of more is searched by hand.
MOST_HELD = 400
LONGEST_SITUATION = 300


@dataclass(frozen=True)
class Offer:
    """A lesson that speaks of a task, and why it is offered."""

    lesson: Lesson
    shared: Sequence[str]
    same_kind: bool


def offers(task: Task, person: Person) -> list[Offer]:
    """Return the lessons that speak of `task`, the closest first, at most three. Two queries."""
    rows = Lesson.objects.visible_to(person).alive().exclude(task=task).annotate(useful=USEFUL)
    fields = ("pk", "title", "situation", "category_id", "useful")
    known = [
        Known(pk, title, situation[:LONGEST_SITUATION], kind, useful)
        for pk, title, situation, kind, useful in rows.values_list(*fields)[:MOST_HELD]
    ]
    found = recall(task.title, task.category_id, known)
    lessons = Lesson.objects.select_related("author").in_bulk([one.pk for one in found]) if found else {}
    return [Offer(lessons[one.pk], one.shared, one.same_kind) for one in found if one.pk in lessons]


def listed(
    person: Person, *, at: datetime, wanted: str = "", category: int | None = None, sign: str = ""
) -> QuerySet[Lesson]:
    """Return the lessons of the list: found by `wanted` (Chinese, pinyin, initials), of a category, of a sign.

    Signs: "stale" waits to be confirmed, "mine" was written by the person, "archived" was put away.
    """
    rows = Lesson.objects.visible_to(person)
    if sign == "archived":
        rows = rows.filter(archived_at__isnull=False)
    elif sign == "stale":
        rows = rows.stale(at=at)
    else:
        rows = rows.alive()
    if sign == "mine":
        rows = rows.filter(author=person)
    if category:
        rows = rows.filter(category=category)
    if wanted.strip():
        rows = rows.filter(pk__in=search.matching("lesson", wanted))
    rated: Any = rows.rated().select_related("author", "category")
    found: QuerySet[Lesson] = rated.order_by("-useful", "-created_at", "-pk")
    return found
