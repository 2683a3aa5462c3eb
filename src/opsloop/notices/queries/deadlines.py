"""By when notices are to be done, for one's day, week and calendar; and the tasks that were made from them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, F, OuterRef, QuerySet

from opsloop.notices.models import Notice, NoticeTask, Receipt
from opsloop.organisation.models import Person
from opsloop.web.templatetags.quick import address

# More dates than this in a span nobody reads.
MOST = 200


@dataclass(frozen=True)
class Due:
    """A date that a notice asks its reader to keep."""

    pk: int
    number: str
    title: str
    due_at: datetime
    edition: int
    since: datetime

    @property
    def url(self) -> str:
        """The page of the notice."""
        return address("notices:notice", self.pk)


def due(person: Person, since: datetime, until: datetime) -> list[Due]:
    """Return the dates in [since, until) of notices that `person` got to act on, the nearest first. One query.

    A notice of which they made a task is left out: the task has the date, and says when it is done.
    """
    own = NoticeTask.objects.standing().filter(notice=OuterRef("notice"), task__owner=person)
    rows = (
        Receipt.objects.visible_to(person)
        .to_confirm()
        .filter(
            ~Exists(own),
            notice__state__in=["sending", "sent", "corrected"],
            notice__due_at__gte=since,
            notice__due_at__lt=until,
        )
    )
    found = rows.order_by("notice__due_at", "notice").values_list(
        "notice", "notice__number", "notice__title", "notice__due_at", "notice__edition", F("asked_at")
    )
    return [Due(*row) for row in found[:MOST]]


def tasks_from(notice: Notice, person: Person) -> list[NoticeTask]:
    """Return the tasks from a notice that `person` may see, those in the bin left out. One query."""
    rows = NoticeTask.objects.visible_to(person).standing().filter(notice=notice)
    return list(rows.select_related("task__owner", "department"))


def origins(person: Person) -> QuerySet[Any, Any]:
    """Return the notices that a task was made from and `person` may see, as TASK_ORIGINS asks for them."""
    rows = NoticeTask.objects.filter(task=OuterRef("pk"))
    rows = rows.filter(notice__in=Notice.objects.visible_to(person).values("pk"))
    return rows.values("notice", "notice__number", "notice__title")
