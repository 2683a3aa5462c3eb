"""What meetings take of people's time in a month: rows to spans, spans to numbers (engines/meetingload.py).

Who counts as having been there: who signed in; where nobody did, who did not decline. Copies never count, and who may
come counts only once they signed in or said that they come. A lead sees the hours of the people of the departments
whose meetings they oversee, as they see their busy times anyway; which meetings these were only where they may read
them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Q

from opsloop.engines.blocks import Block, Span
from opsloop.engines.meetingload import Load, focus_lost, load
from opsloop.meetings.models import Meeting, Seat
from opsloop.organisation.models import Department, Person
from opsloop.organisation.queries import blocks_for_many
from opsloop.organisation.roles import Permission

STATES = ("called", "running", "held", "closed")
# A page shows so many people; more are asked for by department.
MOST_PEOPLE = 200


@dataclass(frozen=True)
class Sat:
    """One meeting as it counts: its span, and who was there."""

    meeting: Meeting
    span: Span
    people: frozenset[int]

    @property
    def minutes(self) -> int:
        """How long it took."""
        return int((self.span[1] - self.span[0]).total_seconds()) // 60

    @property
    def cost(self) -> float:
        """Its person-hours, to a tenth."""
        return round(self.minutes * len(self.people) / 60, 1)


@dataclass(frozen=True)
class PersonLoad:
    """One person and what meetings took of their month."""

    person: Person
    load: Load


@dataclass(frozen=True)
class Cost:
    """What the meetings of one organiser cost."""

    organiser: Person
    meetings: int
    hours: float


@dataclass
class Month:
    """The meeting load of a month: by person, by department, by organiser."""

    people: list[PersonLoad] = field(default_factory=list)
    departments: list[tuple[Department | None, Load]] = field(default_factory=list)
    costs: list[Cost] = field(default_factory=list)

    @property
    def total(self) -> Load:
        """All people together."""
        return sum((one.load for one in self.people), Load())


def overseen(person: Person) -> list[Person]:
    """Return whose load `person` may see: their own, and that of the people they lead. One query."""
    reach = person.reaches.departments(Permission.MEETING_VIEW)
    people = Person.objects.active().select_related("department")
    theirs = Q() if reach is None else Q(department__in=reach) | Q(pk=person.pk)
    return list(people.filter(theirs).order_by("department__path", "name")[:MOST_PEOPLE])


def span_of(first: date, zone: ZoneInfo) -> Span:
    """Return the month that begins with `first` as a half-open span."""
    after = (first.replace(day=1) + timedelta(days=32)).replace(day=1)
    return (
        datetime.combine(first.replace(day=1), time(), tzinfo=zone),
        datetime.combine(after, time(), tzinfo=zone),
    )


def sat_in(people: Iterable[int], span: Span) -> list[Sat]:
    """Return the meetings of a span in which one of `people` sits, in the order of time. Two queries."""
    keys = list(people)
    inside = Meeting.objects.filter(seats__person__in=keys).order_by().values("pk")
    rows = (
        Meeting.objects.filter(state__in=STATES, starts_at__lt=span[1], ends_at__gt=span[0], pk__in=inside)
        .select_related("organiser", "department")
        .order_by("starts_at", "pk")
    )
    meetings = list(rows)
    seats: dict[int, list[Seat]] = defaultdict(list)
    for seat in Seat.objects.filter(meeting__in=[one.pk for one in meetings]):
        seats[seat.meeting_id].append(seat)
    return [Sat(one, _span(one), _there(seats[one.pk])) for one in meetings]


def _span(meeting: Meeting) -> Span:
    """Return when it really was, once that is known."""
    assert meeting.starts_at is not None
    assert meeting.ends_at is not None
    if meeting.began_at is not None and meeting.over_at is not None and meeting.over_at > meeting.began_at:
        return meeting.began_at, meeting.over_at
    return meeting.starts_at, meeting.ends_at


def _there(seats: Sequence[Seat]) -> frozenset[int]:
    signed = frozenset(seat.person_id for seat in seats if seat.signed_in_at is not None)
    if signed:
        return signed
    return frozenset(
        seat.person_id
        for seat in seats
        if (seat.role in {"decides", "takes_part"} and seat.answer != "no")
        or (seat.role == "optional" and seat.answer == "yes")
    )


def month_of(viewer: Person, first: date, zone: ZoneInfo) -> Month:
    """Return the meeting load of everybody whose load `viewer` may see. About eight queries, however many people."""
    people, span = overseen(viewer), span_of(first, zone)
    sat = sat_in([one.pk for one in people], span)
    blocks = blocks_for_many(people, _days(span))
    spans: dict[int, list[Span]] = defaultdict(list)
    for one in sat:
        for pk in one.people:
            spans[pk].append(one.span)
    loads = [PersonLoad(one, load(spans[one.pk], blocks[one.pk])) for one in people]
    found = Month(people=sorted(loads, key=lambda one: (-one.load.at_work, one.person.name)))
    found.departments = _by_department(loads)
    found.costs = _costs(sat, {one.pk for one in people})
    return found


def _by_department(loads: Sequence[PersonLoad]) -> list[tuple[Department | None, Load]]:
    sums: dict[Department | None, Load] = {}
    for one in loads:
        place = one.person.department
        sums[place] = sums.get(place, Load()) + one.load
    return sorted(sums.items(), key=lambda pair: -pair[1].share)


def _costs(sat: Sequence[Sat], known: set[int]) -> list[Cost]:
    """Return what the meetings cost that people of the page called, the dearest first."""
    sums: dict[Person, list[Sat]] = defaultdict(list)
    for one in sat:
        if one.meeting.organiser is not None and one.meeting.organiser_id in known:
            sums[one.meeting.organiser].append(one)
    costs = [Cost(who, len(some), round(sum(one.cost for one in some), 1)) for who, some in sums.items()]
    return sorted(costs, key=lambda one: (-one.hours, one.organiser.name))


def _days(span: Span) -> list[date]:
    first, count = span[0].date(), (span[1].date() - span[0].date()).days
    return [first + timedelta(days=n) for n in range(count)]


@dataclass(frozen=True)
class Row:
    """One meeting of a person's month, and the focus time that it took."""

    sat: Sat
    focus: int


@dataclass(frozen=True)
class Rows:
    """The meetings behind the numbers of one person; `hidden` are those that the viewer may not read."""

    load: Load
    rows: Sequence[Row]
    hidden: int
    hidden_minutes: int


def rows_of(viewer: Person, person: Person, first: date, zone: ZoneInfo) -> Rows:
    """Return the meetings behind the numbers of `person`. About eight queries."""
    span = span_of(first, zone)
    sat = [one for one in sat_in([person.pk], span) if person.pk in one.people]
    blocks: Mapping[int, Sequence[Block]] = blocks_for_many([person], _days(span))
    own = blocks[person.pk]
    keys = [one.meeting.pk for one in sat]
    seen = set(Meeting.objects.visible_to(viewer).filter(pk__in=keys).order_by().values_list("pk", flat=True))
    shown = [Row(one, focus_lost(*one.span, own)) for one in sat if one.meeting.pk in seen]
    hidden = [one for one in sat if one.meeting.pk not in seen]
    return Rows(load([one.span for one in sat], own), shown, len(hidden), sum(one.minutes for one in hidden))


def led_by(viewer: Person, organiser: Person, first: date, zone: ZoneInfo) -> list[Sat]:
    """Return the meetings that `organiser` called in the month and `viewer` may read, the dearest first."""
    known = [one.pk for one in overseen(viewer)]
    sat = [one for one in sat_in(known, span_of(first, zone)) if one.meeting.organiser_id == organiser.pk]
    keys = [one.meeting.pk for one in sat]
    seen = set(Meeting.objects.visible_to(viewer).filter(pk__in=keys).order_by().values_list("pk", flat=True))
    return sorted((one for one in sat if one.meeting.pk in seen), key=lambda one: -one.cost)
