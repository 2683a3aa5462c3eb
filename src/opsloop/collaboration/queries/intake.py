"""What waits for an answer of the departments one steers, oldest clock first, and who there has room for it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Min, Q, QuerySet
from django.utils import timezone

from opsloop.boards.queries.workload import Load, loads, looked_at
from opsloop.collaboration.models import CollaborationRequest
from opsloop.notices.queries.clock import clocks_of
from opsloop.organisation.models import Department, Person
from opsloop.organisation.queries import working_calendar
from opsloop.organisation.roles import Permission
from opsloop.team.queries.laid import laid_on, open_tasks

State = CollaborationRequest.State
# How many answers of a form a row shows, and how long each may be.
ANSWERS, LONGEST_ANSWER = 4, 30
# How far ahead the load of those who could take it is looked at, and how many of them are shown.
DAYS, MOST_PEOPLE = 7, 24


def steered(person: Person) -> frozenset[int] | None:
    """Return the departments whose requests `person` answers; None for all of them."""
    return person.reaches.departments(Permission.REQUEST_STEER)


def waiting(person: Person, department: int | None = None) -> QuerySet[CollaborationRequest]:
    """Return what waits for an answer of `person`, oldest clock first: asked of departments they steer, or of them.

    What they asked themselves is answered by others.
    """
    held = steered(person)
    mine = Q(handler=person)
    asked = (
        mine
        if held is not None and not held
        else (mine | (Q() if held is None else Q(to_department__in=held)))
    )
    rows = CollaborationRequest.objects.visible_to(person).filter(asked, state=State.ASKED)
    rows = rows.exclude(author=person).exclude(contact=person)
    if department:
        rows = rows.filter(to_department=department)
    shown: QuerySet[CollaborationRequest] = rows.select_related(
        "from_department", "to_department", "handler", "contact", "author", "form"
    ).order_by("answer_due_at", "pk")
    return shown.defer("background", "standard", "delivery_note")


@dataclass(frozen=True)
class Line:
    """One request in the queue; `left` are working minutes until its answer is owed, negative once it is late."""

    request: CollaborationRequest
    left: int

    @property
    def is_late(self) -> bool:
        """Whether the answer is overdue."""
        return self.left < 0

    @property
    def over(self) -> int:
        """By how many working minutes the answer is late."""
        return -self.left

    @property
    def is_soon(self) -> bool:
        """Whether less than two working hours are left."""
        return 0 <= self.left < 120

    @property
    def answers(self) -> list[tuple[str, str]]:
        """The first answers to the form, in short."""
        rows = [(str(row[0]), str(row[1])) for row in self.request.answers if len(row) == 2 and row[1]]
        return [
            (label, text if len(text) <= LONGEST_ANSWER else f"{text[:LONGEST_ANSWER]}…")
            for label, text in rows[:ANSWERS]
        ]


def lines(rows: Sequence[CollaborationRequest], at: datetime) -> list[Line]:
    """Return the rows of a page with how much working time is left. Three queries, however many rows."""
    due = [row.answer_due_at for row in rows if row.answer_due_at]
    if not due:
        return [Line(row, 0) for row in rows]
    clocks = clocks_of(
        {row.to_department_id: row.to_department for row in rows}.values(), min(*due, at), max(*due, at)
    )
    return [
        Line(
            row,
            _left(clocks[row.to_department_id].between(at, row.answer_due_at), row.answer_due_at, at)
            if row.answer_due_at
            else 0,
        )
        for row in rows
    ]


def _left(minutes: int, due_at: datetime, at: datetime) -> int:
    """Return the working minutes left; what is overdue by less than one of them is late all the same."""
    return min(minutes, -1) if due_at < at else minutes


@dataclass(frozen=True)
class Hand:
    """Somebody who could take a request: what lies on them in the coming days, and how many requests they do."""

    person: Person
    load: Load
    requests: int
    is_away: bool


def hands(person: Person, department: int | None, *, at: datetime) -> list[Hand]:
    """Return who could take what waits, those with most room first. Eight queries at most, however many people."""
    people = people_of(person, department)
    if not people:
        return []
    today = timezone.localtime(at).date()
    days = [today + timedelta(days=n) for n in range(DAYS)]
    calendar = working_calendar({days[0].year, days[-1].year, days[-1].year + 1})
    laid = laid_on(person, people, *looked_at(days, today))
    found = loads(
        people, days, calendar=calendar, now=at, leave=laid.away, pieces=laid.standing,
        tasks=[one.asked for one in open_tasks(person, people)],
    )  # fmt: skip
    doing = _doing([one.pk for one in people])
    rows = []
    for one in people:
        parts = [found.of(one.pk, day) for day in days]
        load = Load(sum(part.planned for part in parts), sum(part.available for part in parts))
        rows.append(Hand(one, load, doing.get(one.pk, 0), not load.available))
    return sorted(
        rows,
        key=lambda row: (row.is_away, row.load.planned - row.load.available, row.requests, row.person.name),
    )


def people_of(person: Person, department: int | None) -> list[Person]:
    """Return the people of the departments one steers, with those below. Two queries at most."""
    held = steered(person)
    rows = Person.objects.active().filter(department__isnull=False).select_related("department")
    if held is not None:
        rows = rows.filter(Q(department__in=held) | Q(pk=person.pk))
    if department:
        chosen = Department.objects.filter(pk=department).first()
        rows = rows.filter(department__path__startswith=chosen.path) if chosen else rows.none()
    return list(rows.order_by("name", "pk")[:MOST_PEOPLE])


def _doing(people: Collection[int]) -> dict[int, int]:
    rows = CollaborationRequest.objects.open().filter(handler__in=people).order_by().values_list("handler")
    return dict(rows.annotate(n=Count("pk")))


@dataclass(frozen=True)
class Queue:
    """How much waits, how much of it is late, and when the oldest answer is owed."""

    count: int
    late: int
    first_due_at: datetime | None


def queue(person: Person, *, at: datetime) -> Queue:
    """Return how much waits for an answer of who steers departments. One query."""
    late = Count("pk", filter=Q(answer_due_at__lt=at))
    found = waiting(person).order_by().aggregate(n=Count("pk"), late=late, first=Min("answer_due_at"))
    return Queue(found["n"], found["late"], found["first"])


def departments_of(person: Person) -> list[Department]:
    """Return the departments whose queue `person` may look at one by one. One query."""
    held = steered(person)
    rows = Department.objects.filter(closed_at__isnull=True)
    return list(rows if held is None else rows.filter(pk__in=held))
