"""Who carries a project, and what it has cost against its plan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Q, Sum
from django.utils import timezone

from opsloop.organisation.models import Person
from opsloop.organisation.queries import working_calendar
from opsloop.organisation.queries.blocks import blocks_for_many
from opsloop.portfolio.models import Budget, Expense
from opsloop.portfolio.queries.standing import share
from opsloop.timekeeping.models import TimeEntry
from opsloop.work.models import Project, Task
from opsloop.work.queries.projects import Tally

# Somebody is overloaded when what is left to do within this many working days is more than they hold.
HORIZON_DAYS = 5
EXPENSES = 50


@dataclass(frozen=True)
class Carrier:
    """Somebody in a project: open tasks, minutes left and worked in it, and what the coming days hold."""

    person: Person
    open_tasks: int
    left: int
    worked: int
    soon: int
    room: int

    @property
    def is_overloaded(self) -> bool:
        """Whether the coming days hold less than what is due in them, over all projects the viewer sees."""
        return self.soon > self.room


@dataclass(frozen=True)
class Costs:
    """Money and hours, planned and real. Hours cost nothing unless a rate is set."""

    budget: Budget | None
    spent: Decimal
    worked: int
    tally: Tally

    @property
    def labour(self) -> Decimal:
        """What the hours cost."""
        rate = self.budget.rate if self.budget else None
        return (rate * self.worked / 60).quantize(Decimal("0.01")) if rate else Decimal(0)

    @property
    def total(self) -> Decimal:
        """Expenses and labour."""
        return self.spent + self.labour

    @property
    def money_percent(self) -> int | None:
        """How much of the money is gone."""
        planned = self.budget.money if self.budget else None
        return share(self.total, planned) if planned else None

    @property
    def hours_percent(self) -> int | None:
        """How much of the planned hours is gone."""
        planned = self.budget.minutes if self.budget else None
        return share(self.worked, planned) if planned else None

    @property
    def ahead(self) -> int | None:
        """By how many points the money runs ahead of the work; below zero when it lags behind."""
        return None if self.money_percent is None else self.money_percent - self.tally.percent


def carriers(project: Project, person: Person, *, now: datetime) -> list[Carrier]:
    """Return who carries a project, the overloaded and then the most loaded first. Counts what `person` may see."""
    tasks = Task.objects.visible_to(person).alive()
    mine = tasks.filter(project=project)
    people = _people(project, mine)
    days = _coming_days(now)
    until = now + timedelta(days=(days[-1] - timezone.localtime(now).date()).days + 1)
    left = F("estimate_minutes") * (100 - F("progress")) / 100
    here = Q(project=project)
    # What has open actions is their sum, and not counted beside them. As one set, not asked of each task.
    divided = tasks.filter(closed_at__isnull=True, parent__isnull=False).order_by().values("parent_id")
    rows = (
        tasks.filter(owner__in=people, closed_at__isnull=True)
        .exclude(pk__in=divided)
        .order_by()
        .values("owner_id")
        .annotate(
            open=Count("pk", filter=here),
            left=Sum(left, filter=here),
            soon=Sum(left, filter=Q(due_at__lt=until)),
        )
    )
    open_work = {row["owner_id"]: row for row in rows}
    entries = TimeEntry.objects.visible_to(person).filter(task__in=mine.values("pk")).order_by()
    worked = dict(entries.values_list("person_id").annotate(total=Sum("minutes")))
    room = _room(people, days, now)
    found = [
        Carrier(
            one,
            open_work.get(one.pk, {}).get("open") or 0,
            int(open_work.get(one.pk, {}).get("left") or 0),
            worked.get(one.pk, 0),
            int(open_work.get(one.pk, {}).get("soon") or 0),
            room.get(one.pk, 0),
        )
        for one in people
    ]
    return sorted(found, key=lambda one: (not one.is_overloaded, -one.left, one.person.pk))


def _people(project: Project, tasks: Any) -> list[Person]:
    owners = tasks.filter(owner__isnull=False).order_by().values("owner_id")
    member = Project.members.through.objects.filter(project_id=project.pk).values("person_id")
    wanted = Q(pk__in=owners) | Q(pk__in=member) | Q(pk=project.owner_id)
    return list(Person.objects.filter(wanted, is_active=True).order_by("pk"))


def _coming_days(now: datetime) -> list[Any]:
    today = timezone.localtime(now).date()
    calendar = working_calendar({today.year, today.year + 1})
    first = today if calendar.is_workday(today) else calendar.next_workday(today)
    return calendar.workdays(first, calendar.add_workdays(first, HORIZON_DAYS - 1))


def _room(people: Sequence[Person], days: Sequence[Any], now: datetime) -> dict[int, int]:
    calendar = working_calendar({day.year for day in days})
    blocks = blocks_for_many(people, days, calendar=calendar)
    minute = timedelta(minutes=1)
    return {
        pk: sum(
            (block.end - max(block.start, now)) // minute
            for block in found
            if block.kind.workable and block.end > now
        )
        for pk, found in blocks.items()
    }


def costs(project: Any, person: Person, tally: Tally) -> Costs:
    """Return what a project of `page.find` has cost. Two queries."""
    seen = Task.objects.visible_to(person).filter(project=project).values("pk")
    worked = TimeEntry.objects.filter(task__in=seen).aggregate(total=Sum("minutes"))["total"] or 0
    budget = Budget.objects.filter(project=project).first()
    return Costs(budget, project.spent or Decimal(0), worked, tally)


def expenses(project: Project) -> list[Expense]:
    """Return the newest expenses of a project. One query."""
    return list(Expense.objects.alive().filter(project=project).select_related("person")[:EXPENSES])
