"""A plan as somebody may see it who may not see every task in it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from django.utils.translation import gettext as _

from opsloop.organisation.models import Person
from opsloop.planning.queries.weeks import Piece
from opsloop.work.models import Task


class Veil:
    """Takes from a plan what its reader may not see: of a hidden task only the time it takes is told."""

    def __init__(self, tasks: Iterable[Task], by: Person, *, seen: Collection[int] | None = None) -> None:
        """Find out which of `tasks` are hidden from `by`: those not `seen`, if that is known; else one query."""
        titles = {task.pk: task.title for task in tasks}
        if seen is None:
            seen = set(Task.objects.visible_to(by).filter(pk__in=titles).values_list("pk", flat=True))
        self._hidden = {pk: titles[pk] for pk in titles.keys() - set(seen)}
        self._name = _("A task of another department")

    def task(self, task: Task) -> Task:
        """Return the task, or one without anything but its place in the plan."""
        return Task(pk=task.pk, title=self._name) if task.pk in self._hidden else task

    def why(self, task: Task, why: str) -> str:
        """Return a reason that names no hidden task; none for a hidden one."""
        return "" if task.pk in self._hidden else self.hide(why)

    def hide(self, why: str) -> str:
        """Return a sentence without the names of hidden tasks."""
        for title in self._hidden.values():
            why = why.replace(title, self._name)
        return why


def veiled(
    pieces: Sequence[Piece], unplaced: Sequence[tuple[Task, str]], by: Person
) -> tuple[list[Piece], list[tuple[Task, str]]]:
    """Return a plan as `by` may see it."""
    veil = Veil([*(piece.task for piece in pieces), *(task for task, _why in unplaced)], by)
    shown = [
        replace(piece, task=veil.task(piece.task), why=veil.why(piece.task, piece.why)) for piece in pieces
    ]
    return shown, [(veil.task(task), veil.why(task, why)) for task, why in unplaced]
