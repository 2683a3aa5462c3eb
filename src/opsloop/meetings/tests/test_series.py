"""Series: made ahead, moved from one on, ended; days off and taken rooms are decided by a person."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

import pytest

from opsloop.engines.recurrence import shifted
from opsloop.inbox.models import Notification
from opsloop.meetings.actions import calling, series, writing
from opsloop.meetings.models import Meeting, Room, Seat, Series
from opsloop.meetings.tests.conftest import DAY, HOUR, NOW, WEDNESDAY
from opsloop.organisation.models import Person
from opsloop.organisation.tests.cast import Cast
from opsloop.records.refusals import Forbidden, Refused

pytestmark = pytest.mark.django_db
Make = Callable[..., Meeting]
WEEKLY = "FREQ=WEEKLY;BYDAY=WE"


def call(meeting: Meeting, by: Person, at: datetime = NOW) -> Series:
    made = series.call(meeting=meeting, by=by, at=at, version=meeting.version)
    assert made is not None
    return made


def days(found: Series) -> list[str]:
    rows = Meeting.objects.filter(series=found).exclude(state="cancelled").order_by("starts_at")
    return [f"{one.starts_at:%m-%d}" for one in rows if one.starts_at]


def test_meetings_of_some_weeks_are_made_and_more_when_they_come_near(
    cast: Cast, draft: Make, room: Room
) -> None:
    first = draft(repeats=WEEKLY, room=room)
    writing.add_topic(meeting=first, values={"title": "回顾", "minutes": 10}, by=cast.wang, at=NOW)
    found = call(first, cast.wang)
    assert days(found) == ["11-25", "12-02", "12-09", "12-16", "12-23", "12-30"]
    last = Meeting.objects.filter(series=found).latest("starts_at")
    assert last.number.startswith("HY")
    assert last.booking.room == room
    assert last.agenda.get().title == "回顾"
    assert Seat.objects.filter(meeting=last).count() == 4
    assert last.follows is not None
    assert series.extend_all(at=NOW) == 0, "once is enough"
    assert series.extend_all(at=NOW + 8 * DAY) == 1
    assert days(found)[-1] == "01-06"
    assert Notification.objects.filter(person=cast.lin, reason="meeting").count() == 7


def test_a_day_off_waits_for_a_decision_and_the_organiser_is_asked(cast: Cast, draft: Make) -> None:
    # 2027-01-01 is a Friday and New Year's Day.
    found = call(draft(repeats="FREQ=WEEKLY;BYDAY=FR", starts_at=WEDNESDAY + 2 * DAY), cast.wang)
    assert "01-01" not in days(found)
    assert Notification.objects.filter(person=cast.wang, reason="meeting_series").exists()
    [off] = series.days_off(found, NOW)
    assert off.nominal == date(2027, 1, 1)
    assert (off.before, bool(off.name)) == (date(2026, 12, 31), True)
    with pytest.raises(Forbidden):
        series.decide_day(series=found, nominal=off.nominal, how="skip", by=cast.lin, at=NOW, version=1)
    made = series.decide_day(
        series=found, nominal=off.nominal, how="before", by=cast.wang, at=NOW, version=found.version
    )
    assert made is not None
    assert "12-31" in days(found)
    assert series.days_off(found, NOW) == []
    with pytest.raises(Refused):
        series.decide_day(series=found, nominal=off.nominal, how="skip", by=cast.wang, at=NOW, version=2)


def test_a_skipped_day_off_is_not_asked_about_again(cast: Cast, draft: Make) -> None:
    found = call(draft(repeats="FREQ=WEEKLY;BYDAY=FR", starts_at=WEDNESDAY + 2 * DAY), cast.wang)
    series.decide_day(
        series=found, nominal=date(2027, 1, 1), how="skip", by=cast.wang, at=NOW, version=found.version
    )
    assert series.days_off(Series.objects.get(pk=found.pk), NOW) == []


def test_working_days_follow_the_calendar(cast: Cast, draft: Make) -> None:
    found = call(draft(repeats="FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"), cast.wang)
    assert "01-01" not in days(found)
    assert series.days_off(found, NOW) == [], "the rule names no day off"


def test_a_taken_room_is_named_on_its_meeting_and_keeps_nothing_from_happening(
    cast: Cast, draft: Make, called: Make, room: Room
) -> None:
    called(room=room, starts_at=WEDNESDAY + 7 * DAY)
    found = call(draft(repeats=WEEKLY, room=room), cast.wang)
    second = Meeting.objects.filter(series=found).order_by("starts_at")[1]
    assert (second.room, second.misses_room, second.state) == (None, "黄山厅", "called")
    third = Meeting.objects.filter(series=found).order_by("starts_at")[2]
    assert third.booking.room == room, "the next one asks for the room again"


def test_one_or_this_and_the_following_are_moved(cast: Cast, draft: Make, room: Room) -> None:
    found = call(draft(repeats=WEEKLY, room=room), cast.wang)
    rows = list(Meeting.objects.filter(series=found).order_by("starts_at"))
    calling.change(meeting=rows[1], values={"starts_at": rows[1].starts_at + DAY}, by=cast.wang, at=NOW,
                   version=rows[1].version)  # fmt: skip
    assert days(found)[:3] == ["11-25", "12-03", "12-09"]
    third = rows[2]
    roles = writing.roles_of(third) | {cast.outsider.pk: "takes_part"}
    count = series.change_following(
        meeting=third, values={"starts_at": third.starts_at + DAY + HOUR, "title": "新名"}, roles=roles,
        by=cast.wang, at=NOW, version=third.version,
    )  # fmt: skip
    assert count == 4
    assert days(found) == ["11-25", "12-03", "12-10", "12-17", "12-24", "12-31"]
    last = Meeting.objects.filter(series=found).latest("starts_at")
    assert (last.title, last.booking.starts_at) == ("新名", last.starts_at)
    assert Seat.objects.filter(meeting=last, person=cast.outsider).exists()
    assert Seat.objects.filter(meeting=last, answer="none").count() == 4, "everybody is asked again"
    found.refresh_from_db()
    assert found.rule == "FREQ=WEEKLY;BYDAY=TH"
    assert series.extend_all(at=NOW + 8 * DAY) == 1
    assert days(found)[-1] == "01-07", "what is made later follows"


def test_a_series_ends_with_a_meeting(cast: Cast, draft: Make, room: Room) -> None:
    found = call(draft(repeats=WEEKLY, room=room), cast.wang)
    third = Meeting.objects.filter(series=found).order_by("starts_at")[2]
    assert series.end(meeting=third, why="项目结束", by=cast.wang, at=NOW, version=third.version) == 4
    assert days(found) == ["11-25", "12-02"]
    assert series.extend_all(at=NOW + 60 * DAY) == 0
    assert not Meeting.objects.filter(series=found, state="cancelled", booking__isnull=False).exists()


def test_nobody_is_invited_in_the_name_of_who_has_left(cast: Cast, draft: Make) -> None:
    found = call(draft(repeats=WEEKLY), cast.wang)
    Person.objects.filter(pk=cast.wang.pk).update(is_active=False)
    assert series.extend_all(at=NOW + 30 * DAY) == 0
    assert Series.objects.get(pk=found.pk).ended_at is not None


def test_rules_are_moved_by_days() -> None:
    assert shifted("FREQ=WEEKLY;BYDAY=MO,TH", 2) == "FREQ=WEEKLY;BYDAY=WE,SA"
    assert shifted("FREQ=WEEKLY;INTERVAL=2;BYDAY=SU", 1) == "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO"
    assert shifted("FREQ=MONTHLY;BYMONTHDAY=5", -2) == "FREQ=MONTHLY;BYMONTHDAY=3"
    assert shifted("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", 1) == "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"
    for rule, moved in (("FREQ=MONTHLY;BYMONTHDAY=28", 2), ("FREQ=MONTHLY;BYDAY=2TU", 1), ("FREQ=YEARLY", 1)):
        with pytest.raises(ValueError, match=r"."):
            shifted(rule, moved)
