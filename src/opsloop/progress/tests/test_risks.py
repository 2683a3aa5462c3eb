"""Early warning: the nightly run opens and closes flags, changes of a task are heard at once, lists show them."""

from __future__ import annotations

from collections.abc import Callable

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from opsloop.calendars.actions import appointments
from opsloop.inbox.models import Notification
from opsloop.organisation.models import Leave
from opsloop.organisation.tests.cast import NOW, Cast, count_queries
from opsloop.progress import watching
from opsloop.progress.models import RiskFlag
from opsloop.progress.tests.conftest import DAY, EVENING, HOUR, browser, page
from opsloop.timekeeping.models import TimeEntry
from opsloop.work.actions import tasks
from opsloop.work.models import Task

Make = Callable[..., Task]
FRIDAY, NEXT_MONDAY = EVENING + 4 * DAY, EVENING + 7 * DAY
FAR = EVENING + 18 * DAY


def codes(task: Task) -> list[str]:
    flag = RiskFlag.objects.open().filter(task=task).first()
    return flag.marks if flag else []


def fresh(task: Task) -> Task:
    return Task.objects.select_related("department", "project", "owner").get(pk=task.pk)


def test_what_is_due_within_three_working_days_is_at_risk(cast: Cast, make: Make) -> None:
    soon, later, nobody_s = make("周四", due_at=EVENING + 3 * DAY), make("周五", due_at=FRIDAY), make("无主")
    tasks.change(task=nobody_s, values={"owner": None}, by=cast.chen, at=NOW, version=nobody_s.version)
    RiskFlag.objects.all().delete()
    assert watching.watch_all(at=NOW) == {"watched": 3, "opened": 2, "closed": 0}
    assert (codes(soon), codes(later), codes(nobody_s)) == (["soon"], [], ["soon"])
    # The weekend between does not count.
    assert watching.watch_all(at=NOW + DAY)["opened"] == 1
    assert codes(later) == ["soon"]
    assert Notification.objects.filter(reason="due_soon", person=cast.lin).count() == 2


def test_running_it_again_changes_and_tells_nothing(cast: Cast, make: Make) -> None:
    make("周四", due_at=EVENING + 3 * DAY, estimate_minutes=6000)
    watching.watch_all(at=NOW)
    told = Notification.objects.count()
    assert watching.watch_all(at=NOW)["opened"] == 0
    assert Notification.objects.count() == told > 0


def test_more_work_than_working_time_is_said_days_ahead(cast: Cast, make: Make) -> None:
    # A week and a half of working time until then.
    fits, too_much = make("先交", due_at=NEXT_MONDAY, estimate_minutes=60), make("大活", due_at=FAR)
    Task.objects.filter(pk=too_much.pk).update(estimate_minutes=200 * 60)
    watching.watch_all(at=NOW)
    assert codes(fits) == []
    assert codes(too_much)[0] == "short"
    shown = page(cast.lin, reverse("progress:risk", args=[too_much.pk]))
    assert "201 小时" in shown
    assert "重新安排" in shown
    assert cast.chen.name in shown
    assert Notification.objects.get(reason="at_risk").person == cast.lin


def test_leave_and_appointments_are_no_working_time(cast: Cast, make: Make) -> None:
    task = make("一周后", due_at=NEXT_MONDAY, estimate_minutes=16 * 60)
    watching.watch_all(at=NOW)
    assert "short" not in codes(task)
    Leave.objects.create(person=cast.lin, starts_at=NOW, ends_at=NEXT_MONDAY - 9 * HOUR)
    watching.watch_all(at=NOW)
    assert "short" in codes(task)
    Leave.objects.all().delete()
    watching.watch_all(at=NOW)
    assert "short" not in codes(task)
    for day in range(5):
        appointments.add(
            by=cast.lin, at=NOW, title="培训", starts_at=NOW + day * DAY, ends_at=NOW + day * DAY + 8 * HOUR,
            time_zone="Asia/Shanghai",
        )  # fmt: skip
    watching.watch_all(at=NOW)
    assert "short" in codes(task)


def test_whoever_waits_for_something_late_is_warned_and_the_name_stays_hidden(cast: Cast, make: Make) -> None:
    before = tasks.create(
        by=cast.outsider, at=NOW - 9 * DAY, title="别部门的前置", owner=cast.outsider, due_at=NOW - 3 * DAY
    )
    task = make("在等", due_at=FAR)
    tasks.add_dependency(predecessor=before, successor=task, by=cast.chen, at=NOW)
    assert codes(task) == ["waits"]
    shown = page(cast.lin, reverse("progress:risk", args=[task.pk]))
    assert "它等待的一个任务已晚 1 个工作日" in shown
    assert "别部门的前置" not in shown
    watching.watch_all(at=NOW)
    assert codes(task) == ["waits"]


def test_people_who_always_take_longer_are_unlikely_in_time(cast: Cast, make: Make) -> None:
    for number in range(40):
        done = make(f"旧事{number}", due_at=None, estimate_minutes=60)
        Task.objects.filter(pk=done.pk).update(
            status="done", closed_at=NOW - (41 - number) * DAY, closed_by=cast.lin, progress=100
        )
        TimeEntry.objects.create(
            person=cast.lin, task=done, started_at=NOW - (41 - number) * DAY, minutes=150,
            ended_at=NOW - (41 - number) * DAY + 2.5 * HOUR,
        )  # fmt: skip
    # It fits into the working time by its estimate, but not as such work has gone.
    task = make("看着够", due_at=NEXT_MONDAY, estimate_minutes=20 * 60)
    watching.watch_all(at=NOW)
    assert codes(task) == ["unlikely"]
    assert "概率约为" in page(cast.lin, reverse("progress:panel", args=[task.pk]))


def test_a_change_is_heard_at_once_and_what_is_over_is_at_risk_no_more(cast: Cast, make: Make) -> None:
    task = make("改期", due_at=FAR)
    tasks.change(task=fresh(task), values={"due_at": EVENING}, by=cast.chen, at=NOW, version=1)
    assert codes(task) == ["soon"]
    tasks.change(task=fresh(task), values={"due_at": FAR}, by=cast.chen, at=NOW, version=2)
    assert codes(task) == []
    tasks.change(task=fresh(task), values={"due_at": EVENING}, by=cast.chen, at=NOW, version=3)
    tasks.close(task=fresh(task), by=cast.lin, at=NOW + HOUR, version=4)
    assert codes(task) == []
    assert RiskFlag.objects.filter(task=task, closed_at__isnull=False).count() == 2


def test_what_only_the_night_sees_stands_until_what_it_rests_on_changes(cast: Cast, make: Make) -> None:
    task = make("大活", due_at=FAR, estimate_minutes=200 * 60)
    watching.watch_all(at=NOW)
    assert codes(task)[0] == "short"
    before = make("前置", due_at=NOW - DAY)
    tasks.add_dependency(predecessor=before, successor=task, by=cast.chen, at=NOW)
    assert "short" in codes(task)
    assert "waits" in codes(task)
    tasks.change(
        task=fresh(task), values={"estimate_minutes": 60}, by=cast.chen, at=NOW, version=task.version
    )
    assert codes(task) == ["waits"]


def test_lists_today_and_the_filter_show_what_is_at_risk(cast: Cast, make: Make) -> None:
    make("有风险的", due_at=EVENING), make("没事的", due_at=FAR)
    watching.watch_all(at=NOW)
    assert page(cast.lin, "/tasks/?scope=mine").count("即将到期") == 1
    assert "即将到期" in page(cast.lin, "/")
    narrowed = page(cast.lin, "/tasks/?scope=mine&f=risk.yes")
    assert "有风险的" in narrowed
    assert "没事的" not in narrowed


def test_the_list_is_of_the_team_with_filters_and_its_trend(cast: Cast, make: Make) -> None:
    task = make("组里的", due_at=EVENING)
    tasks.create(by=cast.outsider, at=NOW, title="外部机密", owner=cast.outsider, due_at=EVENING)
    watching.watch_all(at=NOW)
    old = RiskFlag.objects.get(task=task)
    RiskFlag.objects.create(
        task=task, opened_at=NOW - 20 * DAY, changed_at=NOW - 20 * DAY, closed_at=NOW - 10 * DAY, level="soon",
        codes=" soon ", signs=[{"code": "soon"}],
    )  # fmt: skip
    shown = page(cast.chen, reverse("progress:risks"))
    assert "组里的" in shown
    assert "外部机密" not in shown
    assert page(cast.chen, reverse("progress:risks") + "?level=grave&scope=team").count("组里的") == 0
    assert (
        browser(cast.chen).get(reverse("progress:risks") + "?code=nonsense&department=x").status_code == 200
    )
    from opsloop.progress.queries.flags import Filters, trend

    weeks = trend(Filters(scope="team").rows(cast.chen), NOW)
    assert [week.opened for week in weeks] == [0, 0, 0, 0, 1, 0, 0, 1]
    assert [week.standing for week in weeks] == [0, 0, 0, 0, 1, 0, 0, 1]
    assert old.opened_at == NOW


def test_the_run_asks_no_more_for_more_tasks_of_the_same_people(cast: Cast, make: Make) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            watching.watch_all(at=NOW)
        return len(queries)

    for number in range(3):
        make(f"甲{number}", due_at=FAR)
    asked()
    few = asked()
    for number in range(12):
        make(f"乙{number}", due_at=FAR)
    assert asked() == few
    client = Client()
    client.force_login(cast.chen)
    assert count_queries(client, "/") <= 15


def test_a_new_task_that_is_due_soon_is_flagged_at_once(cast: Cast, make: Make) -> None:
    today, late, far, never = (
        make("今天", due_at=EVENING), make("早该", due_at=NOW - DAY), make("远", due_at=FAR), make("随时", due_at=None),
    )  # fmt: skip
    assert (codes(today), codes(late), codes(far), codes(never)) == (["soon"], ["overdue"], [], [])
    shown = page(cast.lin, reverse("progress:risk", args=[today.pk]))
    assert "今天" in shown
    # Whoever set the date knows it: the flag tells nobody, and the night finds it there.
    assert not Notification.objects.filter(reason__in=["due_soon", "at_risk"]).exists()
    assert watching.watch_all(at=NOW)["opened"] == 0
    with CaptureQueriesContext(connection) as asked:
        make("没有期限", due_at=None)
    with CaptureQueriesContext(connection) as more:
        make("明天", due_at=EVENING + DAY)
    # Four queries more, and the savepoint around the last of them.
    assert len(more) - len(asked) <= 5
