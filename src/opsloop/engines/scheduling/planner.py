"""From a problem to a plan: the door of the planner, and the steps behind it."""

from __future__ import annotations

import gc
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager

from opsloop.engines.scheduling.answer import Answer
from opsloop.engines.scheduling.model import Effort, Plan, Problem
from opsloop.engines.scheduling.work import Work


def plan(
    problem: Problem,
    *,
    seed: int = 0,
    effort: Effort | None = None,
    should_stop: Callable[[], bool] | None = None,
    on_progress: Callable[[Plan], None] | None = None,
    certify: Collection[str] = (),
    bounded: bool = False,
) -> Plan:
    """Return a valid plan for `problem`: every task wholly placed, or unplaced with a reason.

    Equal arguments give equal plans, unless `effort` measures time. `seed` is that of the search.
    `should_stop` is asked every few milliseconds and ends the search with the best plan so far.
    `on_progress` gets a first plan at once, and the last one. For the people in `certify` the plan says
    how far their weeks are from the best possible; a tenth of a second each. If `bounded`, it says what
    any plan costs at least; some twenty milliseconds a person.

    Raises ValueError if two tasks or two people share an id, or an instant has no time zone; nothing
    else that a person can type makes it fail.
    """
    _check_door(problem)
    with _no_collection():
        work = Work(problem)
        work.sort_out()
        work.build_jobs()
        core = work.construct(seed, should_stop or (lambda: False))
    if on_progress is not None:
        core.add_hopeless()
        first = Answer(work).plan()
        # The board moves on, so what is to be said of this plan is found out now.
        for reasons in [piece.reasons for piece in first.placements] + [
            one.reasons for one in first.unplaced
        ]:
            len(reasons)
        on_progress(first)
        core.take_hopeless_out()
    core.improve(effort or Effort())
    with _no_collection():
        result = Answer(work).plan(certify, bounded=bounded)
    if on_progress is not None:
        on_progress(result)
    return result


@contextmanager
def _no_collection() -> Iterator[None]:
    """Let the garbage collector wait: thousands of values are made, none is garbage, and it looks at each again."""
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _check_door(problem: Problem) -> None:
    for kind, ids in (
        ("task", [task.id for task in problem.tasks]),
        ("person", [person.id for person in problem.people]),
    ):
        if len(set(ids)) != len(ids):
            twice = next(one for one in ids if ids.count(one) > 1)
            raise ValueError(f"two {kind} entries have the id {twice!r}")
    if problem.now.tzinfo is None or problem.end.tzinfo is None:
        raise ValueError("now and end must carry a time zone")
