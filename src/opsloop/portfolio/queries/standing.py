"""How projects stand: the facts behind their health, for one or for hundreds in as many queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import DecimalField, F, OuterRef, QuerySet, Subquery, Sum
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from opsloop.engines.projecthealth import HIGH_RISK, Facts, Level, Reason, Verdict, Why, judge
from opsloop.organisation.models import Person
from opsloop.organisation.modes import MODES
from opsloop.organisation.queries import current_organisation
from opsloop.portfolio.models import Budget, Expense, HealthCall, KeyNode, ProjectUpdate, Risk
from opsloop.portfolio.models.updates import FRESH_DAYS
from opsloop.work.models import Project, Task
from opsloop.work.queries.projects import Tally, tallies

REASONS: dict[Why, Promise] = {
    Why.OVERDUE: _("%(n)s%% of the open tasks are overdue"),
    Why.NODES: _("key nodes missed: %(n)s"),
    Why.RISKS: _("open high risks: %(n)s"),
    Why.BUDGET: _("spending runs %(n)s points ahead of the work"),
    Why.END: _("past its end by %(n)s days"),
}


NOTHING_WRONG = Verdict(Level.GREEN, ())


def modules() -> frozenset[str]:
    """Return which parts of the product the organisation's mode shows. One query."""
    organisation = current_organisation()
    return MODES[organisation.mode].modules if organisation else frozenset()


def in_words(reason: Reason) -> str:
    """Say a reason of the rule."""
    return str(REASONS[reason.why]) % {"n": reason.value}


@dataclass(frozen=True, slots=True)
class NextNode:
    """The key node that comes next."""

    title: str
    due_at: datetime | None
    is_overdue: bool


@dataclass(slots=True)
class Standing:
    """What the rules and the lead say of a project; only what the viewer may see is counted."""

    tally: Tally = field(default_factory=Tally)
    next_node: NextNode | None = None
    nodes_missed: int = 0
    open_risks: int = 0
    high_risks: int = 0
    reviews_due: int = 0
    spent_percent: int | None = None
    updated_at: datetime | None = None
    called: tuple[str, str] | None = None
    verdict: Verdict = NOTHING_WRONG

    @property
    def level(self) -> str:
        """The level that counts: the lead's word, else the rule's."""
        return self.called[0] if self.called else self.verdict.level.value

    @property
    def why(self) -> str:
        """What the level stands for, in words; empty when nothing is wrong."""
        if self.called:
            return self.called[1]
        return str(_(", ")).join(in_words(reason) for reason in self.verdict.reasons)


def verdict_of(project: Project, standing: Standing, today: date) -> Verdict:
    """Return what the rules say of a project."""
    is_open = project.status != Project.Status.CLOSED
    past = (today - project.due_on).days if is_open and project.due_on else 0
    tally = standing.tally
    return judge(
        Facts(
            open=tally.total - tally.done,
            overdue=tally.overdue if is_open else 0,
            done_percent=tally.percent,
            nodes_missed=standing.nodes_missed if is_open else 0,
            high_risks=standing.high_risks if is_open else 0,
            spent_percent=standing.spent_percent,
            days_past_end=max(0, past),
        )
    )


def standings(
    projects: Sequence[Project], person: Person, *, now: datetime, shown: frozenset[str]
) -> dict[int, Standing]:
    """Return how each project stands. At most seven queries; what `shown` leaves out is not asked for."""
    ids = [project.pk for project in projects]
    found: defaultdict[int, Standing] = defaultdict(Standing)
    today = timezone.localtime(now).date()
    for pk, tally in tallies(Task.objects.visible_to(person), "project", ids, now=now).items():
        found[pk].tally = tally
    _add_nodes(found, ids, now)
    if "risks" in shown:
        _add_risks(found, ids, today)
    if "budget" in shown:
        _add_spending(found, ids)
    calls = HealthCall.objects.filter(project__in=ids).values_list("project_id", "level", "reason")
    for pk, level, reason in calls:
        found[pk].called = (level, reason)
    updates = ProjectUpdate.objects.filter(project__in=ids, deleted_at__isnull=True).order_by("pk")
    for pk, at in updates.values_list("project_id", "created_at"):
        found[pk].updated_at = at
    for project in projects:
        standing = found[project.pk]
        standing.verdict = verdict_of(project, standing, today)
    return found


def _add_nodes(found: dict[int, Standing], ids: list[int], now: datetime) -> None:
    rows = KeyNode.objects.filter(project__in=ids, deleted_at__isnull=True, reached_at__isnull=True)
    by_due = rows.order_by(F("due_at").asc(nulls_last=True), "pk")
    for pk, title, due_at in by_due.values_list("project_id", "title", "due_at"):
        standing, is_late = found[pk], due_at is not None and due_at < now
        standing.nodes_missed += is_late
        if standing.next_node is None:
            standing.next_node = NextNode(title, due_at, is_late)


def _add_risks(found: dict[int, Standing], ids: list[int], today: date) -> None:
    rows = Risk.objects.filter(project__in=ids, deleted_at__isnull=True).exclude(status=Risk.Status.CLOSED)
    for pk, probability, impact, review_on in rows.order_by().values_list(
        "project_id", "probability", "impact", "review_on"
    ):
        standing = found[pk]
        standing.open_risks += 1
        standing.high_risks += probability * impact >= HIGH_RISK
        standing.reviews_due += review_on is not None and review_on <= today


def _add_spending(found: dict[int, Standing], ids: list[int]) -> None:
    rows = Budget.objects.filter(project__in=ids, money__gt=0).annotate(spent=spent_on(OuterRef("project")))
    for pk, money, spent in rows.values_list("project_id", "money", "spent"):
        found[pk].spent_percent = share(spent or Decimal(0), money)


def spent_on(project: OuterRef) -> Subquery:
    """Return the expression of what has been spent on a project."""
    rows = Expense.objects.filter(project=project, deleted_at__isnull=True).order_by().values("project")
    return Subquery(rows.annotate(total=Sum("amount")).values("total"), output_field=DecimalField())


def share(part: Decimal | int, whole: Decimal | int) -> int:
    """Return a part of a whole in percent; at most what four digits hold."""
    return min(9999, int(part * 100 // whole)) if whole else 0


def wants_update(project: Project, updated_at: datetime | None, now: datetime) -> bool:
    """Whether a running project has been silent for longer than FRESH_DAYS."""
    if project.status != Project.Status.ACTIVE:
        return False
    last = updated_at or project.created_at
    return (now - last).days >= FRESH_DAYS


def days_left(day: date | datetime | None, now: datetime) -> int | None:
    """Return how many days lie between now and a day, below zero when it has passed."""
    if day is None:
        return None
    local = timezone.localtime(day).date() if isinstance(day, datetime) else day
    return (local - timezone.localtime(now).date()).days


def seen(person: Person) -> QuerySet[Any]:
    """Return the projects that `person` may see, without those in the bin."""
    return Project.objects.visible_to(person).alive()
