"""The facts of a report: those of a review, and what was finished, what is at risk, what comes next, who did how much.

A handed in report keeps them as JSON: `ReportFacts.to_json` and `ReportFacts.from_json` are the two sides of that.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, Q, QuerySet, Sum

from opsloop.engines import intervals
from opsloop.engines.reporting import Capacity
from opsloop.engines.reviewing import Period, Rate
from opsloop.notices.models import Notice, Receipt
from opsloop.organisation.models import Person
from opsloop.organisation.queries import blocks_for_many
from opsloop.planning import room
from opsloop.planning.models import Placement
from opsloop.progress.models import RiskFlag
from opsloop.reports.models import Report
from opsloop.reports.queries.subjects import subject_for
from opsloop.reviews.queries import facts as reviews
from opsloop.reviews.queries.facts import (
    Facts,
    Span,
    Subject,
    due_in,
    finished_in,
    hours_in,
    is_late,
    span_of,
)
from opsloop.rituals.models import RitualRun
from opsloop.work.models import Task

MOST_DONE, MOST_AHEAD, MOST_DANGERS, MOST_MEMBERS = 20, 12, 10, 40
GOALS = 3
NOTHING = Rate()


@dataclass(frozen=True)
class Item:
    """A task in a list: `day` is when it was finished, or when it is due."""

    pk: int
    title: str
    owner: str
    day: date | None
    is_key: bool


@dataclass(frozen=True)
class Danger:
    """A task at risk: `code` is the gravest sign of engines.warning."""

    pk: int
    title: str
    owner: str
    day: date | None
    code: str


@dataclass(frozen=True)
class Member:
    """What one of a team did: tasks that were due, done and late, and recorded minutes."""

    pk: int
    name: str
    due: int = 0
    done: int = 0
    late: int = 0
    minutes: int = 0


@dataclass(frozen=True)
class Notices:
    """What the notices say that departments sent: how many, and of how many people confirmed, how many still have to.

    `unasked` counts who confirmed before the first reminder.
    """

    sent: int = 0
    people: int = 0
    confirmed: int = 0
    unasked: int = 0
    open: int = 0


@dataclass(frozen=True)
class Before:
    """The same figures of the period before, for the way they go."""

    key: Rate = NOTHING
    all: Rate = NOTHING
    in_time: Rate = NOTHING


@dataclass(frozen=True)
class ReportFacts:
    """What the record says of a subject's period, and of the one after it."""

    looked: Facts = field(default_factory=Facts)
    before: Before = field(default_factory=Before)
    done: Sequence[Item] = ()
    done_count: int = 0
    ahead: Sequence[Item] = ()
    ahead_count: int = 0
    dangers: Sequence[Danger] = ()
    danger_count: int = 0
    members: Sequence[Member] = ()
    # Of departments; what a person or a project is told of is no work of theirs.
    notices: Notices = Notices()
    # The working time of the next week; None of a month or a project.
    capacity: Capacity | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the facts as a handed in report keeps them."""
        kept = asdict(self)
        kept["looked"] = self.looked.to_json()
        for name in ("done", "ahead", "dangers"):
            kept[name] = [
                {**one, "day": one["day"].isoformat() if one["day"] else None} for one in kept[name]
            ]
        return kept

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> ReportFacts:
        """Return the facts that `to_json` wrote; fields it did not know are empty."""
        before = {name: Rate(**one) for name, one in kept.get("before", {}).items()}
        return cls(
            looked=Facts.from_json(kept.get("looked", {})),
            before=Before(**before),
            done=[Item(**_dated(one)) for one in kept.get("done", ())],
            ahead=[Item(**_dated(one)) for one in kept.get("ahead", ())],
            dangers=[Danger(**_dated(one)) for one in kept.get("dangers", ())],
            members=[Member(**one) for one in kept.get("members", ())],
            notices=Notices(**kept.get("notices", {})),
            capacity=Capacity(**kept["capacity"]) if kept.get("capacity") else None,
            **{name: kept.get(name, 0) for name in ("done_count", "ahead_count", "danger_count")},
        )


def _dated(one: Mapping[str, Any]) -> dict[str, Any]:
    return {**one, "day": date.fromisoformat(one["day"]) if one["day"] else None}


def facts_of(report: Report, *, zone: ZoneInfo, at: datetime) -> ReportFacts:
    """Return the facts of a report: those it was handed in with, else as the record says now. At most 27 queries."""
    if report.is_submitted:
        return ReportFacts.from_json(report.facts)
    subject = subject_for(report)
    return gather(subject, report.period, zone=zone, at=at, ahead=True)


def gather(
    subject: Subject, period: Period, *, zone: ZoneInfo, at: datetime, back: bool = True, ahead: bool = True
) -> ReportFacts:
    """Return the facts of a period as they stand at `at`, `back` and `ahead`: 14 and 11 queries, whatever the rows.

    The page shows the two apart, so that neither waits for the other.
    """
    span = span_of(period, zone)
    found: dict[str, Any] = {}
    if back:
        found["looked"] = reviews.gather(subject, period, zone=zone, at=at)
        before = reviews.figures_of(subject, span_of(period.before, zone), at)
        found["before"] = Before(
            Rate(before["key_done"], before["key_due"]),
            Rate(before["done"], before["due"]),
            Rate(before["in_time"], before["due_by_now"]),
        )
        found["done"], found["done_count"] = _done(subject, span, zone)
        if subject.departments:
            found["notices"] = _notices(subject, span)
    if ahead:
        found["ahead"], found["ahead_count"] = _ahead(subject, span_of(period.following, zone), zone)
        found["dangers"], found["danger_count"] = _dangers(subject, zone)
        if subject.departments:
            found["members"] = members_of(subject, span, at)
        if period.kind == "week" and subject.project is None:
            found["capacity"] = capacity_of(subject, period.following, zone)
    return ReportFacts(**found)


_ROW = ("pk", "title", "owner__name", "importance")


def _items(rows: QuerySet[Task], when: str, zone: ZoneInfo, most: int) -> tuple[list[Item], int]:
    """Return the first rows as items and how many there are; the second query only where not all are listed."""
    found = list(rows.values_list(*_ROW, when)[: most + 1])
    items = [
        Item(
            pk,
            title,
            owner or "",
            at.astimezone(zone).date() if at else None,
            weight >= reviews.KEY_IMPORTANCE,
        )
        for pk, title, owner, weight, at in found[:most]
    ]
    return items, rows.count() if len(found) > most else len(found)


def _done(subject: Subject, span: Span, zone: ZoneInfo) -> tuple[list[Item], int]:
    rows = finished_in(subject, span).order_by("-importance", "closed_at", "pk")
    return _items(rows, "closed_at", zone, MOST_DONE)


def _notices(subject: Subject, span: Span) -> Notices:
    """Return how the notices were taken that departments sent in a span. One query."""
    rows = Receipt.objects.to_confirm().filter(
        notice__department__in=subject.departments, notice__sent_at__gte=span[0], notice__sent_at__lt=span[1]
    )
    is_confirmed = Q(confirmed_at__isnull=False)
    return Notices(
        **rows.exclude(notice__state=Notice.State.WITHDRAWN).aggregate(
            sent=Count("notice", distinct=True),
            people=Count("pk"),
            confirmed=Count("pk", filter=is_confirmed),
            unasked=Count("pk", filter=is_confirmed & Q(reminded_at__isnull=True)),
            open=Count("pk", filter=Q(is_open=True, person__is_active=True)),
        )
    )


def _ahead(subject: Subject, span: Span, zone: ZoneInfo) -> tuple[list[Item], int]:
    rows = due_in(subject, span).filter(closed_at__isnull=True).order_by("-importance", "due_at", "pk")
    return _items(rows, "due_at", zone, MOST_AHEAD)


def _dangers(subject: Subject, zone: ZoneInfo) -> tuple[list[Danger], int]:
    """Return the tasks that are at risk now, the gravest first. Two queries, one where all are listed."""
    rows = RiskFlag.objects.filter(
        subject.of_tasks(),
        closed_at__isnull=True,
        task__closed_at__isnull=True,
        task__deleted_at__isnull=True,
    ).order_by("level", "task__due_at", "pk")
    values = rows.values_list("task_id", "task__title", "task__owner__name", "task__due_at", "codes")
    found = list(values[: MOST_DANGERS + 1])
    shown = [
        Danger(
            pk, title, owner or "", due.astimezone(zone).date() if due else None, (codes.split() or [""])[0]
        )
        for pk, title, owner, due, codes in found[:MOST_DANGERS]
    ]
    return shown, rows.count() if len(found) > MOST_DANGERS else len(found)


def members_of(subject: Subject, span: Span, at: datetime) -> list[Member]:
    """Return what everybody of a subject did in a span, who had most to do first. Two queries."""
    is_done = Q(status=Task.Status.DONE)
    rows = due_in(subject, span).filter(owner__isnull=False).values_list("owner_id", "owner__name")
    sums = rows.annotate(
        due=Count("pk"), done=Count("pk", filter=is_done), late=Count("pk", filter=is_late(at))
    )
    found = {pk: {"name": name, "due": due, "done": done, "late": late} for pk, name, due, done, late in sums}
    hours = (
        hours_in(subject, span).order_by().values_list("person_id", "person__name").annotate(n=Sum("minutes"))
    )
    for pk, name, minutes in hours:
        found.setdefault(pk, {"name": name})["minutes"] = minutes
    members = [Member(pk, **values) for pk, values in found.items()]
    return sorted(members, key=lambda one: (-one.due, -one.minutes, one.pk))[:MOST_MEMBERS]


def capacity_of(subject: Subject, period: Period, zone: ZoneInfo) -> Capacity:
    """Return the working minutes of a week and what plans take of them. Eight queries, for one person or many."""
    people = (
        [subject.person]
        if subject.person
        else list(
            Person.objects.active().filter(department_id__in=subject.departments).select_related("department")
        )
    )
    days = [period.starts_on + timedelta(days=offset) for offset in range(7)]
    blocks = blocks_for_many(people, days)
    available = sum(
        int((block.end - block.start) / timedelta(minutes=1))
        for own in blocks.values() for block in own if block.kind.workable
    )  # fmt: skip
    start, end = span_of(period, zone)
    rows = Placement.objects.filter(
        person__in=people, starts_at__gte=start, starts_at__lt=end, task__deleted_at__isnull=True
    )
    by_person: dict[int, list[tuple[datetime, datetime]]] = {}
    for pk, begins, ends in rows.order_by("starts_at").values_list("person_id", "starts_at", "ends_at"):
        by_person.setdefault(pk, []).append((begins, ends))
    placed = sum(room.minutes(intervals.merge(spans)) for spans in by_person.values())
    return Capacity(available, placed)


def goals_of(report: Report) -> list[dict[str, Any]]:
    """Return what comes first next: as written here, else as the person's own week ritual says. At most one query."""
    if report.goals is not None:
        return list(report.goals)
    if not report.is_personal or report.kind != "week":
        return []
    run = RitualRun.objects.filter(
        person=report.person, kind="week", on=report.period.following.starts_on
    ).first()
    return [one for one in (run.answers.get("goals", ()) if run else ()) if one.get("text")][:GOALS]
