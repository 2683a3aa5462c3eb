"""An urgent arrival, an absence, a changed due date: as little moves as possible, and it is told."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from opsloop.engines.scheduling import (
    Change,
    Effort,
    Person,
    Placement,
    Problem,
    moves,
    plan,
    repair,
    told,
    verify,
)
from opsloop.engines.scheduling.tests.problems import PEOPLE, WEEK, at, problem, task
from opsloop.engines.scheduling.tests.test_plan import HARD


@pytest.fixture(scope="module")
def week() -> tuple[Problem, tuple[Placement, ...]]:
    """Return a full week of one person and the plan she goes by."""
    asked = problem(
        *(task(f"事{n}", 90, due=at(1 + n % 5, 18), importance=1 + n % 5) for n in range(16)),
        people=PEOPLE[:1],
    )
    return asked, plan(asked).placements


def test_nothing_moves_where_nothing_has_changed(week: tuple[Problem, tuple[Placement, ...]]) -> None:
    """Asked again, the planner leaves everything where it is."""
    asked, accepted = week
    assert moves(asked, accepted, repair(asked, accepted)) == []


def test_an_urgent_task_moves_few_others(week: tuple[Problem, tuple[Placement, ...]]) -> None:
    """It is met, and far less moves than in a plan made from scratch."""
    asked, accepted = week
    urgent = task("急事", 60, due=at(0, 12), importance=5, urgency="high")
    harder = replace(asked, tasks=(*asked.tasks, urgent))
    mended = repair(harder, accepted)
    assert "急事" in {piece.task for piece in mended.placements if not piece.late}
    few = moves(harder, accepted, mended)
    many = moves(harder, accepted, plan(harder, seed=5))
    assert 3 * len(few) <= len(many)
    assert {move.task: move.change for move in few}["急事"] is Change.NEW
    assert verify(harder, mended) == []


def test_a_day_of_absence_moves_what_stood_there(week: tuple[Problem, tuple[Placement, ...]]) -> None:
    """Only work of that day, or what makes room for it, changes; the sentence names both times."""
    asked, accepted = week
    away = replace(asked, people=(Person(PEOPLE[0], WEEK, busy=((at(1), at(2)),)),))
    found = repair(away, accepted)
    assert verify(away, found) == []
    changed = moves(away, accepted, found)
    stood = {piece.task for piece in accepted if at(1) <= piece.start < at(2)}
    assert stood <= {move.task for move in changed}
    moved = next(move for move in changed if move.change is Change.MOVED and move.before[0][0] >= at(1))
    assert told(moved, away, "zh-Hans").startswith("“事")
    assert "moves from" in told(moved, away, "en")


def test_work_goes_to_a_colleague_only_if_it_must() -> None:
    """Changing hands costs more than changing times."""
    both = PEOPLE[:2]
    asked = problem(task("稿子", 120, due=at(3), candidates=both), people=both)
    accepted = plan(asked).placements
    owner = accepted[0].person
    busy = Person(owner, WEEK, busy=((at(0), at(1)),))
    shifted = replace(asked, people=tuple(busy if p.id == owner else p for p in asked.people))
    assert {piece.person for piece in repair(shifted, accepted).placements} == {owner}
    gone = Person(owner, WEEK, busy=((at(0), at(7)),))
    absent = replace(asked, people=tuple(gone if p.id == owner else p for p in asked.people))
    found = repair(absent, accepted)
    assert [move.change for move in moves(absent, accepted, found)] == [Change.HANDED_OVER]


@settings(HARD, max_examples=25)
@given(st.integers(0, 6), st.integers(0, 4), st.sampled_from([30, 60, 180, 600]))
def test_what_is_pinned_never_moves(
    week: tuple[Problem, tuple[Placement, ...]], pins: int, day: int, minutes: int
) -> None:
    """Meetings and what is committed for today stand in every repair as they stood."""
    asked, accepted = week
    spans: dict[str, list[Placement]] = {}
    for piece in accepted:
        spans.setdefault(piece.task, []).append(piece)
    fixed = {
        name: tuple((piece.start, piece.end) for piece in pieces)
        for name, pieces in list(spans.items())[:pins]
    }
    urgent = task("急事", minutes, due=at(day, 18), importance=5, urgency="high")
    harder = replace(
        asked, tasks=(*(replace(one, pinned=fixed.get(one.id, ())) for one in asked.tasks), urgent)
    )
    found = repair(harder, accepted, effort=Effort(iterations=300))
    assert verify(harder, found) == []
    assert not {move.task for move in moves(harder, accepted, found)} & set(fixed)
