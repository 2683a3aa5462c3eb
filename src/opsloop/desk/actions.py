"""Quick-add: one line a task, with owner, project, tags and dates read from the text."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from opsloop.activity import actions as activity
from opsloop.activity.models import Undo
from opsloop.organisation.models import Person
from opsloop.planning.actions import interruptions
from opsloop.planning.models import Proposal
from opsloop.records.refusals import Refused
from opsloop.work import capture
from opsloop.work.actions import tasks
from opsloop.work.models import Task

# More lines than this belong into the import of tables, which has a preview.
MOST_LINES = 100
LONGEST_TITLE = 200


def lines(text: str) -> list[str]:
    """Return the lines of a pasted text that hold something."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def quick_add(*, text: str, kept: Collection[str], by: Person, at: datetime) -> tuple[list[Task], Undo]:
    """Create one task a line and return them with one undo for all.

    Raises:
        Refused: nothing to create, too many lines, or a rule of `work` (nothing is created then).
    """
    found = lines(text)
    if not found:
        raise Refused(_("Type what is to be done."), field="text")
    if len(found) > MOST_LINES:
        sentence = _("%(count)s lines are too many at once. Import them as a table instead, with a preview.")
        raise Refused(sentence % {"count": len(found)}, field="text")
    readings = [capture.read(line, kept=kept, by=by, at=at) for line in found]
    with transaction.atomic():
        made = [_create(reading, by=by, at=at) for reading in readings]
        arguments = {"task_ids": [task.pk for task in made]}
        return made, activity.offer_undo(verb="task.create", arguments=arguments, by=by, at=at)


def interrupt(*, text: str, kept: Collection[str], by: Person, at: datetime) -> Proposal:
    """Make an urgent task of one line and propose room for it; what would move waits for consent.

    Raises:
        Refused: no line, several, or a rule of `work` (nothing is created then).
    """
    found = lines(text)
    if len(found) > 1:
        raise Refused(
            _("Only one thing can come in between at a time. Keep one line, or leave out the urgent mark."),
            field="text",
        )
    if not found:
        raise Refused(_("Type what is to be done."), field="text")
    reading = capture.read(found[0], kept=kept, by=by, at=at)
    _check_title(reading)
    task = interruptions.take_in(reading=reading, by=by, at=at)
    return interruptions.find_room(task=task, by=by, at=at)


def _check_title(reading: capture.Reading) -> None:
    if not reading.title:
        raise Refused(_("A task needs a title besides its date and marks."), field="text")
    if len(reading.title) > LONGEST_TITLE:
        raise Refused(
            _("A title has at most 200 characters. Put the rest into the description."), field="text"
        )


def _create(reading: capture.Reading, *, by: Person, at: datetime) -> Task:
    _check_title(reading)
    values = reading.values()
    return tasks.create(by=by, at=at, title=reading.title, **values | {"owner": values["owner"] or by})
