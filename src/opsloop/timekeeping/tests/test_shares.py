"""Where the time goes: by the quadrant in which a task stood on the day of the entry."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from opsloop.organisation.tests.cast import NOW
from opsloop.timekeeping.models import TimeEntry
from opsloop.timekeeping.shares import shares
from opsloop.work.actions import tasks


@pytest.fixture(autouse=True)
def _at_now():
    with time_machine.travel(NOW, tick=True):
        yield


def worked(person, task, *, days, minutes):
    start = NOW - timedelta(days=days, hours=1)
    TimeEntry.objects.create(
        person=person,
        task=task,
        started_at=start,
        ended_at=start + timedelta(minutes=minutes),
        minutes=minutes,
    )


def test_time_counts_in_the_quadrant_of_its_day(cast):
    due = NOW + timedelta(hours=8)
    task = tasks.create(by=cast.lin, at=NOW, title="月报", owner=cast.lin, importance=5, due_at=due)
    worked(cast.lin, task, days=14, minutes=120)
    worked(cast.lin, task, days=0, minutes=60)
    worked(cast.lin, None, days=0, minutes=30)
    found = shares(cast.lin, "mine", at=NOW)
    assert [week.minutes for week in found.weeks if week.total] == [
        {1: 0, 2: 120, 3: 0, 4: 0},
        {1: 60, 2: 0, 3: 0, 4: 0},
    ]
    assert found.weeks[-1].elsewhere == 30


def test_only_hours_that_may_be_seen_are_added_up(cast, client):
    task = tasks.create(by=cast.outsider, at=NOW, title="产品部的", owner=cast.outsider)
    worked(cast.outsider, task, days=0, minutes=300)
    assert shares(cast.chen, "team", at=NOW).weeks[-1].total == 0
    client.force_login(cast.lin)
    assert client.get(reverse("timekeeping:quadrant_shares") + "?scope=team").status_code == 200
