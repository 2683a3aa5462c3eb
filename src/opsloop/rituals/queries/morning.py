"""The morning plan: what was left over, what could be today's, what it costs, and whether the day holds it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from django.db.models import Q

from opsloop.engines import dayload
from opsloop.engines.dayload import Load, Wish
from opsloop.inbox.models import UNDONE, Notification
from opsloop.planning.models import Placement, Proposal
from opsloop.planning.proposals import needed_minutes, reserve
from opsloop.planning.queries import Piece, joined
from opsloop.planning.queries.weeks import proposed, sentence
from opsloop.planning.weeks import week_name
from opsloop.rituals.models import RitualRun
from opsloop.rituals.queries.days import Look, minutes_left, ranked
from opsloop.timekeeping.queries import minutes_of_task
from opsloop.work.models import Task
from opsloop.work.priorities import Ranked
from opsloop.work.queries.neighbours import veil

STEPS = ("leftovers", "pick", "estimates", "plan")
# A list that is longer is read, not decided on; the rest stays where it is and is told.
MOST = 12
# Leftovers older than this have been seen often enough; they stand among the overdue.
LOOK_BACK = timedelta(days=10)
QUICK_ESTIMATES = (15, 30, 60, 120)


@dataclass(frozen=True)
class Row:
    """A task as a step shows it: its place in the ranking, why it is here, and whether it is today's."""

    ranked: Ranked
    why: str
    is_picked: bool = False

    @property
    def task(self) -> Task:
        """The task."""
        return self.ranked.task


class Morning(Look):
    """One morning; what a step does not show is not asked for."""

    @cached_property
    def _runs(self) -> list[RitualRun]:
        """The runs of the last days, the newest first: today's, and what the days before were begun with."""
        since = self.day.on - LOOK_BACK
        rows = RitualRun.objects.filter(person=self.person, on__gte=since, on__lte=self.day.on)
        return list(rows.filter(kind__in=["morning", "evening"]).order_by("-on"))

    @cached_property
    def run(self) -> RitualRun | None:
        """Today's run, once it has been begun."""
        return next((run for run in self._runs if run.kind == "morning" and run.on == self.day.on), None)

    @property
    def week(self) -> str:
        """The name of the week, whose calendar shows the day."""
        return week_name(self.day.on)

    @property
    def answers(self) -> Mapping[str, Any]:
        """What was answered so far."""
        return self.run.answers if self.run else {}

    @cached_property
    def _before(self) -> set[int]:
        """The tasks that earlier days were begun with, of the last day that had a plan."""
        last = next((run for run in self._runs if run.kind == "morning" and run.on < self.day.on), None)
        return set(last.answers.get("picked", ())) if last else set()

    @cached_property
    def _top(self) -> set[int]:
        """What the evening before called the first of today."""
        last = next((run for run in self._runs if run.kind == "evening" and run.on < self.day.on), None)
        return set(last.answers.get("top", ())) if last else set()

    @cached_property
    def _placed(self) -> dict[int, set[date]]:
        """Task -> the days on which it stands in the accepted plan, from the last days to today."""
        since = self.day.midnight - LOOK_BACK
        rows = Placement.objects.filter(
            person=self.person, starts_at__gte=since, starts_at__lt=self.day.tomorrow
        )
        found: dict[int, set[date]] = {}
        for task_id, starts_at in rows.order_by().values_list("task_id", "starts_at"):
            found.setdefault(task_id, set()).add(starts_at.astimezone(self.day.now.tzinfo).date())
        return found

    @cached_property
    def _handed(self) -> set[int]:
        """What was handed to the person and waits for them to begin, as their inbox tells, until it was picked."""
        if self.run and self.run.step in ("estimates", "plan"):
            return set()
        rows = Notification.objects.filter(UNDONE, person=self.person, reason="assigned", subject_kind="task")
        return set(rows.order_by("-pk").values_list("subject_id", flat=True)[:MOST])

    @cached_property
    def ranked(self) -> list[Ranked]:
        """Every open task that has to do with today, in the order of the ranking. Two queries."""
        named = {*self._placed, *self._before, *self._top, *self._handed, *self._chosen}
        rows = (
            Task.objects.open()
            .filter(Q(pk__in=named) | Q(due_at__lt=self.day.tomorrow) | self._starts_today, owner=self.person)
            .exclude(deferred_until__gt=self.day.on)
            .annotate(worked=minutes_of_task())
            .select_related("project")
            .defer("description", "deliverable", "note", "project__description")
        )
        return ranked(veil(list(rows.order_by("due_at", "pk")[:200]), self.person), self.day)

    @property
    def _starts_today(self) -> Q:
        return Q(starts_at__gte=self.day.midnight, starts_at__lt=self.day.tomorrow)

    @property
    def _sorted(self) -> Mapping[str, str]:
        found: Mapping[str, str] = self.answers.get("sorted", {})
        return found

    @property
    def _chosen(self) -> set[int]:
        return {int(pk) for pk, is_picked in self.answers.get("picks", {}).items() if is_picked}

    def _is_today(self, task: Task) -> bool:
        """Whether the task belongs to today without anybody's word."""
        return (
            self.day.on in self._placed.get(task.pk, ())
            or task.pk in self._top
            or self._is_due(task)
            or self._begins(task)
        )

    def _is_due(self, task: Task) -> bool:
        return task.due_at is not None and self.day.midnight <= task.due_at < self.day.tomorrow

    def _begins(self, task: Task) -> bool:
        return task.starts_at is not None and self.day.midnight <= task.starts_at < self.day.tomorrow

    def is_bound(self, task: Task) -> bool:
        """Whether the task cannot well go from today: it is due, or stands at a time of today."""
        return self._begins(task) or (task.due_at is not None and task.due_at < self.day.tomorrow)

    @cached_property
    def leftovers(self) -> list[Row]:
        """What was planned for a day before today and is still open, or is overdue, and is not sorted yet."""
        return [
            Row(one, why)
            for one in self.ranked
            if str(one.task.pk) not in self._sorted and (why := self._left(one.task))
        ]

    @property
    def leftovers_shown(self) -> list[Row]:
        """As many of them as are decided on at once."""
        return self.leftovers[:MOST]

    @property
    def leftovers_more(self) -> int:
        """How many come after those."""
        return max(0, len(self.leftovers) - MOST)

    def _left(self, task: Task) -> str:
        if self.day.on in self._placed.get(task.pk, ()) or self._is_due(task) or self._begins(task):
            return ""
        if task.pk in self._before or any(day < self.day.on for day in self._placed.get(task.pk, ())):
            return "planned"
        return "overdue" if task.due_at is not None and task.due_at < self.day.midnight else ""

    @cached_property
    def candidates(self) -> list[Row]:
        """What could be today's: what is, is due, was handed over, or was taken from the leftovers."""
        rows = [Row(one, self._why(one.task), self.is_picked(one.task)) for one in self.ranked]
        return [row for row in rows if row.is_picked or row.why][: 2 * MOST]

    def _why(self, task: Task) -> str:
        if self._begins(task):
            return "begins"
        if self.day.on in self._placed.get(task.pk, ()):
            return "today"
        if self._is_due(task):
            return "due"
        if task.pk in self._top:
            return "top"
        if task.pk in self._handed:
            return "handed"
        return "left" if self._sorted.get(str(task.pk)) == "today" else ""

    def is_picked(self, task: Task) -> bool:
        """Whether the task is today's: by the person's word, else because it belongs to today."""
        said = self.answers.get("picks", {}).get(str(task.pk))
        return self._is_today(task) if said is None else bool(said)

    @cached_property
    def picked(self) -> list[Ranked]:
        """What is today's, in the order of the ranking."""
        return [row.ranked for row in self.candidates if row.is_picked]

    @property
    def picked_minutes(self) -> int:
        """The estimates of what is today's, added up."""
        return sum(one.task.estimate_minutes or 0 for one in self.picked)

    @cached_property
    def unestimated(self) -> list[Ranked]:
        """What is today's and has no estimate."""
        return [one for one in self.picked if not one.task.estimate_minutes]

    @cached_property
    def wishes(self) -> list[Wish]:
        """What is today's, with the minutes that the planner would place."""
        return [
            Wish(
                id=str(one.task.pk),
                minutes=needed_minutes(one.task, self.reserve, one.task.worked)  # type: ignore[attr-defined]
                if one.task.estimate_minutes
                else None,
                rank=one.rank,
                is_bound=self.is_bound(one.task),
            )
            for one in self.picked
        ]

    @cached_property
    def available(self) -> int:
        """The working minutes that are left today, without what calendars take. Five queries."""
        return minutes_left(self.day)

    @cached_property
    def reserve(self) -> float:
        """The share that is added to the person's estimates. Two queries at most."""
        return reserve(self.person, at=self._at)

    @cached_property
    def load(self) -> Load:
        """What is picked beside what the day holds."""
        return dayload.load(self.wishes, available=self.available)

    @cached_property
    def removals(self) -> list[Row]:
        """What would go so that the rest fits; empty when all fits."""
        gone = dayload.removals(self.wishes, available=self.available)
        by_id = {str(one.task.pk): one for one in self.picked}
        return [
            Row(by_id[pk], "due" if self.is_bound(by_id[pk].task) else "rank", is_picked=True) for pk in gone
        ]

    @cached_property
    def proposal(self) -> Proposal | None:
        """The waiting proposal of times for what is today's, unless the picks have changed since. One query."""
        made = self.answers.get("proposal")
        if made is None:
            return None
        rows = Proposal.objects.visible_to(self.person).waiting().select_related("person")
        found = rows.filter(pk=made, person=self.person).first()
        picked = sorted(one.task.pk for one in self.picked)
        return found if found is not None and found.content.get("picked") == picked else None

    @cached_property
    def pieces(self) -> list[Piece]:
        """Where the proposal puts what is today's, in the order of time; why stands with the first of a task."""
        tasks = {one.task.pk: one.task for one in self.picked}
        found: list[Piece] = []
        for piece in joined(proposed(self.proposal, tasks)) if self.proposal else ():
            is_known = any(other.task.pk == piece.task.pk for other in found)
            found.append(replace(piece, why="") if is_known else piece)
        return found

    @property
    def pieces_today(self) -> list[Piece]:
        """Those of today."""
        return [piece for piece in self.pieces if piece.starts_at.date() == self.day.on]

    @property
    def pieces_later(self) -> list[Piece]:
        """For each task that today has not room enough for, the first of its later pieces."""
        later: dict[int, Piece] = {}
        for piece in self.pieces:
            if piece.starts_at.date() > self.day.on:
                later.setdefault(piece.task.pk, piece)
        return list(later.values())

    @cached_property
    def unplaced(self) -> list[tuple[Task, str]]:
        """What found no time in the whole week, and why."""
        rows = self.proposal.content["unplaced"] if self.proposal else ()
        by_id = {one.task.pk: one.task for one in self.picked}
        return [(by_id[row["task"]], sentence(row["why"])) for row in rows if row["task"] in by_id]

    def count(self, step: str) -> int:
        """Return how much a step asks; 0 lets it be passed over."""
        sizes: Mapping[str, Sequence[Any]] = {
            "leftovers": self.leftovers if step == "leftovers" else (),
            "pick": self.candidates if step == "pick" else (),
            "estimates": self.unestimated if step == "estimates" else (),
        }
        return len(sizes[step]) if step in sizes else 1

    def step(self) -> str:
        """Return where the person stands, passing over empty ones."""
        stands = self.run.step if self.run and self.run.step in STEPS else STEPS[0]
        return next(step for step in STEPS[STEPS.index(stands) :] if self.count(step))
