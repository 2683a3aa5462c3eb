"""Advice from like tasks: by values, and as properties over any history."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsloop.engines import forecasting
from opsloop.engines.forecasting import Basis, Done, Features

pytestmark = pytest.mark.once
TITLES = st.sampled_from(
    ["写周报", "9月第3周周报", "双11主视觉", "短视频预热五条", "Weekly report 38", "客诉回访", ""]
)
KEYS = st.none() | st.integers(1, 3)
HISTORY = st.lists(
    st.builds(Done, id=st.integers(1, 99), title=TITLES, minutes=st.integers(0, 5000), category=KEYS, project=KEYS, owner=KEYS),
    max_size=30,
)  # fmt: skip
FEATURES = st.builds(Features, title=TITLES, category=KEYS, project=KEYS, owner=KEYS)


@given(HISTORY, FEATURES)
def test_advice_is_ordered_and_within_what_is_known(history: list[Done], features: Features) -> None:
    advice = forecasting.advise(history, features)
    if advice is None:
        return
    assert 5 <= advice.low <= advice.likely <= advice.high
    longest, shortest = (
        max(one.minutes for one in history),
        min(one.minutes for one in history if one.minutes),
    )
    assert shortest - 5 <= advice.likely <= longest + 5
    assert len(advice.likes) <= advice.n <= len([one for one in history if one.minutes])
    backwards = forecasting.advise(list(reversed(history)), features)
    assert backwards is not None
    assert (backwards.low, backwards.likely, backwards.high) == (advice.low, advice.likely, advice.high)


@given(st.lists(st.tuples(st.integers(1, 3000), st.integers(1, 3000)), max_size=40), st.integers(0, 50))
def test_a_reserve_stays_within_the_method(pairs: list[tuple[int, int]], otherwise: int) -> None:
    found = forecasting.reserve(pairs, otherwise=otherwise)
    assert found.percent == otherwise if len(pairs) < 3 else 10 <= found.percent <= 20


def test_the_same_routine_counts_before_everything_else() -> None:
    history = [Done(n, f"9月第{n}周周报", 60 + n, owner=1) for n in range(1, 7)]
    history += [Done(20, "双11主视觉", 900, owner=1), Done(21, "主视觉延展", 700, owner=1)]
    advice = forecasting.advise(history, Features("10月第1周周报", owner=1))
    assert advice is not None
    assert (advice.n, advice.basis) == (6, (Basis.SAME,))
    assert 60 <= advice.likely <= 75
    assert advice.high < 100


def test_two_like_tasks_are_named_and_their_spread_stays_wide() -> None:
    few = [Done(1, "短视频脚本", 120), Done(2, "短视频剪辑", 120)]
    many = [Done(n, "短视频脚本", 120) for n in range(1, 20)]
    thin = forecasting.advise(few, Features("短视频脚本终稿"))
    thick = forecasting.advise(many, Features("短视频脚本终稿"))
    assert thin is not None
    assert thick is not None
    assert (thin.n, thick.n) == (2, 19)
    assert thin.high - thin.low > thick.high - thick.low
    assert [like.done.id for like in thin.likes] == [1, 2]


def test_nothing_alike_gives_no_advice() -> None:
    assert forecasting.advise([Done(1, "双11主视觉", 300)], Features("客诉回访")) is None
    assert forecasting.advise([], Features("客诉回访")) is None


def test_who_is_always_late_gets_more_reserve() -> None:
    late = forecasting.reserve([(60, 75)] * 12, otherwise=15)
    punctual = forecasting.reserve([(60, 60)] * 12, otherwise=15)
    assert (late.percent, punctual.percent) == (17, 10)
    assert late.error == 17
