"""What is still open when a project is to be closed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from opsloop.organisation.models import Person
from opsloop.portfolio.models import KeyNode, Risk
from opsloop.work.models import Project, Task

SHOWN = 5


@dataclass(frozen=True)
class Open:
    """One line of the checklist: what kind, how many, the first few by name, where the rest stands."""

    label: str
    count: int
    first: Sequence[str]
    url: str

    @property
    def more(self) -> int:
        """How many are not named."""
        return self.count - len(self.first)


def still_open(project: Project, person: Person, *, shown: frozenset[str]) -> list[Open]:
    """Return what is open in a project, as far as `person` sees it. At most six queries."""
    home = reverse("portfolio:project", args=[project.pk])
    tasks = Task.objects.visible_to(person).open().filter(project=project, parent__isnull=True)
    listed = f"{reverse('work:tasks')}?scope=all&project={project.pk}"
    lines = [
        _line(_("Open tasks"), tasks.order_by("due_at", "pk"), listed),
        _line(
            _("Key nodes that were not reached"),
            KeyNode.objects.alive().filter(project=project, reached_at__isnull=True),
            f"{home}#nodes",
        ),
    ]
    if "risks" in shown:
        watched = Risk.objects.alive().filter(project=project).exclude(status=Risk.Status.CLOSED)
        lines.append(_line(_("Risks still watched"), watched, reverse("portfolio:risks", args=[project.pk])))
    return [line for line in lines if line.count]


def _line(label: str, rows: Any, url: str) -> Open:
    first = [str(row) for row in rows[:SHOWN]]
    count = rows.order_by().count() if len(first) == SHOWN else len(first)
    return Open(label, count, first, url)
