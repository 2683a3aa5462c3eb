"""Several processes at one real database, all at the same moment: what tests/test_concurrency.py looks at.

    python -m tests.arena '{"pairs": 50}'

makes an installation in OPSLOOP_HOME (on SQLite a file, on PostgreSQL the database of DATABASE_URL), runs the
named scenarios with their sizes and prints what happened as JSON. It runs outside pytest, so that the settings,
the locks and the middleware are those of a server; the processes are forked as those of `opsloop serve`.
"""

from __future__ import annotations

import json
import multiprocessing
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from opsloop.cli import installation

FORK = multiprocessing.get_context("fork")
# Seconds that processes wait for each other before they give up.
PATIENCE = 120
TIMES = 4


@dataclass(frozen=True)
class Fighter:
    """One process of a scenario: its number, and how it waits until all are ready."""

    number: int
    ready: Callable[[], Any]


def together(count: int, work: Callable[[Fighter], Any]) -> list[Any]:
    """Run `work` in `count` processes that meet at their own wish, and return what each returned."""
    from django.db import connections

    connections.close_all()
    _close_pools()
    barrier, pipes = FORK.Barrier(count), [FORK.Pipe(duplex=False) for _number in range(count)]

    def run(number: int) -> None:
        pipes[number][1].send(work(Fighter(number, lambda: barrier.wait(PATIENCE))))
        connections.close_all()

    processes = [FORK.Process(target=run, args=(number,)) for number in range(count)]
    for process in processes:
        process.start()
    answers = [reader.recv() if reader.poll(PATIENCE) else None for reader, _writer in pipes]
    for process in processes:
        process.join(PATIENCE)
    return answers


def _close_pools() -> None:
    """A pool belongs to the process that made it."""
    from django.db import connection

    close = getattr(connection, "close_pool", None)
    if close:
        close()


def browser(person: Any) -> Any:
    """Return a logged-in browser that tells a server error by its status."""
    from django.test import Client

    client = Client(raise_request_exception=False)
    client.force_login(person)
    return client


def told(response: Any) -> list[Any]:
    """Return what a browser makes of an answer: its status and where it leads."""
    return [response.status_code, response.get("Location", "")]


# ── Scenarios: each returns facts that JSON can hold ──────────────────────────────────────────────


def pairs(cast: Any, rounds: int) -> dict[str, Any]:
    """Two tabs send the same form with the same key at the same moment (R7)."""
    from opsloop.exchange.models import Import
    from opsloop.goals.models import Goal
    from opsloop.planning.models import Proposal
    from opsloop.work.models import Task

    def forms(number: int) -> tuple[str, dict[str, Any]]:
        name = f"双击{number}"
        rows = {"results-TOTAL_FORMS": "0", "results-INITIAL_FORMS": "0", "horizon": "mid"}
        kinds: list[tuple[str, dict[str, Any]]] = [
            ("/tasks/new/", {"title": name, "importance": "3", "urgency": "low", "owner": cast.lin.pk}),
            ("/quick-add/", {"text": name}),
            ("/goals/new/", {"title": name, "owner": cast.lin.pk, "department": cast.content.pk, **rows}),
            ("/tables/import/", {"pasted": f"任务\t负责人\n{name}\t林悦"}),
            (f"/people/{cast.lin.pk}/plan/2026-W48/proposals/", {}),
        ]
        return kinds[number % len(kinds)]

    def work(fighter: Fighter) -> list[Any]:
        client = browser(cast.lin)
        answers = []
        for number in range(rounds):
            address, fields = forms(number)
            fighter.ready()
            answers.append(told(client.post(address, {**fields, "submission_key": f"pair-{number}"})))
        return answers

    first, second = together(2, work)
    return {
        "answers": list(zip(first, second, strict=True)),
        "titles": list(Task.objects.filter(title__startswith="双击").values_list("title", flat=True))
        + list(Goal.objects.filter(title__startswith="双击").values_list("title", flat=True)),
        "imports": Import.objects.count(),
        "proposals": Proposal.objects.count(),
    }


def stale(cast: Any, rounds: int) -> list[list[int]]:
    """Several people save the same task, which all of them saw at the same version (R10)."""
    from opsloop.organisation.tests.cast import NOW
    from opsloop.work.actions import tasks

    made = [tasks.create(by=cast.lin, at=NOW, title=f"同改{n}", owner=cast.lin) for n in range(rounds)]

    def work(fighter: Fighter) -> list[int]:
        client, answers = browser(cast.admin), []
        for task in made:
            fields = {"title": f"第{fighter.number}人", "importance": 3, "urgency": "low", "status": "todo"}
            fields |= {"version": task.version, "progress": 0}
            fighter.ready()
            answers.append(client.post(f"/tasks/{task.pk}/edit/", fields).status_code)
        return answers

    return [list(row) for row in zip(*together(TIMES, work), strict=True)]


def numbers(cast: Any, rounds: int) -> dict[str, Any]:
    """Several processes create tasks; every third creation is taken back after its number was given out."""
    from django.db import transaction

    from opsloop.organisation.tests.cast import NOW
    from opsloop.work.actions import tasks
    from opsloop.work.models import Task

    before = set(Task.objects.values_list("number", flat=True))

    def work(fighter: Fighter) -> int:
        fighter.ready()
        for number in range(rounds):
            with transaction.atomic():
                tasks.create(by=cast.lin, at=NOW, title=f"编号{fighter.number}-{number}", owner=cast.lin)
                transaction.set_rollback(number % 3 == 2)
        return rounds - rounds // 3

    made = sum(together(TIMES, work))
    return {"made": made, "numbers": sorted(set(Task.objects.values_list("number", flat=True)) - before)}


def decisions(cast: Any, rounds: int) -> dict[str, list[Any]]:
    """Whatever can be decided once is decided by several at once (R11); each fact is [answers, effects]."""
    found: dict[str, list[Any]] = {}
    for _turn in range(rounds):
        for name, one in DECISIONS.items():
            found.setdefault(name, []).append(one(cast))
    return found


def _at_once(person: Any, address: str, fields: dict[str, Any]) -> list[int]:
    def work(fighter: Fighter) -> int:
        client = browser(person)
        fighter.ready()
        return int(client.post(address, fields).status_code)

    return together(TIMES, work)


def _acceptance(cast: Any) -> list[Any]:
    from opsloop.activity.models import Event
    from opsloop.planning import actions, room
    from opsloop.planning.models import Placement
    from opsloop.planning.weeks import monday
    from opsloop.web import clock
    from opsloop.work.actions import tasks

    now = clock.now()
    tasks.create(by=cast.lin, at=now, title="排入", owner=cast.lin, estimate_minutes=60)
    Placement.objects.all().delete()
    before = Event.objects.filter(kind="week.planned").count()
    # A week that lies ahead whenever this runs.
    week = monday(now.date()) + timedelta(days=7)
    proposal = actions.propose(person=cast.lin, week_start=week, by=cast.lin, at=now)
    planned = room.minutes(
        (datetime.fromisoformat(piece["start"]), datetime.fromisoformat(piece["end"]))
        for piece in proposal.content["placements"]
    )
    answers = _at_once(cast.lin, f"/proposals/{proposal.pk}/acceptance/", {})
    placed = room.minutes(Placement.objects.values_list("starts_at", "ends_at"))
    is_whole = placed == planned > 0
    return [answers, Event.objects.filter(kind="week.planned").count() - before if is_whole else -1]


def _undo(cast: Any) -> list[Any]:
    from opsloop.activity.models import Event
    from opsloop.web import clock
    from opsloop.work.actions import tasks

    task = tasks.create(by=cast.lin, at=clock.now(), title="撤销", owner=cast.lin)
    undo = tasks.change(task=task, values={"title": "改"}, by=cast.lin, at=clock.now(), version=1)
    assert undo is not None
    answers = _at_once(cast.lin, f"/undo/{undo.pk}/", {})
    return [answers, Event.objects.filter(subject_kind="task", subject_id=task.pk).count() - 2]


def _application(cast: Any) -> list[Any]:
    from opsloop.engines.sheets import Grid
    from opsloop.exchange import actions
    from opsloop.web import clock
    from opsloop.work.models import Task

    title = f"导入{time.monotonic_ns()}"
    grid = Grid("表", (("任务", "负责人"), (title, "林悦")), True, ())
    row = actions.bring(grid=grid, implied={}, filename="x", by=cast.chen, at=clock.now())
    fields = {"version": row.version}
    answers = _at_once(cast.chen, f"/tables/import/{row.pk}/application/", fields)
    return [answers, Task.objects.filter(title=title).count()]


def _delay(cast: Any) -> list[Any]:
    """A request for another date: two approve, one rejects, who asked withdraws."""
    from opsloop.activity.models import Event
    from opsloop.progress.actions import delays
    from opsloop.web import clock
    from opsloop.work.actions import tasks

    now = clock.now()
    soon, late = now + timedelta(hours=9), now + timedelta(days=5)
    task = tasks.create(
        by=cast.chen, at=now, title="延期", owner=cast.lin, department=cast.content, due_at=soon
    )
    wanted = {"cause": "estimate", "reason": "低估", "remedy": "", "help": "", "due_wanted": late}
    request = delays.ask(task=task, by=cast.lin, at=now, **wanted)
    ways = (
        (cast.chen, "approval", {"version": task.version}),
        (cast.wang, "approval", {"version": task.version}),
        (cast.chen, "rejection", {"answer": "不行"}),
        (cast.lin, "withdrawal", {}),
    )

    def work(fighter: Fighter) -> int:
        who, verb, fields = ways[fighter.number]
        client = browser(who)
        fighter.ready()
        return int(client.post(f"/delays/{request.pk}/{verb}/", fields).status_code)

    answers = together(len(ways), work)
    request.refresh_from_db()
    task.refresh_from_db()
    settled = {"delay.approved", "delay.rejected", "delay.withdrawn"}
    effects = Event.objects.filter(kind__in=settled, subject_id=request.pk).count()
    agrees = (task.due_at == late) == (request.state == "approved")
    return [answers, effects if agrees else -1]


def _role(cast: Any) -> list[Any]:
    from opsloop.organisation.models import RoleAssignment

    mine = RoleAssignment.objects.filter(person=cast.zhou, role="lead")
    mine.delete()
    fields = {"role": "lead", "department": cast.users.pk}
    return [_at_once(cast.admin, f"/people/{cast.zhou.pk}/roles/", fields), mine.count()]


def _person(cast: Any) -> list[Any]:
    from opsloop.organisation.models import Person

    name = f"u{time.monotonic_ns()}"
    fields = {"name": "新人", "username": name, "department": cast.content.pk, "role": "member"}
    return [_at_once(cast.admin, "/people/new/", fields), Person.objects.filter(username=name).count()]


def _department(cast: Any) -> list[Any]:
    from opsloop.organisation.models import Department

    name = f"组{time.monotonic_ns()}"
    answers = _at_once(cast.admin, "/departments/new/", {"name": name, "parent": cast.operations.pk})
    return [answers, Department.objects.filter(name=name).count()]


def _day(cast: Any) -> list[Any]:
    from opsloop.organisation.models import CalendarDay

    CalendarDay.objects.all().delete()
    answers = _at_once(
        cast.admin, "/work-calendar/days/2026-11-25/", {"day": "2026-11-25", "kind": "holiday"}
    )
    return [answers, CalendarDay.objects.count()]


def _circle(cast: Any) -> list[Any]:
    from opsloop.web import clock
    from opsloop.work.actions import tasks
    from opsloop.work.models import Dependency

    one, other = (tasks.create(by=cast.lin, at=clock.now(), title=name, owner=cast.lin) for name in "甲乙")

    def work(fighter: Fighter) -> int:
        client = browser(cast.lin)
        after, before = (one, other) if fighter.number % 2 else (other, one)
        fighter.ready()
        address = f"/tasks/{after.pk}/dependencies/"
        return int(client.post(address, {"predecessor": before.pk}).status_code)

    answers = together(TIMES, work)
    return [answers, Dependency.objects.filter(successor__in=[one, other]).count()]


def _request(cast: Any) -> list[Any]:
    """A request between departments: one accepts, one offers another date, one declines, who asked withdraws."""
    from opsloop.collaboration.actions import writing
    from opsloop.web import clock
    from opsloop.work.models import Task

    now = clock.now()
    due = now + timedelta(days=5)
    words = {"title": "海报", "asked": "三张海报", "standard": "三张齐全", "due_at": due}
    draft = writing.begin(values={**words, "to_department": cast.content}, by=cast.zhou, at=now)
    request = writing.send(request=draft, by=cast.zhou, at=now, version=draft.version)
    before = Task.objects.count()
    later = (now + timedelta(days=9)).strftime("%Y-%m-%dT%H:%M")
    ways = (
        (cast.chen, "acceptance", {"handler": cast.lin.pk}),
        (cast.wang, "offer", {"due": later, "why": "忙"}),
        (cast.admin, "refusal", {"why": "没人手"}),
        (cast.zhou, "withdrawal", {"why": "不要了"}),
    )

    def work(fighter: Fighter) -> int:
        who, verb, fields = ways[fighter.number]
        client = browser(who)
        fighter.ready()
        answer = client.post(f"/requests/{request.pk}/{verb}/", {**fields, "version": request.version})
        return int(answer.status_code)

    answers = together(len(ways), work)
    request.refresh_from_db()
    made = Task.objects.count() - before
    is_whole = made == (2 if request.state == "accepted" else 0)
    return [answers, request.steps.count() - 1 if is_whole else -1]


def bookings(cast: Any, count: int) -> dict[str, Any]:
    """Meetings of `count` people want the same room at the same time: each calls their own at the same moment (R11)."""
    from opsloop.calendars.models import Appointment
    from opsloop.meetings.actions import writing
    from opsloop.meetings.models import Booking, Meeting, Room
    from opsloop.web import clock

    now = clock.now()
    room = Room.objects.create(name="黄山厅", seats=8, created_at=now)
    begins = (now + timedelta(days=30)).replace(minute=0, second=0, microsecond=0)
    drafts = []
    for number in range(count):
        # They overlap: some begin a quarter of an hour later.
        values = {
            "title": f"抢{number}",
            "starts_at": begins + timedelta(minutes=15 * (number % 3)),
            "room": room,
        }
        drafts.append(writing.begin(values=values, roles={cast.lin.pk: "takes_part"}, by=cast.chen, at=now))

    def work(fighter: Fighter) -> int:
        client, draft = browser(cast.chen), drafts[fighter.number]
        begin = draft.starts_at + timedelta(hours=8)
        fields = {"title": draft.title, "starts_at": f"{begin:%Y-%m-%dT%H:%M}", "lasts": 60, "room": room.pk}
        fields |= {"takes_part": cast.lin.pk, "version": draft.version, "go": "call"}
        fighter.ready()
        return int(client.post(f"/meetings/{draft.pk}/edit/", fields).status_code)

    answers = together(count, work)
    called = Meeting.objects.filter(title__startswith="抢", state="called")
    return {
        "answers": answers,
        "booked": Booking.objects.filter(room=room).count(),
        "called": called.count(),
        "numbers": len(set(called.values_list("number", flat=True))),
        "in_calendars": Appointment.objects.filter(title__startswith="抢", person=cast.lin).count(),
    }


def _meeting(cast: Any) -> list[Any]:
    """One draft is called from several tabs."""
    from opsloop.activity.models import Event
    from opsloop.meetings.actions import writing
    from opsloop.web import clock

    now = clock.now()
    begins = (now + timedelta(days=3)).replace(second=0, microsecond=0)
    values = {"title": "同时召开", "starts_at": begins}
    draft = writing.begin(values=values, roles={cast.lin.pk: "takes_part"}, by=cast.chen, at=now)
    fields = {"title": draft.title, "starts_at": f"{begins + timedelta(hours=8):%Y-%m-%dT%H:%M}", "lasts": 60}
    fields |= {"takes_part": cast.lin.pk, "version": draft.version, "go": "call"}
    answers = _at_once(cast.chen, f"/meetings/{draft.pk}/edit/", fields)
    return [answers, Event.objects.filter(kind="meeting.called", subject_id=draft.pk).count()]


def _item(cast: Any) -> list[Any]:
    """An action item of a meeting: its owner takes it on in two tabs, disputes it in another, the host gives it up."""
    from opsloop.activity.models import Event
    from opsloop.meetings.models import ActionItem, Meeting
    from opsloop.web import clock
    from opsloop.work.models import Task

    now = clock.now()
    meeting = Meeting.objects.create(
        title="抢答", organiser=cast.chen, host=cast.chen, starts_at=now, ends_at=now + timedelta(hours=1),
        created_at=now, saved_at=now, state="closed",
    )  # fmt: skip
    item = ActionItem.objects.create(
        meeting=meeting, what="同时答复", owner=cast.lin, due_at=now + timedelta(days=2), state="asked", created_at=now
    )  # fmt: skip
    ways = (
        (cast.lin, "confirmation", {}),
        (cast.lin, "confirmation", {}),
        (cast.lin, "dispute", {"why": "太紧"}),
        (cast.chen, "giving-up", {"why": "不做了"}),
    )

    def work(fighter: Fighter) -> int:
        who, verb, fields = ways[fighter.number]
        client = browser(who)
        fighter.ready()
        answer = client.post(f"/meetings/items/{item.pk}/{verb}/", {**fields, "version": item.version})
        return int(answer.status_code)

    answers = together(len(ways), work)
    item.refresh_from_db()
    settled = {"action_item.confirmed", "action_item.disputed", "action_item.dropped"}
    effects = Event.objects.filter(kind__in=settled, subject_id=item.pk).count()
    agrees = Task.objects.filter(title="同时答复", owner=cast.lin).count() == (item.state == "confirmed")
    Task.objects.filter(title="同时答复").delete()
    return [answers, effects if agrees else -1]


def _topic(cast: Any) -> list[Any]:
    """Everybody presses for the next topic at once: one topic ends, and one runs."""
    from opsloop.meetings.models import AgendaItem, Meeting
    from opsloop.web import clock

    now = clock.now()
    meeting = Meeting.objects.create(
        title="抢议题", organiser=cast.chen, host=cast.chen, starts_at=now, ends_at=now + timedelta(hours=1),
        began_at=now, created_at=now, saved_at=now, state="running",
    )  # fmt: skip
    topics = [
        AgendaItem.objects.create(
            meeting=meeting, title=f"议题{n}", position=n, running_since=None if n else now
        )
        for n in range(4)
    ]
    answers = _at_once(cast.chen, f"/meetings/topics/{topics[0].pk}/end/", {})
    rows = AgendaItem.objects.filter(meeting=meeting)
    done, runs = rows.filter(done_at__isnull=False).count(), rows.filter(running_since__isnull=False).count()
    # Pressing twice is no error, and changes nothing.
    assert set(answers) == {303}, answers
    return [[303] + [409] * (len(answers) - 1), done if runs == 1 else -1]


DECISIONS: dict[str, Callable[[Any], list[Any]]] = {
    "acceptance": _acceptance,
    "undo": _undo,
    "application": _application,
    "role": _role,
    "person": _person,
    "department": _department,
    "day": _day,
    "circle": _circle,
    "delay": _delay,
    "request": _request,
    "meeting": _meeting,
    "item": _item,
    "topic": _topic,
}


def timers(cast: Any, rounds: int) -> list[dict[str, Any]]:
    """Several tabs start, stop and type hours at once: one timer, one entry, and no two over each other."""
    from datetime import timedelta

    from opsloop.timekeeping.models import TimeEntry, Timer
    from opsloop.web import clock
    from opsloop.work.actions import tasks

    task = tasks.create(by=cast.lin, at=clock.now(), title="计时", owner=cast.lin)
    day = (clock.now() - timedelta(days=7)).date()
    found = []
    for turn in range(rounds):
        started = _at_once(cast.lin, "/timer/", {"task": task.pk})
        running = Timer.objects.filter(person=cast.lin).count()
        Timer.objects.update(started_at=clock.now() - timedelta(minutes=5))
        stopped = _at_once(cast.lin, "/timer/stop/", {"timer": Timer.objects.get().pk})
        entries = TimeEntry.objects.filter(task=task).count()
        # So that the next round has the last minutes for itself.
        TimeEntry.objects.filter(task=task).delete()
        fields = {
            "typed": f"{9 + turn % 8}:00-{9 + turn % 8}:40",
            "day": day.isoformat(),
            "task": "",
            "note": "同时",
        }
        typed = _at_once(cast.lin, "/hours/entries/", fields)
        written = TimeEntry.objects.filter(note="同时").count()
        TimeEntry.objects.all().delete()
        found.append(
            {
                "started": started, "running": running, "stopped": stopped, "left": Timer.objects.count(),
                "entries": entries, "typed": typed, "written": written,
            }
        )  # fmt: skip
    return found


def writers(cast: Any, seconds: float) -> dict[str, Any]:
    """Eight processes write 40 times a second together, then as fast as they can (R4)."""
    return {"rated": _writing(cast, seconds, pause=0.2), "overload": _writing(cast, seconds / 2, pause=0)}


def _writing(cast: Any, seconds: float, *, pause: float) -> dict[str, Any]:
    def work(fighter: Fighter) -> list[Any]:
        client, answers = browser(cast.lin), []
        client.post("/tasks/", {"text": "热身"})
        fighter.ready()
        ends = time.monotonic() + seconds
        while (begun := time.monotonic()) < ends:
            response = client.post(
                "/tasks/", {"text": f"并发{fighter.number}"}, headers={"HX-Request": "true"}
            )
            took = time.monotonic() - begun
            answers.append([response.status_code, took, response.get("Retry-After", "")])
            time.sleep(max(0.0, pause - took))
        return answers

    answers = [one for each in together(8, work) for one in each]
    times = sorted(took for _status, took, _retry in answers)
    return {
        "statuses": sorted({status for status, _took, _retry in answers}),
        "count": len(answers),
        "per_second": round(len(answers) / seconds, 1),
        "p50_ms": round(times[len(times) // 2] * 1000),
        "p99_ms": round(times[len(times) * 99 // 100] * 1000),
        "slowest_s": round(times[-1], 2),
        "silent_503": sum(status == 503 and not retry for status, _took, retry in answers),
    }


def session(cast: Any, size: int) -> str:
    """Log 林悦 in and return the cookie of the session, for clients outside."""
    from django.conf import settings

    return f"{settings.SESSION_COOKIE_NAME}={browser(cast.lin).cookies[settings.SESSION_COOKIE_NAME].value}"


SCENARIOS: dict[str, Callable[[Any, Any], Any]] = {
    "timers": timers,
    "pairs": pairs,
    "stale": stale,
    "numbers": numbers,
    "decisions": decisions,
    "writers": writers,
    "bookings": bookings,
    "session": session,
}


def main(wanted: dict[str, Any]) -> None:
    """Make the installation, run the scenarios and print what happened."""
    installation.load()
    from django.conf import settings

    from opsloop.cli import migrate
    from opsloop.cli.serve import preload
    from opsloop.organisation.tests.cast import build_cast

    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    migrate.upgrade()
    preload()
    cast = build_cast()
    print(json.dumps({name: SCENARIOS[name](cast, size) for name, size in wanted.items()}))  # noqa: T201


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
