"""Many tasks changed together: the preview, what is refused, the history of each, one undo for all."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.urls import reverse

from opsloop.activity.models import Event, Undo
from opsloop.organisation.models import CalendarDay
from opsloop.organisation.tests.cast import NOW
from opsloop.records.refusals import Refused
from opsloop.work.actions import bulk, tasks
from opsloop.work.actions.bulk import Edit, Shift
from opsloop.work.models import Task
from opsloop.work.tests.conftest import HTMX


def apply(person, some, edit, **given):
    chosen = bulk.selection(person, [task.pk for task in some])
    return bulk.change_together(tasks=chosen, edit=edit, by=person, at=NOW, **given)


def undo(person, came):
    bulk.undo_together(by=person, at=NOW, **came.undo.arguments)


def test_each_task_keeps_its_own_history_and_one_undo_takes_all_back(cast, make):
    some = [make("甲", urgency="low"), make("乙", urgency="medium"), make("丙", urgency="high")]
    came = apply(cast.lin, some, Edit(values={"urgency": "high"}))
    assert [step.task.title for step in came.changed] == ["甲", "乙"]
    assert came.same == 1
    assert set(Task.objects.values_list("urgency", flat=True)) == {"high"}
    told = {event.subject_id: event.changes for event in Event.objects.filter(kind="task.changed")}
    assert told == {some[0].pk: {"urgency": ["low", "high"]}, some[1].pk: {"urgency": ["medium", "high"]}}
    undo(cast.lin, came)
    assert [Task.objects.get(pk=task.pk).urgency for task in some] == ["low", "medium", "high"]
    assert [Task.objects.get(pk=task.pk).version for task in some] == [3, 3, 1]


def test_dates_move_by_working_days_with_make_up_days(cast, make):
    CalendarDay.objects.create(day="2026-11-28", kind="makeup", name="调休")
    friday = make("周五", due_at=NOW + timedelta(days=4))
    nothing = make("无期限", due_at=None)
    came = apply(cast.lin, [friday, nothing], Edit(shift=Shift("due_at", 1, workdays=True)))
    friday.refresh_from_db()
    assert friday.due_at.date() == date(2026, 11, 28)
    assert [step.task.title for step in came.refused] == ["无期限"]
    apply(cast.lin, [friday], Edit(shift=Shift("due_at", -5, workdays=False)))
    friday.refresh_from_db()
    assert friday.due_at.date() == date(2026, 11, 23)


def test_many_different_dates_are_written_at_once(cast, make):
    some = [make(f"第{n}", due_at=NOW + timedelta(hours=n)) for n in range(40)]
    came = apply(cast.lin, some, Edit(shift=Shift("due_at", 7, workdays=False)))
    assert len(came.changed) == 40
    for n, task in enumerate(some):
        task.refresh_from_db()
        assert (task.due_at, task.version) == (NOW + timedelta(days=7, hours=n), 2)
    undo(cast.lin, came)
    some[3].refresh_from_db()
    assert some[3].due_at == NOW + timedelta(hours=3)


def test_tags_and_helpers_come_and_go_without_touching_the_others(cast, make):
    old, new = tasks.tags_named(["旧", "新"])
    first = make("甲", tags=[old], collaborators=[cast.chen])
    second = make("乙", tags=[old, new])
    came = apply(cast.lin, [first, second], Edit(added={"tags": [new], "collaborators": [cast.wang]}))
    first, second = Task.objects.get(pk=first.pk), Task.objects.get(pk=second.pk)
    assert {tag.name for tag in first.tags.all()} == {"旧", "新"}
    assert {one.pk for one in first.collaborators.all()} == {cast.chen.pk, cast.wang.pk}
    assert len(came.changed) == 2
    apply(cast.lin, [first, second], Edit(removed={"tags": [old]}))
    assert [tag.name for tag in second.tags.all()] == ["新"]
    from opsloop.search.queries import matching

    assert set(matching("task", "新")) == {first.pk, second.pk}
    with pytest.raises(Refused):
        undo(cast.lin, came)


def test_what_the_rules_refuse_is_named_and_left(cast, make, task):
    make("动作", parent=task)
    free = make("没有动作")
    foreign = make("别人的", by=cast.chen, owner=cast.chen)
    came = apply(cast.lin, [task, free, foreign], Edit(values={"status": "done"}))
    assert [step.task.title for step in came.changed] == ["没有动作"]
    assert {step.task.title for step in came.refused} == {task.title, "别人的"}
    assert "动作" in came.refused[0].refused
    free.refresh_from_db()
    assert (free.progress, free.closed_by) == (100, cast.lin)


def test_closing_routine_work_together_makes_each_next_one(cast, make):
    some = [make(f"日报{n}", recurrence="FREQ=DAILY") for n in range(3)]
    came = apply(cast.lin, some, Edit(values={"status": "done"}))
    assert Task.objects.filter(title__startswith="日报", closed_at=None).count() == 3
    undo(cast.lin, came)
    assert Task.objects.alive().filter(title__startswith="日报").count() == 3


def test_the_progress_of_a_parent_follows(cast, make, task):
    some = [make("动作一", parent=task), make("动作二", parent=task)]
    apply(cast.lin, some, Edit(values={"progress": 50}))
    task.refresh_from_db()
    assert task.progress == 50


def test_what_was_changed_since_the_preview_is_left(cast, make):
    first, second = make("甲"), make("乙")
    tasks.change(task=first, values={"title": "甲改"}, by=cast.lin, at=NOW, version=1)
    came = apply(
        cast.lin, [first, second], Edit(values={"urgency": "high"}), seen={first.pk: 1, second.pk: 1}
    )
    assert [step.task.title for step in came.changed] == ["乙"]
    assert len(came.refused) == 1


def test_the_dialog_shows_what_would_come_of_it_and_writes_nothing(cast, make, as_person):
    some = [make("甲"), make("乙", by=cast.chen, owner=cast.chen)]
    sent = {"selected": [task.pk for task in some], "kind": "add_tags", "tags": "周会", "preview": "1"}
    response = as_person(cast.lin).post(reverse("work:bulk_edit"), sent, headers=HTMX)
    body = response.content.decode()
    assert response.status_code == 200
    assert "周会" in body
    assert "将修改 1 项任务" in body
    assert "1 项保持不变" in body
    assert not Event.objects.filter(kind="task.changed").exists()
    assert not Task.tags.through.objects.exists()


@pytest.mark.parametrize(
    ("kind", "sent", "field", "expected"),
    [
        ("shift_due", {"days": "2", "workdays": "on"}, "due_at", NOW + timedelta(days=4)),
        ("importance", {"importance": "5"}, "importance", 5),
        ("estimate_minutes", {"estimate_minutes": "2h"}, "estimate_minutes", 120),
        ("note", {"note": "统一说明"}, "note", "统一说明"),
        (
            "quadrant_override",
            {"quadrant_override": "2", "quadrant_reason": "先规划"},
            "quadrant_override",
            2,
        ),
    ],
)
def test_any_field_can_be_set_on_a_selection(cast, make, as_person, kind, sent, field, expected):
    task = make()
    data = {"selected": [task.pk], "kind": kind, **sent}
    response = as_person(cast.lin).post(reverse("work:bulk"), data, headers=HTMX)
    assert response.status_code == 204
    task.refresh_from_db()
    assert getattr(task, field) == expected
    assert Undo.objects.get().verb == "task.bulk"


def test_a_field_that_is_filled_in_wrongly_is_named(cast, task, as_person):
    data = {"selected": [task.pk], "kind": "shift_due", "days": "x"}
    response = as_person(cast.lin).post(reverse("work:bulk"), data, headers=HTMX)
    assert response.status_code == 409
    shown = as_person(cast.lin).post(reverse("work:bulk_edit"), {**data, "preview": "1"}, headers=HTMX)
    assert "field-error" in shown.content.decode()
