"""Dates of plans: what ten thousand draws say where the answer is known."""

from __future__ import annotations

import math

import pytest

from opsloop.engines.forecasting import Calendar, Entry, Forecast, Forecaster, Work, simulate

DAY = 1440.0
# Eight hours a day from now on.
DAYS = Calendar(tuple((day * DAY, day * DAY + 480) for day in range(60)))
RUNS = 1000


def forecast(estimate: float = 240, *, sure: bool = False) -> Forecast:
    """Return a forecast that is wide, or one that knows."""
    forecaster = Forecaster()
    if sure:
        for at in range(200):
            forecaster.learn(Entry(at, 1, 1, estimate, estimate))
    return forecaster.forecast(person=1, kind=1, estimate=estimate)


SURE, WIDE = forecast(sure=True), forecast()


def test_sure_work_ends_when_its_working_time_does() -> None:
    plan = simulate([Work(at, "a", SURE) for at in range(3)], {"a": DAYS}, correlation=0.1, runs=RUNS)
    assert plan.end([0], 0.5) == pytest.approx(240, abs=2)
    assert plan.end([0, 1, 2], 0.5) == pytest.approx(DAY + 240, abs=3)
    assert plan.probability([0, 1], by=DAY + 60) > 0.9
    assert plan.probability([2], by=DAY) == 0


def test_work_waits_for_what_it_comes_after_and_its_person_goes_on_meanwhile() -> None:
    works = [
        Work(1, "a", SURE),
        Work(2, "b", SURE, after=((1, 60),)),
        Work(3, "b", SURE),
    ]
    plan = simulate(works, {"a": DAYS, "b": DAYS}, correlation=0.1, runs=RUNS)
    assert plan.end([3], 0.5) == pytest.approx(240, abs=2)
    assert plan.end([2], 0.5) == pytest.approx(DAY + 60, abs=3)


def test_the_same_seed_gives_the_same_and_another_nearly_the_same() -> None:
    works = [Work(at, "a", WIDE) for at in range(5)]
    one, two, three = (
        simulate(works, {"a": DAYS}, correlation=0.1, runs=RUNS, seed=seed).end(range(5), 0.8)
        for seed in (1, 1, 2)
    )
    assert one == two
    assert three == pytest.approx(one, rel=0.05)


def test_common_swings_make_a_person_less_certain() -> None:
    works = [Work(at, "a", WIDE) for at in range(20)]

    def width(correlation: float) -> float:
        plan = simulate(works, {"a": DAYS}, correlation=correlation, runs=RUNS)
        return plan.end(range(20), 0.9) - plan.end(range(20), 0.1)

    assert width(0.4) > 1.8 * width(0.0)


def test_the_tasks_that_decide_are_those_of_the_longest_chain() -> None:
    works = [
        Work(1, "a", forecast(960)),
        Work(2, "b", forecast(60)),
        Work(3, "c", WIDE, after=((1, 0), (2, 0))),
    ]
    deciders = simulate(works, {"a": DAYS, "b": DAYS, "c": DAYS}, correlation=0.1, runs=RUNS).deciders([3])
    assert [one.id for one in deciders][:2] == [1, 3]
    assert deciders[0].share > 0.9
    assert all(one.share < 0.1 for one in deciders[2:])


def test_work_that_has_begun_is_nearer_its_end_but_never_over() -> None:
    fresh, begun, late = (
        simulate([Work(1, "a", WIDE, worked=worked)], {"a": DAYS}, correlation=0.1, runs=RUNS).end([1], 0.5)
        for worked in (0, 120, 2000)
    )
    assert 0 < late < fresh
    assert begun < fresh


def test_circles_and_missing_tasks_are_passed_over() -> None:
    works = [
        Work(1, "a", SURE, after=((2, 0),)),
        Work(2, "a", SURE, after=((1, 0), (99, 0))),
        Work(3, None, SURE),
    ]
    plan = simulate(works, {"a": DAYS}, correlation=0.1, runs=RUNS)
    assert 0 < plan.end([1, 2, 3], 0.9) < math.inf
    assert plan.probability([], by=0) == 1
    assert plan.end([], 0.5) == 0
    assert plan.deciders([]) == []


def test_a_calendar_without_working_time_still_gives_a_date() -> None:
    plan = simulate([Work(1, "a", SURE)], {"a": Calendar(())}, correlation=0.1, runs=RUNS)
    assert plan.end([1], 0.5) == pytest.approx(240 / (40 / 168), rel=0.02)
