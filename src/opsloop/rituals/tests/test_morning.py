"""The morning plan over HTTP: leftovers, picks, estimates, capacity, times, begin; skipping and coming back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from opsloop.organisation.models import CalendarDay, Leave, Person
from opsloop.organisation.tests.cast import Cast
from opsloop.planning.models import Placement, Proposal
from opsloop.rituals.models import RitualRun
from opsloop.rituals.tests.conftest import HTMX, MORNING, place, run_of, undo_of
from opsloop.work.actions import tasks
from opsloop.work.models import Task

LogIn = Callable[[Person], Client]
Make = Callable[..., Task]
PAGE = "/rituals/morning/"
YESTERDAY = MORNING - timedelta(days=1)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock() -> Any:
    with time_machine.travel(MORNING, tick=False):
        yield


def sort(client: Client, task: Task, choice: str, **more: Any) -> Any:
    sent = {"choice": choice, "version": task.version, **more}
    return client.post(f"/rituals/morning/sorting/{task.pk}/", sent, headers=HTMX)


def step(client: Client, name: str) -> Any:
    return client.post("/rituals/morning/step/", {"step": name}, headers=HTMX)


def text(response: Any) -> str:
    return response.content.decode()


def test_it_lists_what_was_planned_yesterday_and_is_still_open(cast: Cast, log_in: LogIn, make: Make) -> None:
    left, done = make("写周报"), make("对账")
    place(left, YESTERDAY)
    place(done, YESTERDAY + timedelta(hours=1))
    tasks.close(task=done, by=cast.lin, at=YESTERDAY, version=done.version)
    late = make("催合同", due_at=YESTERDAY)
    page = text(log_in(cast.lin).get(PAGE))
    assert 'data-ritual="morning-leftovers"' in page
    assert left.title in page
    assert late.title in page
    assert done.title not in page


def test_what_goes_on_in_todays_plan_is_no_leftover(cast: Cast, log_in: LogIn, make: Make) -> None:
    task = make("写周报")
    place(task, YESTERDAY)
    place(task, MORNING + timedelta(hours=1))
    assert 'data-ritual="morning-pick"' in text(log_in(cast.lin).get(PAGE))


def test_today_keeps_the_task_as_it_is_and_picks_it(cast: Cast, log_in: LogIn, make: Make) -> None:
    task = make("催合同", due_at=YESTERDAY)
    page = text(sort(log_in(cast.lin), task, "today"))
    task.refresh_from_db()
    assert task.due_at == YESTERDAY
    assert run_of(cast.lin, "morning").answers["sorted"] == {str(task.pk): "today"}
    # The last leftover is sorted: the next step has come by itself, and the task is ticked there.
    assert 'data-ritual="morning-pick"' in page
    assert f'id="picked-{task.pk}" checked' in page


def test_tomorrow_puts_off_and_frees_what_is_planned_today(cast: Cast, log_in: LogIn, make: Make) -> None:
    task = make("催合同", due_at=YESTERDAY)
    free = place(task, MORNING.replace(hour=15))
    later = place(task, MORNING.replace(day=20))
    client = log_in(cast.lin)
    response = sort(client, task, "tomorrow")
    task.refresh_from_db()
    assert task.deferred_until == date(2026, 11, 19)
    assert list(Placement.objects.filter(task=task)) == [later]
    assert client.post(undo_of(response), headers={"HX-Request": "true"}).status_code == 204
    task.refresh_from_db()
    assert task.deferred_until is None
    assert Placement.objects.filter(task=task, starts_at=free.starts_at).exists()
    assert run_of(cast.lin, "morning").answers["sorted"] == {}


def test_the_backlog_takes_the_dates_away_and_undo_brings_them_back(
    cast: Cast, log_in: LogIn, make: Make
) -> None:
    task, client = make("催合同", due_at=YESTERDAY), log_in(cast.lin)
    response = sort(client, task, "backlog")
    task.refresh_from_db()
    assert task.due_at is None
    client.post(undo_of(response), headers={"HX-Request": "true"})
    task.refresh_from_db()
    assert task.due_at == YESTERDAY
    assert "催合同" in text(client.get(PAGE))


def test_cancelling_closes_the_task(cast: Cast, log_in: LogIn, make: Make) -> None:
    task = make("催合同", due_at=YESTERDAY)
    sort(log_in(cast.lin), task, "cancel")
    task.refresh_from_db()
    assert task.status == Task.Status.CANCELLED


def test_sorting_refuses_what_is_stale_unknown_or_somebody_elses(
    cast: Cast, log_in: LogIn, make: Make
) -> None:
    task, client = make("催合同", due_at=YESTERDAY), log_in(cast.lin)
    tasks.change(task=task, values={"note": "x"}, by=cast.lin, at=MORNING, version=task.version)
    before = Task.objects.get(pk=task.pk)
    before.version -= 1
    assert sort(client, before, "cancel").status_code == 412
    assert sort(client, before, "tomorrow").status_code == 409
    assert sort(client, task, "burn").status_code == 409
    assert sort(client, task, "date", day="2026-02-30").status_code == 409
    assert sort(client, task, "date", day="2026-11-18").status_code == 409
    assert client.post(f"/rituals/morning/sorting/{task.pk}/", {"choice": "cancel"}).status_code == 428
    assert sort(log_in(cast.chen), task, "cancel").status_code == 404
    task.refresh_from_db()
    assert task.is_open
    assert not RitualRun.objects.exists()


def test_what_is_due_planned_or_handed_over_can_be_picked(cast: Cast, log_in: LogIn, make: Make) -> None:
    due = make("今天要交", due_at=MORNING.replace(hour=18))
    planned = make("已经排好")
    place(planned, MORNING.replace(hour=14))
    handed = tasks.create(by=cast.chen, at=YESTERDAY, title="主管派的", owner=cast.lin)
    other = make("不急的")
    client = log_in(cast.lin)
    page = text(client.get(PAGE))
    for task, tick in ((due, " checked"), (planned, " checked"), (handed, " data-row-action")):
        assert f'id="picked-{task.pk}"{tick}' in page, task
    assert other.title not in page
    client.post(f"/rituals/morning/picks/{handed.pk}/", {"picked": "1"}, headers=HTMX)
    answer = client.post(f"/rituals/morning/picks/{planned.pk}/", {}, headers={"HX-Request": "true"})
    assert 'id="pick-sum"' in text(answer)
    page = text(client.get(PAGE))
    assert f'id="picked-{handed.pk}" checked' in page
    assert f'id="picked-{planned.pk}" checked' not in page


def test_a_reload_comes_back_to_the_same_step(cast: Cast, log_in: LogIn, make: Make) -> None:
    make("今天要交", due_at=MORNING.replace(hour=18), estimate_minutes=None)
    client = log_in(cast.lin)
    assert 'data-ritual="morning-estimates"' in text(step(client, "estimates"))
    assert 'data-ritual="morning-estimates"' in text(client.get(PAGE))
    assert step(client, "nowhere").status_code == 409


def test_a_missing_estimate_is_one_key_and_can_be_undone(cast: Cast, log_in: LogIn, make: Make) -> None:
    task = make("今天要交", due_at=MORNING.replace(hour=18), estimate_minutes=None)
    client = log_in(cast.lin)
    step(client, "estimates")
    url = f"/rituals/morning/estimates/{task.pk}/"
    response = client.post(url, {"minutes": "30", "version": task.version}, headers=HTMX)
    assert 'data-ritual="morning-plan"' in text(response)
    task.refresh_from_db()
    assert task.estimate_minutes == 30
    client.post(undo_of(response), headers={"HX-Request": "true"})
    task.refresh_from_db()
    assert task.estimate_minutes is None
    for minutes in ("0", "-5", "x", "99999", ""):
        assert client.post(url, {"minutes": minutes, "version": task.version}).status_code == 409, minutes


def test_a_day_that_does_not_hold_it_proposes_the_fewest_removals(
    cast: Cast, log_in: LogIn, make: Make
) -> None:
    due = make("今天要交", due_at=MORNING.replace(hour=18), estimate_minutes=300, importance=1)
    big = make("可以等的", estimate_minutes=240, importance=3)
    place(big, MORNING.replace(hour=14))
    client = log_in(cast.lin)
    page = text(step(client, "plan"))
    assert 'href="/plan/2026-W47/?day=2026-11-18"' in page
    assert client.get("/plan/2026-W47/?day=2026-11-18").status_code == 200
    assert f'name="task" value="{big.pk}" checked' in page
    assert f'name="task" value="{due.pk}"' not in page
    response = client.post("/rituals/morning/removals/", {"task": [big.pk]}, headers=HTMX)
    assert 'class="ritual-removals"' not in text(response)
    # Leaving it out of today moves nothing.
    assert Placement.objects.filter(task=big).exists()
    client.post(undo_of(response), headers={"HX-Request": "true"})
    assert 'class="ritual-removals"' in text(client.get(PAGE))
    assert client.post("/rituals/morning/removals/", {"task": ["999999"]}).status_code == 409


def test_proposed_times_move_nothing_until_they_are_accepted(cast: Cast, log_in: LogIn, make: Make) -> None:
    task = make("今天要交", due_at=MORNING.replace(hour=18))
    stays = make("周五的事")
    kept = place(stays, MORNING.replace(day=20))
    client = log_in(cast.lin)
    step(client, "plan")
    page = text(client.post("/rituals/morning/proposal/", headers=HTMX))
    assert "ritual-piece" in page
    assert not Placement.objects.filter(task=task).exists()
    response = client.post("/rituals/morning/acceptance/", headers=HTMX)
    pieces = Placement.objects.filter(task=task)
    assert pieces
    assert all(piece.starts_at.date() == MORNING.date() for piece in pieces)
    assert Placement.objects.filter(pk=kept.pk).exists()
    client.post(undo_of(response), headers={"HX-Request": "true"})
    assert not Placement.objects.filter(task=task).exists()


def test_a_proposal_for_other_picks_is_not_accepted(cast: Cast, log_in: LogIn, make: Make) -> None:
    task = make("今天要交", due_at=MORNING.replace(hour=18))
    make("也要交", due_at=MORNING.replace(hour=18))
    client = log_in(cast.lin)
    client.post("/rituals/morning/proposal/", headers=HTMX)
    client.post(f"/rituals/morning/picks/{task.pk}/", {}, headers=HTMX)
    assert client.post("/rituals/morning/acceptance/", headers=HTMX).status_code == 409
    assert not Placement.objects.exists()
    client.post("/rituals/morning/proposal/", {"decision": "dismiss"}, headers=HTMX)


def test_nothing_picked_gives_nothing_to_propose(cast: Cast, log_in: LogIn) -> None:
    client = log_in(cast.lin)
    assert client.post("/rituals/morning/proposal/", headers=HTMX).status_code == 409
    assert not Proposal.objects.exists()


def test_beginning_the_day_puts_the_picks_first_on_today(cast: Cast, log_in: LogIn, make: Make) -> None:
    make("重要的", importance=5, due_at=MORNING.replace(day=19), urgency="high")
    picked = make("今天要交", due_at=MORNING.replace(hour=18), importance=1, urgency="low")
    client = log_in(cast.lin)
    page = text(client.get("/"))
    assert page.index("重要的") < page.index("今天要交")
    assert client.post("/rituals/morning/completion/").status_code == 303
    assert run_of(cast.lin, "morning").answers["picked"] == [picked.pk]
    page = text(client.get("/"))
    assert page.index("今天要交") < page.index("重要的")
    assert 'id="ritual-morning"' not in page
    assert 'data-ritual="morning-ended"' in text(client.get(PAGE))


def test_skipping_is_one_click_and_can_be_undone(cast: Cast, log_in: LogIn) -> None:
    client = log_in(cast.lin)
    assert 'id="ritual-morning"' in text(client.get("/"))
    response = client.post("/rituals/morning/skip/", headers={"HX-Request": "true"})
    assert response["HX-Redirect"] == "/"
    assert 'id="ritual-morning"' not in text(client.get("/"))
    client.post(undo_of(response), headers={"HX-Request": "true"})
    assert 'id="ritual-morning"' in text(client.get("/"))
    # Somebody who comes all the same is let in.
    client.post("/rituals/morning/skip/")
    step(client, "leftovers")
    assert run_of(cast.lin, "morning").is_open


@pytest.mark.parametrize("at", [datetime(2026, 11, 21, 9), datetime(2026, 10, 2, 9)])
def test_a_day_off_offers_nothing(cast: Cast, log_in: LogIn, at: datetime) -> None:
    with time_machine.travel(at.replace(tzinfo=MORNING.tzinfo), tick=False):
        client = log_in(cast.lin)
        assert 'class="day-part' not in text(client.get("/"))
        assert client.get(PAGE).status_code == 200


def test_a_make_up_saturday_is_a_working_day(cast: Cast, log_in: LogIn) -> None:
    CalendarDay.objects.create(day="2026-11-21", kind="makeup", name="调休")
    with time_machine.travel(MORNING.replace(day=21), tick=False):
        assert 'id="ritual-morning"' in text(log_in(cast.lin).get("/"))


def test_who_is_on_leave_is_left_alone(cast: Cast, log_in: LogIn) -> None:
    start = MORNING.replace(hour=0)
    Leave.objects.create(person=cast.lin, starts_at=start, ends_at=start + timedelta(days=1))
    assert 'class="day-part' not in text(log_in(cast.lin).get("/"))


def test_somebody_without_any_work_gets_through_in_peace(cast: Cast, log_in: LogIn) -> None:
    client = log_in(cast.lin)
    page = text(client.get(PAGE))
    assert 'data-ritual="morning-plan"' in page
    assert client.post("/rituals/morning/completion/", headers={"HX-Request": "true"}).status_code == 204
