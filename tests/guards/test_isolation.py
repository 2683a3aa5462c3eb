"""Nothing of what a person may not see reaches them: by no address, no form, no number, no error (R19).

何远 of 产品部 is the stranger; the secrets of 内容组 all contain one word, which must never be answered.
"""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from opsloop.calendars.actions import appointments, feeds
from opsloop.calendars.models import Appointment, OutsideCalendar, OutsideEvent
from opsloop.discussion.actions import comments
from opsloop.engines.playbook import Outline, Step
from opsloop.exchange.models import Import
from opsloop.goals import actions as goals
from opsloop.goals.models import Goal
from opsloop.organisation.models import Leave, Person
from opsloop.organisation.roles import Role
from opsloop.organisation.tests.cast import NOW, PASSWORD, Cast
from opsloop.organisation.tests.cast import person as new_person
from opsloop.planning.models import Placement
from opsloop.playbooks.actions import editing
from opsloop.portfolio.actions import budget, nodes, risks, steering
from opsloop.progress import watching
from opsloop.progress.actions import delays, telling
from opsloop.progress.models import Blocker
from opsloop.web import clock
from opsloop.work.actions import projects, tasks
from opsloop.work.models import Project, Task
from opsloop.work.queries import tasks as work
from tests.guards.test_access import BLOCKER_PARTS, DELAY_PARTS, address, arguments, routes

pytestmark = pytest.mark.django_db
WORD = "薪酬机密"
HTMX = {"HX-Request": "true", "HX-Request-Type": "partial"}


@dataclass(frozen=True)
class Secrets:
    """One record of each kind that only 内容组 may see, and a task of 何远 himself."""

    task: Task
    project: Project
    goal: Goal
    own: Task


@pytest.fixture
def secrets(cast: Cast) -> Secrets:
    project = projects.create(
        by=cast.chen, at=NOW, name=f"{WORD}项目", department=cast.content, owner=cast.chen, description=WORD
    )
    measure = {"name": WORD, "unit": "元", "from_value": Decimal(1), "to_value": Decimal(2)}
    goal = goals.create(
        by=cast.chen,
        at=NOW,
        title=f"{WORD}目标",
        department=cast.content,
        owner=cast.chen,
        key_results=[measure],
    )
    task = tasks.create(
        by=cast.chen, at=NOW, title=f"{WORD}任务", owner=cast.lin, project=project, goal=goal, description=WORD,
        deliverable=WORD, note=WORD, estimate_minutes=60, tags=tasks.tags_named(["周会"]),
    )  # fmt: skip
    tasks.create(by=cast.lin, at=NOW, title=f"{WORD}动作", owner=cast.lin, parent=task)
    own = tasks.create(by=cast.outsider, at=NOW, title="自己的事", owner=cast.outsider)
    return Secrets(task, project, goal, own)


def client_of(person: Person) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(person)
    return client


def words(response: Any) -> str:
    """Return everything an answer tells: its body, unpacked if it is a workbook, and its headers."""
    body = b"".join(response.streaming_content) if response.streaming else response.content
    if body[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            body = b"".join(archive.read(name) for name in archive.namelist())
    headers = " ".join(f"{name}: {value}" for name, value in response.items())
    text = body.decode("utf-8", "replace") + headers
    return text + text.encode().decode("unicode_escape", "replace") if "\\u" in text else text


# Decided by the address alone: no query changes it.
CLOSED = frozenset({403, 404, 405})
# As few as say everything: each address is asked with each of them.
QUERIES = (
    "q={word}&text={word}&person={lin}", "scope=all&project={project}&goal={goal}&owner={lin}&only={goal}",
    "scope=all&status=any&q={word}", "scope=all&status=any&department={content}&group=project&day=2026-11-23",
    "project={project}&goal={goal}&parent={number}", "scope=all&format=csv&day=2026-11-23&parent={goal}",
)  # fmt: skip


def around(cast: Cast, project: Project) -> dict[str, Any]:
    """Put one of everything around a hidden project."""
    made = {"project": project, "by": cast.chen, "at": NOW}
    steering.post_update(text=f"{WORD}周边", health="red", **made)
    node, _undo = nodes.add(title=f"{WORD}周边", limit_minutes=60, starts_at=NOW, **made)
    risk, _undo = risks.add(title=f"{WORD}周边", **made)
    expense, _undo = budget.spend(what=f"{WORD}周边", amount=Decimal(9), spent_on=NOW.date(), **made)
    outline = Outline(f"{WORD}周边", roles=(f"{WORD}周边",), steps=(Step(f"{WORD}周边"),))
    home = {"sharing": "department", "department": cast.content}
    playbook = editing.create(outline=outline, by=cast.chen, at=NOW, **home)
    named = {"node": node, "reaching": node, "risk": risk, "expense": expense}
    return {**{f"portfolio:{name}": one for name, one in named.items()}, "playbooks:": playbook}


def rhythm_of(cast: Cast, task: Task) -> dict[str, Any]:
    """Tell the progress of a hidden task, let something hold it up, ask for another date and flag it."""
    Task.objects.filter(pk=task.pk).update(due_at=NOW + timedelta(hours=9))
    task = work.editable(cast.lin).get(pk=task.pk)
    word = telling.Word(task, 20, said=f"{WORD}周边", problem=f"{WORD}周边")
    telling.tell(word=word, day=NOW.date(), by=cast.lin, at=NOW)
    task = work.editable(cast.lin).get(pk=task.pk)
    delay = delays.ask(
        task=task, cause="estimate", reason=f"{WORD}周边", remedy=f"{WORD}周边", help=f"{WORD}周边",
        due_wanted=NOW + timedelta(days=3), by=cast.lin, at=NOW,
    )  # fmt: skip
    watching.watch_all(at=NOW)
    blocker = Blocker.objects.get(text=f"{WORD}周边")
    return {
        "progress:": task,
        **{f"progress:{part}": blocker for part in BLOCKER_PARTS},
        **{f"progress:{part}": delay for part in DELAY_PARTS},
    }


@dataclass(frozen=True)
class Taken:
    """What stands in the calendars of 林悦: nobody else may read its words."""

    private: Appointment
    outside: OutsideCalendar
    token: str


def calendars_of(cast: Cast) -> Taken:
    """Let 林悦 have a private appointment, an outside calendar with events, and the link of a feed."""
    span = {"starts_at": NOW, "ends_at": NOW + timedelta(hours=1)}
    private, _undo = appointments.add(
        by=cast.lin, at=NOW, title=f"{WORD}日程", place=f"{WORD}日程", is_private=True, rule="FREQ=DAILY",
        time_zone="Asia/Shanghai", **span,
    )  # fmt: skip
    url = f"https://calendar.example/{WORD}日程/secret.ics"
    row = OutsideCalendar.objects.create(
        person=cast.lin, name=f"{WORD}日程", url=url, due_at=NOW + timedelta(days=9)
    )
    days = {"starts_at": NOW, "ends_at": NOW + timedelta(days=1), "is_all_day": True}
    for when in (span, days):
        OutsideEvent.objects.create(calendar=row, title=f"{WORD}日程", place=f"{WORD}日程", **when)
    return Taken(private, row, feeds.make_link(by=cast.lin, at=NOW))


@pytest.mark.parametrize("name", ["chen", "outsider"])
def test_calendars_tell_their_words_to_nobody_else(cast: Cast, name: str) -> None:
    taken = calendars_of(cast)
    one = cast.lin.pk
    pages = [
        "/settings/calendars/", f"/appointments/{taken.private.pk}/", f"/settings/calendars/outside/{taken.outside.pk}/",
        f"/people/{one}/plan/2026-W48/", f"/people/{one}/tray/", "/team/", "/team/plan/2026-W48/", "/team/absences/",
        f"/people/{one}/hours/2026-W48/", f"/people/{one}/hours/", f"/palette/?q={WORD}日", f"/search/?q={WORD}日",
        f"/people/{one}/",
    ]  # fmt: skip
    client = client_of(getattr(cast, name))
    for url in pages:
        answer = words(client.get(url))
        for secret in (f"{WORD}日程", "secret.ics", taken.token):
            assert secret not in answer, url
    posts = {
        f"/appointments/{taken.private.pk}/skips/": {"day": "2026-11-24", "version": 1},
        f"/appointments/{taken.private.pk}/removal/": {"version": 1},
        f"/settings/calendars/outside/{taken.outside.pk}/removal/": {"version": 1},
    }
    for url, sent in posts.items():
        answered = client.post(url, sent)
        assert answered.status_code == 404
        assert f"{WORD}日程" not in words(answered)
    assert f"{WORD}日程" in words(client_of(cast.lin).get("/settings/calendars/"))


@pytest.mark.once
def test_no_page_tells_a_stranger_anything(cast: Cast, secrets: Secrets) -> None:
    taken = calendars_of(cast)
    known = arguments(cast)
    # `arguments` has made the link anew since, so that this one opens nothing.
    known["desk:feed"] = {"token": taken.token}
    known["calendars:"] = {"pk": taken.private.pk}
    known["calendars:subscription"] = known["calendars:unsubscription"] = {"pk": taken.outside.pk}
    for name, values in (("work:", secrets.task), ("goals:", secrets.goal), ("exchange:", None)):
        if values is not None:
            known[name] = {"pk": values.pk}
    known["portfolio:"] = known["work:edit_project"] = known["work:project_tasks"] = {
        "pk": secrets.project.pk
    }
    for name, record in around(cast, secrets.project).items():
        known[name] = {"pk": record.pk}
    for name, record in rhythm_of(cast, secrets.task).items():
        known[name] = {"pk": record.pk}
    known["progress:ask"] = known["progress:"]
    known["progress:project_standup"] = {"pk": secrets.project.pk}
    known["playbooks:from_project"] = {"pk": secrets.project.pk}
    known["playbooks:from_task"] = {"pk": secrets.task.pk}
    known["portfolio:removal"] = {"kind": "risk", **known["portfolio:risk"]}
    known["work:goal_tasks"] = {"pk": secrets.goal.pk}
    known["timekeeping:"] = {"task_pk": secrets.task.pk}
    known["team:"] = {"pk": secrets.task.pk}
    facts = {
        "word": WORD, "project": secrets.project.pk, "goal": secrets.goal.pk, "lin": cast.lin.pk,
        "content": cast.content.pk, "number": secrets.task.number,
    }  # fmt: skip
    client = client_of(cast.outsider)
    for name in routes():
        url = address(name, known)
        for query in ("", *QUERIES):
            asked = f"{url}?{query.format(**facts)}"
            response = client.get(asked, headers=HTMX if "format" not in query else {})
            answer = words(response)
            # What was asked for may be said again; the names of the records may not.
            for secret in (
                f"{WORD}任务",
                f"{WORD}项目",
                f"{WORD}目标",
                f"{WORD}动作",
                f"{WORD}周边",
                f"{WORD}日程",
            ):
                assert secret not in answer, asked
            if response.status_code in CLOSED:
                break


def test_what_is_said_about_a_hidden_task_is_found_by_its_owner_alone(cast: Cast, secrets: Secrets) -> None:
    comments.add(subject=secrets.task, text=f"{WORD}留言", by=cast.lin, at=NOW)
    for url in ("/search/", "/palette/"):
        assert f"{WORD}留言" not in words(client_of(cast.outsider).get(url, {"q": WORD}))
    assert f"{WORD}留言" in words(client_of(cast.lin).get("/search/", {"q": WORD}))


def test_the_stranger_finds_nothing_where_the_owner_finds_it(cast: Cast, secrets: Secrets) -> None:
    assert f"{WORD}任务" in words(client_of(cast.lin).get("/search/", {"q": WORD}))
    assert f"{WORD}任务" in words(client_of(cast.lin).get("/tables/out/tracking/?scope=all&format=csv"))


def attempts(cast: Cast, secrets: Secrets) -> list[tuple[str, dict[str, Any]]]:
    """Return every form in which a stranger could name a hidden record, with an otherwise good filling."""
    own, task = secrets.own, secrets.task
    filled = {
        "title": "自己的事",
        "importance": "3",
        "urgency": "low",
        "owner": cast.outsider.pk,
        "status": "todo",
        "progress": "0",
    }
    goal = {"title": "新目标", "horizon": "mid", "owner": cast.outsider.pk, "department": cast.product.pk}
    rows = {"results-TOTAL_FORMS": "0", "results-INITIAL_FORMS": "0"}
    edit = f"/tasks/{own.pk}/edit/"
    return [
        ("/tasks/new/", {**filled, "project": secrets.project.pk}),
        ("/tasks/new/", {**filled, "goal": secrets.goal.pk}),
        ("/tasks/new/", {**filled, "parent": task.number}),
        (edit, {**filled, "version": own.version, "project": secrets.project.pk}),
        (edit, {**filled, "version": own.version, "goal": secrets.goal.pk}),
        (edit, {**filled, "version": own.version, "parent": task.number}),
        (f"/tasks/{own.pk}/fields/project/", {"version": own.version, "project": secrets.project.pk}),
        (f"/tasks/{own.pk}/fields/goal/", {"version": own.version, "goal": secrets.goal.pk}),
        (f"/tasks/{own.pk}/fields/parent/", {"version": own.version, "parent": task.number}),
        (f"/tasks/{own.pk}/dependencies/", {"predecessor": task.pk}),
        ("/tasks/", {"text": "偷看", "project": secrets.project.pk}),
        ("/tasks/", {"text": "偷看", "goal": secrets.goal.pk}),
        ("/tasks/", {"text": "偷看", "parent": task.number}),
        ("/quick-add/", {"text": f"偷看 +{WORD}"}),
        ("/quick-add/", {"text": f"偷看 +{secrets.project.number}"}),
        ("/quick-add/preview/", {"text": f"偷看 +{secrets.project.number} #周会"}),
        ("/tasks/bulk/", {"selected": task.pk, "status": "done"}),
        ("/tasks/bulk/", {"selected": [task.pk, own.pk], "bin": "1"}),
        ("/tasks/bulk/", {"everything": "1", "view": "?scope=all&status=any", "urgency": "high"}),
        ("/goals/new/", {**goal, **rows, "parent": secrets.goal.pk}),
        (f"/tasks/{task.pk}/edit/", {**filled, "version": task.version}),
        (f"/tasks/{task.pk}/closure/", {"version": task.version}),
        (f"/tasks/{task.pk}/bin/", {"version": task.version}),
        (f"/tasks/{task.pk}/actions/", {"text": "偷放"}),
        (f"/tasks/{task.pk}/hours/", {"started_at": "2026-11-20T09:00", "minutes": "30"}),
        (f"/bin/task/{task.pk}/restoration/", {}),
        (f"/projects/{secrets.project.pk}/edit/", {"version": 1, "name": "x", "department": cast.content.pk}),
        (f"/goals/{secrets.goal.pk}/edit/", {"version": 1, **goal, **rows}),
        (f"/people/{cast.lin.pk}/plan/2026-W48/proposals/", {}),
        (
            f"/team/tasks/{task.pk}/day/",
            {"version": task.version, "person": cast.outsider.pk, "day": "2026-11-24"},
        ),
        (f"/team/tasks/{task.pk}/answer/", {"version": task.version, "text": "偷看", "unblock": "1"}),
        (
            f"/team/tasks/{task.pk}/carrying-up/",
            {"version": task.version, "text": "偷看", "to": cast.wang.pk},
        ),
        ("/team/approvals/", {"selected": task.pk, "decision": "accept"}),
        (f"/tasks/{task.pk}/progress/", {"percent": "50", "said": "偷看", "seen": "0"}),
        ("/progress/mine/", {f"t{task.pk}-percent": "50", f"t{task.pk}-seen": "0"}),
        (
            f"/tasks/{task.pk}/delay/",
            {"cause": "estimate", "reason": "偷看", "due_wanted": "2026-12-01T18:00"},
        ),
    ]


def test_no_form_takes_a_hidden_record_or_says_its_name(cast: Cast, secrets: Secrets) -> None:
    client = client_of(cast.outsider)
    hidden = (f"{WORD}任务", f"{WORD}项目", f"{WORD}目标")
    before = list(Task.objects.exclude(pk=secrets.own.pk).order_by("pk").values())
    for url, fields in attempts(cast, secrets):
        with transaction.atomic():
            answer = words(client.post(url, fields))
            assert not any(name in answer for name in hidden), url
            mine = Task.objects.filter(created_by=cast.outsider)
            assert not mine.filter(project=secrets.project).exists(), url
            assert not mine.filter(goal=secrets.goal).exists(), url
            assert not mine.filter(parent=secrets.task).exists(), url
            assert not mine.filter(predecessor_links__predecessor=secrets.task).exists(), url
            assert not Goal.objects.filter(parent=secrets.goal).exists(), url
            rows = Task.objects.exclude(created_by=cast.outsider).order_by("pk").values()
            assert list(rows) == before, url
            transaction.set_rollback(True)


def test_an_import_by_number_neither_changes_nor_tells_a_hidden_task(cast: Cast, secrets: Secrets) -> None:
    client = client_of(cast.outsider)
    table = f"任务ID\t任务名称\t所属项目\t前置任务\n{secrets.task.number}\t改名\t{secrets.project.name}\t{secrets.task.title}"
    client.post("/tables/import/", {"pasted": table})
    row = Import.objects.get()
    client.post(reverse("exchange:application", args=[row.pk]), {"version": row.version})
    secrets.task.refresh_from_db()
    assert secrets.task.title == f"{WORD}任务"
    made = Task.objects.get(title="改名")
    assert (made.project, made.number != secrets.task.number) == (None, True)
    assert not made.predecessor_links.exists()


def test_a_circle_through_a_hidden_task_does_not_name_it(cast: Cast, secrets: Secrets) -> None:
    later = tasks.create(by=cast.outsider, at=NOW, title="之后", owner=cast.outsider)
    tasks.add_dependency(predecessor=secrets.own, successor=secrets.task, by=cast.admin, at=NOW)
    tasks.add_dependency(predecessor=secrets.task, successor=later, by=cast.admin, at=NOW)
    client = client_of(cast.outsider)
    answer = client.post(f"/tasks/{secrets.own.pk}/dependencies/", {"predecessor": later.pk})
    assert answer.status_code == 409
    assert WORD not in words(answer)
    assert WORD not in words(client.get(f"/tasks/{later.pk}/"))


def test_a_lead_sees_in_the_week_of_a_member_that_the_time_is_taken_but_not_by_what(cast: Cast) -> None:
    foreign = tasks.create(
        by=cast.outsider,
        at=NOW,
        title=f"{WORD}任务",
        owner=cast.lin,
        department=cast.product,
        estimate_minutes=60,
    )
    assert not Task.objects.visible_to(cast.chen).filter(pk=foreign.pk).exists()
    hour = {"starts_at": NOW, "ends_at": NOW + timedelta(hours=1), "accepted_at": NOW}
    Placement.objects.create(person=cast.lin, task=foreign, block="focus", reason={}, **hour)
    lead = client_of(cast.chen)
    for url in (f"/people/{cast.lin.pk}/plan/2026-W48/", f"/people/{cast.lin.pk}/plan/2026-W48/?proposal=1"):
        page = words(lead.get(url))
        assert WORD not in page, url
        lead.post(f"/people/{cast.lin.pk}/plan/2026-W48/proposals/")
    assert f"{WORD}任务" in words(client_of(cast.lin).get("/plan/2026-W48/"))


def test_history_names_no_goal_or_project_that_is_hidden(cast: Cast, secrets: Secrets) -> None:
    shared = tasks.create(by=cast.admin, at=NOW, title="共事", owner=cast.outsider, department=cast.product)
    values = {"project": secrets.project, "goal": secrets.goal, "parent": secrets.task}
    for name, value in values.items():
        tasks.change(task=shared, values={name: value}, by=cast.admin, at=NOW, version=shared.version)
        tasks.change(task=shared, values={name: None}, by=cast.admin, at=NOW, version=shared.version)
    assert WORD not in words(client_of(cast.outsider).get(f"/tasks/{shared.pk}/"))


def test_an_undo_of_somebody_else_does_not_exist(cast: Cast, secrets: Secrets) -> None:
    undo = tasks.change(
        task=secrets.task, values={"note": "neu"}, by=cast.chen, at=NOW, version=secrets.task.version
    )
    assert undo is not None
    assert client_of(cast.outsider).post(f"/undo/{undo.pk}/").status_code == 404


def test_why_somebody_is_away_is_told_to_them_and_to_their_leads_only(cast: Cast) -> None:
    colleague = new_person("tong", "童画", cast.content, Role.MEMBER)
    span = {"starts_at": clock.now(), "ends_at": clock.now() + timedelta(days=1)}
    leave = Leave.objects.create(person=cast.lin, kind=Leave.Kind.SICK, note=WORD, **span)
    kind = str(leave.get_kind_display())
    for person, may_know in ((cast.lin, True), (cast.chen, True), (colleague, False), (cast.outsider, False)):
        for url in ("/leave/", f"/people/{cast.lin.pk}/"):
            page = client_of(person).get(url, headers={"Accept-Language": "zh-hans"}).content.decode()
            assert (kind in page) is may_know, (person, url)
            assert WORD not in page or (may_know and url == "/leave/"), (person, url)


def test_a_manager_cannot_take_an_account_over_by_its_address(cast: Cast) -> None:
    fields = {"name": cast.lin.name, "username": "linyue", "department": cast.content.pk, "version": 1}
    url = f"/people/{cast.lin.pk}/edit/"
    answer = client_of(cast.wang).post(url, {**fields, "email": "mine@evil.example"})
    assert answer.status_code == 422
    cast.lin.refresh_from_db()
    assert cast.lin.email == "linyue@qinghe.example"
    assert client_of(cast.admin).post(url, {**fields, "email": "neu@qinghe.example"}).status_code == 303


def test_a_new_password_ends_the_sessions_of_other_browsers(cast: Cast) -> None:
    here, elsewhere = (logged_in_by_password("linyue") for _browser in range(2))
    fields = {"oldpassword": PASSWORD, "password1": "rain-on-tin-roofs-7", "password2": "rain-on-tin-roofs-7"}
    assert here.post("/accounts/password/change/", fields).status_code == 302
    assert here.get("/tasks/").status_code == 200
    assert elsewhere.get("/tasks/").status_code == 302


def logged_in_by_password(name: str) -> Client:
    client = Client()
    assert client.post("/accounts/login/", {"login": name, "password": PASSWORD}).status_code == 302
    return client


@pytest.mark.parametrize(
    "bad", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_no_form_leads_to_another_site(cast: Cast, bad: str) -> None:
    client = client_of(cast.lin)
    for url in ("/preferences/", "/undo/last/"):
        answer = client.post(url, {"next": bad, "theme": "dark"})
        assert "evil" not in answer.get("Location", "")
        assert not answer.get("Location", "/").startswith("javascript")


def test_no_form_writes_a_field_that_it_does_not_show(cast: Cast, secrets: Secrets) -> None:
    own, client = secrets.own, client_of(cast.outsider)
    extra = {
        "number": "OP-666", "created_by": cast.chen.pk, "deleted_at": "2026-01-01", "closed_by": cast.chen.pk,
        "is_active": "1", "is_staff": "1", "is_superuser": "1", "password": "x", "id": "1", "pk": "1",
        "role": "admin", "username": "root",
    }  # fmt: skip
    fields = {
        "title": "自己的事",
        "importance": "3",
        "urgency": "low",
        "status": "todo",
        "version": own.version,
        "progress": "0",
    }
    client.post(f"/tasks/{own.pk}/edit/", {**fields, **extra, "owner": cast.outsider.pk, "note": "neu"})
    task = Task.objects.get(pk=own.pk)
    assert (task.note, task.number, task.created_by, task.deleted_at) == (
        "neu",
        own.number,
        cast.outsider,
        None,
    )
    before = Person.objects.filter(pk=cast.outsider.pk).values().get()
    settings = {"language": "en", "time_zone": "Asia/Shanghai", "theme": "dark", "density": "compact"}
    client.post(
        "/settings/", {**settings, **extra, "email": "x@evil.example", "department": "1", "version": 1}
    )
    after = Person.objects.filter(pk=cast.outsider.pk).values().get()
    changed = {name for name in after if after[name] != before[name]}
    assert changed <= {"language", "time_zone", "theme", "density", "version", "title", "phone"}
