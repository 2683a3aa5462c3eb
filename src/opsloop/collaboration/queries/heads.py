"""Who heads what, and who is a party to a request: what the engine of superiors is asked with."""

from __future__ import annotations

from opsloop.collaboration.models import CollaborationRequest, Step
from opsloop.engines.superior import ORGANISATION, nearest, superior
from opsloop.organisation.models import Department, Person, RoleAssignment
from opsloop.organisation.queries.people import LEADING
from opsloop.organisation.roles import Role

# Steps by which somebody speaks for a side; what the superior decides makes them no party.
SPOKEN = (
    Step.Kind.ASKED, Step.Kind.ACCEPTED, Step.Kind.COUNTERED, Step.Kind.AGREED, Step.Kind.INSISTED,
    Step.Kind.DECLINED, Step.Kind.SYNCED, Step.Kind.DELIVERED, Step.Kind.RETURNED,
)  # fmt: skip


def heads() -> dict[str, list[int]]:
    """Return path of a department -> the active people who head it; directors head the organisation. Two queries."""
    paths = dict(Department.objects.order_by().values_list("pk", "path"))
    rows = RoleAssignment.objects.filter(role__in=LEADING, person__is_active=True).order_by("pk")
    found: dict[str, list[int]] = {}
    for person_id, role, department_id in rows.values_list("person_id", "role", "department_id"):
        path = ORGANISATION if role == Role.DIRECTOR else paths.get(department_id, ORGANISATION)
        found.setdefault(path, []).append(person_id)
    return found


def parties(request: CollaborationRequest) -> set[int]:
    """Return who stands on one of the two sides: named in the request, or having spoken for a side. One query."""
    named = {request.author_id, request.contact_id, request.handler_id}
    said = request.steps.filter(kind__in=SPOKEN, by__isnull=False).values_list("by_id", flat=True)
    return {pk for pk in (*named, *said) if pk}


def superior_of(request: CollaborationRequest, *, passing: set[int] | None = None) -> Person | None:
    """Return who decides between the two sides; `passing` have been asked already. Four queries at most."""
    if request.from_department is None or request.to_department is None:
        return None
    besides = parties(request) | (passing or set())
    found = superior(request.from_department.path, request.to_department.path, heads(), parties=besides)
    return Person.objects.get(pk=found) if found else None


def doing_people(request: CollaborationRequest) -> tuple[int, ...]:
    """Return whose turn it is on the side asked: the handler, or who heads the department most nearly."""
    if request.handler_id:
        return (request.handler_id,)
    if request.to_department is None:
        return ()
    named = {request.author_id or 0, request.contact_id or 0}
    return tuple(nearest(request.to_department.path, heads(), besides=named))


def asking_people(request: CollaborationRequest) -> tuple[int, ...]:
    """Return whom the side that asks consists of."""
    return tuple(dict.fromkeys(pk for pk in (request.contact_id, request.author_id) if pk))


def asking_heads(request: CollaborationRequest) -> tuple[int, ...]:
    """Return who heads the asking department most nearly, but for those who are named in the request."""
    if request.from_department is None:
        return ()
    return tuple(nearest(request.from_department.path, heads(), besides=asking_people(request)))
