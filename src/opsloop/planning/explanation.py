"""Why a task stands where it stands, or why it finds no place: asked of the engine, with what else was weighed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from functools import cached_property

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from opsloop.engines import scheduling
from opsloop.engines.blocks import Span
from opsloop.planning import recent, room, wording
from opsloop.planning.models import Placement
from opsloop.planning.proposals import Week, lacks, problem_of, solve
from opsloop.planning.queries.weeks import language
from opsloop.planning.recent import Read
from opsloop.planning.trials import Outcome, spans_of
from opsloop.web.dates import duration
from opsloop.work.models import Task

# The terms of a plan's cost as people know them from the sliders.
TERMS: dict[str, Promise] = {
    "late": gettext_lazy("on time"),
    "unplaced": gettext_lazy("nothing left out"),
    "disruption": gettext_lazy("few moves"),
    "fit": gettext_lazy("fitting blocks"),
    "fragmentation": gettext_lazy("work in one go"),
    "earliness": gettext_lazy("done early"),
}
# What differs by less of the whole cost, or of this much, is not worth a word.
TELLING, LEAST = 0.02, 30.0
# So many tasks are named that would suffer.
NAMED = 3
# All but one task stay where they are: little is to be searched.
SHORT = scheduling.Effort(iterations=600)


@dataclass(frozen=True)
class Weighed:
    """Something else that was possible, and what it would have cost or brought."""

    label: str
    text: str
    is_better: bool = False


@dataclass(frozen=True)
class Explanation:
    """Where a task stands (`spans`, or nowhere), why, what was weighed, and how much time it lacks.

    `state` is "placed" in the accepted week, "proposed" by the planner if it were asked, or "refused"; then `codes` are
    those of the reasons.
    """

    task: Task
    state: str
    spans: Sequence[Span]
    reasons: Sequence[str]
    weighed: Sequence[Weighed]
    pieces: Sequence[Placement]
    lacks: int
    late: int
    codes: Sequence[scheduling.Code] = ()

    @property
    def times(self) -> str:
        """When it stands, in words."""
        return wording.times(self.spans)


def explain(read: Read, task: Task) -> Explanation:
    """Return why `task` (one of the week's) stands where it stands, or why not. No query."""
    case = _Case(read, task)
    return case.placed() if case.pieces else case.unplaced()


class _Case:
    def __init__(self, read: Read, task: Task) -> None:
        self.read = read
        self.week: Week = read.week
        self.task = task
        self.key = str(task.pk)
        rows = [row for row in self.week.standing if row.task_id == task.pk and row.ends_at > self.week.now]
        self.pieces = rows
        # What has begun stays whatever is planned.
        self.ahead = [row for row in rows if row.starts_at >= self.week.now]

    def placed(self) -> Explanation:
        """Explain a task of the accepted week: everything else stays, and the engine says what binds this one."""
        spans = spans_of(self.week, self.pieces)[self.task.pk]
        if not self.ahead:
            return self._said("placed", spans, [_("It has begun, and what has begun stays where it is.")])
        free = spans_of(self.week, self.ahead)[self.task.pk]
        here, alone = self._kept(), self._alone()
        said = _sentences(_reasons(here, self.key))
        if not self._stands(here, free):
            here = scheduling.plan(self._with(lambda one: replace(one, pinned=tuple(free))), effort=SHORT)
            said = [*self._by_hand(alone), *_sentences(_reasons(alone, self.key))]
        late = _late(here, self.key)
        weighed = [*self._otherwise(here, free), self._anew(free), self._first() if late else None]
        found = self._said("placed", spans, said, weighed)
        return replace(found, lacks=lacks(_reasons(here, self.key)), late=late)

    def _by_hand(self, alone: scheduling.Plan) -> list[str]:
        """Say that the engine would not have put it there, and where it would."""
        place = Outcome(self.week, alone).spans.get(self.task.pk)
        if not place:
            return [_("A person put it there. By itself the planner would find no place for it.")]
        text = _("A person put it there. By itself the planner would choose %(times)s.")
        return [text % {"times": wording.times(place)}]

    def _said(
        self,
        state: str,
        spans: Sequence[Span],
        reasons: Sequence[str],
        weighed: Sequence[Weighed | None] = (),
    ) -> Explanation:
        return Explanation(
            task=self.task,
            state=state,
            spans=spans,
            reasons=reasons,
            weighed=[one for one in weighed if one],
            pieces=self.pieces,
            lacks=0,
            late=0,
        )

    def unplaced(self) -> Explanation:
        """Explain a task that does not stand in the week: where the planner would put it, or what keeps it out."""
        found = self.read.plan
        spans = Outcome(self.week, found).spans.get(self.task.pk, ())
        weighed = self._otherwise(self._alone(), spans) if spans else []
        if not spans or _late(found, self.key):
            weighed.append(self._first())
        reasons = _reasons(found, self.key)
        told = self._said("proposed" if spans else "refused", spans, _sentences(reasons), weighed)
        codes = [reason.code for reason in reasons]
        return replace(told, lacks=lacks(reasons), late=_late(found, self.key), codes=codes)

    @cached_property
    def _problem(self) -> scheduling.Problem:
        """The week in which this task alone may move, from wherever it stands, pinned or not."""
        free = [_unpinned(row) if row.task_id == self.task.pk else row for row in self.week.standing]
        week = replace(self.week, standing=free)
        if self.ahead:
            problem = problem_of(week, {self.task.pk})
            # As long as people made it, which may be more or less than it takes.
            length = room.minutes((row.starts_at, row.ends_at) for row in self.ahead)
            tasks = tuple(
                replace(one, planned_minutes=length + one.worked_minutes) if one.id == self.key else one
                for one in problem.tasks
            )
            return replace(problem, tasks=tasks)
        # What is not in the week has the place that the others leave it in the plan.
        others = [piece for piece in self.read.plan.placements if piece.task != self.key]
        problem = problem_of(week, self.week.movable)
        spans: dict[str, list[Span]] = {}
        for piece in others:
            spans.setdefault(piece.task, []).append((piece.start, piece.end))
        tasks = tuple(
            replace(one, pinned=tuple(spans[one.id])) if one.id in spans else one
            for one in problem.tasks
            if one.id in spans or one.id == self.key
        )
        return replace(problem, tasks=tasks)

    def _kept(self) -> scheduling.Plan:
        """Return the plan in which it stays where it stands if that is possible at all, with the engine's reasons."""
        dear = replace(self._problem.weights, moved_task=1e9, moved=1e6)
        return scheduling.plan(replace(self._problem, weights=dear), effort=SHORT)

    def _alone(self) -> scheduling.Plan:
        return scheduling.plan(replace(self._problem, accepted=()), effort=SHORT)

    def _with(self, change: object) -> scheduling.Problem:
        assert callable(change)
        tasks = tuple(change(one) if one.id == self.key else one for one in self._problem.tasks)
        return replace(self._problem, tasks=tasks)

    def _stands(self, found: scheduling.Plan, spans: Sequence[Span]) -> bool:
        return list(Outcome(self.week, found).spans.get(self.task.pk, ())) == list(spans)

    def _otherwise(self, here: scheduling.Plan, spans: Sequence[Span]) -> list[Weighed | None]:
        """Weigh a working day later, and one go instead of parts."""
        last = spans[-1][1]
        midnight = datetime.combine(last.date() + timedelta(days=1), time(), tzinfo=last.tzinfo)
        later = self._with(lambda one: replace(one, earliest=midnight))
        found = [self._weigh(_("A day later"), here, replace(later, accepted=()))]
        if len(spans) > 1:
            whole = self._with(lambda one: replace(one, splittable=False))
            found.append(self._weigh(_("In one go"), here, replace(whole, accepted=())))
        return found

    def _weigh(self, label: str, here: scheduling.Plan, other: scheduling.Problem) -> Weighed | None:
        found = scheduling.plan(other, effort=SHORT)
        spans = Outcome(self.week, found).spans.get(self.task.pk)
        if not spans:
            return Weighed(label, _("There is no room for it."))
        place = wording.times(spans)
        worse, better = _terms(here, found)
        late = _late(found, self.key)
        if late and late > _late(here, self.key):
            words = {"place": place, "time": duration(late)}
            return Weighed(label, _("%(place)s: %(time)s late.") % words)
        if worse and better:
            words = {"place": place, "worse": worse, "better": better}
            return Weighed(label, _("%(place)s: better for %(better)s, worse for %(worse)s.") % words)
        if worse:
            return Weighed(label, _("%(place)s: worse for %(worse)s.") % {"place": place, "worse": worse})
        if better:
            text = _("%(place)s: better for %(better)s, but it would have to move.")
            return Weighed(label, text % {"place": place, "better": better}, is_better=True)
        return Weighed(label, _("%(place)s: about as good.") % {"place": place})

    def _anew(self, spans: Sequence[Span]) -> Weighed | None:
        """Say where the planner would put it if it planned the whole week, and what else would move."""
        anew = Outcome(self.week, self.read.plan)
        place = anew.spans.get(self.task.pk, ())
        if list(place) == list(spans):
            return Weighed(_("The whole week planned again"), _("It would stay where it is."))
        if not place:
            return None
        others = len(anew.moved - {self.task.pk})
        if not others:
            text = _("%(place)s; nothing else would move.") % {"place": wording.times(place)}
            return Weighed(_("The whole week planned again"), text)
        text = _("%(place)s; %(n)s other tasks would move.") % {"place": wording.times(place), "n": others}
        return Weighed(_("The whole week planned again"), text)

    def _first(self) -> Weighed | None:
        """Say what would be late or left out if this task came first."""
        plan = solve(self.week, self.week.movable, favour=self.task.pk, effort=recent.effort(self.week))
        before, after = Outcome(self.week, self.read.plan), Outcome(self.week, plan)
        place = after.spans.get(self.task.pk)
        label = _("If it came first")
        if not place:
            return Weighed(label, _("It would find no place even so."))
        harmed = [
            task.title
            for task in self.week.tasks
            if task.pk != self.task.pk
            and (
                after.late.get(task.pk, 0) > before.late.get(task.pk, 0)
                or task.pk in after.unplaced - before.unplaced
            )
        ]
        words = {"place": wording.times(place), "tasks": _(", ").join(harmed[:NAMED]), "n": len(harmed)}
        if not harmed:
            return Weighed(label, _("%(place)s; nothing else would be late for it.") % words)
        if len(harmed) > NAMED:
            return Weighed(
                label, _("%(place)s; %(tasks)s and others (%(n)s in all) would be late or left out.") % words
            )
        return Weighed(label, _("%(place)s; %(tasks)s would be late or left out.") % words)


def _unpinned(row: Placement) -> Placement:
    free = Placement(**{field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields})
    free.task = row.task
    free.is_pinned = False
    return free


def _reasons(found: scheduling.Plan, key: str) -> Sequence[scheduling.Reason]:
    for piece in found.placements:
        if piece.task == key:
            return piece.reasons
    return next((one.reasons for one in found.unplaced if one.task == key), ())


def _late(found: scheduling.Plan, key: str) -> int:
    return next((one.minutes for one in found.late if one.task == key), 0)


def _sentences(reasons: Sequence[scheduling.Reason]) -> list[str]:
    return [scheduling.render([reason], language()) for reason in reasons]


def _terms(here: scheduling.Plan, other: scheduling.Plan) -> tuple[str, str]:
    """Return in which terms the other plan is worse and better, in words."""
    least = max(LEAST, TELLING * min(here.cost, other.cost))
    gaps = {name: other.terms[name] - here.terms[name] for name in TERMS}
    worse = [str(TERMS[name]) for name, gap in gaps.items() if gap > least]
    better = [str(TERMS[name]) for name, gap in gaps.items() if gap < -least]
    return _(", ").join(worse), _(", ").join(better)
