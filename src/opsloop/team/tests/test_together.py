"""The weeks of a team in one plan: open tasks find somebody, work waits across people, the best so far can be taken."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from opsloop.activity.jobs import Cancelled, Progress
from opsloop.activity.models import Job, Undo
from opsloop.organisation.models import Person, PersonSkill, Skill
from opsloop.organisation.tests.cast import NOW, Cast
from opsloop.planning.models import Placement, Proposal
from opsloop.team.actions.proposing import TEAM_WEEK, run_team_week
from opsloop.team.tests.conftest import EVENING, WEEK, browser, page
from opsloop.work.actions import tasks
from opsloop.work.models import Task

pytestmark = pytest.mark.django_db


def propose(by: Person) -> None:
    response = browser(by).post(f"/team/plan/{WEEK}/proposal/")
    assert response.status_code in (204, 303), response.content[:300]


def proposals() -> dict[str, Proposal]:
    return {one.person.name: one for one in Proposal.objects.waiting().select_related("person")}


@pytest.fixture
def skilled(bai: Person) -> Person:
    PersonSkill.objects.create(person=bai, skill=Skill.objects.create(name="剪辑"), level=5)
    return bai


def test_an_open_task_is_given_to_who_has_the_skill_once_that_is_accepted(
    cast: Cast, skilled: Person, make: Callable[..., Task]
) -> None:
    task = make("剪辑发布会视频")
    propose(cast.chen)
    found = proposals()["白露"]
    assert found.content["assign"] == [task.pk]
    assert "尚无负责人" in page(cast.chen, f"/team/proposals/{found.pk}/")
    task.refresh_from_db()
    assert task.owner is None
    browser(cast.chen).post(f"/team/plan/{WEEK}/decision/", {"proposal": found.pk, "decision": "accept"})
    task.refresh_from_db()
    assert task.owner == skilled
    assert Placement.objects.filter(task=task, person=skilled).exists()
    browser(cast.chen).post(f"/undo/{Undo.objects.latest('pk').pk}/")
    task.refresh_from_db()
    assert task.owner is None
    assert not Placement.objects.exists()


def test_what_nobody_can_take_and_dates_nobody_could_keep_are_named(
    cast: Cast, make: Callable[..., Task]
) -> None:
    make("没人会做", estimate_minutes=6000)
    for number in range(3):
        make(f"今天{number}", owner=cast.lin, estimate_minutes=240)
    propose(cast.chen)
    (overload,) = proposals()["林悦"].content["overloads"]
    assert overload["missing"] > 0
    assert not proposals()["陈敏"].content["overloads"]
    shown = page(cast.chen, f"/team/plan/{WEEK}/proposal/")
    assert "没有合适人选" in shown
    assert "没人会做" in shown


def test_work_waits_for_work_of_somebody_else(cast: Cast, bai: Person, make: Callable[..., Task]) -> None:
    first = make("写脚本", owner=cast.lin, estimate_minutes=180, due_at=EVENING + timedelta(days=2))
    after = make("拍片", owner=bai, due_at=EVENING + timedelta(days=3))
    tasks.add_dependency(predecessor=first, successor=after, by=cast.chen, at=NOW)
    propose(cast.chen)
    ends = max(one["end"] for one in proposals()["林悦"].content["placements"])
    (piece,) = proposals()["白露"].content["placements"]
    assert piece["start"] >= ends
    assert "写脚本" in piece["why"]["zh-Hans"]


def test_part_of_a_proposal_can_be_accepted(cast: Cast, make: Callable[..., Task]) -> None:
    wanted, left = make("要的", owner=cast.lin), make("不要的", owner=cast.lin)
    propose(cast.chen)
    found = proposals()["林悦"]
    address = f"/team/plan/{WEEK}/decision/"
    none = browser(cast.chen).post(address, {"proposal": found.pk, "decision": "chosen"})
    assert none.status_code == 409
    browser(cast.chen).post(address, {"proposal": found.pk, "decision": "chosen", "task": wanted.pk})
    assert set(Placement.objects.values_list("task_id", flat=True)) == {wanted.pk}
    assert left.pk in {one["task"] for one in found.content["placements"]}


@pytest.fixture
def job(cast: Cast, bai: Person, make: Callable[..., Task]) -> Job:
    for number in range(4):
        make(f"任务{number}", owner=cast.lin, due_at=EVENING + timedelta(days=number))
    return Job.objects.create(
        kind=TEAM_WEEK, title="排一周", owner_id=cast.chen.pk, queued_at=NOW, status=Job.Status.RUNNING,
        started_at=NOW, arguments={"people": [cast.lin.pk, bai.pk], "week": WEEK, "at": NOW.isoformat()},
    )  # fmt: skip


class Watched(Progress):
    """Tells what happens at each step of a job, and does something then."""

    def __init__(self, job: Job, then: Callable[[int], None]) -> None:
        super().__init__(job)
        self.then = then
        self.steps: list[int] = []

    def advance(self, done: int, total: int) -> None:
        if not self.steps or done != self.steps[-1]:
            self.steps.append(done)
            self.then(done)
        self._written = 0.0
        super().advance(done, total)


def test_a_long_search_tells_how_far_it_is_and_keeps_the_best_so_far(cast: Cast, job: Job) -> None:
    seen: list[tuple[int, str]] = []

    def look(done: int) -> None:
        seen.append((Proposal.objects.waiting().count(), Job.objects.get(pk=job.pk).result_url))

    progress = Watched(job, look)
    result = run_team_week(job=job, progress=progress)
    assert progress.steps == [0, 1, 2, 4, 8, 16]
    assert seen[1] == (2, result["url"])
    shown = page(cast.chen, f"/team/plan/{WEEK}/proposal/")
    assert "目前最好的计划" in shown  # the job has not been marked as over


def test_a_stopped_search_leaves_the_best_plan_to_be_accepted(cast: Cast, job: Job) -> None:
    def stop(done: int) -> None:
        if done == 1:
            Job.objects.filter(pk=job.pk).update(cancel_requested=True)

    with pytest.raises(Cancelled):
        run_team_week(job=job, progress=Watched(job, stop))
    waiting = [one.pk for one in proposals().values()]
    browser(cast.chen).post(f"/team/plan/{WEEK}/decision/", {"proposal": waiting, "decision": "accept"})
    assert Placement.objects.filter(person=cast.lin).exists()


def test_accepting_what_is_best_now_ends_the_search(cast: Cast, job: Job) -> None:
    def accept(done: int) -> None:
        if done == 1:
            waiting = [one.pk for one in proposals().values()]
            browser(cast.chen).post(
                f"/team/plan/{WEEK}/decision/", {"proposal": waiting, "decision": "accept"}
            )

    progress = Watched(job, accept)
    run_team_week(job=job, progress=progress)
    assert progress.steps == [0, 1]
    assert not Proposal.objects.waiting().exists()
    assert Placement.objects.filter(person=cast.lin).exists()


def test_weeks_of_others_teams_are_not_planned(cast: Cast, job: Job, make: Callable[..., Any]) -> None:
    job.arguments["people"] = [cast.zhou.pk]
    assert run_team_week(job=job, progress=Progress(job))["people"] == 0
    assert not Proposal.objects.exists()
