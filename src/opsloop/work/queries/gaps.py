"""Coverage gaps: what goals and tasks lack, counted by team, each line with what mends it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, cast

from django.conf import settings
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce, TruncDate
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from opsloop.goals import permissions as goal_permissions
from opsloop.goals.models import Goal, KeyResult
from opsloop.organisation.models import Department, Person
from opsloop.work.models import Task
from opsloop.work.queries.fields import LATE_ACTION
from opsloop.work.queries.lists import ListState, as_rows, with_neighbours

# Lines of one kind that are shown; the count says how many there are.
SHOWN = 50
END_OF_DAY = time(18)
KINDS: Mapping[str, Promise] = {
    "goal_measure": _("Goals without a key result"),
    "goal_tasks": _("Goals without tasks"),
    "goal_owner": _("Goals without an owner"),
    "goal_due": _("Goals without a due date"),
    "check_in": _("Key results without a recent check-in"),
    "owner": _("Tasks without an owner"),
    "due": _("Tasks without a due date"),
    "estimate": _("Tasks without an estimate"),
    "late_action": _("Actions due after their task"),
    "after_goal": _("Tasks that end after their goal"),
}
TASK_KINDS = ("owner", "due", "estimate", "late_action", "after_goal")
# The day a task is due, against the last day of its goal.
AFTER_GOAL = Q(goal__due_on__isnull=False, parent__isnull=True, due_day__gt=F("goal__due_on"))
_TASK_GAPS: Mapping[str, Q] = {
    "owner": Q(owner__isnull=True),
    "due": Q(due_at__isnull=True),
    "estimate": Q(estimate_minutes__isnull=True),
}

Counts = dict[str, Counter[int]]


def _goals(person: Person) -> QuerySet[Goal]:
    return Goal.objects.visible_to(person).alive().filter(status=Goal.Status.ACTIVE)


def _tasks(person: Person) -> QuerySet[Task]:
    tasks: QuerySet[Task] = Task.objects.visible_to(person).open()
    return tasks.order_by()


def _signed_goals(person: Person) -> QuerySet[Any]:
    """Return the active goals with whether they are measured, lead to goals below, and are worked on.

    Only what `person` may see counts as there. Asked goal by goal: a list of all goals in use would be made from
    all tasks.
    """
    goals = _goals(person)
    return goals.annotate(
        measured=Exists(KeyResult.objects.filter(goal=OuterRef("pk")).order_by()),
        leads=Exists(goals.filter(parent=OuterRef("pk")).order_by()),
        worked=Exists(Task.objects.visible_to(person).alive().filter(goal=OuterRef("pk")).order_by()),
    )


# A goal with goals below it is measured and worked on there.
_GOAL_GAPS: Mapping[str, Q] = {
    "goal_measure": Q(measured=False, leads=False),
    "goal_tasks": Q(worked=False, leads=False),
    "goal_owner": Q(owner__isnull=True),
    "goal_due": Q(due_on__isnull=True),
}


def goal_gap(kind: str, person: Person) -> QuerySet[Goal]:
    """Return the active goals that lack what `kind` says."""
    return _signed_goals(person).filter(_GOAL_GAPS[kind])


def _count_goals(person: Person, found: Counts) -> None:
    rows = _signed_goals(person).order_by()
    for department, owner, due, measured, leads, worked in rows.values_list(
        "department_id", "owner_id", "due_on", "measured", "leads", "worked"
    ):
        lacks = {
            "goal_measure": not measured and not leads, "goal_tasks": not worked and not leads,
            "goal_owner": owner is None, "goal_due": due is None,
        }  # fmt: skip
        for kind, is_lacking in lacks.items():
            found[kind][department or 0] += is_lacking


def silent_results(person: Person, *, now: datetime) -> QuerySet[Any]:
    """Return the key results of active goals that nobody has checked in for too long."""
    before = now - timedelta(days=settings.OPSLOOP_STALE_CHECK_IN_DAYS)
    results = KeyResult.objects.filter(goal__in=_goals(person).order_by().values("pk"))
    return results.annotate(since=Coalesce("checked_at", "goal__created_at")).filter(since__lt=before)


def task_gap(kind: str, person: Person) -> QuerySet[Task]:
    """Return the open tasks that lack what `kind` says."""
    tasks = _tasks(person)
    if kind == "late_action":
        return tasks.filter(LATE_ACTION)
    if kind == "after_goal":
        return (
            tasks.filter(goal__isnull=False, due_at__isnull=False)
            .annotate(due_day=TruncDate("due_at"))
            .filter(AFTER_GOAL)
        )
    return tasks.filter(_TASK_GAPS[kind])


def counts(person: Person, *, now: datetime) -> Counts:
    """Count each kind of gap by department (0: none). Five queries."""
    found: Counts = {kind: Counter() for kind in KINDS}
    _count_goals(person, found)
    found["check_in"] = _by_team(silent_results(person, now=now), "goal__department")
    rows = (
        _tasks(person)
        .values("department")
        .annotate(**{kind: Count("pk", filter=lacks) for kind, lacks in _TASK_GAPS.items()})
    )
    for row in cast("Iterable[dict[str, Any]]", rows):
        for kind in _TASK_GAPS:
            if row[kind]:
                found[kind][row["department"] or 0] = row[kind]
    # Apart from the others, which need not look at parents and goals.
    for kind in ("late_action", "after_goal"):
        found[kind] = _by_team(task_gap(kind, person), "department")
    return found


def _by_team(rows: QuerySet[Any], column: str) -> Counter[int]:
    counted = rows.order_by().values_list(column).annotate(n=Count("pk"))
    return Counter({department or 0: number for department, number in counted})


@dataclass(frozen=True)
class Gap:
    """A kind of gap with how often there is one, and where its lines stand."""

    kind: str
    label: Promise
    count: int
    address: str


def gaps(person: Person, *, now: datetime) -> list[Gap]:
    """Return the kinds of gaps that there are. Five queries."""
    found = counts(person, now=now)
    address = reverse("work:goal_gaps")
    return [
        Gap(kind, label, found[kind].total(), f"{address}?kind={kind}")
        for kind, label in KINDS.items()
        if found[kind].total()
    ]


@dataclass(frozen=True)
class Team:
    """A row of the table of gaps: a department with its counts in the order of the kinds."""

    pk: int
    name: str
    cells: Sequence[tuple[str, int]]
    total: int


@dataclass(frozen=True)
class Proposal:
    """A due time to choose: the day that is shown, and the value that is sent."""

    day: date
    value: str


@dataclass(frozen=True)
class Line:
    """One gap: the goal, key result or task it is about, and the due times that mend it in one click."""

    kind: str
    goal: Goal | None = None
    result: KeyResult | None = None
    task: Task | None = None
    may_edit: bool = False
    proposals: Sequence[Proposal] = ()


@dataclass(frozen=True)
class GapPage:
    """The table of teams and kinds, and the lines of the kind and team that are looked at."""

    teams: Sequence[Team]
    kinds: Sequence[Gap]
    kind: str
    team: int | None
    lines: Sequence[Line]
    count: int

    @property
    def label(self) -> Promise | str:
        """What the lines lack."""
        return KINDS.get(self.kind, "")

    @property
    def list_address(self) -> str:
        """Where all tasks of this kind stand in the list of tasks, "" where the list has no such filter."""
        if self.kind not in {"owner", "due", "estimate", "late_action"}:
            return ""
        department = (self.team,) if self.team else ()
        state = ListState(scope="all", missing=self.kind, department=department)
        return reverse("work:tasks") + state.address()


def page(person: Person, kind: str, team: int | None, *, now: datetime) -> GapPage:
    """Return the gaps that `person` can see, and the lines of one kind (the first there is), of one team or all."""
    found = counts(person, now=now)
    present = [one for one in KINDS if found[one].total()]
    kind = kind if kind in KINDS else next(iter(present), "")
    names = dict(Department.objects.visible_to(person).order_by("path").values_list("pk", "name"))
    address = reverse("work:goal_gaps")
    return GapPage(
        teams=_teams(found, present, names),
        kinds=[Gap(one, KINDS[one], found[one].total(), f"{address}?kind={one}") for one in present],
        kind=kind,
        team=team,
        lines=_lines(person, kind, team, now=now) if kind else [],
        count=(found[kind].total() if team is None else found[kind][team]) if kind else 0,
    )


def _teams(found: Counts, present: Sequence[str], names: Mapping[int, str]) -> list[Team]:
    used = {pk for kind in present for pk, number in found[kind].items() if number}
    rows = [(pk, name) for pk, name in names.items() if pk in used]
    rows += [(0, str(_("Without a department")))] if 0 in used else []
    return [
        Team(
            pk, name, [(kind, found[kind][pk]) for kind in present], sum(found[kind][pk] for kind in present)
        )
        for pk, name in rows
    ]


def _lines(person: Person, kind: str, team: int | None, *, now: datetime) -> list[Line]:
    if kind in TASK_KINDS:
        return _task_lines(person, kind, team, now=now)
    if kind == "check_in":
        results = silent_results(person, now=now).select_related("goal__department", "goal__owner")
        if team is not None:
            results = results.filter(goal__department=team or None)
        shown = results.order_by("since", "pk")[:SHOWN]
        return [
            Line(kind, goal=one.goal, result=one, may_edit=goal_permissions.can_edit(one.goal, person))
            for one in shown
        ]
    goals = goal_gap(kind, person).select_related("department", "owner")
    if team is not None:
        goals = goals.filter(department=team or None)
    return [
        Line(kind, goal=one, may_edit=goal_permissions.can_edit(one, person))
        for one in goals.order_by(F("due_on").asc(nulls_last=True), "pk")[:SHOWN]
    ]


def _task_lines(person: Person, kind: str, team: int | None, *, now: datetime) -> list[Line]:
    tasks = task_gap(kind, person)
    if team is not None:
        tasks = tasks.filter(department=team or None)
    keys = list(tasks.order_by(F("due_at").asc(nulls_last=True), "pk").values_list("pk", flat=True)[:SHOWN])
    loaded = with_neighbours(Task.objects.filter(pk__in=keys)).annotate(
        goal_due=F("goal__due_on"), parent_due=F("parent__due_at")
    )
    known = {row.task.pk: row for row in as_rows(list(loaded), person, now=now)}
    return [_task_line(kind, known[pk], now=now) for pk in keys if pk in known]


def _task_line(kind: str, row: Any, *, now: datetime) -> Line:
    """Return a task with the due times to choose from: what it should not outlast, or the end of a week."""
    task = row.task
    moments: list[datetime] = []
    if kind == "late_action":
        moments = [timezone.localtime(task.parent_due)]
    elif kind == "after_goal":
        moments = [datetime.combine(task.goal_due, END_OF_DAY)]
    elif kind == "due":
        today = timezone.localtime(now).date()
        friday = today + timedelta(days=(4 - today.weekday()) % 7)
        days = {friday, friday + timedelta(days=7), task.goal_due or friday}
        moments = [datetime.combine(day, END_OF_DAY) for day in sorted(days) if day >= today]
    proposals = [Proposal(moment.date(), f"{moment:%Y-%m-%dT%H:%M}") for moment in moments]
    return Line(kind, task=task, may_edit=row.may_edit, proposals=proposals)
