"""`opsloop refresh-calendars`, as a timer of the operating system runs it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import ThreadingHTTPServer
from typing import Any

import pytest
from click.testing import CliRunner
from django.utils import translation

from opsloop.calendars.models import OutsideCalendar, OutsideEvent
from opsloop.calendars.tests.test_outside import FILE, Handler
from opsloop.cli.refresh_calendars import refresh_calendars
from opsloop.organisation.models import Person
from opsloop.organisation.tests.cast import Cast
from opsloop.web import clock


@pytest.fixture
def served(settings: Any) -> Iterator[str]:
    settings.OPSLOOP_OUTBOUND_ALLOW = ["127.0.0.1/32"]
    server: Any = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.status, server.body, server.seen = 200, FILE.encode(), []
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def calendar(person: Person, url: str, *, due_in: timedelta = timedelta()) -> OutsideCalendar:
    return OutsideCalendar.objects.create(person=person, name="公司", url=url, due_at=clock.now() + due_in)


@pytest.mark.django_db
def test_it_fetches_what_is_due_of_everybody_active_and_says_how_it_went(cast: Cast, served: str) -> None:
    good = calendar(cast.lin, f"{served}/cal.ics")
    bad = calendar(cast.chen, "http://10.0.0.1/cal.ics")
    early = calendar(cast.zhou, f"{served}/early.ics", due_in=timedelta(minutes=20))
    left = calendar(cast.wu, f"{served}/left.ics")
    with translation.override("en"):
        result = CliRunner().invoke(refresh_calendars)
    assert (result.exit_code, result.stderr) == (0, "1 fetched, 1 failed.\n")
    assert set(OutsideEvent.objects.values_list("calendar", "title")) == {(good.pk, "董事会")}
    bad.refresh_from_db()
    assert (bad.error, bad.failures) == ("private", 1)
    for untouched in (early, left):
        untouched.refresh_from_db()
        assert untouched.fetched_at is None
    again = CliRunner().invoke(refresh_calendars)
    assert again.stderr == "0 fetched, 0 failed.\n"
