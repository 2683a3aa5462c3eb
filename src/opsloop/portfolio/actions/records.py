"""What nodes, risks, expenses and updates have in common: added, changed, removed, and all of it taken back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeVar

from django.db import transaction
from django.utils.translation import gettext as _

from opsloop.activity import actions as activity
from opsloop.activity.models import Undo
from opsloop.organisation.models import Person
from opsloop.portfolio import permissions
from opsloop.portfolio.events import RecordAdded, RecordChanged, RecordRemoved, RecordRestored
from opsloop.portfolio.models import KINDS
from opsloop.portfolio.models.around import Around
from opsloop.records.changes import from_json, set_fields
from opsloop.records.models import lay_in_bin, take_from_bin
from opsloop.records.refusals import Refused
from opsloop.work.models import Project

Record = TypeVar("Record", bound=Around)
_NAMES = {model: kind for kind, model in KINDS.items()}


def kind_of(record: Around) -> str:
    """Return what a record is called in events and addresses."""
    return _NAMES[type(record)]


def about(project: Project, by: Person, at: datetime) -> dict[str, Any]:
    """Return what every event around `project` says of it."""
    people = tuple(pk for pk in (project.owner_id, project.created_by_id) if pk)
    return {
        "subject_id": project.pk, "by_id": by.pk, "at": at,
        "department_id": project.department_id, "person_ids": people,
    }  # fmt: skip


def named(record: Around, changes: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return changes that also say which record they are of."""
    return {"about": {"kind": kind_of(record), "id": record.pk, "text": str(record)}, **(changes or {})}


def owner_of(record: Around) -> int | None:
    """Return who answers for a record, if it has such a person."""
    return getattr(record, "owner_id", None)


@transaction.atomic
def add(*, record: Record, by: Person, at: datetime) -> Undo:
    """Store a new record of its project; its shape has been checked by the verb of its kind.

    Raises:
        Forbidden: `by` does not take part in the project.
    """
    permissions.check_can_contribute(record.project, by)
    record.created_by, record.created_at = by, at
    record.save(force_insert=True)
    activity.record(RecordAdded(**about(record.project, by, at), changes=named(record)))
    return activity.offer_undo(
        verb="portfolio.remove", arguments={"kind": kind_of(record), "pk": record.pk}, by=by, at=at
    )


@transaction.atomic
def change(
    *, record: Around, values: Mapping[str, Any], by: Person, at: datetime, version: int
) -> Undo | None:
    """Set fields of a record that the writer saw at `version`; None if nothing changed.

    Raises:
        StaleVersion: somebody wrote it since.
        Forbidden: `by` neither answers for it nor takes part in the project.
    """
    permissions.check_can_act_on(record.project, owner_of(record), by)
    if record.is_binned:
        raise Refused(_("This was removed. Undo that first."))
    changes = set_fields(record, values)
    if not changes:
        return None
    record.bump(version)
    record.save(update_fields=[*changes])
    activity.record(RecordChanged(**about(record.project, by, at), changes=named(record, changes)))
    before = {name: pair[0] for name, pair in changes.items()}
    arguments = {
        "kind": kind_of(record), "pk": record.pk, "version": record.version, "before": before,
    }  # fmt: skip
    return activity.offer_undo(verb="portfolio.change", arguments=arguments, by=by, at=at)


@transaction.atomic
def remove(*, record: Around, by: Person, at: datetime, version: int) -> Undo:
    """Take a record out of the project; the undo brings it back."""
    permissions.check_can_act_on(record.project, owner_of(record), by)
    _remove(record, by, at, version)
    return activity.offer_undo(
        verb="portfolio.restore", arguments={"kind": kind_of(record), "pk": record.pk}, by=by, at=at
    )


def _remove(record: Around, by: Person, at: datetime, version: int) -> None:
    lay_in_bin(record, by=by, at=at, version=version)
    activity.record(RecordRemoved(**about(record.project, by, at), changes=named(record)))


def found(kind: str, pk: int, by: Person) -> Around:
    """Return the record that an undo speaks of, if `by` may still see its project.

    Raises:
        Refused: it is out of sight or gone.
    """
    row: Around | None = KINDS[kind]._default_manager.filter(pk=pk).select_related("project").first()
    visible = row is not None and Project.objects.visible_to(by).alive().filter(pk=row.project_id).exists()
    if row is None or not visible:
        raise Refused(_("This does not exist any more."))
    return row


@transaction.atomic
def undo_change(
    *, by: Person, at: datetime, kind: str, pk: int, version: int, before: Mapping[str, Any]
) -> None:
    """Put the fields of a record back, if nobody has written it since."""
    record = found(kind, pk, by)
    if record.version != version:
        raise Refused(_("This cannot be undone: somebody has changed it since."))
    values = {name: from_json(type(record), name, value) for name, value in before.items()}
    change(record=record, values=values, by=by, at=at, version=version)


@transaction.atomic
def undo_add(*, by: Person, at: datetime, kind: str, pk: int) -> None:
    """Take a record out again that was added."""
    record = found(kind, pk, by)
    if record.is_binned:
        raise Refused(_("This was removed already."))
    permissions.check_can_act_on(record.project, owner_of(record), by)
    _remove(record, by, at, record.version)


@transaction.atomic
def undo_remove(*, by: Person, at: datetime, kind: str, pk: int) -> None:
    """Bring a record back that was removed."""
    record = found(kind, pk, by)
    if not record.is_binned:
        raise Refused(_("This was brought back already."))
    permissions.check_can_act_on(record.project, owner_of(record), by)
    take_from_bin(record)
    activity.record(RecordRestored(**about(record.project, by, at), changes=named(record)))
