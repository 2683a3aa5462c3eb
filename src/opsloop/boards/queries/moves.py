"""What follows when a bar of the Gantt chart moves: who else must move, and what becomes late."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from opsloop.boards.queries import gantt
from opsloop.boards.queries.gantt import Chart, Line
from opsloop.engines.bars import Bar
from opsloop.engines.criticalpath import Activity, Link, push
from opsloop.organisation.models import Person
from opsloop.work.models import Dependency, Task
from opsloop.work.models.tasks import DUE_LAST
from opsloop.work.queries import tasks as work

# A chain of work that is longer than this is no plan of people.
LONGEST_CHAIN = 60
MORNING, EVENING = time(9), time(18)
# For each task: whose end it should keep to, and that day.
Limits = Mapping[int, Sequence[tuple[str, date]]]


@dataclass(frozen=True)
class Wish:
    """Where a bar shall stand. A start alone moves it as it is; both ends say its length too."""

    start: date | None = None
    due: date | None = None


@dataclass(frozen=True)
class Change:
    """One bar that would move: from where to where in local time, what is written, and what becomes late.

    `starts_at` and `due_at` are what the task will hold; a date that was only assumed stays so.
    `late_for` is "project", "parent" or "", `limit` the day that is then exceeded.
    """

    task: Task
    owner: str
    old: Bar | None
    start: datetime
    due: datetime
    starts_at: datetime | None
    due_at: datetime | None
    may_edit: bool
    late_for: str = ""
    limit: date | None = None

    @property
    def days(self) -> int:
        """By how many days its end moves; later is positive."""
        return (self.due.date() - self.old.due.date()).days if self.old else 0

    @property
    def stated(self) -> str:
        """What a form says to make exactly this change: id, version, start and due, "-" for none."""
        moments = (one.isoformat() if one else "-" for one in (self.starts_at, self.due_at))
        return "|".join([str(self.task.pk), str(self.task.version), *moments])


@dataclass(frozen=True)
class Consequences:
    """The move itself, what it pushes, and what stays in its way."""

    moved: Change
    pushed: Sequence[Change]
    # Those that would have to move but that the person may not change.
    stuck: Sequence[Change]
    # What the moved task waits for and now begins before.
    too_early: Sequence[Task]
    pushes_hidden: bool

    @property
    def late(self) -> Sequence[Change]:
        """Those that become late, the moved one included."""
        return [one for one in (self.moved, *self.pushed) if one.late_for]

    @property
    def is_alone(self) -> bool:
        """Whether nothing else is touched."""
        return not (self.pushed or self.stuck or self.pushes_hidden)


def consequences(person: Person, task: Task, wish: Wish, *, now: datetime) -> Consequences:
    """Return what follows when `task` goes where `wish` says. Writes nothing."""
    tasks, links, pushes_hidden = _around(person, task)
    chart = gantt.of_tasks(person, tasks, now=now)
    limits = _limits(person, chart)
    place = _placed(chart, chart.by_id[task.pk], wish)
    moved = _moved(chart, limits, task.pk, wish, place)
    known = gantt.activities(tasks, {pk: line.bar for pk, line in chart.by_id.items()})
    there = Activity(task.pk, place.place, place.minutes)
    # First as if everybody could be moved, so that it can be said who would have to be.
    all_of_them = push(known, links, moved={task.pk: there})
    fixed = frozenset(pk for pk in all_of_them.starts if not chart.by_id[pk].may_edit)
    found = push(known, links, moved={task.pk: there}, fixed=fixed) if fixed else all_of_them
    held = {link.after for link in found.broken if link.after in fixed}
    before = {link.before for link in found.broken if link.after == task.pk}
    return Consequences(
        moved,
        sorted((_pushed(chart, limits, pk, start) for pk, start in found.starts.items()), key=_by_start),
        [_pushed(chart, limits, pk, all_of_them.starts[pk]) for pk in sorted(held)],
        [chart.by_id[pk].task for pk in sorted(before)],
        pushes_hidden,
    )


def _by_start(change: Change) -> tuple[datetime, int]:
    return change.start, change.task.pk


def _around(person: Person, task: Task) -> tuple[list[Task], list[Link], bool]:
    """Return the open visible tasks behind `task` and just before it, their links, and whether some are hidden.

    A query for each step of the longest chain, and two.
    """
    levels, links, hidden = {task.pk}, [], False
    frontier = {task.pk}
    for _level in range(LONGEST_CHAIN):
        rows = _links(person, "successor").filter(predecessor__in=frontier)
        known = [one for one in rows if one.sees_other or one.successor_id in levels]
        hidden = hidden or (frontier == {task.pk} and any(one.hides_other for one in rows))
        links += [Link(*gantt.ends(one)) for one in known]
        frontier = {one.successor_id for one in known} - levels
        levels |= frontier
        if not frontier:
            break
    before = [one for one in _links(person, "predecessor").filter(successor=task) if one.sees_other]
    links += [Link(*gantt.ends(one)) for one in before]
    keys = levels | {one.predecessor_id for one in before}
    rows = Task.objects.filter(pk__in=keys).order_by(DUE_LAST, "due_at", "pk")
    return gantt.load(person, rows), list(dict.fromkeys(links)), hidden


def _links(person: Person, other: str) -> Any:
    """Return dependencies that say of the task at their `other` end whether it is open and seen, or open and hidden."""
    is_open = Q(**{f"{other}__closed_at__isnull": True, f"{other}__deleted_at__isnull": True})
    seen = Exists(Task.objects.visible_to(person).filter(pk=OuterRef(f"{other}_id")))
    return Dependency.objects.annotate(sees_other=is_open & seen, hides_other=is_open & ~seen)


def _placed(chart: Chart, line: Line, wish: Wish) -> Bar:
    """Return where the bar stands after the wish."""
    old, axis = line.bar, chart.axis
    if line.task.is_milestone:
        day = wish.due or wish.start or (old.due.date() if old else None)
        assert day is not None
        moment = datetime.combine(day, old.due.time() if old else EVENING)
        return Bar(moment, moment, axis.place(moment), 0)
    first = wish.start or (old.start.date() if old else wish.due)
    assert first is not None
    start = datetime.combine(first, old.start.time() if old else MORNING)
    if wish.due is None and old is not None:
        # The length in working time stays: what begins on a day off begins on the next working day.
        place = axis.place(start)
        begin = start if chart.calendar.is_workday(first) else axis.opening(place)
        return Bar(begin, _same_clock(axis.closing(place + old.minutes), old), place, old.minutes)
    due = datetime.combine(wish.due or first, old.due.time() if old else EVENING)
    due = max(due, start)
    place = axis.place(start)
    return Bar(start, due, place, max(0, axis.place(due) - place))


def _same_clock(due: datetime, old: Bar) -> datetime:
    """Return `due` at the old hour, where that is as good: what was due at 20:00 stays due at 20:00."""
    return (
        datetime.combine(due.date(), old.due.time())
        if due.time() == EVENING and old.due.time() > EVENING
        else due
    )


def _moved(chart: Chart, limits: Limits, pk: int, wish: Wish, place: Bar) -> Change:
    line = chart.by_id[pk]
    keeps_length = wish.due is None or line.task.is_milestone
    return _change(chart, limits, line, place.start, place.due, both=not keeps_length or line.bar is None)


def _pushed(chart: Chart, limits: Limits, pk: int, place: int) -> Change:
    line = chart.by_id[pk]
    assert line.bar is not None
    start, due = chart.axis.opening(place), chart.axis.closing(place + line.bar.minutes)
    if line.task.is_milestone:
        start = due = chart.axis.closing(place)
    return _change(chart, limits, line, start, due, both=False)


def _change(
    chart: Chart, limits: Limits, line: Line, start: datetime, due: datetime, *, both: bool
) -> Change:
    task = line.task
    late_for, limit = _exceeded(limits.get(task.pk, ()), line, due)
    writes_start = (both or task.starts_at is not None) and not (task.is_milestone and task.starts_at is None)
    return Change(
        task=task,
        owner=chart.people.get(task.owner_id, "") if task.owner_id else "",
        old=line.bar,
        start=start,
        due=due,
        starts_at=_aware(min(start, due)) if writes_start else None,
        due_at=_aware(due) if both or task.due_at is not None else None,
        may_edit=line.may_edit,
        late_for=late_for,
        limit=limit,
    )


def _limits(person: Person, chart: Chart) -> Limits:
    """Return the ends that tasks should keep to: that of the task an action belongs to, that of the project."""
    parents = {line.task.parent_id for line in chart.lines if line.task.parent_id}
    rows = work.visible(person).filter(pk__in=parents, due_at__isnull=False).order_by() if parents else []
    due = {one.pk: timezone.localtime(one.due_at).date() for one in rows}
    found: dict[int, list[tuple[str, date]]] = {}
    for line in chart.lines:
        project = chart.projects.get(line.task.project_id or 0)
        ends = [
            ("parent", due.get(line.task.parent_id or 0)),
            ("project", project.due_on if project else None),
        ]
        found[line.task.pk] = [(name, day) for name, day in ends if day]
    return found


def _exceeded(limits: Sequence[tuple[str, date]], line: Line, due: datetime) -> tuple[str, date | None]:
    """Return whose end the new due date exceeds that the old one did not, and that end."""
    was = line.bar.due.date() if line.bar else date.min
    for name, limit in limits:
        if was <= limit < due.date():
            return name, limit
    return "", None


def _aware(moment: datetime) -> datetime:
    return timezone.make_aware(moment)


def read_day(text: str | None) -> date | None:
    """Return the day an address or a form names, None for none or for nonsense."""
    try:
        day = date.fromisoformat((text or "")[:10])
    except ValueError:
        return None
    return day if 2000 <= day.year <= 2100 else None
