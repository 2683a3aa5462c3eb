"""What the pages of reviews show beside the facts: causes as a tree, measures, what the last review promised."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q

from opsloop.engines.reviewing import Kind, Period, due_period, period_of
from opsloop.organisation.models import Department, Person
from opsloop.organisation.queries.people import assignable_departments
from opsloop.organisation.roles import Permission
from opsloop.reviews.models import Cause, Measure, Review
from opsloop.work.models import Task

# Periods that the list goes back: half a year of months.
SHOWN = 6
MOST_MEMBERS = 60


@dataclass(frozen=True)
class Branch:
    """A cause, those behind it, and how deep it lies (what went wrong: 0)."""

    cause: Cause
    depth: int
    deeper: Sequence[Branch]

    @property
    def is_root(self) -> bool:
        """Whether nobody asked further: what a measure goes against."""
        return not self.deeper


def causes(review: Review | None) -> list[Branch]:
    """Return the causes of a review as a tree. One query, none before it is begun."""
    if review is None or review.pk is None:
        return []
    below: dict[int | None, list[Cause]] = defaultdict(list)
    for row in review.causes.all():
        below[row.parent_id].append(row)

    def branches(parent: int | None, depth: int) -> list[Branch]:
        return [Branch(row, depth, branches(row.pk, depth + 1)) for row in below[parent]]

    return branches(None, 0)


def flat(branches: Sequence[Branch]) -> list[Branch]:
    """Return the branches of a tree in reading order."""
    return [one for branch in branches for one in (branch, *flat(branch.deeper))]


def measures(review: Review | None, person: Person) -> list[Measure]:
    """Return the measures of a review whose tasks `person` may see. One query."""
    if review is None or review.pk is None:
        return []
    seen = Task.objects.visible_to(person).alive().values("pk")
    rows = review.measures.filter(task__in=seen).select_related("task__owner", "cause")
    return list(rows.defer("task__description", "task__deliverable", "task__note"))


def promised(review: Review, person: Person) -> list[Measure]:
    """Return the measures of the review of the same subject before this one. One query."""
    before = Q(review__starts_on=review.period.before.starts_on, review__kind=review.kind)
    whose = (
        Q(review__department_id=review.department_id)
        if review.department_id
        else Q(review__person_id=review.person_id, review__department__isnull=True)
    )
    seen = Task.objects.visible_to(person).alive().values("pk")
    rows = Measure.objects.filter(before, whose, task__in=seen).select_related("task__owner")
    return list(rows.defer("task__description", "task__deliverable", "task__note"))


def of_members(review: Review, person: Person) -> list[Review]:
    """Return what the members of a department handed in for the same period. One query; none for one's own review."""
    if review.department is None:
        return []
    below = Department.objects.below([review.department.path]).values("pk")
    rows = Review.objects.visible_to(person).filter(
        state=Review.State.SUBMITTED, kind=review.kind, starts_on=review.starts_on
    )
    deeper = Q(department__in=below) & ~Q(department=review.department)
    mine = Q(department__isnull=True, person__department__in=below)
    return list(rows.filter(mine | deeper).select_related("person", "department")[:MOST_MEMBERS])


@dataclass(frozen=True)
class Line:
    """A period in the list: what is written about it, if anything, and whether it is the one to write now."""

    period: Period
    review: Review | None
    is_due: bool


def led(person: Person) -> list[Department]:
    """Return the open departments whose review `person` may write, the highest first. One query."""
    return list(assignable_departments(person, Permission.PLAN_TEAM).order_by("path"))


def lines(person: Person, kind: Kind, *, today: date, department: Department | None = None) -> list[Line]:
    """Return the last periods, newest first, with the reviews of them. One query."""
    due, newest = due_period(kind, today), period_of(kind, today)
    periods = [newest]
    while len(periods) < SHOWN:
        periods.append(periods[-1].before)
    rows = Review.objects.filter(kind=kind, starts_on__gte=periods[-1].starts_on)
    whose: Mapping[str, Any] = (
        {"department": department} if department else {"person": person, "department__isnull": True}
    )
    found = {row.starts_on: row for row in rows.filter(**whose)}
    return [Line(one, found.get(one.starts_on), one == due) for one in periods]


def handed_in(person: Person, *, since: datetime) -> list[Review]:
    """Return what others handed in since then that `person` may read, newest first. One query."""
    rows = Review.objects.visible_to(person).filter(submitted_at__gte=since)
    others = rows.exclude(person=person, department__isnull=True).select_related("person", "department")
    return list(others.order_by("-submitted_at")[:MOST_MEMBERS])
