"""What all verbs of requests share: one winner for each move, its step in the conversation, its event."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import F
from django.utils.translation import gettext as _

from opsloop.activity import actions as activity
from opsloop.collaboration.events import RequestEvent
from opsloop.collaboration.models import REQUEST_LIFECYCLE, CollaborationRequest, Step
from opsloop.collaboration.permissions import already
from opsloop.collaboration.ruling import clock_for, next_step, next_sync, rules
from opsloop.organisation.models import Person
from opsloop.records.dates import is_plausible
from opsloop.records.refusals import Refused, StaleVersion

LONGEST_TEXT = 2000


def move(request: CollaborationRequest, state: str, *, at: datetime, version: int, **values: Any) -> None:
    """Bring a request to `state`, in the caller's transaction; of several moves at the same moment one wins (R11).

    `values` are written by the same guarded UPDATE. The clock of whose turn it is then begins anew.

    Raises:
        Refused: it has been moved on since it was read.
        StaleVersion: it was changed otherwise since.
    """
    before = request.state
    for name, value in {**values, "state": state, "turn_at": at, "steps_done": 0}.items():
        setattr(request, name, value)
    found, clock = rules(), clock_for(request, at)
    request.next_step_at = next_step(found, request, clock)
    request.next_sync_at = next_sync(request, at, found.sync_at, clock)
    names = (*values, "state", "turn_at", "steps_done", "next_step_at", "next_sync_at")
    # The keys of people and tasks go by their columns.
    written = {name: getattr(request, name) for name in names}
    rows = CollaborationRequest.objects.filter(pk=request.pk, version=version, state=before)
    if before not in REQUEST_LIFECYCLE.before(state) or not rows.update(version=F("version") + 1, **written):
        now = CollaborationRequest.objects.get(pk=request.pk)
        if now.state != before or now.version == version:
            raise Refused(already(now))
        raise StaleVersion(now, expected=version)
    request.version = version + 1


def add_step(
    request: CollaborationRequest, kind: str, *, by: Person | None, at: datetime, text: str = "", **more: Any
) -> Step:
    """Keep what was said, in the caller's transaction."""
    return Step.objects.create(request=request, kind=kind, by=by, at=at, text=text, **more)


def record(
    event: type[RequestEvent], request: CollaborationRequest, by: Person | None, at: datetime, told: Iterable[int],
    *, note: str = "", **changes: Any,
) -> None:  # fmt: skip
    """Record what happened, in the caller's transaction; `told` are those whom it concerns."""
    activity.record(
        event(
            subject_id=request.pk, by_id=by.pk if by else None, at=at, department_id=request.to_department_id,
            person_ids=tuple(dict.fromkeys(told)), changes=changes, note=note[:300],
        )
    )  # fmt: skip


def said(text: str, *, field: str, asked: str = "") -> str:
    """Return a text as it is kept; raise Refused with `asked` where it is empty and must not be."""
    text = text.replace("\r\n", "\n").replace("\0", "").strip()
    if asked and not text:
        raise Refused(asked, field=field)
    if len(text) > LONGEST_TEXT:
        raise Refused(
            _("At most %(most)s characters; these are %(count)s.")
            % {"most": LONGEST_TEXT, "count": len(text)},
            field=field,
        )
    return text


def check_date(due: datetime | None, at: datetime, *, field: str) -> None:
    """Raise Refused unless `due` is a moment to come in a year that people plan in."""
    if due is None:
        raise Refused(_("Say by when."), field=field)
    if not is_plausible(due.date()):
        raise Refused(_("Choose a year between 2000 and 2100."), field=field)
    if due <= at:
        raise Refused(_("This date has passed already. Choose one to come."), field=field)
