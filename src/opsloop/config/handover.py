"""What somebody would leave behind, asked before an account is disabled. Named in reactions.py."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import ngettext

from opsloop.goals.models import Goal
from opsloop.organisation.models import Person
from opsloop.work.models import Project, Task

# A sentence, how many, and where to see them.
Holding = tuple[str, int, str]


def open_tasks(person: Person) -> Holding:
    """Return the open tasks that `person` owns. One query."""
    count = Task.objects.open().filter(owner=person).count()
    text = ngettext("%(count)d open task", "%(count)d open tasks", count) % {"count": count}
    return text, count, f"{reverse('work:tasks')}?scope=all&owner={person.pk}"


def active_projects(person: Person) -> Holding:
    """Return the projects that `person` owns and that run. One query."""
    found = Project.objects.filter(owner=person, status=Project.Status.ACTIVE, deleted_at__isnull=True)
    count = found.count()
    text = ngettext("%(count)d running project", "%(count)d running projects", count) % {"count": count}
    return text, count, reverse("portfolio:projects")


def active_goals(person: Person) -> Holding:
    """Return the goals that `person` owns and that are not over. One query."""
    found = Goal.objects.filter(owner=person, status=Goal.Status.ACTIVE, deleted_at__isnull=True)
    count = found.count()
    text = ngettext("%(count)d active goal", "%(count)d active goals", count) % {"count": count}
    return text, count, reverse("goals:goals")
