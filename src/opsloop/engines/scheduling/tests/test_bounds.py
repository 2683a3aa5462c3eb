"""Certificates: what is proved of a plan is true, and worth something."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from opsloop.engines.scheduling import Code, Effort, Predecessor, Problem, bounds, plan, render
from opsloop.engines.scheduling.answer import Answer
from opsloop.engines.scheduling.grid import needed_slots
from opsloop.engines.scheduling.tests.problems import PEOPLE, at, problem, problems, task
from opsloop.engines.scheduling.tests.test_plan import HARD
from opsloop.engines.scheduling.work import Work


def alone(asked: Problem) -> Problem:
    """Return the problem as one of the first person, without work shared with others."""
    tasks = [replace(one, candidates=PEOPLE[:1], collaborators=()) for one in asked.tasks]
    return replace(asked, people=asked.people[:1], tasks=tuple(tasks))


def worked_out(asked: Problem, iterations: int) -> Work:
    """Return the run of a plan with its table."""
    work = Work(asked)
    work.sort_out()
    work.build_jobs()
    work.construct(0, lambda: False).improve(Effort(iterations=iterations))
    Answer(work).plan()
    return work


@settings(HARD, max_examples=40)
@given(problems())
def test_no_plan_costs_less_than_its_bound(asked: Problem) -> None:
    """Of whatever quality the plan: the bound holds for the best one."""
    asked = alone(asked)
    best = worked_out(asked, 3_000)
    poor = worked_out(asked, 1)
    found = bounds.certify(poor.table, PEOPLE[0], rounds=60)
    cost = sum(best.table.cost[n] for n in range(best.table.count) if not best.table.fixed[n])
    if len(best.pins) == len(poor.pins):
        assert found.bound <= cost + 1e-6 * (1 + cost)


@settings(HARD, max_examples=40)
@given(problems())
def test_no_plan_of_all_costs_less_than_the_bound_of_all(asked: Problem) -> None:
    """With colleagues, open owners, joint work and links between people."""
    found = plan(asked, effort=Effort(iterations=2_000), bounded=True)
    assert found.bound is not None
    assert 0 <= found.bound <= found.cost + 1e-6 * (1 + found.cost)


def test_the_bound_of_all_is_worth_something() -> None:
    """Two full weeks: at least half of what the plan costs cannot be saved by anybody."""
    asked = problem(
        *(
            task(f"t{n}", 45 + 30 * (n % 4), due=at(1 + n % 4, 17), candidates=(PEOPLE[n % 2],))
            for n in range(30)
        )
    )
    found = plan(asked, effort=Effort(iterations=20_000), bounded=True)
    assert found.bound is not None
    assert found.cost / 2 < found.bound < found.cost


def test_a_week_without_a_conflict_is_proved_the_best() -> None:
    """Each task alone in its day: nothing to gain."""
    asked = problem(
        *(task(f"t{n}", 60, earliest=at(n, 9), due=at(n + 1)) for n in range(5)), people=PEOPLE[:1]
    )
    found = plan(asked, certify=PEOPLE[:1])
    assert found.gap == pytest.approx(0.0, abs=1e-6)


def test_a_poor_plan_is_not_certified_as_a_good_one() -> None:
    """The first construction of a crowded week is worse than the search makes it, and the gap says so."""
    asked = problem(
        *(task(f"t{n}", 45 + 30 * (n % 4), due=at(1 + n % 4, 17), importance=1 + n % 5) for n in range(18)),
        people=PEOPLE[:1],
    )
    poor, good = worked_out(asked, 1), worked_out(asked, 20_000)
    before, after = (bounds.certify(one.table, PEOPLE[0]) for one in (poor, good))
    assert after.cost < before.cost
    assert before.bound <= after.cost
    assert after.gap < before.gap


def test_an_overloaded_window_is_named_with_its_hours() -> None:
    """Nine hours of work due on Monday evening: the day has six and a half, buffer included."""
    asked = problem(task("合同", 240, due=at(1)), task("方案", 240, due=at(1)), task("周报", 60, due=at(4)))
    found = plan(asked)
    (reason,) = found.overloads
    assert reason.code is Code.OVERLOADED
    assert reason.params["needed"] == 540
    assert reason.params["available"] == 390
    assert reason.params["missing"] == 150
    text = render(found.overloads, "zh-Hans")
    assert "“合同”、“方案”" in text
    assert "还差 2.5 小时" in text


def test_work_that_waits_counts_from_when_it_can_start() -> None:
    """The predecessor takes Monday, so four hours do not fit into Tuesday morning."""
    first = task("调研", 380, due=at(1))
    then = task("报告", 240, due=at(1, 12), predecessors=(Predecessor("调研"),))
    (reason,) = plan(problem(first, then)).overloads
    assert reason.params["tasks"] == ["报告"]


def most_missing(asked: Problem) -> int:
    """Return by brute force how many minutes the worst of all windows of the first person misses."""
    step, person = timedelta(minutes=15), asked.people[0]
    count = -((asked.now - asked.end) // step)
    starts = [ceil_to_grid(asked.now) + n * step for n in range(count)]
    blocks = [block for block in person.blocks if block.kind.workable]
    free = [
        start
        for start in starts
        if any(block.start <= start and start + step <= block.end for block in blocks)
        and not any(a < start + step and start < b for a, b in person.busy)
    ]
    work = [
        (max(asked.now, one.earliest or asked.now), one.due, needed_slots(one, asked.default_minutes))
        for one in asked.tasks
        if one.due is not None
        and one.due <= asked.end
        and (one.earliest is None or one.earliest < asked.end)
        and needed_slots(one, asked.default_minutes) <= len(free)
    ]
    worst = 0
    for begin in {start for start, _due, _need in work} | {due for _start, due, _need in work}:
        for end in {due for _start, due, _need in work}:
            inside = sum(need for start, due, need in work if begin <= start and due <= end)
            room = sum(begin <= start and start + step <= end for start in free)
            worst = max(worst, 15 * (inside - room))
    return worst if free else 0


def ceil_to_grid(instant: datetime) -> datetime:
    """Return the first quarter hour at or after `instant`."""
    return instant + (-(instant - at(0))) % timedelta(minutes=15)


@settings(HARD, max_examples=150)
@given(problems())
def test_every_overload_that_can_be_proved_is_named_with_its_hours(asked: Problem) -> None:
    """Against a count of every window, minute by minute: none missed, none false, the missing hours the same."""
    asked = alone(asked)
    asked = replace(asked, tasks=tuple(replace(one, predecessors=(), pinned=()) for one in asked.tasks))
    named = [reason.params["missing"] for reason in plan(asked, effort=Effort(iterations=200)).overloads]
    missing = most_missing(asked)
    assert named == ([missing] if missing > 0 else [])


@settings(HARD, max_examples=60)
@given(problems(), st.integers(0, 3))
def test_a_proof_is_never_false(asked: Problem, seed: int) -> None:
    """Where an overload is told, some of its tasks are late or left out in every plan that is found."""
    found = plan(asked, seed=seed, effort=Effort(iterations=500))
    missed = {one.task for one in (*found.late, *found.unplaced)}
    names = {one.id: one.name for one in asked.tasks}
    for reason in found.overloads:
        assert {names[one] for one in missed} & set(reason.params["tasks"]) or len(
            reason.params["tasks"]
        ) == 3
