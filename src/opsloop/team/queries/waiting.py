"""What waits for a lead: blocked tasks, tasks of nobody, results handed in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Max, Q, QuerySet

from opsloop.activity.models import Event
from opsloop.discussion.models import Comment
from opsloop.organisation.models import Person
from opsloop.organisation.roles import Permission
from opsloop.team.queries.people import in_team, superiors
from opsloop.work.models import Delivery, Responsibility, Task
from opsloop.work.permissions import can_decide
from opsloop.work.queries import tasks as work

# More at once is no morning's work; the page says how many there are.
SHOWN = 30


@dataclass(frozen=True)
class Blocker:
    """A task of the team that is stuck: since when, what was said last, and who could be asked above."""

    task: Task
    event: Event | None
    said: Comment | None
    above: Sequence[Person]

    @property
    def words(self) -> str:
        """What was said, without what it quotes."""
        lines = self.said.text.splitlines() if self.said else []
        return " ".join(line for line in lines if not line.startswith(">"))


def blocked_tasks(by: Person) -> QuerySet[Task]:
    """Return the blocked tasks of the team that `by` may see."""
    rows = Task.objects.visible_to(by).open().filter(in_team(by), status=Task.Status.BLOCKED)
    return rows.select_related("owner", "project", "department").order_by("due_at", "pk")


def blockers(by: Person) -> list[Blocker]:
    """Return what is blocked, the most urgent first. Four queries."""
    tasks = list(blocked_tasks(by)[:SHOWN])
    ids = [task.pk for task in tasks]
    events = _blocked_by(ids)
    newest = Comment.objects.alive().filter(task__in=ids).order_by().values("task").annotate(last=Max("pk"))
    said = {
        one.task_id: one
        for one in Comment.objects.filter(pk__in=newest.values("last")).select_related("author")
    }
    above = superiors(by, tasks)
    return [Blocker(task, events.get(task.pk), said.get(task.pk), above.get(task.pk, [])) for task in tasks]


def _blocked_by(ids: Sequence[int]) -> dict[int, Event]:
    """Return task id -> the event that blocked it, as far as the history knows. One query."""
    rows = Event.objects.filter(
        subject_kind="task", subject_id__in=ids, changes__status__1=Task.Status.BLOCKED
    ).order_by("pk")
    return {event.subject_id: event for event in rows}


def unassigned(by: Person) -> QuerySet[Task]:
    """Return the open tasks without an owner that `by` may give to somebody."""
    reach = by.reaches.departments(Permission.WORK_ASSIGN)
    rows = Task.objects.visible_to(by).open().filter(owner__isnull=True)
    mine = rows if reach is None else rows.filter(Q(department_id__in=reach) | Q(created_by=by))
    return mine.select_related("project", "department").order_by("due_at", "-importance", "pk")


def approvals(by: Person) -> list[Task]:
    """Return the tasks whose result waits for the word of `by`, the longest waiting first. Four queries."""
    mine = Q(requester=by) | Q(
        pk__in=Responsibility.objects.filter(person=by, role="A", task__isnull=False).values("task")
    )
    reach = by.reaches.departments(Permission.WORK_ASSIGN)
    orphaned = Q(requester__isnull=True) | Q(requester__is_active=False)
    mine |= orphaned if reach is None else orphaned & Q(department_id__in=reach)
    rows = work.editable(by).filter(mine, delivery__state=Delivery.State.WAITING)
    rows = rows.select_related(
        "owner__department", "department", "project", "goal", "parent", "category", "created_by", "requester",
        "delivery__handed_in_by",
    )  # fmt: skip
    found = rows.prefetch_related("responsibilities").order_by("delivery__handed_in_at")[:SHOWN]
    return [task for task in found if can_decide(task, by)]
