"""From rows to a plan and back: loads a person's week, asks the engine, keeps its answer as a proposal."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, Prefetch, Q

from opsloop.engines import scheduling
from opsloop.engines.blocks import Block, Span, keep_flexible
from opsloop.engines.scheduling import Problem
from opsloop.engines.scheduling.grid import needed_slots
from opsloop.engines.scheduling.model import DEFAULT_MINUTES, GRID_MINUTES
from opsloop.engines.workcalendar import Language
from opsloop.organisation import queries as organisation
from opsloop.organisation.models import Person
from opsloop.planning import room
from opsloop.planning.models import InOneGo, Placement
from opsloop.planning.styles import Chosen, style_for
from opsloop.planning.weeks import monday, span
from opsloop.timekeeping.estimates import reserve_of
from opsloop.timekeeping.queries import minutes_of_task
from opsloop.work.models import Dependency, Task

LANGUAGES: tuple[Language, ...] = ("zh-Hans", "zh-Hant", "en")
# Tasks due later than this after the week are not worth a place in it.
LOOK_AHEAD = timedelta(days=21)
# More open tasks than this do not fit into any week; the most urgent are planned.
MOST_TASKS = 300
# How many times its weight a task counts for which others give way.
FAVOUR = 16.0


@dataclass(frozen=True)
class Week:
    """A person's week as rows: what is to be planned, what stands there, and who works when."""

    person: Person
    starts: datetime
    ends: datetime
    now: datetime
    tasks: Sequence[Task]
    standing: Sequence[Placement]
    worker: scheduling.Person
    worked: dict[int, int]
    reserve: float
    weights: scheduling.Weights
    # The blocks before the end of each day was made flexible, and what was chosen of that and of the weights.
    plain: tuple[Block, ...]
    chosen: Chosen

    @property
    def zone(self) -> ZoneInfo:
        """Where the person lives."""
        return ZoneInfo(self.person.time_zone)

    def is_free(self, row: Placement) -> bool:
        """Whether a plan may move this piece: it lies ahead and nobody has pinned it."""
        return not row.is_pinned and row.starts_at >= self.now

    @property
    def movable(self) -> frozenset[int]:
        """The tasks that a plan of the whole week may move: all of them, and those that nobody plans any more."""
        return frozenset(task.pk for task in self.tasks) | frozenset(row.task_id for row in self.standing)

    def span_of(self, row: Placement) -> Span:
        """Return when a piece stands, in the person's zone."""
        return row.starts_at.astimezone(self.zone), row.ends_at.astimezone(self.zone)


def compute(
    *,
    person: Person,
    week_start: date,
    at: datetime,
    only: Task | None = None,
    near: Sequence[scheduling.Placement] | None = None,
) -> dict[str, Any]:
    """Return a proposal for the week of `person` as JSON: placements, unplaced, late, versions, what stood.

    A proposal of the whole week says as `gap` by which share of its cost another one could be better at most.
    Nothing before `at` is planned. Pinned placements and tasks with a fixed start stay where they are.
    With `only`, a place is looked for this one task, and everything that stands in the week stays.
    """
    week = load(person=person, week_start=week_start, at=at, only=only)
    if only is None:
        return whole(week, near=near)
    return narrowed(content_of(week, solve(week, {only.pk})), only, ())


def whole(week: Week, *, near: Sequence[scheduling.Placement] | None = None) -> dict[str, Any]:
    """Return a proposal for all of a week as JSON; with `near` one that keeps to these pieces where it can."""
    plan = solve(week, week.movable, certified=True, near=near)
    return {**content_of(week, plan), "gap": plan.gap}


def compute_day(*, person: Person, day: date, picked: Collection[int], at: datetime) -> dict[str, Any]:
    """Return a proposal that finds times for the tasks `picked`, from `at` on; all else in the week stays.

    What the day has no room for stands later in its week, or among the unplaced with the reason.
    """
    week = load(person=person, week_start=monday(day), at=at)
    there = {row.task_id for row in week.standing}
    week = replace(week, tasks=[task for task in week.tasks if task.pk in picked or task.pk in there])
    content = content_of(week, solve(week, picked))
    kept = {
        name: [row for row in content[name] if row["task"] in picked]
        for name in ("placements", "unplaced", "late")
    }
    return {**content, **kept, "day": day.isoformat(), "picked": sorted(picked)}


def load(*, person: Person, week_start: date, at: datetime, only: Task | None = None) -> Week:
    """Read what a plan of this week needs; with `only` no more tasks than this and those that stand there."""
    zone = ZoneInfo(person.time_zone)
    starts, ends = span(week_start, zone)
    standing = list(
        Placement.objects.filter(
            person=person, starts_at__lt=ends, ends_at__gt=starts, task__deleted_at__isnull=True
        )
        .select_related("task")
        .order_by("starts_at")
    )
    tasks = _wanted(person, ends) if only is None else _standing(only, standing)
    days = [week_start + timedelta(days=offset) for offset in range(7)]
    chosen = style_for(person)
    plain = organisation.blocks_for(person, days)
    busy = tuple(one.span for one in room.busy(person, (starts, ends)))
    return Week(
        person=person,
        starts=starts,
        ends=ends,
        now=max(at.astimezone(zone), starts),
        tasks=tasks,
        standing=standing,
        worker=scheduling.Person(id=str(person.pk), blocks=keep_flexible(plain, chosen.flex), busy=busy),
        worked={task.pk: task.worked for task in tasks},  # type: ignore[attr-defined]  # see to_plan
        reserve=reserve(person, at=at),
        weights=chosen.style.weights(),
        plain=plain,
        chosen=chosen,
    )


def solve(
    week: Week,
    movable: Collection[int],
    *,
    favour: int | None = None,
    certified: bool = False,
    near: Sequence[scheduling.Placement] | None = None,
    effort: scheduling.Effort | None = None,
) -> scheduling.Plan:
    """Ask the engine for a plan in which only the free pieces of the tasks `movable` may move.

    The task `favour` has the first claim: the others give way for it. If `certified`, the plan says how far it is
    from the best one. It keeps to the pieces `near`, or to what stands in the week, where it can.
    """
    problem = problem_of(week, movable, favour=favour)
    if near is not None:
        fixed = {task.id for task in problem.tasks if task.pinned}
        problem = replace(problem, accepted=tuple(piece for piece in near if piece.task not in fixed))
    return scheduling.plan(problem, effort=effort, certify=(str(week.person.pk),) if certified else ())


def problem_of(
    week: Week, movable: Collection[int], *, favour: int | None = None, known: Collection[int] = ()
) -> Problem:
    """Return a week as the engine's problem, in which only the free pieces of the tasks `movable` may move.

    `known` are the tasks of other weeks that are planned together with this one.
    """
    known = {task.pk for task in week.tasks} | set(known)
    staying: dict[int, list[Placement]] = {}
    for row in week.standing:
        if row.task_id not in movable or not week.is_free(row):
            staying.setdefault(row.task_id, []).append(row)
    busy = list(week.worker.busy)
    tasks = []
    for task in week.tasks:
        rows = staying.pop(task.pk, [])
        ahead = room.minutes(
            (max(row.starts_at, week.now), row.ends_at) for row in rows if row.ends_at > week.now
        )
        if rows and (task.pk not in movable or _needed(week, task) - ahead < GRID_MINUTES):
            tasks.append(asked_of(week, task, known, pinned=tuple(week.span_of(row) for row in rows)))
            continue
        # What of it stays is taken time, and minutes that want no other place.
        busy += [week.span_of(row) for row in rows]
        asked = asked_of(week, task, known, stays=ahead)
        tasks.append(replace(asked, weight=FAVOUR) if task.pk == favour else asked)
    busy += [week.span_of(row) for rows in staying.values() for row in rows]
    return Problem(
        people=(replace(week.worker, busy=tuple(busy)),),
        tasks=tuple(tasks),
        now=week.now,
        end=week.ends,
        start=week.starts,
        weights=week.weights,
        accepted=tuple(_accepted(week, movable)),
    )


def _accepted(week: Week, movable: Collection[int]) -> Iterator[scheduling.Placement]:
    """Yield the pieces that stand and may move: a new plan moves as few of them as it can."""
    for row in week.standing:
        if row.task_id in movable and week.is_free(row):
            start, end = week.span_of(row)
            yield scheduling.Placement(
                str(row.task_id), week.worker.id, start, end, block=None, late=False, reasons=()
            )


def narrowed(content: dict[str, Any], only: Task, gives_way: Collection[int]) -> dict[str, Any]:
    """Leave of a proposal what concerns one task and those that give way for it."""
    kept_ids = {only.pk, *gives_way}
    kept = {
        name: [row for row in content[name] if row["task"] in kept_ids]
        for name in ("placements", "unplaced", "late")
    }
    return {**content, **kept, "only": only.pk, "gives_way": sorted(gives_way)}


def _standing(only: Task, standing: Sequence[Placement]) -> list[Task]:
    """Return the task to place and those that stand in the week already."""
    rows = (
        Task.objects.alive()
        .annotate(worked=minutes_of_task(), in_one_go=in_one_go())
        .filter(pk__in={only.pk, *(row.task_id for row in standing)})
        .prefetch_related(Prefetch("predecessor_links", Dependency.objects.select_related("predecessor")))
    )
    return list(rows.order_by("due_at", "pk"))


def in_one_go() -> Exists:
    """Return, to annotate tasks with, whether each is never cut into parts."""
    return Exists(InOneGo.objects.filter(task=OuterRef("pk")))


def _wanted(person: Person, ends: datetime) -> list[Task]:
    """Return the tasks for a week that `ends` then: not those that were put off until after it."""
    last = ends.date()
    return [
        task
        for task in to_plan(person, until=ends + LOOK_AHEAD)
        if task.deferred_until is None or task.deferred_until < last
    ]


def to_plan(person: Person, *, until: datetime | None = None, links: bool = True) -> list[Task]:
    """Return the open tasks to plan: own ones that are not blocked and not merely the sum of open actions.

    With `until`, those that are due or begin before; with `links`, loaded with what they wait for. Each has as
    `worked` the minutes that were recorded on it, and as `in_one_go` whether it is never cut.
    """
    rows = (
        Task.objects.open()
        .annotate(worked=minutes_of_task(), in_one_go=in_one_go())
        .filter(owner=person)
        .exclude(status=Task.Status.BLOCKED)
    )
    rows = rows.exclude(actions__in=Task.objects.open()).order_by("due_at", "-importance", "pk")
    if until is not None:
        rows = rows.filter(Q(due_at__lt=until) | Q(due_at__isnull=True) | Q(starts_at__lt=until))
    if links:
        waits = Dependency.objects.select_related("predecessor")
        rows = rows.prefetch_related(Prefetch("predecessor_links", waits))
    return list(rows[:MOST_TASKS])


def asked_of(
    week: Week, task: Task, planned: Collection[int], *, pinned: tuple[Span, ...] = (), stays: int = 0
) -> scheduling.Task:
    """Return a task of the week as the engine asks for it; `stays` are minutes of it that stand fast already."""
    return scheduling.Task(
        id=str(task.pk),
        minutes=task.estimate_minutes,
        candidates=(str(week.person.pk),),
        title=task.title,
        reserve=week.reserve,
        # Progress is not subtracted: what was worked is told apart.
        worked_minutes=week.worked.get(task.pk, getattr(task, "worked", 0)) + stays,
        earliest=_earliest(task, planned, week.zone),
        due=task.due_at.astimezone(week.zone) if task.due_at else None,
        importance=task.importance,
        urgency=task.urgency,  # type: ignore[arg-type]  # the column's choices are the engine's words
        quadrant=task.quadrant_override,  # type: ignore[arg-type]
        predecessors=tuple(
            scheduling.Predecessor(str(link.predecessor_id), link.lag_minutes)
            for link in task.predecessor_links.all()
            if link.predecessor_id in planned
        ),
        splittable=not getattr(task, "in_one_go", False),
        pinned=pinned or appointment(task, week),
    )


def _needed(week: Week, task: Task) -> int:
    return needed_minutes(task, week.reserve, week.worked.get(task.pk, 0))


def needed_minutes(task: Task, share: float, worked: int) -> int:
    """Return what the planner places of a task: estimate and reserve (a `share`), less what was worked."""
    work = scheduling.Task(
        id="", minutes=task.estimate_minutes, candidates=(), reserve=share, worked_minutes=worked
    )
    return needed_slots(work, DEFAULT_MINUTES) * GRID_MINUTES


def _earliest(task: Task, planned: Collection[int], zone: ZoneInfo) -> datetime | None:
    """Return the earliest start: a date of its own, or when open predecessors of others are due."""
    waits = [
        link.predecessor.due_at
        for link in task.predecessor_links.all()
        if link.predecessor_id not in planned and link.predecessor.is_open and link.predecessor.due_at
    ]
    if task.starts_at:
        waits.append(task.starts_at)
    if task.deferred_until:
        waits.append(datetime.combine(task.deferred_until, time(), tzinfo=zone))
    return max(waits).astimezone(zone) if waits else None


def appointment(task: Task, week: Week) -> tuple[Span, ...]:
    """Return the fixed span of a task that begins at a clock time and has no due date (a meeting, a live)."""
    if task.starts_at is None or task.due_at is not None or not week.starts <= task.starts_at < week.ends:
        return ()
    begins = task.starts_at.astimezone(UTC)
    ends = begins + timedelta(minutes=task.estimate_minutes or DEFAULT_MINUTES)
    return ((begins.astimezone(week.zone), ends.astimezone(week.zone)),)


def reserve(person: Person, *, at: datetime) -> float:
    """Return the share that is planned on top of every estimate of `person`."""
    return reserve_of(person, at=at).percent / 100


def content_of(week: Week, plan: scheduling.Plan) -> dict[str, Any]:
    """Return a plan as JSON, with the versions of the tasks and pieces it was computed from.

    A piece that stands already and stays has its key in `stays`.
    """
    there = {(row.task_id, *week.span_of(row)): row.pk for row in week.standing if not week.is_free(row)}
    return {
        "placements": [
            {
                "task": int(piece.task),
                "start": piece.start.isoformat(),
                "end": piece.end.isoformat(),
                "block": str(piece.block or ""),
                "late": piece.late,
                "stays": there.get((int(piece.task), piece.start, piece.end)),
                **reasons_of(piece.reasons),
            }
            for piece in plan.placements
        ],
        "unplaced": [
            {"task": int(left.task), "lacks": lacks(left.reasons), **reasons_of(left.reasons)}
            for left in plan.unplaced
        ],
        "late": [
            {"task": int(late.task), "minutes": late.minutes, "lacks": lacks(late.reasons)}
            for late in plan.late
        ],
        "overloads": [_overload(week, reason) for reason in plan.overloads],
        "versions": {str(task.pk): task.version for task in week.tasks},
        "standing": fingerprint(week.standing, week.now),
        "now": week.now.isoformat(),
    }


def lacks(reasons: Iterable[scheduling.Reason]) -> int:
    """Return how many minutes are missing where a task is late or finds no place; 0 where time is not what it lacks."""
    for reason in reasons:
        needed = reason.params.get("needed")
        for name in ("available", "free", "longest"):
            there = reason.params.get(name)
            if isinstance(needed, int) and isinstance(there, int) and needed > there:
                return needed - there
    return 0


def _overload(week: Week, reason: scheduling.Reason) -> dict[str, Any]:
    """Return a due date that nobody could keep as JSON: the window, what is in it, and the minutes that miss."""
    start, due = reason.params["start"], reason.params["due"]
    assert isinstance(start, datetime)
    assert isinstance(due, datetime)
    inside = [
        task.pk
        for task in week.tasks
        if task.due_at and task.due_at <= due and (_earliest(task, (), week.zone) or start) >= start
    ]
    times = {"start": start.isoformat(), "due": due.isoformat()}
    return {**times, "tasks": inside, "missing": reason.params["missing"], **reasons_of([reason])}


def fingerprint(standing: Sequence[Placement], now: datetime) -> dict[str, int]:
    """Return key -> version of the pieces that are not over: whoever accepts a plan has seen just these."""
    return {str(row.pk): row.version for row in standing if row.ends_at > now}


def reasons_of(reasons: Sequence[scheduling.Reason]) -> dict[str, Any]:
    """Return the codes of reasons, and their sentences in every language people read."""
    return {
        "codes": [str(reason.code) for reason in reasons],
        "why": {language: scheduling.render(reasons, language) for language in LANGUAGES},
    }
