"""Where somebody estimates: how late like tasks were and why."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from django.urls import reverse

from opsloop.organisation.tests.cast import NOW, Cast, count_queries
from opsloop.progress.actions import delays
from opsloop.progress.tests.conftest import DAY, browser, page
from opsloop.timekeeping.models import TimeEntry
from opsloop.work.actions import tasks
from opsloop.work.models import Category, Task

Make = Callable[..., Task]


def done(make: Make, cast: Cast, number: int, *, late: int = 0, asked: bool = False) -> Task:
    """Make a finished task with an hour: `late` days after its date, or after another date was asked for."""
    due = NOW - timedelta(days=10 + number)
    task = make(f"大促海报设计 {number}", due_at=due, category=Category.objects.get_or_create(name="设计")[0])
    if asked:
        delays.ask(
            task=task, cause="outside", reason="等素材", remedy="", help="", due_wanted=due + 3 * DAY, by=cast.lin,
            at=due - DAY,
        )  # fmt: skip
    Task.objects.filter(pk=task.pk).update(
        status=Task.Status.DONE, closed_at=due + late * DAY, closed_by=cast.lin
    )
    TimeEntry.objects.create(
        person=cast.lin, task=task, started_at=due - timedelta(hours=1), ended_at=due, minutes=60
    )
    return task


def advice(cast: Cast, title: str = "大促海报设计") -> tuple[str, str]:
    """Return the advice on an estimate, and what it fetches about delays."""
    sent = {
        "title": title,
        "category": str(Category.objects.get(name="设计").pk),
        "department": str(cast.content.pk),
    }
    shown = browser(cast.lin).post(reverse("timekeeping:advice"), sent).content.decode()
    before, _here, after = shown.partition('hx-get="/delays/likes/?')
    assert after, before
    return shown, page(cast.lin, "/delays/likes/?" + after.partition('"')[0].replace("&amp;", "&"))


def test_where_one_estimates_it_says_how_many_like_tasks_were_late_and_why(cast: Cast, make: Make) -> None:
    for number in range(8):
        done(make, cast, number, late=2 if number < 2 else 0, asked=number == 2)
    _shown, said = advice(cast)
    assert "8 个相似任务中有 3 个延期" in said
    assert "外部依赖（1）" in said
    assert "相似任务较少" not in said
    # One request in the category, the team and of the owner: each leads to its rows.
    assert said.count("/delays/?since=") == 3
    assert f"team={cast.content.pk}" in said


def test_more_time_ahead_is_advised_where_like_tasks_are_late_more_often_than_others(
    cast: Cast, make: Make
) -> None:
    for number in range(9):
        done(make, cast, number, late=3 if number < 8 else 0)
    for number in range(40):
        task = tasks.create(by=cast.zhou, at=NOW, title=f"别的 {number}", owner=cast.zhou, due_at=NOW)
        Task.objects.filter(pk=task.pk).update(
            status=Task.Status.DONE, closed_at=NOW - DAY, closed_by=cast.zhou
        )
    _shown, said = advice(cast)
    assert "提前 3 天" in said


def test_of_few_like_tasks_it_says_that_they_are_few_and_of_fewer_nothing(cast: Cast, make: Make) -> None:
    for number in range(3):
        done(make, cast, number, late=4)
    assert "提前" not in advice(cast)[1]
    assert "相似任务较少" in advice(cast)[1]
    Task.objects.filter(title="大促海报设计 2").update(deleted_at=NOW, deleted_by=cast.lin)
    assert "相似任务" not in advice(cast)[1]


def test_what_one_may_not_see_is_not_counted(cast: Cast, make: Make) -> None:
    ids = ",".join(str(done(make, cast, number, late=4, asked=True).pk) for number in range(8))
    address = f"/delays/likes/?like={ids}&team={cast.content.pk}&category=x&requester=²"
    assert "8" in page(cast.lin, address)
    assert "estimate-delays" not in page(cast.outsider, address)
    assert count_queries(browser(cast.lin), address) <= 8
