"""Spreading work: nothing is lost, nothing lies on days off, what is late counts today."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from opsloop.engines.workload import Demand, spread

TODAY = date(2026, 9, 16)
DAYS = [TODAY + timedelta(days=n) for n in range(14)]
capacities = st.lists(st.sampled_from([0, 60, 240, 420]), min_size=14, max_size=14)
demands = st.builds(
    lambda minutes, start, length: (minutes, start, length),
    st.integers(0, 5000),
    st.integers(-5, 13),
    st.integers(0, 8),
)


@given(capacities, demands)
def test_no_minute_is_lost_within_the_days_looked_at(minutes: list[int], drawn: tuple[int, int, int]) -> None:
    capacity = dict(zip(DAYS, minutes, strict=True))
    amount, start, length = drawn
    first = TODAY + timedelta(days=start)
    last = min(first + timedelta(days=length), DAYS[-1])
    load = spread([Demand(1, amount, first, last)], capacity, today=TODAY)
    assert sum(part.get(1, 0) for part in load.values()) == amount
    used = [day for day, part in load.items() if part.get(1)]
    if any(capacity[day] for day in DAYS if max(first, TODAY) <= day <= max(last, TODAY)):
        assert all((capacity[day] and first <= day) or day == TODAY for day in used)


def test_work_lies_in_proportion_to_working_time() -> None:
    capacity = {TODAY: 120, TODAY + timedelta(days=1): 0, TODAY + timedelta(days=2): 360}
    load = spread([Demand(7, 240, TODAY, TODAY + timedelta(days=2))], capacity, today=TODAY)
    assert [part.get(7, 0) for part in load.values()] == [60, 0, 180]


def test_what_is_overdue_counts_today() -> None:
    yesterday = TODAY - timedelta(days=1)
    load = spread([Demand(7, 90, yesterday - timedelta(days=3), yesterday)], {TODAY: 420}, today=TODAY)
    assert load == {TODAY: {7: 90}}
