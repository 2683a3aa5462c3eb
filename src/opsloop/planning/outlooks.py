"""When tasks, projects and goals will be done: the open work of those who do it, drawn many times.

The order in which people take their tasks is that of due dates; what they have accepted into their weeks is not read,
since a date weeks ahead hangs on what comes before it and not on the hour it stands at.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

from django.db.models import Q, Sum

from opsloop.engines.forecasting import Calendar, Decider, Forecast, Work, simulate
from opsloop.organisation import queries as organisation
from opsloop.organisation.models import Person
from opsloop.organisation.queries.blocks import zone_of
from opsloop.timekeeping.forecasts import Question, forecasts
from opsloop.timekeeping.models import TimeEntry
from opsloop.timekeeping.queries import minutes_by_task
from opsloop.work.models import Dependency, Task

if TYPE_CHECKING:
    from collections.abc import Hashable

RUNS = 4000
# Of more open tasks, the first by due date; the rest wait behind them anyway.
MOST_TASKS = 200
DAYS_AHEAD = 35
# So long back, hours recorded on tasks against working time say how much of a day goes into tasks.
DAYS_BACK = 28
USUAL_SHARE, LEAST_SHARE = 0.7, 0.3
ENOUGH_MINUTES = 600
# A task without an estimate is taken for one of this length, and that is said.
USUAL_ESTIMATE = 60
MOST_DECIDERS = 3
# What stands on the deciding chain in fewer draws decides nothing.
LEAST_DECIDING = 0.1


@dataclass(frozen=True)
class Deciding:
    """A task that the date hangs on, in `percent` % of the draws."""

    task: Task
    percent: int


@dataclass(frozen=True)
class Outlook:
    """When open work will be done: half of the draws end by the day `half`, 80 % by `most`, where the reader lives.

    `percent` is the probability of the due time, in steps of 5 from 5 to 95; None without one. `guessed` tasks had no
    estimate.
    """

    half: date
    most: date
    percent: int | None
    deciding: Sequence[Deciding]
    tasks: int
    guessed: int


def outlook(wanted: Collection[int], *, due_at: datetime | None, by: Person, at: datetime) -> Outlook | None:
    """Return when the open tasks with the keys `wanted` will all be done, or None if there are none.

    Counted is what their owners have to do before; what decides is named as far as `by` may see it. At most ten
    queries.
    """
    tasks = _tasks(wanted)
    targets = [task.pk for task in tasks if task.pk in set(wanted)]
    if not targets:
        return None
    said, correlation = _forecasts(tasks, at)
    works = _works(tasks, said, at)
    people = {task.owner_id: task.owner for task in tasks if task.owner}.values()
    plan = simulate(works, calendars(list(people), at), correlation=correlation, runs=RUNS)
    return Outlook(
        half=_day(plan.end(targets, 0.5), at, by),
        most=_day(plan.end(targets, 0.8), at, by),
        percent=None if due_at is None else _percent(plan.probability(targets, _minutes(due_at, at))),
        deciding=_deciding(plan.deciders(targets, MOST_DECIDERS + len(targets) // 20), by),
        tasks=len(targets),
        guessed=sum(1 for task in tasks if task.pk in targets and not task.estimate_minutes),
    )


def end_of(day: date | None, person: Person) -> datetime | None:
    """Return the end of a day where the person lives."""
    if day is None:
        return None
    return datetime.combine(day + timedelta(days=1), time(), tzinfo=zone_of(person))


def _tasks(wanted: Collection[int]) -> list[Task]:
    """Return the open tasks asked for and up to two links before them, with those their owners have besides.

    In the order of due dates. One query.
    """
    keys = list(wanted)
    first = Dependency.objects.filter(successor__in=keys).values("predecessor")
    second = Dependency.objects.filter(successor__in=first).values("predecessor")
    chain = Q(pk__in=keys) | Q(pk__in=first) | Q(pk__in=second)
    owners = Task.objects.open().filter(chain, owner__isnull=False).order_by().values("owner")
    rows = Task.objects.open().filter(chain | Q(owner__in=owners))
    found = list(
        rows.filter(chain | Q(actions__isnull=True))
        .distinct()
        .select_related("owner")
        .only(
            "pk", "title", "parent_id", "owner", "category_id", "estimate_minutes", "due_at", "starts_at", "importance",
            "owner__name", "owner__time_zone", "owner__department_id",
        )
    )  # fmt: skip
    far = datetime.max.replace(tzinfo=UTC)
    found.sort(key=lambda task: (task.due_at or far, -task.importance, task.pk))
    # Where its actions are asked for too, a task is their sum and is not counted twice.
    sums = {task.parent_id for task in found if task.pk in wanted}
    return _most([task for task in found if task.pk not in sums], set(wanted))


def _most(tasks: list[Task], wanted: set[int]) -> list[Task]:
    """Return at most 200 tasks, those asked for before all others, in the order they stand in."""
    asked = [task.pk for task in tasks if task.pk in wanted][:MOST_TASKS]
    others = [task.pk for task in tasks if task.pk not in wanted][: MOST_TASKS - len(asked)]
    kept = {*asked, *others}
    return [task for task in tasks if task.pk in kept]


def _forecasts(tasks: Sequence[Task], at: datetime) -> tuple[list[Forecast], float]:
    questions = [
        Question(task.owner_id, task.category_id, task.estimate_minutes or USUAL_ESTIMATE) for task in tasks
    ]
    return forecasts(questions, at=at)


def _works(tasks: Sequence[Task], said: Sequence[Forecast], at: datetime) -> list[Work]:
    """Return tasks as the engine knows them. Two queries."""
    keys = [task.pk for task in tasks]
    worked = minutes_by_task(keys)
    after: dict[int, list[tuple[int, float]]] = defaultdict(list)
    links = Dependency.objects.filter(successor__in=keys, predecessor__in=keys)
    for before, successor, lag in links.values_list("predecessor_id", "successor_id", "lag_minutes"):
        after[successor].append((before, float(lag)))
    return [
        Work(
            id=task.pk,
            owner=task.owner_id,
            forecast=forecast,
            worked=float(worked.get(task.pk, 0)),
            earliest=_minutes(task.starts_at, at) if task.starts_at else 0.0,
            after=tuple(after[task.pk]),
        )
        for task, forecast in zip(tasks, said, strict=True)
    ]


def calendars(people: Sequence[Person], at: datetime) -> dict[Hashable, Calendar]:
    """Return when people work from `at` on, and how much of that goes into tasks, by their keys. Six queries.

    Under None stands the calendar of work that nobody owns.
    """
    today = at.date()
    days = [today + timedelta(days=offset) for offset in range(-DAYS_BACK, DAYS_AHEAD)]
    blocks = organisation.blocks_for_many(people, days)
    logged = _logged(people, at)
    usual = Calendar((), USUAL_SHARE)
    found: dict[Hashable, Calendar] = {None: usual}
    for person in people:
        work = [
            (_minutes(block.start, at), _minutes(block.end, at))
            for block in blocks[person.pk]
            if block.kind.workable
        ]
        past = sum(min(end, 0.0) - start for start, end in work if start < 0)
        ahead = tuple((max(start, 0.0), end) for start, end in work if end > 0)
        found[person.pk] = Calendar(ahead, _share(logged.get(person.pk, 0), past))
    return found


def _logged(people: Sequence[Person], at: datetime) -> Mapping[int, int]:
    rows = TimeEntry.objects.filter(
        person__in=people,
        task__isnull=False,
        started_at__gte=at - timedelta(days=DAYS_BACK),
        started_at__lt=at,
    )
    return dict(rows.order_by().values_list("person_id").annotate(total=Sum("minutes")))


def _share(logged: int, past: float) -> float:
    """Return how much of working time goes into tasks; with little logged it is what is usual."""
    if logged < ENOUGH_MINUTES or past <= 0:
        return USUAL_SHARE
    return max(LEAST_SHARE, min(1.0, logged / past))


def _deciding(deciders: Sequence[Decider], by: Person) -> list[Deciding]:
    shares = {one.id: one.share for one in deciders if one.share >= LEAST_DECIDING}
    seen = {
        task.pk: task for task in Task.objects.visible_to(by).filter(pk__in=list(shares)).only("pk", "title")
    }
    return [Deciding(seen[key], round(share * 100)) for key, share in shares.items() if key in seen][
        :MOST_DECIDERS
    ]


def _percent(share: float) -> int:
    """Return a probability in steps of 5: finer would pretend to know more than draws can."""
    return max(5, min(95, round(share * 20) * 5))


def _minutes(moment: datetime, at: datetime) -> float:
    return (moment - at).total_seconds() / 60


def _day(minutes: float, at: datetime, reader: Person) -> date:
    """Return a day at most ten years ahead: the hour would pretend to know more than draws can."""
    ahead = timedelta(minutes=min(minutes, 10 * 366 * 1440))
    return (at + ahead).astimezone(zone_of(reader)).date()
