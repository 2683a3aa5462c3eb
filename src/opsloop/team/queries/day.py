"""The team's day: a line a person, the one who needs the lead most first; sums for a department."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone

from opsloop.boards.queries.workload import Load, loads, looked_at
from opsloop.engines.workcalendar import WorkCalendar
from opsloop.organisation.models import Department, Leave, Person
from opsloop.team.queries.laid import Open, Piece, laid_on, open_tasks
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
    blocked: Sequence[Open]
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
    """Return the day of each of `people`, in the order of STANDINGS. Four queries, however many people."""
    today = timezone.localtime(now).date()
    laid = laid_on(viewer, people, *looked_at([today], today))
    every = open_tasks(viewer, people)
    load = loads(
        people, [today], calendar=calendar, now=now, leave=laid.away, tasks=[one.asked for one in every],
        pieces=laid.standing,
    )  # fmt: skip
    placed = _placed_now(laid.pieces, now)
    tomorrow = _midnight_after(today)
    tasks = _at_hand(every, tomorrow)
    lines = [
        Line(
            person=one,
            load=load.of(one.pk, today),
            now=placed.get(one.pk) or _in_progress(tasks.get(one.pk, ())),
            blocked=[task for task in tasks.get(one.pk, ()) if task.status == Task.Status.BLOCKED],
            leave=away_on(laid.leave.get(one.pk, ()), today),
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


def _placed_now(pieces: Iterable[Piece], now: datetime) -> dict[int, Now]:
    """Return what stands in people's plans at this moment; of a hidden task only that there is one."""
    return {
        one.person_id: Now(one.task_id, one.title, bool(one.is_seen), one.ends_at)
        for one in pieces
        if one.starts_at <= now < one.ends_at
    }


def _at_hand(tasks: Iterable[Open], until: datetime) -> dict[int, list[Open]]:
    """Return person id -> their tasks in progress, blocked or due before `until`, in the order given."""
    found: dict[int, list[Open]] = {}
    for task in tasks:
        if task.status in (Task.Status.DOING, Task.Status.BLOCKED) or (task.due_at and task.due_at < until):
            found.setdefault(task.owner_id, []).append(task)
    return found


def _midnight_after(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time()))


def _in_progress(tasks: Iterable[Open]) -> Now | None:
    doing = next((task for task in tasks if task.status == Task.Status.DOING), None)
    return Now(doing.pk, doing.title, is_visible=True, until=None) if doing else None
