"""A made-up organisation of the size of the budgets, the same for every run, on SQLite or PostgreSQL.

    python benchmarks/generate.py [--home DIR] [--people 1000] [--tasks 100000] [--fresh] [--drop]
    DATABASE_URL=postgres://…/opsloop_bench python benchmarks/generate.py

1,000 people in 60 departments, 50 projects, 300 goals, 100,000 tasks due over a year, 200,000 time entries,
300,000 history rows, a week of placements, an inbox of 5,000 rows for each person measured, and the search
index. Without DATABASE_URL the data stands in DIR/opsloop.sqlite3 (DIR: a folder in TMPDIR). With it, the
database is created when it is missing; a database that holds an organisation already is left alone unless
--fresh. --drop removes the data and stops.

Everybody's password is `bench-of-autumn-42`; names of interest are printed at the end.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from zoneinfo import ZoneInfo

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "src"))
PASSWORD = "bench-of-autumn-42"
ZONE = ZoneInfo("Asia/Shanghai")
# The clock of the data: a Monday morning.
NOW = datetime(2026, 11, 23, 10, 0, tzinfo=ZONE)
SEED = 20261123
BATCH = 2000
# Rows that wait in the inbox of each person measured.
INBOX = 5000

FAMILY = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
GIVEN = "悦航敏磊倩一凡远婷杰雪涛静宇欣然浩丽晨阳佳琪子轩雨桐思源梓涵博文嘉怡明哲晓雯志强建华文静"
DIVISIONS = ("内容", "用户", "渠道", "数据", "活动", "商家", "客服", "品牌")
TEAMS = ("华东组", "华南组", "华北组", "西南组", "线上组", "新品组", "增长组", "服务组")
WHERE = (
    "华东区",
    "上海",
    "重庆",
    "线上",
    "A组",
    "运营部",
    "第四季度",
    "Q4",
    "新品",
    "老客",
    "试点",
    "全渠道",
    "私域",
)
WHAT = (
    "活动", "内容", "会员", "直播", "库存", "客服", "渠道", "社群", "门店", "供应商", "短视频", "满意度", "GMV",
    "双十一", "618大促", "优惠券", "转化率", "详情页", "种草文案",
)  # fmt: skip
WORK = (
    "方案", "复盘", "报表", "排期", "调研", "盘点", "对账", "选题", "培训", "名录整理", "数据核对", "周转分析",
    "脚本", "上线检查", "海报设计", "预算申请", "看板更新", "话术优化",
)  # fmt: skip
NOTES = (
    "含预算与排期，需部门负责人确认。",
    "按交付标准验收后归档。",
    "同步给设计与数据团队。",
    "客户反馈汇总见附件。",
    "",
)
TAGS = (
    "周会",
    "紧急",
    "大促",
    "日常",
    "跨部门",
    "外包",
    "合规",
    "新人",
    "改版",
    "A/B测试",
    "高层关注",
    "待确认",
)
CATEGORIES = ("内容创作", "活动策划", "数据分析", "用户沟通", "渠道合作", "会议", "行政")
MEASURES = (
    ("活跃度", "%"),
    ("满意度评分", "分"),
    ("订单量", "单"),
    ("留存率", "%"),
    ("客单价", "元"),
    ("阅读量", "万"),
)
URGENCIES = ("high", "medium", "medium", "medium", "low")
ESTIMATES = (30, 30, 60, 60, 90, 120, 120, 180, 240, 480, None)


@dataclass(frozen=True)
class Size:
    """How much is made."""

    people: int = 1000
    projects: int = 50
    goals: int = 300
    tasks: int = 100_000
    entries: int = 200_000
    events: int = 300_000


# --- the database --------------------------------------------------------------------------------------


def default_home() -> Path:
    """Return where the data stands unless told otherwise."""
    return Path(tempfile.gettempdir()) / "opsloop-bench"


def open_database(home: Path, *, fresh: bool = False) -> Any:
    """Set Django up on the data of `home`, or of DATABASE_URL, with all tables; return the connection.

    The clock of the process starts at NOW, so that what is due today is so whenever this runs.
    """
    home.mkdir(parents=True, exist_ok=True)
    (home / "clock").write_text(NOW.isoformat(), "ascii")
    os.environ["OPSLOOP_HOME"] = str(home)
    os.environ["OPSLOOP_DEBUG"] = "0"
    os.environ["DJANGO_SETTINGS_MODULE"] = "opsloop.config.settings"
    # All of a query's work in the one process whose CPU is read.
    os.environ["PGOPTIONS"] = "-c max_parallel_workers_per_gather=0"
    if fresh:
        drop(home)
    if os.environ.get("DATABASE_URL"):
        _create_postgres()
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", interactive=False, verbosity=0)
    call_command("createcachetable", verbosity=0)
    return connection


def drop(home: Path) -> None:
    """Remove the data: the SQLite files of `home`, or the database of DATABASE_URL."""
    if os.environ.get("DATABASE_URL"):
        name, maintenance = _postgres()
        _maintain(maintenance, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    for path in home.glob("opsloop.sqlite3*"):
        path.unlink()


def _postgres() -> tuple[str, str]:
    """Return the name of our database and the address of the one from which it is created."""
    parts = urlsplit(os.environ["DATABASE_URL"])
    return parts.path.lstrip("/"), urlunsplit(parts._replace(path="/postgres"))


def _maintain(url: str, sql: str) -> None:
    import psycopg

    with psycopg.connect(url, autocommit=True) as server:
        server.execute(sql)


def _create_postgres() -> None:
    import psycopg

    name, maintenance = _postgres()
    with psycopg.connect(maintenance, autocommit=True) as server:
        known = server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone()
        if not known:
            server.execute(f"CREATE DATABASE \"{name}\" ENCODING 'UTF8' TEMPLATE template0")


def is_filled() -> bool:
    """Whether the database holds an organisation."""
    from opsloop.organisation.models import Organisation

    return Organisation.objects.exists()


def server_seconds(connection: Any) -> float:
    """Return the CPU seconds so far of the server process behind `connection`; 0 where there is none."""
    if connection.vendor != "postgresql":
        return 0.0
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        pid = cursor.fetchone()[0]
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


# --- the people ----------------------------------------------------------------------------------------


class World:
    """Makes the rows; every table draws from a generator of its own, so sizes do not disturb each other."""

    def __init__(self, size: Size) -> None:
        self.size = size
        # (id, parent's id, name, path), and the teams at the bottom of the tree.
        self.departments: list[tuple[int, int | None, str, str]] = []
        self.teams: list[int] = []
        self.team_of: dict[int, int] = {}
        self.people_of: dict[int, list[int]] = {}

    def dice(self, name: str) -> random.Random:
        """Return the generator of a table."""
        return random.Random(f"{SEED} {name}")

    def organisation(self) -> Iterator[Any]:
        """Yield the departments: a centre, eight divisions, some fifty teams."""
        from opsloop.organisation.models import Department

        self.departments.append((1, None, "运营中心", "/1/"))
        for name in DIVISIONS:
            pk = len(self.departments) + 1
            self.departments.append((pk, 1, f"{name}部", f"/1/{pk}/"))
        for number in range(max(1, min(51, self.size.people // 8))):
            parent = 2 + number % len(DIVISIONS)
            pk = len(self.departments) + 1
            name = f"{DIVISIONS[parent - 2]}{TEAMS[number // len(DIVISIONS)]}"
            self.departments.append((pk, parent, name, f"/1/{parent}/{pk}/"))
            self.teams.append(pk)
        for pk, above, name, path in self.departments:
            yield Department(pk=pk, parent_id=above, name=name, path=path, position=pk)

    def people(self, password: str) -> Iterator[Any]:
        """Yield everybody; the first are the administrator, the auditor and two directors."""
        from opsloop.organisation.models import Person

        dice = self.dice("people")
        for pk in range(1, self.size.people + 1):
            home = 1 if pk <= 4 else self.teams[pk % len(self.teams)]
            self.team_of[pk] = home
            self.people_of.setdefault(home, []).append(pk)
            name = dice.choice(FAMILY) + "".join(dice.sample(GIVEN, dice.choice((1, 2, 2))))
            yield Person(
                pk=pk, username=f"p{pk:04d}", email=f"p{pk:04d}@bench.example", name=name, department_id=home,
                title="运营专员", password=password, created_at=NOW - timedelta(days=400),
            )  # fmt: skip

    def roles(self) -> Iterator[Any]:
        """Yield the roles: everybody has one; teams have a lead, divisions a manager from their first team."""
        from opsloop.organisation.models import RoleAssignment

        wide = {1: "admin", 2: "auditor", 3: "director", 4: "director"}
        for pk, role in wide.items():
            yield RoleAssignment(person_id=pk, role=role, department_id=None, granted_at=NOW)
        for team in self.teams:
            for place, pk in enumerate(self.people_of[team]):
                role = "member" if place else "lead"
                yield RoleAssignment(person_id=pk, role=role, department_id=team, granted_at=NOW)
        for number, _name in enumerate(DIVISIONS):
            if number < len(self.teams):
                manager = self.people_of[self.teams[number]][1]
                yield RoleAssignment(
                    person_id=manager, role="manager", department_id=2 + number, granted_at=NOW
                )

    # --- the work ----------------------------------------------------------------------------------

    def goals(self) -> Iterator[Any]:
        """Yield the goals: five of the organisation, one in six a division's, the others a team's."""
        from opsloop.goals.models import Goal

        dice = self.dice("goals")
        for pk in range(1, self.size.goals + 1):
            is_top, is_division = pk <= 5, pk <= 5 + self.size.goals // 6
            home = None if is_top else 2 + pk % len(DIVISIONS) if is_division else dice.choice(self.teams)
            parent = (
                None if is_top else 1 + pk % 5 if is_division else dice.randint(6, 5 + self.size.goals // 6)
            )
            due = NOW.date() + timedelta(days=dice.randint(-20, 120))
            yield Goal(
                pk=pk, number=f"MB2026{pk:03d}", title=f"{dice.choice(WHERE)}{dice.choice(WHAT)}提升{pk}",
                description=dice.choice(NOTES), horizon="long" if is_top else "mid" if is_division else "short",
                status="achieved" if pk % 5 == 4 else "active", department_id=home, parent_id=parent,
                owner_id=dice.choice(self.people_of[home or 1]) if home in self.people_of else 3,
                starts_on=date(2026, 1, 1), due_on=due, created_by_id=3, created_at=NOW - timedelta(days=200),
                closed_at=NOW - timedelta(days=9) if pk % 5 == 4 else None,
                closed_by_id=3 if pk % 5 == 4 else None,
            )  # fmt: skip

    def key_results(self) -> Iterator[Any]:
        """Yield one to three measures of each goal."""
        from opsloop.goals.models import KeyResult

        dice = self.dice("key results")
        for goal in range(1, self.size.goals + 1):
            for place, (name, unit) in enumerate(dice.sample(MEASURES, dice.choice((1, 2, 2, 3)))):
                yield KeyResult(
                    goal_id=goal, name=name, unit=unit, from_value=Decimal(10), to_value=Decimal(100),
                    current_value=Decimal(dice.randint(10, 110)), position=place,
                )  # fmt: skip

    def projects(self) -> Iterator[Any]:
        """Yield the projects, a fifth of them closed."""
        from opsloop.work.models import Project

        dice = self.dice("projects")
        for pk in range(1, self.size.projects + 1):
            home = dice.choice(self.teams)
            yield Project(
                pk=pk, number=f"XM2026{pk:03d}", name=f"{dice.choice(WHERE)}{dice.choice(WHAT)}项目{pk}",
                description=dice.choice(NOTES), department_id=home, owner_id=dice.choice(self.people_of[home]),
                goal_id=dice.randint(1, self.size.goals), status="closed" if pk % 5 == 0 else "active",
                starts_on=date(2026, 1, 5), due_on=NOW.date() + timedelta(days=dice.randint(-30, 90)),
                created_by_id=3, created_at=NOW - timedelta(days=300),
            )  # fmt: skip

    def members(self) -> Iterator[Any]:
        """Yield who takes part in the projects: eight each."""
        from opsloop.work.models import Project

        dice = self.dice("members")
        through = Project.members.through
        for project in range(1, self.size.projects + 1):
            for person in dice.sample(range(5, self.size.people + 1), min(8, self.size.people - 5)):
                yield through(project_id=project, person_id=person)

    def key_nodes(self) -> Iterator[Any]:
        """Yield five key nodes a project, the first two reached."""
        from opsloop.portfolio.models import KeyNode

        dice = self.dice("key nodes")
        for project in range(1, self.size.projects + 1):
            for place in range(5):
                reached = NOW - timedelta(days=20 - place) if place < 2 else None
                yield KeyNode(
                    project_id=project, title=f"{dice.choice(WHAT)}节点{place + 1}", owner_id=3, created_by_id=3,
                    limit_minutes=24 * 60, starts_at=NOW - timedelta(days=30), created_at=NOW - timedelta(days=30),
                    due_at=NOW + timedelta(days=dice.randint(-5, 40)), reached_at=reached,
                    reached_by_id=3 if reached else None,
                )  # fmt: skip

    def risks(self) -> Iterator[Any]:
        """Yield six risks a project."""
        from opsloop.portfolio.models import Risk

        dice = self.dice("risks")
        for project in range(1, self.size.projects + 1):
            for place in range(6):
                yield Risk(
                    project_id=project, title=f"{dice.choice(WHAT)}延期{place + 1}", probability=dice.randint(1, 5),
                    impact=dice.randint(1, 5), owner_id=3, review_on=NOW.date() + timedelta(days=dice.randint(-9, 30)),
                    created_by_id=3, created_at=NOW - timedelta(days=30),
                )  # fmt: skip

    def updates(self) -> Iterator[Any]:
        """Yield four updates a project, a week apart."""
        from opsloop.portfolio.models import ProjectUpdate

        for project in range(1, self.size.projects + 1):
            for week in range(4, 0, -1):
                yield ProjectUpdate(
                    project_id=project, text=NOTES[week % len(NOTES)] or "按计划推进。", health="green",
                    created_by_id=3, created_at=NOW - timedelta(weeks=week),
                )  # fmt: skip

    def facts(self) -> Iterator[Fact]:
        """Yield what the tables of tasks, entries and events agree on, task by task."""
        dice = self.dice("tasks")
        owned: dict[int, int] = {}
        first = NOW - timedelta(days=330)
        for pk in range(1, self.size.tasks + 1):
            created = first + timedelta(days=328) * (pk / self.size.tasks)
            owner = dice.randint(5, self.size.people)
            due = (created + timedelta(days=dice.randint(1, 60))).replace(hour=18, minute=0, second=0)
            # Old work is done; of what is due about now a third is open, of what comes two thirds.
            days = (due - NOW).days
            is_open = dice.random() < (0.008 if days < -14 else 0.3 if days < 3 else 0.65)
            status = dice.choices(("todo", "doing", "blocked", "delayed"), (55, 32, 6, 7))[0]
            if not is_open:
                status = "done" if dice.random() < 0.94 else "cancelled"
            parent = owned.get(owner) if dice.random() < 0.15 else None
            if parent is None:
                owned[owner] = pk
            project = dice.randint(1, self.size.projects) if dice.random() < 0.4 else None
            closed = None if is_open else min(NOW, due + timedelta(hours=dice.randint(-60, 20)))
            yield Fact(pk, owner, project, parent, created, due, status, closed)

    def tasks(self) -> Iterator[Any]:
        """Yield the tasks in the order of their creation."""
        from opsloop.work.models import Task

        dice = self.dice("texts of tasks")
        for fact in self.facts():
            pk = fact.pk
            title = f"{dice.choice(WHERE)}{dice.choice(WHAT)}{dice.choice(WORK)}{dice.randrange(10_000)}"
            number = f"RW{fact.created:%Y%m%d}{pk:06d}" if fact.project else f"OP-{pk:06d}"
            yield Task(
                pk=pk, number=number, title=title, description=dice.choice(NOTES),
                deliverable="数据齐全，结论可执行" if pk % 3 == 0 else "",
                department_id=self.team_of[fact.owner], project_id=fact.project, parent_id=fact.parent,
                goal_id=dice.randint(1, self.size.goals) if dice.random() < 0.3 else None,
                owner_id=None if fact.closed is None and dice.random() < 0.02 else fact.owner,
                category_id=dice.randint(1, len(CATEGORIES)), importance=dice.choice((1, 2, 3, 3, 4, 5)),
                urgency=dice.choice(URGENCIES), status=fact.status,
                progress=100 if fact.status == "done" else dice.choice((0, 0, 10, 30, 60)),
                estimate_minutes=dice.choice(ESTIMATES),
                due_at=fact.due if fact.closed or dice.random() < 0.9 else None,
                created_by_id=fact.owner, created_at=fact.created, closed_at=fact.closed,
                closed_by_id=fact.owner if fact.closed else None, is_milestone=dice.random() < 0.01,
                version=1 + (fact.closed is not None),
            )  # fmt: skip

    def collaborators(self) -> Iterator[Any]:
        """Yield who helps: one or two people of a third of the tasks."""
        from opsloop.work.models import Task

        dice = self.dice("collaborators")
        through = Task.collaborators.through
        for fact in self.facts():
            if dice.random() < 0.3:
                team = self.people_of[self.team_of[fact.owner]]
                for person in dice.sample(team, min(len(team), dice.choice((1, 1, 2)))):
                    yield through(task_id=fact.pk, person_id=person)

    def labels(self) -> Iterator[Any]:
        """Yield the tags of half of the tasks."""
        from opsloop.work.models import Task

        dice = self.dice("labels")
        through = Task.tags.through
        for task in range(1, self.size.tasks + 1):
            if dice.random() < 0.5:
                for tag in dice.sample(range(1, len(TAGS) + 1), dice.choice((1, 1, 2))):
                    yield through(task_id=task, tag_id=tag)

    def dependencies(self) -> Iterator[Any]:
        """Yield links within projects: a tenth of the tasks waits for an earlier one of the same project."""
        from opsloop.work.models import Dependency

        dice = self.dice("dependencies")
        before: dict[int, int] = {}
        for fact in self.facts():
            if fact.project is None:
                continue
            if fact.project in before and dice.random() < 0.25:
                yield Dependency(predecessor_id=before[fact.project], successor_id=fact.pk)
            before[fact.project] = fact.pk

    def entries(self) -> Iterator[Any]:
        """Yield time worked: two entries a task on average, before it was closed."""
        from opsloop.timekeeping.models import TimeEntry

        dice = self.dice("entries")
        share = self.size.entries / self.size.tasks
        owed = 0.0
        for fact in self.facts():
            owed += share
            while owed >= 1:
                owed -= 1
                minutes = dice.choice((30, 45, 60, 90, 120))
                start = min(NOW, fact.due) - timedelta(days=dice.randint(0, 9), minutes=dice.randint(60, 540))
                yield TimeEntry(
                    person_id=fact.owner, task_id=fact.pk, started_at=start, minutes=minutes,
                    ended_at=start + timedelta(minutes=minutes),
                )  # fmt: skip

    def events(self) -> Iterator[Any]:
        """Yield the history: each task created, most closed, and changes in between; some have many."""
        from opsloop.activity.models import Event

        dice = self.dice("events")
        kinds = sum(1 + (fact.closed is not None) for fact in self.facts())
        share = max(0, self.size.events - kinds) / self.size.tasks
        owed = 0.0
        for fact in self.facts():
            about = {
                "subject_kind": "task", "subject_id": fact.pk, "actor_id": fact.owner,
                "department_id": self.team_of[fact.owner], "person_ids": [fact.owner],
            }  # fmt: skip
            yield Event(kind="task.created", at=fact.created, **about)
            owed += share
            # Saved up for every fortieth task, which then has a long history.
            if fact.pk % 40 == 0 or dice.random() < 0.2:
                for _again in range(int(owed)):
                    due = fact.due - timedelta(days=dice.randint(1, 20))
                    changes = dice.choice((
                        {"progress": [dice.randint(0, 40), dice.randint(41, 90)]},
                        {"due_at": [due.isoformat(), fact.due.isoformat()]},
                        {"status": ["todo", "doing"]},
                        {"owner": [{"id": 5, "text": "王悦"}, {"id": fact.owner, "text": "李航"}]},
                    ))  # fmt: skip
                    yield Event(kind="task.changed", at=fact.created, changes=changes, **about)
                    owed -= 1
            if fact.closed:
                changes = {"status": ["doing", fact.status], "progress": [60, 100]}
                yield Event(kind="task.closed", at=fact.closed, changes=changes, **about)

    def placements(self) -> Iterator[Any]:
        """Yield this week's plan of everybody who has open work: two pieces a day."""
        from opsloop.planning.models import Placement

        open_of: dict[int, list[int]] = {}
        for fact in self.facts():
            if fact.closed is None:
                open_of.setdefault(fact.owner, []).append(fact.pk)
        monday = NOW.replace(hour=9, minute=0)
        for person, tasks in open_of.items():
            for place in range(10):
                start = monday + timedelta(days=place // 2, hours=5 * (place % 2))
                yield Placement(
                    person_id=person, task_id=tasks[place % len(tasks)], starts_at=start,
                    ends_at=start + timedelta(minutes=90), block="focus", accepted_at=NOW,
                    accepted_by_id=person, reason={"zh-Hans": "目标关联度高，先做。", "en": "Relevant, so first."},
                )  # fmt: skip


@dataclass(frozen=True)
class Fact:
    """What is known of a task before it is written down."""

    pk: int
    owner: int
    project: int | None
    parent: int | None
    created: datetime
    due: datetime
    status: str
    closed: datetime | None


# --- filling -------------------------------------------------------------------------------------------


def store(rows: Iterable[Any]) -> int:
    """Write rows of one table in batches and return how many there were."""
    rest = iter(rows)
    count = 0
    while batch := list(islice(rest, BATCH)):
        type(batch[0])._base_manager.bulk_create(batch, batch_size=BATCH)
        count += len(batch)
    return count


def fill(size: Size, *, quiet: bool = False) -> dict[str, int]:
    """Fill the empty database and return the number of rows of each kind."""
    from django.contrib.auth.hashers import make_password
    from django.db import transaction

    from opsloop.organisation.models import Organisation
    from opsloop.organisation.models.numbering import NumberCounter
    from opsloop.work.models import Category, Tag

    world = World(size)
    steps: dict[str, Iterable[Any]] = {
        "organisation": [Organisation(pk=1, name="大规模运营", mode="mature", set_up_at=NOW)],
        "departments": world.organisation(), "people": world.people(make_password(PASSWORD)),
        "roles": world.roles(), "goals": world.goals(), "key results": world.key_results(),
        "projects": world.projects(), "members": world.members(), "key nodes": world.key_nodes(),
        "risks": world.risks(), "updates": world.updates(),
        "categories": (Category(pk=n, name=name, position=n) for n, name in enumerate(CATEGORIES, 1)),
        "tags": (Tag(pk=n, name=name) for n, name in enumerate(TAGS, 1)),
        "tasks": world.tasks(), "collaborators": world.collaborators(), "labels": world.labels(),
        "dependencies": world.dependencies(), "time entries": world.entries(), "history": world.events(),
        "placements": world.placements(),
        "counters": [NumberCounter(kind="task", last=900_000), NumberCounter(kind="goal", period="2026", last=900)],
    }  # fmt: skip
    counts = {}
    with transaction.atomic():
        for name, rows in steps.items():
            counts[name] = timed(name, lambda rows=rows: store(rows), quiet=quiet)
        counts["inboxes"] = timed("inboxes", _inboxes, quiet=quiet)
        counts["search"] = timed("search", _index, quiet=quiet)
        _restart_sequences()
    _settle()
    return counts


def timed(name: str, work: Any, *, quiet: bool) -> int:
    """Do one step and say how long it took."""
    started = time.monotonic()
    count: int = work()
    if not quiet:
        print(f"{name:14} {count:>8,} rows  {time.monotonic() - started:6.1f} s", flush=True)
    return count


def _inboxes() -> int:
    """Fill the inboxes of the people from whose eyes pages are measured, with what happened to what they see."""
    return sum(_inbox(person) for person in cast().values())


def _inbox(person: Any) -> int:
    """Give one person INBOX rows that wait: a tenth of them comments, half of all unread."""
    from opsloop.activity.models import Event
    from opsloop.work.models import Task

    seen = Task.objects.visible_to(person).alive().order_by().values("pk")
    happened = Event.objects.filter(subject_kind="task", subject_id__in=seen).exclude(kind="comment.added")
    talk = _talk(list(seen.order_by("-pk").values_list("pk", flat=True)[: INBOX // 10]), person)
    told = [*talk, *happened.order_by("-pk")[: INBOX - len(talk)]]
    return store(
        _told(person, event, place) for place, event in enumerate(sorted(told, key=lambda one: one.at))
    )


def _talk(tasks: list[int], person: Any) -> list[Any]:
    """Comment on tasks, naming a person, and return the events of it."""
    from opsloop.activity.models import Event
    from opsloop.discussion.models import Comment

    said = Comment.objects.bulk_create(
        Comment(task_id=pk, author_id=4, text=f"@{person.name} 数据核对后再看一下排期。", created_at=NOW)
        for pk in tasks
    )
    return Event.objects.bulk_create(
        Event(
            kind="comment.added", at=NOW, subject_kind="task", subject_id=one.task_id, actor_id=4,
            person_ids=[person.pk], changes={"comment": one.pk},
        )
        for one in said
    )  # fmt: skip


def _told(person: Any, event: Any, place: int) -> Any:
    from opsloop.inbox.models import Notification
    from opsloop.inbox.reasons import REASONS

    by_kind = {"task.created": "assigned", "task.closed": "closed", "comment.added": "mentioned"}
    changed = {"due_at": "due", "owner": "owner"}
    reason = by_kind.get(event.kind) or changed.get(next(iter(event.changes), ""), "status")
    return Notification(
        person=person, event=event, reason=reason, lane=REASONS[reason].lane, subject_kind="task",
        subject_id=event.subject_id, at=event.at, read_at=NOW if place % 2 else None,
    )  # fmt: skip


def _index() -> int:
    """Fill the search index from what was written."""
    from opsloop.goals.models import Goal
    from opsloop.organisation.models import Person
    from opsloop.search.actions import Searchable, index_many
    from opsloop.work.models import Project, Task

    tasks = Task.objects.order_by("pk").values_list("pk", "title", "number", "description", "deliverable")
    goals = Goal.objects.order_by("pk").values_list("pk", "title", "number", "description")
    projects = Project.objects.order_by("pk").values_list("pk", "name", "number", "description")
    people = Person.objects.order_by("pk").values_list("pk", "name", "username", "title")
    sources = {"task": tasks, "goal": goals, "project": projects, "person": people}
    return sum(
        index_many(kind=kind, records=(Searchable(pk, title, texts) for pk, title, *texts in rows.iterator()))
        for kind, rows in sources.items()
    )


def _restart_sequences() -> None:
    """Let the database count on from the ids that were given out here."""
    from django.apps import apps
    from django.core.management.color import no_style
    from django.db import connection

    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            for sql in connection.ops.sequence_reset_sql(no_style(), apps.get_models()):
                cursor.execute(sql)


def _settle() -> None:
    """Let the planner of the database know the tables, as it does after a while of use."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


def cast() -> dict[str, Any]:
    """Return the people from whose eyes pages are measured, by role."""
    from opsloop.organisation.models import Person, RoleAssignment

    managers = RoleAssignment.objects.filter(role="manager").values("person_id")

    def holder(role: str) -> Any:
        rows = RoleAssignment.objects.filter(role=role)
        if role != "manager":
            rows = rows.exclude(person_id__in=managers)
        return rows.order_by("pk")[0].person_id

    wanted = {role: holder(role) for role in ("member", "lead", "manager", "director", "admin")}
    people = Person.objects.in_bulk(wanted.values())
    return {role: people[pk] for role, pk in wanted.items()}


def arguments(description: str) -> argparse.ArgumentParser:
    """Return a parser with the options by which every benchmark finds or makes the data."""
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--home", type=Path, default=default_home(), help="folder of the data")
    parser.add_argument("--people", type=int, default=1000)
    parser.add_argument("--tasks", type=int, default=100_000, help="entries and history follow in proportion")
    parser.add_argument("--fresh", action="store_true", help="make the data anew")
    return parser


def prepare(options: argparse.Namespace, *, quiet: bool = False) -> Any:
    """Open the data that `options` name, make it if there is none, and return the connection."""
    connection = open_database(options.home, fresh=options.fresh)
    if not is_filled():
        size = Size(
            people=options.people, tasks=options.tasks, entries=options.tasks * 2, events=options.tasks * 3
        )
        fill(size, quiet=quiet)
    return connection


def main() -> int:
    """Make the data and name what is in it."""
    parser = arguments(__doc__ or "")
    parser.add_argument("--drop", action="store_true", help="remove the data and stop")
    options = parser.parse_args()
    if options.drop:
        drop(options.home)
        return 0
    started = time.monotonic()
    connection = prepare(options)
    names = {role: person.username for role, person in cast().items()}
    print(f"{connection.vendor} ready after {time.monotonic() - started:.0f} s: {json.dumps(names)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
