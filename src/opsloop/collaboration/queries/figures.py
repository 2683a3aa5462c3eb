"""How departments work for each other: requests as the cases of `engines.partnership`, and the rows behind a number."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from opsloop.collaboration.models import OPEN_STATES, CollaborationRequest, Step
from opsloop.collaboration.queries.records import day_of
from opsloop.engines.partnership import Case, Figures, by_pair, figures, judged
from opsloop.engines.reviewing import Rate
from opsloop.engines.workclock import WorkClock
from opsloop.notices.queries.clock import clocks_of
from opsloop.organisation.models import Department, Person
from opsloop.work.queries.columns import Column

# More cases than this in one span are no page that anybody reads; the newest count.
MOST_CASES = 5000
SPAN = timedelta(days=30)
# What each number is called, in the order of the page.
NUMBERS: Mapping[str, Any] = {
    "asked": gettext_lazy("Requests sent"),
    "answer": gettext_lazy("Time to answer"),
    "answered": gettext_lazy("Answered in time"),
    "delivered": gettext_lazy("Delivered in time"),
    "returned": gettext_lazy("Returned at least once"),
    "escalated": gettext_lazy("Taken to the superior"),
    "open": pgettext_lazy("requests", "Open now"),
    "late": pgettext_lazy("requests", "Late now"),
}
_STATES = (
    "pk", "from_department_id", "to_department_id", "state", "asked_at", "answer_due_at", "answered_at", "due_at",
    "agreed_due_at", "delivered_at", "escalated_at", "closed_at",
)  # fmt: skip


@dataclass(frozen=True)
class Look:
    """What the figures are of: requests sent from `since` to `until`, both days included, and what is open now."""

    since: date
    until: date
    zone: ZoneInfo

    @classmethod
    def read(cls, given: Mapping[str, str], today: date, zone: ZoneInfo) -> Look:
        """Return what an address asks for; by default the last 30 days, at most two years."""
        until = day_of(given.get("until", "")) or today
        since = day_of(given.get("since", "")) or min(until, today) - SPAN
        since = min(max(since, until - timedelta(days=730)), until)
        return cls(since, until, zone)

    @property
    def begins(self) -> datetime:
        """The first moment."""
        return datetime.combine(self.since, time(), tzinfo=self.zone)

    @property
    def ends(self) -> datetime:
        """The moment after the last."""
        return datetime.combine(self.until + timedelta(days=1), time(), tzinfo=self.zone)


def seen(person: Person) -> QuerySet[CollaborationRequest]:
    """Return the requests that count for `person`: those they may see, without drafts."""
    rows: QuerySet[CollaborationRequest] = CollaborationRequest.objects.visible_to(person).exclude(
        state="draft"
    )
    return rows


def cases(
    rows: QuerySet[CollaborationRequest], look: Look, *, at: datetime, departments: Mapping[int, Department]
) -> list[Case]:
    """Return requests as cases: those sent in the span, and those that are open now. Four queries at most."""
    found = _counted(rows, look)
    homes = [one for one in {row[2]: departments.get(row[2]) for row in found}.values() if one]
    clocks = clocks_of(homes, min(row[4] for row in found), at) if homes else {}
    return [_case(row, look, clocks.get(row[2])) for row in found]


def _counted(rows: QuerySet[CollaborationRequest], look: Look, *names: str) -> list[tuple[Any, ...]]:
    """Return what a case is made of, and the fields `names`. One query."""
    counted = rows.filter(Q(asked_at__gte=look.begins, asked_at__lt=look.ends) | Q(state__in=OPEN_STATES))
    returned = Exists(Step.objects.filter(request=OuterRef("pk"), kind=Step.Kind.RETURNED))
    values = counted.annotate(back=returned).order_by("-pk").values_list(*_STATES, "back", *names)
    return list(values[:MOST_CASES])


def _case(row: Sequence[Any], look: Look, clock: WorkClock | None) -> Case:
    asked, answered = row[4], row[6]
    minutes = clock.between(asked, answered) if clock and answered and answered >= asked else None
    return Case(
        key=row[0], asking=row[1], doing=row[2], state=row[3], asked_at=asked,
        is_in_span=look.begins <= asked < look.ends, answer_due_at=row[5], answered_at=answered,
        answer_minutes=minutes, due_at=row[7], is_agreed=row[8] is not None, delivered_at=row[9],
        was_returned=row[12], was_escalated=row[10] is not None, closed_at=row[11],
    )  # fmt: skip


@dataclass(frozen=True)
class Cell:
    """The figures of one pair."""

    asking: Department
    doing: Department
    figures: Figures


@dataclass(frozen=True)
class Matrix:
    """Asking departments by doing ones: `rows` hold a cell or None for each of `doing`; `sums` are of each column."""

    doing: Sequence[Department]
    rows: Sequence[tuple[Department, Sequence[Cell | None], Figures]]
    sums: Sequence[Figures]
    whole: Figures

    @property
    def pairs(self) -> list[Cell]:
        """The pairs that have figures, those with most late now first, then with most requests."""
        found = [cell for _asking, cells, _sum in self.rows for cell in cells if cell is not None]
        return sorted(
            found, key=lambda one: (-one.figures.late, -one.figures.asked, one.asking.path, one.doing.path)
        )


def matrix(person: Person, look: Look, *, at: datetime) -> Matrix:
    """Return the figures of every pair of departments that `person` may see. Six queries at most."""
    departments = {one.pk: one for one in Department.objects.all()}
    known = cases(seen(person), look, at=at, departments=departments)
    pairs = by_pair(known, at)
    doing = _ordered({pair[1] for pair in pairs}, departments)
    rows = []
    for asking in _ordered({pair[0] for pair in pairs}, departments):
        cells = [
            Cell(asking, one, pairs[asking.pk, one.pk]) if (asking.pk, one.pk) in pairs else None
            for one in doing
        ]
        rows.append((asking, cells, figures([case for case in known if case.asking == asking.pk], at)))
    sums = [figures([case for case in known if case.doing == one.pk], at) for one in doing]
    return Matrix(doing, rows, sums, figures(known, at))


def _ordered(ids: Collection[int], departments: Mapping[int, Department]) -> list[Department]:
    found = [departments[pk] for pk in ids if pk in departments]
    return sorted(found, key=lambda one: (one.position, one.name))


@dataclass(frozen=True)
class Behind:
    """One request behind a number: `is_good` says on which side of it the request is, None where there are no sides."""

    request: CollaborationRequest
    case: Case
    is_good: bool


def behind(
    person: Person, look: Look, code: str, *, asking: int | None, doing: int | None, at: datetime
) -> list[Behind]:
    """Return the requests behind a number of a pair (None: of all), the newest first. Seven queries at most.

    Raises:
        KeyError: no number has this code.
    """
    if code not in NUMBERS:
        raise KeyError(code)
    rows = seen(person)
    if asking:
        rows = rows.filter(from_department=asking)
    if doing:
        rows = rows.filter(to_department=doing)
    departments = {one.pk: one for one in Department.objects.all()}
    found = {one.key: one for one in cases(rows, look, at=at, departments=departments)}
    said = {pk: judged(code, one, at) for pk, one in found.items()}
    wanted = [pk for pk, one in said.items() if one is not None]
    shown = CollaborationRequest.objects.visible_to(person).filter(pk__in=wanted).order_by("-asked_at", "-pk")
    shown = shown.select_related("from_department", "to_department", "handler", "contact")
    return [
        Behind(row, found[row.pk], bool(said[row.pk]))
        for row in shown.defer("background", "asked", "standard")
    ]


@dataclass(frozen=True)
class Across:
    """How some departments and one other worked for each other in one direction; `to_us`: it asked, they did."""

    name: str
    to_us: bool
    figures: Figures


def across(
    departments: Collection[int], since: datetime, until: datetime, *, at: datetime, zone: ZoneInfo
) -> list[Across]:
    """Return, for a review or a report, how `departments` and each other one worked for each other, the late first.

    Of the requests sent from `since` until before `until`, and of those open at `at`; how long answers took is not
    asked. Requests between two of the departments are no problem with another one and are left out. One query.
    """
    look = Look(since.astimezone(zone).date(), until.astimezone(zone).date() - timedelta(days=1), zone)
    to, of = Q(to_department__in=departments), Q(from_department__in=departments)
    rows = CollaborationRequest.objects.exclude(state="draft").filter((to & ~of) | (of & ~to))
    ours, names = set(departments), dict[tuple[int, bool], str]()
    sides: dict[tuple[int, bool], list[Case]] = {}
    for row in _counted(rows, look, "from_department__name", "to_department__name"):
        to_us = row[2] in ours
        side = (row[1] if to_us else row[2], to_us)
        names[side] = row[-2] if to_us else row[-1]
        sides.setdefault(side, []).append(_case(row, look, None))
    found = [Across(names[side], side[1], figures(known, at)) for side, known in sides.items()]
    return sorted(found, key=lambda one: (-one.figures.late, -one.figures.asked, one.name, one.to_us))


def columns() -> list[Column]:
    """Return the columns of the table of pairs."""
    heads = (
        ("asking", _("Asking department"), "text"), ("doing", _("Department asked"), "text"),
        ("asked", str(NUMBERS["asked"]), "number"),
        ("median", _("Time to answer, median (working minutes)"), "number"),
        ("p90", _("Time to answer, 90 % within (working minutes)"), "number"),
        ("answered", str(NUMBERS["answered"]), "text"), ("delivered", str(NUMBERS["delivered"]), "text"),
        ("returned", str(NUMBERS["returned"]), "text"), ("escalated", str(NUMBERS["escalated"]), "number"),
        ("open", str(NUMBERS["open"]), "number"), ("late", str(NUMBERS["late"]), "number"),
    )  # fmt: skip
    return [Column(name, label, "", kind=kind) for name, label, kind in heads]


def cells(pairs: Iterable[Cell]) -> Iterator[Sequence[Any]]:
    """Yield the rows of that table."""
    for one in pairs:
        found = one.figures
        yield (
            one.asking.name, one.doing.name, found.asked, found.median, found.p90, rate(found.answered),
            rate(found.delivered), rate(found.returned), found.escalated, found.open, found.late,
        )  # fmt: skip


def rate(value: Rate) -> str | None:
    """Return a rate with what it is out of: 85% (17/20); None where there is nothing to judge."""
    return None if value.percent is None else f"{value.percent}% ({value.done}/{value.total})"
