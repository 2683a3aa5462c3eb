"""The weeks of a team in one plan: everybody's tasks with what waits for what across people, and open tasks.

An open task belongs to nobody yet. Who fits by skill and practice is asked of `candidates`, and who of them has the
time is found by the search.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db.models import Prefetch, Q

from opsloop.engines import scheduling
from opsloop.engines.scheduling import Effort, Plan, Problem
from opsloop.engines.scheduling.model import ITERATIONS_EACH, MOST_ITERATIONS
from opsloop.organisation.models import Person
from opsloop.planning.candidates import candidates
from opsloop.planning.proposals import (
    LOOK_AHEAD,
    Week,
    asked_of,
    content_of,
    in_one_go,
    load,
    problem_of,
    reasons_of,
)
from opsloop.planning.styles import style_above
from opsloop.timekeeping.queries import minutes_of_task
from opsloop.work.models import Dependency, Task

# Of more open tasks the first due are planned, and of those who fit these many are considered.
MOST_OPEN, MOST_ABLE = 60, 5
# Whoever fits by less than this share of the best is no candidate.
FITTING = 0.6
# How long each round of the search is, in units of the first one; each begins anew with other dice.
ROUNDS = (1, 1, 2, 4, 8)


@dataclass(frozen=True)
class Together:
    """Several weeks as one problem of the engine, and the open tasks in it."""

    weeks: Sequence[Week]
    open_tasks: Sequence[Task]
    problem: Problem


@dataclass(frozen=True)
class Round:
    """The best plan after a round of the search: `done` of `total` is over, `is_better` if this round found it."""

    plan: Plan
    done: int
    total: int
    is_better: bool


def load_together(*, people: Sequence[Person], week_start: date, by: Person, at: datetime) -> Together:
    """Read the weeks of `people` and the open tasks of their departments that `by` may see. Queries per person."""
    weeks = [load(person=person, week_start=week_start, at=at) for person in people]
    waiting = _open_tasks(people, by, max(week.ends for week in weeks))
    known = {task.pk for week in weeks for task in week.tasks} | {task.pk for task in waiting}
    parts = [problem_of(week, week.movable, known=known) for week in weeks]
    able = {task.pk: _able(task, people, by, at) for task in waiting}
    asked = [replace(asked_of(weeks[0], task, known), candidates=able[task.pk]) for task in waiting]
    # A joint plan has one scale: that of whoever plans, not of each person.
    style = style_above(by.department).style
    problem = Problem(
        people=tuple(worker for part in parts for worker in part.people),
        tasks=tuple([task for part in parts for task in part.tasks] + asked),
        now=min(part.now for part in parts),
        end=max(part.end for part in parts),
        start=min(week.starts for week in weeks),
        weights=style.weights(),
        accepted=tuple(piece for part in parts for piece in part.accepted),
    )
    return Together(weeks, waiting, problem)


def _open_tasks(people: Sequence[Person], by: Person, ends: datetime) -> list[Task]:
    homes = {person.department_id for person in people if person.department_id}
    rows = Task.objects.visible_to(by).open().filter(owner__isnull=True, department_id__in=homes)
    rows = rows.filter(Q(due_at__lt=ends + LOOK_AHEAD) | Q(due_at__isnull=True))
    rows = rows.exclude(status=Task.Status.BLOCKED).exclude(actions__in=Task.objects.open())
    rows = rows.annotate(worked=minutes_of_task(), in_one_go=in_one_go()).select_related(
        "category", "department"
    )
    waits = Prefetch("predecessor_links", Dependency.objects.select_related("predecessor"))
    return list(rows.prefetch_related("tags", waits).order_by("due_at", "-importance", "pk")[:MOST_OPEN])


def _able(task: Task, people: Sequence[Person], by: Person, at: datetime) -> tuple[str, ...]:
    """Return those of `people` who fit an open task, the best first."""
    among = {person.pk for person in people}
    found = [one for one in candidates(task, by, at=at) if one.person.pk in among and not one.is_away]
    least = found[0].score * FITTING if found else 0
    return tuple(str(one.person.pk) for one in found if one.score >= least)[:MOST_ABLE]


def search(
    together: Together, *, rounds: Sequence[int] = ROUNDS, should_stop: Callable[[], bool] | None = None
) -> Iterator[Round]:
    """Yield the best plan after each round of the search; a stopped round is the last one."""
    tasks = together.problem.tasks
    unit = min(MOST_ITERATIONS // 3, ITERATIONS_EACH * max(1, len(tasks)))
    best: Plan | None = None
    done = 0
    for seed, length in enumerate(rounds):
        effort = Effort(iterations=unit * length)
        found = scheduling.plan(together.problem, seed=seed, effort=effort, should_stop=should_stop)
        done += length
        is_better = best is None or found.cost < best.cost
        best = found if best is None or is_better else best
        yield Round(best, done, sum(rounds), is_better)
        if should_stop is not None and should_stop():
            return


def contents(together: Together, plan: Plan) -> list[tuple[Person, dict[str, Any]]]:
    """Return a joint plan as a proposal for each person, as JSON.

    `assign` are the open tasks that would become theirs; `open` those that nobody of the team can take, and why.
    """
    waiting = {str(task.pk): task for task in together.open_tasks}
    left = [
        {"task": int(one.task), **reasons_of(one.reasons)} for one in plan.unplaced if one.task in waiting
    ]
    found = []
    for week in together.weeks:
        who = week.worker.id
        pieces = tuple(piece for piece in plan.placements if piece.person == who)
        given = [waiting[pk] for pk in dict.fromkeys(piece.task for piece in pieces) if pk in waiting]
        own = {str(task.pk) for task in week.tasks}
        part = Plan(
            pieces,
            tuple(one for one in plan.unplaced if one.task in own),
            tuple(one for one in plan.late if one.person == who),
            overloads=_overloads(plan, week),
        )
        content = content_of(replace(week, tasks=[*week.tasks, *given]), part)
        found.append((week.person, {**content, "assign": [task.pk for task in given], "open": left}))
    return found


def _overloads(plan: Plan, week: Week) -> tuple[scheduling.Reason, ...]:
    """Return the due dates that the person of a week cannot keep: those that name tasks of theirs alone."""
    titles = {task.title for task in week.tasks}
    named = [(reason, reason.params["tasks"]) for reason in plan.overloads]
    return tuple(reason for reason, tasks in named if isinstance(tasks, list) and titles.issuperset(tasks))
