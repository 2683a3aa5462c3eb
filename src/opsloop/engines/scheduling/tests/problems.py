"""Problems made up for the tests: a week of default blocks, and a strategy for hard ones."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from opsloop.engines.blocks import DEFAULT_TEMPLATE, Block, BlockKind, blocks_between
from opsloop.engines.scheduling import Person, Predecessor, Problem, Task
from opsloop.engines.workcalendar import WorkCalendar

ZONE = ZoneInfo("Asia/Shanghai")
MONDAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, tzinfo=ZONE)
END = NOW + timedelta(days=7)
WEEK: tuple[Block, ...] = blocks_between(
    DEFAULT_TEMPLATE, MONDAY, MONDAY + timedelta(days=6), calendar=WorkCalendar(), zone=ZONE
)
PEOPLE = ("林晓", "周敏", "陈航")


def at(day: int, hour: float = 0) -> datetime:
    """Return an instant of the week: day 0 is Monday."""
    return NOW + timedelta(days=day, hours=hour)


def task(name: str, minutes: int | None = 60, **more: object) -> Task:
    """Return a task of the first person."""
    return Task(**{"id": name, "minutes": minutes, "candidates": PEOPLE[:1], **more})  # type: ignore[arg-type]


def problem(*tasks: Task, people: tuple[str, ...] = PEOPLE, **more: object) -> Problem:
    """Return the problem of these tasks in the default week."""
    persons = tuple(Person(name, WEEK) for name in people)
    return Problem(**{"people": persons, "tasks": tasks, "now": NOW, "end": END, **more})  # type: ignore[arg-type]


MINUTES = st.sampled_from([None, 0, -5, 10, 15, 30, 45, 60, 90, 120, 180, 240, 480, 900, 6000])
INSTANTS = st.builds(at, st.integers(-2, 8), st.sampled_from([0, 9, 9.5, 10.25, 12, 15, 17, 17.5, 18]))
MAYBE_INSTANT = st.none() | INSTANTS


@st.composite
def spans(draw: st.DrawFn) -> tuple[datetime, datetime]:
    """Return a span of the week of one to four hours, rarely beyond it."""
    start = draw(INSTANTS)
    return start, start + timedelta(minutes=draw(st.sampled_from([20, 60, 90, 240])))


@st.composite
def tasks(draw: st.DrawFn, number: int, count: int) -> Task:
    """Return a task that may be odd in every way; predecessors are any tasks, unknown ones included."""
    before = st.builds(
        Predecessor,
        st.sampled_from([*(f"t{n}" for n in range(count)), "nobody"]),
        st.sampled_from([0, 0, 0, 20, 600]),
    )
    rare = draw(st.integers(0, 9))
    return Task(
        id=f"t{number}",
        title=draw(st.sampled_from(["周报", "方案", "{braces}", "“引号”", ""])),
        minutes=draw(MINUTES),
        candidates=tuple(draw(st.lists(st.sampled_from([*PEOPLE, "无名"]), max_size=3, unique=True))),
        planned_minutes=draw(st.none() | st.sampled_from([20, 135, 300])) if rare == 0 else None,
        reserve=draw(st.sampled_from([0.0, 0.1, 0.15, 0.2, 0.5])),
        worked_minutes=draw(st.sampled_from([0, 0, 0, 20, 60, 1000])),
        earliest=draw(MAYBE_INSTANT) if rare < 3 else None,
        due=draw(MAYBE_INSTANT),
        hard_due=rare == 4,
        importance=draw(st.none() | st.integers(1, 5)),
        urgency=draw(st.sampled_from([None, "high", "medium", "low"])),
        quadrant=draw(st.none() | st.sampled_from([1, 2, 3, 4])) if rare == 5 else None,
        predecessors=tuple(draw(st.lists(before, max_size=2))) if rare < 4 else (),
        splittable=rare != 6,
        preferred=draw(st.none() | st.sampled_from(list(BlockKind))) if rare == 7 else None,
        pinned=tuple(draw(st.lists(spans(), max_size=2))) if rare in (3, 8) else (),
        collaborators=tuple(draw(st.lists(st.sampled_from(PEOPLE), max_size=2, unique=True)))
        if rare == 9
        else (),
    )


@st.composite
def problems(draw: st.DrawFn) -> Problem:
    """Return a week of up to three people and fourteen tasks, possible or not."""
    count = draw(st.integers(0, 14))
    people = tuple(
        Person(name, WEEK if draw(st.integers(0, 9)) else (), tuple(draw(st.lists(spans(), max_size=2))))
        for name in PEOPLE
    )
    return Problem(
        people=people,
        tasks=tuple(draw(tasks(number, count)) for number in range(count)),
        now=draw(st.sampled_from([NOW, at(1, 10.1), at(4, 17.5), at(6)])),
        end=END,
        start=NOW,
    )
