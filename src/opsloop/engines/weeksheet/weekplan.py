"""From the rows of a sheet to a planned week."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta, tzinfo
from functools import cached_property

from opsloop.engines import priority, scheduling
from opsloop.engines.blocks import DEFAULT_TEMPLATE, BlockKind, Span, Template, blocks_between
from opsloop.engines.priority import Priority, Urgency
from opsloop.engines.scheduling import Person, Placement, Plan, Predecessor, Problem, Task
from opsloop.engines.sheets import TaskRow, TaskSheet
from opsloop.engines.weeksheet.week import Week
from opsloop.engines.workcalendar import WorkCalendar

# A task that is over is neither planned nor waited for.
OVER = frozenset({"done", "cancelled"})
URGENCIES: dict[str, Urgency] = {"high": "high", "medium": "medium", "low": "low"}
# What the planner is told of estimates that the reader refuses: one beyond 2,000 hours is more than any
# week has, and one that is not above zero is named as such.
ODD_ESTIMATES = {"duration_too_long": 2_001 * 60, "duration_not_positive": 0}


@dataclass(frozen=True)
class WeekPlan:
    """A sheet, the week it was planned for, and the plan. A task's id is its row number as text."""

    sheet: TaskSheet
    week: Week
    zone: tzinfo
    calendar: WorkCalendar
    problem: Problem
    plan: Plan

    @cached_property
    def rows(self) -> Mapping[str, TaskRow]:
        """Return the planned rows by task id, in the order of the sheet."""
        return {str(row.row): row for row in self.sheet.rows if row.status not in OVER}

    @cached_property
    def left_out(self) -> Sequence[TaskRow]:
        """Return the rows that are done or cancelled."""
        return [row for row in self.sheet.rows if row.status in OVER]

    @cached_property
    def ranking(self) -> Sequence[Priority]:
        """Return all planned rows, the one to do first in front."""
        items = [
            priority.Item(task.id, task.importance, task.urgency, task.due, task.minutes)
            for task in self.problem.tasks
        ]
        return priority.rank(items, now=self.problem.now)

    @cached_property
    def repeated(self) -> frozenset[str]:
        """Return the titles that stand in more than one planned row."""
        times = Counter(row.title for row in self.rows.values())
        return frozenset(title for title, count in times.items() if count > 1)

    @cached_property
    def workdays(self) -> Sequence[date]:
        """Return the days of the week that are worked, make-up days among them."""
        return self.calendar.workdays(self.week.monday, self.week.sunday)

    def pieces(self) -> list[Placement]:
        """Return the placements; what must not be split is one, even where it crosses into another block."""
        whole = {task.id for task in self.problem.tasks if not task.splittable}
        pieces: list[Placement] = []
        for piece in self.plan.placements:
            last = pieces[-1] if pieces else None
            if piece.task in whole and last and (last.task, last.end) == (piece.task, piece.start):
                kinds = (last.block, piece.block)
                block = BlockKind.FOCUS if BlockKind.FOCUS in kinds else last.block
                pieces[-1] = replace(last, end=piece.end, block=block)
            else:
                pieces.append(piece)
        return pieces

    def sittings(self) -> list[Placement]:
        """Return the placements with adjoining pieces of a task joined: what a person sees as one entry."""
        joined: list[Placement] = []
        for piece in self.plan.placements:
            last = joined[-1] if joined else None
            if last and (last.task, last.person, last.end) == (piece.task, piece.person, piece.start):
                joined[-1] = Placement(
                    last.task, last.person, last.start, piece.end, last.block, last.late, last.reasons
                )
            else:
                joined.append(piece)
        return joined


def plan_week(
    sheet: TaskSheet,
    week: Week,
    *,
    zone: tzinfo,
    calendar: WorkCalendar,
    now: datetime | None = None,
    template: Template = DEFAULT_TEMPLATE,
    should_stop: Callable[[], bool] | None = None,
) -> WeekPlan:
    """Return the plan of `week` for all who own a task of `sheet`.

    Nothing is placed before `now` (aware; the whole week if None). Dates and times of the sheet are in
    `zone`. A due date without a time means the end of its day.
    """
    problem = _problem(sheet, week, zone=zone, calendar=calendar, now=now, template=template)
    found = scheduling.plan(problem, should_stop=should_stop)
    return WeekPlan(sheet, week, zone, calendar, problem, found)


def _problem(
    sheet: TaskSheet,
    week: Week,
    *,
    zone: tzinfo,
    calendar: WorkCalendar,
    now: datetime | None,
    template: Template,
) -> Problem:
    begin, end = week.begin(zone), week.end(zone)
    blocks = blocks_between(template, week.monday, week.sunday, calendar=calendar, zone=zone)
    rows = [row for row in sheet.rows if row.status not in OVER]
    owners = dict.fromkeys(row.owner for row in rows if row.owner)
    titles = _Titles(sheet.rows)
    faults = {problem.row: problem.code for problem in sheet.problems if problem.code in ODD_ESTIMATES}
    return Problem(
        people=tuple(Person(owner, blocks) for owner in owners),
        tasks=tuple(_task(row, titles, zone, fault=faults.get(row.row)) for row in rows),
        now=begin if now is None else min(max(begin, now.astimezone(zone)), end),
        end=end,
        start=begin,
    )


class _Titles:
    """Finds the row that a prerequisite names: of the same owner if several have the title."""

    def __init__(self, rows: Sequence[TaskRow]) -> None:
        self.rows: dict[str, list[TaskRow]] = {}
        for row in rows:
            self.rows.setdefault(row.title, []).append(row)

    def predecessors(self, row: TaskRow) -> tuple[Predecessor, ...]:
        """Return what `row` waits for; a name that is no title stays as it is, for the plan to report."""
        found: list[Predecessor] = []
        for name in row.depends_on:
            others = [other for other in self.rows.get(name, []) if other.row != row.row]
            if not others:
                found.append(Predecessor(name))
                continue
            chosen = next((other for other in others if other.owner == row.owner), others[0])
            if chosen.status not in OVER:
                found.append(Predecessor(str(chosen.row)))
        return tuple(found)


def _task(row: TaskRow, titles: _Titles, zone: tzinfo, *, fault: str | None) -> Task:
    return Task(
        id=str(row.row),
        title=row.title,
        minutes=row.estimate_minutes if fault is None else ODD_ESTIMATES[fault],
        candidates=(row.owner,) if row.owner else (),
        worked_minutes=_worked(row),
        earliest=None if row.earliest is None else _moment(row.earliest, zone, end_of_day=False),
        due=None if row.due is None else _moment(row.due, zone, end_of_day=True),
        importance=row.relevance,
        urgency=URGENCIES.get(row.urgency or ""),
        predecessors=titles.predecessors(row),
        splittable=row.splittable is not False,
        pinned=_pinned(row, zone),
    )


def _worked(row: TaskRow) -> int:
    """Return the minutes done already, as logged, or as the progress says."""
    if row.actual_minutes is not None:
        return row.actual_minutes
    return (row.estimate_minutes or 0) * (row.progress or 0) // 100


def _pinned(row: TaskRow, zone: tzinfo) -> tuple[Span, ...]:
    if row.fixed_start is None or row.fixed_end is None or row.fixed_end <= row.fixed_start:
        return ()
    start = _moment(row.fixed_start, zone, end_of_day=False)
    return ((start, _moment(row.fixed_end, zone, end_of_day=False)),)


def _moment(value: date | datetime, zone: tzinfo, *, end_of_day: bool) -> datetime:
    if isinstance(value, datetime):
        return value.replace(tzinfo=zone) if value.tzinfo is None else value.astimezone(zone)
    day = value + timedelta(days=1) if end_of_day else value
    return datetime.combine(day, time(0), tzinfo=zone)
