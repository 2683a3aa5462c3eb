"""Plans keep out of what takes people's time."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import Client

from opsloop.calendars.actions import appointments
from opsloop.calendars.models import OutsideCalendar, OutsideEvent
from opsloop.calendars.queries import busy
from opsloop.organisation.tests.cast import Cast
from opsloop.planning.models import Placement, Proposal
from opsloop.work.actions import tasks

SHANGHAI = ZoneInfo("Asia/Shanghai")
MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=SHANGHAI)
WEEK = (MONDAY.replace(hour=0), MONDAY.replace(hour=0) + timedelta(days=7))

pytestmark = pytest.mark.django_db


@time_machine.travel(MONDAY, tick=True)
def test_an_accepted_plan_never_overlaps_busy_time(cast: Cast) -> None:
    starts, hour = MONDAY, timedelta(hours=1)
    calendar = OutsideCalendar.objects.create(
        person=cast.lin, name="公司", url="https://x.example/", due_at=MONDAY
    )
    board = {"starts_at": starts + hour, "ends_at": starts + 3 * hour}
    OutsideEvent.objects.create(calendar=calendar, title="董事会", **board)
    appointments.add(
        by=cast.lin, at=MONDAY, title="早会", starts_at=starts, ends_at=starts + hour, time_zone="Asia/Shanghai",
        rule="FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR",
    )  # fmt: skip
    for number in range(8):
        values = {"estimate_minutes": 180, "due_at": MONDAY.replace(day=27, hour=18)}
        tasks.create(by=cast.lin, at=MONDAY, title=f"任务{number}", owner=cast.lin, **values)
    client = Client()
    client.force_login(cast.lin)
    client.post(f"/people/{cast.lin.pk}/plan/2026-W48/proposals/")
    client.post(f"/proposals/{Proposal.objects.get().pk}/acceptance/", {"decision": "all"})
    placed = list(Placement.objects.filter(person=cast.lin))
    assert len(placed) >= 8
    for taken in busy([cast.lin.pk], *WEEK)[cast.lin.pk]:
        for piece in placed:
            assert not (piece.starts_at < taken.ends and taken.starts < piece.ends_at), (piece, taken)


@time_machine.travel(MONDAY, tick=False)
def test_the_calendar_shows_busy_time_takes_it_off_and_names_it_when_in_the_way(cast: Cast) -> None:
    appointments.add(
        by=cast.lin, at=MONDAY, title="供应商来访", starts_at=MONDAY + timedelta(hours=1),
        ends_at=MONDAY + timedelta(hours=2), time_zone="Asia/Shanghai", rule="",
    )  # fmt: skip
    task = tasks.create(by=cast.lin, at=MONDAY, title="盘点库存", owner=cast.lin, estimate_minutes=60)
    client = Client()
    client.force_login(cast.lin)
    page = client.get("/plan/2026-W48/").content.decode()
    assert "供应商来访" in page
    assert "0 / 5.5 小时" in page
    values = {"day": "2026-11-23", "start": "10:00", "minutes": 60}
    refused = client.post(f"/tasks/{task.pk}/placement/", values)
    assert refused.status_code == 409
    assert "供应商来访" in refused.content.decode()
    # What begins before flows around it.
    client.post(f"/tasks/{task.pk}/placement/", {**values, "start": "09:30"})
    spans = [
        (row.starts_at.astimezone(SHANGHAI).hour, (row.ends_at - row.starts_at).seconds // 60)
        for row in Placement.objects.order_by("starts_at")
    ]
    assert spans == [(9, 30), (11, 30)]
