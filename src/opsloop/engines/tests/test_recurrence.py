"""Routine work over the working calendar: the rules people mean, holidays, ends, and what never comes."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import islice

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given
from hypothesis import strategies as st

from opsloop.engines import recurrence
from opsloop.engines.recurrence import OnHoliday, following, is_rule, occurrences
from opsloop.engines.workcalendar import WorkCalendar, china

CHINA = china([2026, 2027])
WORKDAYS = "BYDAY=MO,TU,WE,TH,FR"


def days(rule: str, first: date, count: int, on_holiday: OnHoliday = OnHoliday.KEEP) -> list[date | None]:
    found = occurrences(rule, first=first, calendar=CHINA, on_holiday=on_holiday)
    return [one.day for one in islice(found, count)]


def test_every_working_day_knows_holidays_and_make_up_days():
    found = days(f"FREQ=WEEKLY;{WORKDAYS}", date(2026, 9, 18), 14)
    assert date(2026, 9, 20) in found, "a make-up Sunday is worked"
    assert date(2026, 9, 25) not in found, "Mid-Autumn Festival"
    assert not {date(2026, 10, day) for day in range(1, 8)} & set(found)


@pytest.mark.parametrize(
    ("position", "expected"),
    [
        (-1, [date(2026, 9, 30), date(2026, 10, 30), date(2026, 11, 30)]),
        (1, [date(2026, 10, 8), date(2026, 11, 2), date(2026, 12, 1)]),
        (3, [date(2026, 10, 10), date(2026, 11, 4), date(2026, 12, 3)]),
    ],
)
def test_the_nth_working_day_of_the_month_is_counted_over_holidays(position, expected):
    assert days(f"FREQ=MONTHLY;{WORKDAYS};BYSETPOS={position}", date(2026, 9, 16), 3) == expected


def test_the_last_working_day_of_a_quarter():
    rule = f"FREQ=MONTHLY;BYMONTH=3,6,9,12;{WORKDAYS};BYSETPOS=-1"
    assert days(rule, date(2026, 9, 1), 2) == [date(2026, 9, 30), date(2026, 12, 31)]


@pytest.mark.parametrize(
    ("on_holiday", "expected"),
    [
        (OnHoliday.KEEP, [date(2026, 9, 24), date(2026, 10, 1), date(2026, 10, 8)]),
        (OnHoliday.SKIP, [date(2026, 9, 24), None, date(2026, 10, 8)]),
        (OnHoliday.BEFORE, [date(2026, 9, 24), date(2026, 9, 30), date(2026, 10, 8)]),
        # The one of 10-01 moves onto that of 10-08, and two on one day are one.
        (OnHoliday.AFTER, [date(2026, 9, 24), date(2026, 10, 8), date(2026, 10, 15)]),
    ],
)
def test_what_falls_on_a_day_off_stays_goes_or_moves(on_holiday, expected):
    assert days("FREQ=WEEKLY;BYDAY=TH", date(2026, 9, 24), 3, on_holiday) == expected


def test_an_instance_that_moved_keeps_every_other_week_in_step():
    rule, first = "FREQ=WEEKLY;INTERVAL=2;BYDAY=TH", date(2026, 9, 17)
    one, rule = following(rule, first=first, after=first, calendar=CHINA, on_holiday=OnHoliday.AFTER) or (
        None,
        "",
    )
    assert (one.nominal, one.day) == (date(2026, 10, 1), date(2026, 10, 8))
    assert rule.endswith("X-ON=20261001")
    one, rule = following(rule, first=one.day, after=one.day, calendar=CHINA, on_holiday=OnHoliday.AFTER) or (
        None,
        "",
    )
    assert one.day == date(2026, 10, 15), (
        "two weeks after the day the rule named, not after the day it was done"
    )
    assert "X-ON" not in rule


def test_count_counts_down_from_instance_to_instance():
    rule, first = "FREQ=WEEKLY;BYDAY=MO;COUNT=3", date(2026, 9, 14)
    seen = [first]
    while found := following(rule, first=seen[-1], after=seen[-1]):
        one, rule = found
        seen.append(one.day)
    assert seen == [date(2026, 9, 14), date(2026, 9, 21), date(2026, 9, 28)]


@pytest.mark.parametrize("until", ["20260928", "20260928T235959", "20260928T155959Z"])
def test_the_day_of_until_is_the_last(until):
    assert days(f"FREQ=WEEKLY;BYDAY=MO;UNTIL={until}", date(2026, 9, 21), 9) == [
        date(2026, 9, 21),
        date(2026, 9, 28),
    ]


def test_months_without_a_31st_and_years_without_a_leap_day_are_passed_over():
    assert days("FREQ=MONTHLY;BYMONTHDAY=31", date(2026, 8, 31), 3) == [
        date(2026, 8, 31), date(2026, 10, 31), date(2026, 12, 31),
    ]  # fmt: skip
    assert days("FREQ=YEARLY", date(2028, 2, 29), 2) == [date(2028, 2, 29), date(2032, 2, 29)]
    found = occurrences("FREQ=YEARLY", first=date(2096, 2, 29))
    assert [one.day for one in found] == [date(2096, 2, 29), date(2104, 2, 29)]


def test_week_53_comes_only_in_long_years():
    found = occurrences("FREQ=YEARLY;BYWEEKNO=53;BYDAY=TH", first=date(2026, 1, 1))
    assert [one.day for one in islice(found, 2)] == [date(2026, 12, 31), date(2032, 12, 30)]


@pytest.mark.parametrize(
    "rule",
    [
        "", "garbage", "FREQ=HOURLY", "FREQ=SECONDLY", "FREQ=DAILY;BYHOUR=9,15", "FREQ=DAILY;COUNT=0",
        "FREQ=DAILY;INTERVAL=0", "FREQ=DAILY;INTERVAL=99999", "FREQ=DAILY;FREQ=WEEKLY", "FREQ=DAILY;X=1",
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "FREQ=MONTHLY;BYDAY=XX", "FREQ=DAILY;UNTIL=morgen",
        "FREQ=MONTHLY;BYSETPOS=400;BYDAY=MO", "FREQ=WEEKLY;BYDAY=" + "MO," * 50,
    ],
)  # fmt: skip
def test_what_is_no_rule_or_never_comes_round_is_none(rule):
    assert not is_rule(rule)


def test_a_calendar_without_working_days_ends():
    idle = WorkCalendar(weekend=frozenset(range(7)))
    found = occurrences("FREQ=DAILY", first=date(2026, 1, 1), calendar=idle, on_holiday=OnHoliday.AFTER)
    assert all(one.day is None for one in islice(found, 5))
    assert list(occurrences(f"FREQ=YEARLY;{WORKDAYS}", first=date(2026, 1, 1), calendar=idle)) == []


def test_what_leaves_the_house_has_no_private_part():
    assert recurrence.plain("FREQ=DAILY;X-ON=20260917") == "FREQ=DAILY"


FIRST = st.dates(date(2008, 1, 1), date(2060, 1, 1))
RULES = st.builds(
    lambda freq, interval, by: f"FREQ={freq};INTERVAL={interval}{by}",
    st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]),
    st.integers(1, 6),
    st.sampled_from(["", ";BYDAY=MO,TH", ";BYMONTHDAY=31", ";BYMONTHDAY=-1,15", ";BYMONTH=2,9", ";BYDAY=SA"]),
)


@given(RULES, FIRST)
def test_without_a_calendar_the_days_are_those_of_rfc_5545(rule, first):
    until = datetime.combine(first + timedelta(days=365 * 4), datetime.min.time())
    oracle = rrulestr(f"RRULE:{rule}", dtstart=datetime.combine(first, datetime.min.time())).between(
        datetime.combine(first, datetime.min.time()), until, inc=True
    )
    ours = list(islice(occurrences(rule, first=first), len(oracle)))
    assert [one.day for one in ours] == [moment.date() for moment in oracle]


@given(RULES, FIRST, st.sampled_from(OnHoliday))
def test_no_occurrence_lies_on_a_day_off_and_none_comes_twice(rule, first, on_holiday):
    calendar = WorkCalendar(days_off=frozenset(first + timedelta(days=n) for n in range(3, 11)))
    found = list(islice(occurrences(rule, first=first, calendar=calendar, on_holiday=on_holiday), 30))
    done = [one.day for one in found if one.day]
    assert done == sorted(set(done))
    assert [one.nominal for one in found] == sorted({one.nominal for one in found})
    if on_holiday is not OnHoliday.KEEP:
        assert all(calendar.is_workday(day) for day in done)
    if on_holiday is OnHoliday.BEFORE:
        assert all(one.day <= one.nominal for one in found)
    if on_holiday is OnHoliday.AFTER:
        assert all(one.day >= one.nominal for one in found)


@given(RULES, FIRST, st.sampled_from(OnHoliday), st.integers(2, 8))
def test_going_from_instance_to_instance_ends_after_the_count(rule, first, on_holiday, count):
    calendar = WorkCalendar(days_off=frozenset(first + timedelta(days=n) for n in range(3, 40)))
    first = next((one.day for one in occurrences(rule, first=first, calendar=calendar) if one.day), first)
    ending, day, steps = f"{rule};COUNT={count}", first, 1
    while found := following(ending, first=day, after=day, calendar=calendar, on_holiday=on_holiday):
        one, ending = found
        assert one.day > day
        day, steps = one.day, steps + 1
        assert steps <= count
