"""Hours by values and properties: nothing is lost at midnight, in a fold, in a gap or by rounding."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsloop.engines import hours
from opsloop.engines.hours import BadHoursError, Known, Question, Typed

pytestmark = pytest.mark.once
SHANGHAI, BERLIN = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin")
ZONES = st.sampled_from(
    [
        ZoneInfo(name)
        for name in (
            "Asia/Shanghai",
            "Europe/Berlin",
            "America/Sao_Paulo",
            "Asia/Beirut",
            "Australia/Lord_Howe",
            "UTC",
        )
    ]
)
MOMENTS = st.datetimes(datetime(1986, 1, 1), datetime(2031, 1, 1), timezones=st.just(UTC)).map(hours.whole)
LENGTHS = st.integers(1, 40 * 60)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1.5h", Typed(90)), ("90分钟", Typed(90)), ("1小时30分", Typed(90)), ("1:30", Typed(90)), ("2", Typed(120)), ("90", Typed(90)),
        ("9:00-10:30", Typed(start=time(9), end=time(10, 30))), ("9点到10点半", Typed(start=time(9), end=time(10, 30))),
        ("９：００－１０：３０".translate(str.maketrans("０１３９－", "0139-")), Typed(start=time(9), end=time(10, 30))),
        ("22:00–24:00", Typed(start=time(22), end=time(0))), ("9-10", Typed(start=time(9), end=time(10))),
    ],
)  # fmt: skip
def test_it_reads_what_people_type(text: str, expected: Typed) -> None:
    assert hours.read_typed(text) == expected


@pytest.mark.parametrize(
    ("text", "code"),
    [("", "not_hours"), ("morgen", "not_hours"), ("0", "no_hours"), ("-2", "no_hours"), ("9:70-10", "not_hours"), ("99999", "too_long"), ("25:00-26:00", "not_hours")],
)  # fmt: skip
def test_it_refuses_what_is_no_time_worked(text: str, code: str) -> None:
    with pytest.raises(BadHoursError) as refused:
        hours.read_typed(text)
    assert refused.value.code == code


def test_a_span_before_its_start_ends_the_next_day() -> None:
    typed = Typed(start=time(22), end=time(1))
    start, end = hours.span_of(typed, date(2026, 11, 23), SHANGHAI, start=datetime.now(SHANGHAI))
    assert hours.by_day(start, end, SHANGHAI) == [(date(2026, 11, 23), 120), (date(2026, 11, 24), 60)]


def test_a_night_on_which_clocks_change_is_as_long_as_it_was() -> None:
    spring = hours.span_of(
        Typed(start=time(1), end=time(4)), date(2026, 3, 29), BERLIN, start=datetime.now(BERLIN)
    )
    autumn = hours.span_of(
        Typed(start=time(1), end=time(4)), date(2026, 10, 25), BERLIN, start=datetime.now(BERLIN)
    )
    assert (hours.length(*spring), hours.length(*autumn)) == (120, 240)
    with pytest.raises(BadHoursError):
        hours.at_clock(date(2026, 3, 29), time(2, 30), BERLIN)


@given(MOMENTS, LENGTHS, ZONES)
def test_the_days_of_an_entry_add_up_to_it(start: datetime, minutes: int, zone: ZoneInfo) -> None:
    end = start + timedelta(minutes=minutes)
    days = hours.by_day(start, end, zone)
    assert sum(share for _day, share in days) == minutes == hours.length(start, end)
    assert [day for day, _share in days] == sorted({day for day, _share in days})
    for day, share in days:
        assert 0 < share <= hours.length(*hours.day_span(day, zone))


@given(
    MOMENTS, st.lists(st.tuples(st.integers(0, 600), st.integers(1, 120)), max_size=8), st.integers(1, 600)
)
def test_what_is_laid_into_free_time_never_overlaps(
    start: datetime, taken: list[tuple[int, int]], minutes: int
) -> None:
    spans = [(start + timedelta(minutes=at), start + timedelta(minutes=at + long)) for at, long in taken]
    free = hours.without((start, start + timedelta(minutes=720)), spans)
    laid = hours.lay(minutes, free)
    assert sum(hours.length(*one) for one in laid) == min(minutes, sum(hours.length(*one) for one in free))
    everything = sorted([*laid, *spans])
    assert all(
        one[1] <= other[0] for one in laid for other in everything if other not in laid and one[0] < other[0]
    )
    assert all(other[1] <= one[0] or one[1] <= other[0] for one in laid for other in spans)


@given(st.integers(0, 2000), st.sampled_from([0, 5, 6, 15]), st.booleans())
def test_rounding_keeps_within_a_step(minutes: int, step: int, up: bool) -> None:
    found = hours.rounded(minutes, step, up=up)
    assert found % (step or 1) == 0
    assert abs(found - minutes) <= (step - 1 if up else step / 2) or step == 0
    assert found >= minutes or not up
    assert hours.rounded(found, step, up=up) == found


@given(MOMENTS, st.integers(-3000, 3000), ZONES)
def test_a_timer_that_may_be_recorded_is_short_and_of_one_day(
    start: datetime, minutes: int, zone: ZoneInfo
) -> None:
    now = start + timedelta(minutes=minutes)
    if hours.question(start, now, zone) is None:
        assert -1 <= minutes <= 600
        assert minutes < 0 or now.astimezone(zone).date() == start.astimezone(zone).date()


def test_a_forgotten_timer_is_asked_about_and_a_clock_put_back_too() -> None:
    start = datetime(2026, 11, 23, 17, 0, tzinfo=SHANGHAI)
    assert hours.question(start, start + timedelta(hours=2), SHANGHAI) is None
    assert hours.question(start, start + timedelta(hours=16), SHANGHAI) is Question.OVERNIGHT
    assert hours.question(start.replace(hour=1), start, SHANGHAI) is Question.LONG
    assert hours.question(start, start - timedelta(minutes=10), SHANGHAI) is Question.CLOCK
    working = [(start.replace(hour=14), start.replace(hour=17, minute=30))]
    assert hours.offered_end(start, start + timedelta(hours=16), working) == start.replace(hour=17, minute=30)
    assert hours.offered_end(start.replace(hour=20), start + timedelta(hours=16), working) is None


def test_a_gap_is_filled_by_the_plan_first() -> None:
    def at(hour: int, minute: int = 0) -> datetime:
        return datetime(2026, 11, 23, hour, minute, tzinfo=SHANGHAI)

    found = hours.gaps([(at(9), at(12)), (at(14), at(17))], [(at(9), at(10)), (at(11, 55), at(15))], at(16))
    assert found == [(at(10), at(11, 55)), (at(15), at(16))]
    known = [
        Known(1, at(8), at(18), "usual"), Known(2, at(9, 30), at(11), "planned"),
        Known(3, at(10), at(10, 5), "planned"), Known(1, at(11), at(11, 30), "finished"),
    ]  # fmt: skip
    assert [(one.task, one.start, one.end, one.basis) for one in hours.suggest(found[0], known)] == [
        (2, at(10), at(11), "planned"), (1, at(11), at(11, 30), "finished"),
    ]  # fmt: skip
