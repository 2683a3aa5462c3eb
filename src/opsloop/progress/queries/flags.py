"""Tasks at risk: which there are, and how their number goes week by week."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.translation import pgettext, pgettext_lazy

from opsloop.activity.registry import TaskSign
from opsloop.engines.warning import Code
from opsloop.organisation.models import Person
from opsloop.organisation.roles import Permission
from opsloop.progress.models import Level, RiskFlag
from opsloop.progress.words import MARKS, mark
from opsloop.work.queries.columns import Column
from opsloop.work.queries.fields import Asking, Field, of_flag

WEEKS = 8


@dataclass(frozen=True)
class Filters:
    """What the list of risks is narrowed to; empty means everything one may see."""

    scope: str = "team"
    department: int | None = None
    level: str = ""
    code: str = ""

    def rows(self, by: Person) -> QuerySet[RiskFlag]:
        """Return the flags, open and closed, of what `by` looks at."""
        found = RiskFlag.objects.visible_to(by)
        if self.scope == "mine":
            found = found.filter(task__owner=by)
        elif self.scope == "team":
            found = found.filter(_of_team(by))
        if self.department is not None:
            found = found.filter(task__department=self.department)
        return found

    def standing(self, by: Person) -> QuerySet[RiskFlag]:
        """Return the flags that stand, the gravest first, by due date."""
        found = self.rows(by).open().filter(task__closed_at__isnull=True)  # type: ignore[attr-defined]
        if self.level in Level.values:
            found = found.filter(level=self.level)
        if self.code in list(Code):
            found = found.filter(codes__contains=f" {self.code} ")
        related = ("task__owner", "task__project", "task__department")
        ordered: QuerySet[RiskFlag] = found.select_related(*related).order_by("level", "task__due_at", "pk")
        return ordered


def _of_team(by: Person) -> Q:
    reach = by.reaches.departments(Permission.PLAN_TEAM)
    if reach is None:
        return Q()
    return Q(task__owner=by) | Q(task__department__in=reach)


@dataclass(frozen=True)
class Week:
    """A week of the trend: how many flags were opened in it, and how many stood at its end."""

    monday: date
    opened: int
    standing: int


def trend(rows: QuerySet[RiskFlag], now: datetime) -> list[Week]:
    """Return the last weeks, the oldest first, this one as far as it has gone. One query."""
    today = timezone.localtime(now).date()
    this = today - timedelta(days=today.weekday())
    mondays = [this - timedelta(weeks=back) for back in range(WEEKS - 1, -1, -1)]
    counts = {}
    for number, monday in enumerate(mondays):
        begin, after = _midnight(monday), _midnight(monday + timedelta(days=7))
        counts[f"o{number}"] = Count("pk", filter=Q(opened_at__gte=begin, opened_at__lt=after))
        end = min(after, now)
        still = Q(closed_at__isnull=True) | Q(closed_at__gt=end)
        counts[f"s{number}"] = Count("pk", filter=Q(opened_at__lte=end) & still)
    found = rows.order_by().aggregate(**counts)
    return [Week(monday, found[f"o{n}"], found[f"s{n}"]) for n, monday in enumerate(mondays)]


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))


def counts(rows: QuerySet[RiskFlag]) -> Mapping[str, int]:
    """Return how many flags stand at each level. One query."""
    found = rows.open().filter(task__closed_at__isnull=True).order_by()  # type: ignore[attr-defined]
    return dict(found.values_list("level").annotate(n=Count("pk")))


def flags_of(ids: Iterable[int]) -> dict[int, RiskFlag]:
    """Return task id -> its flag, for those at risk. One query."""
    rows = RiskFlag.objects.open().filter(task__in=list(ids))
    return {flag.task_id: flag for flag in rows}


def sign_rows(ids: Collection[int]) -> Any:
    """Return (task id, codes) of those of some tasks that are at risk, not asked for yet."""
    return RiskFlag.objects.open().filter(task__in=ids).order_by().values_list("task_id", "codes")


def sign_of(codes: str) -> TaskSign:
    """Return the mark beside the title of a task with these codes."""
    return TaskSign(*mark(codes.split()))


def risk_words(ids: Collection[int]) -> Mapping[int, str]:
    """Return task id -> what speaks against it, in words: the column of lists. One query."""
    return {
        pk: "、".join(str(MARKS[Code(code)][0]) for code in flag.marks) for pk, flag in flags_of(ids).items()
    }


def _at_risk(_asking: Asking) -> Q:
    return Q(pk__in=RiskFlag.objects.open().order_by().values("task"))


def risk_fields(_person: Person) -> Sequence[Field]:
    """Return what tasks can be filtered by beside their own fields."""
    return [
        Field(
            "risk",
            pgettext("risk", "At risk"),
            "flag",
            of_flag(_at_risk),
            "alert",
            "gaofengxian gfx fengxian",
        )
    ]


RISK = Column("risk", pgettext_lazy("risk", "At risk"), "fit more-of", load=risk_words)
