"""Corrections, withdrawals and the end of a notice. What went out before stays readable as an edition."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django_tasks import task

from opsloop.activity import actions as activity
from opsloop.background import queue
from opsloop.background.effects import first_time
from opsloop.discussion.models import Attachment
from opsloop.engines.chasing import moment
from opsloop.notices import permissions
from opsloop.notices.actions.delivering import BATCH, make_findable, say_delivered
from opsloop.notices.actions.sending import write_edition
from opsloop.notices.events import (
    NoticeChanged,
    NoticeClosed,
    NoticeCorrected,
    NoticeEvent,
    NoticeTakenBack,
    NoticeWithdrawn,
)
from opsloop.notices.filing import beside, beside_correction
from opsloop.notices.models import TEXTS, Notice, Receipt
from opsloop.notices.queries.clock import clock_of
from opsloop.notices.ruling import rules, ways_of
from opsloop.organisation.models import Department, Person
from opsloop.records.changes import set_fields
from opsloop.records.refusals import Refused
from opsloop.search import actions as search

# A change of these changes what people have to do, and when.
MATERIAL = frozenset({"demands", "timing", "due_at", "responsible", "files"})
FIELDS = (*TEXTS, "due_at")
LONGEST_WHY = 300


@transaction.atomic
def correct(
    *,
    notice: Notice,
    values: Mapping[str, Any],
    responsible: Sequence[Department],
    why: str,
    ask: str,
    without: Collection[int] = (),
    by: Person,
    at: datetime,
    version: int,
) -> Notice:
    """Send a correction. `ask` says whether it has to be confirmed again: "yes", "no", or "auto" by what changed.

    `without` names the files that it leaves out; what was laid beside the correction it brings along.

    Raises:
        Refused: nothing changed, no reason is given, or it cannot be corrected any more.
        StaleVersion: somebody corrected it since.
    """
    permissions.check_can_correct(notice, by)
    why = why.strip()[:LONGEST_WHY]
    if not why:
        raise Refused(_("Say in a sentence what was corrected, and why."), field="why")
    changes = set_fields(notice, {name: values[name] for name in FIELDS if name in values})
    if {one.pk for one in responsible} != set(notice.responsible.values_list("pk", flat=True)):
        changes["responsible"] = [None, None]
    standing = list(Attachment.objects.beside(beside(notice)).alive())
    kept = [one for one in standing if one.pk not in without]
    added = list(Attachment.objects.beside(beside_correction(notice)).alive())
    if added or kept != standing:
        changes["files"] = [None, None]
    if not changes:
        raise Refused(_("Nothing was changed. Change the text or the attachments first."), field="title")
    if not notice.title.strip() or not notice.demands.strip():
        raise Refused(_("A notice needs a title, and what is asked of the people."), field="title")
    is_material = ask == "yes" or (ask == "auto" and bool(MATERIAL & changes.keys()))
    notice.edition += 1
    notice.state = Notice.State.CORRECTED
    if is_material:
        notice.asked_edition, notice.complete_at = notice.edition, None
    notice.bump(version, [*FIELDS, "edition", "asked_edition", "complete_at", "state"])
    notice.responsible.set(responsible)
    Attachment.objects.filter(pk__in=[one.pk for one in added]).update(**beside(notice).keyed())
    write_edition(notice, files=[*kept, *added], by=by, at=at, why=why, is_material=is_material)
    make_findable(notice)
    activity.record(
        NoticeChanged(subject_id=notice.pk, by_id=by.pk, at=at, person_ids=_author(notice), note=why)
    )
    queue.add(tell_again, notice.pk, notice.edition, by.pk, at.isoformat(), is_material)
    return notice


@task()
def tell_again(pk: int, edition: int, by: int, moment_text: str, is_material: bool) -> None:  # noqa: FBT001  (a task)
    """Tell everybody who got a notice of one of its corrections."""
    at = parse_datetime(moment_text)
    notice = Notice.objects.going().filter(pk=pk).select_related("department").first()
    if notice is None or at is None:
        return
    if notice.edition > edition and not (is_material and notice.asked_edition == edition):
        return  # A later correction tells them, and asks for what this one would have asked.
    next_at = moment(ways_of(rules(), notice.importance).pace, 0, at, clock_of(notice.department, at))
    asked = {"is_open": True, "asked_at": at, "asked_edition": edition, "steps": 0, "next_at": next_at}
    for some in _batches(notice, Receipt.Kind.TO):
        with transaction.atomic():
            if not first_time(f"notice:{pk}:edition:{edition}:{some[0]}"):
                continue
            rows = Receipt.objects.filter(pk__in=some, confirmed_edition__lt=edition)
            people = tuple(rows.order_by("person_id").values_list("person_id", flat=True))
            if is_material:
                rows.update(**asked)
            _tell(NoticeCorrected, notice, people, by, at, material="yes" if is_material else "no")
    for some in _batches(notice, Receipt.Kind.COPY):
        with transaction.atomic():
            if first_time(f"notice:{pk}:edition:{edition}:copy:{some[0]}"):
                people = tuple(Receipt.objects.filter(pk__in=some).values_list("person_id", flat=True))
                _tell(NoticeCorrected, notice, people, by, at, material="no")
    with transaction.atomic():
        if first_time(f"notice:{pk}:edition:{edition}:delivered"):
            say_delivered(notice, at=at)


@transaction.atomic
def withdraw(*, notice: Notice, why: str, by: Person, at: datetime, version: int) -> Notice:
    """Withdraw a notice; it stays readable for those who got it, with the reason, and asks nothing any more."""
    permissions.check_can_end(notice, by)
    why = why.strip()[:LONGEST_WHY]
    if not why:
        raise Refused(_("Say why it is withdrawn; everybody who got it reads that."), field="why")
    _end(notice, Notice.State.WITHDRAWN, why, by=by, at=at, version=version)
    search.remove(kind="notice", object_id=notice.pk)
    activity.record(
        NoticeWithdrawn(subject_id=notice.pk, by_id=by.pk, at=at, person_ids=_author(notice), note=why)
    )
    queue.add(tell_withdrawn, notice.pk, by.pk, at.isoformat())
    return notice


@task()
def tell_withdrawn(pk: int, by: int, moment_text: str) -> None:
    """Tell everybody who got a notice that it was withdrawn."""
    notice, at = Notice.objects.filter(pk=pk).first(), parse_datetime(moment_text)
    if notice is None or at is None:
        return
    for kind in Receipt.Kind:
        for some in _batches(notice, kind):
            with transaction.atomic():
                if first_time(f"notice:{pk}:withdrawn:{some[0]}"):
                    people = tuple(Receipt.objects.filter(pk__in=some).values_list("person_id", flat=True))
                    _tell(NoticeTakenBack, notice, people, by, at)


@transaction.atomic
def close(*, notice: Notice, by: Person, at: datetime, version: int) -> Notice:
    """End a notice: who has not confirmed stays on the list, and nobody is reminded any more."""
    permissions.check_can_end(notice, by)
    _end(notice, Notice.State.CLOSED, "", by=by, at=at, version=version)
    activity.record(NoticeClosed(subject_id=notice.pk, by_id=by.pk, at=at, person_ids=_author(notice)))
    return notice


def _end(notice: Notice, state: str, why: str, *, by: Person, at: datetime, version: int) -> None:
    notice.state, notice.ended_at, notice.ended_by, notice.ended_why = state, at, by, why
    notice.bump(version, ["state", "ended_at", "ended_by", "ended_why"])


def _batches(notice: Notice, kind: str) -> list[list[int]]:
    """Return the receipts of a notice in handfuls that are the same whenever they are asked for."""
    ids = list(notice.receipts.filter(kind=kind).order_by("pk").values_list("pk", flat=True))
    return [ids[start : start + BATCH] for start in range(0, len(ids), BATCH)]


def _tell(
    event: type[NoticeEvent], notice: Notice, people: tuple[int, ...], by: int, at: datetime, **changes: str
) -> None:
    if people:
        said = {name: [None, value] for name, value in changes.items()}
        activity.record(event(subject_id=notice.pk, by_id=by, at=at, person_ids=people, changes=said))


def _author(notice: Notice) -> tuple[int, ...]:
    return (notice.author_id,) if notice.author_id else ()
