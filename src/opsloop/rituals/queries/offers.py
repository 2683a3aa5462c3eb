"""What is offered on Today, and what the day was begun with."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from opsloop.engines import ritualtimes
from opsloop.engines.blocks import Block
from opsloop.engines.ritualtimes import Kind
from opsloop.engines.workcalendar import WorkCalendar
from opsloop.organisation.models import Person
from opsloop.organisation.queries import working_calendar
from opsloop.organisation.roles import Permission
from opsloop.rituals.models import RitualRun
from opsloop.rituals.queries.days import workday

WORDS: dict[Kind, tuple[Promise, str]] = {
    "morning": (_("Two minutes, and the day has an honest plan."), "plan"),
    "team": (_("Three minutes: clear the way, even out the day, send it to everybody."), "team"),
    "evening": (_("Two minutes to close the day and put tomorrow in order."), "leave"),
    "week": (_("Look back on the week, and decide what the next one is for."), "calendar"),
}


@dataclass(frozen=True)
class Offer:
    """A ritual that Today offers: whether it was begun, and where it goes on."""

    kind: str
    on: date
    is_begun: bool

    @property
    def title(self) -> str | Promise:
        """What it is called."""
        return RitualRun.Kind(self.kind).label

    @property
    def text(self) -> Promise:
        """Why to open it, in a sentence."""
        return WORDS[self.kind][0]  # type: ignore[index]  # a kind that is offered

    @property
    def icon(self) -> str:
        """Its icon."""
        return WORDS[self.kind][1]  # type: ignore[index]

    @property
    def url(self) -> str:
        """Its page."""
        return reverse("team:morning" if self.kind == "team" else f"rituals:{self.kind}")

    @property
    def skip_url(self) -> str:
        """Where it is left out this time; the round of a team has its pages above."""
        return reverse("team:skip") if self.kind == "team" else reverse("rituals:skip", args=[self.kind])


@dataclass(frozen=True)
class Offers:
    """What Today shows of rituals: offers, whether the day was closed, and the tasks it was begun with."""

    offers: Sequence[Offer]
    is_closed: bool
    picked: Sequence[int]


def offers(person: Person, *, at: datetime, blocks: Iterable[Block], calendar: WorkCalendar) -> Offers:
    """Return what Today shows of rituals at `at`; `blocks` are those of the day. One query."""
    now = at.astimezone(ZoneInfo(person.time_zone))
    week = ritualtimes.planned_week(now.date(), calendar)
    runs = {
        run.kind: run
        for run in RitualRun.objects.filter(
            Q(on=now.date(), kind__in=["morning", "team", "evening"]) | Q(on=week, kind="week"), person=person
        )
    }
    ended: list[Kind] = [kind for kind in WORDS if kind in runs and not runs[kind].is_open]
    shown = ritualtimes.offered(
        now, workday(blocks), calendar=calendar, ended=ended, leads=person.may(Permission.PLAN_TEAM)
    )
    evening, morning = runs.get("evening"), runs.get("morning")
    return Offers(
        offers=[Offer(kind, week if kind == "week" else now.date(), kind in runs) for kind in shown],
        is_closed=evening is not None and evening.state == RitualRun.State.FINISHED,
        picked=morning.answers.get("picked", ()) if morning else (),
    )


def picked_today(people: Sequence[Person], day: date) -> dict[int, list[int]]:
    """Return person id -> the tasks they began the day with; who has not begun it is left out. One query."""
    rows = RitualRun.objects.filter(
        person__in=people, kind=RitualRun.Kind.MORNING, on=day, state=RitualRun.State.FINISHED
    )
    return {run.person_id: run.answers.get("picked", []) for run in rows}


def is_quiet(person: Person, *, at: datetime) -> bool:
    """Whether the person has closed their last working day and the next has not begun. Three queries at most."""
    day = at.astimezone(ZoneInfo(person.time_zone)).date()
    closed = RitualRun.objects.filter(
        person=person, kind=RitualRun.Kind.EVENING, state=RitualRun.State.FINISHED, on__gt=day - timedelta(days=14)
    ).order_by("-on").values_list("on", flat=True).first()  # fmt: skip
    if closed is None:
        return False
    return closed == day or ritualtimes.last_workday(day, working_calendar({day.year})) == closed


def quiet_people(people: Sequence[Person], *, at: datetime) -> frozenset[int]:
    """Return the ids of those for whom `is_quiet` holds. Two queries however many they are."""
    runs = RitualRun.objects.filter(
        person__in=[person.pk for person in people], kind=RitualRun.Kind.EVENING,
        state=RitualRun.State.FINISHED, on__gt=at.date() - timedelta(days=15),
    ).order_by("on").values_list("person_id", "on")  # fmt: skip
    closed = dict(runs)
    calendar = working_calendar({at.year})
    quiet = set()
    for person in people:
        day = at.astimezone(ZoneInfo(person.time_zone)).date()
        if person.pk in closed and closed[person.pk] in {day, ritualtimes.last_workday(day, calendar)}:
            quiet.add(person.pk)
    return frozenset(quiet)
