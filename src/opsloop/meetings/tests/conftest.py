"""A meeting that 王磊 (manager of 运营部) calls on Monday morning: 林悦 decides, 周航 takes part, 陈敏 may come."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from opsloop.meetings.actions import calling, writing
from opsloop.meetings.models import Meeting, Room, Seat
from opsloop.organisation.models import Person
from opsloop.organisation.tests.cast import NOW, Cast

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
HTMX = {"HX-Request": "true", "HX-Request-Type": "partial"}
# Wednesday, 10:00 in Shanghai, of the week that begins with NOW.
WEDNESDAY = NOW.replace(hour=2, minute=0, second=0, microsecond=0) + 2 * DAY
WORDS = {"title": "双11复盘会", "objective": "确定双12的投放预算和三项改进措施"}


@pytest.fixture(autouse=True)
def _monday() -> Iterator[time_machine.Coordinates]:
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def clock(_monday: time_machine.Coordinates) -> time_machine.Coordinates:
    """Return the clock, to be moved."""
    return _monday


@pytest.fixture
def as_person() -> Callable[[Person], Client]:
    """Log in somebody and return the client."""

    def logged_in(person: Person) -> Client:
        client = Client()
        client.force_login(person)
        return client

    return logged_in


@pytest.fixture
def room() -> Room:
    return Room.objects.create(name="黄山厅", seats=8, equipment=["投影"], created_at=NOW)


@pytest.fixture
def roles(cast: Cast) -> dict[int, str]:
    role = Seat.Role
    return {cast.lin.pk: role.DECIDES, cast.zhou.pk: role.TAKES_PART, cast.chen.pk: role.OPTIONAL}


@pytest.fixture
def draft(cast: Cast, roles: dict[int, str]) -> Callable[..., Meeting]:
    """Return a function that writes a draft."""

    def made(by: Person | None = None, **values: Any) -> Meeting:
        given = {**WORDS, "starts_at": WEDNESDAY, "lasts": 60, **values}
        return writing.begin(values=given, roles=given.pop("roles", roles), by=by or cast.wang, at=NOW)

    return made


@pytest.fixture
def called(draft: Callable[..., Meeting]) -> Callable[..., Meeting]:
    """Return a function that calls a meeting."""

    def made(at: datetime = NOW, **values: Any) -> Meeting:
        meeting = draft(**values)
        assert meeting.organiser is not None
        return calling.call(meeting=meeting, by=meeting.organiser, at=at, version=meeting.version)

    return made
