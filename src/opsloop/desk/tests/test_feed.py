"""The feed behind its secret link: what it holds, who gets it, and what it keeps to itself."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from icalendar import Calendar

from opsloop.activity.models import Event
from opsloop.calendars.actions import appointments
from opsloop.calendars.models import FeedLink
from opsloop.engines.tests.rfc5545 import violations
from opsloop.organisation.models import Person
from opsloop.organisation.tests.cast import Cast
from opsloop.planning.models import Placement
from opsloop.work.actions import tasks
from opsloop.work.models import Task

SHANGHAI = ZoneInfo("Asia/Shanghai")
MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=SHANGHAI)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock() -> Any:
    cache.clear()
    with time_machine.travel(MONDAY, tick=False):
        yield


def log_in(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def link_of(person: Person) -> str:
    page = log_in(person).post("/settings/calendars/feed/").content.decode()
    found = re.search(r'value="http://testserver(/calendar/feed/[\w-]+\.ics)"', page)
    assert found, page
    return found[1]


def make(cast: Cast, title: str = "写周报", **values: Any) -> Task:
    values = {"due_at": MONDAY.replace(day=25, hour=18), **values}
    return tasks.create(by=cast.lin, at=MONDAY, title=title, owner=cast.lin, **values)


def place(task: Task, hour: int = 14) -> Placement:
    starts = MONDAY.replace(day=24, hour=hour)
    return Placement.objects.create(
        person=task.owner, task=task, starts_at=starts, ends_at=starts + timedelta(hours=2), accepted_at=MONDAY,
        block="focus",
    )  # fmt: skip


def read(path: str) -> dict[str, Any]:
    response = Client().get(path)
    assert response.status_code == 200
    assert violations(response.content) == []
    return {str(event["SUMMARY"]): event for event in Calendar.from_ical(response.content).events}


def test_it_holds_the_plan_the_deadlines_and_the_appointments(cast: Cast) -> None:
    place(make(cast, "写周报; 对账, 收尾"))
    span = {"starts_at": MONDAY.replace(day=26, hour=0), "ends_at": MONDAY.replace(day=27, hour=0)}
    appointments.add(
        by=cast.lin,
        at=MONDAY,
        title="培训",
        is_all_day=True,
        time_zone="Asia/Shanghai",
        is_private=True,
        **span,
    )
    start = MONDAY.replace(day=27, hour=10)
    appointments.add(
        by=cast.lin, at=MONDAY, title="周会", starts_at=start, ends_at=start + timedelta(hours=1),
        time_zone="Asia/Shanghai", rule="FREQ=WEEKLY;COUNT=3",
    )  # fmt: skip
    response = Client().get(link_of(cast.lin))
    assert violations(response.content) == []
    events = Calendar.from_ical(response.content).events
    named = [str(event["SUMMARY"]) for event in events]
    assert sorted(named) == sorted(
        ["写周报; 对账, 收尾", "截止：写周报; 对账, 收尾", "培训", "周会", "周会", "周会"]
    )
    plan = next(event for event in events if str(event["UID"]).startswith("plan-"))
    assert plan["DTSTART"].dt == MONDAY.replace(day=24, hour=14)
    day = next(event for event in events if str(event["SUMMARY"]) == "培训")
    assert (f"{day['DTSTART'].dt}", f"{day['DTEND'].dt}") == ("2026-11-26", "2026-11-27")


def test_what_others_plan_and_what_is_closed_or_binned_is_not_in_it(cast: Cast) -> None:
    other = tasks.create(
        by=cast.chen, at=MONDAY, title="别人的", owner=cast.chen, due_at=MONDAY.replace(day=25)
    )
    place(other)
    gone = make(cast, "不要了")
    place(gone)
    tasks.put_in_bin(task=gone, by=cast.lin, at=MONDAY, version=gone.version)
    assert read(link_of(cast.lin)) == {}


def test_a_change_keeps_the_uid_and_counts_up(cast: Cast) -> None:
    task, path = make(cast), link_of(cast.lin)
    before = read(path)["截止：写周报"]
    with time_machine.travel(MONDAY + timedelta(hours=1), tick=False):
        values = {"due_at": MONDAY.replace(day=26, hour=12)}
        tasks.change(
            task=task, values=values, by=cast.lin, at=MONDAY + timedelta(hours=1), version=task.version
        )
        after = read(path)["截止：写周报"]
    assert before["UID"] == after["UID"]
    assert after["SEQUENCE"] > before["SEQUENCE"]
    assert after["DTSTAMP"].dt == MONDAY + timedelta(hours=1)
    assert after["DTEND"].dt == MONDAY.replace(day=26, hour=12)


def test_what_has_not_changed_is_not_sent_again(cast: Cast) -> None:
    make(cast)
    path = link_of(cast.lin)
    first = Client().get(path)
    assert first["Cache-Control"] == "private, max-age=0, must-revalidate"
    assert first["Content-Type"] == "text/calendar; charset=utf-8"
    assert not first.cookies
    with time_machine.travel(MONDAY + timedelta(minutes=20), tick=False):
        again = Client().get(path, headers={"If-None-Match": first["ETag"]})
        assert (again.status_code, again.content) == (304, b"")
        make(cast, "新任务")
        assert Client().get(path, headers={"If-None-Match": first["ETag"]}).status_code == 200


def test_only_the_hash_is_kept_and_when_it_was_read(cast: Cast) -> None:
    path = link_of(cast.lin)
    row = FeedLink.objects.get()
    token = path.split("/")[-1].removesuffix(".ics")
    assert len(token) >= 43
    assert token not in str(list(FeedLink.objects.values())) + str(list(Event.objects.values()))
    assert row.read_at is None
    Client().get(path)
    row.refresh_from_db()
    assert row.read_at == MONDAY
    assert token not in log_in(cast.lin).get("/settings/calendars/").content.decode()


def test_unknown_revoked_renewed_and_disabled_links_all_answer_404(cast: Cast) -> None:
    assert Client().get("/calendar/feed/nonsense.ics").status_code == 404
    first = link_of(cast.lin)
    second = link_of(cast.lin)
    assert (Client().get(first).status_code, Client().get(second).status_code) == (404, 200)
    assert log_in(cast.lin).post("/settings/calendars/feed/revocation/").status_code == 303
    assert Client().get(second).status_code == 404
    third = link_of(cast.lin)
    Person.objects.filter(pk=cast.lin.pk).update(is_active=False)
    assert Client().get(third).status_code == 404


def test_guesses_are_slowed_down_and_the_true_link_still_answers(cast: Cast) -> None:
    path = link_of(cast.lin)
    answers = [Client().get(f"/calendar/feed/{number}.ics").status_code for number in range(31)]
    assert answers[:30] == [404] * 30
    assert answers[30] == 429
    assert Client().get(path).status_code == 200


@pytest.mark.once
def test_it_asks_the_database_as_often_for_many_as_for_one(cast: Cast) -> None:
    place(make(cast))
    path = link_of(cast.lin)
    Client().get(path)

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert Client().get(path).status_code == 200
        return len(queries)

    one = asked()
    for number in range(12):
        place(make(cast, f"任务{number}"), hour=8 + number)
    assert asked() == one <= 10
