"""Templates as the engine knows them, and on the calendar."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count
from django.utils import timezone

from opsloop.engines.playbook import Layout, Node, Outline, Placed, Step, lay_out, numbers, span
from opsloop.organisation.models import Person
from opsloop.organisation.queries import working_calendar
from opsloop.playbooks.models import Playbook, PlaybookStart

# As many suggestions and templates as anybody looks through on one page.
MOST = 200


def with_parts() -> Any:
    """Return templates with all their parts. Three queries more than their own."""
    return Playbook.objects.select_related("department", "created_by").prefetch_related(
        "roles", "steps__role", "nodes__role"
    )


def outline_of(playbook: Playbook) -> Outline:
    """Return a template with its parts loaded as the engine knows it."""
    return Outline(
        name=playbook.name,
        is_project=playbook.is_project,
        description=playbook.description,
        roles=tuple(role.name for role in playbook.roles.all()),
        steps=tuple(
            Step(
                title=row.title, level=row.level, role=row.role.name if row.role else "", offset=row.offset_days,
                days=row.duration_days, from_due=row.from_due, minutes=row.estimate_minutes,
                importance=row.importance, urgency=row.urgency, category=row.category, tags=tuple(row.tags),
                deliverable=row.deliverable, checklist=tuple(row.checklist), after=tuple(row.after),
                is_milestone=row.is_milestone,
            )
            for row in playbook.steps.all()
        ),
        nodes=tuple(
            Node(
                title=row.title, output=row.output, role=row.role.name if row.role else "",
                hours=row.limit_hours, offset=row.offset_days, follows=row.follows,
            )
            for row in playbook.nodes.all()
        ),
    )  # fmt: skip


def next_workday(now: datetime) -> date:
    """Return the next working day after today: when a template starts unless told otherwise."""
    today = timezone.localtime(now).date()
    return working_calendar({today.year, today.year + 1}).next_workday(today)


def place(outline: Outline, start: date, due: date | None) -> Layout:
    """Return where the steps of a template fall. Two queries."""
    years = {start.year, start.year + 1, (due or start).year}
    return lay_out(outline, start, due, working_calendar(years))


@dataclass(frozen=True)
class PreviewRow:
    """A step as it would be made: its number, its days, and who gets it."""

    number: str
    step: Step
    placed: Placed
    person: Person | None


def preview(outline: Outline, layout: Layout, people: dict[str, Person]) -> Sequence[PreviewRow]:
    """Return the steps of a template with real days and people."""
    names = numbers([step.level for step in outline.steps])
    return [
        PreviewRow(name, step, placed, people.get(step.role))
        for name, step, placed in zip(names, outline.steps, layout.steps, strict=True)
    ]


@dataclass(frozen=True)
class Card:
    """A template in the list."""

    playbook: Playbook
    steps: int
    roles: int
    nodes: int


def cards(person: Person, *, kind: str = "", archived: bool = False) -> list[Card]:
    """Return the templates that `person` may see. One query."""
    rows = Playbook.objects.visible_to(person).alive().filter(archived_at__isnull=not archived)
    rows = rows.filter(kind=kind) if kind else rows
    counted = rows.select_related("department", "created_by").annotate(
        step_count=Count("steps", distinct=True),
        role_count=Count("roles", distinct=True),
        node_count=Count("nodes", distinct=True),
    )
    return [Card(one, one.step_count, one.role_count, one.node_count) for one in counted[:MOST]]


def remembered(playbook: Playbook, person: Person) -> dict[str, Person]:
    """Return whom `person` gave the roles the last time, as far as they are still here; the first is `person`."""
    roles = [role.name for role in playbook.roles.all()]
    last = PlaybookStart.objects.visible_to(person).filter(playbook=playbook).order_by("-pk").first()
    chosen = last.people if last else {}
    people = Person.objects.visible_to(person).filter(is_active=True).in_bulk(list(chosen.values()))
    found = {role: people[chosen[role]] for role in roles if chosen.get(role) in people}
    if roles and roles[0] not in found:
        found[roles[0]] = person
    return found


def days_needed(outline: Outline) -> int:
    """Return how many working days a template takes."""
    return span(outline)
