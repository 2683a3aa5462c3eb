"""Drafts: begun, kept while they are written, discarded and brought back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _

from opsloop.activity import actions as activity
from opsloop.activity import submissions
from opsloop.activity.models import Undo
from opsloop.discussion.actions.files import leave_behind, take_back
from opsloop.notices import permissions
from opsloop.notices.filing import beside
from opsloop.notices.models import TEXTS, Notice
from opsloop.organisation.models import Department, Person
from opsloop.records.refusals import Refused

# What a draft holds beside its texts.
FIELDS = (
    *TEXTS, "due_at", "department", "importance", "audience", "for_newcomers", "valid_until", "send_at",
)  # fmt: skip


@transaction.atomic
def begin(*, values: Mapping[str, Any], by: Person, at: datetime) -> Notice:
    """Begin a draft; nobody else knows of it. `values` are some of FIELDS.

    Raises:
        Forbidden: the rules let `by` send no notices.
    """
    permissions.check_may_send(by)
    submissions.claim()
    given = {name: values[name] for name in FIELDS if name in values}
    department = given.pop("department", by.department)
    notice = Notice(**given, department=department, author=by, created_at=at, saved_at=at)
    notice.signature = notice.signature or str(department or by.organisation or "")[:120]
    notice.save(force_insert=True)
    return notice


@transaction.atomic
def keep(
    *,
    notice: Notice,
    values: Mapping[str, Any],
    responsible: Sequence[Department],
    by: Person,
    at: datetime,
    version: int,
) -> Notice:
    """Keep what was typed into a draft, however unfinished.

    Raises:
        Forbidden, Refused: it is somebody else's, or no draft any more.
        StaleVersion: it was written in another window since.
    """
    permissions.check_can_write(notice, by)
    submissions.claim()
    for name in FIELDS:
        if name in values:
            setattr(notice, name, values[name])
    notice.saved_at = at
    # The state is asked again by the guarded UPDATE: sending it bumps the version.
    notice.bump(version, [*FIELDS, "saved_at"])
    notice.responsible.set(responsible)
    return notice


@transaction.atomic
def discard(*, notice: Notice, by: Person, at: datetime) -> Undo:
    """Discard a draft; within an hour it can be brought back."""
    permissions.check_can_write(notice, by)
    submissions.claim()
    kept = {name: getattr(notice, name) for name in FIELDS if name not in {"department", "audience"}}
    for name in ("due_at", "valid_until", "send_at"):
        kept[name] = kept[name].isoformat() if kept[name] else None
    arguments = {
        "kept": {**kept, "audience": notice.audience},
        "department": notice.department_id,
        "responsible": list(notice.responsible.values_list("pk", flat=True)),
        "files": leave_behind(place=beside(notice), by=by, at=at),
    }
    if not Notice.objects.filter(pk=notice.pk, state=Notice.State.DRAFT, version=notice.version).delete()[0]:
        raise Refused(_("It was sent or changed meanwhile. Load the page again."))
    return activity.offer_undo(verb="notice.bring_back", arguments=arguments, by=by, at=at)


@transaction.atomic
def bring_back(
    *,
    by: Person,
    at: datetime,
    kept: dict[str, Any],
    department: int | None,
    responsible: list[int],
    files: Sequence[int] = (),
) -> None:
    """Write a draft anew that was discarded."""
    values = {
        **kept,
        "due_at": parse_datetime(kept["due_at"]) if kept["due_at"] else None,
        "send_at": parse_datetime(kept["send_at"]) if kept["send_at"] else None,
        "valid_until": parse_date(kept["valid_until"]) if kept["valid_until"] else None,
        "department": Department.objects.filter(pk=department or 0).first(),
    }
    notice = begin(values=values, by=by, at=at)
    notice.responsible.set(Department.objects.filter(pk__in=responsible))
    take_back(place=beside(notice), files=files)


@transaction.atomic
def copy(*, notice: Notice, by: Person, at: datetime) -> Notice:
    """Begin a draft with the text and the audience of a notice: next month's, or the same for others."""
    if not permissions.oversees(notice, by):
        raise Refused(
            _("Only a notice of your own, or of a department whose notices you see, can be copied.")
        )
    values = {name: getattr(notice, name) for name in (*TEXTS, "importance", "audience")}
    made = begin(values=values, by=by, at=at)
    made.responsible.set(notice.responsible.all())
    return made
