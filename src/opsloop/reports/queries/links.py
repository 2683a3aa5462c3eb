"""Where the numbers of a report lead: to a list of tasks where the filter language can say it, else to the rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import F, Q
from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from opsloop.engines.filters import Condition, Group, write
from opsloop.engines.filters.text import MOST_VALUES
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

    def tasks(self, *conditions: Condition, who: Condition | None = None) -> str:
        """Return the list of the subject's tasks (or `who`'s) with these conditions of the filter language."""
        text = write(Group("and", (who or self._mine(), *conditions)))
        return f"{address('work:tasks')}?{urlencode({'scope': 'all', 'f': text})}"

    def _mine(self) -> Condition:
        if self.subject.project is not None:
            return Condition("project", "any", (str(self.subject.project),))
        if self.subject.person is not None:
            return owned(self.subject.person.pk)
        return Condition("department", "any", tuple(map(str, self.subject.departments)))

    def due(self) -> Condition:
        """Return the condition that a task was due in the period."""
        return Condition("due", "within", (self.first, self.last))

    def rows(self, key: str) -> str:
        """Return the page of the rows that a number counts."""
        return address("reports:rows", self.name, self.whose, key)

    def to(self, key: str) -> str:
        """Return where the number `key` leads; a filter has no room for hundreds of departments."""
        conditions = _LISTS.get(key)
        if conditions is None or len(self.subject.departments) > MOST_VALUES:
            return self.rows(key)
        return self.tasks(*conditions(self))


def owned(pk: int) -> Condition:
    """Return the condition that a person owns a task."""
    return Condition("owner", "any", (str(pk),))


_ALIVE = Condition("status", "none", ("cancelled",))
_DONE = Condition("status", "any", ("done",))
_KEY = Condition("importance", "least", (str(KEY_IMPORTANCE),))
_LISTS: Mapping[str, Callable[[Linked], tuple[Condition, ...]]] = {
    "key": lambda one: (_KEY, one.due(), _ALIVE),
    "all": lambda one: (one.due(), _ALIVE),
    "done": lambda one: (Condition("closed", "within", (one.first, one.last)), _DONE),
}

# What the rows page shows: its heading, and the tasks that the number counts.
Counted = Callable[[Subject, Span, Any], Any]
ROWS: Mapping[str, tuple[Promise, Counted]] = {
    "key": (
        pgettext_lazy("rows", "Key tasks"),
        lambda subject, span, _at: due_in(subject, span).filter(importance__gte=KEY_IMPORTANCE),
    ),
    "all": (pgettext_lazy("rows", "Tasks that were due"), lambda subject, span, _at: due_in(subject, span)),
    "done": (pgettext_lazy("rows", "Finished tasks"), lambda subject, span, _at: finished_in(subject, span)),
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
