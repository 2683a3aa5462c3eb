"""Every address decides access for every kind of person (R18), and says how its answer may be used (R23).

`access.toml` holds, for each address, what ten identities get for GET and for an empty POST. A new address
without a row fails; so does a row without an address. Write the rows anew with
`OPSLOOP_WRITE_ACCESS=1 python3 dev.py test --quick tests/guards/test_access.py`, and read the difference.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator
from copy import deepcopy
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.template.base import Template
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from opsloop.activity.models import Job, Undo
from opsloop.background.models import Worker
from opsloop.background.queue import machine_now
from opsloop.boards.actions.saved import save_view
from opsloop.boards.models import Baseline
from opsloop.calendars.actions import appointments, feeds
from opsloop.calendars.models import OutsideCalendar
from opsloop.channels.actions import channels
from opsloop.channels.models import Channel
from opsloop.collaboration.actions import forms as request_forms
from opsloop.collaboration.actions import records as talks
from opsloop.collaboration.actions import writing as requesting
from opsloop.dashboards.models import Subscription
from opsloop.discussion.actions import comments, files
from opsloop.discussion.models import Beside
from opsloop.engines.playbook import Outline, Step
from opsloop.engines.reviewing import period_of
from opsloop.exchange.models import Import
from opsloop.goals import actions as goals
from opsloop.inbox.models import Arrangement, Notification
from opsloop.knowledge import actions as knowledge
from opsloop.notices.actions import library, questions, sending, writing
from opsloop.notices.actions.delivering import deliver_now
from opsloop.notices.doors import Door, token_of
from opsloop.organisation.models import BlockTemplate, CalendarDay, Leave, Organisation
from opsloop.organisation.tests.cast import NOW, Cast
from opsloop.planning.models import Placement, Proposal
from opsloop.playbooks.actions import editing
from opsloop.portfolio.actions import budget, nodes, risks
from opsloop.progress.actions import blockers, delays
from opsloop.progress.models import Nudge
from opsloop.reports.models import Part, Report, Schedule
from opsloop.reviews.actions import causes
from opsloop.reviews.actions.reviews import Which
from opsloop.rituals.actions import notes
from opsloop.sample.talk import png
from opsloop.timekeeping.models import TimeEntry, Timesheet
from opsloop.work.actions import checklist, customs, projects, tasks
from opsloop.work.models import Category, Dependency
from tests.guards.called import called_arguments
from tests.guards.held import held_arguments
from tests.guards.test_headers import check_headers

GOLDEN = Path(__file__).with_name("access.toml")
IDENTITIES = ("anonymous", "lin", "zhou", "chen", "wang", "zhao", "sun", "admin", "outsider", "wu")
# Addresses of allauth: decided by that library, tested there; ours only styles them.
THEIRS = ("account_", "mfa_", "usersessions_")
# An endless stream cannot be read to its end; its own test covers it.
STREAMS = frozenset({"activity:live"})
DRAWER = {"HX-Request": "true", "HX-Request-Type": "partial", "HX-Target": "div#drawer-content"}
SUBSCRIPTION_PARTS = ("subscription", "pause", "resumption", "removal", "sending")
BLOCKER_PARTS = ("blocker", "blocker_owner", "clearing", "blocker_task")
DELAY_PARTS = ("delay", "approval", "rejection", "offer", "taking", "withdrawal")
SCHEDULE_PARTS = ("schedule", "edit_schedule", "pause", "resumption", "skip", "removal")
DRAFT_PARTS = ("edit", "count", "preview", "sending", "removal")
ITEM_PARTS = ("item", "tick", "place", "removal", "action")
# So that the workers of a parallel run share the addresses.
PARTS = 6


def routes() -> Iterator[str]:
    """Yield the name of every address of ours."""

    def walk(resolver: Any, spaces: tuple[str, ...] = ()) -> Iterator[str]:
        for pattern in resolver.url_patterns:
            if isinstance(pattern, URLResolver):
                yield from walk(pattern, (*spaces, pattern.namespace) if pattern.namespace else spaces)
            elif isinstance(pattern, URLPattern):
                yield ":".join((*spaces, pattern.name or "?"))

    return (name for name in walk(get_resolver()) if not name.startswith(THEIRS) and name not in STREAMS)


def subscription_of(cast: Cast) -> Subscription:
    """Return a subscription of 林悦 to a robot that is never called."""
    robot = Channel.objects.create(kind="dingtalk", name="群", site="https://ops.example.cn", created_at=NOW)
    return Subscription.objects.create(
        person=cast.lin, scope="mine", weekday=0, channel=robot, decided_at=NOW, created_at=NOW
    )


def between_departments(cast: Cast) -> dict[str, dict[str, Any]]:
    """Return a form of 内容组 with a question, and the record of a talk with 用户组."""
    question = {"label": "渠道", "kind": "choice", "options": ["甲", "乙"], "required": True, "help": ""}
    form = request_forms.make(
        department=cast.content, values={"name": "设计需求"}, questions=[question], by=cast.chen, at=NOW
    )
    talk = talks.write(
        values={"matter": "口径", "talked_at": NOW}, to_departments=[cast.users], by=cast.lin, at=NOW
    )
    asked, route = form.fields.get(), {"pk": form.pk, "place": 0}
    parts = ("request_form", "form_head", "form_removal", "new_question", "routes")
    records = ("record", "edit_record", "follow_up", "record_removal", "record_file")
    return {
        **{f"collaboration:{name}": {"pk": form.pk} for name in parts},
        **{
            f"collaboration:question{part}": {"pk": form.pk, "question": asked.pk}
            for part in ("", "_place", "_removal")
        },
        "collaboration:new_form": {"department": cast.content.pk},
        "collaboration:route_removal": route,
        **{f"collaboration:{name}": {"pk": talk.pk} for name in records},
        "collaboration:records_out": {"kind": "csv"},
        "collaboration:figures_out": {"kind": "csv"},
        "collaboration:figure_rows": {"code": "asked"},
    }


def arguments(cast: Cast) -> dict[str, dict[str, Any]]:
    """Return an example of each record, made by 林悦 of 内容组, as the arguments of the addresses."""
    project = projects.create(by=cast.chen, at=NOW, name="大促", department=cast.content, owner=cast.chen)
    Organisation.objects.update(mode=Organisation.Mode.MATURE)
    around = {"project": project, "by": cast.chen, "at": NOW}
    node, _undo = nodes.add(title="需求收集", limit_minutes=1440, starts_at=NOW, **around)
    risk, _undo = risks.add(title="主视觉延期", **around)
    expense, _undo = budget.spend(what="道具", amount=Decimal(9), spent_on=NOW.date(), **around)
    outline = Outline("双11大促", roles=("主负责人",), steps=(Step("定方案", role="主负责人"),))
    home = {"sharing": "department", "department": cast.content}
    playbook = editing.create(outline=outline, by=cast.chen, at=NOW, **home)
    task = tasks.create(by=cast.lin, at=NOW, title="写周报", owner=cast.lin, project=project)
    before = tasks.create(by=cast.lin, at=NOW, title="收数据", owner=cast.lin)
    tasks.add_dependency(predecessor=before, successor=task, by=cast.lin, at=NOW)
    link = Dependency.objects.get(predecessor=before, successor=task)
    measure = {"name": "阅读量", "unit": "万", "from_value": Decimal(1), "to_value": Decimal(2)}
    checklist.add(task=task, texts=["取数"], by=cast.lin, at=NOW)
    channel, _undo = customs.add_field(owner=project, name="渠道", kind="text", by=cast.chen, at=NOW)
    goal = goals.create(
        by=cast.chen,
        at=NOW,
        title="阅读量到2万",
        department=cast.content,
        owner=cast.chen,
        key_results=[measure],
    )
    module = goals.add_module(name="内容", by=cast.chen, at=NOW)
    hour = timedelta(hours=1)
    entry = TimeEntry.objects.create(
        person=cast.lin, task=task, started_at=NOW - hour, ended_at=NOW, minutes=60
    )
    Organisation.objects.update(hours_approval=True)
    sheet = Timesheet.objects.create(person=cast.lin, week_start="2026-11-23", handed_at=NOW)
    common = {"person": cast.lin, "task": task, "starts_at": NOW, "ends_at": NOW + hour, "accepted_at": NOW}
    placement = Placement.objects.create(block="focus", **common)
    content = {"placements": [], "unplaced": [], "late": [], "versions": {}, "now": NOW.isoformat()}
    content["standing"] = {str(placement.pk): placement.version}
    proposal = Proposal.objects.create(
        person=cast.lin, week_start="2026-11-23", content=content, made_at=NOW, made_by=cast.lin
    )
    grid = {"name": "", "rows": [["任务", "负责人"], ["盘点", "林悦"]], "merges": []}
    table = Import.objects.create(
        owner=cast.lin,
        filename="x.xlsx",
        grid=grid,
        mapping={"任务": "title", "负责人": "owner"},
        uploaded_at=NOW,
    )
    undo = Undo.objects.create(
        person=cast.lin, verb="task.restore", arguments={"task_id": task.pk}, offered_at=NOW
    )
    job = Job.objects.create(kind="import", title="导入", owner=cast.lin, queued_at=NOW)
    leave = Leave.objects.create(person=cast.lin, starts_at=NOW, ends_at=NOW + hour)
    span = {"starts_at": NOW, "ends_at": NOW + hour, "time_zone": "Asia/Shanghai"}
    meeting, _undo = appointments.add(by=cast.lin, at=NOW, title="周会", **span)
    outside = OutsideCalendar.objects.create(
        person=cast.lin, name="公司", url="https://x.example/", due_at=NOW
    )
    template = BlockTemplate.objects.create(name="林悦", person=cast.lin)
    day = CalendarDay.objects.create(day="2026-11-24", kind="holiday", name="店庆")
    view = save_view(by=cast.lin, at=NOW, name="本周", layout="list", query="scope=all")
    comment = comments.add(subject=task, text=f"@{cast.chen.name} 看看", by=cast.lin, at=NOW)
    comments.add(subject=task, text="好的", by=cast.chen, at=NOW, reply_to=comment)
    upload = SimpleUploadedFile("说明.txt", "说明".encode())
    text = files.attach(place=Beside.of(task), uploads=[upload], by=cast.lin, at=NOW).files[0]
    picture = files.attach(
        place=Beside.of(task),
        uploads=[SimpleUploadedFile("图.png", png(2, 2, (9, 9, 9)))],
        by=cast.lin,
        at=NOW,
    ).files[0]
    told = Notification.objects.get(person=cast.lin, reason="answered")
    baseline = Baseline.objects.create(project=project, name="初版", taken_at=NOW)
    arrangement = Arrangement.objects.create(
        person=cast.lin, day="2026-11-23", sent_at=NOW, sent_by=cast.chen
    )
    sentences = {"gain": "", "blocker": "数据没到", "task": task}
    day_note = notes.write(person=cast.lin, day=NOW.date(), at=NOW, version=0, **sentences)
    which = Which(cast.lin, period_of("month", NOW.date()))
    learned = knowledge.write(
        values={"title": "先过提纲", "situation": "返工", "deed": "提纲"}, task=None, by=cast.lin, at=NOW
    )
    subscribed = subscription_of(cast)
    looking_back = causes.find_cause(which=which, text="采访改期", by=cast.lin, at=NOW)
    told_of = {"kind": "week", "starts_on": "2026-11-16", "begun_at": NOW}
    report = Report.objects.create(person=cast.lin, state="submitted", submitted_at=NOW, **told_of)
    whole = Report.objects.create(person=cast.chen, department=cast.content, **told_of)
    part = Part.objects.create(report=whole, source=report, text="x", taken=1)
    schedule = Schedule.objects.create(
        person=cast.chen, department=cast.content, kind="week", day="last", decided_until=NOW, created_at=NOW
    )
    hindered = blockers.report(task=task, text="数据没到", owner=None, by=cast.lin, at=NOW)
    nudge = Nudge.objects.create(person=cast.lin, day="2026-11-23", at=NOW)
    late = tasks.create(
        by=cast.lin, at=NOW, title="做海报", owner=cast.lin, project=project, due_at=NOW + hour
    )
    wanted = {"cause": "estimate", "reason": "低估了", "remedy": "", "help": "", "due_wanted": NOW + 9 * hour}
    delay = delays.ask(task=late, by=cast.lin, at=NOW, **wanted)
    robot = {"name": "群", "topics": ["named"], "address": "https://robot.example/x", "secret": "s"}
    way = channels.add(kind="dingtalk", values=robot, site="https://x.example", by=cast.admin, at=NOW)
    audience = {"departments": [cast.content.pk]}
    words = {"title": "值班安排", "demands": "报两人", "audience": audience}
    notice = writing.begin(values=words, by=cast.chen, at=NOW)
    sending.send(notice=notice, by=cast.chen, at=NOW, version=notice.version)
    deliver_now(notice.pk, at=NOW)
    asked = questions.ask(notice=notice, text="周末也要吗？", by=cast.lin, at=NOW)
    unsent = writing.begin(values=words, by=cast.chen, at=NOW)
    pattern = library.keep_template(template=None, values={"name": "报送"}, by=cast.chen, at=NOW)
    group = library.keep_group(
        group=None, name="值守", is_shared=False, members=[cast.lin], by=cast.chen, at=NOW
    )
    wishes = {"title": "海报", "asked": "三张", "standard": "三张齐全", "due_at": NOW + 90 * hour}
    wish = requesting.begin(values={**wishes, "to_department": cast.users}, by=cast.lin, at=NOW)
    requesting.send(request=wish, by=cast.lin, at=NOW, version=wish.version)
    unasked = requesting.begin(values={**wishes, "to_department": cast.users}, by=cast.lin, at=NOW)
    now = machine_now()
    Worker.objects.create(name="w", host="h", pid=1, place="p", version="1", started_at=now, beat_at=now)
    return {
        "boards:": {"pk": view.pk},
        "channels:new": {"kind": "dingtalk"},
        "channels:": {"pk": way.pk},
        "boards:move": {"pk": task.pk},
        "work:export": {"kind": "csv"},
        "boards:reschedule": {"pk": task.pk},
        "boards:workload_cell": {"pk": cast.lin.pk, "first": "2026-11-23", "last": "2026-11-23"},
        "discussion:download": {"pk": text.pk},
        "discussion:text": {"pk": text.pk},
        "discussion:file_bin": {"pk": text.pk},
        "discussion:picture": {"pk": picture.pk},
        "discussion:comment": {"pk": comment.pk},
        "discussion:edit": {"pk": comment.pk},
        "discussion:bin": {"pk": comment.pk},
        "discussion:reactions": {"pk": comment.pk},
        "discussion:": {"kind": "task", "pk": task.pk},
        "inbox:": {"pk": told.pk},
        "desk:restoration": {"kind": "task", "pk": task.pk},
        "work:field": {"pk": task.pk, "name": "title"},
        "work:dependency": {"pk": task.pk, "link": link.pk},
        "work:lag": {"pk": task.pk, "link": link.pk},
        "work:own_field": {"pk": task.pk, "field": channel.pk},
        **{f"work:checklist_{part}": {"pk": task.pk, "item": task.checklist.get().pk} for part in ITEM_PARTS},
        **{f"work:custom_field{part}": {"pk": channel.pk} for part in ("", "_place", "_removal")},
        "work:category_fields": {"pk": Category.objects.create(name="内容创作").pk},
        **{f"work:{part}": {"pk": project.pk} for part in ("raci", "raci_roles", "project_fields")},
        "work:edit_project": {"pk": project.pk},
        "work:bin_project": {"pk": project.pk},
        "work:project_tasks": {"pk": project.pk},
        "portfolio:": {"pk": project.pk},
        "playbooks:": {"pk": playbook.pk},
        "playbooks:from_project": {"pk": project.pk},
        "playbooks:from_task": {"pk": task.pk},
        "portfolio:node": {"pk": node.pk},
        "portfolio:reaching": {"pk": node.pk},
        "portfolio:risk": {"pk": risk.pk},
        "portfolio:expense": {"pk": expense.pk},
        "portfolio:removal": {"kind": "risk", "pk": risk.pk},
        "work:goal_tasks": {"pk": goal.pk},
        "work:": {"pk": task.pk},
        "goals:check_in": {"pk": goal.pk, "result": goal.key_results.get().pk},
        "goals:module": {"pk": module.pk},
        "goals:": {"pk": goal.pk},
        "planning:week": {"week": "2026-W48"},
        "planning:acceptance": {"pk": proposal.pk},
        "planning:colleagues": {"week": "2026-W48"},
        "planning:tray": {"person_pk": cast.lin.pk},
        "planning:place": {"pk": task.pk},
        "planning:interruption": {"pk": task.pk},
        "planning:placement": {"pk": placement.pk},
        "planning:parts": {"pk": placement.pk},
        "planning:pin": {"pk": placement.pk},
        "planning:removal": {"pk": placement.pk},
        "planning:candidates": {"pk": task.pk},
        "planning:candidate_ranking": {"pk": task.pk},
        "planning:task_proposal": {"pk": task.pk},
        "planning:task_outlook": {"pk": task.pk},
        "planning:project_outlook": {"pk": project.pk},
        "planning:goal_outlook": {"pk": goal.pk},
        "planning:department_style": {"pk": cast.content.pk},
        "planning:reasons": {"person_pk": cast.lin.pk, "week": "2026-W48", "task_pk": task.pk},
        "planning:": {"person_pk": cast.lin.pk, "week": "2026-W48"},
        **{f"timekeeping:{name}": {"pk": entry.pk} for name in ("removal", "entry", "division")},
        **{
            f"timekeeping:{name}": {"pk": sheet.pk}
            for name in ("sheet", "taking_back", "approval", "returning", "history")
        },
        **{f"timekeeping:{name}": {"week": "2026-W48"} for name in ("week", "cell", "handing_in")},
        "timekeeping:person_week": {"person_pk": cast.lin.pk, "week": "2026-W48"},
        "timekeeping:person_day": {"person_pk": cast.lin.pk},
        **{f"timekeeping:{name}": {"kind": "csv"} for name in ("report_out", "report_entries_out")},
        "timekeeping:task_advice": {"pk": task.pk},
        "timekeeping:": {"task_pk": task.pk},
        **{f"team:{name}": {"week": "2026-W48"} for name in ("week", "proposal", "decision")},
        "team:arrangement": {"pk": arrangement.pk},
        "team:part": {"pk": proposal.pk},
        "team:": {"pk": task.pk},
        **{f"rituals:{part}": {"pk": day_note.pk} for part in ("note", "reply", "escalation")},
        **{f"rituals:{part}": {"kind": "morning"} for part in ("step", "completion", "skip")},
        "rituals:sort": {"kind": "morning", "pk": task.pk},
        "rituals:": {"pk": task.pk},
        **{f"reviews:{name}": {"pk": looking_back.review_id} for name in ("sheet", "file", "withdrawal")},
        **{
            f"knowledge:{name}": {"pk": learned.pk}
            for name in ("lesson", "edit", "vote", "confirmation", "archive")
        },
        "knowledge:": {"pk": task.pk},
        **{f"dashboards:{part}": {"pk": subscribed.pk} for part in SUBSCRIPTION_PARTS},
        "dashboards:export": {"code": "in_time", "kind": "csv"},
        "dashboards:": {"code": "in_time"},
        **held_arguments(cast),
        **called_arguments(cast),
        "notices:door": {"token": token_of(Door(notice.pk, cast.lin.pk, 1), days=7)},
        "notices:answer": {"pk": asked.pk},
        "notices:table_out": {"kind": "csv"},
        "notices:confirmations_out": {"pk": notice.pk, "kind": "csv"},
        **{f"notices:{name}": {"pk": unsent.pk} for name in DRAFT_PARTS},
        **{f"notices:template{part}": {"pk": pattern.pk} for part in ("", "_removal")},
        **{f"notices:group{part}": {"pk": group.pk} for part in ("", "_removal")},
        "notices:": {"pk": notice.pk},
        **between_departments(cast),
        **{f"collaboration:{name}": {"pk": unasked.pk} for name in DRAFT_PARTS},
        "collaboration:": {"pk": wish.pk},
        "reviews:removal": {"pk": looking_back.pk},
        **{f"reports:{name}": {"pk": report.pk} for name in ("read", "file", "withdrawal")},
        **{f"reports:{name}": {"pk": schedule.pk} for name in SCHEDULE_PARTS},
        "reports:drop_part": {"pk": part.pk},
        "reports:new_schedule": {"whose": f"d{cast.content.pk}"},
        "reports:overview": {"name": "2026-W47"},
        "reports:lines": {"name": "2026-W47", "whose": "me", "which": "back"},
        "reports:rows": {"name": "2026-W47", "whose": f"u{cast.lin.pk}", "key": "late"},
        **{
            f"reports:{name}": {"name": "2026-W47", "whose": f"d{cast.content.pk}"}
            for name in ("parts", "asking")
        },
        "reports:": {"name": "2026-W47", "whose": "me"},
        "reviews:": {"name": "2026-11", "whose": "me"},
        "progress:nudge": {"pk": nudge.pk},
        "progress:taking_up": {"pk": day_note.pk},
        "progress:delays_out": {"kind": "csv"},
        "progress:project_standup": {"pk": project.pk},
        "progress:ask": {"pk": late.pk},
        **{f"progress:{part}": {"pk": hindered.pk} for part in BLOCKER_PARTS},
        **{f"progress:{part}": {"pk": delay.pk} for part in DELAY_PARTS},
        "progress:": {"pk": task.pk},
        "exchange:table": {"name": "daily"},
        "exchange:plan_table": {"name": "daily"},
        "exchange:": {"pk": table.pk},
        "organisation:accept_invitation": {"token": "not-a-token"},
        "organisation:role_withdrawal": {"pk": cast.lin.pk, "assignment": cast.lin.role_assignments.get().pk},
        "organisation:department": {"pk": cast.content.pk},
        "organisation:department_closure": {"pk": cast.content.pk},
        "organisation:department_opening": {"pk": cast.content.pk},
        "organisation:calendar_year": {"number": 2026},
        "organisation:calendar_day": {"text": "2026-11-24"},
        "organisation:calendar_day_removal": {"pk": day.pk},
        "organisation:blocks_department": {"pk": cast.content.pk},
        "organisation:blocks_person": {"pk": cast.lin.pk},
        "organisation:blocks_department_day": {"pk": cast.content.pk},
        "organisation:blocks_person_day": {"pk": cast.lin.pk},
        "calendars:subscription": {"pk": outside.pk},
        "calendars:unsubscription": {"pk": outside.pk},
        "calendars:": {"pk": meeting.pk},
        "desk:feed": {"token": feeds.make_link(by=cast.lin, at=NOW)},
        "organisation:blocks_removal": {"pk": template.pk},
        "organisation:leave_edit": {"pk": leave.pk},
        "organisation:leave_cancellation": {"pk": leave.pk},
        "organisation:pattern": {"kind": "task"},
        "organisation:": {"pk": cast.lin.pk},
        "boards:gantt_move": {"pk": task.pk},
        "boards:baseline_removal": {"pk": baseline.pk},
        "activity:undo": {"pk": undo.pk},
        "activity:": {"pk": job.pk},
    }


def address(name: str, known: dict[str, dict[str, Any]]) -> str:
    """Return the address of a route, with the example records where it wants some."""
    try:
        return reverse(name)
    except Exception:
        space = name.partition(":")[0]
        return reverse(name, kwargs=known[name] if name in known else known[f"{space}:"])


def logged_in(cast: Cast) -> dict[str, Client]:
    """Return a browser for each identity; a disabled person's is still logged in from before."""
    clients = {identity: Client() for identity in IDENTITIES}
    for identity in IDENTITIES[1:]:
        clients[identity].force_login(getattr(cast, identity))
    return clients


def answers(url: str, clients: dict[str, Client]) -> dict[str, list[int]]:
    """Return what each identity gets, each request taken back afterwards; every answer is a safe one."""
    found: dict[str, list[int]] = {"GET": [], "POST": []}
    for identity, client in clients.items():
        session = deepcopy(client.cookies)
        for method in found:
            with transaction.atomic():
                response = client.generic(method, url)
                transaction.set_rollback(True)
            what = f"{method} {url} as {identity}"
            check_headers(what, response, is_logged_in=identity not in {"anonymous", "wu"})
            found[method].append(response.status_code)
            client.cookies = deepcopy(session)
    return found


def test_every_address_has_its_row_and_every_row_its_address() -> None:
    agreed = tomllib.loads(GOLDEN.read_text("utf-8"))
    assert set(routes()) == agreed.keys(), (
        "each address needs its row in access.toml, and no other may stand there"
    )


@pytest.fixture
def unwritten(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let pages stay unwritten: who may see one is decided before; the other guards read what stands on it."""
    monkeypatch.setattr(Template, "render", lambda *_given, **_named: "")


@pytest.mark.once
@pytest.mark.django_db
@pytest.mark.usefixtures("unwritten")
@pytest.mark.parametrize("part", range(PARTS))
def test_every_address_answers_every_identity_as_agreed(cast: Cast, part: int) -> None:
    known = arguments(cast)
    clients = logged_in(cast)
    found = {name: answers(address(name, known), clients) for name in sorted(routes())[part::PARTS]}
    agreed = tomllib.loads(GOLDEN.read_text("utf-8"))
    if os.environ.get("OPSLOOP_WRITE_ACCESS"):
        agreed = {name: rows for name, rows in agreed.items() if name in set(routes())} | found
        write(agreed)
    different = {
        name: {method: dict(zip(IDENTITIES, found[name][method], strict=True)) for method in found[name]}
        for name in found
        if found[name] != agreed.get(name)
    }
    assert not different


def test_nobody_gets_a_server_error_or_a_page_without_logging_in() -> None:
    agreed = tomllib.loads(GOLDEN.read_text("utf-8"))
    public = {
        "healthz",
        "healthz_jobs",
        "organisation:set_up",
        "organisation:sample",
        "organisation:accept_invitation",
        # Behind a secret link of its own.
        "desk:feed",
        "notices:door",
        # The same for everybody, and holding nothing of anybody.
        "web:manifest",
        "web:offline",
        "web:service_worker",
        "web:preferences",
    }
    for name, rows in agreed.items():
        statuses = rows["GET"] + rows["POST"]
        assert max(statuses) < 500, name
        if name not in public:
            anonymous_and_disabled = {rows[method][place] for method in rows for place in (0, -1)}
            assert anonymous_and_disabled <= {302, 401, 403, 404, 405}, name


def write(found: dict[str, dict[str, list[int]]]) -> None:
    """Write the golden rows."""
    lines = ["# What each identity gets: " + ", ".join(IDENTITIES) + ". See test_access.py.", ""]
    for name in sorted(found):
        lines += [f'["{name}"]', *(f"{method} = {found[name][method]}" for method in found[name]), ""]
    GOLDEN.write_text("\n".join(lines), "utf-8")
