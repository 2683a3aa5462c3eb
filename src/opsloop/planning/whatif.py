"""What would be if somebody had more time, a task another date, owner or size, or waited: tried out, never written."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from opsloop.engines.blocks import Block, BlockKind
from opsloop.organisation.models import Person
from opsloop.organisation.roles import Permission
from opsloop.planning import recent
from opsloop.planning.proposals import Week, solve
from opsloop.planning.recent import Read
from opsloop.planning.trials import Difference, Outcome, difference
from opsloop.work.models import Task


@dataclass(frozen=True)
class Changes:
    """What is tried: `minutes` more on `day`, and what of `task` would be otherwise (None: as it is).

    `until` is the day until which the task is put off; `in_one_go` whether plans may not cut it.
    """

    day: date | None = None
    minutes: int = 0
    task: Task | None = None
    due: datetime | None = None
    owner: Person | None = None
    estimate: int | None = None
    until: date | None = None
    in_one_go: bool | None = None

    @property
    def adds_time(self) -> bool:
        """Whether there would be more working time."""
        return self.day is not None and self.minutes > 0

    @property
    def changes_task(self) -> bool:
        """Whether anything of the task would be otherwise."""
        return self.task is not None and (
            any((self.due, self.owner, self.estimate, self.until)) or self.in_one_go is not None
        )

    @property
    def is_empty(self) -> bool:
        """Whether nothing would be otherwise."""
        return not self.adds_time and not self.changes_task


@dataclass(frozen=True)
class Result:
    """The effect on the week, and on that of whoever would take the task over, as far as it may be seen."""

    own: Difference
    other: Difference | None = None


def try_out(read: Read, changes: Changes, *, by: Person, at: datetime) -> Result:
    """Return what `changes` would do to a week and to that of the new owner. Nothing is written."""
    before = Outcome(read.week, read.plan)
    after = tried(read, changes)
    # Of the task itself it is said apart that it goes.
    besides = (changes.task.pk,) if changes.task and changes.owner else ()
    own = difference(before, after, besides=besides)
    if changes.owner is None or changes.task is None or not _sees(changes.owner, by):
        return Result(own)
    theirs = recent.read(changes.owner, read.week.starts.date(), at=at, state=read.state)
    return Result(own, difference(Outcome(theirs.week, theirs.plan), _with(theirs, changes)))


def tried(read: Read, changes: Changes) -> Outcome:
    """Return the week with the changes; what they do not touch stays where the plan without them puts it."""
    return _solved(read, changed(read.week, changes))


def changed(week: Week, changes: Changes) -> Week:
    """Return a week as it would be with the changes."""
    if changes.day is not None and changes.minutes:
        week = _longer(week, changes.day, changes.minutes)
    if changes.task is None:
        return week
    gone = changes.owner is not None or (changes.until is not None and changes.until >= week.ends.date())
    tasks = [
        _task(task, changes) if task.pk == changes.task.pk else task
        for task in week.tasks
        if not (gone and task.pk == changes.task.pk)
    ]
    return replace(week, tasks=tasks)


def _with(theirs: Read, changes: Changes) -> Outcome:
    """Return the week of the new owner with the task in it."""
    assert changes.task is not None
    task = _task(changes.task, changes)
    others = [one for one in theirs.week.tasks if one.pk != task.pk]
    worked = {**theirs.week.worked, task.pk: getattr(changes.task, "worked", 0)}
    return _solved(theirs, replace(theirs.week, tasks=[*others, task], worked=worked))


def _solved(read: Read, week: Week) -> Outcome:
    near = read.plan.placements
    return Outcome(week, solve(week, week.movable, near=near, effort=recent.effort(week)))


def _task(task: Task, changes: Changes) -> Task:
    other = copy(task)
    other.due_at = changes.due or task.due_at
    other.estimate_minutes = changes.estimate or task.estimate_minutes
    other.deferred_until = changes.until or task.deferred_until
    if changes.in_one_go is not None:
        other.in_one_go = changes.in_one_go  # type: ignore[attr-defined]  # see proposals.to_plan
    return other


def _longer(week: Week, day: date, minutes: int) -> Week:
    """Return a week with more working time after the last block of a day; nothing where nobody works."""
    ends = [block.end for block in week.worker.blocks if block.start.date() == day]
    if not ends:
        return week
    last = max(ends)
    end = (last.astimezone(UTC) + timedelta(minutes=minutes)).astimezone(last.tzinfo)
    blocks = tuple(sorted([*week.worker.blocks, Block(last, end, BlockKind.FOCUS)]))
    return replace(week, worker=replace(week.worker, blocks=blocks))


def _sees(person: Person, by: Person) -> bool:
    reach = by.reaches.departments(Permission.WORK_VIEW)
    return person.pk == by.pk or reach is None or person.department_id in reach
