"""The review of a week and the goals of the next: facts first, judgement after."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Any

from django.db.models import Exists, OuterRef, Q, Sum
from django.utils.translation import gettext as _

from opsloop.activity.models import Event
from opsloop.engines import intervals
from opsloop.engines.ritualtimes import planned_week
from opsloop.organisation.queries import blocks_for
from opsloop.planning import room
from opsloop.planning.models import Placement
from opsloop.planning.weeks import week_name
from opsloop.rituals.models import RitualRun
from opsloop.rituals.queries.days import Look, minutes
from opsloop.timekeeping.models import TimeEntry
from opsloop.work.models import Task
from opsloop.work.queries.neighbours import veil

STEPS = ("review", "stale", "goals", "plan")
GOALS = 3
MOST_LISTED, MOST_STALE = 30, 12
# Open work nobody has touched for so long is dropped, or gets a date that is meant.
UNTOUCHED = timedelta(days=14)
WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Share:
    """How many minutes went into a kind of work."""

    name: str
    minutes: int


class Week(Look):
    """The week that is over and the one to plan; what a step does not show is not asked for."""

    @cached_property
    def monday(self) -> date:
        """The Monday of the week to plan."""
        return planned_week(self.day.on, self.day.calendar)

    @property
    def name(self) -> str:
        """The name of the week to plan, such as 2026-W48."""
        return week_name(self.monday)

    @property
    def reviewed(self) -> date:
        """The Monday of the week that is looked back on: that of the last day before the planned one."""
        return self.monday - WEEK

    @property
    def reviewed_name(self) -> str:
        """The name of the week that is looked back on."""
        return week_name(self.reviewed)

    @property
    def reviewed_last(self) -> date:
        """The Sunday of the week that is looked back on."""
        return self.reviewed + timedelta(days=6)

    @cached_property
    def run(self) -> RitualRun | None:
        """The run for the week to plan, once it has been begun."""
        return RitualRun.objects.filter(person=self.person, kind="week", on=self.monday).first()

    @property
    def answers(self) -> Mapping[str, Any]:
        """What was answered so far."""
        return self.run.answers if self.run else {}

    def _span(self, monday: date) -> tuple[datetime, datetime]:
        start = datetime.combine(monday, time(), tzinfo=self.day.now.tzinfo)
        return start, datetime.combine(monday + WEEK, time(), tzinfo=self.day.now.tzinfo)

    @cached_property
    def _mine(self) -> list[Task]:
        """Own tasks that were closed in the week, or due in it and not closed in time. Two queries."""
        start, end = self._span(self.reviewed)
        is_late = Q(due_at__gte=start, due_at__lt=min(end, self.day.now), closed_at__isnull=True)
        rows = (
            Task.objects.alive()
            .filter(Q(closed_at__gte=start, closed_at__lt=end) | is_late, owner=self.person)
            .exclude(status=Task.Status.CANCELLED)
            .select_related("project")
            .defer("description", "deliverable", "note", "project__description")
        )
        return list(veil(list(rows.order_by("closed_at", "due_at", "pk")[:300]), self.person))

    @cached_property
    def done(self) -> list[Task]:
        """What was finished in the week."""
        return [task for task in self._mine if task.closed_at]

    @cached_property
    def late(self) -> list[Task]:
        """What was due in the week and is still open, or was finished after it was due."""
        return [
            task for task in self._mine
            if task.due_at and (task.closed_at is None or task.closed_at > task.due_at)
        ]  # fmt: skip

    @property
    def done_shown(self) -> list[Task]:
        """As much of it as is looked at."""
        return self.done[-MOST_LISTED:]

    @property
    def late_shown(self) -> list[Task]:
        """As much of it as is looked at."""
        return self.late[:MOST_LISTED]

    @cached_property
    def shares(self) -> list[Share]:
        """The recorded minutes of the week by kind of work, most first. One query."""
        start, end = self._span(self.reviewed)
        rows = TimeEntry.objects.filter(person=self.person, started_at__gte=start, started_at__lt=end)
        sums = rows.order_by().values_list("task__category__name").annotate(total=Sum("minutes"))
        found = [Share(name or _("Without a category"), total) for name, total in sums]
        return sorted(found, key=lambda share: -share.minutes)

    @property
    def worked(self) -> int:
        """The recorded minutes of the week."""
        return sum(share.minutes for share in self.shares)

    @cached_property
    def stale(self) -> list[Task]:
        """Open own work that nobody has touched for two weeks and that stands in no plan. Two queries."""
        since = self.day.midnight - UNTOUCHED
        touched = Event.objects.filter(subject_kind="task", subject_id=OuterRef("pk"), at__gte=since)
        ahead = Placement.objects.filter(task=OuterRef("pk"), ends_at__gte=self.day.now)
        worked = TimeEntry.objects.filter(task=OuterRef("pk"), started_at__gte=since)
        rows = (
            Task.objects.open()
            .filter(owner=self.person, created_at__lt=since)
            .exclude(deferred_until__gt=self.day.on)
            .exclude(pk__in=[int(pk) for pk in self.answers.get("sorted", {})])
            .exclude(Q(recurrence__gt="") | Exists(touched) | Exists(ahead) | Exists(worked))
            .select_related("project")
            .defer("description", "deliverable", "note", "project__description")
            .order_by("created_at", "pk")
        )
        return list(veil(list(rows[:MOST_STALE]), self.person))

    @property
    def goals(self) -> list[dict[str, Any]]:
        """What the week is for, as far as it was typed; always three rows."""
        kept = list(self.answers.get("goals", ()))
        rows = [*kept, *({"text": "", "minutes": 0} for _n in range(GOALS - len(kept)))]
        return [goal | {"hours": f"{goal['minutes'] / 60:g}"} for goal in rows]

    @property
    def kept_goals(self) -> list[dict[str, Any]]:
        """Those that say something."""
        return [goal for goal in self.goals if goal["text"]]

    @property
    def wanted(self) -> int:
        """The minutes that goals and plan want together."""
        return self.meant + self.placed

    @property
    def meant(self) -> int:
        """The minutes that the goals are thought to take."""
        return sum(goal["minutes"] for goal in self.goals if goal["text"])

    @cached_property
    def placed(self) -> int:
        """The minutes that stand in the plan of the week already. One query."""
        start, end = self._span(self.monday)
        rows = Placement.objects.filter(
            person=self.person, starts_at__gte=start, starts_at__lt=end, task__deleted_at__isnull=True
        )
        spans = intervals.merge(list(rows.order_by("starts_at").values_list("starts_at", "ends_at")))
        return room.minutes(spans)

    @cached_property
    def available(self) -> int:
        """The working minutes of the week that still lie ahead. Four queries."""
        dates = [self.monday + timedelta(days=offset) for offset in range(7)]
        return minutes(blocks_for(self.person, dates, calendar=self.day.calendar), since=self.day.now)

    @property
    def over(self) -> int:
        """By how many minutes goals and plan exceed the week."""
        return max(0, self.wanted - self.available)

    def step(self) -> str:
        """Return where the person stands, passing over empty ones."""
        step = self.run.step if self.run and self.run.step in STEPS else STEPS[0]
        return "goals" if step == "stale" and not self.stale else step
