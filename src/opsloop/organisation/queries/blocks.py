"""Which time blocks a person has: the nearest template, on working days, minus leave."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.db.models import Q

from opsloop.engines import blocks as engine
from opsloop.engines.workcalendar import WorkCalendar
from opsloop.organisation.models import BlockRule, BlockTemplate, Department, Leave, Person
from opsloop.organisation.queries.calendar import working_calendar


@dataclass(frozen=True)
class Chosen:
    """The template that counts for somebody; `row` is None when it is the built-in one."""

    template: engine.Template
    row: BlockTemplate | None


def zone_of(person: Person) -> ZoneInfo:
    """Return the person's time zone; the installation's if theirs is not known here."""
    try:
        return ZoneInfo(person.time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo(settings.TIME_ZONE)


def rule_of(row: BlockRule) -> engine.Rule:
    """Return a stored rule as the engine knows it."""
    weekdays = frozenset(n for n in range(7) if row.weekdays & 1 << n)
    return engine.Rule(engine.BlockKind(row.kind), row.start, row.end, weekdays)


def as_template(row: BlockTemplate) -> engine.Template:
    """Return a stored template, its rules prefetched, as the engine knows it."""
    return engine.Template(tuple(rule_of(rule) for rule in row.rules.all()))


def templates_for(people: Sequence[Person]) -> dict[int, Chosen]:
    """Return person id -> the nearest template: own, department, those above it, organisation, built in.

    Three queries at most, however many people.
    """
    templates = Templates(())
    return {person.pk: templates.of(person) for person in people}


class Templates:
    """The templates of everybody, with their exceptions on `days`.

    Two queries; one more for people who come without their department.
    """

    def __init__(self, days: Sequence[date]) -> None:
        wanted = Q(day__isnull=True)
        if days:
            wanted |= Q(day__gte=min(days), day__lte=max(days))
        rows = BlockTemplate.objects.filter(wanted).prefetch_related("rules")
        self._rows = {(row.person_id, row.department_id, row.day): row for row in rows}
        self._chosen: dict[tuple[tuple[int | None, int | None], date | None], Chosen] = {}
        self._with_own = {row.person_id for row in self._rows.values() if row.person_id}

    def of(self, person: Person, day: date | None = None) -> Chosen:
        """Return the template that counts for a person: on `day`, the nearest exception comes before all else."""
        key = (self.kin(person), day)
        found = self._chosen.get(key)
        if found is None:
            row = self._nearest(person, day) if day is not None else None
            row = row or self._nearest(person, None)
            found = Chosen(as_template(row) if row else engine.DEFAULT_TEMPLATE, row)
            self._chosen[key] = found
        return found

    def kin(self, person: Person) -> tuple[int | None, int | None]:
        """Return what those share for whom the same templates count: a department, or a person with own ones."""
        return (person.pk, None) if person.pk in self._with_own else (None, person.department_id)

    @cached_property
    def _paths(self) -> dict[int, str]:
        return dict(Department.objects.values_list("pk", "path"))

    def _path(self, person: Person) -> str:
        if person.department_id is None:
            return ""
        if "department" in person._state.fields_cache and person.department is not None:
            return person.department.path
        return self._paths.get(person.department_id, "")

    def _nearest(self, person: Person, day: date | None) -> BlockTemplate | None:
        chain = [int(part) for part in self._path(person).split("/") if part]
        owners = [(person.pk, None), *((None, pk) for pk in reversed(chain)), (None, None)]
        return next(filter(None, (self._rows.get((*owner, day)) for owner in owners)), None)


def template_for(person: Person) -> Chosen:
    """Return the template that counts for `person`. Three queries at most."""
    return templates_for([person])[person.pk]


def blocks_for(
    person: Person,
    days: Iterable[date],
    *,
    calendar: WorkCalendar | None = None,
    leave: Sequence[engine.Span] | None = None,
) -> tuple[engine.Block, ...]:
    """Return the blocks in which `person` works on `days`, in order: template, calendar, minus leave.

    Lunch is a block too (`kind.workable` is False). Six queries; two fewer with a `calendar` at hand, one
    fewer with the spans of `leave`.
    """
    away = None if leave is None else {person.pk: leave}
    return blocks_for_many([person], days, calendar=calendar, leave=away)[person.pk]


def blocks_for_many(
    people: Sequence[Person],
    days: Iterable[date],
    *,
    calendar: WorkCalendar | None = None,
    leave: Mapping[int, Sequence[engine.Span]] | None = None,
) -> dict[int, tuple[engine.Block, ...]]:
    """Return person id -> blocks on `days`, as `blocks_for` does, in as many queries for many people."""
    wanted = sorted(set(days))
    if not wanted or not people:
        return {person.pk: () for person in people}
    calendar = calendar or working_calendar({day.year for day in wanted})
    templates = Templates(wanted)
    away = _leave(people, wanted[0], wanted[-1]) if leave is None else leave
    # Most people share templates and a zone and are not away: their blocks are worked out once.
    shared: dict[tuple[tuple[engine.Template, ...], str], tuple[engine.Block, ...]] = {}
    of_kin: dict[tuple[tuple[int | None, int | None], str], tuple[engine.Block, ...]] = {}
    found = {}
    for person in people:
        zone = zone_of(person)
        absent = away.get(person.pk, ())
        like = (templates.kin(person), zone.key)
        if not absent and like in of_kin:
            found[person.pk] = of_kin[like]
            continue
        own = tuple(templates.of(person, day).template for day in wanted)
        key = (own, zone.key)
        if absent or key not in shared:
            blocks = tuple(
                block
                for day, template in zip(wanted, own, strict=True)
                for block in engine.blocks_of_day(template, day, calendar=calendar, zone=zone, leave=absent)
            )
            if not absent:
                shared[key] = blocks
        found[person.pk] = blocks if absent else shared[key]
        if not absent:
            of_kin[like] = shared[key]
    return found


def _leave(people: Sequence[Person], first: date, last: date) -> Mapping[int, Sequence[engine.Span]]:
    # A day more on both sides: the people may live in different zones.
    utc = ZoneInfo("UTC")
    since = datetime.combine(first - timedelta(days=1), time(0), tzinfo=utc)
    until = datetime.combine(last + timedelta(days=2), time(0), tzinfo=utc)
    rows = Leave.objects.filter(person__in=people, starts_at__lt=until, ends_at__gt=since)
    away: dict[int, list[engine.Span]] = {}
    for person_id, start, end in rows.values_list("person_id", "starts_at", "ends_at"):
        away.setdefault(person_id, []).append((start, end))
    return away
