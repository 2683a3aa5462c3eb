"""Notes of days: one's own, and what stands in the way of those one leads."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db.models import Q

from opsloop.organisation.models import Person, RoleAssignment
from opsloop.organisation.roles import Role
from opsloop.rituals.models import DailyNote

# A lead's morning is a look; more blockers than this are a matter for a meeting.
MOST_BLOCKERS = 50
LEADING = [Role.LEAD, Role.MANAGER, Role.DIRECTOR]


def notes_of(people: Sequence[Person], day: date) -> dict[int, DailyNote]:
    """Return person id -> their note of a day. The caller checks the right. One query."""
    rows = DailyNote.objects.filter(person__in=people, day=day).select_related("task")
    return {note.person_id: note for note in rows}


def blockers_for(person: Person) -> list[DailyNote]:
    """Return the unanswered blockers that `person` may answer, those escalated to them first, then the oldest."""
    rows = DailyNote.objects.visible_to(person).blocked().answerable_by(person)
    found = rows.select_related("person", "task", "escalated_to").order_by("day", "pk")[:MOST_BLOCKERS]
    return sorted(found, key=lambda note: note.escalated_to_id != person.pk)


def leading(person: Person) -> list[tuple[int, Person]]:
    """Return those who lead `person`, the nearest first, each with how many departments lie between. One query.

    They hold a leading role over the department or one above it; directors stand above all. Administrators
    run the system and lead nobody by that.
    """
    path = person.department.path if person.department else ""
    near = [int(part) for part in reversed(path.split("/")) if part]
    rows = RoleAssignment.objects.filter(role__in=LEADING, person__is_active=True).exclude(person=person)
    rows = rows.filter(Q(department__in=near) | Q(department__isnull=True)).select_related("person")
    found: dict[int, tuple[int, Person]] = {}
    for row in rows:
        distance = near.index(row.department_id) if row.department_id else len(near)
        if row.person_id not in found or distance < found[row.person_id][0]:
            found[row.person_id] = (distance, row.person)
    return sorted(found.values(), key=lambda one: (one[0], one[1].name))


def leads_of(person: Person, *, besides: Person) -> list[Person]:
    """Return to whom `besides` may hand a blocker of `person` on, the nearest first. One query."""
    return [lead for _distance, lead in leading(person) if lead.pk != besides.pk]
