"""Notes of days: one's own, and what stands in the way of those one leads."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from opsloop.organisation.models import Person
from opsloop.organisation.queries.people import leading
from opsloop.rituals.models import DailyNote

# A lead's morning is a look; more blockers than this are a matter for a meeting.
MOST_BLOCKERS = 50


def notes_of(people: Sequence[Person], day: date) -> dict[int, DailyNote]:
    """Return person id -> their note of a day. The caller checks the right. One query."""
    rows = DailyNote.objects.filter(person__in=people, day=day).select_related("task")
    return {note.person_id: note for note in rows}


def blockers_for(person: Person) -> list[DailyNote]:
    """Return the unanswered blockers that `person` may answer, those escalated to them first, then the oldest."""
    rows = DailyNote.objects.visible_to(person).blocked().answerable_by(person)
    found = rows.select_related("person", "task", "escalated_to").order_by("day", "pk")[:MOST_BLOCKERS]
    return sorted(found, key=lambda note: note.escalated_to_id != person.pk)


def leads_of(person: Person, *, besides: Person) -> list[Person]:
    """Return to whom `besides` may hand a blocker of `person` on, the nearest first. One query."""
    return [lead for _distance, lead in leading(person) if lead.pk != besides.pk]
