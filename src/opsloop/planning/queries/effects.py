"""What a trial would do, as a page says it: figures before and after, and each task that stands elsewhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from opsloop.organisation.models import Person
from opsloop.planning import wording
from opsloop.planning.queries.changes import LABELS, TONES
from opsloop.planning.queries.veil import Veil
from opsloop.planning.trials import Difference, Outcome, Shift
from opsloop.web.dates import duration
from opsloop.work.models import Task


@dataclass(frozen=True)
class Figure:
    """One figure before and after; `tone` is "better", "worse" or "" for the same."""

    label: str
    before: str
    after: str
    tone: str


@dataclass(frozen=True)
class Told:
    """One task that would stand elsewhere, in a sentence; `late` says what that does to its due date."""

    kind: str
    task: Task
    text: str
    late: str
    tone: str

    @property
    def label(self) -> str | Promise:
        """What happens to it in a word."""
        return LABELS[self.kind]

    @property
    def colour(self) -> str:
        """The colour of its badge."""
        return TONES[self.kind]


@dataclass(frozen=True)
class Effect:
    """The difference that a trial makes in one week."""

    person: Person
    figures: Sequence[Figure]
    told: Sequence[Told]
    untold: int
    planned: int
    available: int
    is_empty: bool
    late: Sequence[tuple[Task, str]]


def effect(found: Difference, by: Person) -> Effect:
    """Return a difference as `by` may see it. No query for one's own week, one for another's."""
    week = found.after.week
    tasks: Mapping[int, Task] = {
        **{row.task_id: row.task for row in week.standing},
        **{task.pk: task for one in (found.before, found.after) for task in one.week.tasks},
    }
    veil = Veil(tasks.values(), by) if week.person.pk != by.pk else None
    shown = {pk: veil.task(task) if veil else task for pk, task in tasks.items()}
    return Effect(
        person=week.person,
        figures=_figures(found.before, found.after),
        told=[_told(one, shown[one.task]) for one in found.told if one.task in shown],
        untold=found.untold,
        planned=found.after.planned,
        available=found.after.available,
        is_empty=found.is_empty,
        late=[(shown[pk], duration(minutes)) for pk, minutes in found.after.late.items() if pk in shown],
    )


def _figures(before: Outcome, after: Outcome) -> list[Figure]:
    def tasks(number: int) -> str:
        return ngettext("%(n)s task", "%(n)s tasks", number) % {"n": number}

    return [
        _figure(_("Late in all"), before.late_minutes, after.late_minutes, duration),
        _figure(_("Without a place"), len(before.unplaced), len(after.unplaced), tasks),
        _figure(_("Moves against the week as it stands"), len(before.moved), len(after.moved), tasks),
    ]


def _figure(label: str, before: int, after: int, say: object) -> Figure:
    assert callable(say)
    tone = "" if before == after else ("better" if after < before else "worse")
    return Figure(label, say(before), say(after), tone)


def _told(one: Shift, task: Task) -> Told:
    return Told(one.kind, task, wording.move(one.before, one.after), *_lateness(one))


def _lateness(one: Shift) -> tuple[str, str]:
    if one.late_after and one.late_after != one.late_before:
        return _("%(time)s late then") % {"time": duration(one.late_after)}, "worse" if (
            one.late_after > one.late_before
        ) else "better"
    if one.late_before and not one.late_after and one.after:
        return _("in time then"), "better"
    return "", ""
