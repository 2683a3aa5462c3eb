"""A notice of 王磊 (manager of 运营部) to 运营部 with its teams: 林悦, 周航 and 陈敏 get it; it is Monday morning."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from opsloop.background import running
from opsloop.notices.actions import confirming, sending, writing
from opsloop.notices.models import Notice, Receipt
from opsloop.organisation.models import Person
from opsloop.organisation.tests.cast import NOW, Cast

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
HTMX = {"HX-Request": "true", "HX-Request-Type": "partial"}
WORDS = {"title": "双11值班安排", "cause": "活动期间需要值班", "demands": "1. 每组报两人", "timing": "周三前"}


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
def draft(cast: Cast) -> Callable[..., Notice]:
    """Return a function that writes a draft."""

    def made(by: Person | None = None, **values: Any) -> Notice:
        by = by or cast.wang
        audience = {"departments": [cast.operations.pk], "below": True}
        given = {**WORDS, "audience": audience, **values}
        return writing.begin(values=given, by=by, at=NOW)

    return made


@pytest.fixture
def sent(draft: Callable[..., Notice]) -> Callable[..., Notice]:
    """Return a function that sends a notice and lets the worker bring it."""

    def made(at: datetime = NOW, **values: Any) -> Notice:
        notice = draft(**values)
        assert notice.author is not None
        sending.send(notice=notice, by=notice.author, at=at, version=notice.version)
        running.drain()
        notice.refresh_from_db()
        return notice

    return made


def receipt_of(notice: Notice, person: Person) -> Receipt:
    return Receipt.objects.get(notice=notice, person=person)


def tap(notice: Notice, person: Person, at: datetime = NOW, edition: int = 1) -> bool:
    return confirming.confirm(notice=notice, by=person, at=at, edition=edition, way="page")


def names(notice: Notice, **filters: Any) -> set[str]:
    rows = Receipt.objects.filter(notice=notice, **filters)
    return set(rows.values_list("person__name", flat=True))
