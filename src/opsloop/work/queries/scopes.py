"""Whose tasks a view looks over: one's own, the team's, all one may see."""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from opsloop.organisation.models import Person
from opsloop.organisation.roles import Permission
from opsloop.work.models import Task
from opsloop.work.models.tasks import within

SCOPES: Mapping[str, Promise] = {"mine": _("Mine"), "team": _("My team"), "all": _("All I may see")}


def in_scope(person: Person, scope: str) -> QuerySet[Task]:
    """Return the tasks of a scope, without those in the bin."""
    if scope == "mine":
        # What is one's own is visible; asking for the rest of that rule would only cost time.
        return Task.objects.of(person).alive()
    rows: QuerySet[Task] = Task.objects.visible_to(person).alive()
    team = team_departments(person) if scope == "team" else None
    if team is None:
        return rows
    return rows.filter(within("department_id", team))


def team_departments(person: Person) -> frozenset[int] | None:
    """Return the departments that are "my team": those the person leads, else the own one; None for all."""
    led = person.reaches.departments(Permission.WORK_ASSIGN)
    if led or led is None:
        return led
    return frozenset({person.department_id}) if person.department_id else frozenset()
