"""The values of the numbers, week by week or month by month, asked of the record: a handful of grouped queries.

Grouped by a CASE over the ends of the stretches instead of by the database's own weeks: on SQLite these are a call
into Python for every row, and each of several counts with a filter looks at every row anew.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Case, Count, F, IntegerField, Q, QuerySet, Sum, Value, When

from opsloop.dashboards.models import Target
from opsloop.dashboards.numbers import NUMBERS, Number
from opsloop.dashboards.queries.looks import Look
from opsloop.engines import attainment
from opsloop.engines.dashboard import Backlog, Stretch, Verdict, backlogs, share, turn
from opsloop.engines.reviewing import stray
from opsloop.goals.models import CheckIn, Goal
from opsloop.organisation.models import Department
from opsloop.progress.models import RiskFlag
from opsloop.timekeeping.models import TimeEntry
from opsloop.work.models import Task

KEY_IMPORTANCE = 4
# Of a task that was due: what became of it.
OPEN, LATE, IN_TIME = 0, 1, 2


@dataclass(frozen=True)
class Reading:
    """One value of a number: in percent, None where nothing was to be counted, as so many of so many."""

    stretch: Stretch
    value: int | None
    part: int = 0
    whole: int = 0


@dataclass(frozen=True)
class Figure:
    """A number with its trend, its target and how it stands to it."""

    number: Number
    readings: Sequence[Reading]
    target: int
    is_own_target: bool

    @property
    def now(self) -> Reading:
        """The value of the stretch that is looked at."""
        return self.readings[-1]

    @property
    def verdict(self) -> Verdict:
        """How it stands to its target."""
        return self.number.judge(self.now.value, self.target)

    @property
    def turn(self) -> tuple[int, bool | None] | None:
        """By how much it moved since the stretch before, and whether to the better."""
        before = self.readings[-2].value if len(self.readings) > 1 else None
        return turn(self.now.value, before, better=self.number.better)


Values = Sequence[Reading]


def figures(look: Look) -> list[Figure]:
    """Return the numbers of a look, in their usual order. Seven queries, however many rows there are."""
    targets = targets_of(look.department)
    due = due_readings(look)
    standing = backlog(look)
    found: Mapping[str, Values] = {
        "key": due["key"],
        "in_time": due["in_time"],
        "overdue": [
            _of(s, one.overdue, one.open, "less") for s, one in zip(look.stretches, standing, strict=True)
        ],
        "risk": [
            _of(s, at_risk, one.open, "less")
            for s, one, at_risk in zip(look.stretches, standing, flags_standing(look), strict=True)
        ],
        "goals": goal_readings(look),
        "stray": stray_readings(look),
    }
    return [
        Figure(one, found[one.code], targets.get(one.code, one.target), one.code in targets)
        for one in NUMBERS
    ]


def figure_of(number: Number, look: Look) -> Figure:
    """Return one number of a look. Four queries at most."""
    code, targets = number.code, targets_of(look.department)
    if code in ("key", "in_time"):
        readings: Values = due_readings(look)[code]
    elif code in ("overdue", "risk"):
        standing = backlog(look)
        parts = [one.overdue for one in standing] if code == "overdue" else flags_standing(look)
        rows = zip(look.stretches, parts, standing, strict=True)
        readings = [_of(stretch, part, one.open, "less") for stretch, part, one in rows]
    else:
        readings = goal_readings(look) if code == "goals" else stray_readings(look)
    return Figure(number, readings, targets.get(code, number.target), code in targets)


def _of(stretch: Stretch, part: int, whole: int, better: Any) -> Reading:
    return Reading(stretch, share(min(part, whole), whole, better), part, whole)


def targets_of(department: Department | None) -> dict[str, int]:
    """Return the targets that count for a department: its own, else those of the nearest above, else of all."""
    chain = [*department.ancestor_ids, department.pk] if department else []
    rows = Target.objects.filter(Q(department__isnull=True) | Q(department__in=chain))
    places: dict[int | None, int] = {pk: place for place, pk in enumerate(chain)}
    places[None] = -1
    found = sorted(rows, key=lambda row: places[row.department_id])
    return {row.number: row.value for row in found}


def slot_of(column: str, ends: Sequence[datetime]) -> Case:
    """Return the number of the first of `ends` that `column` does not lie after; as many as there are for later."""
    return Case(
        *[When(**{f"{column}__lt": end}, then=Value(place)) for place, end in enumerate(ends)],
        default=Value(len(ends)),
        output_field=IntegerField(),
    )


def ends_of(look: Look) -> list[datetime]:
    """Return the moments at which the stretches of the trend end; of the one that is not over, now."""
    return [look.end(one) for one in look.stretches]


def tasks_due(look: Look, begin: datetime, end: datetime) -> QuerySet[Task]:
    """Return the tasks that were due in a span up to now, without what was cancelled."""
    rows: QuerySet[Task] = Task.objects.alive().filter(look.of_tasks(), due_at__gte=begin, due_at__lt=end)
    return rows.exclude(status=Task.Status.CANCELLED).order_by()


OUTCOME = Case(
    When(status=Task.Status.DONE, closed_at__lte=F("due_at"), then=Value(IN_TIME)),
    When(status=Task.Status.DONE, then=Value(LATE)),
    default=Value(OPEN),
    output_field=IntegerField(),
)
IS_KEY = Case(
    When(importance__gte=KEY_IMPORTANCE, then=Value(1)), default=Value(0), output_field=IntegerField()
)


def due_readings(look: Look) -> dict[str, list[Reading]]:
    """Return how much of what was due was done, and in time. One query."""
    ends = ends_of(look)
    rows = tasks_due(look, look.begin(look.stretches[0]), ends[-1])
    groups = rows.values_list(slot_of("due_at", ends), IS_KEY, OUTCOME).annotate(n=Count("pk"))
    counts: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
    for slot, is_key, outcome, n in groups:
        counts[slot].append((is_key, outcome, n))
    found: dict[str, list[Reading]] = {"key": [], "in_time": []}
    for place, stretch in enumerate(look.stretches):
        key = [row for row in counts[place] if row[0]]
        found["key"].append(_of(stretch, _sum(key, LATE, IN_TIME), _sum(key, OPEN, LATE, IN_TIME), "more"))
        whole = _sum(counts[place], OPEN, LATE, IN_TIME)
        found["in_time"].append(_of(stretch, _sum(counts[place], IN_TIME), whole, "more"))
    return found


def _sum(groups: Sequence[tuple[int, int, int]], *outcomes: int) -> int:
    return sum(n for _is_key, outcome, n in groups if outcome in outcomes)


def backlog(look: Look) -> list[Backlog]:
    """Return how much was open and overdue at the end of each stretch. One query."""
    ends = ends_of(look)
    made, due, gone = (slot_of(column, ends) for column in ("created_at", "due_at", "closed_at"))
    rows = [part.values_list(made, due, gone).annotate(n=Count("pk")) for part in open_since(look, ends[0])]
    return backlogs(list(rows[0].union(*rows[1:], all=True)), len(ends))


def open_since(look: Look, moment: datetime) -> list[QuerySet[Task]]:
    """Return the tasks that were open at `moment` or later: what is open now, and what was closed since.

    Apart, because each has an index and both together have none; of now there is only the first.
    """
    rows = Task.objects.alive().filter(look.of_tasks()).order_by()
    parts: list[QuerySet[Task]] = [rows.filter(closed_at__isnull=True)]
    return parts if moment >= look.now else [*parts, rows.filter(closed_at__gte=moment)]


def flags_standing(look: Look) -> list[int]:
    """Return how many open tasks carried a sign of risk at the end of each stretch. One query."""
    ends = ends_of(look)
    rows = RiskFlag.objects.filter(look.through("task"), task__deleted_at__isnull=True).order_by()
    rows = rows.filter(Q(closed_at__isnull=True) | Q(closed_at__gte=ends[0]))
    # A task that is closed carries its sign until the next look at it.
    groups = rows.values_list(
        slot_of("opened_at", ends), slot_of("closed_at", ends), slot_of("task__closed_at", ends)
    ).annotate(n=Count("task", distinct=True))
    found = list(groups)
    return [
        sum(n for opened, closed, done, n in found if opened <= place < min(closed, done))
        for place in range(len(ends))
    ]


def stray_readings(look: Look) -> list[Reading]:
    """Return how far the hours of finished tasks lay from their estimates. One query."""
    ends = ends_of(look)
    found: dict[int, list[int]] = defaultdict(lambda: [0, 0, 0])
    slot = slot_of("task__closed_at", ends)
    rows = hours_of_finished(look, look.begin(look.stretches[0]), ends[-1], slot=slot)
    for place, estimate, spent in rows.values_list("slot", "estimate", "spent"):
        sums = found[place]
        sums[0] += estimate
        sums[1] += spent
        sums[2] += 1
    return [
        Reading(stretch, stray(found[place][0], found[place][1]), part=found[place][2], whole=found[place][2])
        for place, stretch in enumerate(look.stretches)
    ]


def hours_of_finished(look: Look, begin: datetime, end: datetime, **also: Any) -> Any:
    """Return the finished tasks of a span with `estimate` and `spent` in minutes, and what is wanted `also`."""
    finished = (
        Task.objects.alive()
        .filter(look.of_tasks(), closed_at__gte=begin, closed_at__lt=end, status=Task.Status.DONE)
        .filter(estimate_minutes__gt=0)
    )
    rows: Any = TimeEntry.objects.filter(task__in=finished.order_by().values("pk")).order_by()
    by_task = rows.values("task_id", estimate=F("task__estimate_minutes"), **also)
    return by_task.annotate(spent=Sum("minutes")).filter(spent__gt=0)


@dataclass(frozen=True)
class Paced:
    """A goal at a moment: how far it was, how far an even pace would have been, both in percent."""

    goal: Goal
    share: Decimal
    expected: Decimal

    @property
    def keeps_pace(self) -> bool:
        """Whether it does not lag behind by more than is tolerated."""
        return attainment.pace(self.share, self.expected) in ("reached", "ahead", "on")


def goal_readings(look: Look) -> list[Reading]:
    """Return how many goals kept pace at the end of each stretch. Three queries."""
    goals, said = _goals_and_said(look, ends_of(look)[0])
    found = []
    for stretch in look.stretches:
        at = _paced(look, goals, said, look.end(stretch))
        found.append(_of(stretch, sum(one.keeps_pace for one in at), len(at), "more"))
    return found


def paced_goals(look: Look, moment: datetime) -> list[Paced]:
    """Return the goals of a look that are measured, as they stood at `moment`. Three queries, two for now."""
    return _paced(look, *_goals_and_said(look, moment), moment)


Said = Mapping[int, Sequence[tuple[datetime, Decimal]]]


def _goals_and_said(look: Look, since: datetime) -> tuple[list[Goal], Said]:
    active = Q(closed_at__isnull=True) | Q(closed_at__gte=since)
    rows = Goal.objects.alive().filter(look.of_goals(), active, due_on__isnull=False)
    rows = rows.exclude(status=Goal.Status.CANCELLED).defer("description", "closing_note")
    goals = list(rows.prefetch_related("key_results").select_related("owner", "department"))
    said: dict[int, list[tuple[datetime, Decimal]]] = defaultdict(list)
    if since >= look.now:
        return goals, said
    results = [result.pk for goal in goals for result in goal.key_results.all()]
    checks = CheckIn.objects.filter(key_result__in=results).order_by("at", "pk")
    for result, at, value in checks.values_list("key_result_id", "at", "value"):
        said[result].append((at, value))
    return goals, said


def _paced(look: Look, goals: Sequence[Goal], said: Said, moment: datetime) -> list[Paced]:
    day, found = moment.astimezone(look.zone).date(), []
    for goal in goals:
        results = list(goal.key_results.all())
        is_active = goal.created_at <= moment and (goal.closed_at is None or goal.closed_at > moment)
        if not results or not is_active or goal.begins_on > day:
            continue
        shares = [
            attainment.attained(one.from_value, one.to_value, _value_at(one, said, moment, look.now))
            for one in results
        ]
        way, due = attainment.mean(shares), attainment.expected(goal.begins_on, goal.due_on, day)
        if way is not None and due is not None:
            found.append(Paced(goal, way, due))
    return found


def _value_at(result: Any, said: Said, moment: datetime, now: datetime) -> Decimal:
    """Return where a key result stood: what was said last before, else its start; now what it says itself."""
    if moment >= now:
        value: Decimal = result.current_value
        return value
    before = [value for at, value in said.get(result.pk, ()) if at <= moment]
    start: Decimal = result.from_value
    return before[-1] if before else start
