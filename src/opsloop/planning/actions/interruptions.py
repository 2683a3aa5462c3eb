"""Taking in something urgent: it becomes a task of whoever was interrupted."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from opsloop.engines.scheduling.model import DEFAULT_MINUTES
from opsloop.organisation.models import Person
from opsloop.records.refusals import Refused
from opsloop.work import capture
from opsloop.work.actions import tasks
from opsloop.work.models import Task


@transaction.atomic
def take_in(
    *, text: str, minutes: int | None, due: datetime | None, usual_due: datetime, by: Person, at: datetime
) -> Task:
    """Make an urgent task of one typed line; it waits in the tray until a proposal is accepted.

    What the line says of length and date counts where the fields say nothing; at last an hour and `usual_due`.

    Raises:
        Refused: the line has no words but marks.
    """
    reading = capture.read(text, by=by, at=at)
    if not reading.title:
        raise Refused(_("Write in a few words what came in."), field="text")
    values: dict[str, Any] = {"urgency": Task.Urgency.HIGH, **reading.values()}
    values["owner"] = values["owner"] or by
    values["estimate_minutes"] = minutes or values["estimate_minutes"] or DEFAULT_MINUTES
    # A start without an end is an appointment: it has no other due date than its own.
    if values["starts_at"] is None:
        values["due_at"] = due or values["due_at"] or usual_due
    return tasks.create(by=by, at=at, title=reading.title, **values)
