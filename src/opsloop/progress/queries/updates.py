"""Whose progress is asked for on a day, and what was told."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from opsloop.engines.blocks import Span
from opsloop.engines.workcalendar import WorkCalendar
from opsloop.organisation.models import Leave, Person
from opsloop.organisation.queries import blocks_for_many
from opsloop.organisation.queries.blocks import zone_of
from opsloop.planning.models import Placement
from opsloop.progress.models import ProgressRules, ProgressUpdate
from opsloop.progress.models.updates import ProgressUpdateQuerySet
from opsloop.work.models import Task

# Who has more in hand tells of the most urgent; nobody writes more lines at the end of a day.
MOST_ASKED = 20
MOST_SHOWN = 30


@dataclass(frozen=True)
class Line:
    """A task in hand of one person, and what they told of it on that day."""

    task: Task
    update: ProgressUpdate | None

    @property
    def percent(self) -> int:
        """How far it is."""
        return self.update.percent if self.update else self.task.progress


def in_hand(people: Iterable[Person], day: date, *, viewer: Person | None = None) -> dict[int, list[Task]]:
    """Return person id -> the tasks whose progress is asked for on `day`, the most urgent first. One query.

    Begun, blocked, due by then, or in the plan of the day; a task that has open actions is told of by these.
    `viewer` leaves only what they may see.
    """
    owners = [one.pk for one in people]
    begin, end = day_span(day)
    planned = Placement.objects.filter(
        person=OuterRef("owner_id"), task=OuterRef("pk"), starts_at__gte=begin, starts_at__lt=end
    )
    parts = Task.objects.open().filter(parent=OuterRef("pk")).order_by()
    at_hand = Q(status__in=(Task.Status.DOING, Task.Status.BLOCKED)) | Q(due_at__lt=end) | Exists(planned)
    rows = Task.objects.open() if viewer is None else Task.objects.visible_to(viewer).open()
    rows = rows.filter(Q(deferred_until__isnull=True) | Q(deferred_until__lte=day), owner__in=owners)
    rows = rows.filter(at_hand).exclude(Exists(parts)).select_related("project")
    found: dict[int, list[Task]] = defaultdict(list)
    for task in rows.order_by("due_at", "-importance", "pk"):
        own = found[task.owner_id or 0]
        if len(own) < MOST_ASKED:
            own.append(task)
    return found


def told_on(people: Iterable[Person], day: date) -> dict[tuple[int, int], ProgressUpdate]:
    """Return (person id, task id) -> what they told on `day`. One query."""
    return {(row.person_id, row.task_id): row for row in told(people, day)}


def told(people: Iterable[Person], day: date) -> ProgressUpdateQuerySet:
    """Return what some people told on a day."""
    rows: ProgressUpdateQuerySet = ProgressUpdate.objects.filter(
        person__in=[one.pk for one in people], day=day
    )
    return rows


def lines_of(person: Person, day: date) -> list[Line]:
    """Return what a person is asked for on `day`, with what they told already. Two queries."""
    said = told_on([person], day)
    tasks = in_hand([person], day).get(person.pk, [])
    return [Line(task, said.get((person.pk, task.pk))) for task in tasks]


def day_span(day: date) -> Span:
    """Return the half-open span of a day in the current zone."""
    start = timezone.make_aware(datetime.combine(day, time()))
    return start, timezone.make_aware(datetime.combine(day + timedelta(days=1), time()))


def due_moment(person: Person, day: date, rules: ProgressRules) -> datetime:
    """Return when the progress of `day` is due where the person lives."""
    return datetime.combine(day, rules.due_by, tzinfo=zone_of(person))


def expected(
    people: Sequence[Person], day: date, rules: ProgressRules, *, calendar: WorkCalendar
) -> Mapping[int, bool]:
    """Return person id -> whether they are to tell their progress on `day`. Three queries at most.

    Nobody is on a day off (调休 counted in), and nobody who is on leave all day or when it is due.
    """
    if not calendar.is_workday(day):
        return {one.pk: False for one in people}
    leave = leave_around(people, day)
    blocks = blocks_for_many(people, [day], calendar=calendar, leave=leave)
    return {
        one.pk: any(block.kind.workable for block in blocks[one.pk])
        and not any(start <= due_moment(one, day, rules) < end for start, end in leave.get(one.pk, ()))
        for one in people
    }


def leave_around(people: Iterable[Person], day: date) -> dict[int, list[Span]]:
    """Return person id -> spans of leave that touch a day, in whatever zone. One query."""
    since, until = day_span(day)
    rows = Leave.objects.filter(
        person__in=[one.pk for one in people],
        starts_at__lt=until + timedelta(days=1),
        ends_at__gt=since - timedelta(days=1),
    )
    found: dict[int, list[Span]] = defaultdict(list)
    for person_id, start, end in rows.values_list("person_id", "starts_at", "ends_at"):
        found[person_id].append((start, end))
    return found


def of_task(task: Task) -> list[ProgressUpdate]:
    """Return what was told of a task, the newest first. One query."""
    return list(ProgressUpdate.objects.filter(task=task).select_related("person")[:MOST_SHOWN])
