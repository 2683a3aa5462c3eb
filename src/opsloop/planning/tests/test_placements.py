"""Pieces of a week over HTTP: placed, moved, split, taken out; what is in the way is named, and nothing is lost."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import Client

from opsloop.activity.models import Event, Undo
from opsloop.organisation.models import Person
from opsloop.organisation.tests.cast import Cast
from opsloop.planning.models import Placement
from opsloop.work.actions import tasks
from opsloop.work.models import Task

SHANGHAI = ZoneInfo("Asia/Shanghai")
MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=SHANGHAI)
WEEK = "2026-W48"
HTMX = {"HX-Request": "true"}

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock() -> Any:
    with time_machine.travel(MONDAY, tick=False):
        yield


def make(cast: Cast, title: str = "盘点库存", owner: Person | None = None, **values: Any) -> Task:
    values = {"estimate_minutes": 120, "due_at": MONDAY.replace(day=27, hour=18), **values}
    return tasks.create(by=owner or cast.lin, at=MONDAY, title=title, owner=owner or cast.lin, **values)


def piece(task: Task, day: int, start: tuple[int, int], end: tuple[int, int], **values: Any) -> Placement:
    begins = MONDAY.replace(day=day, hour=start[0], minute=start[1])
    ends = MONDAY.replace(day=day, hour=end[0], minute=end[1])
    return Placement.objects.create(
        person=task.owner,
        task=task,
        starts_at=begins,
        ends_at=ends,
        block="focus",
        accepted_at=MONDAY,
        **values,
    )


def log_in(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def times(day: int, start: str, end: str, version: int = 1, **more: Any) -> dict[str, Any]:
    return {"day": f"2026-11-{day}", "start": start, "end": end, "version": version, **more}


def spoken(response: Any) -> str:
    """Return the sentence of a refused htmx request."""
    from urllib.parse import unquote

    return unquote(response.headers.get("X-Error", "")) or response.content.decode()


def local(placement: Placement) -> str:
    zone = ZoneInfo(placement.person.time_zone)
    return f"{placement.starts_at.astimezone(zone):%d %H:%M}-{placement.ends_at.astimezone(zone):%H:%M}"


# ── Placing ─────────────────────────────────────────────────────────────────────────────────────────


def place(client: Client, task: Task, day: int, start: str, minutes: int, **more: Any) -> Any:
    values = {"day": f"2026-11-{day}", "start": start, "minutes": minutes, **more}
    return client.post(f"/tasks/{task.pk}/placement/", values, headers=HTMX)


def test_a_task_is_put_around_lunch_and_what_stands_there(cast: Cast) -> None:
    piece(make(cast, "固定的事"), 24, (14, 0), (14, 30), is_pinned=True)
    task = make(cast)
    assert place(log_in(cast.lin), task, 24, "11:00", 120).status_code == 204
    assert [local(one) for one in Placement.objects.filter(task=task)] == ["24 11:00-12:00", "24 14:30-15:30"]
    assert Event.objects.filter(kind="placement.made", subject_id=task.pk).exists()


def test_what_has_no_room_on_the_day_is_told_and_waits(cast: Cast) -> None:
    task = make(cast)
    response = place(log_in(cast.lin), task, 24, "16:30", 120)
    assert [local(one) for one in Placement.objects.all()] == ["24 16:30-17:30"]
    assert "tray" in response.headers["HX-Trigger"] or "\\u5f85\\u6392" in response.headers["HX-Trigger"]
    assert "盘点库存" in log_in(cast.lin).get(f"/people/{cast.lin.pk}/tray/").content.decode()


def test_a_task_with_all_its_time_leaves_the_tray(cast: Cast) -> None:
    task = make(cast)
    client = log_in(cast.lin)
    assert "盘点库存" in client.get(f"/people/{cast.lin.pk}/tray/").content.decode()
    place(client, task, 24, "09:00", 150)
    assert "盘点库存" not in client.get(f"/people/{cast.lin.pk}/tray/").content.decode()


@pytest.mark.parametrize(
    ("day", "start", "word"),
    [(24, "10:00", "对账"), (24, "20:00", "17:30"), (28, "10:00", "11-28"), (20, "10:00", "11-20")],
    ids=["taken", "evening", "weekend", "past"],
)
def test_a_place_that_is_not_free_is_refused_and_named(cast: Cast, day: int, start: str, word: str) -> None:
    piece(make(cast, "对账"), 24, (10, 0), (11, 0))
    task = make(cast)
    response = place(log_in(cast.lin), task, day, start, 60)
    assert response.status_code == 409
    assert word in spoken(response)
    assert not Placement.objects.filter(task=task).exists()


def test_outside_of_working_time_is_for_those_who_say_so(cast: Cast) -> None:
    task = make(cast)
    assert place(log_in(cast.lin), task, 28, "10:00", 60, off_hours="on").status_code == 204
    assert local(Placement.objects.get()) == "28 10:00-11:00"


def test_the_form_without_scripts_begins_at_the_first_free_time(cast: Cast) -> None:
    piece(make(cast, "对账"), 23, (9, 0), (10, 0))
    page = log_in(cast.lin).get(f"/tasks/{make(cast).pk}/placement/").content.decode()
    assert 'value="10:00"' in page
    assert 'value="2026-11-23"' in page


@pytest.mark.parametrize(("name", "status"), [("lin", 204), ("chen", 204), ("sun", 403), ("outsider", 404)])
def test_only_the_owner_and_the_lead_plan_a_task(cast: Cast, name: str, status: int) -> None:
    task = make(cast)
    assert place(log_in(getattr(cast, name)), task, 24, "09:00", 60).status_code == status
    assert Placement.objects.exists() == (status == 204)


# ── Moving and resizing ─────────────────────────────────────────────────────────────────────────────


def test_a_piece_moves_with_its_version_and_says_so(cast: Cast) -> None:
    found = piece(make(cast), 24, (9, 0), (10, 0))
    client = log_in(cast.lin)
    url = f"/placements/{found.pk}/"
    response = client.post(url, times(25, "14:00", "15:30"), headers=HTMX)
    assert response.status_code == 204
    assert '"version": 2' in response.headers["HX-Trigger"]
    assert local(Placement.objects.get()) == "25 14:00-15:30"
    assert client.post(url, times(26, "14:00", "15:30"), headers=HTMX).status_code == 412
    assert client.post(url, times(26, "14:00", "15:30", version="")).status_code == 428
    assert local(Placement.objects.get()) == "25 14:00-15:30"


def test_a_move_can_be_undone(cast: Cast) -> None:
    found = piece(make(cast), 24, (9, 0), (10, 0))
    client = log_in(cast.lin)
    client.post(f"/placements/{found.pk}/", times(25, "14:00", "15:30"))
    assert client.post(f"/undo/{Undo.objects.latest('pk').pk}/").status_code == 303
    assert local(Placement.objects.get(pk=found.pk)) == "24 09:00-10:00"
    # A page from before must not change it any more.
    assert client.post(f"/placements/{found.pk}/", times(25, "14:00", "15:30")).status_code == 412


def test_a_pinned_piece_in_the_way_is_named(cast: Cast) -> None:
    piece(make(cast, "客户会议"), 24, (10, 0), (11, 0), is_pinned=True)
    found = piece(make(cast), 25, (9, 0), (10, 0))
    response = log_in(cast.lin).post(f"/placements/{found.pk}/", times(24, "09:30", "10:30"), headers=HTMX)
    assert response.status_code == 409
    assert "客户会议" in spoken(response)
    assert local(Placement.objects.get(pk=found.pk)) == "25 09:00-10:00"


@pytest.mark.parametrize(
    "values",
    [
        times(24, "12:00", "13:00"),
        times(24, "09:05", "10:00"),
        times(24, "10:00", "09:00"),
        times(24, "10:00", "10:00"),
        times(24, "x", "10:00"),
        {**times(24, "10:00", "11:00"), "day": "9999-12-31"},
        {"version": 1},
    ],
)
def test_times_that_cannot_be_are_refused_and_nothing_moves(cast: Cast, values: dict[str, Any]) -> None:
    found = piece(make(cast), 25, (9, 0), (10, 0))
    client = log_in(cast.lin)
    assert client.post(f"/placements/{found.pk}/", values, headers=HTMX).status_code == 409
    assert client.post(f"/placements/{found.pk}/", values).status_code in {409, 422}
    assert local(Placement.objects.get()) == "25 09:00-10:00"


def test_a_piece_that_ends_after_its_task_is_due_is_marked_late(cast: Cast) -> None:
    task = make(cast, due_at=MONDAY.replace(day=24, hour=12))
    found = piece(task, 24, (9, 0), (10, 0))
    client = log_in(cast.lin)
    client.post(f"/placements/{found.pk}/", times(25, "09:00", "10:00"))
    assert Placement.objects.get().is_late
    client.post(f"/placements/{found.pk}/", times(24, "09:00", "10:00", version=2))
    assert not Placement.objects.get().is_late


# ── Splitting, pinning, taking out ──────────────────────────────────────────────────────────────────


def test_a_piece_is_split_where_one_says_and_put_together_by_undo(cast: Cast) -> None:
    found = piece(make(cast), 24, (9, 0), (11, 0))
    client = log_in(cast.lin)
    url = f"/placements/{found.pk}/parts/"
    assert client.post(url, {"cut": "11:00", "version": 1}).status_code == 409
    assert client.post(url, {"cut": "10:15", "version": 1}).status_code == 303
    assert [local(one) for one in Placement.objects.all()] == ["24 09:00-10:15", "24 10:15-11:00"]
    client.post(f"/undo/{Undo.objects.latest('pk').pk}/")
    assert [local(one) for one in Placement.objects.all()] == ["24 09:00-11:00"]


def test_a_piece_taken_out_goes_back_into_the_tray(cast: Cast) -> None:
    found = piece(make(cast), 24, (9, 0), (11, 30))
    client = log_in(cast.lin)
    assert client.post(f"/placements/{found.pk}/removal/", {"version": 1}).status_code == 303
    assert not Placement.objects.exists()
    assert "盘点库存" in client.get(f"/people/{cast.lin.pk}/tray/").content.decode()


def test_a_full_day_is_overbooked_only_when_that_is_said(cast: Cast) -> None:
    piece(make(cast, "上午的事"), 24, (9, 0), (12, 0))
    piece(make(cast, "下午的事"), 24, (14, 0), (17, 15))
    task = make(cast)
    client = log_in(cast.lin)
    # A quarter of an hour is left, so what stands there is named, as before.
    assert "上午的事" in spoken(place(client, task, 24, "10:00", 120))
    piece(make(cast, "收尾"), 24, (17, 15), (17, 30))
    refused = place(client, task, 24, "10:00", 120)
    assert (refused.status_code, refused["X-Consent"]) == (409, "over")
    assert "2 小时" in spoken(refused)
    assert not Placement.objects.filter(task=task).exists()
    piece(make(cast, "晚上的会"), 24, (18, 0), (19, 0))
    assert place(client, task, 24, "10:00", 120, over="on").status_code == 204
    found = Placement.objects.filter(task=task).order_by("starts_at")
    assert [local(one) for one in found] == ["24 17:30-18:00", "24 19:00-20:30"]
    assert {one.block for one in found} == {""}
    more = make(cast, "更多")
    told = place(client, more, 24, "10:00", 300, over="on")
    assert told.status_code == 204
    assert [local(one) for one in Placement.objects.filter(task=more)] == ["24 20:30-00:00"]
    assert place(client, more, 24, "10:00", 60, over="on").status_code == 409
    assert place(client, task, 28, "10:00", 60, over="on").status_code == 409


def test_an_over_full_day_says_by_how_much_and_what_to_move_out(cast: Cast) -> None:
    piece(make(cast, "重要的事", importance=5), 24, (9, 0), (12, 0))
    piece(make(cast, "次要的事", importance=1), 24, (14, 0), (17, 30))
    extra = piece(make(cast, "晚上的事", importance=2), 24, (18, 0), (20, 0))
    client = log_in(cast.lin)
    page = client.get(f"/plan/{WEEK}/").content.decode()
    least = Placement.objects.get(task__title="次要的事")
    assert f'value="{least.pk}|1"' in page
    assert f'value="{extra.pk}|1"' not in page
    url = f"/people/{cast.lin.pk}/plan/{WEEK}/removals/"
    assert client.post(url, {}).status_code == 409
    assert client.post(url, {"piece": [f"{least.pk}|1", f"{extra.pk}|9"]}).status_code == 412
    assert Placement.objects.count() == 3
    assert client.post(url, {"piece": [f"{least.pk}|1"]}).status_code == 303
    assert Placement.objects.count() == 2
    assert f'value="{extra.pk}|1"' not in client.get(f"/plan/{WEEK}/").content.decode()


@pytest.mark.parametrize(("name", "status"), [("chen", 303), ("sun", 403), ("outsider", 404), ("zhou", 404)])
def test_only_who_may_plan_the_week_changes_a_piece(cast: Cast, name: str, status: int) -> None:
    found = piece(make(cast), 24, (9, 0), (11, 0))
    client = log_in(getattr(cast, name))
    assert client.post(f"/placements/{found.pk}/", times(25, "09:00", "10:00")).status_code == status
    assert (local(Placement.objects.get()) == "25 09:00-10:00") == (status == 303)
    refused = {303: 412, 403: 403, 404: 404}[status]
    assert (
        client.post(f"/placements/{found.pk}/parts/", {"cut": "09:30", "version": 1}).status_code == refused
    )
    assert client.post(f"/placements/{found.pk}/removal/", {"version": 1}).status_code == refused
    assert Placement.objects.count() == 1


@pytest.mark.once
def test_the_page_of_a_full_week_stays_within_its_queries(
    cast: Cast, django_assert_max_num_queries: Any
) -> None:
    for number in range(60):
        day, quarter = 23 + number % 5, number // 5 * 2
        begins = MONDAY.replace(day=day, hour=9) + timedelta(minutes=15 * quarter)
        task = make(cast, f"任务{number}", importance=1 + number % 5)
        Placement.objects.create(
            person=cast.lin, task=task, starts_at=begins, ends_at=begins + timedelta(minutes=30),
            block="focus", accepted_at=MONDAY,
        )  # fmt: skip
    for client in (log_in(cast.lin), log_in(cast.chen)):
        with django_assert_max_num_queries(15):
            client.get(f"/people/{cast.lin.pk}/plan/{WEEK}/")
        with django_assert_max_num_queries(8):
            client.get(f"/people/{cast.lin.pk}/tray/", headers={**HTMX, "HX-Target": "aside#tray"})
