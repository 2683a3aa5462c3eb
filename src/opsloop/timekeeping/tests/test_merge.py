"""A merged task: its talk, files, watchers and hours go over to the one that is kept, and come back."""

from __future__ import annotations

from datetime import timedelta

from opsloop.activity import actions as activity
from opsloop.discussion.actions import comments, watching
from opsloop.discussion.models import Attachment, Comment, Watch
from opsloop.organisation.tests.cast import NOW
from opsloop.timekeeping.actions.entries import record_time
from opsloop.timekeeping.models import TimeEntry
from opsloop.timekeeping.queries import minutes_by_task
from opsloop.work.actions import reshaping, tasks
from opsloop.work.models import Task
from opsloop.work.tests import conftest as work

make, task = work.make, work.task


def fresh(task: Task) -> Task:
    return Task.objects.get(pk=task.pk)


def _filled(cast, task: Task) -> None:
    comments.add(subject=task, text="先看这里", by=cast.lin, at=NOW)
    Attachment.objects.create(
        task=task, name="表.xlsx", stored="a" * 64, media_type="text/plain", shown_as="file", size=1,
        sha256="0" * 64, uploaded_by=cast.lin, uploaded_at=NOW,
    )  # fmt: skip
    record_time(task=task, by=cast.lin, at=NOW, started_at=NOW - timedelta(hours=2), minutes=90)
    watching.watch(subject=task, person=cast.chen, is_on=True, at=NOW)
    watching.watch(subject=task, person=cast.wang, is_on=True, at=NOW)


def test_all_of_it_goes_over_and_comes_back(cast, make, task):
    into = make("留下的")
    _filled(cast, task)
    watching.watch(subject=into, person=cast.wang, is_on=False, at=NOW)
    comments.add(subject=into, text="这里原有的", by=cast.chen, at=NOW)
    undo = reshaping.merge(task=fresh(task), into=fresh(into), by=cast.lin, at=NOW, version=1)
    assert [one.text for one in Comment.objects.of(into)] == ["先看这里", "这里原有的"]
    assert Attachment.objects.get().task_id == into.pk
    assert minutes_by_task([task.pk, into.pk]) == {into.pk: 90}
    watchers = dict(Watch.objects.of(into).values_list("person__name", "is_on"))
    # What 王磊 said about the other task holds.
    assert watchers == {"林悦": True, "陈敏": True, "王磊": False}
    later = comments.add(subject=fresh(into), text="合并后说的", by=cast.lin, at=NOW)
    activity.take_back(undo=undo, by=cast.lin, at=NOW)
    assert [one.text for one in Comment.objects.of(task)] == ["先看这里"]
    assert Comment.objects.get(pk=later.pk).task_id == into.pk
    assert Attachment.objects.get().task_id == task.pk
    assert TimeEntry.objects.get().task_id == task.pk
    assert set(Watch.objects.of(task).values_list("person__name", flat=True)) == {"林悦", "陈敏", "王磊"}


def test_merges_one_after_the_other_are_taken_back_one_after_the_other(cast, make, task):
    middle, last = make("中间的"), make("最后的")
    _filled(cast, task)
    first = reshaping.merge(task=fresh(task), into=fresh(middle), by=cast.lin, at=NOW, version=1)
    second = reshaping.merge(
        task=fresh(middle), into=fresh(last), by=cast.lin, at=NOW, version=fresh(middle).version
    )
    assert Comment.objects.get().task_id == TimeEntry.objects.get().task_id == last.pk
    activity.take_back(undo=second, by=cast.lin, at=NOW)
    assert Comment.objects.get().task_id == TimeEntry.objects.get().task_id == middle.pk
    activity.take_back(undo=first, by=cast.lin, at=NOW)
    assert Comment.objects.get().task_id == TimeEntry.objects.get().task_id == task.pk


def test_a_merge_of_a_bare_task_carries_nothing(cast, make, task):
    into = make("留下的")
    undo = reshaping.merge(task=fresh(task), into=fresh(into), by=cast.lin, at=NOW, version=1)
    activity.take_back(undo=undo, by=cast.lin, at=NOW)
    assert fresh(task).status == Task.Status.TODO
    tasks.close(task=fresh(task), by=cast.lin, at=NOW, version=fresh(task).version)
