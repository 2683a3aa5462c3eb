"""What a day holds, and what could go."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from opsloop.engines.dayload import Wish, load, removals


def test_work_without_an_estimate_is_counted_apart() -> None:
    found = load([Wish("1", 60, 1), Wish("2", None, 2)], available=480)
    assert (found.planned, found.unestimated, found.over) == (60, 1, 0)


def test_the_lowest_rank_goes_first_and_what_is_bound_last() -> None:
    wishes = [Wish("top", 240, 1), Wish("bound", 120, 3, is_bound=True), Wish("last", 240, 2)]
    assert removals(wishes, available=480) == ["last"]
    assert removals(wishes, available=120) == ["last", "top"]
    assert removals(wishes, available=600) == []


def test_what_is_bound_goes_only_when_nothing_else_is_left() -> None:
    wishes = [Wish("a", 120, 1, is_bound=True), Wish("b", 120, 2, is_bound=True)]
    assert removals(wishes, available=130) == ["b"]


def test_nothing_is_taken_out_for_nothing() -> None:
    wishes = [Wish("long", 300, 1), Wish("short", 30, 2)]
    assert removals(wishes, available=200) == ["long"]


WISHES = st.lists(st.tuples(st.one_of(st.none(), st.integers(0, 600)), st.booleans()), max_size=12).map(
    lambda rows: [Wish(str(n), minutes, n + 1, bound) for n, (minutes, bound) in enumerate(rows)]
)


@given(WISHES, st.integers(0, 900))
def test_what_stays_fits_and_each_removal_is_needed(wishes: list[Wish], available: int) -> None:
    gone = removals(wishes, available=available)
    kept = [wish for wish in wishes if wish.id not in gone]
    assert load(kept, available=available).over == 0
    assert len(set(gone)) == len(gone)
    for one in gone:
        back = [*kept, *(wish for wish in wishes if wish.id == one)]
        assert load(back, available=available).over > 0
