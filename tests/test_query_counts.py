"""What a request may ask of the database: at most 15 queries a page and 8 a fragment, however many rows.

Every page is asked for with 5 and with 30 of everything. A list ends on its first page, so from the second
page on one query more counts the rest; that one is allowed for.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client

from opsloop.collaboration.actions import forms as request_forms
from opsloop.collaboration.actions import records as talks
from opsloop.collaboration.actions import writing as requests
from opsloop.discussion.actions import comments, files
from opsloop.discussion.models import Beside
from opsloop.goals import actions as goals
from opsloop.goals.models import Goal
from opsloop.organisation.models import Organisation, Person
from opsloop.organisation.tests.cast import NOW, Cast, person
from opsloop.planning.models import Placement
from opsloop.planning.weeks import week_name
from opsloop.portfolio.actions import budget, nodes, risks, steering
from opsloop.timekeeping.models import TimeEntry
from opsloop.work.actions import checklist, projects, roles, tasks
from opsloop.work.models import Project, Task

PAGE, FRAGMENT = 15, 8
WEEK = week_name(NOW.date())
HTMX = {"HX-Request": "true", "HX-Target": "div#rows"}
PAGES = [
    "/",
    "/tasks/",
    "/tasks/?scope=all",
    "/tasks/?scope=all&status=any&sort=new",
    "/tasks/?scope=team&group=owner",
    "/tasks/?scope=all&q=文案",
    "/tasks/ranking/?scope=all",
    "/tasks/quadrants/?scope=all",
    "/tasks/?scope=all&f=or(owner.any.me,helper.any.team),due.within.next-30&group=goal",
    "/tasks/board/?scope=all",
    "/tasks/board/?scope=all&by=owner&lanes=urgency",
    "/tasks/calendar/?scope=all",
    "/tasks/workload/?scope=all",
    "/tasks/quadrants/?scope=mine&for=tomorrow",
    "/tasks/routine/?scope=all",
    "/tasks/{task}/candidates/",
    "/tasks/sheet/?scope=all",
    "/tasks/gantt/?scope=all",
    "/tasks/gantt/?project={project}&as=table",
    "/tasks/{task}/",
    "/projects/",
    "/tasks/{task}/roles/",
    "/projects/{project}/",
    "/projects/{project}/raci/",
    "/projects/?sort=health&q=文案",
    "/projects/{project}/",
    "/projects/{project}/risks/",
    "/projects/{project}/updates/",
    "/playbooks/",
    "/playbooks/choose/",
    "/goals/",
    "/goals/?group=department&sign=stale",
    "/goals/{goal}/",
    "/goals/map/",
    "/goals/gaps/",
    "/goals/gaps/?kind=check_in",
    "/goals/gaps/?kind=due",
    "/people/",
    "/people/{person}/",
    "/departments/",
    "/time-blocks/",
    "/leave/",
    f"/plan/{WEEK}/",
    "/team/",
    "/team/approvals/",
    "/team/absences/",
    "/rituals/morning/",
    "/rituals/evening/",
    "/rituals/week/",
    "/reviews/",
    "/dashboard/",
    "/dashboard/?scope=mine",
    "/dashboard/numbers/in_time/?part=all&period=2026-11",
    "/dashboard/subscriptions/",
    "/reviews/2026-11/me/",
    "/reports/",
    "/reports/2026-W48/me/",
    "/reports/schedules/",
    "/reports/overview/2026-W47/",
    "/people/{person}/tray/",
    "/tables/plan/daily/?scope=all",
    "/tables/plan/weekly/?scope=all",
    "/interruptions/",
    "/hours/",
    f"/hours/{WEEK}/",
    "/hours/entries/",
    "/hours/report/",
    "/hours/report/entries/",
    "/search/?q=文案",
    "/intake/",
    "/between-departments/",
    "/between-departments/rows/open/",
    "/communication/",
    "/communication/?standing=owed&q=文案",
    "/communication/new/",
    "/request-forms/",
    "/bin/",
    "/settings/",
    "/inbox/",
    "/inbox/?group=know",
    "/inbox/?box=done",
    "/settings/notifications/",
    "/notices/",
    "/notices/new/",
    "/notices/table/",
    "/requests/",
    "/requests/new/",
]
FRAGMENTS = [
    "/tasks/?scope=all",
    "/tasks/{task}/",
    "/tasks/{task}/row/",
    "/tasks/board/cards/?scope=all&key=todo&start=2",
    "/tasks/filters/?on=/tasks/",
    "/tasks/filters/edit/?on=/tasks/&field=owner",
    "/views/?layout=list",
    "/tasks/{task}/status/",
    "/tasks/{task}/fields/status/",
    "/tasks/{task}/fields/owner/",
    "/tasks/{task}/history/",
    "/tasks/{task}/triage/",
    "/tasks/{task}/disposal/",
    "/tasks/{task}/rank/",
    "/tasks/{task}/routine/",
    "/hours/quadrants/?scope=team",
    "/timer/",
    "/timer/choices/",
    "/tasks/{task}/advice/",
    "/estimates/reserve/",
    "/tasks/gaps/",
    "/dashboard/teams/",
    "/dashboard/causes/",
    "/delays/likes/?like={task}&team=1&category=1&requester=1",
    "/dashboard/attention/",
    "/tasks/gantt/bars/?scope=all",
    "/tasks/gantt/bars/?project={project}",
    "/tasks/sheet/rows/?keys={task}",
    "/projects/{project}/tasks/",
    "/projects/{project}/history/",
    "/goals/shares/",
    "/goals/map/tasks/",
    "/goals/{goal}/tasks/",
    "/palette/",
    "/palette/?q=目标",
    "/inbox/count/",
    "/intake/strip/",
    "/inbox/waiting/",
    "/talk/task/{task}/comments/",
    "/talk/task/{task}/files/",
    "/talk/task/{task}/watching/",
    "/talk/task/{task}/names/?q=文案",
    "/team/?part=lines",
]
# The palette over four kinds that all match, spoken in pinyin, the detail of a task with all around it, and the
# coming days of everybody in a project.
BROAD_FRAGMENTS = [
    "/palette/?q=wenan",
    "/palette/?q=文案",
    "/talk/task/{task}/",
    "/tasks/{task}/",
    "/tasks/gantt/moves/{task}/?start=2026-12-01",
    "/projects/{project}/people/",
    "/projects/{project}/costs/",
    "/tasks/{task}/candidates/ranking/",
    "/team/tasks/{task}/candidates/",
    "/tasks/{task}/outlook/",
    "/projects/{project}/outlook/",
    "/goals/{goal}/outlook/",
    # The load of everybody who could take a request.
    "/intake/people/",
]


class Counter:
    """Counts the queries of a connection; what opens and closes transactions, or announces them, is none."""

    def __init__(self) -> None:
        """Start at nothing."""
        self.sql: list[str] = []

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        """Note one statement and run it."""
        if not sql.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN", "SELECT pg_notify")):
            self.sql.append(sql)
        return execute(sql, params, many, context)


@contextmanager
def counted() -> Iterator[Counter]:
    counter = Counter()
    with connection.execute_wrapper(counter):
        yield counter


def fill(cast: Cast, count: int) -> dict[str, int]:
    """Make `count` of everything, on top of what there is; return the ids of one each."""
    start = Task.objects.count()
    for number in range(start, start + count):
        _one_more(cast, number)
    first = Task.objects.filter(parent=None).order_by("pk")[0]
    return {
        "task": first.pk, "project": Project.objects.order_by("pk")[0].pk, "goal": Goal.objects.order_by("pk")[0].pk,
        "person": cast.lin.pk,
    }  # fmt: skip


def _one_more(cast: Cast, number: int) -> None:
    goal = goals.create(
        by=cast.chen, at=NOW, title=f"文案目标{number}", department=cast.content, owner=cast.chen,
        key_results=[{"name": "阅读量", "unit": "万", "from_value": Decimal(1), "to_value": Decimal(9)}],
    )  # fmt: skip
    # All around one goal: goals below, check-ins, a module.
    first_goal = Goal.objects.order_by("pk").first()
    assert first_goal is not None
    if first_goal != goal:
        Goal.objects.filter(pk=goal.pk).update(parent=first_goal)
    result = first_goal.key_results.get()
    goals.measure(result=result, value=Decimal(2 + number % 7), by=cast.chen, at=NOW, version=result.version)
    goals.add_module(name=f"模块{number}", by=cast.chen, at=NOW)
    project = projects.create(
        by=cast.chen, at=NOW, name=f"文案项目{number}", department=cast.content, owner=cast.chen,
        members=[cast.lin], goal=goal,
    )  # fmt: skip
    _around(cast, project, number)
    _around(cast, Project.objects.order_by("pk")[0], number)
    colleague = person(f"colleague{number}", f"文案员{number}", cast.content, None)
    first = Task.objects.filter(parent=None).order_by("pk").first()
    task = tasks.create(
        by=cast.lin, at=NOW, title=f"写文案{number}", owner=cast.lin, goal=goal, project=project,
        due_at=NOW + timedelta(hours=number), collaborators=[cast.chen, colleague],
        tags=tasks.tags_named([f"标签{number}"]), estimate_minutes=60,
    )  # fmt: skip
    if first is not None:
        # All around one task: actions, dependencies, history.
        tasks.create(by=cast.lin, at=NOW, title=f"动作{number}", parent=first, owner=colleague)
        tasks.add_dependency(predecessor=task, successor=first, by=cast.lin, at=NOW)
        checklist.add(task=first, texts=[f"检查{number}"], by=cast.lin, at=NOW)
        roles.set_role(record=first, person=colleague, role="C", by=cast.lin, at=NOW)
        _talk(cast, [first, project, goal], number)
    _between_departments(cast, number)
    start = NOW - timedelta(days=1, minutes=15 * number)
    for when in (start, start - timedelta(days=6)):
        TimeEntry.objects.create(
            person=cast.lin, task=task, started_at=when, ended_at=when + timedelta(minutes=15), minutes=15
        )  # fmt: skip
    Placement.objects.create(
        person=cast.lin, task=task, starts_at=NOW + timedelta(minutes=15 * number), accepted_at=NOW,
        ends_at=NOW + timedelta(minutes=15 * number + 15), block="focus", accepted_by=cast.lin,
    )  # fmt: skip


def _between_departments(cast: Cast, number: int) -> None:
    """Ask 内容组 by a form of its own, and put a talk on record."""
    question = {"label": "渠道", "kind": "choice", "options": ["甲", "乙"], "required": False, "help": ""}
    form = request_forms.make(
        department=cast.content,
        values={"name": f"文案需求{number}"},
        questions=[question],
        by=cast.chen,
        at=NOW,
    )
    words = {
        "title": f"要文案{number}", "asked": "一篇", "standard": "800 字", "to_department": cast.content, "form": form,
        "answers": [["渠道", "甲"]], "due_at": NOW + timedelta(days=3),
    }  # fmt: skip
    asked = requests.begin(values=words, by=cast.zhou, at=NOW)
    requests.send(request=asked, by=cast.zhou, at=NOW, version=asked.version)
    talked = {"matter": f"文案口径{number}", "talked_at": NOW}
    talks.write(values=talked, to_departments=[cast.users], by=cast.lin, at=NOW, request=asked)


def _talk(cast: Cast, subjects: list[Any], number: int) -> None:
    for subject in subjects:
        said = comments.add(subject=subject, text=f"@陈敏 看{number}", by=cast.lin, at=NOW)
        comments.add(subject=subject, text=f"@林悦 好{number}", by=cast.chen, at=NOW, reply_to=said)
        comments.react(comment=said, sign="agree", by=cast.chen, at=NOW)
    upload = SimpleUploadedFile(f"文案{number}.txt", b"a")
    files.attach(place=Beside.of(subjects[0]), uploads=[upload], by=cast.lin, at=NOW)


def _around(cast: Cast, project: Project, number: int) -> None:
    nodes.add(
        project=project, by=cast.chen, at=NOW, title=f"节点{number}", limit_minutes=60, starts_at=NOW, owner=cast.lin
    )  # fmt: skip
    risks.add(project=project, by=cast.lin, at=NOW, title=f"风险{number}", owner=cast.lin)
    steering.post_update(project=project, text=f"进展{number}", health="green", by=cast.lin, at=NOW)
    budget.spend(
        project=project, by=cast.lin, at=NOW, what=f"支出{number}", amount=Decimal(9), spent_on=NOW.date(), person=cast.lin
    )  # fmt: skip


def ask(client: Client, address: str, *, is_first: bool, **headers: str) -> list[str]:
    """Return the queries of one request; what is done only once in a process was done by one before."""
    for _ in range(2 if is_first else 1):
        with counted() as counter:
            response = client.get(address, headers=headers)
        assert response.status_code == 200, (address, response.status_code)
    return counter.sql


def told(address: str, queries: list[str]) -> str:
    return "\n".join([f"{len(queries)} queries at {address}", *(sql[:160] for sql in queries)])


def measured(viewer: Person, ids: dict[str, int], *, is_first: bool) -> dict[tuple[str, bool], list[str]]:
    """Return the queries of every page and fragment as `viewer`, by address and whether it is a fragment."""
    client = Client()
    client.force_login(viewer)
    client.get("/healthz")
    pages = {(address, False): ask(client, address.format(**ids), is_first=is_first) for address in PAGES}
    parts = [*FRAGMENTS, *BROAD_FRAGMENTS]
    return pages | {
        (address, True): ask(client, address.format(**ids), is_first=is_first, **HTMX) for address in parts
    }


def most(address: str, *, is_fragment: bool) -> int:
    return FRAGMENT if is_fragment and address not in BROAD_FRAGMENTS else PAGE


# What is asked does not depend on who answers; benchmarks/request_cpu.py counts on both databases.
@pytest.mark.once
def test_more_rows_never_mean_more_queries(cast: Cast) -> None:
    Organisation.objects.update(mode=Organisation.Mode.MATURE)
    viewers = [cast.chen]
    ids = fill(cast, 5)
    few = [measured(viewer, ids, is_first=True) for viewer in viewers]
    fill(cast, 25)
    trouble = []
    for viewer, before in zip(viewers, few, strict=True):
        for (address, is_fragment), queries in measured(viewer, ids, is_first=False).items():
            # A list longer than its page is counted by one query more.
            counting = address.partition("?")[0] == "/tasks/"
            allowed = min(
                len(before[address, is_fragment]) + counting, most(address, is_fragment=is_fragment)
            )
            if len(queries) > allowed:
                trouble.append(f"{viewer.username}, at most {allowed}: {told(address, queries)}")
    assert not trouble, "\n\n".join(trouble)


def test_a_new_task_and_a_new_status_stay_within_a_page(cast: Cast) -> None:
    ids = fill(cast, 5)
    client = Client()
    client.force_login(cast.lin)
    client.post("/tasks/", {"text": "写周报 2h !高"}, headers=HTMX)
    with counted() as counter:
        made = client.post("/tasks/", {"text": "写月报 2h !高"}, headers=HTMX)
    assert made.status_code == 204
    assert len(counter.sql) <= PAGE, told("a new task", counter.sql)
    task = Task.objects.get(pk=ids["task"])
    with counted() as counter:
        sent = {"status": "doing", "version": task.version}
        changed = client.post(f"/tasks/{task.pk}/fields/status/", sent, headers=HTMX)
    assert changed.status_code == 204
    assert Task.objects.get(pk=task.pk).status == "doing"
    assert len(counter.sql) <= PAGE, told("a new status", counter.sql)


@pytest.mark.once
def test_a_member_whose_list_has_more_than_a_page_and_hidden_neighbours_asks_no_more(cast: Cast) -> None:
    foreign = projects.create(by=cast.zhao, at=NOW, name="用户项目", department=cast.users, owner=cast.sun)
    for number in range(52):
        tasks.create(by=cast.lin, at=NOW, title=f"写文案{number}", owner=cast.lin, estimate_minutes=30)
    Task.objects.filter(owner=cast.lin).update(project=foreign)
    client = Client()
    client.force_login(cast.lin)
    response = client.get("/tasks/?scope=all", headers=HTMX)
    assert "其他部门的项目" in response.content.decode()
    assert "用户项目" not in response.content.decode()
    queries = ask(client, "/tasks/?scope=all", is_first=True, **HTMX)
    assert len(queries) <= FRAGMENT, told("/tasks/?scope=all", queries)
