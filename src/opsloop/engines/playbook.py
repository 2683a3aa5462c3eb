"""What a template holds, and where its steps fall on the calendar when somebody starts it.

A template is an outline of at most three levels: tasks, their actions, and lines of a checklist. Days are
working days, counted from the start (the first is 0) or back from the end.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from opsloop.engines.workcalendar import WorkCalendar

DEEPEST = 3


@dataclass(frozen=True)
class Step:
    """One line of the outline. `offset` counts working days from the start, or back from the end (`from_due`).

    `days` is how many working days it may take, at least one. `role` names who does it. `after` holds the
    places in the outline of the steps it waits for.
    """

    title: str
    level: int = 1
    role: str = ""
    offset: int = 0
    days: int = 1
    from_due: bool = False
    minutes: int | None = None
    importance: int = 3
    urgency: str = "medium"
    category: str = ""
    tags: tuple[str, ...] = ()
    deliverable: str = ""
    checklist: tuple[str, ...] = ()
    after: tuple[int, ...] = ()
    is_milestone: bool = False


@dataclass(frozen=True)
class Node:
    """A key node: its limit in working hours, and when its clock starts: on a day, or after the node before."""

    title: str
    output: str = ""
    role: str = ""
    hours: int = 24
    offset: int = 0
    follows: bool = False


@dataclass(frozen=True)
class Outline:
    """A whole template."""

    name: str
    is_project: bool = True
    description: str = ""
    roles: tuple[str, ...] = ()
    steps: tuple[Step, ...] = ()
    nodes: tuple[Node, ...] = ()


@dataclass(frozen=True)
class Placed:
    """The days of a step, both included."""

    start: date
    due: date


@dataclass(frozen=True)
class Layout:
    """Real days for a template: of each step, the clock start of each node, and the ends of the whole."""

    start: date
    due: date
    steps: tuple[Placed, ...]
    nodes: tuple[date, ...]


def span(outline: Outline) -> int:
    """Return how many working days the steps take from the first to the last, at least one."""
    ahead = [step.offset + step.days for step in outline.steps if not step.from_due]
    behind = [step.offset + step.days for step in outline.steps if step.from_due]
    return max([1, *ahead, *behind])


def lay_out(outline: Outline, start: date, due: date | None, calendar: WorkCalendar) -> Layout:
    """Return the days of everything for a start, and an end if one is set.

    A start that is no working day moves to the next one. Nothing falls before the start; a step counted back
    from an end that is too near begins at once. Raises NoWorkdayError for a calendar without work.
    """
    first = start if calendar.is_workday(start) else calendar.next_workday(start)
    last = due if due is not None else calendar.add_workdays(first, span(outline) - 1)
    last = max(first, last if calendar.is_workday(last) else calendar.previous_workday(last))
    steps = tuple(_place(step, first, last, calendar) for step in outline.steps)
    nodes = tuple(calendar.add_workdays(first, node.offset) for node in outline.nodes)
    return Layout(first, last, steps, nodes)


def _place(step: Step, first: date, last: date, calendar: WorkCalendar) -> Placed:
    if step.from_due:
        end = max(first, calendar.add_workdays(last, -step.offset))
        return Placed(max(first, calendar.add_workdays(end, 1 - step.days)), end)
    begin = calendar.add_workdays(first, step.offset)
    return Placed(begin, calendar.add_workdays(begin, step.days - 1))


def workdays_between(first: date, last: date, calendar: WorkCalendar) -> int:
    """Return how many working days `last` lies after `first`; 0 when it does not lie after it."""
    return max(0, len(calendar.workdays(first, last)) - 1) if last > first else 0


def tidy_levels(levels: Sequence[int]) -> list[int]:
    """Return levels that make an outline: it starts at 1, never skips one, and never goes below DEEPEST."""
    tidy: list[int] = []
    for level in levels:
        highest = min(DEEPEST, tidy[-1] + 1 if tidy else 1)
        tidy.append(min(max(1, level), highest))
    return tidy


def numbers(levels: Sequence[int]) -> list[str]:
    """Return the outline numbers of tidy levels: 1, 1.1, 1.1.1, 2."""
    counts: list[int] = []
    found = []
    for level in levels:
        counts = [*counts[:level], *([0] * (level - len(counts)))]
        counts[level - 1] += 1
        found.append(".".join(map(str, counts)))
    return found


def parents(levels: Sequence[int]) -> list[int | None]:
    """Return for each place of tidy levels the place it stands under, None at the top."""
    found: list[int | None] = []
    last: dict[int, int] = {}
    for place, level in enumerate(levels):
        found.append(last.get(level - 1) if level > 1 else None)
        last[level] = place
    return found


def has_circle(steps: Sequence[Step]) -> bool:
    """Whether some steps wait for each other."""
    state: dict[int, int] = {}

    def visit(place: int) -> bool:
        if state.get(place) is not None:
            return state[place] == 1
        state[place] = 1
        found = any(visit(before) for before in steps[place].after if 0 <= before < len(steps))
        state[place] = 2
        return found

    return any(visit(place) for place in range(len(steps)))
