"""Which tasks are at risk: rows to plain facts, signs back to flags.

The nightly run goes through all open tasks owner by owner, so that the memory it needs does not grow with their number.
A change of one task asks again only for the signs that cost nothing: dates, and what it waits for.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q, QuerySet, Sum
from django.utils import timezone

from opsloop.activity import actions as activity
from opsloop.activity.events import DomainEvent
from opsloop.activity.models import Event
from opsloop.calendars import queries as calendars
from opsloop.engines import intervals, warning
from opsloop.engines.warning import Axis, Code, Facts, Sign
from opsloop.engines.workcalendar import WorkCalendar
from opsloop.organisation.models import Person
from opsloop.organisation.queries import working_calendar
from opsloop.planning import outlooks
from opsloop.progress.events import TaskAtEase, TaskAtRisk, TaskDueSoon
from opsloop.progress.models import Level, RiskFlag, level_of
from opsloop.progress.queries.rules import engine_rules, rules
from opsloop.records.many import insert_many, update_many
from opsloop.timekeeping.forecasts import Question, forecasts
from opsloop.timekeeping.models import TimeEntry
from opsloop.work.models import Dependency, Task

# People looked at together: their calendars, hours and forecasts are asked for at once.
OWNERS = 100
# Tasks of nobody are looked at in spans of so many keys.
ROWS = 20_000
# So far ahead working time is known; what is due later has time to be looked at.
AHEAD = timedelta(days=outlooks.DAYS_AHEAD - 1)
# A change of more tasks at once is left to the nightly run.
MOST_AT_ONCE = 50
# Beyond this no date alone is a sign.
NEAR = timedelta(days=14)
# Signs that only the nightly run can see.
DEEP = frozenset({Code.SHORT, Code.UNLIKELY})
# Signs that a look at the date tells anew each day; nothing of them need be kept.
BY_DATE = frozenset({Code.OVERDUE, Code.SOON})
COLUMNS = (
    "pk", "owner_id", "category_id", "estimate_minutes", "progress", "due_at", "department_id",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Watched:
    """An open task with a due date, as far as the rules look at it."""

    pk: int
    owner: int | None
    category: int | None
    estimate: int | None
    progress: int
    due_at: datetime
    department: int | None


@dataclass(frozen=True)
class Days:
    """Counts working days up to and since due dates, each day once."""

    calendar: WorkCalendar
    today: date
    known: dict[date, int]

    def left(self, due: datetime) -> int | None:
        """Return the working days after today up to the due day, None beyond a fortnight."""
        day = timezone.localtime(due).date()
        if day > self.today + NEAR:
            return None
        return self._between(day) if day > self.today else 0

    def over(self, due: datetime) -> int:
        """Return the working days since the due day."""
        day = timezone.localtime(due).date()
        return self._between(day) if day < self.today else 0

    def _between(self, day: date) -> int:
        found = self.known.get(day)
        if found is None:
            first, last = min(day, self.today), max(day, self.today)
            # What has been overdue for longer than two months is not counted to the day.
            first = max(first, last - timedelta(days=60))
            found = self.known[day] = len(self.calendar.workdays(first + timedelta(days=1), last))
        return found


def days_at(at: datetime) -> Days:
    """Return what counts working days from `at`, where the reader lives. One query."""
    today = timezone.localtime(at).date()
    return Days(working_calendar({today.year, (today + AHEAD).year}), today, {})


def watch_all(*, at: datetime) -> dict[str, int]:
    """Look at every open task, open and close flags, and return how many were "watched", "opened" and "closed".

    One short transaction for a hundred people; running it again changes nothing.
    """
    run = Run(at)
    for owners in batches(owners_to_look_at(), OWNERS):
        run.look_at_owners(owners)
    run.look_at_nobody_s()
    return run.counts


def owners_to_look_at() -> list[int]:
    """Return who owns open tasks, or tasks whose flags stand. Two queries."""
    working = Task.objects.open().filter(owner__isnull=False).order_by().values_list("owner_id", flat=True)
    flagged = RiskFlag.objects.open().order_by().values_list("task__owner_id", flat=True)
    return sorted({*working.distinct(), *(pk for pk in flagged.distinct() if pk)})


def _last_key() -> int:
    newest = Task.objects.filter(owner__isnull=True).order_by("-pk").values_list("pk", flat=True).first()
    return newest or 0


def batches(keys: Sequence[int], size: int) -> Iterator[Sequence[int]]:
    for start in range(0, len(keys), size):
        yield keys[start : start + size]


class Run:
    """One nightly run: what it asks of all, and what came of it so far."""

    def __init__(self, at: datetime) -> None:
        """Ask for what is the same for all tasks. Two queries."""
        self.at = at
        self.rules = engine_rules(rules())
        self.days = days_at(at)
        self.counts = {"watched": 0, "opened": 0, "closed": 0}

    def look_at_owners(self, owners: Sequence[int]) -> None:
        """Look at all tasks of some people."""
        self.look(Task.objects.filter(owner__in=owners), list(Person.objects.filter(pk__in=owners)))

    def look_at_nobody_s(self) -> None:
        """Look at the tasks of nobody, some at a time."""
        for first in range(0, _last_key() + 1, ROWS):
            self.look(Task.objects.filter(owner__isnull=True, pk__gte=first, pk__lt=first + ROWS), [])

    def look(self, tasks: QuerySet[Task], people: Sequence[Person]) -> None:
        """Look at some tasks: all that `people` own, or some of nobody."""
        rows = watched(tasks, self.at)
        loads, odds = self._deep(tasks, rows, people) if rows and people else ({}, {})
        late = late_before(tasks, self.at, self.days)
        signs = {}
        for row in rows:
            strain = loads.get(row.pk)
            facts = replace(
                facts_of(row, self.at, self.days, late.get(row.pk)),
                load=strain.load if strain else None,
                room=strain.room if strain else None,
                chance=odds.get(row.pk),
            )
            found = warning.warn(facts, self.rules)
            if found:
                signs[row.pk] = found
        standing = {flag.task_id: flag for flag in RiskFlag.objects.open().filter(task__in=tasks.order_by())}
        opened, closed = sync(signs, standing, {row.pk: row for row in rows}, at=self.at, tells=AT_NIGHT)
        self.counts["watched"] += len(rows)
        self.counts["opened"] += opened
        self.counts["closed"] += closed

    def _deep(
        self, tasks: QuerySet[Task], rows: Sequence[Watched], people: Sequence[Person]
    ) -> tuple[dict[int, warning.Strain], dict[int, int]]:
        """Return what the owners have to do until each task is due, and the chance where that is in doubt."""
        leaves = _leaves(tasks, rows)
        worked = _worked(tasks)
        calendars_of = outlooks.calendars(people, self.at)
        taken = calendars.busy(
            [one.pk for one in people], self.at, self.at + AHEAD, calendar=self.days.calendar
        )
        by_owner: dict[int, list[Watched]] = defaultdict(list)
        for row in leaves:
            by_owner[row.owner or 0].append(row)
        loads: dict[int, warning.Strain] = {}
        doubtful: dict[int, tuple[Axis, float]] = {}
        until = AHEAD / timedelta(minutes=1)
        for person in people:
            own = by_owner.get(person.pk, [])
            if not own:
                continue
            calendar = calendars_of[person.pk]
            axis = _axis(calendar.spans, taken[person.pk], self.at)
            found = warning.strains([self._due(row, worked) for row in own], axis, until=until)
            loads |= found
            if any(one.asks_forecast for one in found.values()):
                doubtful[person.pk] = (axis, calendar.share)
        return loads, self._chances(doubtful, by_owner, worked)

    def _due(self, row: Watched, worked: Mapping[int, int]) -> warning.Due:
        estimate = row.estimate or outlooks.USUAL_ESTIMATE
        rest = warning.left(estimate, row.progress, worked.get(row.pk, 0))
        return warning.Due(row.pk, rest, max(0.0, _minutes(row.due_at, self.at)))

    def _chances(
        self,
        doubtful: Mapping[int, tuple[Axis, float]],
        by_owner: Mapping[int, Sequence[Watched]],
        worked: Mapping[int, int],
    ) -> dict[int, int]:
        """Ask the forecast for those whose time is in doubt, each kind of question once."""
        asked: dict[Question, int] = {}
        for owner in doubtful:
            for row in by_owner[owner]:
                asked.setdefault(_question(row), len(asked))
        if not asked:
            return {}
        said, correlation = forecasts(asked, at=self.at)
        moments = {question: said[place].moments for question, place in asked.items()}
        until = AHEAD / timedelta(minutes=1)
        found: dict[int, int] = {}
        for owner, (axis, share) in doubtful.items():
            works = []
            for row in by_owner[owner]:
                due, of = self._due(row, worked), moments[_question(row)]
                part = due.left / (row.estimate or outlooks.USUAL_ESTIMATE)
                works.append(warning.Doubt(row.pk, due.due, of.mean * part, of.deviation * part))
            found |= warning.chances(works, axis, correlation=correlation, share=share, until=until)
        return found


def watched(tasks: QuerySet[Task], at: datetime) -> list[Watched]:
    """Return those of `tasks` that are open and due before the horizon. One query."""
    rows = tasks.open().filter(due_at__lt=at + AHEAD).order_by().values_list(*COLUMNS)  # type: ignore[attr-defined]
    return [Watched(*row) for row in rows]


def _leaves(tasks: QuerySet[Task], rows: Sequence[Watched]) -> list[Watched]:
    """Return the rows without open actions: of the others the actions are the work. One query."""
    with_parts = set(
        Task.objects.open().filter(parent__in=tasks.order_by()).order_by().values_list("parent_id", flat=True)
    )
    return [row for row in rows if row.pk not in with_parts]


def _worked(tasks: QuerySet[Task]) -> dict[int, int]:
    """Return the minutes that were worked on those of `tasks` that nobody has said the progress of. One query."""
    untold = tasks.filter(progress=0, closed_at__isnull=True, deleted_at__isnull=True).order_by()
    rows = TimeEntry.objects.filter(task__in=untold).order_by().values_list("task_id")
    return dict(rows.annotate(total=Sum("minutes")))


def late_before(tasks: QuerySet[Task], at: datetime, days: Days) -> dict[int, tuple[int, int]]:
    """Return task id -> what it waits for and is late, with the working days: the latest one. One query.

    Late is what is overdue, and what is due only after the task that waits for it.
    """
    late = Q(predecessor__due_at__lt=at) | Q(predecessor__due_at__gt=F("successor__due_at"))
    links = Dependency.objects.filter(
        late, successor__in=tasks.order_by(), successor__closed_at__isnull=True,
        predecessor__closed_at__isnull=True, predecessor__deleted_at__isnull=True,
    )  # fmt: skip
    found: dict[int, tuple[int, int]] = {}
    rows: Any = links.values_list(
        "successor_id", "predecessor_id", "predecessor__due_at", "successor__due_at"
    )
    for successor, before, due, own in rows:
        by = days.over(due) if due < at else _days_later(days.calendar, own, due)
        if successor not in found or by > found[successor][1]:
            found[successor] = (before, by)
    return found


def _days_later(calendar: WorkCalendar, first: datetime, last: datetime) -> int:
    start, end = timezone.localtime(first).date(), timezone.localtime(last).date()
    end = min(end, start + timedelta(days=60))
    return len(calendar.workdays(start + timedelta(days=1), end)) if end > start else 0


def facts_of(row: Watched, at: datetime, days: Days, late: tuple[int, int] | None) -> Facts:
    """Return what the dates say of a task."""
    before, before_days = late or (0, 0)
    is_over = row.due_at < at
    return Facts(
        days_left=None if is_over else days.left(row.due_at),
        days_over=days.over(row.due_at) if is_over else 0,
        is_over=is_over,
        before=before,
        before_days=before_days,
    )


def as_json(signs: Iterable[Sign]) -> list[dict[str, Any]]:
    """Return signs as a flag keeps them.

    Numbers that the date tells are left out, or each night would change all; chances stand in steps of 5, as those of
    outlooks do.
    """
    # str() and not .value: of an enumeration that is a property, and this is asked a hundred thousand times a night.
    return [{"code": str(one.code), **_values(one)} for one in signs]


def _values(sign: Sign) -> dict[str, int]:
    if sign.code in BY_DATE:
        return {}
    if sign.code is Code.UNLIKELY:
        return {"chance": max(5, min(95, round(sign.values["chance"] / 5) * 5))}
    return dict(sign.values)


@transaction.atomic
def sync(
    signs: Mapping[int, Sequence[Sign]], standing: Mapping[int, RiskFlag], rows: Mapping[int, Watched], *,
    at: datetime, tells: Mapping[str, type[DomainEvent]],
) -> tuple[int, int]:  # fmt: skip
    """Open, change and close flags so that they say `signs`; return how many were opened and closed.

    `standing` are the flags of all tasks that were looked at, `rows` those that are still open; `tells` says what is
    recorded of a flag that is opened, or becomes grave, by its level.
    """
    said = {pk: as_json(found) for pk, found in signs.items()}
    new = [pk for pk in said if pk not in standing]
    changed = [flag for pk, flag in standing.items() if pk in said and flag.signs != said[pk]]
    gone = [flag for pk, flag in standing.items() if pk not in said]
    events = [_event(TaskAtEase, rows[flag.task_id], at) for flag in gone if flag.task_id in rows]
    if gone:
        for some in batches([flag.pk for flag in gone], 500):
            RiskFlag.objects.filter(pk__in=some, closed_at__isnull=True).update(closed_at=at)
    graver, turned = [], []
    for flag in changed:
        marks, level = flag.codes, flag.level
        flag.say(said[flag.task_id])
        if flag.level == Level.GRAVE != level:
            graver.append(flag.task_id)
        if flag.codes != marks:
            flag.changed_at = at
            turned.append(flag)
    # Most nights only numbers change: a column instead of four.
    other = {flag.pk for flag in turned}
    counted = [flag for flag in changed if flag.pk not in other]
    update_many(turned, ["signs", "codes", "level", "changed_at"])
    update_many(counted, ["signs"])
    made = [RiskFlag(task_id=pk, opened_at=at, changed_at=at) for pk in new]
    for flag in made:
        flag.say(said[flag.task_id])
    # A change in this very moment may have opened one of them.
    insert_many(made, passing_over=True)
    for pk in [*new, *graver]:
        kind = tells.get(level_of(said[pk]))
        if kind is not None:
            events.append(_event(kind, rows[pk], at))
    activity.record_many(events)
    return len(new), len(gone)


# What is overdue shows everywhere already: nobody need be told of it.
AT_NIGHT: Mapping[str, type[DomainEvent]] = {Level.GRAVE: TaskAtRisk, Level.SOON: TaskDueSoon}
# Whoever sets a near date knows it.
ON_CHANGE: Mapping[str, type[DomainEvent]] = {Level.GRAVE: TaskAtRisk}


def _event(kind: type[DomainEvent], row: Watched, at: datetime) -> DomainEvent:
    people = (row.owner,) if row.owner else ()
    return kind(subject_id=row.pk, by_id=None, at=at, department_id=row.department, person_ids=people)


# --- on demand ----------------------------------------------------------------------------------------------

ENDING = frozenset({"task.closed", "task.binned", "task.merged"})
ASKING = frozenset({"due_at", "owner", "estimate_minutes"})
ANEW = frozenset({"task.reopened", "task.restored", "task.dependency"})


def follow(events: Sequence[Event]) -> None:
    """Let flags follow what happened to tasks; called with the events of a change, inside its transaction.

    What is over is at risk no more: one query. New dates and links ask again for what dates tell: five queries. A new
    task asks one, and is flagged at once when it is due within days.
    """
    over = [event for event in events if event.kind in ENDING]
    if over:
        ids = [event.subject_id for event in over]
        RiskFlag.objects.open().filter(task__in=ids).update(closed_at=over[-1].at)
    changed = {
        event.subject_id: bool(ASKING & event.changes.keys())
        for event in events
        if event.kind in ANEW or (event.kind == "task.changed" and ASKING & event.changes.keys())
    }
    if 0 < len(changed) <= MOST_AT_ONCE:
        look_again(changed, at=events[-1].at)
    made = [event.subject_id for event in events if event.kind == "task.created"]
    if 0 < len(made) <= MOST_AT_ONCE:
        look_at_new(made, at=events[-1].at)


def look_at_new(ids: Sequence[int], *, at: datetime) -> None:
    """Flag new tasks that are due so soon that the date alone speaks against them. One query, four for these."""
    near = [row for row in watched(Task.objects.filter(pk__in=ids), at) if row.due_at < at + NEAR]
    if not near:
        return
    # Nothing waits for a new task's predecessors yet: a link asks again by itself.
    days, found = days_at(at), engine_rules(rules())
    signs = {row.pk: warning.warn(facts_of(row, at, days, None), found) for row in near}
    spoken = {pk: one for pk, one in signs.items() if one}
    sync(spoken, {}, {row.pk: row for row in near}, at=at, tells=ON_CHANGE)


def look_again(changed: Mapping[int, bool], *, at: datetime) -> None:
    """Ask again what the dates say of some tasks.

    What only the nightly run sees stands as it did, unless the value says that it rested on what has changed.
    """
    tasks = Task.objects.filter(pk__in=list(changed))
    rows = watched(tasks, at)
    standing = {flag.task_id: flag for flag in RiskFlag.objects.open().filter(task__in=list(changed))}
    if not rows and not standing:
        return
    days, found = days_at(at), engine_rules(rules())
    late = late_before(tasks, at, days) if rows else {}
    signs = {}
    for row in rows:
        own = list(warning.warn(facts_of(row, at, days, late.get(row.pk)), found))
        flag = standing.get(row.pk)
        if flag is not None and not changed[row.pk]:
            own += _kept(flag)
        if own:
            signs[row.pk] = sorted(own, key=lambda one: list(Code).index(one.code))
    sync(signs, standing, {row.pk: row for row in rows}, at=at, tells=ON_CHANGE)


def _kept(flag: RiskFlag) -> list[Sign]:
    """Return the signs of a flag that only the nightly run can see."""
    return [
        Sign(Code(one["code"]), {name: value for name, value in one.items() if name != "code"})
        for one in flag.signs
        if one["code"] in {code.value for code in DEEP}
    ]


def _question(row: Watched) -> Question:
    return Question(row.owner, row.category, row.estimate or outlooks.USUAL_ESTIMATE)


def _axis(spans: Sequence[tuple[float, float]], taken: Collection[Any], at: datetime) -> Axis:
    """Return the working time of a person without what their calendars hold."""
    if not taken:
        return Axis(spans)
    busy = [(_minutes(one.starts, at), _minutes(one.ends, at)) for one in taken]
    return Axis(intervals.subtract(spans, busy))


def _minutes(moment: datetime, at: datetime) -> float:
    return (moment - at).total_seconds() / 60
