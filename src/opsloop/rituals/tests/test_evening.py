"""The end of the day over HTTP: what was done, what goes on, gaps, the sentence, tomorrow; blockers and quiet."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from opsloop.inbox.models import Notification
from opsloop.organisation.models import Person
from opsloop.organisation.tests.cast import Cast
from opsloop.rituals.models import DailyNote
from opsloop.rituals.queries import blockers_for
from opsloop.rituals.tests.conftest import EVENING, HTMX, MORNING, place, run_of, undo_of
from opsloop.timekeeping.models import TimeEntry
from opsloop.work.actions import tasks
from opsloop.work.models import Task

LogIn = Callable[[Person], Client]
Make = Callable[..., Task]
PAGE = "/rituals/evening/"
LATER = MORNING.replace(hour=18)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock() -> Any:
    with time_machine.travel(EVENING, tick=False):
        yield


def text(response: Any) -> str:
    return response.content.decode()


def sort(client: Client, task: Task, choice: str, **more: Any) -> Any:
    sent = {"choice": choice, "version": task.version, **more}
    return client.post(f"/rituals/evening/sorting/{task.pk}/", sent, headers=HTMX)


def step(client: Client, name: str) -> str:
    return text(client.post("/rituals/evening/step/", {"step": name}, headers=HTMX))


def write(client: Client, gain: str = "", blocker: str = "", version: int = 0, **more: Any) -> Any:
    sent = {"gain": gain, "blocker": blocker, "version": version, **more}
    return client.post("/rituals/evening/sentence/", sent, headers=HTMX)


def test_it_counts_what_was_done_of_what_was_planned(cast: Cast, log_in: LogIn, make: Make) -> None:
    done, left, extra = make("写周报"), make("对账"), make("顺手做的")
    place(done, MORNING)
    place(left, MORNING + timedelta(hours=2))
    for task in (done, extra):
        tasks.close(task=task, by=cast.lin, at=MORNING + timedelta(hours=1), version=task.version)
    page = text(log_in(cast.lin).get(PAGE))
    assert '<dd class="num">1 / 2</dd>' in page
    assert '<dd class="num">2</dd>' in page
    assert f'id="open-{left.pk}"' in page
    assert f'id="open-{done.pk}"' not in page


def test_unfinished_work_goes_on_tomorrow_on_another_date_or_not_at_all(
    cast: Cast, log_in: LogIn, make: Make
) -> None:
    first, second, third = (make(name, due_at=LATER) for name in ("甲", "乙", "丙"))
    client = log_in(cast.lin)
    sort(client, first, "tomorrow")
    sort(client, second, "date", day="2026-11-27")
    page = text(sort(client, third, "cancel"))
    for task in (first, second, third):
        task.refresh_from_db()
    assert first.deferred_until == date(2026, 11, 19)
    assert second.due_at == LATER.replace(day=27)
    assert third.status == Task.Status.CANCELLED
    assert 'id="open-' not in page


def test_an_appointment_keeps_its_hour_on_another_date(cast: Cast, log_in: LogIn, make: Make) -> None:
    task = make("直播", starts_at=MORNING.replace(hour=16))
    place(task, MORNING.replace(hour=16))
    sort(log_in(cast.lin), task, "date", day="2026-11-20")
    task.refresh_from_db()
    assert task.starts_at == MORNING.replace(day=20, hour=16)


def test_handing_over_leads_to_the_candidates(cast: Cast, log_in: LogIn, make: Make) -> None:
    task = make("写周报", due_at=LATER)
    assert f'href="/tasks/{task.pk}/candidates/"' in text(log_in(cast.lin).get(PAGE))


def test_gaps_are_filled_by_one_click_and_one_undo(cast: Cast, log_in: LogIn, make: Make) -> None:
    task = make("写周报")
    place(task, MORNING, 120)
    place(task, MORNING.replace(hour=14), 60)
    client = log_in(cast.lin)
    page = step(client, "gaps")
    assert 'data-ritual="evening-gaps"' in page
    spans = [(MORNING, 120), (MORNING.replace(hour=14), 60)]
    sent = {
        "task": [task.pk, task.pk],
        "started_at": [start.isoformat() for start, _minutes in spans],
        "ended_at": [(start + timedelta(minutes=minutes)).isoformat() for start, minutes in spans],
    }
    response = client.post("/rituals/evening/gaps/", sent, headers=HTMX)
    assert sorted(TimeEntry.objects.values_list("minutes", flat=True)) == [60, 120]
    client.post(undo_of(response), headers={"HX-Request": "true"})
    assert not TimeEntry.objects.exists()


def test_gaps_refuse_what_was_not_offered(cast: Cast, log_in: LogIn, make: Make) -> None:
    client = log_in(cast.lin)
    foreign = tasks.create(by=cast.outsider, at=MORNING, title="别人的", owner=cast.outsider)
    sent = {"task": foreign.pk, "started_at": MORNING.isoformat(), "ended_at": EVENING.isoformat()}
    assert client.post("/rituals/evening/gaps/", sent, headers=HTMX).status_code == 409
    mine = make("写周报")
    for start in ("", "x", "2026-11-18T25:00", "2026-11-18T09:00"):
        bad = {"task": mine.pk, "started_at": start, "ended_at": EVENING.isoformat()}
        assert client.post("/rituals/evening/gaps/", bad, headers=HTMX).status_code == 409, start
    assert client.post("/rituals/evening/gaps/", {}, headers=HTMX).status_code == 409
    assert not TimeEntry.objects.exists()


def test_a_day_without_gaps_passes_that_step_over(cast: Cast, log_in: LogIn, make: Make) -> None:
    with time_machine.travel(MORNING.replace(hour=7), tick=False):
        assert 'data-ritual="evening-note"' in step(log_in(cast.lin), "gaps")


def test_a_sentence_is_kept_and_the_blocker_reaches_the_lead(cast: Cast, log_in: LogIn, make: Make) -> None:
    task = make("写周报", due_at=LATER)
    client = log_in(cast.lin)
    page = text(write(client, "谈妥了价格", "九月数据没到", task=task.pk))
    assert 'data-ritual="evening-tomorrow"' in page
    note = DailyNote.objects.get()
    assert (note.gain, note.blocker, note.task, note.blocker_state) == (
        "谈妥了价格",
        "九月数据没到",
        task,
        "open",
    )
    told = Notification.objects.filter(subject_kind="note")
    # The lead of the team is nearest; who stands above is not troubled.
    assert [(one.person, one.reason) for one in told] == [(cast.chen, "obstacle")]
    inbox = text(log_in(cast.chen).get("/inbox/"))
    assert "九月数据没到" in inbox
    assert f"/rituals/notes/{note.pk}/" in inbox
    assert [one.pk for one in blockers_for(cast.chen)] == [note.pk]
    assert blockers_for(cast.lin) == []
    # The task of somebody else's department is nobody's excuse.
    foreign = tasks.create(by=cast.outsider, at=MORNING, title="别人的", owner=cast.outsider)
    write(client, "", "还是没到", version=note.version, task=foreign.pk)
    note.refresh_from_db()
    assert note.task is None


def test_the_sentence_may_be_empty_and_is_not_lost_to_another_window(cast: Cast, log_in: LogIn) -> None:
    client = log_in(cast.lin)
    assert write(client).status_code == 200
    assert not DailyNote.objects.exists()
    write(client, "一")
    assert write(client, "二", version=0).status_code == 412
    assert write(client, "x" * 301, version=1).status_code == 409
    assert client.post("/rituals/evening/sentence/", {"gain": "二"}).status_code == 428
    assert DailyNote.objects.get().gain == "一"


def test_the_lead_answers_and_the_person_hears_of_it(cast: Cast, log_in: LogIn) -> None:
    write(log_in(cast.lin), "", "九月数据没到")
    note = DailyNote.objects.get()
    url = f"/rituals/notes/{note.pk}/"
    lead = log_in(cast.chen)
    assert 'name="reply"' in text(lead.get(url))
    assert 'name="reply"' not in text(log_in(cast.lin).get(url))
    assert log_in(cast.outsider).get(url).status_code == 404
    sent = {"reply": "我去催", "version": note.version}
    assert log_in(cast.lin).post(url + "answer/", sent).status_code == 403
    assert log_in(cast.outsider).post(url + "answer/", sent).status_code == 404
    assert lead.post(url + "answer/", {"reply": " ", "version": note.version}).status_code == 409
    assert lead.post(url + "answer/", {"reply": "我去催"}).status_code == 428
    response = lead.post(url + "answer/", sent, headers={"HX-Request": "true"})
    note.refresh_from_db()
    assert (note.blocker_state, note.reply, note.replied_by) == ("answered", "我去催", cast.chen)
    assert Notification.objects.filter(person=cast.lin, reason="obstacle_back").exists()
    assert not Notification.objects.filter(person=cast.chen, done_at__isnull=True).exists()
    assert "我去催" in text(log_in(cast.lin).get(url))
    assert lead.post(url + "answer/", {"reply": "又", "version": note.version}).status_code == 409
    lead.post(undo_of(response), headers={"HX-Request": "true"})
    note.refresh_from_db()
    assert note.blocker_state == "open"


def test_a_blocker_can_be_handed_on_to_who_stands_above(cast: Cast, log_in: LogIn) -> None:
    write(log_in(cast.lin), "", "九月数据没到")
    note = DailyNote.objects.get()
    url, lead = f"/rituals/notes/{note.pk}/escalation/", log_in(cast.chen)
    for to in (cast.zhou.pk, cast.lin.pk, cast.chen.pk, "", "x"):
        assert lead.post(url, {"to": to, "version": note.version}).status_code == 409, to
    lead.post(url, {"to": cast.wang.pk, "version": note.version})
    note.refresh_from_db()
    assert (note.blocker_state, note.escalated_to) == ("escalated", cast.wang)
    assert Notification.objects.filter(person=cast.wang, reason="obstacle_on").exists()
    assert [one.pk for one in blockers_for(cast.wang)] == [note.pk]


def test_a_blocker_that_is_taken_away_leaves_the_inbox(cast: Cast, log_in: LogIn) -> None:
    client = log_in(cast.lin)
    write(client, "", "九月数据没到")
    write(client, "到了", "", version=1)
    assert not Notification.objects.filter(subject_kind="note", done_at__isnull=True).exists()
    assert blockers_for(cast.chen) == []


def test_three_come_first_tomorrow_and_no_more(cast: Cast, log_in: LogIn, make: Make) -> None:
    made = [make(f"第{n}件", due_at=MORNING.replace(day=19, hour=18), importance=n) for n in range(1, 6)]
    client = log_in(cast.lin)
    page = step(client, "tomorrow")
    assert page.count('name="top" value="1"') == 5
    assert page.count(" checked") == 3
    low = made[0]
    url = f"/rituals/evening/top/{low.pk}/"
    assert client.post(url, {"top": "1"}, headers=HTMX).status_code == 409
    client.post(f"/rituals/evening/top/{made[4].pk}/", {}, headers=HTMX)
    assert client.post(url, {"top": "1"}, headers=HTMX).status_code == 200
    # The ten minutes of sorting stand beside it, and lead back.
    assert 'href="/tasks/quadrants/?scope=mine&amp;for=tomorrow"' in page
    assert 'href="/rituals/evening/"' in text(client.get("/tasks/quadrants/?scope=mine&for=tomorrow"))
    client.post("/rituals/evening/completion/")
    assert set(run_of(cast.lin, "evening").answers["top"]) == {low.pk, made[3].pk, made[2].pk}
    with time_machine.travel(MORNING + timedelta(days=1), tick=False):
        page = text(client.get("/rituals/morning/"))
        assert f'id="picked-{low.pk}" checked' in page


def test_after_the_end_it_is_quiet_until_the_next_working_day(cast: Cast, log_in: LogIn) -> None:
    tasks.create(by=cast.chen, at=EVENING, title="主管派的", owner=cast.lin)
    client = log_in(cast.lin)

    def badge(at: datetime) -> bool:
        with time_machine.travel(at, tick=False):
            return ">1<" in text(client.get("/inbox/count/", headers={"HX-Request": "true"}))

    assert badge(EVENING)
    page = text(client.get("/"))
    assert 'id="ritual-evening"' in page
    response = client.post("/rituals/evening/completion/", headers={"HX-Request": "true"})
    assert "is-closed" in text(client.get("/"))
    assert not badge(EVENING + timedelta(hours=2))
    assert badge(MORNING + timedelta(days=1))
    client.post(undo_of(response), headers={"HX-Request": "true"})
    assert badge(EVENING + timedelta(hours=2))


def test_it_stays_quiet_over_days_off(cast: Cast, log_in: LogIn) -> None:
    tasks.create(by=cast.chen, at=EVENING, title="主管派的", owner=cast.lin)
    client = log_in(cast.lin)
    for at, shows in ((EVENING.replace(day=21), False), (EVENING.replace(day=23), True)):
        with time_machine.travel(EVENING.replace(day=20), tick=False):
            client.post("/rituals/evening/completion/")
        with time_machine.travel(at, tick=False):
            found = ">1<" in text(client.get("/inbox/count/", headers={"HX-Request": "true"}))
        assert found is shows, at
