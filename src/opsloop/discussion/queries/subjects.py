"""Finding what is talked about."""

from __future__ import annotations

from opsloop.activity.registry import file_holders
from opsloop.discussion.models import SUBJECTS, Beside, Subject
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


def load_place(kind: str, pk: int, person: Person) -> Beside | None:
    """Return where files of an address lie, if `person` may see them. One query."""
    holder = file_holders().get(kind)
    record = holder.seen_by(person).alive().filter(pk=pk).first() if holder else load(kind, pk, person)
    return None if record is None else Beside(kind, record)
