"""By when a notice is to be done, in its reader's day and week, and the tasks that are made from it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from opsloop.activity.models import Undo
from opsloop.notices.models import Notice, NoticeTask, Receipt
from opsloop.notices.queries import deadlines
from opsloop.notices.tests.conftest import DAY, HOUR, HTMX, tap
from opsloop.organisation.models import Organisation, Person
from opsloop.organisation.tests.cast import NOW, Cast, count_queries
from opsloop.work.models import Task

pytestmark = pytest.mark.django_db
As = Callable[[Person], Client]
Sent = Callable[..., Notice]
SOON = NOW + timedelta(hours=9)


def make(client: Client, notice: Notice, **fields: str) -> int:
    return client.post(f"/notices/{notice.pk}/tasks/", fields, headers=HTMX).status_code


def shown(client: Client, path: str) -> str:
    answer = client.get(path, headers=HTMX)
    assert answer.status_code == 200, path
    return answer.content.decode()


def test_a_reader_makes_one_task_of_it(cast: Cast, as_person: As, sent: Sent) -> None:
    notice, reader = sent(due_at=SOON), as_person(cast.lin)
    assert "建成我的任务" in shown(reader, f"/notices/{notice.pk}/tasks/")
    assert make(reader, notice) == 204
    task = Task.objects.get()
    assert (task.title, task.owner, task.due_at) == (notice.title, cast.lin, SOON)
    assert notice.number in task.description
    assert "每组报两人" in task.description
    assert make(reader, notice) == 409
    part = shown(reader, f"/notices/{notice.pk}/tasks/")
    assert notice.title in part
    assert "建成我的任务" not in part
    # The task leads back to the notice, for who may see that.
    panel = reverse("progress:panel", args=[task.pk])
    assert f"/notices/{notice.pk}/" in shown(reader, panel)
    assert f"/notices/{notice.pk}/" in shown(as_person(cast.wang), panel)
    # A colleague sees neither the task of somebody else's team nor the notice.
    assert as_person(cast.outsider).post(f"/notices/{notice.pk}/tasks/").status_code == 404
    # Taken back, it can be made again.
    undo = Undo.objects.get(verb="task.create")
    assert reader.post(f"/undo/{undo.pk}/", headers=HTMX).status_code == 204
    assert "建成我的任务" in shown(reader, f"/notices/{notice.pk}/tasks/")
    assert make(reader, notice) == 204
    assert NoticeTask.objects.count() == 1


def test_who_steers_gives_each_department_its_task(cast: Cast, as_person: As, sent: Sent) -> None:
    notice, author = sent(due_at=NOW + 3 * DAY), as_person(cast.wang)
    assert make(author, notice, **{"for": "heads"}) == 409, "no department is responsible"
    notice.responsible.set([cast.content, cast.users])
    assert make(as_person(cast.lin), notice, **{"for": "heads"}) == 403
    assert make(author, notice, **{"for": "heads"}) == 204
    made = {
        row.department: row.task for row in NoticeTask.objects.select_related("task__owner", "department")
    }
    assert set(made) == {cast.content, cast.users}
    assert made[cast.content].owner == cast.chen
    assert made[cast.content].department == cast.content
    assert {task.created_by for task in made.values()} == {cast.wang}
    assert make(author, notice, **{"for": "heads"}) == 409
    # One undo takes all of them back.
    undo = Undo.objects.get(verb="joined")
    assert author.post(f"/undo/{undo.pk}/", headers=HTMX).status_code == 204
    assert not NoticeTask.objects.standing().exists()


def test_its_date_stands_in_the_readers_day_week_and_calendar(cast: Cast, as_person: As, sent: Sent) -> None:
    notice, reader = sent(due_at=SOON, importance="important"), as_person(cast.lin)
    tap(notice, cast.lin)
    strip = shown(reader, "/notices/strip/")
    assert notice.title in strip
    assert "建成我的任务" in strip
    paths = ("/plan/", "/tasks/calendar/?scope=mine")
    for path in paths:
        assert notice.title in reader.get(path, follow=True).content.decode(), path
        assert notice.title not in as_person(cast.sun).get(path, follow=True).content.decode(), path
    # Nobody else's week shows it, and a task of one's own takes its place.
    assert make(reader, notice) == 204
    assert deadlines.due(cast.lin, NOW - DAY, NOW + DAY) == []
    assert "建成我的任务" not in shown(reader, "/notices/strip/")
    assert [one.pk for one in deadlines.due(cast.zhou, NOW - DAY, NOW + DAY)] == [notice.pk]


def test_the_strip_names_the_loudest_and_counts_the_rest(cast: Cast, as_person: As, sent: Sent) -> None:
    for number in range(4):
        sent(at=NOW + number * HOUR, title=f"重要{number}", importance="important")
    sent(title="紧急的", importance="urgent")
    sent(title="普通的")
    strip = shown(as_person(cast.lin), "/notices/strip/")
    assert strip.index("紧急的") < strip.index("重要3") < strip.index("重要2")
    assert "重要0" not in strip
    assert "普通的" not in strip
    assert "还有 3 份通知待确认" in strip
    assert count_queries(as_person(cast.lin), "/notices/strip/", **HTMX) <= 8


@pytest.mark.parametrize(("mode", "is_there"), [("startup", False), ("growth", True)])
def test_today_asks_for_notices_where_the_module_is_on(
    cast: Cast, as_person: As, mode: str, is_there: bool
) -> None:
    Organisation.objects.update(mode=mode)
    assert ("my-notices" in as_person(cast.lin).get("/").content.decode()) is is_there


def test_the_part_asks_few_queries(cast: Cast, as_person: As, sent: Sent) -> None:
    notice = sent(due_at=SOON)
    notice.responsible.set([cast.content, cast.users])
    for person in (cast.wang, cast.lin, cast.zhou):
        make(as_person(person), notice)
    assert NoticeTask.objects.count() == 3
    assert count_queries(as_person(cast.wang), f"/notices/{notice.pk}/tasks/", **HTMX) <= 8
    assert Receipt.objects.filter(notice=notice).exists()
