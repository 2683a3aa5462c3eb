from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone, translation
from hypothesis import given
from hypothesis import strategies as st

from opsloop.web import dates

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 12, 4, 10, 0, tzinfo=SHANGHAI)


@pytest.fixture(autouse=True)
def in_shanghai_and_english():
    with timezone.override(SHANGHAI), translation.override("en"):
        yield


@pytest.mark.parametrize(
    ("ago", "text"),
    [
        (timedelta(seconds=20), "just now"),
        (timedelta(seconds=-20), "just now"),
        (timedelta(minutes=1), "1 minute ago"),
        (timedelta(minutes=59), "59 minutes ago"),
        (timedelta(hours=1), "1 hour ago"),
        (timedelta(hours=23), "23 hours ago"),
        (timedelta(hours=24), "12-03 10:00"),
        (timedelta(days=400), "2025-10-30 10:00"),
        (timedelta(hours=-3), "12-04 13:00"),
    ],
)
def test_how_long_ago_follows_the_rule_of_ant_design(ago, text):
    assert dates.relative(NOW - ago, NOW) == text


def test_a_date_shows_the_near_word_the_weekday_and_the_time():
    assert dates.parts(datetime(2026, 12, 5, 15, 0, tzinfo=SHANGHAI), NOW) == ("Tomorrow", "Sat 12-05 15:00")


def test_a_date_without_a_time_shows_none():
    assert dates.parts(date(2026, 12, 9), NOW) == ("", "Wed 12-09")


def test_another_year_is_written_out():
    assert dates.parts(date(2027, 1, 4), NOW) == ("", "Mon 2027-01-04")


def test_the_day_is_the_one_of_the_persons_time_zone():
    late_evening_in_london = datetime(2026, 12, 4, 20, 0, tzinfo=UTC)
    assert dates.parts(late_evening_in_london, NOW) == ("Tomorrow", "Sat 12-05 04:00")


def test_a_naive_time_is_an_error():
    with pytest.raises(ValueError, match="naive"):
        dates.local(datetime(2026, 12, 4, 10, 0))


@pytest.mark.parametrize(
    ("minutes", "text"),
    [(None, "—"), (0, "0 min"), (45, "45 min"), (60, "1 h"), (135, "2 h 15 min"), (-90, "−1 h 30 min")],
)
def test_minutes_are_written_as_people_say_them(minutes, text):
    assert dates.duration(minutes) == text


@given(st.datetimes(min_value=datetime(2000, 1, 1), max_value=datetime(2100, 1, 1), timezones=st.timezones()))
def test_every_moment_can_be_written(moment):
    assert dates.relative(moment, NOW)
    assert dates.parts(moment, NOW)[1]
