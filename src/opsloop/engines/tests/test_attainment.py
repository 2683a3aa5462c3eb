"""Attainment, expectation and work: the arithmetic behind a goal."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsloop.engines.attainment import (
    Done,
    Work,
    attained,
    chart,
    completion,
    expected,
    mean,
    moved,
    pace,
    rolled_up,
)

values = st.decimals(min_value=-10_000, max_value=10_000, places=2)
days = st.dates(min_value=date(2020, 1, 1), max_value=date(2035, 12, 31))
shares = st.decimals(min_value=0, max_value=150, places=2)


@pytest.mark.parametrize(
    ("start", "target", "now", "share", "way"),
    [
        (85, 90, 88, 60, (3, 5)),
        (100, 80, 85, 75, (15, 20)),  # costs go down
        (100, 80, 110, 0, (-10, 20)),  # the wrong way is no progress
        (0, 20, 24, 120, (24, 20)),
        (68, 55, 55, 100, (13, 13)),
    ],
)
def test_a_measure_is_as_far_as_its_way_is_done(start, target, now, share, way):
    start, target, now = Decimal(start), Decimal(target), Decimal(now)
    assert attained(start, target, now) == share
    assert moved(start, target, now) == way


@given(values, values, values)
def test_attainment_is_0_at_the_start_100_at_the_target_and_the_same_turned_upside_down(start, target, now):
    if start == target:
        return
    assert attained(start, target, start) == 0
    assert attained(start, target, target) == 100
    assert attained(start, target, now) >= 0
    assert attained(start, target, now) == attained(-start, -target, -now)


@given(values, values, values)
def test_what_moved_is_the_share_of_the_way(start, target, now):
    if start == target:
        return
    done, way = moved(start, target, now)
    assert way > 0
    assert max(Decimal(0), done * 100 / way) == attained(start, target, now)


@given(days, st.integers(min_value=0, max_value=2000), days)
def test_an_even_pace_begins_at_nothing_never_falls_and_ends_at_all(starts, length, today):
    ends = starts + timedelta(days=length)
    share = expected(starts, ends, today)
    assert share is not None
    assert 0 <= share <= 100
    assert expected(starts, ends, starts - timedelta(days=1)) == 0
    assert expected(starts, ends, ends) == 100
    later = expected(starts, ends, today + timedelta(days=1))
    assert later is not None
    assert later >= share


def test_nothing_is_expected_without_both_dates():
    assert expected(None, date(2026, 9, 30), date(2026, 9, 1)) is None
    assert expected(date(2026, 9, 1), None, date(2026, 9, 1)) is None
    assert expected(date(2026, 9, 2), date(2026, 9, 1), date(2026, 9, 1)) is None


@pytest.mark.parametrize(
    ("share", "awaited", "word"),
    [
        (100, 20, "reached"),
        (60, 40, "ahead"),
        (50, 55, "on"),
        (40, 55, "behind"),
        (20, 80, "far"),
        (None, 5, None),
    ],
)
def test_a_pace_has_a_word(share, awaited, word):
    known = Decimal(share) if share is not None else None
    assert pace(known, Decimal(awaited)) == word


@given(st.dictionaries(st.integers(1, 12), st.none() | shares, min_size=1), st.data())
def test_a_goal_is_its_own_measure_or_the_mean_of_those_below(own, data):
    keys = st.none() | st.integers(1, 14)
    above = {pk: data.draw(keys) for pk in own}
    found = rolled_up(own, above)
    assert found.keys() == own.keys()
    for pk, share in own.items():
        if share is not None:
            assert found[pk] == share
    known = [share for share in own.values() if share is not None]
    for share in found.values():
        assert share is None or min(known) - 1 <= share <= max(known) + 1


def test_a_parent_without_measures_takes_the_mean_through_all_levels():
    own = {1: None, 2: None, 3: Decimal(40), 4: Decimal(80), 5: Decimal(30), 6: None}
    above = {1: None, 2: 1, 3: 2, 4: 2, 5: 1, 6: 1}
    found = rolled_up(own, above)
    assert (found[2], found[1], found[6]) == (60, 45, None)
    assert mean([]) is None


# ── Work ──────────────────────────────────────────────────────────────────────────────────────────

minutes = st.none() | st.integers(min_value=0, max_value=2400)
percents = st.integers(min_value=0, max_value=100)


@st.composite
def works(draw: st.DrawFn) -> list[Work]:
    tasks = [Work(pk, draw(percents), draw(minutes)) for pk in range(draw(st.integers(1, 5)))]
    count = draw(st.integers(0, 6))
    actions = [
        Work(100 + n, draw(percents), draw(minutes), parent=draw(st.integers(0, len(tasks) - 1)))
        for n in range(count)
    ]
    return [*tasks, *actions]


@given(works())
def test_work_lies_between_its_least_and_its_most(pieces):
    share = completion(pieces)
    assert share is not None
    lowest, highest = min(piece.percent for piece in pieces), max(piece.percent for piece in pieces)
    # Sums are whole minutes times percents: each correction may round by half a one.
    assert lowest - 1 <= share <= highest + 1


@given(works())
def test_all_done_is_done_whatever_the_estimates(pieces):
    done = [Work(piece.pk, 100, piece.minutes, piece.parent) for piece in pieces]
    assert completion(done) == 100


@given(works(), percents)
def test_progress_of_one_task_never_lowers_the_whole(pieces, more):
    first = pieces[0]
    further = Work(first.pk, max(first.percent, more), first.minutes)
    before, after = completion(pieces), completion([further, *pieces[1:]])
    assert before is not None
    assert after is not None
    with_actions = any(piece.parent == first.pk for piece in pieces)
    assert with_actions or after >= before


def test_big_tasks_weigh_more_and_one_without_estimate_like_the_mean():
    assert completion([Work(1, 100, 60), Work(2, 0, 180)]) == 25
    assert completion([Work(1, 100, 60), Work(2, 0, 180), Work(3, 100)]) == 50
    assert completion([Work(1, 100), Work(2, 0)]) == 50
    assert completion([]) is None
    assert Done().percent is None


def test_an_open_task_stands_where_its_actions_stand():
    actions = [Work(11, 100, 60, parent=1), Work(12, 0, 180, parent=1)]
    assert completion([Work(1, 90, 120), *actions, Work(2, 75, 120)]) == 50
    assert completion([Work(1, 100, 120), *actions]) == 100  # what is done is done


# ── The line over time ────────────────────────────────────────────────────────────────────────────


@given(st.lists(st.tuples(days, shares), min_size=1, max_size=20), days, st.none() | days, days)
def test_no_point_of_a_line_falls_out_of_its_box(points, starts, ends, today):
    drawn = chart(sorted(points), starts=starts, ends=ends, today=today, width=320, height=72)
    assert drawn is not None
    written = [point.split(",") for point in f"{drawn.line} {drawn.awaited}".split()]
    for x, y in written:
        assert 0 <= float(x) <= 320
        assert 0 <= float(y) <= 72
    assert len(drawn.dots) == len(points)


def test_a_line_without_check_ins_is_not_drawn():
    today = date(2026, 9, 16)
    assert chart([], starts=today, ends=None, today=today, width=320, height=72) is None
