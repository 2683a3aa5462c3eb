"""The facts of a review, asked of the record: what was due, what was late, where the hours went, what stood in the way.

Everything is of one *subject*: a person, or a department with all below it. A handed in review keeps them as JSON:
`Facts.to_json` and `Facts.from_json` are the two sides of that.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

from django.db.models import Case, Count, F, IntegerField, Q, QuerySet, Sum, Value, When, Window
from django.utils.translation import gettext as _

from opsloop.collaboration.queries.figures import across
from opsloop.engines.reviewing import Period, Rate, Share, shares, stray
from opsloop.goals.models import Goal
from opsloop.organisation.models import Department, Person
from opsloop.progress.models import DelayRequest
from opsloop.progress.queries.rules import cause_names, causes, name_of
from opsloop.rituals.models import DailyNote
from opsloop.timekeeping.models import TimeEntry
from opsloop.work.models import Task
from opsloop.work.models.tasks import within

# 关键任务: goal relevance from here on.
KEY_IMPORTANCE = 4
MOST_LATE, MOST_GOALS, MOST_KINDS, MOST_OBSTACLES, MOST_CROSSINGS = 12, 8, 6, 8, 12


@dataclass(frozen=True)
class Late:
    """A task that was late: by how many days so far, and whether it is still open."""

    pk: int
    title: str
    owner: str
    days: int
    is_open: bool
    is_key: bool
    is_foreign: bool


@dataclass(frozen=True)
class GoalFact:
    """A goal of the period: how far it is (whole percent, None without a measure) and whether it has been reached."""

    pk: int
    title: str
    attained: int | None
    status: str


@dataclass(frozen=True)
class Obstacle:
    """What somebody reported as standing in the way, and whether it was answered."""

    pk: int
    name: str
    day: date
    text: str
    is_answered: bool


@dataclass(frozen=True)
class DelayFact:
    """A cause that was named when another date was asked for, and how often."""

    name: str
    count: int


NOTHING = Rate()


@dataclass(frozen=True)
class Crossing:
    """How a department and another one worked for each other, in one direction; `to_us`: the other one asked."""

    name: str
    to_us: bool
    asked: int
    answered: Rate
    delivered: Rate
    late: int


@dataclass(frozen=True)
class Facts:
    """What the record says of a subject's period; minutes are whole, percents may be None."""

    key: Rate = NOTHING
    all: Rate = NOTHING
    in_time: Rate = NOTHING
    foreign: Rate = NOTHING
    estimated: int = 0
    actual: int = 0
    compared: int = 0
    late: Sequence[Late] = ()
    late_count: int = 0
    delays: Sequence[DelayFact] = ()
    kinds: Sequence[Share] = ()
    goals: Sequence[GoalFact] = ()
    obstacles: Sequence[Obstacle] = ()
    obstacle_count: int = 0
    crossings: Sequence[Crossing] = ()
    # When they were gathered.
    at: datetime | None = field(default=None, compare=False)

    @property
    def stray(self) -> int | None:
        """By how many percent the hours of finished tasks lie above their estimates."""
        return stray(self.estimated, self.actual)

    @property
    def worked(self) -> int:
        """The recorded minutes."""
        return sum(share.minutes for share in self.kinds)

    @property
    def more_late(self) -> int:
        """How many late tasks are not listed."""
        return self.late_count - len(self.late)

    @property
    def more_obstacles(self) -> int:
        """How many obstacles are not listed."""
        return self.obstacle_count - len(self.obstacles)

    def to_json(self) -> dict[str, Any]:
        """Return the facts as a handed in review keeps them."""
        kept = asdict(self)
        kept["obstacles"] = [{**one, "day": one["day"].isoformat()} for one in kept["obstacles"]]
        kept["at"] = self.at.isoformat() if self.at else None
        return kept

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Facts:
        """Return the facts that `to_json` wrote; fields it did not know are empty."""
        rates: dict[str, Any] = {
            name: Rate(**kept[name]) for name in ("key", "all", "in_time", "foreign") if name in kept
        }
        plain = ("estimated", "actual", "compared", "late_count", "obstacle_count")
        return cls(
            **rates,
            **{name: kept.get(name, 0) for name in plain},
            late=[Late(**one) for one in kept.get("late", ())],
            delays=[DelayFact(**one) for one in kept.get("delays", ())],
            kinds=[Share(**one) for one in kept.get("kinds", ())],
            goals=[GoalFact(**one) for one in kept.get("goals", ())],
            obstacles=[
                Obstacle(**{**one, "day": date.fromisoformat(one["day"])})
                for one in kept.get("obstacles", ())
            ],
            crossings=[
                Crossing(
                    **{**one, "answered": Rate(**one["answered"]), "delivered": Rate(**one["delivered"])}
                )
                for one in kept.get("crossings", ())
            ],
            at=datetime.fromisoformat(kept["at"]) if kept.get("at") else None,
        )


@dataclass(frozen=True)
class Subject:
    """Whose facts: a person's, those of departments, or a project's; `name` is shown."""

    name: str
    person: Person | None = None
    departments: Sequence[int] = ()
    # The key of a project.
    project: int | None = None

    def tasks(self) -> QuerySet[Task]:
        """Return the tasks it answers for, without those in the bin."""
        rows: QuerySet[Task] = Task.objects.alive()
        if self.project is not None:
            return rows.filter(project_id=self.project)
        if self.person is not None:
            return rows.filter(owner=self.person)
        return rows.filter(within("department_id", self.departments))

    def of_tasks(self) -> Q:
        """Return the condition on rows that name a `task`."""
        if self.project is not None:
            return Q(task__project_id=self.project)
        if self.person is not None:
            return Q(task__owner=self.person)
        return Q(task__department__in=self.departments)

    def of_people(self) -> Q:
        """Return the condition on rows that name a `person`; of a project: those that name a task of it."""
        if self.project is not None:
            return Q(task__project_id=self.project)
        if self.person is not None:
            return Q(person=self.person)
        return Q(person__department_id__in=self.departments)


def subject_of(
    person: Person, department: Department | None, family: Collection[int] | None = None
) -> Subject:
    """Return whose facts a review of `person` (or of `department` and all below it) shows.

    At most one query, none where the caller knows the `family`: the department and all below it.
    """
    if department is None:
        return Subject(person.name, person)
    if family is not None:
        return Subject(department.name, None, sorted(family))
    below = Department.objects.below([department.path]).values_list("pk", flat=True)
    return Subject(department.name, None, sorted({department.pk, *below}))


Part = Literal["figures", "late", "around"]
# What a page fetches apart: figures and hours, what was late and why, goals, obstacles and other departments. Three
# queries each, one more for the other departments of a department.
PARTS: Sequence[Part] = ("figures", "late", "around")


def gather(
    subject: Subject, period: Period, *, zone: ZoneInfo, at: datetime, parts: Collection[Part] = PARTS
) -> Facts:
    """Return the facts of a period as they stand at `at`, or some parts of them. Ten queries at most for all."""
    span = span_of(period, zone)
    found: dict[str, Any] = {"at": at}
    if "figures" in parts:
        found |= _rates(figures_of(subject, span, at))
        found["estimated"], found["actual"], found["compared"] = _against_estimates(subject, span)
        found["kinds"] = _kinds(subject, span)
    if "late" in parts:
        found["late"], found["late_count"] = _late(subject, span, at)
        found["delays"] = _delays(subject, span)
    if "around" in parts:
        found["goals"] = _goals(subject, period)
        found["obstacles"], found["obstacle_count"] = _obstacles(subject, period)
        if subject.departments:
            found["crossings"] = _crossings(subject, span, zone, at)
    return Facts(**found)


def _rates(figures: dict[str, int]) -> dict[str, Rate]:
    return {
        "key": Rate(figures["key_done"], figures["key_due"]),
        "all": Rate(figures["done"], figures["due"]),
        "in_time": Rate(figures["in_time"], figures["due_by_now"]),
        "foreign": Rate(figures["foreign_in_time"], figures["foreign_due"]),
    }


Span = tuple[datetime, datetime]


def _crossings(subject: Subject, span: Span, zone: ZoneInfo, at: datetime) -> list[Crossing]:
    """Return how the departments of a subject and others worked for each other, the late first. One query."""
    found = across(subject.departments, *span, at=at, zone=zone)[:MOST_CROSSINGS]
    return [
        Crossing(
            one.name,
            one.to_us,
            one.figures.asked,
            one.figures.answered,
            one.figures.delivered,
            one.figures.late,
        )
        for one in found
    ]


def span_of(period: Period, zone: ZoneInfo) -> Span:
    """Return the instants between which a period lies in `zone`, half-open."""
    begins, ends = period.starts_on, period.following.starts_on
    return datetime.combine(begins, time(), tzinfo=zone), datetime.combine(ends, time(), tzinfo=zone)


def is_late(at: datetime) -> Q:
    """Return the condition that a task was closed after its due time, or is open and past it."""
    return Q(closed_at__gt=F("due_at")) | Q(closed_at__isnull=True, due_at__lt=at)


# Asked for by another department than the one that does it.
FOREIGN = Q(requester__department__isnull=False) & ~Q(requester__department=F("department"))


def due_in(subject: Subject, span: Span) -> QuerySet[Task]:
    """Return the tasks of a subject that were due in a span, without cancelled ones, in no order."""
    rows = subject.tasks().filter(due_at__gte=span[0], due_at__lt=span[1])
    return rows.exclude(status=Task.Status.CANCELLED).order_by()


def figures_of(subject: Subject, span: Span, at: datetime) -> dict[str, int]:
    """Return how many tasks were due, done, in time and late. One query."""
    by_now, is_key, is_done = Q(due_at__lt=at), Q(importance__gte=KEY_IMPORTANCE), Q(status=Task.Status.DONE)
    in_time = is_done & Q(closed_at__lte=F("due_at"))
    return due_in(subject, span).aggregate(
        due=Count("pk"),
        done=Count("pk", filter=is_done),
        due_by_now=Count("pk", filter=by_now),
        in_time=Count("pk", filter=by_now & in_time),
        key_due=Count("pk", filter=is_key),
        key_done=Count("pk", filter=is_key & is_done),
        foreign_due=Count("pk", filter=by_now & FOREIGN),
        foreign_in_time=Count("pk", filter=by_now & FOREIGN & in_time),
        late=Count("pk", filter=is_late(at)),
    )


# How many rows there are before they are cut off.
_TOTAL = Window(Count("pk"))


def _late(subject: Subject, span: Span, at: datetime) -> tuple[list[Late], int]:
    """Return the late tasks that weigh most, key tasks first, then those that were latest; and how many there are."""
    rows = (
        due_in(subject, span)
        .filter(is_late(at))
        .annotate(
            is_foreign=Case(When(FOREIGN, then=Value(1)), default=Value(0), output_field=IntegerField())
        )
        .order_by("-importance", "due_at", "pk")
        .values_list("pk", "title", "owner__name", "due_at", "closed_at", "importance", "is_foreign", _TOTAL)
    )
    found = list(rows[:MOST_LATE])
    late = [
        Late(
            pk, title, owner or "", _days(closed or at, due), closed is None,
            importance >= KEY_IMPORTANCE, bool(is_foreign),
        )
        for pk, title, owner, due, closed, importance, is_foreign, _total in found
        if due
    ]  # fmt: skip
    return late, found[0][-1] if found else 0


def _days(since: datetime, due: datetime) -> int:
    """Return how many days late something is; begun ones count."""
    return max(1, math.ceil((since - due) / timedelta(days=1)))


def _delays(subject: Subject, span: Span) -> list[DelayFact]:
    """Return why other dates were asked for in the span, the most frequent cause first. Two queries."""
    rows = DelayRequest.objects.alive().filter(
        subject.of_tasks(), asked_at__gte=span[0], asked_at__lt=span[1]
    )
    rows = rows.exclude(state=DelayRequest.State.WITHDRAWN)
    counts = list(rows.order_by().values_list("cause").annotate(n=Count("pk")).order_by("-n", "cause"))
    names = cause_names(causes()) if counts else {}
    return [DelayFact(name_of(code, names), n) for code, n in counts]


def finished_in(subject: Subject, span: Span) -> QuerySet[Task]:
    """Return the tasks of a subject that were finished in a span."""
    return subject.tasks().filter(closed_at__gte=span[0], closed_at__lt=span[1], status=Task.Status.DONE)


def hours_in(subject: Subject, span: Span) -> QuerySet[TimeEntry]:
    """Return the hours of a subject that were recorded in a span."""
    return TimeEntry.objects.filter(subject.of_people(), started_at__gte=span[0], started_at__lt=span[1])


def _against_estimates(subject: Subject, span: Span) -> tuple[int, int, int]:
    """Return the estimated and the recorded minutes of finished tasks that have both, and how many these are."""
    finished = finished_in(subject, span).filter(estimate_minutes__gt=0)
    # Grouped by task first: asking each of some thousand tasks for its hours costs four times as much.
    rows: Any = TimeEntry.objects.filter(task__in=finished.order_by().values("pk")).order_by()
    by_task = rows.values("task_id", estimate=F("task__estimate_minutes")).annotate(spent=Sum("minutes"))
    sums = by_task.filter(spent__gt=0).aggregate(
        estimated=Sum("estimate"), actual=Sum("spent"), compared=Count("task_id")
    )
    return sums["estimated"] or 0, sums["actual"] or 0, sums["compared"]


def _kinds(subject: Subject, span: Span) -> list[Share]:
    sums = (
        hours_in(subject, span)
        .order_by()
        .values_list("category__name", "task__category__name")
        .annotate(total=Sum("minutes"))
    )
    minutes: dict[str, int] = {}
    for own, of_task, total in sums:
        name = own or of_task or _("Without a category")
        minutes[name] = minutes.get(name, 0) + total
    return shares(minutes, most=MOST_KINDS, rest=_("Other work"))


def _goals(subject: Subject, period: Period) -> list[GoalFact]:
    whose = Q(owner=subject.person) if subject.person else Q(department_id__in=subject.departments)
    alive = Q(due_on__gte=period.starts_on) & (Q(starts_on__isnull=True) | Q(starts_on__lte=period.ends_on))
    rows = Goal.objects.alive().filter(whose, alive).exclude(status=Goal.Status.CANCELLED)
    found = rows.prefetch_related("key_results").order_by("due_on", "pk")[:MOST_GOALS]
    return [
        GoalFact(
            goal.pk, goal.title, None if (share := goal.attainment()) is None else int(share), goal.status
        )
        for goal in found
    ]


def _obstacles(subject: Subject, period: Period) -> tuple[list[Obstacle], int]:
    """Return the newest obstacles of the period, and how many there were. One query."""
    rows = DailyNote.objects.filter(subject.of_people(), day__gte=period.starts_on, day__lte=period.ends_on)
    rows = rows.exclude(blocker="").select_related("person").annotate(total=_TOTAL)
    found = list(rows.order_by("-day", "pk")[:MOST_OBSTACLES])
    shown = [Obstacle(row.pk, row.person.name, row.day, row.blocker, not row.is_blocked) for row in found]
    return shown, found[0].total if found else 0  # type: ignore[attr-defined]
