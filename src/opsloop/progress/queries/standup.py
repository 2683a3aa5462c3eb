"""The stand-up: yesterday, today and what stands in the way, one row a person, put together from the record."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q

from opsloop.activity.registry import planned_spans
from opsloop.boards.queries.workload import people_of
from opsloop.engines.language.readings import alphabetical
from opsloop.engines.workcalendar import WorkCalendar
from opsloop.organisation.models import Person
from opsloop.organisation.roles import Permission
from opsloop.progress.models import Blocker, ProgressUpdate
from opsloop.progress.queries import updates
from opsloop.progress.queries.board import blockers_by_person
from opsloop.rituals.models import DailyNote
from opsloop.work.models import Project, Task

# A stand-up takes a quarter of an hour, the push meeting of a project ten minutes.
MINUTES, PUSH_MINUTES = 15, 10
MOST_PEOPLE = 40
# Of one person and day: more is read elsewhere.
MOST_TASKS = 6


@dataclass(frozen=True)
class Row:
    """One person: done and told since the last working day, planned today, and what holds them up."""

    person: Person
    done: Sequence[Task]
    told: Sequence[ProgressUpdate]
    today: Sequence[Task]
    blockers: Sequence[Blocker]
    notes: Sequence[DailyNote]

    @property
    def is_stuck(self) -> bool:
        """Whether something holds them up."""
        return bool(self.blockers or self.notes)


@dataclass(frozen=True)
class Standup:
    """All rows; `since` is the working day that "yesterday" means."""

    rows: Sequence[Row]
    since: date
    minutes: int
    project: Project | None

    @property
    def stuck(self) -> int:
        """How many people are held up."""
        return sum(row.is_stuck for row in self.rows)


def people_at(viewer: Person, project: Project | None) -> list[Person]:
    """Return who stands up: those of a project, those one leads, or one's own department. Two queries at most."""
    if project is not None:
        working = Task.objects.open().filter(project=project, owner__isnull=False).order_by().values("owner")
        members = Q(pk=project.owner_id) | Q(pk__in=project.members.all()) | Q(pk__in=working)
        rows = Person.objects.active().filter(members)
    elif viewer.may(Permission.PLAN_TEAM):
        return people_of(viewer, "all")[:MOST_PEOPLE]
    else:
        own = Q(department=viewer.department_id) if viewer.department_id else Q(pk=viewer.pk)
        rows = Person.objects.visible_to(viewer).active().filter(own)
    return sorted(rows.select_related("department"), key=lambda one: alphabetical(one.name))[:MOST_PEOPLE]


def standup(
    viewer: Person, people: Sequence[Person], *, project: Project | None, calendar: WorkCalendar, now: datetime,
    day: date,
) -> Standup:  # fmt: skip
    """Return what everybody has to say on `day`, as far as `viewer` may see it. Six queries, however many people."""
    since = calendar.previous_workday(day)
    seen = Task.objects.visible_to(viewer).alive()
    if project is not None:
        seen = seen.filter(project=project)
    done = _done(seen, people, updates.day_span(since)[0], now)
    told = _told(seen, people, since)
    today = _today(viewer, people, project, day)
    blockers = blockers_by_person(viewer, people)
    notes = _notes(viewer, people, project)
    rows = [
        Row(
            one,
            done.get(one.pk, [])[:MOST_TASKS],
            told.get(one.pk, [])[:MOST_TASKS],
            today.get(one.pk, [])[:MOST_TASKS],
            [b for b in blockers.get(one.pk, ()) if project is None or b.task.project_id == project.pk],
            notes.get(one.pk, []),
        )
        for one in people
    ]
    # Who is held up speaks first: that is what everybody can do something about.
    rows.sort(key=lambda row: not row.is_stuck)
    minutes = MINUTES if project is None else PUSH_MINUTES
    return Standup(rows, since, minutes, project)


def _done(seen: object, people: Sequence[Person], since: datetime, now: datetime) -> dict[int, list[Task]]:
    rows = seen.filter(  # type: ignore[attr-defined]
        owner__in=people, status=Task.Status.DONE, closed_at__gte=since, closed_at__lte=now
    )
    found: dict[int, list[Task]] = defaultdict(list)
    for task in rows.order_by("closed_at"):
        found[task.owner_id].append(task)
    return found


def _told(seen: object, people: Sequence[Person], since: date) -> dict[int, list[ProgressUpdate]]:
    """Return the last line since a day for each person and task."""
    rows = ProgressUpdate.objects.filter(person__in=people, day__gte=since, task__in=seen.order_by())  # type: ignore[attr-defined]
    found: dict[int, dict[int, ProgressUpdate]] = defaultdict(dict)
    for line in rows.select_related("task").order_by("-day", "-written_at"):
        found[line.person_id].setdefault(line.task_id, line)
    return {pk: list(lines.values()) for pk, lines in found.items()}


def _today(
    viewer: Person, people: Sequence[Person], project: Project | None, day: date
) -> dict[int, list[Task]]:
    """Return what stands in the plan of the day first, then what else is in hand."""
    hand = updates.in_hand(people, day, viewer=viewer)
    begin, end = updates.day_span(day)
    planned: dict[int, dict[int, int]] = defaultdict(dict)
    for span in planned_spans(people, begin, end):
        planned[span.person_id].setdefault(span.task_id, len(planned[span.person_id]))
    found = {}
    for pk, tasks in hand.items():
        own = [task for task in tasks if project is None or task.project_id == project.pk]
        found[pk] = sorted(own, key=lambda task: planned[pk].get(task.pk, 99))
    return found


def _notes(viewer: Person, people: Sequence[Person], project: Project | None) -> dict[int, list[DailyNote]]:
    """Return the obstacles of days that nobody has answered or taken up."""
    taken = Blocker.objects.filter(note__isnull=False).order_by().values("note")
    rows = DailyNote.objects.visible_to(viewer).blocked().filter(person__in=people).exclude(pk__in=taken)
    if project is not None:
        rows = rows.filter(task__project=project)
    found: dict[int, list[DailyNote]] = defaultdict(list)
    for note in rows.select_related("task").order_by("day"):
        found[note.person_id].append(note)
    return found
