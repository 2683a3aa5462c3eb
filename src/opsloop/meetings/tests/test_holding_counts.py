"""What the pages of a held meeting ask of the database: at most 15 queries a page and 8 a fragment, at any size."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from opsloop.meetings.models import ActionItem, AgendaItem, Decision, Meeting, Minutes, MinutesEdition, Seat
from opsloop.meetings.queries.minutes import content_of
from opsloop.meetings.tests.conftest import HTMX, NOW
from opsloop.organisation.models import Person
from opsloop.organisation.tests.cast import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.once]
LogIn = Callable[[Person], Client]


def held(cast: Cast, count: int, number: int) -> tuple[Meeting, AgendaItem]:
    """Make a meeting with `count` of everything."""
    meeting = Meeting.objects.create(
        number=f"HY{number}", title="周会", organiser=cast.wang, host=cast.wang, department=cast.operations,
        starts_at=NOW, ends_at=NOW + timedelta(hours=1), began_at=NOW, created_at=NOW, saved_at=NOW,
        state="running",
    )  # fmt: skip
    Minutes.objects.create(meeting=meeting)
    for person in (cast.wang, cast.lin, cast.chen, cast.zhou):
        Seat.objects.create(meeting=meeting, person=person)
    topics = [
        AgendaItem.objects.create(meeting=meeting, title=f"议题{n}", minutes=5, position=n)
        for n in range(count)
    ]
    for n, topic in enumerate(topics):
        due = NOW + timedelta(days=n)
        for state in ("noted", "asked"):
            ActionItem.objects.create(
                meeting=meeting,
                topic=topic,
                what="做",
                owner=cast.lin,
                due_at=due,
                created_at=NOW,
                state=state,
            )
        Decision.objects.create(
            meeting=meeting, topic=topic, text="定", decided_on=NOW.date(), number=f"JY{number}{n:03}"
        )
    MinutesEdition.objects.create(
        meeting=meeting, number=1, content=content_of(meeting), at=NOW, by=cast.wang
    )
    return meeting, topics[0]


def asked(client: Client, url: str, *, is_fragment: bool = False) -> int:
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(url, headers=HTMX if is_fragment else {})
    assert answer.status_code == 200, url
    return sum(
        not one["sql"].startswith(("SAVEPOINT", "RELEASE", "BEGIN")) for one in queries.captured_queries
    )


def test_pages_of_a_held_meeting_ask_the_same_however_much_stands_on_them(
    cast: Cast, as_person: LogIn
) -> None:
    client = as_person(cast.wang)
    found: dict[str, list[int]] = {}
    for number, count in enumerate((3, 12)):
        meeting, topic = held(cast, count, number)
        item = meeting.items.filter(state="asked").first()
        assert item is not None
        pages = {
            "run": [meeting.pk], "minutes": [meeting.pk], "presence": [meeting.pk], "items": [], "decisions": [],
            "load": [], "item": [item.pk], "sign_in": [], "topic_minutes": [topic.pk],
            "person_load": [cast.lin.pk], "organiser_load": [cast.wang.pk], "edition": [meeting.pk, 1],
        }  # fmt: skip
        for name, args in pages.items():
            url = reverse(f"meetings:{name}", args=args) + ("?box=all" if name == "items" else "")
            found.setdefault(name, []).append(asked(client, url, is_fragment=name == "topic_minutes"))
    assert {
        name: counts for name, counts in found.items() if max(counts) > (8 if name == "topic_minutes" else 15)
    } == {}
    assert {name: counts for name, counts in found.items() if counts[1] > counts[0]} == {}
