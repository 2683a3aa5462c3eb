"""The lead's board of a day: who told their progress, what they said, what stands in the way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from opsloop.engines.workcalendar import WorkCalendar
from opsloop.organisation.models import Person
from opsloop.progress.models import Blocker, ProgressRules, ProgressUpdate
from opsloop.progress.queries import updates
from opsloop.progress.queries.updates import Line
from opsloop.work.models import Task

# The order of the page: who needs a word first, who is well, who is away.
STANDINGS = ("stuck", "missing", "told", "nothing", "away")


@dataclass(frozen=True)
class Row:
    """One person's day: what is asked, what was told, what holds them up; as far as the viewer may see it."""

    person: Person
    lines: Sequence[Line]
    blockers: Sequence[Blocker]
    is_expected: bool
    is_due: bool

    @property
    def told(self) -> int:
        """How many tasks were told of."""
        return sum(line.update is not None for line in self.lines)

    @property
    def is_missing(self) -> bool:
        """Whether something of the day is not told yet."""
        return self.is_expected and self.told < len(self.lines)

    @property
    def standing(self) -> str:
        """One of STANDINGS."""
        if not self.is_expected:
            return "away"
        if self.blockers:
            return "stuck"
        if not self.lines:
            return "nothing"
        return "missing" if self.is_missing else "told"

    @property
    def said(self) -> list[Line]:
        """The tasks of which something was told."""
        return [line for line in self.lines if line.update is not None]


@dataclass(frozen=True)
class Board:
    """Everybody of a team on one day."""

    rows: Sequence[Row]
    counts: Mapping[str, int]
    due_at: datetime
    is_workday: bool

    @property
    def missing(self) -> list[Row]:
        """Who has not told everything yet."""
        return [row for row in self.rows if row.is_missing]

    @property
    def asked(self) -> int:
        """How many people are to tell something."""
        return sum(row.is_expected and bool(row.lines) for row in self.rows)


def board(
    viewer: Person,
    people: Sequence[Person],
    day: date,
    *,
    rules: ProgressRules,
    calendar: WorkCalendar,
    now: datetime,
) -> Board:
    """Return the board of `people` on `day` as `viewer` may see it. Six queries, however many people."""
    tasks = updates.in_hand(people, day, viewer=viewer)
    told = _told(viewer, people, day)
    expected = updates.expected(people, day, rules, calendar=calendar)
    stuck = blockers_by_person(viewer, people)
    due = updates.due_moment(viewer, day, rules)
    rows = [
        Row(
            person=one,
            lines=_lines(tasks.get(one.pk, ()), told.get(one.pk, {})),
            blockers=stuck.get(one.pk, ()),
            is_expected=expected[one.pk],
            is_due=now >= due,
        )
        for one in people
    ]
    rows.sort(key=lambda row: (STANDINGS.index(row.standing), row.person.name))
    counts = dict.fromkeys(STANDINGS, 0)
    for row in rows:
        counts[row.standing] += 1
    return Board(rows, counts, due, calendar.is_workday(day))


def _told(viewer: Person, people: Sequence[Person], day: date) -> dict[int, dict[int, ProgressUpdate]]:
    """Return person id -> task id -> what they told on a day, of tasks that the viewer may see. One query."""
    found: dict[int, dict[int, ProgressUpdate]] = {}
    for row in updates.told(people, day).visible_to(viewer).select_related("task"):
        found.setdefault(row.person_id, {})[row.task_id] = row
    return found


def _lines(tasks: Sequence[Task], told: Mapping[int, ProgressUpdate]) -> list[Line]:
    """Return the tasks in hand with what was told of them, then what was told besides."""
    asked = {task.pk for task in tasks}
    lines = [Line(task, told.get(task.pk)) for task in tasks]
    return [*lines, *(Line(row.task, row) for pk, row in told.items() if pk not in asked)]


def blockers_by_person(viewer: Person, people: Sequence[Person]) -> dict[int, list[Blocker]]:
    """Return person id -> what holds them up, the oldest first. One query."""
    rows = Blocker.objects.visible_to(viewer).open().filter(person__in=people)
    found: dict[int, list[Blocker]] = {}
    for row in rows.select_related("task", "owner", "made"):
        found.setdefault(row.person_id, []).append(row)
    return found
