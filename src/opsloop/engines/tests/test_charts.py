"""Where the marks of charts stand."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsloop.engines.charts import draw, scale

VALUE = st.one_of(st.none(), st.floats(-1e6, 1e6, allow_nan=False))


@given(
    st.lists(st.lists(VALUE, min_size=8, max_size=8), min_size=1, max_size=6),
    st.sampled_from(["line", "bars"]),
)
def test_all_marks_lie_within_and_higher_values_stand_higher(
    series: list[list[float | None]], kind: str
) -> None:
    drawing = draw(series, kind=kind, height=100, target=5)  # type: ignore[arg-type]
    marks = [mark for one in drawing.series for mark in one if mark]
    for mark in marks:
        assert 0 <= mark.y <= 100
        assert mark.left >= 0
        assert mark.left + mark.width <= 100.1
        assert mark.top + mark.height <= 100.1
    ordered = sorted(marks, key=lambda mark: mark.value)
    assert all(one.y >= other.y for one, other in pairwise(ordered))
    assert drawing.target is not None
    assert 0 <= drawing.target <= 100


@given(st.lists(st.floats(-1e9, 1e9, allow_nan=False)), st.booleans())
def test_a_scale_holds_its_values_and_has_two_ends(values: list[float], from_zero: bool) -> None:
    low, high = scale(values, from_zero=from_zero)
    slack = 1e-6 * max(abs(low), abs(high), 1)
    assert low < high
    assert all(low - slack <= value <= high + slack for value in values)
    if from_zero:
        assert low <= 0


def test_bars_of_two_series_stand_side_by_side_and_gaps_stay_gaps() -> None:
    first, second = draw([[1, None], [2, 3]], kind="bars", height=100).series
    assert first[1] is None
    assert first[0] is not None
    assert second[0] is not None
    assert first[0].left + first[0].width == pytest.approx(second[0].left)
    with pytest.raises(ValueError, match="told apart"):
        draw([[1]] * 7, kind="line", height=100)
    with pytest.raises(ValueError, match="as many"):
        draw([[1], [1, 2]], kind="line", height=100)
