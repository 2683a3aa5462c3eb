"""Where the numbers of a report lead: to a list of tasks where the filter language can say it, else to the rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import F, Q
from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from opsloop.progress.models import RiskFlag
from opsloop.reports.models import Subjected
from opsloop.reviews.queries.facts import (
    FOREIGN,
    KEY_IMPORTANCE,
    Span,
    Subject,
    due_in,
    finished_in,
    hours_in,
    is_late,
)
from opsloop.timekeeping.models import TimeEntry
from opsloop.web.templatetags.quick import address
from opsloop.work.models import Task


@dataclass(frozen=True)
class Linked:
    """Whose report of which days: what the addresses behind its numbers are made of. No query."""

    subject: Subject
    row: Subjected
    name: str
    first: str
    last: str

    @property
    def whose(self) -> str:
        """What names the subject in the address of its rows, for whoever reads it."""
        return self.row.place if not self.row.is_personal else f"u{self.row.person_id}"

    def tasks(self, *conditions: str, who: str = "") -> str:
        """Return the list of the subject's tasks with these conditions of the filter language."""
        text = ",".join([who or self._mine(), *conditions])
        return f"{address('work:tasks')}?{urlencode({'scope': 'all', 'f': text})}"

    def _mine(self) -> str:
        if self.subject.project is not None:
            return f"project.any.{self.subject.project}"
        if self.subject.person is not None:
            return f"owner.any.{self.subject.person.pk}"
        return ".".join(["department", "any", *map(str, self.subject.departments)])

    def due(self) -> str:
        """Return the condition that a task was due in the period."""
        return f"due.within.{self.first}.{self.last}"

    def rows(self, key: str) -> str:
        """Return the page of the rows that a number counts."""
        return address("reports:rows", self.name, self.whose, key)

    def to(self, key: str) -> str:
        """Return where the number `key` leads."""
        conditions = _LISTS.get(key)
        return self.tasks(*conditions(self)) if conditions else self.rows(key)


_ALIVE = "status.none.cancelled"
_LISTS: Mapping[str, Callable[[Linked], tuple[str, ...]]] = {
    "key": lambda one: (f"importance.least.{KEY_IMPORTANCE}", one.due(), _ALIVE),
    "all": lambda one: (one.due(), _ALIVE),
    "done": lambda one: (f"closed.within.{one.first}.{one.last}", "status.any.done"),
}

# What the rows page shows: its heading, and the tasks that the number counts.
Counted = Callable[[Subject, Span, Any], Any]
ROWS: Mapping[str, tuple[Promise, Counted]] = {
    "in_time": (
        pgettext_lazy("rows", "Done in time"),
        lambda subject, span, at: due_in(subject, span).filter(
            due_at__lt=at, status=Task.Status.DONE, closed_at__lte=F("due_at")
        ),
    ),
    "late": (
        pgettext_lazy("rows", "Late tasks"),
        lambda subject, span, at: due_in(subject, span).filter(is_late(at)),
    ),
    "foreign": (
        pgettext_lazy("rows", "For other departments"),
        lambda subject, span, at: due_in(subject, span).filter(FOREIGN, due_at__lt=at),
    ),
    "compared": (
        pgettext_lazy("rows", "Hours against estimates"),
        lambda subject, span, _at: finished_in(subject, span).filter(
            Q(pk__in=hours_of_tasks(subject)), estimate_minutes__gt=0
        ),
    ),
    "dangers": (
        pgettext_lazy("rows", "Tasks at risk"),
        lambda subject, _span, _at: subject.tasks().filter(closed_at__isnull=True, pk__in=_at_risk()),
    ),
}
HOURS = "hours"


def hours_of_tasks(subject: Subject) -> Any:
    """Return the tasks of a subject on which hours were recorded, as a subquery."""
    rows = TimeEntry.objects.filter(task__in=subject.tasks().order_by().values("pk"), minutes__gt=0)
    return rows.order_by().values("task_id")


def _at_risk() -> Any:
    return RiskFlag.objects.filter(closed_at__isnull=True).order_by().values("task_id")


def recorded(subject: Subject, span: Span) -> Any:
    """Return the hours that a report counts."""
    return hours_in(subject, span).select_related("person", "task", "category", "task__category")
