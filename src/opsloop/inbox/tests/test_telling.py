"""Who is told what: by the table, once, never of one's own act, and only while there is something to do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction

from opsloop.activity import actions as activity
from opsloop.activity.events import DomainEvent
from opsloop.activity.models import Event
from opsloop.discussion.actions import comments, watching
from opsloop.inbox import actions, rules
from opsloop.inbox.models import Notification
from opsloop.inbox.reasons import REASONS, TOPICS
from opsloop.inbox.telling import tell
from opsloop.organisation.models import Person
from opsloop.organisation.tests.cast import NOW, Cast
from opsloop.work.actions import tasks
from opsloop.work.models import Task

LATER = NOW + timedelta(hours=1)


@dataclass(frozen=True, kw_only=True)
class HandedIn(DomainEvent):
    """As work says it when acceptance is there."""

    kind = "task.handed_in"
    subject_kind = "task"


@dataclass(frozen=True, kw_only=True)
class RoleGiven(DomainEvent):
    """As work says it when roles are there."""

    kind = "task.role"
    subject_kind = "task"

    person_id: int
    role: str


def told(person: Person, **only: Any) -> list[str]:
    """Return why `person` was told of what is not done, the oldest first."""
    rows = Notification.objects.filter(person=person, done_at__isnull=True, **only)
    return list(rows.order_by("pk").values_list("reason", flat=True))


def change(task: Task, by: Person, **values: Any) -> None:
    task.refresh_from_db()
    tasks.change(task=task, values=values, by=by, at=LATER, version=task.version)


def test_the_table_is_whole() -> None:
    used = {rule.reason for several in rules.RULES.values() for rule in several}
    assert used == set(REASONS)
    assert {reason.topic for reason in REASONS.values()} == set(TOPICS)


def test_the_new_owner_is_told_and_the_giver_is_not(cast: Cast, task: Task) -> None:
    assert told(cast.lin) == ["assigned"]
    assert told(cast.chen) == []


def test_handing_on_settles_what_waited_for_the_former_owner(cast: Cast, task: Task) -> None:
    change(task, cast.chen, owner=cast.wang)
    assert told(cast.wang) == ["assigned"]
    assert told(cast.lin) == ["owner"]


def test_watchers_hear_of_status_and_dates(cast: Cast, task: Task) -> None:
    watching.watch(subject=task, person=cast.zhao, is_on=True, at=NOW)
    change(task, cast.lin, status="doing")
    change(task, cast.lin, due_at=LATER + timedelta(days=2))
    change(task, cast.lin, note="只是备注")
    assert told(cast.zhao) == told(cast.chen) == ["status", "due"]
    assert told(cast.lin) == []


def test_who_left_hears_nothing(cast: Cast, task: Task) -> None:
    watching.watch(subject=task, person=cast.chen, is_on=False, at=NOW)
    change(task, cast.lin, status="doing")
    assert told(cast.chen) == []


def test_blocked_is_told_to_those_who_can_clear_the_way(cast: Cast, task: Task) -> None:
    change(task, cast.lin, status="blocked")
    assert told(cast.chen) == ["blocked"]
    change(task, cast.lin, status="doing")
    assert told(cast.chen) == ["status"]


def test_the_strongest_reason_counts_and_is_told_once(cast: Cast, task: Task) -> None:
    first = comments.add(subject=task, text="问一下", by=cast.chen, at=NOW)
    comments.add(subject=task, text="@陈敏 好", by=cast.lin, at=NOW, reply_to=first)
    comments.add(subject=task, text="知道了", by=cast.lin, at=NOW, reply_to=first)
    assert told(cast.chen) == ["mentioned", "answered"]
    assert told(cast.lin, lane=3) == ["commented"]


def test_editing_names_only_the_new(cast: Cast, task: Task) -> None:
    said = comments.add(subject=task, text="@陈敏 看", by=cast.lin, at=NOW)
    comments.edit(comment=said, text="@陈敏 @王磊 看", by=cast.lin, at=LATER, version=1)
    assert told(cast.chen) == ["mentioned"]
    assert told(cast.wang) == ["mentioned"]


def test_the_last_predecessor_frees_the_next(cast: Cast, task: Task) -> None:
    first, second = (tasks.create(by=cast.chen, at=NOW, title=name, owner=cast.chen) for name in "甲乙")
    for before in (first, second):
        tasks.add_dependency(predecessor=before, successor=task, by=cast.chen, at=NOW)
    Notification.objects.all().delete()
    tasks.close(task=first, by=cast.chen, at=LATER, version=first.version)
    assert told(cast.lin) == []
    tasks.close(task=second, by=cast.chen, at=LATER, version=second.version)
    assert told(cast.lin, subject_id=task.pk) == ["freed"]
    change(task, cast.lin, status="doing")
    assert told(cast.lin) == []


def test_closing_leaves_nothing_to_act_on(cast: Cast, task: Task) -> None:
    tasks.close(task=task, by=cast.chen, at=LATER, version=task.version)
    assert told(cast.lin, lane=1) == []
    assert told(cast.lin, lane=3) == ["closed"]


def test_events_of_kinds_that_do_not_exist_yet_plug_in(cast: Cast, task: Task) -> None:
    with transaction.atomic():
        activity.record(HandedIn(subject_id=task.pk, by_id=cast.lin.pk, at=LATER))
        activity.record(
            RoleGiven(subject_id=task.pk, by_id=cast.lin.pk, at=LATER, person_id=cast.wang.pk, role="C")
        )
    assert told(cast.chen) == ["handed_in"]
    assert told(cast.wang) == ["consulted"]


def test_replaying_an_event_tells_nobody_twice(cast: Cast, task: Task) -> None:
    comments.add(subject=task, text="@陈敏 看", by=cast.lin, at=NOW)
    event = Event.objects.get(kind="comment.added")
    for _turn in range(5):
        tell([event])
    assert told(cast.chen) == ["mentioned"]


def test_who_does_not_want_to_hear_and_who_has_left_are_left_out(cast: Cast, task: Task) -> None:
    actions.prefer(person=cast.chen, wanted=set(TOPICS) - {"talk"})
    watching.watch(subject=task, person=cast.wu, is_on=True, at=NOW)
    comments.add(subject=task, text="大家好", by=cast.lin, at=NOW)
    assert told(cast.chen) == told(cast.wu) == []
    comments.add(subject=task, text="@陈敏 好", by=cast.lin, at=NOW)
    assert told(cast.chen) == ["mentioned"]


def test_watchers_beyond_the_department_hear_it_live(cast: Cast, task: Task) -> None:
    watching.watch(subject=task, person=cast.zhao, is_on=True, at=NOW)
    change(task, cast.lin, status="doing")
    assert cast.zhao.pk in Event.objects.filter(kind="task.changed").latest("pk").person_ids


@pytest.mark.once
def test_many_changes_together_cost_few_queries(cast: Cast, django_assert_max_num_queries: Any) -> None:
    made = [tasks.create(by=cast.chen, at=NOW, title=f"任务{n}", owner=cast.lin) for n in range(30)]
    events = list(Event.objects.filter(kind="task.created"))
    Notification.objects.all().delete()
    with django_assert_max_num_queries(12):
        tell(events)
    assert len(told(cast.lin)) == len(made)


def test_old_rows_are_swept(cast: Cast, task: Task) -> None:
    actions.finish(ids=[Notification.objects.get().pk], by=cast.lin, at=NOW)
    assert actions.sweep(at=NOW + timedelta(days=89)) == 0
    assert actions.sweep(at=NOW + timedelta(days=91)) == 1
