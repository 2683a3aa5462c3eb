"""The end of a day: what was done of what was planned, what goes on tomorrow, and the sentence of the day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import cached_property
from typing import Any

from django.db.models import Q

from opsloop.engines import intervals
from opsloop.planning import room
from opsloop.planning.models import Placement
from opsloop.rituals.models import DailyNote, RitualRun
from opsloop.rituals.queries.days import Look
from opsloop.timekeeping import days
from opsloop.timekeeping.models import TimeEntry
from opsloop.work import priorities
from opsloop.work.models import Task
from opsloop.work.priorities import Ranked
from opsloop.work.queries.neighbours import veil

STEPS = ("review", "gaps", "note", "tomorrow")
# So many come first tomorrow (ux.md, F3); the list to choose them from is a little longer.
TOP, CHOICES = 3, 9


@dataclass(frozen=True)
class Tomorrow:
    """A task that could be among the first of the next working day."""

    ranked: Ranked
    is_top: bool

    @property
    def task(self) -> Task:
        """The task."""
        return self.ranked.task


class Evening(Look):
    """One evening; what a step does not show is not asked for."""

    @cached_property
    def _runs(self) -> Mapping[str, RitualRun]:
        rows = RitualRun.objects.filter(person=self.person, on=self.day.on, kind__in=["morning", "evening"])
        return {run.kind: run for run in rows}

    @property
    def run(self) -> RitualRun | None:
        """Today's run, once it has been begun."""
        return self._runs.get("evening")

    @property
    def answers(self) -> Mapping[str, Any]:
        """What was answered so far."""
        return self.run.answers if self.run else {}

    @cached_property
    def placements(self) -> list[tuple[int, datetime, datetime]]:
        """The accepted pieces of today and of the next working day: task, start, end."""
        until = datetime.combine(self.day.next_workday, time(), tzinfo=self.day.now.tzinfo) + timedelta(
            days=1
        )
        rows = Placement.objects.filter(
            person=self.person,
            starts_at__gte=self.day.midnight,
            starts_at__lt=until,
            task__deleted_at__isnull=True,
        )
        return list(rows.order_by("starts_at").values_list("task_id", "starts_at", "ends_at"))

    @cached_property
    def _today(self) -> set[int]:
        """The tasks that were meant for today: those it was begun with, and those in the plan."""
        begun = self._runs["morning"].answers.get("picked", ()) if "morning" in self._runs else ()
        return {*begun, *(pk for pk, start, _end in self.placements if start < self.day.tomorrow)}

    @cached_property
    def _next(self) -> set[int]:
        return {pk for pk, start, _end in self.placements if start >= self.day.tomorrow}

    @cached_property
    def tasks(self) -> list[Task]:
        """What was meant for today or is due, what was closed today, and what waits for tomorrow. Two queries."""
        next_day = datetime.combine(self.day.next_workday, time(), tzinfo=self.day.now.tzinfo)
        is_near = Q(due_at__lt=next_day + timedelta(days=1)) | Q(pk__in=self._today | self._next)
        open_ones = Q(closed_at__isnull=True) & (is_near | Q(deferred_until=self.day.next_workday))
        rows = (
            Task.objects.alive()
            .filter(open_ones | Q(closed_at__gte=self.day.midnight), owner=self.person)
            .select_related("project")
            .defer("description", "deliverable", "note", "project__description")
        )
        return list(veil(list(rows.order_by("due_at", "pk")[:300]), self.person))

    @cached_property
    def done(self) -> list[Task]:
        """What was finished today."""
        return [task for task in self.tasks if task.status == Task.Status.DONE]

    @cached_property
    def done_as_planned(self) -> int:
        """How many of the finished were meant for today."""
        return sum(task.pk in self._today for task in self.done)

    @property
    def meant(self) -> int:
        """How many tasks were meant for today."""
        known = {task.pk for task in self.tasks if task.is_open or task.status == Task.Status.DONE}
        return len(self._today & known)

    @cached_property
    def unfinished(self) -> list[Task]:
        """What was meant for today or is due by now, is still open, and has no answer yet."""
        answered = self.answers.get("sorted", {})
        return [
            task
            for task in self.tasks
            if task.is_open
            and str(task.pk) not in answered
            and not (task.deferred_until and task.deferred_until > self.day.on)
            and (task.pk in self._today or self._is_due_today(task))
        ]

    @property
    def unfinished_tasks(self) -> list[Task]:
        """Every open task of today, whatever was answered: one of them may be held up."""
        return [task for task in self.tasks if task.is_open]

    def _is_due_today(self, task: Task) -> bool:
        return task.due_at is not None and self.day.midnight <= task.due_at < self.day.tomorrow

    @property
    def planned_minutes(self) -> int:
        """The minutes that stood in the plan of today."""
        spans = [(start, end) for _pk, start, end in self.placements if start < self.day.tomorrow]
        return room.minutes(intervals.merge(spans))

    @cached_property
    def hours(self) -> days.Day:
        """What was recorded today, and the gaps with what may fill them. Eleven queries at most."""
        return days.load(self.person, self.day.on, by=self.person, at=self._at)

    @cached_property
    def worked_minutes(self) -> int:
        """The minutes recorded today. One query."""
        rows = TimeEntry.objects.filter(person=self.person).touching(self.day.midnight, self.day.tomorrow)
        found = rows.order_by("started_at").values_list("started_at", "ended_at")
        return room.minutes(intervals.clip(found, self.day.midnight, self.day.tomorrow))

    @property
    def gaps(self) -> list[days.Gap]:
        """The gaps in today's hours; none in a week that is approved."""
        sheet = self.hours.sheet
        return [] if sheet is not None and sheet.is_locked else self.hours.gaps

    @property
    def first_offers(self) -> list[days.Offer]:
        """The likeliest filling of each gap, which one click takes together."""
        return [gap.offers[0] for gap in self.gaps if gap.offers]

    @cached_property
    def note(self) -> DailyNote | None:
        """The note of today. One query."""
        return DailyNote.objects.filter(person=self.person, day=self.day.on).first()

    @cached_property
    def _waiting(self) -> list[Ranked]:
        """What waits for the next working day, ranked as it will stand then."""
        morning = datetime.combine(self.day.next_workday, time(9), tzinfo=self.day.now.tzinfo)
        waiting = [
            task for task in self.tasks
            if task.is_open and not (task.deferred_until and task.deferred_until > self.day.next_workday)
        ]  # fmt: skip
        return priorities.rank(waiting, now=morning)

    @cached_property
    def top(self) -> list[int]:
        """The first of tomorrow: those chosen, else the first of the ranking."""
        chosen: Sequence[int] = self.answers.get("top", [one.task.pk for one in self._waiting[:TOP]])
        known = {one.task.pk for one in self._waiting}
        return [pk for pk in chosen if pk in known]

    @cached_property
    def choices(self) -> list[Tomorrow]:
        """What the first of tomorrow are chosen from, those chosen on top."""
        rows = [Tomorrow(one, one.task.pk in self.top) for one in self._waiting]
        return sorted(rows, key=lambda row: not row.is_top)[:CHOICES]

    def step(self) -> str:
        """Return where the person stands; a day whose hours have no gap asks for none."""
        step = self.run.step if self.run and self.run.step in STEPS else STEPS[0]
        return "note" if step == "gaps" and not self.gaps else step
