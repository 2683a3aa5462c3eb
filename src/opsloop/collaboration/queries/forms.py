"""Request forms as one reads them: which a department offers, who gets what comes in by one, how soon it can be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count
from django.utils import timezone

from opsloop.collaboration.models import CollaborationRequest, FormField, RequestForm
from opsloop.organisation.models import Department, Person
from opsloop.organisation.queries import working_calendar

# Answers are kept as text that reads alike in every language; several choices are joined by what no choice contains.
SEVERAL, YES = "；", "✓"
# The kinds of questions whose answer can lead to somebody.
ROUTED = frozenset({FormField.Kind.CHOICE, FormField.Kind.MANY, FormField.Kind.CHECK})


def offered_by(department: Department | int) -> list[RequestForm]:
    """Return the forms by which a department is asked, with their questions. Two queries."""
    rows = RequestForm.objects.current().filter(department=department).select_related("handler", "department")
    return list(rows.prefetch_related("fields"))


def find_offered(person: Person, pk: int | None) -> RequestForm | None:
    """Return a form that is offered, with its questions; None where there is none. Two queries."""
    rows = RequestForm.objects.visible_to(person).current().select_related("handler", "department")
    return rows.prefetch_related("fields").filter(pk=pk or 0).first()


def handler_for(form: RequestForm, answers: Sequence[Sequence[str]]) -> Person | None:
    """Return who gets a request with these answers: by the first route that fits, else whom the form names.

    None leaves it in the queue of the department. Who has left gets nothing. One query where a route fits.
    """
    said = {row[0]: row[1].split(SEVERAL) for row in answers if len(row) == 2}
    labels = {one.key: one.label for one in form.fields.all()}
    for route in form.routes:
        label = labels.get(str(route.get("field")))
        if label is not None and route.get("value") in said.get(label, ()):
            found: Person | None = Person.objects.active().filter(pk=route.get("handler") or 0).first()
            if found is not None:
                return found
    return form.handler if form.handler is not None and form.handler.is_active else None


def earliest(form: RequestForm, at: datetime) -> date | None:
    """Return the first day by which the department can have it done, None where it says nothing."""
    if not form.lead_days:
        return None
    today = timezone.localtime(at).date()
    calendar = working_calendar({today.year, today.year + 1})
    day = today
    for _day in range(form.lead_days):
        day = calendar.next_workday(day)
    return day


def too_soon(request: CollaborationRequest, at: datetime) -> date | None:
    """Return the first day by which it could be done where the request asks for an earlier one; else None."""
    if request.form is None or request.due_at is None:
        return None
    first = earliest(request.form, at)
    return first if first is not None and timezone.localtime(request.due_at).date() < first else None


@dataclass(frozen=True)
class Route:
    """One route of a form in words: `is_dead` when its question or choice is gone, or who it led to has left."""

    place: int
    question: str
    value: str
    person: Person | None
    is_dead: bool


def routes_of(form: RequestForm) -> list[Route]:
    """Return the routes of a form in their order. One query."""
    fields: Mapping[str, FormField] = {one.key: one for one in form.fields.all()}
    wanted = {route.get("handler") for route in form.routes}
    people = {one.pk: one for one in Person.objects.filter(pk__in=wanted)} if wanted else {}
    found = []
    for place, route in enumerate(form.routes):
        asked, person = fields.get(str(route.get("field"))), people.get(route.get("handler") or 0)
        value = str(route.get("value", ""))
        dead = asked is None or value not in values_of(asked) or person is None or not person.is_active
        found.append(Route(place, asked.label if asked else "?", value, person, dead))
    return found


def values_of(one: FormField) -> list[str]:
    """Return the answers to a question that can lead to somebody."""
    if one.kind not in ROUTED:
        return []
    return [YES] if one.kind == FormField.Kind.CHECK else [str(option) for option in one.options]


@dataclass(frozen=True)
class Shelf:
    """The forms of one department, and whether one may build there."""

    department: Department
    forms: Sequence[RequestForm]
    may_build: bool


def shelves(person: Person, may_build: Any) -> list[Shelf]:
    """Return the departments that offer forms, and those for which `person` may build some. Two queries.

    `may_build` (department id) says for which.
    """
    rows = RequestForm.objects.visible_to(person).current().select_related("handler")
    forms: dict[int, list[RequestForm]] = {}
    for row in rows.annotate(asked=Count("fields")):
        forms.setdefault(row.department_id, []).append(row)
    departments = Department.objects.filter(closed_at__isnull=True)
    found = [Shelf(one, forms.get(one.pk, []), may_build(one.pk)) for one in departments]
    kept = [one for one in found if one.forms or one.may_build]
    return sorted(kept, key=lambda one: (not one.may_build, not one.forms))
