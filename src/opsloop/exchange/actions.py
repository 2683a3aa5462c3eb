"""The verbs of tables: bring one, map its headings, take it in, undo it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils.translation import gettext as _

from opsloop.activity import actions as activity
from opsloop.activity import jobs, submissions
from opsloop.activity.jobs import Progress
from opsloop.activity.models import Job
from opsloop.engines.sheets import Grid, TaskSheet, read_tasks
from opsloop.exchange import hours, matching
from opsloop.exchange.cells import grid_from_json, grid_to_json, likely_headings
from opsloop.exchange.models import IMPORT_LIFECYCLE, HeadingMemory, Import
from opsloop.organisation.actions import people
from opsloop.organisation.models import Person
from opsloop.organisation.roles import Permission
from opsloop.organisation.usernames import free_username
from opsloop.records.changes import from_json
from opsloop.records.refusals import Forbidden, Refused
from opsloop.work import permissions as work_permissions
from opsloop.work.actions import imports, tasks
from opsloop.work.models import Task

# Tables up to this many rows are taken in while the person waits; longer ones by the job centre.
AT_ONCE = 300
Report = Callable[[int, int], None]


def check_can_import(by: Person) -> None:
    """Raise Forbidden unless `by` may bring tables."""
    if not by.may(Permission.TABLES_IMPORT):
        raise Forbidden(_("Your role does not allow importing tables."))


def check_can_export(by: Person) -> None:
    """Raise Forbidden unless `by` may take tables out."""
    if not by.may(Permission.TABLES_EXPORT):
        raise Forbidden(_("Your role does not allow exporting tables."))


def bring(*, grid: Grid, implied: Mapping[str, str], filename: str, by: Person, at: datetime) -> Import:
    """Keep a sheet for its preview; nothing of it becomes a task yet.

    `implied` are the fields its format fixes (Trello, Jira); what the person mapped before counts too.
    """
    check_can_import(by)
    row = Import(
        owner=by, filename=filename[:200], uploaded_at=at, grid=grid_to_json(grid), sheet=grid.name[:100]
    )
    if hours.is_hours(grid):
        row.kind = Import.Kind.HOURS
        return _kept(row)
    row.mapping = read(row, base=dict(implied)).mapping
    remembered = HeadingMemory.objects.recall(by, list(headings(row)))
    row.base_mapping = dict(implied) | remembered
    row.mapping = read(row, base=row.base_mapping).mapping
    # All of the above takes seconds for a long sheet, and holds no lock.
    return _kept(row)


@transaction.atomic
def _kept(row: Import) -> Import:
    submissions.claim()
    row.save(force_insert=True)
    return row


def read(row: Import, *, base: Mapping[str, str] | None = None) -> TaskSheet:
    """Return the tasks and bad cells of a stored sheet as its mapping understands them."""
    zone = ZoneInfo(row.owner.time_zone)
    mapping = row.base_mapping if base is None else base
    return read_tasks(
        grid_from_json(row.grid), today=row.uploaded_at.astimezone(zone).date(), mapping=mapping, zone=zone
    )


def headings(row: Import) -> dict[str, str]:
    """Return heading -> field of a stored sheet; when none was understood, its likely headings, unread."""
    return row.mapping or dict.fromkeys(likely_headings(grid_from_json(row.grid)), "")


def remap(*, row: Import, mapping: Mapping[str, str], version: int) -> None:
    """Let headings mean other fields ("" leaves a column out), and remember it for the next sheet.

    Raises:
        StaleVersion: the import has been changed or taken in since.
        Refused: it has been taken in already.
    """
    _check_waiting(row)
    known = headings(row)
    chosen = {heading: field for heading, field in mapping.items() if heading in known}
    row.base_mapping = {**row.base_mapping, **chosen}
    row.mapping = read(row).mapping
    with transaction.atomic():
        row.bump(version)
        row.save(update_fields=["base_mapping", "mapping"])
        for heading, field in chosen.items():
            HeadingMemory.objects.update_or_create(
                person=row.owner, heading=heading[:100], defaults={"field": field}
            )


def apply(*, row: Import, new_people: Collection[str], at: datetime, version: int) -> Job | None:
    """Take a previewed table in: at once when it is short, else as a job, which is returned.

    `new_people` are the unknown names that shall become people.

    Raises:
        StaleVersion, Refused: it changed since, or was taken in already.
    """
    check_can_import(row.owner)
    _check_waiting(row)
    if row.kind == Import.Kind.HOURS:
        hours.take_in(row=row, at=at, version=version)
        return None
    if len(row.grid["rows"]) <= AT_ONCE:
        take_in(row=row, new_people=new_people, at=at, version=version)
        return None
    return _queue(row=row, new_people=new_people, at=at, version=version)


@transaction.atomic
def _queue(*, row: Import, new_people: Collection[str], at: datetime, version: int) -> Job:
    submissions.claim()
    row.bump(version)
    row.status = Import.Status.RUNNING
    row.save(update_fields=["status"])
    title = _("Import of %(name)s") % {"name": row.filename}
    arguments = {"import_id": row.pk, "new_people": list(new_people), "at": at.isoformat()}
    return jobs.start(kind="import", title=title, owner=row.owner, arguments=arguments, at=at)


def run_import(*, job: Job, progress: Progress) -> dict[str, Any]:
    """Do the import of a job; done again after a crash, it finds its work done and stops."""
    row = Import.objects.select_related("owner").get(pk=job.arguments["import_id"])
    url = reverse("exchange:import_page", args=[row.pk])
    if row.status != Import.Status.RUNNING:
        return {"url": url}
    try:
        take_in(
            row=row,
            new_people=job.arguments["new_people"],
            at=datetime.fromisoformat(job.arguments["at"]),
            report=progress.advance,
        )
    except BaseException:
        # Cancelled or refused: nothing was taken in, and the preview can be used again.
        Import.objects.filter(pk=row.pk, status=Import.Status.RUNNING).update(status=Import.Status.PREVIEW)
        raise
    return {"url": url}


def take_in(
    *,
    row: Import,
    new_people: Collection[str],
    at: datetime,
    version: int | None = None,
    report: Report | None = None,
) -> None:
    """Create and change the tasks of a sheet: everything in one transaction, prepared outside of it.

    `version` is the one at which the waiting sheet was seen; without it, a job takes in what it was given.

    Raises:
        StaleVersion, Refused: it changed since, or was taken in already.
    """
    by = row.owner
    sheet = read(row)
    matched = matching.match(sheet.rows, by, progress=report)
    with transaction.atomic():
        _begin(row, version)
        if new_people:
            _create_people(new_people, by, at)
            matched = matching.match(sheet.rows, by)
        made = imports.create_many(drafts=[draft for _row, draft in matched.new], by=by, at=at)
        updated = [_update(task, changes, by, at) for _row, task, changes in matched.changed]
        placed = [(pair[0], task) for pair, task in zip(matched.new, made, strict=True)]
        placed += [(line, task) for line, task, _changes in matched.changed] + matched.same
        links, circular = matching.edges(placed, matching.load(sheet.rows, by).tasks)
        row.result = {
            "created": [task.pk for task in made],
            "updated": [step for step in updated if step],
            "same": len(matched.same),
            "links": imports.link_many(edges=links),
            "circular": [line.row for line in circular],
            "too_long": [line.row for line in matched.too_long],
            "without_owner": matched.unknown_people,
        }
        row.status, row.applied_at = Import.Status.DONE, at
        row.save(update_fields=["result", "status", "applied_at"])
        activity.offer_undo(verb="import.apply", arguments={"import_id": row.pk}, by=by, at=at)


def _begin(row: Import, version: int | None) -> None:
    """Claim the sheet for the caller's transaction, so that nobody takes it in a second time."""
    submissions.claim()
    if version is not None:
        row.bump(version)
        return
    running = Import.objects.filter(pk=row.pk, status=Import.Status.RUNNING)
    if not running.update(version=F("version") + 1):
        raise Refused(_("This table has been taken in already. Undo it first, or bring it again."))


@transaction.atomic
def undo_import(*, by: Person, at: datetime, import_id: int) -> None:
    """Undo an import as a whole: what it made goes to the bin, what it changed gets its old values.

    A task that somebody has changed since keeps its values.

    Raises:
        Refused: it is not taken in, or was undone already.
    """
    row = Import.objects.visible_to(by).filter(pk=import_id).first()
    claimed = Import.objects.filter(
        pk=import_id, owner=by, status__in=IMPORT_LIFECYCLE.before(Import.Status.UNDONE)
    )
    if row is None or not claimed.update(status=Import.Status.UNDONE, version=F("version") + 1):
        raise Refused(_("This import was undone already, or never taken in."))
    if row.kind == Import.Kind.HOURS:
        hours.undo(row=row, by=by, at=at)
        return
    binned = imports.take_out(task_ids=row.result["created"], by=by, at=at)
    kept = 0
    for step in row.result["updated"]:
        kept += not _put_back(step, by, at)
    Import.objects.filter(pk=row.pk).update(result=row.result | {"binned": binned, "kept": kept})


def import_tasks(
    *, grid: Grid, implied: Mapping[str, str], filename: str, by: Person, at: datetime
) -> Import:
    """Bring a sheet and take it in without a preview, for the command line; unknown people stay unknown."""
    row = bring(grid=grid, implied=implied, filename=filename, by=by, at=at)
    if row.kind == Import.Kind.HOURS:
        hours.take_in(row=row, at=at, version=row.version)
        return row
    take_in(row=row, new_people=(), at=at, version=row.version)
    return row


def _check_waiting(row: Import) -> None:
    if row.status not in IMPORT_LIFECYCLE.before(Import.Status.RUNNING):
        raise Refused(_("This table has been taken in already. Undo it first, or bring it again."))


def _create_people(names: Collection[str], by: Person, at: datetime) -> None:
    if not by.may(Permission.PEOPLE_MANAGE, by.department_id):
        raise Forbidden(_("Only managers may create people. Take the table in without them."))
    known = set(Person.objects.filter(name__in=list(names)).values_list("name", flat=True))
    taken = {username.lower() for username in Person.objects.values_list("username", flat=True)}
    for name in names:
        if name not in known:
            username = free_username(name=name, taken=taken)
            people.create(username=username, name=name[:60], department=by.department, by=by, at=at)


def _update(task: Task, changes: Mapping[str, Any], by: Person, at: datetime) -> dict[str, Any] | None:
    if not work_permissions.can_edit(task, by):
        return None
    undo = tasks.change(task=task, values=changes, by=by, at=at, version=task.version)
    return dict(undo.arguments) if undo else None


def _put_back(step: Mapping[str, Any], by: Person, at: datetime) -> bool:
    task = Task.objects.visible_to(by).filter(pk=step["task_id"], version=step["version"]).first()
    if task is None:
        return False
    values = {name: from_json(Task, name, value) for name, value in step["before"].items()}
    tasks.change(task=task, values=values, by=by, at=at, version=task.version)
    return True
