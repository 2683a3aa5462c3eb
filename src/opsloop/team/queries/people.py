"""Whom a lead leads, and who stands above them."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Q

from opsloop.boards.queries.workload import people_of
from opsloop.organisation.models import Person, RoleAssignment
from opsloop.organisation.roles import Permission, Role
from opsloop.work.models import Task

STEERING = (Role.LEAD, Role.MANAGER, Role.DIRECTOR)


def team_of(by: Person) -> list[Person]:
    """Return whose day `by` looks at: those whose week one plans, and oneself. One query."""
    return people_of(by, "all")


def led_by(by: Person) -> list[Person]:
    """Return the team without oneself."""
    return [one for one in team_of(by) if one.pk != by.pk]


def in_team(by: Person) -> Q:
    """Return the condition on what has an owner that they belong to the team of `by`, as `team_of` has it."""
    reach = by.reaches.departments(Permission.PLAN_TEAM)
    if reach is None:
        return Q(owner__is_active=True)
    return Q(owner=by) | Q(owner__department_id__in=reach, owner__is_active=True)


def superiors(by: Person, tasks: Sequence[Task]) -> dict[int, list[Person]]:
    """Return task id -> who steers its department or one above it, the nearest first, `by` left out. One query.

    The tasks come with their departments.
    """
    held = RoleAssignment.objects.filter(
        Q(role=Role.DIRECTOR) | Q(department__isnull=False), role__in=STEERING, person__is_active=True
    ).exclude(person=by)
    rows = held.select_related("person", "department")
    steering = [(one.department.path if one.department else "/", one.person) for one in rows]
    # A longer path is a nearer department.
    steering.sort(key=lambda one: (-len(one[0]), one[1].name))
    found = {}
    for task in tasks:
        home = task.department.path if task.department else "/"
        above = {person.pk: person for path, person in steering if home.startswith(path)}
        found[task.pk] = list(above.values())
    return found
