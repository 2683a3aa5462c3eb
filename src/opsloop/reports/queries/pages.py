"""What the pages of reports show beside the facts: the periods, the team with what it handed in, what is to be read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Q, QuerySet

from opsloop.engines.reviewing import Kind, Period, due_period, period_of
from opsloop.organisation.models import Department, Person
from opsloop.organisation.queries.people import assignable_departments
from opsloop.organisation.roles import Permission
from opsloop.reports.models import Part, Report
from opsloop.reports.queries.subjects import Which
from opsloop.work.models import Project

# Periods that the list goes back.
SHOWN = 8
MOST = 60
RELATED = ("person", "department", "project")


@dataclass(frozen=True)
class Row:
    """A period in the list: what is written about it, whether it is the one to write now, how many of a team did."""

    period: Period
    report: Report | None
    is_due: bool
    handed_in: int | None = None


def led(person: Person) -> list[Department]:
    """Return the open departments whose report `person` may write, the highest first. One query."""
    return list(assignable_departments(person, Permission.PLAN_TEAM).order_by("path"))


def own_projects(person: Person) -> list[Project]:
    """Return the running projects that `person` owns. One query."""
    rows = Project.objects.filter(owner=person, status=Project.Status.ACTIVE, deleted_at__isnull=True)
    return list(rows.order_by("name")[:MOST])


def rows_of(which: Which, kind: Kind, *, today: date) -> list[Row]:
    """Return the last periods, newest first, with the reports of them. Two queries, one of a person or project."""
    due, newest = due_period(kind, today), period_of(kind, today)
    periods = [newest]
    while len(periods) < SHOWN:
        periods.append(periods[-1].before)
    rows = Report.objects.filter(kind=kind, starts_on__gte=periods[-1].starts_on)
    if which.department is not None:
        mine = rows.filter(department=which.department)
    elif which.project is not None:
        mine = rows.filter(project=which.project)
    else:
        mine = rows.filter(person=which.person, department__isnull=True, project__isnull=True)
    found = {row.starts_on: row for row in mine.select_related(*RELATED)}
    counts: dict[date, int] = {}
    if which.department is not None:
        by_period = _of_members(which.department).filter(kind=kind, starts_on__gte=periods[-1].starts_on)
        counts = dict(by_period.order_by().values_list("starts_on").annotate(n=Count("pk")))
    return [
        Row(
            one,
            found.get(one.starts_on),
            one == due,
            counts.get(one.starts_on, 0) if which.department else None,
        )
        for one in periods
    ]


def _of_members(department: Department) -> QuerySet[Report]:
    """Return what members of a department and departments right below it handed in."""
    members = Q(
        department__isnull=True, project__isnull=True, person__department=department, person__is_active=True
    )
    below = Q(department__parent=department)
    return Report.objects.filter(members | below, state=Report.State.SUBMITTED)


def to_read(person: Person, *, since: datetime) -> list[Report]:
    """Return what others handed in since then that `person` may read, newest first. One query."""
    rows = Report.objects.visible_to(person).filter(state=Report.State.SUBMITTED, submitted_at__gte=since)
    others = rows.exclude(person=person).select_related(*RELATED)
    return list(others.order_by("-submitted_at")[:MOST])


@dataclass(frozen=True)
class Teammate:
    """One whose report belongs into that of a department: a member, or a department below with its own report."""

    person: Person | None
    department: Department | None
    report: Report | None
    part: Part | None

    @property
    def name(self) -> str:
        """Who it is."""
        return str((self.department or self.person or "").name)  # type: ignore[union-attr]

    @property
    def is_in(self) -> bool:
        """Whether it was handed in."""
        return self.report is not None and self.report.is_submitted

    @property
    def can_take(self) -> bool:
        """Whether there is something to take over that has not been, or was handed in anew since."""
        if self.report is None or not self.report.is_submitted:
            return False
        return self.part is None or self.part.taken != self.report.version


def team_of(report: Report) -> list[Teammate]:
    """Return the members of a department and the departments right below it, with their reports. Four queries."""
    if report.department is None:
        return []
    people = list(Person.objects.active().filter(department=report.department).order_by("name", "pk")[:MOST])
    below = list(
        Department.objects.filter(parent=report.department, closed_at__isnull=True).order_by("position", "pk")
    )
    rows = Report.objects.filter(
        Q(department__isnull=True, project__isnull=True, person__in=people) | Q(department__in=below),
        kind=report.kind, starts_on=report.starts_on,
    ).select_related(*RELATED)  # fmt: skip
    found = list(rows)
    of_people = {row.person_id: row for row in found if row.is_personal}
    of_below = {row.department_id: row for row in found if row.department_id}
    parts = {one.source_id: one for one in parts_of(report)}

    def mate(person: Person | None, department: Department | None, row: Report | None) -> Teammate:
        return Teammate(person, department, row, parts.get(row.pk) if row else None)

    return [
        *(mate(None, one, of_below.get(one.pk)) for one in below),
        *(mate(one, None, of_people.get(one.pk)) for one in people),
    ]


def parts_of(report: Report) -> list[Part]:
    """Return what was taken over, with whose it is. One query, none before the report is begun."""
    return (
        []
        if report.pk is None
        else list(report.parts.select_related(*(f"source__{name}" for name in RELATED)))
    )


def overview(person: Person, period: Period) -> list[Report]:
    """Return the reports of departments of a period that `person` may read, in the order of the tree. One query."""
    rows = Report.objects.visible_to(person).filter(
        kind="week" if period.kind == "week" else "month", starts_on=period.starts_on,
        state=Report.State.SUBMITTED, department__isnull=False,
    )  # fmt: skip
    return list(rows.select_related(*RELATED).order_by("department__path")[:MOST])


def absent(person: Person, handed_in: Sequence[Report]) -> list[str]:
    """Return the names of the open departments `person` may plan whose report is not among these. One query."""
    found = {one.department_id for one in handed_in}
    return [one.name for one in led(person) if one.pk not in found]


def missing(team: Sequence[Teammate]) -> list[Teammate]:
    """Return those of a team who have not handed in."""
    return [one for one in team if not one.is_in]
