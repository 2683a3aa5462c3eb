"""What accepting a plan may do to a week, whatever stands in it: no overlap, no time off, no task lost."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from opsloop.activity.models import Undo
from opsloop.engines import intervals
from opsloop.engines.blocks import DEFAULT_TEMPLATE, BlockKind, Rule
from opsloop.organisation.actions.blocks import set_rules
from opsloop.organisation.models import Leave, Person
from opsloop.organisation.tests.cast import Cast, build_cast
from opsloop.planning import room
from opsloop.planning.actions import accept, placements, propose
from opsloop.planning.models import Placement, Proposal
from opsloop.planning.queries.tray import tray
from opsloop.records.refusals import Refused
from opsloop.work.actions import tasks
from opsloop.work.models import Dependency, Task

SHANGHAI = ZoneInfo("Asia/Shanghai")
MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=SHANGHAI)
WEEK = "2026-W48"

# An ordinary week, two in which the clocks change, one with a make-up Sunday, one with a holiday.
WEEKS = [
    ("Asia/Shanghai", date(2026, 11, 23)),
    ("Europe/Berlin", date(2026, 10, 19)),
    ("America/New_York", date(2026, 3, 2)),
    ("Asia/Shanghai", date(2026, 9, 14)),
    ("Asia/Shanghai", date(2026, 9, 28)),
]
JOBS = st.lists(
    st.tuples(
        st.integers(15, 400),
        st.one_of(st.none(), st.integers(0, 9)),
        st.sampled_from(["high", "medium", "low"]),
        st.integers(1, 5),
    ),
    min_size=1,
    max_size=9,
)
STEPS = st.lists(
    st.tuples(st.sampled_from(["all", "part", "pin", "place", "move", "hour"]), st.integers(0, 400)),
    max_size=7,
)


class AcceptedPlans(TestCase):
    """Random weeks, random steps of a person, and after each the invariants."""

    @classmethod
    def setUpTestData(cls) -> None:
        cls.cast = build_cast()

    @settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        where=st.sampled_from(WEEKS), jobs=JOBS, steps=STEPS, away=st.one_of(st.none(), st.integers(0, 120))
    )
    def test_nothing_overlaps_leaves_working_time_or_is_lost(
        self, where: tuple[str, date], jobs: list[Any], steps: list[Any], away: int | None
    ) -> None:
        zone, monday = ZoneInfo(where[0]), where[1]
        lin = self.cast.lin
        Person.objects.filter(pk=lin.pk).update(time_zone=where[0])
        lin = Person.objects.get(pk=lin.pk)
        now = datetime.combine(monday, time(9), tzinfo=zone).astimezone(UTC)
        made = [
            tasks.create(
                by=lin, at=now, title=f"任务{n}", owner=lin, estimate_minutes=minutes, urgency=urgency,
                importance=importance, due_at=None if due is None else now + timedelta(days=due),
            )
            for n, (minutes, due, urgency, importance) in enumerate(jobs)
        ]  # fmt: skip
        if away is not None:
            start = now + timedelta(hours=away)
            Leave.objects.create(person=lin, starts_at=start, ends_at=start + timedelta(hours=9))
        asked: set[int] = set()
        for verb, number in [("all", 0), *steps]:
            now = self._step(verb, number, lin, monday, now, made, asked)
            self._check(lin, monday, now, made, asked)

    def _step(
        self,
        verb: str,
        number: int,
        lin: Person,
        monday: date,
        now: datetime,
        made: list[Task],
        asked: set[int],
    ) -> datetime:
        rows = list(
            Placement.objects.filter(person=lin).select_related("person", "task").order_by("starts_at")
        )
        target = now + timedelta(minutes=15 * number)
        target -= timedelta(minutes=target.minute % 15)
        try:
            if verb in ("all", "part"):
                proposal = propose(person=lin, week_start=monday, by=lin, at=now)
                part = None if verb == "all" else {task.pk for task in made[:: 2 + number % 2]}
                accept(proposal=proposal, by=lin, at=now, chosen=part)
            elif verb == "pin" and rows:
                row = rows[number % len(rows)]
                placements.set_pinned(
                    placement=row, is_pinned=not row.is_pinned, by=lin, at=now, version=row.version
                )
            elif verb == "place":
                task = made[number % len(made)]
                placements.place(person=lin, task=task, starts_at=target, minutes=90, by=lin, at=now)
            elif verb == "move" and rows:
                row = rows[number % len(rows)]
                off = number % 3 == 0
                placements.move(
                    placement=row, starts_at=target, ends_at=target + timedelta(minutes=45), by=lin, at=now,
                    version=row.version, off_hours=off,
                )  # fmt: skip
                if off:
                    asked.add(row.pk)
            elif verb == "hour":
                return now + timedelta(minutes=15 * (number % 12))
        except Refused:
            pass
        return now

    def _check(self, lin: Person, monday: date, now: datetime, made: list[Task], asked: set[int]) -> None:
        rows = list(Placement.objects.filter(person=lin).order_by("starts_at"))
        for one, two in pairwise(rows):
            assert one.ends_at <= two.starts_at, (one, two)
        worked = room.spans(room.working(lin, [monday + timedelta(days=n) for n in range(-1, 15)]))
        for row in rows:
            if row.pk not in asked:
                assert not intervals.subtract([(row.starts_at, row.ends_at)], worked), row
            assert (row.ends_at - row.starts_at) >= timedelta(minutes=15)
        placed = {row.task_id for row in rows}
        waits = {row.task.pk for row in tray(lin, at=now).rows}
        assert {task.pk for task in made} <= placed | waits


# ── Proposals over HTTP ─────────────────────────────────────────────────────────────────────────────

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock() -> Any:
    with time_machine.travel(MONDAY, tick=False):
        yield


def make(cast: Cast, title: str, **values: Any) -> Task:
    values = {"estimate_minutes": 120, "due_at": MONDAY.replace(day=27, hour=18), **values}
    return tasks.create(by=cast.lin, at=MONDAY, title=title, owner=cast.lin, **values)


def log_in(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def spans(title: str) -> list[tuple[str, str]]:
    rows = Placement.objects.filter(task__title=title).order_by("starts_at")
    return [
        (f"{r.starts_at.astimezone(SHANGHAI):%d %H:%M}", f"{r.ends_at.astimezone(SHANGHAI):%H:%M}")
        for r in rows
    ]


def fill_day(cast: Cast, titles: Iterable[str], day: int = 23, **values: Any) -> None:
    """Let tasks stand in all the working time of a day, one after the other."""
    whole = [((9, 0), (10, 30)), ((10, 30), (12, 0)), ((14, 0), (15, 30)), ((15, 30), (17, 30))]
    for title, (start, end) in zip(titles, whole, strict=False):
        Placement.objects.create(
            person=cast.lin, task=make(cast, title, estimate_minutes=75, **values), block="focus", accepted_at=MONDAY,
            starts_at=MONDAY.replace(day=day, hour=start[0], minute=start[1]),
            ends_at=MONDAY.replace(day=day, hour=end[0], minute=end[1]),
        )  # fmt: skip


def propose_week(cast: Cast) -> Proposal:
    log_in(cast.lin).post(f"/people/{cast.lin.pk}/plan/{WEEK}/proposals/")
    return Proposal.objects.latest("pk")


def test_a_preview_says_from_where_to_where_and_what_goes(clock: Any, cast: Cast) -> None:
    fill_day(cast, ["对账单"])
    blocked = Task.objects.get(title="对账单")
    fill_day(cast, ["旧方案"], day=24)
    make(cast, "急事情", urgency="high", importance=5, due_at=MONDAY.replace(hour=12), estimate_minutes=150)
    Task.objects.filter(pk=blocked.pk).update(status=Task.Status.BLOCKED)
    propose_week(cast)
    page = log_in(cast.lin).get(f"/plan/{WEEK}/?proposal=1").content.decode()
    kinds = {row: page.count(f">{row}</span>") for row in ("移动", "新增", "移出")}
    assert kinds["新增"] >= 1
    assert kinds["移出"] == 1
    assert "移出，原在周一 11-23 09:00–10:30。" in page
    assert spans("对账单") == [("23 09:00", "10:30")]


def test_of_two_who_accept_at_once_one_wins_and_the_other_is_told(clock: Any, cast: Cast) -> None:
    make(cast, "急事情")
    proposal = propose_week(cast)
    url = f"/proposals/{proposal.pk}/acceptance/"
    assert log_in(cast.lin).post(url, {"decision": "all"}).status_code == 303
    count = Placement.objects.count()
    second = log_in(cast.chen).post(url, {"decision": "all"})
    assert second.status_code == 409
    assert "已经处理过" in second.content.decode()
    assert Placement.objects.count() == count > 0


def test_a_plan_of_a_week_that_has_changed_since_is_refused_whole(clock: Any, cast: Cast) -> None:
    fill_day(cast, ["对账单", "旧方案"])
    make(cast, "急事情", due_at=MONDAY.replace(hour=12))
    proposal = propose_week(cast)
    moved = Placement.objects.earliest("starts_at")
    values = {"day": "2026-11-26", "start": "09:00", "end": "10:30", "version": 1}
    assert log_in(cast.lin).post(f"/placements/{moved.pk}/", values).status_code == 303
    before = list(Placement.objects.values_list("task_id", "starts_at"))
    answer = log_in(cast.lin).post(f"/proposals/{proposal.pk}/acceptance/", {"decision": "all"})
    assert answer.status_code == 409
    assert "没有移动任何内容" in answer.content.decode()
    assert list(Placement.objects.values_list("task_id", "starts_at")) == before


def test_what_of_a_task_is_pinned_stays_and_the_rest_is_planned(clock: Any, cast: Cast) -> None:
    fill_day(cast, ["大任务"], day=25)
    Task.objects.filter(title="大任务").update(estimate_minutes=240)
    Placement.objects.update(is_pinned=True)
    proposal = propose_week(cast)
    log_in(cast.lin).post(f"/proposals/{proposal.pk}/acceptance/", {"decision": "all"})
    rows = Placement.objects.filter(task__title="大任务")
    assert ("25 09:00", "10:30") in spans("大任务")
    assert room.minutes((row.starts_at, row.ends_at) for row in rows) == 285


# ── Interruptions ───────────────────────────────────────────────────────────────────────────────────


def interrupt(cast: Cast, **values: Any) -> Proposal:
    sent = {"text": "安抚投诉客户", "minutes": 60, "due": "2026-11-23T12:00", "decision": "propose", **values}
    response = log_in(cast.lin).post("/interruptions/", sent)
    assert response.status_code == 303, response.content[:500]
    return Proposal.objects.latest("pk")


def test_an_interruption_that_has_room_moves_nothing_else(clock: Any, cast: Cast) -> None:
    fill_day(cast, ["对账单"])
    proposal = interrupt(cast)
    assert proposal.content["gives_way"] == []
    page = log_in(cast.lin).get(f"/plan/{WEEK}/?proposal=1").content.decode()
    assert "其余原处不动" in page
    log_in(cast.lin).post(f"/proposals/{proposal.pk}/acceptance/", {"decision": "all"})
    assert spans("安抚投诉客户") == [("23 10:30", "11:45")]
    assert spans("对账单") == [("23 09:00", "10:30")]


def test_an_interruption_without_room_says_what_gives_way_and_waits_for_consent(
    clock: Any, cast: Cast
) -> None:
    fill_day(cast, ["甲事", "乙事"], importance=5)
    fill_day(cast, ["丙事"], day=24)
    Task.objects.filter(title="乙事").update(importance=1)
    proposal = interrupt(cast)
    given = Task.objects.get(title="乙事")
    assert proposal.content["gives_way"] == [given.pk]
    assert spans("乙事") == [("23 10:30", "12:00")]
    log_in(cast.lin).post(f"/proposals/{proposal.pk}/acceptance/", {"decision": "all"})
    assert spans("安抚投诉客户") == [("23 10:30", "11:45")]
    assert spans("甲事") == [("23 09:00", "10:30")]
    assert spans("丙事") == [("24 09:00", "10:30")]
    assert len(spans("乙事")) >= 1
    assert spans("乙事") != [("23 10:30", "12:00")]


def test_another_sacrifice_is_computed_again_and_only_that_moves(clock: Any, cast: Cast) -> None:
    fill_day(cast, ["甲事", "乙事"], importance=5)
    Task.objects.filter(title="乙事").update(importance=1)
    interrupt(cast)
    urgent, chosen = Task.objects.get(title="安抚投诉客户"), Task.objects.get(title="甲事")
    log_in(cast.lin).post(f"/tasks/{urgent.pk}/interruption/", {"sacrifice": [chosen.pk]})
    proposal = Proposal.objects.latest("pk")
    assert proposal.content["gives_way"] == [chosen.pk]
    log_in(cast.lin).post(f"/proposals/{proposal.pk}/acceptance/", {"decision": "all"})
    assert spans("乙事") == [("23 10:30", "12:00")]
    assert spans("安抚投诉客户") == [("23 09:00", "10:15")]


def test_what_becomes_late_and_who_waits_for_it_is_named(clock: Any, cast: Cast) -> None:
    fill_day(cast, ["甲事", "乙事"], due_at=MONDAY.replace(hour=12), urgency="high")
    later = tasks.create(by=cast.chen, at=MONDAY, title="后续审核", owner=cast.chen)
    first = Task.objects.get(title="乙事")
    Dependency.objects.create(predecessor=first, successor=later)
    urgent = interrupt(cast).content["only"]
    log_in(cast.lin).post(f"/tasks/{urgent}/interruption/", {"sacrifice": [first.pk]})
    page = log_in(cast.lin).get(f"/plan/{WEEK}/?proposal=1").content.decode()
    assert "项任务会延期" in page
    assert "陈敏在等它" in page


def test_fixed_appointments_in_the_way_are_named(clock: Any, cast: Cast) -> None:
    fill_day(cast, ["供应商会议", "客户会议"])
    Placement.objects.update(is_pinned=True)
    proposal = interrupt(cast)
    assert proposal.content["late"] or proposal.content["unplaced"]
    page = log_in(cast.lin).get(f"/plan/{WEEK}/?proposal=1").content.decode()
    assert "在此之前固定的安排" in page


def test_an_interruption_can_just_wait_in_the_tray(clock: Any, cast: Cast) -> None:
    response = log_in(cast.lin).post("/interruptions/", {"text": "安抚投诉客户 45m", "decision": "tray"})
    assert response.status_code == 303
    assert Task.objects.get(title="安抚投诉客户").estimate_minutes == 45
    assert not Proposal.objects.exists()
    assert "安抚投诉客户" in log_in(cast.lin).get(f"/people/{cast.lin.pk}/tray/").content.decode()


@pytest.mark.parametrize(
    "values", [{"text": ""}, {"text": "x", "due": "soon"}, {"text": "x", "minutes": "-5"}]
)
def test_an_interruption_that_cannot_be_read_makes_no_task(
    clock: Any, cast: Cast, values: dict[str, str]
) -> None:
    assert log_in(cast.lin).post("/interruptions/", values).status_code == 422
    assert not Task.objects.exists()


def test_an_accepted_plan_is_taken_back_as_one_step(clock: Any, cast: Cast) -> None:
    fill_day(cast, ["甲事", "乙事"], importance=5)
    before = [spans("甲事"), spans("乙事")]
    proposal = interrupt(cast)
    log_in(cast.lin).post(f"/proposals/{proposal.pk}/acceptance/", {"decision": "all"})
    assert [spans("甲事"), spans("乙事")] != before
    log_in(cast.lin).post(f"/undo/{Undo.objects.latest('pk').pk}/")
    assert [spans("甲事"), spans("乙事")] == before
    assert not Placement.objects.filter(task__title="安抚投诉客户").exists()


# ── Flexible time ───────────────────────────────────────────────────────────────────────────────────


def keep_free(cast: Cast, rule: Rule, whose: Person | None = None) -> None:
    rules = (*DEFAULT_TEMPLATE.rules, rule)
    set_rules(rules=rules, by=cast.admin, at=MONDAY, version=None, person=whose)


def days_planned(cast: Cast) -> set[str]:
    proposal = propose_week(cast)
    log_in(cast.lin).post(f"/proposals/{proposal.pk}/acceptance/", {"decision": "all"})
    return {f"{row.starts_at.astimezone(SHANGHAI):%d}" for row in Placement.objects.all()}


def test_a_flexible_day_stays_free_and_is_shown(clock: Any, cast: Cast) -> None:
    keep_free(cast, Rule(BlockKind.FLEX, time(9), time(17, 30), frozenset({0})))
    for number in range(4):
        make(cast, f"事情{number}", estimate_minutes=300, due_at=None)
    assert "23" not in days_planned(cast)
    assert "block-flex" in log_in(cast.lin).get(f"/plan/{WEEK}/").content.decode()


def test_a_flexible_day_is_used_for_what_would_be_late_otherwise(clock: Any, cast: Cast) -> None:
    keep_free(cast, Rule(BlockKind.FLEX, time(9), time(17, 30), frozenset({0})), cast.lin)
    make(cast, "今天要完的事", due_at=MONDAY.replace(hour=17))
    assert "23" in days_planned(cast)
