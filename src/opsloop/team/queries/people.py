"""Whom a lead leads, and who stands above them."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Q

from opsloop.boards.queries.workload import people_of
from opsloop.organisation.models import Department, Person, RoleAssignment
from opsloop.organisation.roles import Role
from opsloop.work.models import Task

STEERING = (Role.LEAD, Role.MANAGER, Role.DIRECTOR)


def team_of(by: Person) -> list[Person]:
    """Return whose day `by` looks at: those whose week one plans, and oneself. One query."""
    return people_of(by, "all")


def led_by(by: Person) -> list[Person]:
    """Return the team without oneself."""
    return [one for one in team_of(by) if one.pk != by.pk]


def superiors(by: Person, tasks: Sequence[Task]) -> dict[int, list[Person]]:
    """Return task id -> who steers its department or one above it, the nearest first, `by` left out. Two queries."""
    paths = dict(Department.objects.order_by().values_list("pk", "path"))
    held = RoleAssignment.objects.filter(
        Q(role=Role.DIRECTOR) | Q(department__isnull=False), role__in=STEERING, person__is_active=True
    ).exclude(person=by)
    steering = [(paths.get(one.department_id or 0, "/"), one.person) for one in held.select_related("person")]
    # A longer path is a nearer department.
    steering.sort(key=lambda one: (-len(one[0]), one[1].name))
    found = {}
    for task in tasks:
        home = paths.get(task.department_id or 0, "/")
        above = {person.pk: person for path, person in steering if home.startswith(path)}
        found[task.pk] = list(above.values())
    return found
