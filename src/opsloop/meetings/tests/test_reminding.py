"""A working day before, everybody is reminded once: with what they prepare, and who called it of an empty agenda."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from opsloop.inbox.models import Notification
from opsloop.meetings import jobs
from opsloop.meetings.actions import calling, writing
from opsloop.meetings.models import Meeting, MeetingRules, Seat
from opsloop.meetings.tests.conftest import DAY, HOUR, NOW, WEDNESDAY
from opsloop.organisation.tests.cast import Cast

pytestmark = pytest.mark.django_db
Make = Callable[..., Meeting]
# Tuesday, 09:00 in Shanghai.
TUESDAY_NINE = NOW + DAY


def reasons(person: object) -> list[str]:
    rows = Notification.objects.filter(person=person, subject_kind="meeting").order_by("pk")
    return [one.reason for one in rows if one.reason not in {"meeting", "meeting_moved"}]


def test_everybody_is_reminded_once_and_who_prepares_is_told_so(cast: Cast, called: Make) -> None:
    meeting = called()
    writing.add_preparation(meeting=meeting, text="11月数据", owner=cast.zhou, by=cast.wang, at=NOW)
    Seat.objects.filter(meeting=meeting, person=cast.chen).update(answer="no")
    assert jobs.remind_due(at=TUESDAY_NINE - timedelta(minutes=1)) == 0
    assert jobs.remind_due(at=TUESDAY_NINE) == 1
    assert jobs.remind_due(at=TUESDAY_NINE + HOUR) == 0
    assert reasons(cast.lin) == ["meeting_soon"]
    assert reasons(cast.zhou) == ["meeting_prepare"]
    assert reasons(cast.chen) == [], "who does not come needs no reminder"
    assert reasons(cast.wang) == ["meeting_soon", "meeting_bare"], "the agenda is empty"


def test_a_weekend_lies_before_a_monday_and_an_agenda_is_enough(cast: Cast, called: Make) -> None:
    meeting = called(starts_at=WEDNESDAY + 5 * DAY)
    writing.add_topic(meeting=meeting, values={"title": "预算"}, by=cast.wang, at=NOW)
    friday = NOW + 4 * DAY
    assert jobs.remind_due(at=friday - HOUR) == 0
    assert jobs.remind_due(at=friday) == 1
    assert reasons(cast.wang) == ["meeting_soon"]


def test_a_moved_meeting_is_reminded_of_again_and_the_rule_counts(cast: Cast, called: Make) -> None:
    MeetingRules.objects.create(pk=1, notice_days=2)
    meeting = called()
    assert jobs.remind_due(at=NOW) == 1
    meeting.refresh_from_db()
    calling.change(
        meeting=meeting, values={"starts_at": WEDNESDAY + DAY}, by=cast.wang, at=NOW, version=meeting.version
    )
    assert jobs.remind_due(at=NOW + HOUR) == 0
    assert jobs.remind_due(at=TUESDAY_NINE) == 1
