"""While it is done: progress told, what was made handed over, accepted against the standard or returned."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from opsloop.activity import submissions
from opsloop.collaboration import permissions
from opsloop.collaboration.actions import linked
from opsloop.collaboration.actions.moving import add_step, move, record, said
from opsloop.collaboration.events import (
    RequestDelivered,
    RequestDone,
    RequestReturned,
    RequestSynced,
    RequestWorkDone,
)
from opsloop.collaboration.models import CollaborationRequest, Step
from opsloop.collaboration.queries.heads import asking_people, doing_people
from opsloop.collaboration.queries.standard import points_of
from opsloop.collaboration.ruling import clock_for, next_sync, rules
from opsloop.organisation.models import Person
from opsloop.records.refusals import Refused
from opsloop.work.events import TaskClosed

State = CollaborationRequest.State
LONGEST_LINK = 500


@transaction.atomic
def sync(*, request: CollaborationRequest, progress: int, text: str, by: Person, at: datetime) -> Step:
    """Tell the other side how far it is, in percent and a sentence; the next prompt comes after that.

    Raises:
        Refused: it is not being done, or nothing was said.
    """
    permissions.check_can_tell(request, by)
    submissions.claim()
    text = said(text, field="text", asked=_("Say in a sentence how it goes."))
    if not 0 <= progress <= 100:
        raise Refused(_("Give a number from 0 to 100."), field="progress")
    # Progress adds to the conversation and changes no terms, so it makes nobody's page stale.
    next_at = next_sync(request, at, rules().sync_at, clock_for(request, at))
    rows = CollaborationRequest.objects.filter(pk=request.pk, state=State.ACCEPTED)
    if not rows.update(synced_at=at, next_sync_at=next_at):
        raise Refused(permissions.already(CollaborationRequest.objects.get(pk=request.pk)))
    request.synced_at, request.next_sync_at = at, next_at
    linked.tell_progress(request, progress, by=by, at=at)
    step = add_step(request, Step.Kind.SYNCED, by=by, at=at, text=text, progress=progress)
    record(RequestSynced, request, by, at, asking_people(request), note=text, progress=[None, progress])
    return step


@transaction.atomic
def deliver(
    *, request: CollaborationRequest, note: str, link: str, by: Person, at: datetime, version: int
) -> CollaborationRequest:  # fmt: skip
    """Hand over what was asked; the doing task is closed with it, and who asked accepts or returns.

    Raises:
        Refused: nothing says what is handed over, or something of the task is still open.
    """
    permissions.check_can_deliver(request, by)
    note = said(note, field="note", asked=_("Say what is handed over and where it lies."))
    link = check_link(link)
    move(
        request,
        State.DELIVERED,
        at=at,
        version=version,
        delivered_at=at,
        delivery_note=note,
        delivery_link=link,
    )
    linked.finish_doing(request, by=by, at=at)
    add_step(request, Step.Kind.DELIVERED, by=by, at=at, text=note, link=link)
    record(RequestDelivered, request, by, at, asking_people(request), note=note)
    return request


def check_link(link: str) -> str:
    """Return an address of the web as it is kept, "" for none; raise Refused for anything else."""
    link = link.strip()
    if link and not link.lower().startswith(("https://", "http://")):
        raise Refused(_("A link begins with https:// or http://."), field="link")
    if len(link) > LONGEST_LINK:
        raise Refused(_("This link is too long."), field="link")
    return link


@transaction.atomic
def receive(
    *, request: CollaborationRequest, met: Sequence[int], note: str, by: Person, at: datetime, version: int
) -> CollaborationRequest:  # fmt: skip
    """Accept what was delivered: every point of the standard is met (`met` are their places, from 0).

    Raises:
        Refused: a point is not ticked off; then it is returned, or the standard was wrong and `note` says so.
    """
    permissions.check_can_receive(request, by)
    note = said(note, field="note")
    points = _points(request, met)
    if not all(is_met for _point, is_met in points) and not note:
        raise Refused(
            _("Not every point of the standard is ticked off. Return it, or say why it is good enough."),
            field="note",
        )
    move(request, State.DONE, at=at, version=version, closed_at=at, closed_by=by)
    linked.finish_asking(request, by=by, at=at)
    add_step(request, Step.Kind.DONE, by=by, at=at, text=note, points=points)
    record(RequestDone, request, by, at, doing_people(request), note=note)
    return request


def _points(request: CollaborationRequest, met: Sequence[int]) -> list[list[object]]:
    return [[point, place in met] for place, point in enumerate(points_of(request.standard))]


@transaction.atomic
def send_back(
    *, request: CollaborationRequest, met: Sequence[int], why: str, by: Person, at: datetime, version: int
) -> CollaborationRequest:  # fmt: skip
    """Return what was delivered with the reason; the doing task is open again."""
    permissions.check_can_receive(request, by)
    why = said(why, field="why", asked=_("Say what is missing against the standard."))
    move(request, State.ACCEPTED, at=at, version=version, delivered_at=None)
    linked.reopen_doing(request, at=at)
    add_step(request, Step.Kind.RETURNED, by=by, at=at, text=why, points=_points(request, met))
    record(RequestReturned, request, by, at, doing_people(request), note=why)
    return request


def offer_delivery(event: TaskClosed) -> None:
    """Let the handler hand over what the closed task made (REACTIONS in config); the delivery itself closes it, too."""
    rows = CollaborationRequest.objects.filter(doing_task=event.subject_id, state=State.ACCEPTED)
    for request in rows:
        record(RequestWorkDone, request, None, event.at, doing_people(request))
