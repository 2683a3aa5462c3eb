"""The workload: for each person and day, the work that is left against the working time there is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from opsloop.engines.blocks import Block, Span
from opsloop.engines.filters.dates import is_date
from opsloop.engines.language.readings import alphabetical
from opsloop.engines.workcalendar import WorkCalendar
from opsloop.engines.workload import Demand, spread
from opsloop.organisation.models import Person
from opsloop.organisation.queries.blocks import blocks_for_many
from opsloop.organisation.queries.calendar import working_calendar
from opsloop.organisation.roles import Permission
from opsloop.planning.models import Placement
from opsloop.work.models import Task
from opsloop.work.queries import lists
from opsloop.work.queries.lists import ListState
from opsloop.work.queries.scopes import team_departments

# What a workload has in its address besides the view.
KEEP = ("span", "day")
MOST_PEOPLE = 60
DAYS, WEEKS = 14, 8
# How far one looks ahead, by what the address says: days shown, and whether a column is a week.
SPANS: Mapping[str, tuple[int, bool]] = {"": (DAYS, False), "month": (28, False), "weeks": (7 * WEEKS, True)}
# A person is said to have room from this share of their time on.
ROOM = 0.6
# An open task: its id and owner, minutes estimated and percent done, begin and due.
Asked = tuple[int, int, int | None, int, datetime | None, datetime | None]
# A piece of somebody's plan: its task and person, from and to.
Standing = tuple[int, int, datetime, datetime]
# Work in the last days of a long span still counts in the weeks before.
FAR = timedelta(days=7 * WEEKS + 7)


@dataclass(frozen=True)
class Period:
    """One column: a day, or the days of a week."""

    first: date
    last: date
    kind: str
    name: str
    is_now: bool


@dataclass(frozen=True)
class Load:
    """Minutes of one person in some time; `state` is over, full, room, free or off."""

    planned: int
    available: int

    @property
    def state(self) -> str:
        """In a word, how it stands."""
        if self.planned > self.available:
            return "over"
        if not self.available:
            return "off"
        if not self.planned:
            return "free"
        return "full" if self.planned >= ROOM * self.available else "room"

    @property
    def difference(self) -> int:
        """Minutes too many or still free."""
        return abs(self.available - self.planned)

    @property
    def percent(self) -> int:
        """Planned in percent of what there is; 100 for anything on a day without working time."""
        return round(100 * self.planned / self.available) if self.available else 100 * bool(self.planned)

    @property
    def fill(self) -> str:
        """How far its bar is filled, as a width."""
        return f"{min(100, self.percent)}%"


@dataclass(frozen=True)
class Cell(Load):
    """The load of one person in one period."""

    period: Period


@dataclass(frozen=True)
class Line:
    """One person: a cell a period, and what cannot be laid on days."""

    person: Person
    cells: Sequence[Cell]
    without_due: int
    without_estimate: int

    @property
    def over(self) -> int:
        """In how many periods there is too much."""
        return sum(cell.state == "over" for cell in self.cells)


@dataclass(frozen=True)
class Workload:
    """People by periods, those with too much first."""

    periods: Sequence[Period]
    lines: Sequence[Line]
    hidden: int
    span: str
    before: str
    after: str

    @property
    def is_weeks(self) -> bool:
        """Whether a column is a week."""
        return SPANS[self.span][1]


@dataclass(frozen=True)
class Share:
    """What one task adds to a day."""

    task: Task
    minutes: int


@dataclass(frozen=True)
class _Work:
    """The open tasks of people as demands."""

    demands: dict[int, list[Demand]]
    placed: dict[int, dict[date, dict[int, int]]]
    without_due: dict[int, int]
    without_estimate: dict[int, int]


@dataclass(frozen=True)
class Loads:
    """What lies on people day by day, and what they have: person -> day -> minutes."""

    available: Mapping[int, Mapping[date, int]]
    # … -> task -> minutes.
    parts: Mapping[int, Mapping[date, Mapping[int, int]]]

    def of(self, person_id: int, day: date) -> Load:
        """Return the load of a person on one day."""
        planned = sum(self.parts[person_id].get(day, {}).values())
        return Load(planned, self.available[person_id].get(day, 0))


def looked_at(days: Sequence[date], today: date) -> tuple[date, date]:
    """Return the first and the last day that count for the load of `days`: work is spread until it is due."""
    return min(days[0], today), max(days[-1], today + FAR)


def loads(
    people: Sequence[Person],
    days: Sequence[date],
    *,
    calendar: WorkCalendar,
    now: datetime,
    leave: Mapping[int, Sequence[Span]],
    tasks: Sequence[Asked],
    pieces: Iterable[Standing],
) -> Loads:
    """Return the load that `tasks`, with the `pieces` of today and later, lay on `people` on `days`.

    The tasks are open and belong to `people`. `calendar` and `leave` (person id -> spans) reach over `looked_at`, the
    latter a day further on both sides, because people live in different zones. Two queries for the time people have.
    """
    today = timezone.localtime(now).date()
    capacity = _capacity(people, days, today, calendar=calendar, leave=leave)
    since = timezone.make_aware(datetime.combine(today, time()))
    placed = _placed({pk: owner for pk, owner, *_rest in tasks}, (one for one in pieces if one[2] >= since))
    work = _summed(tasks, placed, today)
    return Loads(capacity, {one.pk: _load(one, capacity[one.pk], work, today) for one in people})


def people_of(person: Person, scope: str) -> list[Person]:
    """Return those whose load `person` may look at: oneself, and the people one plans for. One query."""
    reach = person.reaches.departments(Permission.PLAN_TEAM)
    if scope == "mine" or (reach is not None and not reach):
        return [person]
    team = team_departments(person) if scope == "team" else None
    wanted = reach if team is None else team if reach is None else reach & team
    people = Person.objects.active().select_related("department")
    found = list(people if wanted is None else people.filter(department_id__in=wanted))
    found.sort(key=lambda one: alphabetical(one.name))
    return found if person in found or scope == "team" else [person, *found]


def workload(person: Person, state: ListState, *, day: str, span: str, now: datetime) -> Workload:
    """Return the workload from the week of `day` on, `span` of SPANS. About a dozen queries, however many people."""
    length, is_weeks = SPANS[span]
    today = timezone.localtime(now).date()
    start = date.fromisoformat(day) if is_date(day) else today
    start = min(max(start, today - timedelta(days=366)), today + timedelta(days=366))
    start -= timedelta(days=start.weekday())
    people = people_of(person, state.scope)
    shown = people[:MOST_PEOPLE]
    days = [start + timedelta(days=n) for n in range(length)]
    capacity = _capacity(shown, days, today)
    work = _work(person, state, shown, today, now)
    periods = _periods(days, today, is_weeks=is_weeks)
    lines = [_line(one, periods, capacity[one.pk], work, today) for one in shown]
    step = timedelta(days=length)
    return Workload(
        periods, sorted(lines, key=lambda line: -line.over), len(people) - len(shown), span,
        (start - step).isoformat(), (start + step).isoformat(),
    )  # fmt: skip


def shares(
    viewer: Person, state: ListState, who: Person, *, first: date, last: date, now: datetime
) -> tuple[list[Share], int]:
    """Return what fills a cell, the biggest first, and the working minutes there are."""
    today = timezone.localtime(now).date()
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    capacity = _capacity([who], days, today)[who.pk]
    work = _work(viewer, state, [who], today, now)
    load = _load(who, capacity, work, today)
    minutes: dict[int, int] = {}
    for one in days:
        for pk, part in load.get(one, {}).items():
            minutes[pk] = minutes.get(pk, 0) + part
    tasks = lists.with_neighbours(Task.objects.filter(pk__in=minutes).order_by())
    found = [Share(task, minutes[task.pk]) for task in tasks]
    return sorted(found, key=lambda one: -one.minutes), sum(capacity.get(one, 0) for one in days)


def _capacity(
    people: Sequence[Person],
    days: Sequence[date],
    today: date,
    *,
    calendar: WorkCalendar | None = None,
    leave: Mapping[int, Sequence[Span]] | None = None,
) -> dict[int, dict[date, int]]:
    """Return person -> day -> working minutes, from today on as far as work can lie."""
    first, last = looked_at(days, today)
    every = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    calendar = calendar or working_calendar({one.year for one in every})
    blocks = blocks_for_many(people, every, calendar=calendar, leave=leave)
    # Those who work alike have the very same blocks.
    alike = {id(own): _minutes(own, every) for own in {id(own): own for own in blocks.values()}.values()}
    return {person.pk: alike[id(blocks[person.pk])] for person in people}


def _minutes(blocks: Iterable[Block], days: Iterable[date]) -> dict[date, int]:
    minutes = dict.fromkeys(days, 0)
    for block in blocks:
        if block.kind.workable:
            day = block.start.date()
            minutes[day] = minutes.get(day, 0) + int((block.end - block.start).total_seconds() // 60)
    return minutes


def _work(person: Person, state: ListState, people: Sequence[Person], today: date, now: datetime) -> _Work:
    """Return what is left of the open tasks that the viewer may see. Two queries."""
    rows = lists.matching(person, state, now=now).filter(owner__in=people, closed_at__isnull=True).order_by()
    tasks = list(rows.values_list("pk", "owner_id", "estimate_minutes", "progress", "starts_at", "due_at"))
    return _summed(tasks, _placements({pk: owner for pk, owner, *_rest in tasks}, today), today)


def _summed(tasks: Iterable[Asked], placed: dict[int, dict[date, dict[int, int]]], today: date) -> _Work:
    work = _Work({}, placed, {}, {})
    for pk, owner, estimate, progress, starts_at, due_at in tasks:
        if estimate is None:
            work.without_estimate[owner] = work.without_estimate.get(owner, 0) + 1
            continue
        planned = sum(parts.get(pk, 0) for parts in placed.get(owner, {}).values())
        left = max(0, round(estimate * (100 - progress) / 100) - planned)
        if due_at is None:
            work.without_due[owner] = work.without_due.get(owner, 0) + left
            continue
        first = timezone.localtime(starts_at).date() if starts_at else today
        work.demands.setdefault(owner, []).append(Demand(pk, left, first, timezone.localtime(due_at).date()))
    return work


def _placements(owners: Mapping[int, int], today: date) -> dict[int, dict[date, dict[int, int]]]:
    """Return owner -> day -> task -> minutes of what is planned already."""
    since = timezone.make_aware(datetime.combine(today, time()))
    rows = Placement.objects.filter(starts_at__gte=since, task__in=list(owners)).order_by()
    return _placed(owners, rows.values_list("task_id", "person_id", "starts_at", "ends_at"))


def _placed(owners: Mapping[int, int], rows: Iterable[Standing]) -> dict[int, dict[date, dict[int, int]]]:
    found: dict[int, dict[date, dict[int, int]]] = {}
    for pk, person_id, starts_at, ends_at in rows:
        if person_id != owners.get(pk):
            continue
        parts = found.setdefault(person_id, {}).setdefault(timezone.localtime(starts_at).date(), {})
        parts[pk] = parts.get(pk, 0) + int((ends_at - starts_at).total_seconds() // 60)
    return found


def _load(
    person: Person, capacity: Mapping[date, int], work: _Work, today: date
) -> dict[date, dict[int, int]]:
    load = spread(work.demands.get(person.pk, ()), capacity, today=today)
    for day, parts in work.placed.get(person.pk, {}).items():
        for pk, minutes in parts.items():
            there = load.setdefault(day, {})
            there[pk] = there.get(pk, 0) + minutes
    return load


def _periods(days: Sequence[date], today: date, *, is_weeks: bool) -> list[Period]:
    if is_weeks:
        starts: Iterable[date] = days[::7]
        return [
            Period(one, one + timedelta(days=6), "week", "", one <= today <= one + timedelta(days=6))
            for one in starts
        ]
    calendar = working_calendar({one.year for one in days})
    return [Period(one, one, calendar.kind_of(one), calendar.name_of(one), one == today) for one in days]


def _line(
    person: Person, periods: Sequence[Period], capacity: Mapping[date, int], work: _Work, today: date
) -> Line:
    load = _load(person, capacity, work, today)
    cells = []
    for period in periods:
        span = [period.first + timedelta(days=n) for n in range((period.last - period.first).days + 1)]
        planned = sum(sum(load.get(one, {}).values()) for one in span)
        # What is over is over: the days before today ask for nothing.
        available = sum(capacity.get(one, 0) for one in span if one >= today)
        cells.append(Cell(planned, available, period))
    return Line(person, cells, work.without_due.get(person.pk, 0), work.without_estimate.get(person.pk, 0))
