"""Finding what is talked about."""

from __future__ import annotations

from opsloop.discussion.models import SUBJECTS, Subject
from opsloop.organisation.models import Person
from opsloop.work.models import Task


def load(kind: str, pk: int, person: Person) -> Subject | None:
    """Return the subject of an address, if `person` may see it. One query."""
    model = SUBJECTS.get(kind)
    if model is None:
        return None
    rows = model.objects.visible_to(person).alive().filter(pk=pk).select_related("department")
    found: Subject | None = (rows.select_related("project") if model is Task else rows).first()
    return found
