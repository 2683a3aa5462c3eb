"""Nobody is called in their quiet hours or on a free day, and everything is told at last."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from opsloop.engines.quiet import Calm, is_quiet, next_bundle, opens
from opsloop.engines.workcalendar import china

pytestmark = pytest.mark.once
SHANGHAI = ZoneInfo("Asia/Shanghai")
CHINA = china([2026, 2027])
FACTS = {"calendar": CHINA, "zone": SHANGHAI}

quarters = st.integers(0, 95).map(lambda number: time(number // 4, number % 4 * 15))
calms = st.builds(Calm, begins=quarters, ends=quarters, rests=st.booleans())
moments = st.integers(0, 300 * 24 * 4).map(
    lambda n: datetime(2026, 2, 1, tzinfo=UTC) + timedelta(minutes=15 * n)
)


def local(day: str, clock: str) -> datetime:
    return datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=SHANGHAI)


@settings(max_examples=60)
@given(moments, calms)
def test_it_opens_at_the_first_quarter_that_is_not_quiet(at: datetime, calm: Calm) -> None:
    found = opens(at, calm, **FACTS)
    assert not is_quiet(found, calm, **FACTS)
    step = at
    while step < found:
        assert is_quiet(step, calm, **FACTS)
        step += timedelta(minutes=15)


@settings(max_examples=60)
@given(moments, st.lists(quarters, min_size=1, max_size=3), calms)
def test_a_bundle_goes_at_the_first_of_its_times_on_a_day_of_work(at, times, calm) -> None:
    found = next_bundle(at, times, calm, **FACTS)
    step = at + timedelta(minutes=15)
    while not (
        step.astimezone(SHANGHAI).time() in times
        and (not calm.rests or CHINA.is_workday(step.astimezone(SHANGHAI).date()))
    ):
        step += timedelta(minutes=15)
    assert found == step


@pytest.mark.parametrize(("day", "clock", "opened"), [
    ("2026-11-23", "10:00", ("2026-11-23", "10:00")),
    ("2026-11-23", "20:00", ("2026-11-24", "08:30")),
    ("2026-11-27", "21:00", ("2026-11-30", "08:30")),
    # The make-up Saturday before is worked, the holidays are not.
    ("2026-09-30", "21:00", ("2026-10-08", "08:30")),
    ("2026-10-09", "21:00", ("2026-10-10", "08:30")),
], ids=["at work", "evening", "weekend", "national day", "make-up Saturday"])  # fmt: skip
def test_the_default_rests_at_night_and_on_free_days(day: str, clock: str, opened: tuple[str, str]) -> None:
    assert opens(local(day, clock), Calm(), **FACTS) == local(*opened)


def test_equal_times_mean_no_quiet_hours() -> None:
    assert not is_quiet(local("2026-11-23", "03:00"), Calm(time(8), time(8)), **FACTS)
