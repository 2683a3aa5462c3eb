"""CPU of a request, server and database together, and its number of queries, on the data of generate.py.

    python benchmarks/request_cpu.py [--runs 30] [--goals] [--only NAME] [--as member] [--json]
    DATABASE_URL=postgres://…/opsloop_bench python benchmarks/request_cpu.py

Requests go through the whole stack of middleware in this process, as somebody logged in, compressed as a
browser asks for it; the password check is not among them. On PostgreSQL the CPU of the backend that answers
is added (its mean: the system counts it in hundredths of a second). Writes are real and stay in the data.
The garbage collector is set as `opsloop serve` sets it for its workers.
Right after each request a fixed piece of Python is measured (yardstick.py); "scaled" is what the request
would take on the machine of docs/benchmarks.md with nothing else on it. Figures are medians; the exit code is
1 when a scaled one is over its goal.
"""

from __future__ import annotations

import gc
import json
import statistics
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

import generate
from yardstick import REFERENCE_MS, cpu, fixed_ms

ROLES = ("member", "lead", "manager", "director", "admin")
PAGE_QUERIES, FRAGMENT_QUERIES = 15, 8
WARM_UP = 3
FORBIDDEN = 403


@dataclass(frozen=True)
class Case:
    """One request: how it is called, its goal in ms of CPU (None: no goal of its own), and how it is sent."""

    name: str
    goal: float | None
    send: Callable[[Any, Any], Any]
    is_fragment: bool = False


@dataclass(frozen=True)
class Result:
    """What one request took, as one person: ms of CPU and queries."""

    name: str
    role: str
    scaled: float
    median: float
    p95: float
    server: float
    database: float
    queries: int
    kilobytes: int
    goal: float | None
    is_fragment: bool

    @property
    def most_queries(self) -> int:
        """How many queries it may send."""
        return FRAGMENT_QUERIES if self.is_fragment else PAGE_QUERIES

    @property
    def holds(self) -> bool:
        """Whether it keeps to its goal; queries are counted for reading only."""
        return self.goal is None or self.scaled <= self.goal


# --- what is asked -------------------------------------------------------------------------------------


def page(address: str) -> Callable[[Any, Any], Any]:
    """Return how a whole page is asked for."""
    return lambda client, person: client.get(address.format(person=person.pk))


def part(address: str, element: str) -> Callable[[Any, Any], Any]:
    """Return how htmx asks for one element of a page."""
    headers = {"HX-Request": "true", "HX-Target": element}
    return lambda client, person: client.get(address.format(person=person.pk), headers=headers)


def cases() -> list[Case]:
    """Return what is measured."""
    return [
        Case("healthz (floor)", None, page("/healthz")),
        Case("list of 50", 40, page("/tasks/?scope=all")),
        Case("list of 50, any status", 40, page("/tasks/?scope=all&status=any&sort=new")),
        Case("list of 50, team by owner", 40, page("/tasks/?scope=team&group=owner")),
        Case("list of 50, refreshed", 40, part("/tasks/?scope=all", "div#rows"), is_fragment=True),
        Case("my work: list", 25, page("/tasks/?scope=mine")),
        Case("my work: today", 25, page("/")),
        Case("detail with 20 history rows", 30, _detail(fragment=False)),
        Case("detail, drawer", 30, _detail(fragment=True), is_fragment=True),
        Case("create a task", 12, _create, is_fragment=True),
        Case("change a status, menu", 12, _status("form#x"), is_fragment=True),
        Case("change a status, row", 12, _status("tr#task-{pk}"), is_fragment=True),
        Case("search 活动方案 (palette)", 30, part("/palette/?q=活动方案", "x#y"), is_fragment=True),
        Case("search 双十一 (page)", 30, page("/search/?q=双十一")),
        Case("search hdfa (palette)", 30, part("/palette/?q=hdfa", "x#y"), is_fragment=True),
        Case("search in list 直播脚本", 40, page("/tasks/?scope=all&q=直播脚本")),
        Case("inbox of 5,000", 25, page("/inbox/")),
        Case("inbox: one group", 25, page("/inbox/?group=know")),
        Case("inbox: the badge", None, part("/inbox/count/", "x#y"), is_fragment=True),
        Case("goals", None, page("/goals/")),
        Case("goals: work behind", None, part("/goals/shares/", "x#y"), is_fragment=True),
        Case("goals: gaps", None, part("/tasks/gaps/", "x#y"), is_fragment=True),
        Case("projects", None, page("/projects/")),
        Case("projects, worst first", None, page("/projects/?sort=health")),
        Case("project", None, _project()),
        Case("project: its tasks", None, _project("tasks/"), is_fragment=True),
        Case("project: its people", None, _project("people/"), is_fragment=True),
        Case("project: its costs", None, _project("costs/"), is_fragment=True),
        Case("people", None, page("/people/")),
        Case("week plan", None, page("/plan/2026-W48/")),
        Case("team's day", None, page("/team/")),
        Case("team planner, a week", 80, page("/team/plan/2026-W48/")),
        Case("week plan, 60 placements", 30, _full_week(page("/plan/2026-W52/"))),
        Case("week plan: tray", None, part("/people/{person}/tray/", "aside#tray"), is_fragment=True),
        Case("ranking", None, page("/tasks/ranking/")),
        Case("quadrants", None, page("/tasks/quadrants/")),
        Case("board, all it may see", 60, page("/tasks/board/?scope=all")),
        Case("calendar, a month", 25, page("/tasks/calendar/?scope=all")),
        Case("workload, two weeks", None, page("/tasks/workload/?scope=team")),
        Case(
            "filter with or",
            40,
            page("/tasks/?scope=all&f=or(owner.any.me,helper.any.me),due.within.next-30"),
        ),
        Case("CSV of 10,000", 160, _csv),
        Case("bulk change of 500", 1500, _bulk, is_fragment=True),
        Case("quadrants of all, the first of each", 60, page("/tasks/quadrants/?scope=all")),
        Case("Gantt: page", 40, page("/tasks/gantt/?scope=all")),
        Case("Gantt: 500 bars", 60, _bars, is_fragment=True),
        Case("sheet: page", None, page("/tasks/sheet/?scope=all")),
        Case("sheet: 100 rows", 40, _sheet_rows, is_fragment=True),
        # A review and the three parts of its figures are shown together: 120 ms for all (issue 6).
        Case("review of a month: page", 20, _review("")),
        Case("review of a month: figures", 70, _review("facts/?part=figures"), is_fragment=True),
        Case("review of a month: late", 20, _review("facts/?part=late"), is_fragment=True),
        Case("review of a month: around", 10, _review("facts/?part=around"), is_fragment=True),
        Case("lessons that speak of a task", None, _lessons, is_fragment=True),
        # A page holds all six numbers; 200 ms is the budget of a page at its 95th percentile (ux.md §5).
        Case("dashboard, eight weeks", 200, page("/dashboard/?period=2026-W47")),
        Case("dashboard, eight months", None, page("/dashboard/?period=2026-11")),
        Case(
            "dashboard: departments", 100, part("/dashboard/teams/?period=2026-W47", "x#y"), is_fragment=True
        ),
        Case(
            "dashboard: what calls",
            100,
            part("/dashboard/attention/?period=2026-W47", "x#y"),
            is_fragment=True,
        ),
        Case("dashboard: rows of a number", 100, page("/dashboard/numbers/in_time/?period=2026-W47")),
        # Redmine's report of user × month takes 633 and 18,260 ms on the same amounts (issue 6).
        Case("time report: one project", 50, _time_report(1)),
        Case("time report: ten projects", 250, _time_report(10)),
        Case("time report: everything", None, page("/hours/report/?since=2025-12&until=2026-11")),
        Case("time report: entries", 50, page("/hours/report/entries/?since=2026-11&until=2026-11")),
        Case("tasks at risk", None, page("/risks/?scope=team")),
        Case("delays by cause", None, page("/delays/")),
        Case("progress of the team", None, page("/progress/")),
        Case("what-if", None, page("/people/{person}/plan/2026-W48/what-if/")),
    ]


def _full_week(ask: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """Let 60 pieces stand in a week that nobody has planned, once for each person, before asking for it."""
    filled: set[int] = set()

    def send(client: Any, person: Any) -> Any:
        if person.pk not in filled:
            filled.add(person.pk)
            fill_week(person)
        return ask(client, person)

    return send


def fill_week(person: Any) -> None:
    """Put twelve half hours a day into the week of 2026-12-21, of the person's own tasks."""
    from opsloop.planning.models import Placement
    from opsloop.work.models import Task

    tasks = list(Task.objects.open().filter(owner=person).values_list("pk", flat=True)[:60])
    monday = datetime(2026, 12, 21, 9, tzinfo=ZoneInfo("Asia/Shanghai"))
    Placement.objects.filter(person=person, starts_at__gte=monday).delete()
    Placement.objects.bulk_create(
        Placement(
            person=person, task_id=tasks[place % len(tasks)], block="focus", accepted_at=monday,
            starts_at=monday + timedelta(days=place // 12, minutes=30 * (place % 12)),
            ends_at=monday + timedelta(days=place // 12, minutes=30 * (place % 12) + 30),
        )
        for place in range(60)
    )  # fmt: skip


def _detail(*, fragment: bool) -> Callable[[Any, Any], Any]:
    """Ask for the visible task with the longest history."""
    known: dict[int, int] = {}
    headers = {"HX-Request": "true", "HX-Target": "article#task-detail"} if fragment else {}

    def send(client: Any, person: Any) -> Any:
        if person.pk not in known:
            known[person.pk] = longest_history(person)
        return client.get(f"/tasks/{known[person.pk]}/", headers=headers)

    return send


def longest_history(person: Any) -> int:
    """Return the id of the visible task with the most events, the open ones first."""
    from django.db.models import Count

    from opsloop.activity.models import Event
    from opsloop.work.models import Task

    rows = Event.objects.filter(subject_kind="task").values("subject_id").annotate(n=Count("pk"))
    busy = [row["subject_id"] for row in rows.filter(n__gt=20).order_by("-n")[:2000]]
    seen = Task.objects.visible_to(person).alive().filter(pk__in=busy).order_by("-closed_at", "pk")
    return int(seen.values_list("pk", flat=True)[0])


_numbers = count()
HTMX = {"HX-Request": "true", "HX-Target": "x#y"}


def _create(client: Any, _person: Any) -> Any:
    """Add a task by the line on top of the list."""
    text = f"明天下午3点 写周报{next(_numbers)} 2h !高 #周会"
    headers = {"HX-Request": "true", "HX-Target": "x#y"}
    return client.post("/tasks/", {"text": text}, headers=headers)


def _status(target: str) -> Callable[[Any, Any], Any]:
    """Set the status of an own task, to and fro; `target` is the element that the answer goes into."""
    known: dict[int, Any] = {}

    def send(client: Any, person: Any) -> Any:
        from opsloop.work.models import Task

        if person.pk not in known:
            found = Task.objects.open().filter(created_by=person, parent=None).first()
            known[person.pk] = found or _own_task(person)
        task = known[person.pk]
        task.status = "doing" if task.status == "todo" else "todo"
        data = {"status": task.status, "version": task.version}
        task.version += 1
        headers = {"HX-Request": "true", "HX-Target": target.format(pk=task.pk)}
        return client.post(f"/tasks/{task.pk}/fields/status/", data, headers=headers)

    return send


def _csv(client: Any, person: Any) -> Any:
    """Take 10,000 tasks (or all that may be seen) out as a text table, read to its end."""
    key = f"csv {person.pk}"
    chosen = _cached(key, lambda: _stretch(person, 10_000, is_open=False))
    response = client.get(f"/tasks/export/csv/?scope=all&status=any&f={chosen}")
    for _piece in response.streaming_content:
        pass
    return response


def _bulk(client: Any, person: Any) -> Any:
    """Move the due dates of 500 tasks by a day, with the history of each."""
    from opsloop.work.models import Task

    found = Task.objects.visible_to(person).open().filter(due_at__isnull=False).order_by("pk")
    chosen = _cached(f"bulk {person.pk}", lambda: list(found.values_list("pk", flat=True)[:500]))
    data = {"selected": chosen, "kind": "shift_due", "days": "1"}
    return client.post("/tasks/bulk/", data, headers={"HX-Request": "true", "HX-Target": "x#y"})


def _own_task(person: Any) -> Any:
    from opsloop.work.actions.tasks import create

    return create(by=person, at=generate.NOW, title="看板更新", owner=person)


def _project(part: str = "") -> Callable[[Any, Any], Any]:
    """Ask for the first visible project, or a part of its page."""

    def send(client: Any, person: Any) -> Any:
        from opsloop.work.models import Project

        found = _cached(f"project {person.pk}", lambda: Project.objects.visible_to(person).alive().first())
        return client.get(f"/projects/{found.pk}/{part}") if found else None

    return send


def _bars(client: Any, person: Any) -> Any:
    """Ask for a chart of about 500 open tasks: those due in a stretch of days that holds as many."""
    key = f"bars {person.pk}"
    return client.get(
        f"/tasks/gantt/bars/?scope=all&f={_cached(key, lambda: _stretch(person, 500, is_open=True))}"
    )


def _stretch(person: Any, many: int, *, is_open: bool) -> str:
    """Return a filter that about so many visible tasks match: due before the day of the last of them."""
    from opsloop.work.models import Task

    seen = Task.objects.visible_to(person)
    due = (seen.open() if is_open else seen.alive()).filter(due_at__isnull=False).order_by("due_at", "pk")
    last = due.values_list("due_at", flat=True)[:many]
    return f"due.before.{max(last).date().isoformat()}" if last else ""


def _sheet_rows(client: Any, person: Any) -> Any:
    """Ask for a page of rows of the sheet."""
    from opsloop.work.models import Task

    def keys() -> str:
        rows = Task.objects.visible_to(person).open().order_by("pk").values_list("pk", flat=True)
        return ",".join(map(str, rows[:100]))

    return client.get(f"/tasks/sheet/rows/?keys={_cached(f'sheet {person.pk}', keys)}")


def _review(rest: str) -> Callable[[Any, Any], Any]:
    """Ask for the review of a month: of the highest department one leads (a director's: half the company), else own."""
    from opsloop.reviews.queries import pages

    def whose(person: Any) -> str:
        led = pages.led(person)
        return str(led[0].pk) if led else "me"

    def send(client: Any, person: Any) -> Any:
        subject = _cached(f"review {person.pk}", lambda: whose(person))
        return client.get(f"/reviews/{generate.NOW:%Y-%m}/{subject}/{rest}", headers=HTMX if rest else {})

    return send


def _lessons(client: Any, person: Any) -> Any:
    """Ask for the lessons that speak of an open task, with as many lessons as are held against it."""
    from opsloop.knowledge.models import Lesson
    from opsloop.work.models import Task

    if not Lesson.objects.exists():
        titles = Task.objects.order_by("pk").values_list("title", flat=True)[:400]
        given = {"situation": "", "deed": "x", "author": person}
        stamps = {"created_at": generate.NOW, "checked_at": generate.NOW}
        Lesson.objects.bulk_create(Lesson(title=title, **given, **stamps) for title in titles)
    found = _cached(f"own {person.pk}", lambda: Task.objects.open().filter(owner=person).first())
    return client.get(f"/tasks/{found.pk}/lessons/", headers=HTMX) if found else None


def _time_report(many: int) -> Callable[[Any, Any], Any]:
    """Ask for user × month over a year of the projects with the most entries."""

    def keys() -> str:
        from django.db.models import Count

        from opsloop.timekeeping.models import TimeEntry

        rows = TimeEntry.objects.filter(task__project__isnull=False).order_by().values_list("task__project")
        busiest = rows.annotate(n=Count("pk")).order_by("-n", "task__project")[:many]
        return "".join(f"&project={pk}" for pk, _n in busiest)

    def send(client: Any, _person: Any) -> Any:
        chosen = _cached(f"report {many}", keys)
        return client.get(f"/hours/report/?by=person&since=2025-12&until=2026-11{chosen}")

    return send


_CACHE: dict[str, Any] = {}


def _cached(key: str, find: Callable[[], Any]) -> Any:
    if key not in _CACHE:
        _CACHE[key] = find()
    return _CACHE[key]


# --- measuring -----------------------------------------------------------------------------------------


class Queries:
    """Counts the statements of a connection."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, execute: Any, sql: str, params: Any, many: Any, context: Any) -> Any:
        """Count one statement and run it. Savepoints are no queries."""
        self.count += not sql.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN"))
        return execute(sql, params, many, context)


def measure(case: Case, role: str, person: Any, connection: Any, runs: int) -> Result | None:
    """Measure one request as one person; None if there is nothing to ask for, or it is not theirs to ask."""
    from django.test import Client

    client = Client(HTTP_ACCEPT_ENCODING="gzip", raise_request_exception=True)
    client.force_login(person)
    for _ in range(WARM_UP):
        answer = case.send(client, person)
        if answer is None or answer.status_code == FORBIDDEN:
            return None
        if answer.status_code not in (200, 204):
            raise SystemExit(f"{case.name} as {role}: {answer.status_code} {answer.content[:300]!r}")
    queries = Queries()
    with connection.execute_wrapper(queries):
        case.send(client, person)
    gc.collect()
    before = generate.server_seconds(connection)
    pairs = [(cpu(lambda: case.send(client, person)) * 1000, fixed_ms(1)) for _ in range(runs)]
    database = (generate.server_seconds(connection) - before) / runs * 1000
    times = sorted(taken for taken, _fixed in pairs)
    here = statistics.median(times)
    # Each request with the fixed work right after it: on a busy machine both slow down together.
    scaled = statistics.median(taken / fixed for taken, fixed in pairs)
    scaled += database / statistics.mean(fixed for _taken, fixed in pairs)
    return Result(
        name=case.name, role=role, scaled=round(scaled * REFERENCE_MS, 1), median=round(here + database, 1),
        p95=round(times[int(runs * 0.95)] + database, 1), server=round(here, 1), database=round(database, 1),
        queries=queries.count, kilobytes=len(getattr(answer, "content", b"")) // 1000, goal=case.goal,
        is_fragment=case.is_fragment,
    )  # fmt: skip


def run(options: Any, connection: Any) -> Iterator[Result]:
    """Measure everything that was asked for."""
    from opsloop.cli.serve import settle_memory

    people = generate.cast()
    settle_memory()
    for case in cases():
        is_asked = not options.only or any(part in case.name for part in options.only)
        if not is_asked or (options.goals and case.goal is None):
            continue
        for role in options.roles or ROLES:
            result = measure(case, role, people[role], connection, options.runs)
            if result:
                yield result


def show(result: Result) -> None:
    """Print a line."""
    goal = f"≤ {result.goal:.0f}" if result.goal else ""
    mark = "" if result.holds else "  OVER"
    many = "  QUERIES" if result.queries > result.most_queries else ""
    print(
        f"{result.name:28.28} {result.role:9} {result.scaled:7.1f} {result.median:7.1f} {result.p95:7.1f}"
        f" {result.server:7.1f} {result.database:7.1f} {result.queries:4d} {result.kilobytes:5d} kB"
        f"  {goal}{mark}{many}",
        flush=True,
    )


def main() -> int:
    """Measure and print; the exit code is 1 when a median is over its goal."""
    parser = generate.arguments(__doc__ or "")
    parser.add_argument("--runs", type=int, default=30)
    parser.add_argument(
        "--only", default=[], action="append", help="part of the name of a request (repeatable)"
    )
    parser.add_argument("--as", dest="roles", action="append", choices=ROLES, help="one role (repeatable)")
    parser.add_argument("--goals", action="store_true", help="only requests that have a goal")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    connection = generate.prepare(options, quiet=options.json)
    if not options.json:
        print(
            f"{connection.vendor}; CPU in ms, medians of {options.runs}; scaled to a fixed work of {REFERENCE_MS}"
        )
        print(
            f"{'request':28} {'as':9} {'scaled':>7} {'CPU':>7} {'p95':>7} {'server':>7} {'db':>7}  sql  gzipped"
        )
    results = []
    for result in run(options, connection):
        results.append(result)
        if not options.json:
            show(result)
    if options.json:
        facts = {
            "database": connection.vendor,
            "reference_ms": REFERENCE_MS,
            "results": [*map(asdict, results)],
        }
        print(json.dumps(facts, ensure_ascii=False))
    return int(any(not one.holds for one in results))


if __name__ == "__main__":
    sys.exit(main())
