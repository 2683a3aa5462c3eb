"""The verbs of records of talks: put down, filled in, followed up by a task, binned and restored; the reminder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from opsloop.activity import actions as activity
from opsloop.activity.models import Undo
from opsloop.collaboration import rights
from opsloop.collaboration.models import CollaborationRequest, CommunicationRecord
from opsloop.collaboration.queries.records import hours_to_fill
from opsloop.collaboration.record_events import (
    RecordBinned,
    RecordChanged,
    RecordDone,
    RecordFilled,
    RecordGiven,
    RecordOwed,
    RecordRestored,
    RecordWritten,
)
from opsloop.organisation.models import Department, Person
from opsloop.organisation.numbering import next_number
from opsloop.records.changes import set_fields, set_many
from opsloop.records.refusals import Refused
from opsloop.search import actions as search
from opsloop.work.actions import tasks
from opsloop.work.models import Task

FIELDS = ("matter", "from_department", "lead", "talked_at", "resolution", "follower", "due_at", "outcome")
FOLLOWING = ("fill_due_at", "reminded_at", "done_at")
# How many are reminded of in one transaction.
BATCH = 200


@transaction.atomic
def write(
    *,
    values: Mapping[str, Any],
    to_departments: Sequence[Department],
    by: Person,
    at: datetime,
    request: CollaborationRequest | None = None,
) -> CommunicationRecord:
    """Put a talk on record; `values` are some of FIELDS. What was resolved may follow within the hours of the rule.

    Raises:
        Refused: it took place within one department.
        Forbidden: `by` only reads.
    """
    rights.check_can_record(by)
    given = {"lead": by, "from_department": by.department, **values}
    record = CommunicationRecord(**given, author=by, created_at=at, request=request)
    if record.from_department is None:
        raise Refused(_("Choose the department that began it."), field="from_department")
    _check_departments(record, to_departments)
    record.number = next_number("communication", at=at)
    _follow(record, at)
    record.save(force_insert=True)
    record.to_departments.set(to_departments)
    _index(record)
    activity.record(RecordWritten(**_about(record, by, at)))
    _tell_follower(record, None, by, at)
    return record


@transaction.atomic
def change(
    *,
    record: CommunicationRecord,
    values: Mapping[str, Any],
    to_departments: Sequence[Department] | None,
    by: Person,
    at: datetime,
    version: int,
) -> bool:
    """Change a record that the writer saw at `version`; say whether anything changed. None leaves who took part.

    Raises:
        Forbidden, Refused: the rules do not allow it.
        StaleVersion: somebody wrote it since.
    """
    rights.check_can_write(record, by)
    owed, was_done, follower = not record.resolution, record.done_at, record.follower_id
    changes = set_fields(record, values)
    others = list(record.to_departments.all()) if to_departments is None else list(to_departments)
    _check_departments(record, others)
    _follow(record, at)
    wanted = [*changes, *FOLLOWING]
    many = set() if to_departments is None else {one.pk for one in record.to_departments.all()}
    if not changes and (to_departments is None or many == {one.pk for one in others}):
        return False
    record.bump(version, wanted)
    if to_departments is not None:
        changes |= set_many(record, {"to_departments": others})
    _index(record)
    activity.record(RecordChanged(**_about(record, by, at), changes=changes))
    if owed and record.resolution:
        activity.record(RecordFilled(**_about(record, by, at)))
    if record.done_at and not was_done:
        activity.record(RecordDone(**_about(record, by, at)))
    _tell_follower(record, follower, by, at)
    return True


def _check_departments(record: CommunicationRecord, to_departments: Sequence[Department]) -> None:
    if not to_departments:
        raise Refused(_("Choose at least one department involved."), field="to_departments")
    if record.from_department in to_departments:
        raise Refused(
            _("The department that began it cannot be the other side as well."), field="to_departments"
        )


def _follow(record: CommunicationRecord, at: datetime) -> None:
    """Set what follows from the texts: by when the resolution is owed, and when the matter was done."""
    if record.resolution:
        record.fill_due_at = None
    elif record.fill_due_at is None:
        record.fill_due_at = max(record.talked_at, at) + timedelta(hours=hours_to_fill())
        record.reminded_at = None
    record.done_at = (record.done_at or at) if record.outcome else None


def _tell_follower(record: CommunicationRecord, before: int | None, by: Person, at: datetime) -> None:
    if record.follower_id and record.follower_id not in {before, by.pk}:
        about = {**_about(record, by, at), "person_ids": (record.follower_id,)}
        activity.record(RecordGiven(**about, changes={"follower": [before, record.follower_id]}))


@transaction.atomic
def follow_up(*, record: CommunicationRecord, by: Person, at: datetime, version: int) -> Task:
    """Make what was resolved a task of who follows it up, due when the record says.

    Raises:
        Refused: it is one already, or nobody follows it up yet.
        StaleVersion: somebody wrote the record since.
    """
    rights.check_can_follow_up(record, by)
    assert record.follower is not None
    task = tasks.create(
        by=by, at=at, title=record.matter[:200], description=record.resolution, owner=record.follower,
        due_at=record.due_at, department=record.follower.department or by.department, note=record.number,
    )  # fmt: skip
    record.task = task
    record.bump(version, ["task"])
    activity.record(
        RecordChanged(
            **_about(record, by, at), changes={"task": [None, {"id": task.pk, "text": task.number}]}
        )
    )
    return task


@transaction.atomic
def put_in_bin(*, record: CommunicationRecord, by: Person, at: datetime, version: int) -> Undo:
    """Put a record into the recycle bin; it can be brought back for 30 days."""
    rights.check_can_bin(record, by)
    if record.is_binned:
        raise Refused(_("This record is in the recycle bin already."))
    record.deleted_at, record.deleted_by = at, by
    record.bump(version, ["deleted_at", "deleted_by"])
    search.remove(kind="communication", object_id=record.pk)
    activity.record(RecordBinned(**_about(record, by, at)))
    return activity.offer_undo(verb="communication.restore", arguments={"pk": record.pk}, by=by, at=at)


@transaction.atomic
def restore(*, record: CommunicationRecord, by: Person, at: datetime) -> None:
    """Bring a record back from the recycle bin."""
    rights.check_can_bin(record, by)
    if not record.is_binned:
        raise Refused(_("This record is not in the recycle bin."))
    record.deleted_at = record.deleted_by = None
    record.bump(record.version, ["deleted_at", "deleted_by"])
    _index(record)
    activity.record(RecordRestored(**_about(record, by, at)))


@transaction.atomic
def undo_bin(*, by: Person, at: datetime, pk: int) -> None:
    """Bring back what `put_in_bin` took away."""
    record = CommunicationRecord.objects.visible_to(by).filter(pk=pk).first()
    if record is None:
        raise Refused(_("This does not exist any more."))
    restore(record=record, by=by, at=at)


def remind_due(*, at: datetime) -> int:
    """Ask for the resolutions that are owed since the hours of the rule; each once. Return how many were asked for."""
    count = 0
    while found := _remind_batch(at):
        count += found
    return count


@transaction.atomic
def _remind_batch(at: datetime) -> int:
    """Claim a batch by a guarded UPDATE, so that two workers never ask twice, and tell who is to fill it in."""
    owed = CommunicationRecord.objects.alive().filter(fill_due_at__lte=at, reminded_at__isnull=True)
    ids = list(owed.order_by("fill_due_at", "pk").values_list("pk", flat=True)[:BATCH])
    if not ids:
        return 0
    # The moment and the row together say whose claim it is: of two runs one finds nothing to update.
    claimed = [
        pk
        for pk in ids
        if CommunicationRecord.objects.filter(pk=pk, reminded_at__isnull=True).update(reminded_at=at)
    ]
    rows = CommunicationRecord.objects.filter(pk__in=claimed).select_related("author", "lead").order_by("pk")
    hours = hours_to_fill()
    activity.record_many([_owed(record, hours, at) for record in rows])
    return len(ids)


def _owed(record: CommunicationRecord, hours: int, at: datetime) -> RecordOwed:
    writer = next(
        (one for one in (record.author, record.lead) if one is not None and one.is_active), record.lead
    )
    about = {**_about(record, None, at), "person_ids": (writer.pk,) if writer else ()}
    return RecordOwed(**about, changes={"hours": [None, hours]})


def _index(record: CommunicationRecord) -> None:
    texts = [record.number, record.resolution, record.outcome]
    search.index(kind="communication", object_id=record.pk, title=record.matter, texts=texts)


def _about(record: CommunicationRecord, by: Person | None, at: datetime) -> dict[str, Any]:
    people = dict.fromkeys(
        pk for pk in (record.author_id, record.lead_id, record.follower_id) if pk is not None
    )
    return {
        "subject_id": record.pk, "by_id": by.pk if by else None, "at": at,
        "department_id": record.from_department_id, "person_ids": tuple(people),
    }  # fmt: skip
