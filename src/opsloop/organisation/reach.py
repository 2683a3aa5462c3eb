"""How far a person's roles reach: permission -> departments. Rights are computed here and nowhere else."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import CharField, Subquery, Value

from opsloop.activity.models import Event
from opsloop.organisation.models.people import Person, RoleAssignment
from opsloop.organisation.models.structure import Department
from opsloop.organisation.roles import ROLE_RULES, Permission, Reach, Role

# Stands where other rows have the path of a department, which begins with a slash.
_EVENT = "newest event"


@dataclass(frozen=True)
class Reaches:
    """The departments for which a person holds each permission; None stands for all of them."""

    by_permission: dict[Permission, frozenset[int] | None]
    roles: frozenset[Role]
    # Departments above those the person belongs to: their goals are aligned to, their tasks are not seen.
    above: frozenset[int]
    # The newest event when this was read, so before the page was: its stream begins there.
    newest_event: int = 0

    def departments(self, permission: Permission) -> frozenset[int] | None:
        """Return the ids of the departments for which the permission is held; None for all."""
        return self.by_permission.get(permission, frozenset())

    def may(self, permission: Permission, department_id: int | None = None) -> bool:
        """Whether the permission is held for `department_id`, or anywhere if that is None."""
        if permission not in self.by_permission:
            return False
        held = self.by_permission[permission]
        if held is None:
            return True
        return bool(held) if department_id is None else department_id in held


def load(person: Person) -> Reaches:
    """Return what `person` may do where. A disabled person may do nothing. One query."""
    if not person.is_active or person.pk is None:
        return Reaches({}, frozenset(), frozenset())
    held, paths, newest_event = _held_paths_and_newest(person)
    home = {person.department_id} if person.department_id else set()
    reached: dict[Permission, frozenset[int] | None] = {}
    for name, department_id in held:
        rule = ROLE_RULES[Role(name)]
        departments = _departments(rule.reach, department_id, paths)
        for permission in rule.permissions:
            reached[permission] = _union(reached.get(permission, frozenset()), departments)
    belongs = home | {department for _role, department in held if department}
    roles = frozenset(Role(name) for name, _department in held)
    return Reaches(reached, roles, _above(belongs, paths), newest_event)


def _held_paths_and_newest(person: Person) -> tuple[list[tuple[str, int | None]], dict[int, str], int]:
    """Return the roles of `person`, all departments with their paths, the newest event: every request asks for them."""
    none = Value(None, output_field=CharField())
    roles = RoleAssignment.objects.filter(person=person).values_list("role", "department_id", none)
    departments = Department.objects.order_by().values_list(none, "pk", "path")
    newest = Subquery(Event.objects.order_by("-pk").values("pk")[:1])
    event = Person.objects.filter(pk=person.pk).order_by().values_list(none, newest, Value(_EVENT))
    held: list[tuple[str, int | None]] = []
    paths: dict[int, str] = {}
    newest_event = 0
    for role, number, path in roles.union(departments, event, all=True):
        if path is None:
            held.append((role, number))
        elif path == _EVENT:
            newest_event = number or 0
        else:
            paths[number] = path
    return held, paths, newest_event


def _departments(reach: Reach, department_id: int | None, paths: dict[int, str]) -> frozenset[int] | None:
    if department_id is None or reach is Reach.ORGANISATION:
        return None
    if reach is Reach.DEPARTMENT:
        return frozenset({department_id})
    prefix = paths.get(department_id, "/none/")
    return frozenset(pk for pk, path in paths.items() if path.startswith(prefix))


def _union(one: frozenset[int] | None, other: frozenset[int] | None) -> frozenset[int] | None:
    return None if one is None or other is None else one | other


def _above(department_ids: Iterable[int | None], paths: dict[int, str]) -> frozenset[int]:
    ids = {int(part) for pk in department_ids if pk for part in paths.get(pk, "").split("/") if part}
    return frozenset(ids)
