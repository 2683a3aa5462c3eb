"""The ranking formula, against its own statement."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsloop.engines.priority import Disposal, Item, Nearness, assess, rank

NOW = datetime(2026, 11, 23, 9, tzinfo=ZoneInfo("Asia/Shanghai"))
URGENCIES = st.sampled_from([None, "high", "medium", "low"])
ITEMS = st.lists(
    st.builds(
        Item,
        st.uuids().map(str),
        st.none() | st.integers(1, 5),
        URGENCIES,
        st.none() | st.integers(-200, 400).map(lambda hours: NOW + timedelta(hours=hours)),
        st.none() | st.integers(0, 3000),
    ),
    unique_by=lambda item: item.id,
)


@pytest.mark.parametrize(
    ("relevance", "urgency", "disposal"),
    [
        (5, "high", Disposal.NOW),
        (5, "low", Disposal.PLAN),
        (3, "medium", Disposal.PLAN),
        (2, "high", Disposal.DELEGATE),
        (1, "low", Disposal.DEFER),
        (None, None, Disposal.PLAN),
    ],
)
def test_the_quadrants_are_those_of_the_methodology(
    relevance: int | None, urgency: object, disposal: Disposal
) -> None:
    """Without a due date, relevance and urgency alone decide."""
    assert assess(Item("a", relevance, urgency), now=NOW).disposal is disposal  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("hours", "nearness", "urgent"),
    [
        (-1, Nearness.OVERDUE, True),
        (14, Nearness.TODAY, True),
        (72, Nearness.SOON, True),
        (120, Nearness.LATER, False),
    ],
)
def test_a_near_due_date_makes_a_medium_task_urgent(hours: int, nearness: Nearness, *, urgent: bool) -> None:
    """Three days ahead, as the early warning."""
    found = assess(Item("a", 4, "medium", NOW + timedelta(hours=hours)), now=NOW)
    assert found.nearness is nearness
    assert (found.quadrant == 1) is urgent


def test_a_due_date_alone_is_the_end_of_its_day() -> None:
    """The midnight after today is still today."""
    midnight = datetime(2026, 11, 24, tzinfo=NOW.tzinfo)
    assert assess(Item("a", due=midnight), now=NOW).nearness is Nearness.TODAY


@given(ITEMS)
def test_the_rank_follows_quadrant_score_and_due_date(items: list[Item]) -> None:
    """Never a later quadrant before an earlier one; nothing lost."""
    ranked = rank(items, now=NOW)
    assert sorted(found.id for found in ranked) == sorted(item.id for item in items)
    assert [found.quadrant for found in ranked] == sorted(found.quadrant for found in ranked)
    assert [found.score for found in ranked] == sorted((found.score for found in ranked), reverse=True)


def test_a_person_has_the_last_word() -> None:
    """An override moves the task to its quadrant and is remembered."""
    found = assess(Item("a", 1, "low", quadrant=1), now=NOW)
    assert (found.disposal, found.overridden) == (Disposal.NOW, True)


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)),
    st.integers(-60 * 24 * 2, 60 * 24 * 6),
    st.sampled_from(["Asia/Shanghai", "Europe/Berlin", "America/New_York"]),
)
def test_how_near_is_counted_in_days_of_the_reader(moment: datetime, minutes: int, zone: str) -> None:
    """Whatever the zone and its summer time: the day of the last instant before the due time decides."""
    now = moment.replace(tzinfo=ZoneInfo("UTC")).astimezone(ZoneInfo(zone))
    due = (now.astimezone(ZoneInfo("UTC")) + timedelta(minutes=minutes)).replace(second=0, microsecond=0)
    last = (due - timedelta(microseconds=1)).astimezone(ZoneInfo(zone)).date()
    days = (last - now.date()).days
    expected = Nearness.TODAY if days == 0 else Nearness.SOON if days <= 3 else Nearness.LATER
    if due <= now:
        expected = Nearness.OVERDUE
    assert assess(Item("a", due=due), now=now).nearness is expected
