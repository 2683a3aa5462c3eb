"""The verb of the sheet: take in a batch of cells, old rows and new ones, with one undo for all of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from opsloop.activity import actions as activity
from opsloop.activity.models import Undo
from opsloop.boards.columns import BY_FIELD, BY_NAME, COLUMNS, EDITABLE
from opsloop.boards.queries import sheet
from opsloop.boards.reading import BadText, Reader
from opsloop.organisation.models import Person
from opsloop.records.refusals import Refused, StaleVersion
from opsloop.work import permissions
from opsloop.work.actions import imports, tasks
from opsloop.work.actions.imports import Draft
from opsloop.work.actions.tasks import Edit, Edits
from opsloop.work.models import Project, Task
from opsloop.work.queries import tasks as work


@dataclass(frozen=True)
class Typed:
    """A cell as somebody typed it: of which task, seen at which version, and what had stood in the cell."""

    pk: int
    version: int
    column: str
    text: str
    was: str


@dataclass(frozen=True)
class NewRow:
    """A row that shall become a task; `ref` is what the page calls it."""

    ref: str
    texts: Mapping[str, str]


@dataclass(frozen=True)
class Bad:
    """A cell that was not taken: `row` is a task's key or a new row's ref."""

    row: int | str
    column: str
    text: str
    reason: str


@dataclass(frozen=True)
class Stale:
    """A cell that somebody else has changed meanwhile."""

    pk: int
    column: str
    mine: str
    theirs: str


@dataclass
class Outcome:
    """What came of a batch."""

    changed: list[int] = field(default_factory=list)
    created: dict[str, int] = field(default_factory=dict)
    bad: list[Bad] = field(default_factory=list)
    stale: list[Stale] = field(default_factory=list)
    undo: Undo | None = None


def apply(
    *, cells: Sequence[Typed], new: Sequence[NewRow], project: Project | None, by: Person, at: datetime
) -> Outcome:
    """Take in what can be taken; what cannot be read, is refused or stale is named and left as it stands.

    Cells are read before the transaction. New rows belong to `project` unless they name one.
    """
    outcome = Outcome()
    reader = Reader(by, at)
    known = work.editable(by).in_bulk({one.pk for one in cells})
    edits = _edits(cells, known, _seen(by, known), reader, outcome)
    drafts = _drafts(new, project, reader, outcome, by)
    if not edits and not drafts:
        return outcome
    with transaction.atomic():
        steps = _change(edits, {(one.pk, one.column): one for one in cells}, outcome, by, at)
        made = imports.create_many(drafts=list(drafts.values()), by=by, at=at) if drafts else []
        outcome.created = {ref: task.pk for ref, task in zip(drafts, made, strict=True)}
        if steps or made:
            arguments = {"steps": steps, "task_ids": [task.pk for task in made]}
            outcome.undo = activity.offer_undo(verb="sheet.apply", arguments=arguments, by=by, at=at)
    return outcome


@transaction.atomic
def undo_apply(
    *, by: Person, at: datetime, steps: Sequence[Mapping[str, Any]], task_ids: Sequence[int]
) -> None:
    """Take a batch back: the cells as they stood, and the new rows into the recycle bin."""
    tasks.undo_change_many(by=by, at=at, steps=steps)
    tasks.undo_create(by=by, at=at, task_ids=task_ids)


# --- cells of tasks --------------------------------------------------------------------------------------


Seen = Mapping[int, Mapping[str, str]]


def _seen(by: Person, pks: Iterable[int]) -> Seen:
    """Return the cells of tasks as `by` sees them: what is hidden from them has another name there."""
    names = [column.name for column in COLUMNS]
    return {pk: dict(zip(names, texts, strict=True)) for pk, _v, _may, *texts in sheet.rows(by, list(pks))}


def _edits(
    cells: Sequence[Typed], known: Mapping[int, Task], seen: Seen, reader: Reader, outcome: Outcome
) -> dict[int, Edit]:
    """Return what shall be written to each task; cells that are bad or stale go to `outcome`."""
    values: dict[int, dict[str, Any]] = {}
    for one in cells:
        task = known.get(one.pk)
        if task is None:
            # Whether it is gone or hidden is not told apart.
            outcome.bad.append(_bad(one, _("This task does not exist any more, or you may not see it.")))
            continue
        stands = seen.get(one.pk, {}).get(one.column, "")
        if task.version != one.version and stands != one.was:
            outcome.stale.append(Stale(one.pk, one.column, one.text, stands))
            continue
        try:
            values.setdefault(one.pk, {})[BY_NAME[one.column].field] = reader.read(one.column, one.text)
        except BadText as bad:
            outcome.bad.append(_bad(one, bad.reason))
    return {pk: Edit(known[pk], given, known[pk].version) for pk, given in values.items() if given}


def _bad(one: Typed, reason: str) -> Bad:
    return Bad(one.pk, one.column, one.text, reason)


def _change(
    edits: dict[int, Edit],
    typed: Mapping[tuple[int, str], Typed],
    outcome: Outcome,
    by: Person,
    at: datetime,
) -> list[dict[str, Any]]:
    """Write the edits; of a task with a refused cell, write the others. Return the steps that take it back."""
    steps: list[dict[str, Any]] = []
    waiting = list(edits.values())
    while waiting:
        came = _written(waiting, by, at)
        steps += came.steps
        outcome.changed += [task.pk for task in came.changed]
        waiting = []
        for edit, why in came.refused:
            refused = _refused_fields(edit, why)
            for name in refused:
                one = typed[edit.task.pk, BY_FIELD[name]]
                _note(one, why, outcome, by)
            left = {name: value for name, value in edit.values.items() if name not in refused}
            if left:
                # What was set on it before the refusal must not be saved with the rest.
                fresh = work.editable(by).get(pk=edit.task.pk)
                waiting.append(Edit(fresh, left, fresh.version))
    return steps


def _written(edits: Sequence[Edit], by: Person, at: datetime) -> Edits:
    named = {one.task.pk: one for one in edits}
    with_tags = [
        Edit(one.task, {**one.values, "tags": tasks.tags_named(one.values["tags"])}, one.version)
        if "tags" in one.values
        else one
        for one in edits
    ]
    came = tasks.change_each(edits=with_tags, by=by, at=at)
    return Edits(came.changed, [(named[edit.task.pk], why) for edit, why in came.refused], came.steps)


def _refused_fields(edit: Edit, why: Refused | StaleVersion) -> set[str]:
    """Return which of the edit's fields a refusal is about: the one it names, the status, or all."""
    named = getattr(why, "field", "")
    if named in edit.values and len(edit.values) > 1:
        return {named}
    if isinstance(why, Refused) and not named and "status" in edit.values and len(edit.values) > 1:
        return {"status"}
    return set(edit.values)


def _note(one: Typed, why: Refused | StaleVersion, outcome: Outcome, by: Person) -> None:
    if isinstance(why, Refused):
        outcome.bad.append(_bad(one, why.reason))
        return
    theirs = _seen(by, [one.pk]).get(one.pk, {}).get(one.column, "")
    outcome.stale.append(Stale(one.pk, one.column, one.text, theirs))


# --- new rows --------------------------------------------------------------------------------------------


def _drafts(
    new: Sequence[NewRow], project: Project | None, reader: Reader, outcome: Outcome, by: Person
) -> dict[str, Draft]:
    """Return a draft for each new row that has a title; cells that cannot be read are left out of it."""
    drafts: dict[str, Draft] = {}
    if new:
        permissions.check_can_create(None, by)
    for row in new:
        values: dict[str, Any] = {}
        for column, text in row.texts.items():
            if column not in EDITABLE or not text.strip():
                continue
            try:
                values[BY_NAME[column].field] = reader.read(column, text)
            except BadText as bad:
                outcome.bad.append(Bad(row.ref, column, text, bad.reason))
        if not values.get("title"):
            if not any(one.row == row.ref and one.column == "title" for one in outcome.bad):
                outcome.bad.append(Bad(row.ref, "title", "", _("A task needs a title.")))
            continue
        _keep_order(row, values, outcome)
        names = tuple(values.pop("tags", ()))
        given = {"owner": by, "project": project, **values}
        drafts[row.ref] = Draft({**given, "owner": given["owner"] or by}, (), names)
    return drafts


def _keep_order(row: NewRow, values: dict[str, Any], outcome: Outcome) -> None:
    """A start after the due date is left out: the database would refuse the whole batch for it."""
    start, due = values.get("starts_at"), values.get("due_at")
    if start and due and due < start:
        del values["starts_at"]
        reason = _("The due time lies before the start. Move one of them.")
        outcome.bad.append(Bad(row.ref, "start", row.texts["start"], reason))
