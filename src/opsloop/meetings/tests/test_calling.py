"""Calling, changing and cancelling a meeting: numbers, calendars, rooms, news."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from opsloop.activity.models import Event
from opsloop.calendars.models import Appointment
from opsloop.meetings.models import Meeting, Room
from opsloop.meetings.tests.conftest import HOUR, WEDNESDAY
from opsloop.organisation.tests.cast import Cast

pytestmark = pytest.mark.django_db
Make = Callable[..., Meeting]


def in_calendars(meeting: Meeting) -> set[str]:
    rows = Appointment.objects.filter(origin_kind="meeting", origin_id=meeting.pk)
    return set(rows.values_list("person__name", flat=True))


def told(meeting: Meeting, kind: str) -> set[int]:
    event = Event.objects.filter(subject_kind="meeting", subject_id=meeting.pk, kind=kind).latest("pk")
    return set(event.person_ids)


def test_a_called_meeting_has_its_number_its_room_and_a_place_in_every_calendar(
    cast: Cast, called: Make, room: Room
) -> None:
    meeting = called(room=room)
    assert meeting.number.startswith("HY2026")
    assert len(meeting.sign_in_code) == 6
    assert meeting.booking.room == room
    assert in_calendars(meeting) == {"王磊", "林悦", "周航", "陈敏"}
    assert told(meeting, "meeting.called") >= {cast.lin.pk, cast.zhou.pk, cast.chen.pk}
    row = Appointment.objects.filter(person=cast.lin, origin_id=meeting.pk).get()
    assert (row.starts_at, row.ends_at) == (WEDNESDAY, WEDNESDAY + HOUR)
