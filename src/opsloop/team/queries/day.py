"""The team's day: a line a person, the one who needs the lead most first; sums for a department."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from opsloop.boards.queries.workload import Load, loads, looked_at
from opsloop.engines.blocks import Span
from opsloop.engines.workcalendar import WorkCalendar
from opsloop.organisation.models import Department, Leave, Person
from opsloop.planning.models import Placement
from opsloop.work.models import Task

# The order of the page: who is stuck, who has too much, who has room, who is well filled, who is away.
STANDINGS = ("blocked", "over", "idle", "even", "away")
# A team up to this size is looked at person by person; more are shown by department first.
FLAT = 40


@dataclass(frozen=True)
class Now:
    """What somebody is at: the piece of their plan that runs, else a task in progress."""

    task_id: int
    title: str
    is_visible: bool
    until: datetime | None


@dataclass(frozen=True)
class Line:
    """One person's day. Blocked tasks are those that the viewer may see."""

    person: Person
    load: Load
    now: Now | None
    blocked: Sequence[Task]
    leave: Leave | None
    overdue: int
    due: int

    @property
    def standing(self) -> str:
        """One of STANDINGS."""
        if self.load.state == "off":
            return "away"
        if self.blocked:
            return "blocked"
        return {"over": "over", "full": "even"}.get(self.load.state, "idle")


@dataclass(frozen=True)
class Group:
    """The people of one department, with their sums."""

    department: Department | None
    lines: Sequence[Line]

    @property
    def load(self) -> Load:
        """All of them together; who is away has no time and is asked for none."""
        at_work = [line.load for line in self.lines if line.load.available]
        return Load(sum(one.planned for one in at_work), sum(one.available for one in at_work))

    @property
    def counts(self) -> Mapping[str, int]:
        """How many stand how."""
        return counted(self.lines)


def counted(lines: Iterable[Line]) -> dict[str, int]:
    """Return how many of `lines` stand in each of STANDINGS."""
    found = dict.fromkeys(STANDINGS, 0)
    for line in lines:
        found[line.standing] += 1
    return found


def team_day(
    viewer: Person, people: Sequence[Person], *, calendar: WorkCalendar, now: datetime
) -> list[Line]:
    """Return the day of each of `people`, in the order of STANDINGS. Seven queries, however many people."""
    today = timezone.localtime(now).date()
    leave = leave_on(people, *looked_at([today], today))
    load = loads(viewer, people, [today], calendar=calendar, now=now, leave=spans_of(leave))
    placed = _placed_now(viewer, people, now)
    tomorrow = _midnight_after(today)
    tasks = _tasks(viewer, people, tomorrow)
    lines = [
        Line(
            person=one,
            load=load.of(one.pk, today),
            now=placed.get(one.pk) or _in_progress(tasks.get(one.pk, ())),
            blocked=[task for task in tasks.get(one.pk, ()) if task.status == Task.Status.BLOCKED],
            leave=away_on(leave.get(one.pk, ()), today),
            overdue=sum(task.due_at < now for task in tasks.get(one.pk, ()) if task.due_at),
            due=sum(now <= task.due_at < tomorrow for task in tasks.get(one.pk, ()) if task.due_at),
        )
        for one in people
    ]
    return sorted(lines, key=_press)


def _press(line: Line) -> tuple[Any, ...]:
    over = max(0, line.load.planned - line.load.available)
    return (
        STANDINGS.index(line.standing), -len(line.blocked), -over, line.load.percent, line.person.name,
    )  # fmt: skip


def grouped(lines: Iterable[Line]) -> list[Group]:
    """Return lines by department, in the order of the tree; who belongs to none comes last."""
    found: dict[int | None, list[Line]] = {}
    for line in lines:
        found.setdefault(line.person.department_id, []).append(line)
    groups = [Group(own[0].person.department, own) for own in found.values()]
    return sorted(groups, key=lambda one: (one.department is None, one.department and one.department.path))


def leave_on(people: Iterable[Person], first: date, last: date) -> dict[int, list[Leave]]:
    """Return person id -> leave around the days from `first` to `last`, the first one first. One query.

    A day more on both sides comes along: people live in different zones.
    """
    since = timezone.make_aware(datetime.combine(first - timedelta(days=1), time()))
    until = timezone.make_aware(datetime.combine(last + timedelta(days=2), time()))
    found: dict[int, list[Leave]] = {}
    rows = Leave.objects.filter(person__in=[one.pk for one in people], starts_at__lt=until, ends_at__gt=since)
    for row in rows.order_by("starts_at"):
        found.setdefault(row.person_id, []).append(row)
    return found


def spans_of(leave: Mapping[int, Sequence[Leave]]) -> dict[int, list[Span]]:
    """Return person id -> the spans of their leave."""
    return {pk: [(one.starts_at, one.ends_at) for one in own] for pk, own in leave.items()}


def away_on(leave: Iterable[Leave], day: date) -> Leave | None:
    """Return the first of `leave` that touches a day."""
    return next(
        (
            one
            for one in leave
            if timezone.localtime(one.starts_at).date() <= day
            and timezone.localtime(one.ends_at - timedelta(microseconds=1)).date() >= day
        ),
        None,
    )


def _placed_now(viewer: Person, people: Sequence[Person], now: datetime) -> dict[int, Now]:
    """Return what stands in people's plans at this moment; of a hidden task only that there is one. One query."""
    seen = Exists(Task.objects.visible_to(viewer).order_by().filter(pk=OuterRef("task_id")))
    rows = Placement.objects.filter(
        person__in=people, starts_at__lte=now, ends_at__gt=now,
        task__deleted_at__isnull=True, task__closed_at__isnull=True,
    ).annotate(seen=seen)  # fmt: skip
    hidden = _("A task of another department")
    return {
        person_id: Now(task_id, title if is_seen else hidden, is_seen, ends_at)
        for person_id, task_id, title, ends_at, is_seen in rows.values_list(
            "person_id", "task_id", "task__title", "ends_at", "seen"
        )
    }


def _tasks(viewer: Person, people: Sequence[Person], until: datetime) -> dict[int, list[Task]]:
    """Return person id -> their visible tasks in progress, blocked or due before `until`, by due date. One query."""
    at_hand = Q(status__in=(Task.Status.DOING, Task.Status.BLOCKED)) | Q(due_at__lt=until)
    rows = (
        Task.objects.visible_to(viewer)
        .open()
        .filter(at_hand, owner__in=people)
        .only("title", "status", "owner_id", "due_at")
        .order_by("due_at", "pk")
    )
    found: dict[int, list[Task]] = {}
    for task in rows:
        found.setdefault(task.owner_id or 0, []).append(task)
    return found


def _midnight_after(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time()))


def _in_progress(tasks: Iterable[Task]) -> Now | None:
    doing = next((task for task in tasks if task.status == Task.Status.DOING), None)
    return Now(doing.pk, doing.title, is_visible=True, until=None) if doing else None
