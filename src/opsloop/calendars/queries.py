"""When people are busy, and what stands in one's own calendars."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.db.models import BooleanField, ExpressionWrapper, Q
from django.utils.dateparse import parse_date

from opsloop.activity import registry
from opsloop.calendars.models import Appointment, OutsideCalendar, OutsideEvent
from opsloop.engines.appointments import Span, spans
from opsloop.engines.recurrence import WEEKDAYS_ONLY, is_rule, names_working_days
from opsloop.engines.workcalendar import WorkCalendar
from opsloop.organisation.models import Person
from opsloop.organisation.queries import working_calendar
from opsloop.organisation.roles import Permission
from opsloop.web.templatetags.quick import address

Source = Literal["appointment", "outside"]
# An event of an outside calendar keeps plans out, unless it, its calendar, or the calendar for whole days says no.
TAKES_TIME = Q(takes_time=True, calendar__takes_time=True) & (
    Q(is_all_day=False) | Q(calendar__all_day_takes_time=True)
)
# A day with more notes than a glance takes is shown with the first of them.
MOST_NOTES = 60
LOOKED_AHEAD = timedelta(days=366)


@dataclass(frozen=True)
class Busy:
    """A span [starts, ends) that is taken.

    `title` is None where who asks may not see it. `pk` is the appointment or outside event it comes from,
    and `colour` that of its calendar ("" for an appointment).
    """

    starts: datetime
    ends: datetime
    title: str | None
    source: Source
    pk: int
    is_all_day: bool = False
    colour: str = ""
    place: str = ""
    is_private: bool = False
    # What put the appointment there, by its kind and key; "" for one's own.
    origin_kind: str = ""
    origin_id: int | None = None

    @property
    def origin_url(self) -> str:
        """The page of what put the appointment there; "" for one's own."""
        return origin_url(self.origin_kind, self.origin_id)

    @property
    def span(self) -> Span:
        """The span alone, as engines take it."""
        return self.starts, self.ends


def busy(
    person_ids: Iterable[int],
    starts: datetime,
    ends: datetime,
    *,
    by: Person | None = None,
    calendar: WorkCalendar | None = None,
) -> dict[int, list[Busy]]:
    """Return person id -> what takes their time in [starts, ends), by start. Every id is a key.

    The times are told to whoever may see those people's plans, which the caller has checked; titles only to
    `by` (None: to nobody), for one's own calendars and for open appointments of those whose work they see.
    Two queries, two more if somebody has an appointment on working days and no `calendar` is at hand.
    """
    wanted = set(person_ids)
    taken: dict[int, list[Busy]] = {pk: [] for pk in wanted}
    if not wanted or starts >= ends:
        return taken
    reads = _Reader(by)
    for row, span in _occurrences(_appointments(wanted, starts, ends), starts, ends, calendar):
        taken[row.person_id].append(_of_appointment(row, span, is_read=reads.appointment(row)))
    for event in _outside(wanted, starts, ends):
        owner = event.calendar.person_id
        taken[owner].append(_of_event(event, is_read=by is not None and by.pk == owner))
    for found in taken.values():
        found.sort(key=lambda one: (one.starts, one.ends))
    return taken


def taken(
    person_ids: Iterable[int],
    starts: datetime,
    ends: datetime,
    *,
    calendar: WorkCalendar,
    besides: tuple[str, int] | None = None,
) -> dict[int, list[Span]]:
    """Return person id -> the spans that `busy` gives, without their words and in no order: for searches over many.

    `besides` names an origin whose appointments are left out. Three queries; a tenth of the CPU of `busy`.
    """
    wanted = set(person_ids)
    found: dict[int, list[Span]] = {pk: [] for pk in wanted}
    rows = Appointment.objects.filter(person_id__in=wanted, starts_at__lt=ends).order_by()
    once = rows.filter(rule="", ends_at__gt=starts)
    for pk, start, end, kind, key in once.values_list(
        "person_id", "starts_at", "ends_at", "origin_kind", "origin_id"
    ):
        if besides is None or (kind, key) != besides:
            found[pk].append((start, end))
    for row, span in _occurrences(list(rows.exclude(rule="")), starts, ends, calendar):
        found[row.person_id].append(span)
    events = OutsideEvent.objects.filter(
        TAKES_TIME, calendar__person_id__in=wanted, starts_at__lt=ends, ends_at__gt=starts
    )
    for pk, start, end in events.order_by().values_list("calendar__person_id", "starts_at", "ends_at"):
        found[pk].append((start, end))
    return found


def own(
    person: Person, starts: datetime, ends: datetime, *, calendar: WorkCalendar | None = None
) -> list[tuple[Appointment, Span]]:
    """Return the occurrences of a person's own appointments in [starts, ends), by start."""
    rows = _appointments({person.pk}, starts, ends)
    return sorted(_occurrences(rows, starts, ends, calendar), key=lambda pair: pair[1])


class _Reader:
    """Whose titles `by` may read. No query of its own; the rights of `by` are loaded once (one query)."""

    def __init__(self, by: Person | None) -> None:
        self._by = by

    def appointment(self, row: Appointment) -> bool:
        """Whether `by` may read `row`; the same rule as its `visible_to`."""
        if self._by is None:
            return False
        if row.person_id == self._by.pk:
            return True
        reach = self._by.reaches.departments(Permission.WORK_VIEW)
        return not row.is_private and (reach is None or row.person.department_id in reach)


def _appointments(person_ids: Collection[int], starts: datetime, ends: datetime) -> list[Appointment]:
    ahead = Q(ends_at__gt=starts) | ~Q(rule="")
    rows = Appointment.objects.filter(ahead, person_id__in=person_ids, starts_at__lt=ends)
    return list(rows.select_related("person").order_by("starts_at", "pk"))


def _outside(person_ids: Collection[int], starts: datetime, ends: datetime) -> Iterable[OutsideEvent]:
    rows = OutsideEvent.objects.filter(
        TAKES_TIME, calendar__person_id__in=person_ids, starts_at__lt=ends, ends_at__gt=starts
    )
    return rows.select_related("calendar").order_by("starts_at", "pk")


def busy_and_notes(
    person: Person, starts: datetime, ends: datetime, *, by: Person, calendar: WorkCalendar | None = None
) -> tuple[list[Busy], list[Busy]]:
    """Return what takes a person's time, as `busy` does, and the all-day events of outside calendars that do not.

    The latter are worth knowing and in nobody's way; as everywhere, their titles are told to the person alone. As many
    queries as `busy`.
    """
    if starts >= ends:
        return [], []
    reads = _Reader(by)
    taken = [
        _of_appointment(row, span, is_read=reads.appointment(row))
        for row, span in _occurrences(_appointments({person.pk}, starts, ends), starts, ends, calendar)
    ]
    notes: list[Busy] = []
    rows = OutsideEvent.objects.filter(
        TAKES_TIME | Q(is_all_day=True), calendar__person=person, starts_at__lt=ends, ends_at__gt=starts
    ).annotate(counts=ExpressionWrapper(TAKES_TIME, output_field=BooleanField()))
    for event in rows.select_related("calendar").order_by("starts_at", "pk"):
        in_the_way = event.counts  # type: ignore[attr-defined]  # annotated above
        (taken if in_the_way else notes).append(_of_event(event, is_read=by.pk == person.pk))
    return sorted(taken, key=lambda one: (one.starts, one.ends)), notes[:MOST_NOTES]


def _occurrences(
    rows: list[Appointment], starts: datetime, ends: datetime, calendar: WorkCalendar | None
) -> Iterator[tuple[Appointment, Span]]:
    if calendar is None and any(names_working_days(row.rule) for row in rows):
        calendar = working_calendar({starts.year, ends.year})
    for row in rows:
        found = spans(
            (row.starts_at, row.ends_at), rule_of(row), zone=zone_of(row), since=starts, until=ends,
            calendar=calendar or WEEKDAYS_ONLY, skipped=skipped_of(row),
        )  # fmt: skip
        for span in found:
            yield row, span


def skipped_of(row: Appointment) -> frozenset[date]:
    """Return the days on which an occurrence is left out; one that is not repeated is never skipped."""
    days = (parse_date(text) for text in row.skipped) if row.rule else ()
    return frozenset(day for day in days if day)


def occurrences(row: Appointment, starts: datetime, *, most: int) -> list[tuple[Span, bool]]:
    """Return the first `most` occurrences of a repeating appointment from `starts` on, each with whether it is skipped.

    None beyond a year ahead. One query if it goes by working days.
    """
    ends = starts + LOOKED_AHEAD
    counted = working_calendar({starts.year, ends.year}) if names_working_days(row.rule) else WEEKDAYS_ONLY
    first = (row.starts_at, row.ends_at)
    found = spans(first, rule_of(row), zone=zone_of(row), since=starts, until=ends, calendar=counted)
    without = skipped_of(row)
    return [(span, span[0].date() in without) for span in islice(found, most)]


def rule_of(row: Appointment) -> str:
    """Return how an appointment comes round; "" for once, and for a rule of another version, not read by this one.

    One such rule must not hide the whole plan.
    """
    return row.rule if is_rule(row.rule) else ""


def zone_of(row: Appointment) -> ZoneInfo:
    """Return the zone an appointment was made in; the installation's if it is not known here."""
    try:
        return ZoneInfo(row.time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo(settings.TIME_ZONE)


def origin_url(kind: str, key: int | None) -> str:
    """Return the page of what put an appointment into calendars; "" for one's own."""
    page = registry.origin_page(kind) if kind else ""
    return address(page, key) if page and key else ""


def _of_appointment(row: Appointment, span: Span, *, is_read: bool) -> Busy:
    return Busy(
        starts=span[0],
        ends=span[1],
        title=row.title if is_read else None,
        source="appointment",
        pk=row.pk,
        is_all_day=row.is_all_day,
        place=row.place if is_read else "",
        is_private=row.is_private,
        origin_kind=row.origin_kind,
        origin_id=row.origin_id,
    )


def _of_event(event: OutsideEvent, *, is_read: bool) -> Busy:
    return Busy(
        starts=event.starts_at,
        ends=event.ends_at,
        title=event.title if is_read else None,
        source="outside",
        pk=event.pk,
        is_all_day=event.is_all_day,
        colour=event.calendar.colour if is_read else "",
        place=event.place if is_read else "",
    )


def subscriptions(person: Person) -> list[OutsideCalendar]:
    """Return the calendars a person subscribed to. One query."""
    return list(OutsideCalendar.objects.visible_to(person).order_by("name", "pk"))
