"""Sorting: into a quadrant with a reason, out of sight until a day, onto today; each can be taken back."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from opsloop.activity import actions as activity
from opsloop.activity.models import Undo
from opsloop.organisation.tests.cast import NOW
from opsloop.work.models import Task
from opsloop.work.queries import lists
from opsloop.work.queries.lists import ListState
from opsloop.work.tests.conftest import HTMX

TODAY = timezone.localtime(NOW).date()


@pytest.fixture(autouse=True)
def _at_now():
    with time_machine.travel(NOW, tick=True):
        yield


def sort(client, *tasks, **values):
    sent = {"task": [task.pk for task in tasks], "version": [task.version for task in tasks], **values}
    return client.post(reverse("work:moves"), sent, headers=HTMX)


def take_back(by):
    activity.take_back(undo=Undo.objects.latest("pk"), by=by, at=NOW)


def test_a_move_nobody_explains_has_the_usual_reason(cast, task, as_person):
    assert sort(as_person(cast.lin), task, quadrant="4").status_code == 204
    task.refresh_from_db()
    assert task.quadrant_override == 4
    assert task.quadrant_reason


def test_several_cards_move_together_and_come_back_together(cast, make, as_person):
    tasks = [make("甲"), make("乙")]
    answer = sort(as_person(cast.lin), *tasks, quadrant="4", reason="可以等")
    said = json.loads(answer["HX-Trigger"])["triage:done"]
    assert said == {"versions": {str(one.pk): 2 for one in tasks}, "refused": []}
    assert set(Task.objects.values_list("quadrant_override", "quadrant_reason")) == {(4, "可以等")}
    take_back(cast.lin)
    assert set(Task.objects.values_list("quadrant_override", "quadrant_reason")) == {(None, "")}


def test_a_reason_given_afterwards_leaves_the_undo_of_the_move_good(cast, task, as_person):
    client = as_person(cast.lin)
    sort(client, task, quadrant="4")
    task.refresh_from_db()
    answer = sort(client, task, quadrant="4", reason="期限可以再议")
    assert "toast" not in json.loads(answer["HX-Trigger"])
    task.refresh_from_db()
    assert task.quadrant_reason == "期限可以再议"
    take_back(cast.lin)
    task.refresh_from_db()
    assert (task.quadrant_override, task.quadrant_reason) == (None, "")


def test_a_move_that_somebody_has_repeated_is_not_undone(cast, task, as_person):
    client = as_person(cast.lin)
    sort(client, task, quadrant="4")
    undo = Undo.objects.latest("pk")
    task.refresh_from_db()
    sort(client, task, quadrant="3", reason="别人能做")
    answer = client.post(reverse("activity:undo", args=[undo.pk]), headers=HTMX)
    assert answer.status_code == 409
    task.refresh_from_db()
    assert task.quadrant_override == 3


def test_the_quadrant_suggested_anyway_is_no_choice_of_ones_own(cast, make, as_person):
    task = make(importance=1, urgency="low", due_at=None, quadrant_override=1, quadrant_reason="客户在等")
    client = as_person(cast.lin)
    sort(client, task, quadrant="4")
    task.refresh_from_db()
    assert (task.quadrant_override, task.quadrant_reason) == (None, "")


def test_a_stale_card_is_left_and_named(cast, make, as_person):
    stale, fresh = make("旧的"), make("新的")
    Task.objects.filter(pk=stale.pk).update(version=5)
    answer = sort(as_person(cast.lin), stale, fresh, quadrant="4")
    said = json.loads(answer["HX-Trigger"])
    assert said["triage:done"]["refused"] == [stale.pk]
    assert "旧的" in said["toast"]["text"]
    fresh.refresh_from_db()
    assert fresh.quadrant_override == 4


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({"quadrant": "4"}, 409),
        ({"task": "1", "quadrant": "4"}, 428),
        ({"task": "1", "version": "1", "quadrant": "7"}, 409),
        ({"task": "²", "version": "1", "quadrant": "1"}, 409),
        ({"task": "99999", "version": "1", "quadrant": "1"}, 409),
    ],
)
def test_what_cannot_be_sorted_is_refused(cast, as_person, sent, status):
    assert as_person(cast.lin).post(reverse("work:moves"), sent, headers=HTMX).status_code == status


def test_hidden_tasks_cannot_be_sorted(cast, make, as_person):
    hidden = make("产品部机密", by=cast.outsider)
    assert sort(as_person(cast.lin), hidden, quadrant="4").status_code == 409
    hidden.refresh_from_db()
    assert hidden.quadrant_override is None


def test_what_is_put_off_leaves_ones_own_list_until_its_day(cast, task, as_person):
    sent = {"task": task.pk, "version": 1, "until": (TODAY + timedelta(days=3)).isoformat()}
    assert as_person(cast.lin).post(reverse("work:deferrals"), sent, headers=HTMX).status_code == 204

    def listed(state, days=0):
        return list(lists.matching(cast.lin, state, now=NOW + timedelta(days=days)))

    assert listed(ListState()) == []
    assert listed(ListState(), days=3) == [task]
    assert listed(ListState(f="deferred.filled")) == [task]
    assert listed(ListState(scope="all")) == [task]
    take_back(cast.lin)
    assert listed(ListState()) == [task]


@pytest.mark.parametrize("until", ["2026-11-23", "2020-01-01", "2026-13-01", "morgen", "2100-12-31x"])
def test_a_day_that_cannot_be_is_refused(cast, task, as_person, until):
    sent = {"task": task.pk, "version": 1, "until": until}
    assert as_person(cast.lin).post(reverse("work:deferrals"), sent, headers=HTMX).status_code == 409


def test_put_on_today_begins_now_and_keeps_the_promised_date(cast, make, as_person):
    due = NOW + timedelta(days=9)
    promised, free = (
        make("有期限", due_at=due),
        make("没期限", due_at=None, deferred_until=TODAY + timedelta(days=9)),
    )
    client = as_person(cast.lin)
    for task in (promised, free):
        sent = {"version": 1}
        assert client.post(reverse("work:today", args=[task.pk]), sent, headers=HTMX).status_code == 204
        task.refresh_from_db()
        assert timezone.localtime(task.starts_at).date() == TODAY
        assert (task.status, task.deferred_until) == ("doing", None)
    assert promised.due_at == due
    assert timezone.localtime(free.due_at).date() == TODAY


@pytest.mark.parametrize("name", ["triage_menu", "disposal", "rank_reasons"])
def test_menus_are_loaded_for_one_row(cast, task, as_person, name):
    address = reverse(f"work:{name}", args=[task.pk])
    assert as_person(cast.lin).get(address, headers=HTMX).status_code == 200
    assert as_person(cast.outsider).get(address, headers=HTMX).status_code == 404
