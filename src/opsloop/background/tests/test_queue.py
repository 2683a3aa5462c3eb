"""The queue: at least once of a call, once of its effect, and nothing lost in between (R5, R8, R9)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.utils.translation import gettext_lazy

from opsloop.background import queries, queue, running, sweeping, timers
from opsloop.background.effects import first_time
from opsloop.background.models import (
    LEASE_SECONDS,
    MOST_TRIES,
    SILENT_SECONDS,
    Effect,
    Errand,
    Firing,
    Timer,
    Worker,
)
from opsloop.background.tests import chores
from opsloop.engines.timers import EACH, LATEST, MISSED, OnClock

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


@pytest.fixture
def travel() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(MONDAY, tick=False) as traveller:
        yield traveller


def wait(travel: Any, seconds: float) -> None:
    travel.shift(timedelta(seconds=seconds))


def test_an_errand_is_done_if_its_transaction_commits_and_never_if_not() -> None:
    with transaction.atomic():
        chores.write.enqueue(1)
        transaction.set_rollback(True)
    with transaction.atomic():
        result = chores.write.enqueue(2)
    assert running.drain() == 1
    assert (chores.done(1), chores.done(2)) == (0, 1)
    result.refresh()
    assert result.is_finished


def test_an_effect_is_had_once_however_often_it_is_asked_for() -> None:
    for _again in range(3):
        chores.write.enqueue(7)
    running.drain()
    assert chores.done(7) == 1
    with transaction.atomic():
        assert not first_time("chore:7")
        assert first_time("chore:8")


@pytest.mark.django_db(transaction=True)
def test_an_effect_outside_a_transaction_is_refused() -> None:
    with pytest.raises(RuntimeError):
        first_time("x")


def test_what_failed_after_its_effect_is_tried_again_and_has_it_once(travel: Any) -> None:
    chores.write_then_break.enqueue(3)
    assert running.drain() == 1
    assert running.drain() == 0, "it waits before the next try"
    wait(travel, 13)
    assert running.drain() == 1
    errand = Errand.objects.get()
    assert (chores.done(3), errand.status, errand.tries) == (1, "done", 2)


def test_poison_dies_after_five_tries_and_an_administrator_can_try_it_again(travel: Any) -> None:
    chores.poison.enqueue(1)
    for _try in range(MOST_TRIES):
        running.drain()
        wait(travel, 3600)
    errand = Errand.objects.get()
    assert (errand.status, errand.tries, errand.error) == ("dead", MOST_TRIES, "ValueError: poison 1")
    assert "chores.py" in errand.trace
    assert queue.retry(ids=[errand.pk]) == 1
    assert queue.retry(ids=[errand.pk]) == 0
    assert running.drain() == 1
    errand.refresh_from_db()
    assert (errand.status, errand.tries) == ("waiting", 1)
    assert queue.discard(ids=[errand.pk]) == 1
    wait(travel, 3600)
    assert running.drain() == 0


def test_poison_holds_nobody_up(travel: Any) -> None:
    queue.add_many(chores.poison, [(number,) for number in range(5)])
    queue.add_many(chores.write, [(number,) for number in range(20)])
    assert running.drain() == 25
    assert all(chores.done(number) == 1 for number in range(20))


def test_what_is_hopeless_dies_at_once_and_what_asks_for_time_loses_no_try(travel: Any) -> None:
    chores.hopeless.enqueue()
    chores.busy.enqueue()
    running.drain()
    states = dict(Errand.objects.values_list("task", "status"))
    assert states[chores.hopeless.module_path] == "dead"
    busy = Errand.objects.get(task=chores.busy.module_path)
    assert (busy.status, busy.tries, busy.due_at) == ("waiting", 0, MONDAY + timedelta(seconds=30))


def test_a_dead_workers_errand_is_taken_back_when_its_lease_ends(travel: Any) -> None:
    chores.write.enqueue(4)
    first = queue.lease("died", queue.QUICK)
    assert first is not None
    assert queue.lease("other", queue.QUICK) is None
    wait(travel, LEASE_SECONDS - 1)
    assert queue.reclaim() == 0
    queue.renew("died")
    wait(travel, LEASE_SECONDS - 1)
    assert queue.reclaim() == 0, "a lease that was renewed holds"
    wait(travel, 2)
    assert queue.reclaim() == 1
    second = queue.lease("other", queue.QUICK)
    assert second is not None
    # The first was only slow; it may no longer say how it ended.
    queue.finish(running.do(first))
    assert Errand.objects.get().status == "running"
    queue.finish(running.do(second))
    assert (Errand.objects.get().status, chores.done(4)) == ("done", 1)


def test_a_clock_set_back_keeps_no_errand_on_a_dead_lease(travel: Any) -> None:
    chores.write.enqueue(5)
    queue.lease("died", queue.QUICK)
    travel.move_to(MONDAY - timedelta(hours=2))
    assert queue.reclaim() == 1


def test_what_kills_its_worker_five_times_is_given_up() -> None:
    chores.write.enqueue(6)
    for _try in range(MOST_TRIES):
        assert queue.lease("died", queue.QUICK) is not None
        queue.release(["died"])
    errand = Errand.objects.get()
    assert errand.status == "dead"
    assert errand.error.startswith("WorkerDied")


def test_of_one_key_only_one_waits(travel: Any) -> None:
    first = queue.add(chores.write, 1, key="same")
    assert queue.add(chores.write, 1, key="same").pk == first.pk
    running_one = queue.lease("a", queue.QUICK)
    assert running_one is not None
    queue.add(chores.write, 1, key="same")
    queue.finish(queue.failed(running_one, ValueError("x")))
    assert sorted(Errand.objects.values_list("status", flat=True)) == ["done", "waiting"]


def test_each_lane_takes_its_own() -> None:
    chores.write_slowly.enqueue(9)
    assert queue.lease("a", queue.QUICK) is None
    assert queue.lease("a", queue.LONG) is not None


class Line:
    """A table with one timer, which notes for which moments it fired."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, late: Any) -> None:
        self.fired: list[datetime] = []
        rule = OnClock(time(10))
        line = timers.Timed(gettext_lazy("Today"), rule, lambda *, at: self.fired.append(at), late)
        monkeypatch.setattr(timers, "lines", lambda: {"daily": line})


def at(day: int, hour: int) -> datetime:
    """Return an hour of November in Shanghai."""
    return datetime(2026, 11, day, hour, tzinfo=timers.zone())


@pytest.mark.parametrize(("late", "days"), [(EACH, [24, 25, 26]), (LATEST, [26]), (MISSED, [])], ids=["each", "latest", "missed"])  # fmt: skip
def test_a_timer_says_what_becomes_of_a_downtime(
    monkeypatch: pytest.MonkeyPatch, late: Any, days: list[int]
) -> None:
    line = Line(monkeypatch, late)
    assert timers.tick(at=at(23, 11)) == 0, "what is new begins now"
    assert timers.tick(at=at(26, 12)) == len(days)
    assert timers.tick(at=at(26, 12)) == 0
    running.drain()
    assert line.fired == [at(day, 10) for day in days]


def test_two_workers_that_look_at_once_fire_a_moment_once(monkeypatch: pytest.MonkeyPatch) -> None:
    Line(monkeypatch, EACH)
    timers.tick(at=at(23, 11))
    stale = Timer.objects.get()
    assert timers.tick(at=at(24, 11)) == 1
    assert timers._fire(stale, [at(24, 10)], at=at(24, 11)) == 0
    timers.tick(at=at(23, 20))
    assert timers.tick(at=at(24, 12)) == 0, "a clock that was set back fires nothing again"
    assert Firing.objects.filter(timer="daily").count() == 1


def test_health_is_red_when_no_worker_beats(travel: Any) -> None:
    facts = {"host": "a", "pid": 1, "place": "p", "version": "1", "started_at": MONDAY, "beat_at": MONDAY}
    Worker.objects.create(name="a", **facts)
    assert queries.health(at=queue.machine_now()).problems == 0
    wait(travel, SILENT_SECONDS + 1)
    found = queries.health(at=queue.machine_now())
    assert (found.is_silent, found.problems) == (True, 1)


def test_old_rows_are_swept_and_what_was_given_up_stays(travel: Any) -> None:
    chores.write.enqueue(1)
    chores.hopeless.enqueue()
    running.drain()
    travel.shift(timedelta(days=61))
    assert sweeping.sweep(at=queue.machine_now()) == 3, "errand, effect, firing"
    assert (Errand.objects.get().status, Effect.objects.count()) == ("dead", 0)
