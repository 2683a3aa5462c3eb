"""Outside calendars over HTTP: subscribed to, fetched from a server, kept fresh, and honest about what failed."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import Client

from opsloop.activity import jobs
from opsloop.activity.models import Event, Job
from opsloop.calendars.actions import outside as actions
from opsloop.calendars.models import OutsideCalendar, OutsideEvent
from opsloop.calendars.queries import busy
from opsloop.organisation.models import Person
from opsloop.organisation.tests.cast import Cast

SHANGHAI = ZoneInfo("Asia/Shanghai")
MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=SHANGHAI)
WEEK = (MONDAY.replace(hour=0), MONDAY.replace(hour=0) + timedelta(days=7))
FILE = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:x
BEGIN:VEVENT
UID:1
DTSTART;TZID=China Standard Time:20261124T100000
DTEND;TZID=China Standard Time:20261124T113000
SUMMARY:董事会
RRULE:FREQ=WEEKLY
END:VEVENT
END:VCALENDAR
""".replace("\n", "\r\n")

pytestmark = pytest.mark.django_db


class Handler(BaseHTTPRequestHandler):
    """Answers whatever the test has laid out, with an ETag."""

    def do_GET(self) -> None:
        served: Any = self.server
        served.seen.append(dict(self.headers))
        if self.headers.get("If-None-Match") == '"1"' and served.status == 200:
            self.send_response(304)
            self.end_headers()
            return
        self.send_response(served.status)
        self.send_header("ETag", '"1"')
        self.end_headers()
        self.wfile.write(served.body)

    def log_message(self, *_arguments: Any) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def running() -> Iterator[ThreadingHTTPServer]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def server(running: Any, settings: Any) -> Any:
    settings.OPSLOOP_OUTBOUND_ALLOW = ["127.0.0.1/32"]
    running.status, running.body, running.seen = 200, FILE.encode(), []
    return running


@pytest.fixture(autouse=True)
def clock() -> Any:
    with time_machine.travel(MONDAY, tick=False):
        yield


def log_in(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def address(server: Any) -> str:
    return f"http://127.0.0.1:{server.server_address[1]}/secret-9f/cal.ics"


def subscribe(cast: Cast, server: Any) -> OutsideCalendar:
    form = {"url": address(server), "name": "公司", "colour": "gold", "takes_time": "on"}
    response = log_in(cast.lin).post("/settings/calendars/outside/new/", form)
    assert response.status_code == 303, response.content[:500]
    return OutsideCalendar.objects.get()


def refresh(row: OutsideCalendar, *, later: timedelta = timedelta()) -> OutsideCalendar:
    actions.refresh(calendar=row, at=MONDAY + later)
    row.refresh_from_db()
    return row


def page(cast: Cast) -> str:
    return log_in(cast.lin).get("/settings/calendars/").content.decode()


def test_a_calendar_is_subscribed_to_fetched_by_its_job_and_counts_as_busy(cast: Cast, server: Any) -> None:
    row = subscribe(cast, server)
    job = Job.objects.get(kind=actions.JOB)
    assert "正在获取" in page(cast)
    assert Job.objects.filter(kind=actions.JOB).count() == 1
    jobs.run.call(job.pk)
    job.refresh_from_db()
    assert (job.status, job.error) == (Job.Status.DONE, "")
    row.refresh_from_db()
    assert (row.error, row.fetched_at) == ("", MONDAY)
    taken = busy([cast.lin.pk], *WEEK, by=cast.lin)[cast.lin.pk]
    assert [(one.title, one.starts, one.ends) for one in taken] == [
        ("董事会", MONDAY.replace(day=24, hour=10), MONDAY.replace(day=24, hour=11, minute=30))
    ]


def test_what_has_not_changed_is_not_sent_again_until_the_copy_runs_short(cast: Cast, server: Any) -> None:
    row = refresh(subscribe(cast, server))
    copied = set(OutsideEvent.objects.values_list("pk", flat=True))
    events = Event.objects.count()
    assert len(copied) >= 25
    refresh(row, later=timedelta(hours=1))
    assert server.seen[-1]["If-None-Match"] == '"1"'
    assert set(OutsideEvent.objects.values_list("pk", flat=True)) == copied
    assert (row.error, row.fetched_at) == ("", MONDAY + timedelta(hours=1))
    assert Event.objects.count() == events
    refresh(row, later=timedelta(days=40))
    assert "If-None-Match" not in server.seen[-1]
    assert row.covered_until == MONDAY + timedelta(days=40) + actions.AHEAD


def test_an_event_that_goes_there_goes_here(cast: Cast, server: Any) -> None:
    row = refresh(subscribe(cast, server))
    server.body = FILE.replace("RRULE:FREQ=WEEKLY\r\n", "STATUS:CANCELLED\r\n").encode()
    OutsideCalendar.objects.update(etag="")
    row.refresh_from_db()
    refresh(row)
    assert not OutsideEvent.objects.exists()


@pytest.mark.parametrize(
    ("status", "body", "error", "words"),
    [
        (404, b"", "gone", "已没有日历"),
        (403, b"", "refused", "拒绝"),
        (500, b"", "server", "稍后"),
        (200, b"<!doctype html><p>x", "page", "网页"),
        (200, b"hello", "unreadable", ".ics"),
        (200, b"BEGIN:VCALENDAR\r\n" + b"x" * 3_000_000, "large", "2 MB"),
    ],
)
def test_a_failure_keeps_the_copy_waits_longer_and_says_what_to_do(
    cast: Cast, server: Any, status: int, body: bytes, error: str, words: str
) -> None:
    row = refresh(subscribe(cast, server))
    copied = OutsideEvent.objects.count()
    server.status, server.body = status, body
    OutsideCalendar.objects.update(etag="")
    row.refresh_from_db()
    refresh(row)
    first = row.due_at - MONDAY
    refresh(row)
    assert (row.error, row.failures, OutsideEvent.objects.count()) == (error, 2, copied)
    assert first > actions.STALE
    assert row.due_at - MONDAY == 2 * first
    assert words in page(cast)
    for _time in range(20):
        refresh(row)
    assert row.due_at - MONDAY == actions.LONGEST_WAIT
    server.status, server.body = 200, FILE.encode()
    refresh(row)
    assert (row.error, row.failures) == ("", 0)


def test_a_network_of_our_own_is_refused_with_the_remedy(cast: Cast, server: Any, settings: Any) -> None:
    row = subscribe(cast, server)
    settings.OPSLOOP_OUTBOUND_ALLOW = []
    refresh(row)
    assert row.error in ("private", "port")
    assert server.seen == []


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "http://me:pw@x.example/", "x", "http://", "gopher://x/"]
)
def test_an_address_that_is_none_is_refused_at_its_field(cast: Cast, url: str) -> None:
    form = {"url": url, "name": "公司", "colour": "gold"}
    response = log_in(cast.lin).post("/settings/calendars/outside/new/", form)
    assert response.status_code == 422
    assert "url" in response.context["form"].errors
    assert not OutsideCalendar.objects.exists()


def test_only_ones_own_are_seen_changed_and_ended(cast: Cast, server: Any) -> None:
    row = refresh(subscribe(cast, server))
    form = {"url": address(server), "name": "总部", "colour": "red", "version": 1}
    lead = log_in(cast.chen)
    assert lead.get(f"/settings/calendars/outside/{row.pk}/").status_code == 404
    assert lead.post(f"/settings/calendars/outside/{row.pk}/", form).status_code == 404
    assert lead.post(f"/settings/calendars/outside/{row.pk}/removal/", {"version": 1}).status_code == 404
    mine = log_in(cast.lin)
    assert mine.post(f"/settings/calendars/outside/{row.pk}/", {**form, "version": 9}).status_code == 412
    assert mine.post(f"/settings/calendars/outside/{row.pk}/", form).status_code == 303
    row.refresh_from_db()
    assert (row.name, row.takes_time, row.version) == ("总部", False, 2)
    assert busy([cast.lin.pk], *WEEK)[cast.lin.pk] == []
    assert mine.post(f"/settings/calendars/outside/{row.pk}/removal/", {"version": 2}).status_code == 303
    assert not OutsideEvent.objects.exists()


def test_another_address_drops_what_came_from_the_old_one(cast: Cast, server: Any) -> None:
    row = refresh(subscribe(cast, server))
    values = {"url": address(server) + "?new"}
    before = OutsideCalendar.objects.get()
    actions.change(calendar=row, values=values, by=cast.lin, at=MONDAY, version=1)
    assert not OutsideEvent.objects.exists()
    actions.refresh(calendar=before, at=MONDAY)  # a fetch of the old address that was on its way
    assert not OutsideEvent.objects.exists()


def test_the_secret_address_stands_in_no_event_and_no_job(cast: Cast, server: Any) -> None:
    row = refresh(subscribe(cast, server))
    actions.change(calendar=row, values={"url": address(server) + "?n"}, by=cast.lin, at=MONDAY, version=1)
    kept = str(list(Event.objects.values_list("changes", "note"))) + str(list(Job.objects.values()))
    assert "secret-9f" not in kept


def test_the_same_address_twice_and_too_many_are_refused(cast: Cast, server: Any) -> None:
    subscribe(cast, server)
    form = {"url": address(server), "name": "又一个", "colour": "gold"}
    client = log_in(cast.lin)
    assert client.post("/settings/calendars/outside/new/", form).status_code == 422
    for number in range(actions.MOST - 1):
        OutsideCalendar.objects.create(
            person=cast.lin, name="x", url=f"https://x.example/{number}", due_at=MONDAY
        )
    assert (
        client.post("/settings/calendars/outside/new/", {**form, "url": "https://y.example/"}).status_code
        == 422
    )


def test_looking_queues_one_fetch_when_it_is_stale_and_none_before(cast: Cast, server: Any) -> None:
    refresh(subscribe(cast, server))
    Job.objects.update(status=Job.Status.DONE, finished_at=MONDAY)
    page(cast)
    assert Job.objects.active().count() == 0
    with time_machine.travel(MONDAY + timedelta(minutes=31), tick=False):
        page(cast)
        page(cast)
    assert Job.objects.active().count() == 1
    assert Job.objects.filter(kind=actions.JOB).count() == 1  # the one that was done made room
