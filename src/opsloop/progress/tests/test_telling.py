"""Progress over HTTP: told in a line, asked for once, seen by the lead; a problem becomes somebody's to clear."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from django.urls import reverse

from opsloop.inbox.models import Notification
from opsloop.organisation.models import CalendarDay, Leave
from opsloop.organisation.tests.cast import NOW, Cast, count_queries
from opsloop.progress import jobs
from opsloop.progress.actions import blockers, rules, telling
from opsloop.progress.actions.telling import Word
from opsloop.progress.models import Blocker, Nudge, ProgressUpdate
from opsloop.progress.tests.conftest import DAY, HOUR, TODAY, browser, page
from opsloop.work.actions import tasks
from opsloop.work.models import Task

Make = Callable[..., Task]
DUE = NOW + 8 * HOUR  # 17:00 in Shanghai


def tell(cast: Cast, task: Task, **values: object) -> None:
    fresh = Task.objects.select_related("department", "project", "requester").get(pk=task.pk)
    telling.tell(word=Word(fresh, **{"percent": 40, **values}), day=TODAY, by=cast.lin, at=NOW)  # type: ignore[arg-type]


def test_a_line_moves_the_task_and_stands_in_its_history(cast: Cast, make: Make) -> None:
    task = make("写周报")
    address = reverse("progress:tell", args=[task.pk])
    sent = {"percent": 10, "quick": 50, "said": "初稿写完", "problem": "", "seen": 0}
    assert browser(cast.lin).post(address, sent).status_code == 204
    task.refresh_from_db()
    assert (task.progress, task.status) == (50, "doing")
    assert "初稿写完" in page(cast.lin, address)
    assert "初稿写完" in page(cast.chen, reverse("progress:panel", args=[task.pk]))
    assert "50% 初稿写完" in page(cast.chen, reverse("work:task_history", args=[task.pk]))


def test_wrong_numbers_keep_what_was_typed(cast: Cast, make: Make) -> None:
    address = reverse("progress:tell", args=[make("写周报").pk])
    answer = browser(cast.lin).post(address, {"percent": 400, "said": "一半", "seen": 0})
    assert answer.status_code == 422
    assert "一半" in answer.content.decode()
    # A second window wrote first: its line is not lost.
    assert browser(cast.lin).post(address, {"percent": 20, "said": "甲", "seen": 0}).status_code == 204
    assert browser(cast.lin).post(address, {"percent": 30, "said": "乙", "seen": 0}).status_code == 422
    assert ProgressUpdate.objects.get().said == "甲"


def test_all_lines_of_a_day_are_told_in_one_go_and_taken_back_in_one(cast: Cast, make: Make) -> None:
    first, second = make("写周报"), make("拍视频", status="doing", progress=30)
    sent = {f"t{first.pk}-percent": 20, f"t{first.pk}-said": "开了头", f"t{first.pk}-seen": 0}
    sent |= {f"t{second.pk}-percent": 30, f"t{second.pk}-seen": 0}
    assert browser(cast.lin).post(reverse("progress:mine"), sent).status_code == 204
    assert ProgressUpdate.objects.count() == 2
    browser(cast.lin).post(reverse("activity:undo_last"))
    assert ProgressUpdate.objects.count() == 0
    first.refresh_from_db()
    assert (first.progress, first.status) == (0, "todo")


def test_who_told_nothing_is_reminded_once_and_no_more_once_it_is_told(cast: Cast, make: Make) -> None:
    task = make("写周报")
    assert jobs.nudge_missing(at=DUE - HOUR) == 0
    assert jobs.nudge_missing(at=DUE) == 1
    assert jobs.nudge_missing(at=DUE + HOUR) == 0
    told = Notification.objects.get(reason="progress")
    assert told.person == cast.lin
    assert "2026-11-23" in page(cast.lin, "/inbox/")
    answer = browser(cast.lin).get(reverse("progress:nudge", args=[Nudge.objects.get().pk]))
    assert answer.status_code == 302
    tell(cast, task)
    told.refresh_from_db()
    assert told.done_at is not None


def test_nobody_is_reminded_on_a_day_off_or_on_leave_but_on_a_make_up_day(cast: Cast, make: Make) -> None:
    make("写周报", due_at=NOW + 20 * DAY, status="doing")
    saturday = DUE + 5 * DAY
    assert jobs.nudge_missing(at=saturday) == 0
    CalendarDay.objects.create(day=saturday.date(), kind="makeup", name="调休")
    assert jobs.nudge_missing(at=saturday) == 1
    Leave.objects.create(person=cast.lin, starts_at=DUE - HOUR, ends_at=DUE + HOUR)
    assert jobs.nudge_missing(at=DUE) == 0


def test_the_time_is_the_organisation_s_to_set(cast: Cast, make: Make) -> None:
    make("写周报")
    sent = {"due_by": "18:30", "warn_days": 2, "warn_chance": 40, "version": 0}
    assert browser(cast.lin).post(reverse("progress:rules"), sent).status_code == 403
    assert browser(cast.admin).post(reverse("progress:rules"), sent).status_code == 204
    assert browser(cast.admin).post(reverse("progress:rules"), sent).status_code == 412
    assert jobs.nudge_missing(at=DUE) == 0
    assert jobs.nudge_missing(at=DUE + 2 * HOUR) == 1


def test_the_lead_sees_who_told_what_and_who_did_not(cast: Cast, make: Make) -> None:
    told, waits = make("写周报"), make("拍视频")
    tell(cast, told, said="数据已对齐")
    board = page(cast.chen, reverse("progress:board"))
    assert "数据已对齐" in board
    assert "1 / 2" in board
    assert waits.title in board
    # What was done with in the meantime was told all the same.
    tasks.close(task=Task.objects.get(pk=told.pk), by=cast.lin, at=NOW, version=2)
    assert "数据已对齐" in page(cast.chen, reverse("progress:board"))
    assert browser(cast.lin).get(reverse("progress:board")).status_code == 403
    assert "拍视频" in page(cast.lin, reverse("progress:mine"))


def test_a_problem_becomes_a_blocker_of_the_lead_and_a_task_that_clears_it(cast: Cast, make: Make) -> None:
    task = make("写周报")
    tell(cast, task, problem="数据没到")
    blocker = Blocker.objects.get()
    assert (blocker.owner, blocker.person) == (cast.chen, cast.lin)
    assert "数据没到" in page(cast.chen, "/inbox/")
    address = reverse("progress:blocker_task", args=[blocker.pk])
    sent = {"title": "催数据", "owner": cast.chen.pk, "version": blocker.version}
    assert browser(cast.chen).post(address, sent).status_code == 204
    assert browser(cast.chen).post(address, sent).status_code == 422
    blocker.refresh_from_db()
    made = blocker.made
    assert made is not None
    assert (made.title, made.owner, made.department) == ("催数据", cast.chen, cast.content)
    tasks.close(task=made, by=cast.chen, at=NOW, version=made.version)
    blocker.refresh_from_db()
    assert blocker.state == "cleared"
    assert "催数据" in page(cast.lin, reverse("progress:blocker", args=[blocker.pk]))
    assert Notification.objects.filter(person=cast.lin, reason="freed_way").exists()


def test_a_blocker_follows_the_line_that_reported_it(cast: Cast, make: Make) -> None:
    task = make("写周报")
    tell(cast, task, problem="数据没到")
    tell(cast, task, problem="接口也没到", version=1)
    assert Blocker.objects.get().text == "接口也没到"
    tell(cast, task, version=2)
    assert Blocker.objects.get().state == "withdrawn"


def test_clearing_needs_a_word_and_can_be_taken_back(cast: Cast, make: Make) -> None:
    tell(cast, make("写周报"), problem="数据没到")
    blocker = Blocker.objects.get()
    address = reverse("progress:clearing", args=[blocker.pk])
    assert browser(cast.chen).post(address, {"version": 1, "answer": " "}).status_code == 409
    assert browser(cast.outsider).post(address, {"version": 1, "answer": "好"}).status_code == 404
    assert browser(cast.chen).post(address, {"version": 1, "answer": "已催"}).status_code == 204
    browser(cast.chen).post(reverse("activity:undo_last"))
    blocker.refresh_from_db()
    assert blocker.is_open


def test_only_who_sees_the_task_can_be_asked_to_clear_it(cast: Cast, make: Make) -> None:
    tell(cast, make("写周报"), problem="数据没到")
    address = reverse("progress:blocker_owner", args=[Blocker.objects.get().pk])
    client = browser(cast.chen)
    assert client.post(address, {"version": 1, "owner": cast.outsider.pk}).status_code == 409
    assert client.post(address, {"version": 1, "owner": cast.wang.pk}).status_code == 204
    assert Notification.objects.filter(person=cast.wang, reason="held_up").exists()


def test_an_obstacle_of_somebody_s_day_is_taken_up_once(cast: Cast, make: Make) -> None:
    from opsloop.rituals.actions import notes

    note = notes.write(
        person=cast.lin, day=TODAY, gain="", blocker="等设计", task=make("写周报"), at=NOW, version=0
    )
    address = reverse("progress:taking_up", args=[note.pk])
    assert "等设计" in page(cast.chen, reverse("progress:standup"))
    assert browser(cast.chen).post(address).status_code == 303 or Blocker.objects.count() == 1
    assert Blocker.objects.get().owner == cast.chen
    assert browser(cast.chen).post(address).status_code == 409


def test_a_task_of_two_departments_shows_its_daily_sync(cast: Cast, make: Make) -> None:
    task = make("联合活动", collaborators=[cast.zhou])
    tell(cast, task, said="海报定稿")
    panel = page(cast.zhou, reverse("progress:panel", args=[task.pk]))
    assert "海报定稿" in panel
    assert cast.zhou.name in panel
    assert "今天还没有" in panel


def test_the_standup_says_yesterday_today_and_what_is_in_the_way(cast: Cast, make: Make) -> None:
    done = make("收数据", due_at=None)
    tasks.close(task=done, by=cast.lin, at=NOW - HOUR, version=done.version)
    task = make("双周会材料")
    tell(cast, task, problem="数据没到")
    for person in (cast.chen, cast.lin):
        found = page(person, reverse("progress:standup"))
        assert all(text in found for text in ("收数据", "双周会材料", "数据没到"))
    assert "双周会材料" not in page(cast.outsider, reverse("progress:standup"))


def test_causes_are_renamed_added_and_offered_no_more(cast: Cast) -> None:
    rules.name_cause(code="outside", name="等外部", is_active=True, by=cast.admin, at=NOW, version=0)
    rules.name_cause(code="", name="设备故障", is_active=True, by=cast.admin, at=NOW, version=0)
    found = page(cast.admin, reverse("progress:rules"))
    assert "等外部" in found
    assert "设备故障" in found
    again = {"code": "", "name": "设备故障", "version": 0}
    assert browser(cast.admin).post(reverse("progress:cause"), again).status_code == 409


def test_more_people_and_lines_never_mean_more_queries(cast: Cast, make: Make) -> None:
    from opsloop.organisation.tests.cast import person

    def fill(numbers: range) -> None:
        for number in numbers:
            member = person(f"more{number}", f"组员{number}", cast.content, None)
            task = make(f"在手{number}", owner=member)
            blockers.report(
                task=task,
                text="缺料",
                owner=cast.chen,
                person=member,
                by=cast.chen,
                at=NOW - timedelta(hours=1),
            )
            ProgressUpdate.objects.create(
                task=task, person=member, day=TODAY, percent=5, said="开头", written_at=NOW
            )

    pages = [
        reverse(f"progress:{name}") for name in ("board", "mine", "standup", "risks", "delays", "waiting")
    ]
    fragments = [reverse("progress:strip"), reverse("progress:panel", args=[make("写周报").pk])]
    from django.test import Client

    client = Client()
    client.force_login(cast.chen)
    fill(range(2))
    few = {address: count_queries(client, address) for address in [*pages, *fragments]}
    fill(range(2, 8))
    many = {address: count_queries(client, address) for address in [*pages, *fragments]}
    assert many == few
    assert max(many[address] for address in pages) <= 15, many
    assert max(many[address] for address in fragments) <= 8, many
