"""The page of background work, as an administrator meets it."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from opsloop.activity import jobs
from opsloop.activity.models import Job
from opsloop.background import queue, running, timers
from opsloop.background.models import Errand
from opsloop.background.tests import chores
from opsloop.organisation.tests.cast import NOW, Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(cast: Cast) -> Client:
    made = Client(headers={"HX-Request": "true"})
    made.force_login(cast.admin)
    return made


def page(client: Client) -> str:
    return client.get("/manage/background/").content.decode()


def test_it_shows_what_was_given_up_and_lets_it_be_tried_again_or_discarded(client: Client) -> None:
    for _number in range(2):
        chores.hopeless.enqueue()
    running.drain()
    first, second = Errand.objects.order_by("pk").values_list("pk", flat=True)
    assert page(client).count('id="errand-') == 2
    assert "the address does not exist" in page(client)
    assert client.post("/manage/background/retry/", {"selected": [first]}).status_code == 204
    assert client.post("/manage/background/discard/", {"selected": [second]}).status_code == 204
    assert list(Errand.objects.order_by("pk").values_list("status", flat=True)) == ["waiting", "discarded"]
    assert "the address does not exist" not in page(client)
    # Somebody else was faster, or nothing was chosen: said, and nothing happens.
    assert client.post("/manage/background/retry/", {"selected": [second]}).status_code == 409
    assert client.post("/manage/background/retry/", {}).status_code == 409


def test_it_says_that_no_worker_lives_and_when_the_timers_come(client: Client) -> None:
    timers.tick(at=NOW)
    shown = page(client)
    assert "没有在线的工作进程" in shown
    assert "清理旧消息" in shown
    assert client.get("/manage/background/alarm/").content.decode().count("hidden") == 1


def test_it_asks_as_few_questions_for_many_rows(client: Client, django_assert_max_num_queries: Any) -> None:
    queue.add_many(chores.hopeless, [() for _number in range(30)])
    running.drain()
    queue.add_many(chores.write, [(number,) for number in range(30)])
    page(client)
    with django_assert_max_num_queries(15):
        page(client)


def test_a_job_whose_workers_died_fails_and_waits_again_when_it_is_retried(cast: Cast) -> None:
    job = jobs.start(kind="import", title="导入", owner=cast.lin, arguments={}, at=NOW)
    for _try in range(5):
        assert queue.lease("died", queue.LONG) is not None
        Job.objects.update(status="running")
        queue.release(["died"])
    job.refresh_from_db()
    assert (job.status, "管理员" in job.error) == ("failed", True)
    assert queue.retry(ids=[Errand.objects.get().pk]) == 1
    job.refresh_from_db()
    assert (job.status, job.error) == ("queued", "")
