"""Calling, changing and cancelling a meeting: numbers, calendars, rooms, news."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from opsloop.activity.models import Event
from opsloop.calendars.models import Appointment
from opsloop.meetings.actions import calling
from opsloop.meetings.models import Booking, Meeting, Room, Seat
from opsloop.meetings.tests.conftest import HOUR, NOW, WEDNESDAY
from opsloop.organisation.tests.cast import Cast
from opsloop.records.refusals import Forbidden, Refused, StaleVersion

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


def test_what_is_missing_is_named_and_nothing_is_called(cast: Cast, draft: Make) -> None:
    for values, field in (
        ({"title": " "}, "title"),
        ({"starts_at": None}, "starts_at"),
        ({"starts_at": NOW}, "starts_at"),
        ({"roles": {cast.lin.pk: "copy"}}, "takes_part"),
    ):
        meeting = draft(**values)
        with pytest.raises(Refused) as refused:
            calling.call(meeting=meeting, by=cast.wang, at=NOW, version=meeting.version)
        assert refused.value.field == field
        assert Meeting.objects.get(pk=meeting.pk).state == "draft"
    assert not Appointment.objects.exists()
    with pytest.raises(Forbidden):
        calling.call(meeting=draft(), by=cast.lin, at=NOW, version=1)


def test_another_time_asks_again_and_moves_room_and_calendars(cast: Cast, called: Make, room: Room) -> None:
    meeting = called(room=room)
    Seat.objects.filter(meeting=meeting, person=cast.lin).update(answer="yes")
    later = WEDNESDAY + 3 * HOUR
    calling.change(
        meeting=meeting, values={"starts_at": later}, by=cast.wang, at=NOW, version=meeting.version
    )
    assert Seat.objects.get(meeting=meeting, person=cast.lin).answer == "none"
    assert Seat.objects.get(meeting=meeting, person=cast.wang).answer == "yes"
    assert Booking.objects.get(meeting=meeting).starts_at == later
    assert Appointment.objects.get(person=cast.zhou, origin_id=meeting.pk).starts_at == later
    assert Meeting.objects.get(pk=meeting.pk).sequence == 1
    assert cast.lin.pk in told(meeting, "meeting.moved")
    with pytest.raises(StaleVersion):
        calling.change(meeting=meeting, values={"title": "x"}, by=cast.wang, at=NOW, version=1)


def test_who_is_added_is_invited_and_who_is_taken_out_is_told(cast: Cast, called: Make) -> None:
    meeting = called()
    Seat.objects.filter(meeting=meeting, person=cast.lin).update(answer="yes")
    roles = {cast.lin.pk: "decides", cast.outsider.pk: "takes_part"}
    calling.change(meeting=meeting, values={}, roles=roles, by=cast.wang, at=NOW, version=meeting.version)
    assert in_calendars(meeting) == {"王磊", "林悦", "何远"}
    assert told(meeting, "meeting.called") == {cast.outsider.pk}
    assert told(meeting, "meeting.left") == {cast.zhou.pk, cast.chen.pk}
    assert Seat.objects.get(meeting=meeting, person=cast.lin).answer == "yes", "their time is the same"


def test_a_cancelled_meeting_frees_its_room_and_all_calendars(cast: Cast, called: Make, room: Room) -> None:
    meeting = called(room=room)
    with pytest.raises(Refused):
        calling.cancel(meeting=meeting, why=" ", by=cast.wang, at=NOW, version=meeting.version)
    meeting.refresh_from_db()
    calling.cancel(meeting=meeting, why="目标已达成", by=cast.wang, at=NOW, version=meeting.version)
    assert not in_calendars(meeting)
    assert not Booking.objects.exists()
    assert cast.chen.pk in told(meeting, "meeting.cancelled")
    with pytest.raises(Refused):
        calling.cancel(meeting=meeting, why="x", by=cast.wang, at=NOW, version=meeting.version)


def test_a_taken_room_refuses_and_leaves_the_draft_as_it_was(
    cast: Cast, called: Make, draft: Make, room: Room
) -> None:
    called(room=room)
    late = draft(room=room, starts_at=WEDNESDAY + HOUR / 2)
    with pytest.raises(Refused) as refused:
        calling.call(meeting=late, by=cast.wang, at=NOW, version=late.version)
    assert refused.value.field == "room"
    assert Meeting.objects.get(pk=late.pk).state == "draft"
    after = draft(room=room, starts_at=WEDNESDAY + HOUR)
    calling.call(meeting=after, by=cast.wang, at=NOW, version=after.version)
    assert Booking.objects.count() == 2
