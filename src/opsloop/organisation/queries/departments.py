"""The department tree with its numbers."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from opsloop.organisation.models import Department, Person, RoleAssignment
from opsloop.organisation.roles import Role


@dataclass
class Node:
    """A department in the tree: `own` people of its own, `people` with those below, who leads it."""

    department: Department
    own: int
    people: int = 0
    leads: list[Person] = field(default_factory=list)
    children: list[Node] = field(default_factory=list)

    @property
    def vacancies(self) -> int:
        """How many people are missing to the planned number, if one is set."""
        return max(0, (self.department.headcount or 0) - self.own)


def tree(viewer: Person, *, with_closed: bool = False) -> list[Node]:
    """Return the tops of the department tree, each with its children. Three queries."""
    rows = Department.objects.visible_to(viewer).order_by("position", "name")
    if not with_closed:
        rows = rows.filter(closed_at__isnull=True)
    counts = Counter(Person.objects.active().values_list("department_id", flat=True))
    nodes = {row.pk: Node(row, counts[row.pk]) for row in rows}
    for assignment in _leading():
        if assignment.department_id in nodes:
            nodes[assignment.department_id].leads.append(assignment.person)
    tops: list[Node] = []
    for node in nodes.values():
        parent = nodes.get(node.department.parent_id or 0)
        (parent.children if parent else tops).append(node)
    for top in tops:
        _add_up(top)
    return tops


def flat(nodes: Iterable[Node], depth: int = 0) -> Iterator[tuple[int, Node]]:
    """Yield every node of a tree with its depth, parents first."""
    for node in nodes:
        yield depth, node
        yield from flat(node.children, depth + 1)


def indented(departments: Iterable[Department]) -> list[tuple[int, str]]:
    """Return (id, name indented by depth) in the order of the tree, for choices of a form."""
    rows = sorted(departments, key=lambda row: (row.position, row.name))
    known = {row.pk for row in rows}
    below: dict[int | None, list[Department]] = defaultdict(list)
    for row in rows:
        below[row.parent_id if row.parent_id in known else None].append(row)

    def walk(parent: int | None, depth: int) -> Iterator[tuple[int, str]]:
        for row in below[parent]:
            # No-break spaces: a browser would fold ordinary ones.
            yield row.pk, "\u00a0\u00a0\u00a0\u00a0" * depth + row.name
            yield from walk(row.pk, depth + 1)

    return list(walk(None, 0))


def _leading() -> Iterable[RoleAssignment]:
    return RoleAssignment.objects.filter(
        role__in=[Role.LEAD, Role.MANAGER], department__isnull=False, person__is_active=True
    ).select_related("person")


def _add_up(node: Node) -> int:
    node.people = node.own + sum(_add_up(child) for child in node.children)
    return node.people
