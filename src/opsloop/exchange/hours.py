"""Hours from a Toggl report: who and which task is meant, what can be taken in, and taking it in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import F

from opsloop.activity import actions as activity
from opsloop.activity import submissions
from opsloop.engines import toggl
from opsloop.engines.grid import shown
from opsloop.engines.sheets import Grid
from opsloop.engines.toggl import BadRow
from opsloop.exchange.cells import grid_from_json
from opsloop.exchange.models import Import
from opsloop.organisation.models import Person
from opsloop.timekeeping import weeks
from opsloop.timekeeping.actions import imports
from opsloop.timekeeping.actions.imports import Draft, Sorted
from opsloop.work.models import Task

MOST_TITLES = 900


@dataclass(frozen=True)
class Reading:
    """A report as it would be taken in."""

    sorted: Sorted
    bad: list[BadRow]
    # Names nobody answers to, and people whose hours are not the reader's to record.
    unknown: list[str]
    foreign: list[str]


def is_hours(grid: Grid) -> bool:
    """Whether a sheet is a report of hours and not a list of tasks."""
    return bool(grid.rows) and toggl.is_toggl([shown(cell) for cell in grid.rows[0]])


def read(row: Import, *, at: datetime) -> Reading:
    """Return what a stored report says and what may become of it. At most nine queries, however long it is."""
    by = row.owner
    cells = [[shown(cell) for cell in line] for line in grid_from_json(row.grid).rows]
    rows, bad = toggl.read(cells, ZoneInfo(by.time_zone))
    people, unknown, foreign = _people(rows, by)
    tasks = _tasks(rows, by)
    drafts = []
    for line in rows:
        person = people.get(_key(line))
        if person is None:
            continue
        task = tasks.get(line.task) or tasks.get(line.description)
        note = "" if task and line.description == task.title else line.description or line.project
        drafts.append(Draft(line.row, person, task, line.start, line.end, note))
    return Reading(imports.sort(drafts, at=at), bad, unknown, foreign)


def _key(line: toggl.Row) -> tuple[str, str]:
    return line.email.lower(), line.user


def _people(
    rows: Sequence[toggl.Row], by: Person
) -> tuple[dict[tuple[str, str], Person], list[str], list[str]]:
    """Return who is meant, by mail first and then by a name only one bears; and who cannot be. One query."""
    everybody = list(Person.objects.visible_to(by).active())
    by_mail = {person.email.lower(): person for person in everybody if person.email}
    names: dict[str, list[Person]] = {}
    for person in everybody:
        names.setdefault(person.name, []).append(person)
    found: dict[tuple[str, str], Person] = {}
    unknown: dict[str, None] = {}
    foreign: dict[str, None] = {}
    for key in dict.fromkeys(_key(line) for line in rows):
        mail, name = key
        alone = names.get(name, [])
        person = by_mail.get(mail) or (alone[0] if len(alone) == 1 else None)
        if person is None and not mail and not name:
            person = by  # a report of one's own may leave the person out
        if person is None:
            unknown[name or mail] = None
        elif person != by and not weeks.may_decide(person, by):
            foreign[person.name] = None
        else:
            found[key] = person
    return found, list(unknown), list(foreign)


def _tasks(rows: Sequence[toggl.Row], by: Person) -> dict[str, Task]:
    """Return the tasks that the report names by their titles; of several the newest. One query."""
    titles = list(dict.fromkeys(text for line in rows for text in (line.task, line.description) if text))
    visible = Task.objects.visible_to(by).alive().filter(title__in=titles[:MOST_TITLES])
    return {task.title: task for task in visible.order_by("pk")}


@transaction.atomic
def take_in(*, row: Import, at: datetime, version: int) -> None:
    """Record the entries of a report that can be; everything else is named in the result.

    Raises:
        StaleVersion: it was taken in or changed since.
    """
    submissions.claim()
    row.bump(version)
    reading = read(row, at=at)
    made = imports.take_in(reading.sorted.good, by=row.owner, at=at)
    row.result = {
        "created": [],
        "updated": [],
        "same": 0,
        "entries": [[entry.pk, entry.version] for entry in made],
        "minutes": sum(entry.minutes for entry in made),
        **_left_out(reading),
    }
    row.status, row.applied_at = Import.Status.DONE, at
    row.save(update_fields=["result", "status", "applied_at"])
    activity.offer_undo(verb="import.apply", arguments={"import_id": row.pk}, by=row.owner, at=at)


def _left_out(reading: Reading) -> dict[str, Any]:
    found = reading.sorted
    return {
        "overlapping": [draft.row for draft in found.overlapping],
        "locked": [draft.row for draft in found.locked],
        "ahead": [draft.row for draft in [*found.ahead, *found.too_long]],
        "bad": [bad.row for bad in reading.bad],
        "unknown": [*reading.unknown, *reading.foreign],
    }


def undo(*, row: Import, by: Person, at: datetime) -> None:
    """Remove what a report brought, unless it was changed since, inside the caller's transaction."""
    gone, kept = imports.take_out(row.result["entries"], by=by, at=at)
    Import.objects.filter(pk=row.pk).update(
        result=row.result | {"binned": gone, "kept": kept}, version=F("version") + 1
    )
