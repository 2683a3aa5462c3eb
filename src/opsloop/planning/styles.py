"""What matters more in the plans of whom: own choices first, then those of the department and of all above it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Q, prefetch_related_objects

from opsloop.engines.scheduling import LEANINGS, Style
from opsloop.organisation.models import Department, Person
from opsloop.planning.models import PlanStyle


@dataclass(frozen=True)
class Chosen:
    """What counts for somebody: the style, the share of each day kept free in percent, and their own row."""

    style: Style
    flex: int
    own: PlanStyle | None = None


def styles_for(people: Sequence[Person]) -> dict[int, Chosen]:
    """Return person id -> what counts. One query; one more if somebody comes without their department."""
    rows = list(
        PlanStyle.objects.filter(Q(person__in=people) | Q(person__isnull=True)).select_related("department")
    )
    of_person = {row.person_id: row for row in rows if row.person_id}
    of_department = {row.department_id: row for row in rows if row.department_id}
    of_all = [row for row in rows if not row.person_id and not row.department_id]
    if of_department:
        # On the instances: whoever asks for blocks next need not look for them again.
        prefetch_related_objects(list(people), "department")
    found = {}
    for person in people:
        own = of_person.get(person.pk)
        chain = _above(person) if of_department else []
        above = [of_department[pk] for pk in chain if pk in of_department]
        found[person.pk] = chosen([*([own] if own else []), *above, *of_all], own)
    return found


def style_for(person: Person) -> Chosen:
    """Return what counts for one person, as `styles_for` does."""
    return styles_for([person])[person.pk]


def style_above(department: Department | None) -> Chosen:
    """Return what counts for the people of `department` (None: of the organisation) without own choices. One query."""
    rows = {row.department_id: row for row in PlanStyle.objects.filter(person__isnull=True)}
    chain = [int(part) for part in department.path.split("/") if part] if department else []
    owners: list[int | None] = [*reversed(chain), None]
    own = rows.get(department.pk if department else None)
    return chosen([rows[pk] for pk in owners if pk in rows], own)


def chosen(rows: Iterable[PlanStyle], own: PlanStyle | None) -> Chosen:
    """Return what counts where `rows` speak, the nearest first: the first that says something of a leaning."""
    said = list(rows)
    levels: Mapping[str, int] = {
        name: value
        for name in LEANINGS
        if (value := next((v for row in said if (v := getattr(row, name)) is not None), None)) is not None
    }
    flex = next((row.flex_percent for row in said if row.flex_percent is not None), 0)
    return Chosen(Style(**levels), flex, own)


def _above(person: Person) -> list[int]:
    """Return the departments of a person, the nearest first; their department is loaded."""
    path = person.department.path if person.department else ""
    return [int(part) for part in reversed(path.split("/")) if part]
