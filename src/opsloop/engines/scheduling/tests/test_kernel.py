"""The kernel, compiled and as Python: one file, the same plans."""

from __future__ import annotations

import importlib.util
from types import ModuleType

import pytest

from opsloop.engines.scheduling import Effort, Plan, Problem, arrays, kernel, plan, verify
from opsloop.engines.scheduling.tests.problems import PEOPLE, Predecessor, at, problem, task


@pytest.fixture(scope="module")
def as_python() -> ModuleType:
    """Return the kernel as Python runs it, whether or not a compiled one stands beside it."""
    spec = importlib.util.spec_from_file_location(
        "kernel_as_python", arrays.__file__.replace("arrays", "kernel")
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def crowded() -> Problem:
    """Return a week with deadlines, waiting, joint work and an open owner, fuller than it can hold."""
    tasks = [
        task(f"t{n}", 30 + 35 * (n % 6), due=at(n % 6, 17), importance=1 + n % 5, candidates=(PEOPLE[n % 2],))
        for n in range(30)
    ]
    tasks.append(task("after", 90, predecessors=(Predecessor("t3", 60),), due=at(4)))
    tasks.append(task("joint", 60, collaborators=(PEOPLE[1],), due=at(3)))
    tasks.append(task("open", 120, candidates=PEOPLE[:2], importance=4))
    return problem(*tasks)


def test_it_gives_the_same_plan_compiled_and_as_python(
    as_python: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Bit for bit, costs included: only whole numbers, sums and comparisons are in it."""
    asked = crowded()
    found = plan(asked, effort=Effort(iterations=300))
    assert not as_python.COMPILED
    monkeypatch.setattr(arrays.kernel, "Board", as_python.Board)
    monkeypatch.setattr(arrays.kernel, "weigh", as_python.weigh)
    assert plan(asked, effort=Effort(iterations=300)) == found
    assert verify(asked, found) == []


def test_it_is_compiled_where_the_checkout_was_set_up() -> None:
    """A checkout without a C compiler says so by failing here; everything else works there."""
    assert kernel.COMPILED


def test_a_longer_search_is_worth_it() -> None:
    """Late work costs most, and a search finds a plan with less of it."""
    asked = crowded()
    plans: list[Plan] = [plan(asked, effort=Effort(iterations=n)) for n in (1, 20_000)]
    assert plans[1].cost < 0.9 * plans[0].cost
    assert plans[1].cost == pytest.approx(sum(plans[1].terms.values()))


def test_a_budget_of_time_is_asked_for_what_is_left() -> None:
    """The engine has no clock: it stops when the caller's is used up."""
    asked, calls = crowded(), 0

    def left() -> float:
        nonlocal calls
        calls += 1
        return max(0.0, 1 - calls / 20)

    found = plan(asked, effort=Effort(left=left))
    assert 20 <= calls < 60
    assert verify(asked, found) == []
