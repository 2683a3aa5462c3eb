"""The mechanisms every page shares: history, undo, submission keys, jobs, live refresh."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

import pytest
from django.contrib.auth import get_user_model
from django.db import connection, transaction
from django.test import Client

from opsloop.activity import actions, jobs, live, queries
from opsloop.activity.events import DomainEvent
from opsloop.activity.models import UNDO_MINUTES, Event, Job, Undo
from opsloop.records.refusals import Refused

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)

pytestmark = pytest.mark.django_db


class Noted(DomainEvent):
    """An event of this test."""

    kind: ClassVar[str] = "test.noted"
    subject_kind: ClassVar[str] = "test"


@pytest.fixture
def person() -> Any:
    return get_user_model().objects.create_user("linyue", name="林悦")


def noted(**values: Any) -> Noted:
    return Noted(**{"subject_id": 1, "by_id": 1, "at": NOW, **values})


def test_an_event_is_stored_with_its_change_or_not_at_all() -> None:
    with transaction.atomic():
        actions.record(noted(changes={"title": ["旧", "新"]}))
        transaction.set_rollback(True)
    assert not Event.objects.exists()
    with transaction.atomic():
        actions.record(noted(changes={"title": ["旧", "新"]}, note="为什么"))
    event = queries.history("test", 1).get()
    assert (event.changes, event.note, event.at) == ({"title": ["旧", "新"]}, "为什么", NOW)


@pytest.mark.django_db(transaction=True)
def test_an_event_outside_a_transaction_is_refused() -> None:
    with pytest.raises(RuntimeError):
        actions.record(noted())


def test_many_events_are_stored_like_single_ones() -> None:
    with transaction.atomic():
        actions.record_many([noted(subject_id=number) for number in range(3)])
    assert sorted(Event.objects.values_list("subject_id", flat=True)) == [0, 1, 2]


def test_undo_is_offered_for_an_hour_and_used_once(person: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    taken: list[int] = []
    from opsloop.activity import registry

    monkeypatch.setattr(registry, "undo_verb", lambda name: lambda *, by, at, number: taken.append(number))
    undo = actions.offer_undo(verb="x", arguments={"number": 7}, by=person, at=NOW)
    assert queries.last_undo(person, at=NOW) == undo
    assert queries.last_undo(person, at=NOW + timedelta(minutes=UNDO_MINUTES + 1)) is None
    actions.take_back(undo=undo, by=person, at=NOW)
    assert taken == [7]
    with pytest.raises(Refused):
        actions.take_back(undo=undo, by=person, at=NOW)
    assert taken == [7]


def test_nobody_undoes_what_somebody_else_did(person: Any) -> None:
    other = get_user_model().objects.create_user("zhouhang", name="周航")
    undo = actions.offer_undo(verb="task.restore", arguments={"task_id": 1}, by=other, at=NOW)
    client = Client()
    client.force_login(person)
    assert client.post(f"/undo/{undo.pk}/").status_code == 404
    assert Undo.objects.get().used_at is None


def run(person: Any, work: Any, monkeypatch: pytest.MonkeyPatch) -> Job:
    from opsloop.activity import registry

    monkeypatch.setattr(registry, "job_work", lambda kind: work)
    job = jobs.start(kind="x", title="导入", owner=person, arguments={}, at=NOW)
    jobs.run.call(job.pk)
    job.refresh_from_db()
    return job


def test_a_job_reports_its_end(person: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def work(*, job: Job, progress: jobs.Progress) -> dict[str, Any]:
        progress.advance(5, 10)
        return {"url": "/tables/"}

    job = run(person, work, monkeypatch)
    assert (job.status, job.done, job.result_url, job.percent) == ("done", 5, "/tables/", 100)


def test_a_refused_job_says_why(person: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def work(*, job: Job, progress: jobs.Progress) -> dict[str, Any]:
        raise Refused("这一行没有标题")

    job = run(person, work, monkeypatch)
    assert (job.status, job.error) == ("failed", "这一行没有标题")


def test_a_broken_job_fails_in_words_and_hides_its_inside(
    person: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def work(*, job: Job, progress: jobs.Progress) -> dict[str, Any]:
        raise KeyError("secret")

    job = run(person, work, monkeypatch)
    assert job.status == "failed"
    assert "secret" not in job.error
    assert str(job.pk) in job.error


def test_a_cancelled_job_stops_at_its_next_step(person: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def work(*, job: Job, progress: jobs.Progress) -> dict[str, Any]:
        jobs.cancel(job=job)
        progress.advance(10, 10)
        raise AssertionError("went on")

    assert run(person, work, monkeypatch).status == "cancelled"


def test_a_job_that_waits_is_cancelled_at_once_and_never_runs(
    person: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = jobs.start(kind="x", title="导入", owner=person, arguments={}, at=NOW)
    jobs.cancel(job=job)
    jobs.run.call(job.pk)
    job.refresh_from_db()
    assert job.status == "cancelled"
    with pytest.raises(Refused):
        jobs.cancel(job=job)


def listener(**values: Any) -> live.Listener:
    loop = asyncio.new_event_loop()
    try:
        return live.Listener(person_id=1, departments=frozenset({5}), loop=loop, **values)
    finally:
        loop.close()


@pytest.mark.parametrize(
    ("event", "heard"),
    [
        ({"department_id": 5}, True),
        ({"department_id": 6}, False),
        ({"department_id": None}, False),
        ({"department_id": 6, "person_ids": [1, 2]}, True),
        ({"department_id": 6, "actor_id": 1}, True),
    ],
)
def test_a_stream_carries_only_what_its_listener_may_see(event: dict[str, Any], heard: bool) -> None:
    row = Event(kind="x", subject_kind="task", subject_id=1, at=NOW, **event)
    assert listener().hears(row) == heard


def test_every_event_changes_the_state() -> None:
    before = live.state()
    assert live.state() == before
    with transaction.atomic():
        actions.record(noted())
    assert live.state() != before


@pytest.mark.skipif(connection.vendor == "sqlite", reason="there one transaction writes after the other")
@pytest.mark.django_db(transaction=True)
def test_an_event_that_is_committed_after_one_with_a_higher_number_changes_the_state() -> None:
    is_written, may_end = threading.Event(), threading.Event()

    def late() -> None:
        with transaction.atomic():
            actions.record(noted(note="late"))
            is_written.set()
            assert may_end.wait(10)
        connection.close()

    with ThreadPoolExecutor(1) as threads:
        ended = threads.submit(late)
        assert is_written.wait(10)
        with transaction.atomic():
            actions.record(noted(note="newest"))
        newest, before = live.newest(), live.state()
        assert live.state() == before
        may_end.set()
        ended.result()
    assert Event.objects.filter(note="late").get().pk < newest == live.newest()
    assert live.state() != before
