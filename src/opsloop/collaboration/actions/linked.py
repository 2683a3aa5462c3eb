"""The tasks of the two sides: made when they agree, moved by one clock, closed with the request.

Each belongs to who does it, and is made in their name: nobody creates work in a department they do not belong to.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from opsloop.collaboration.models import CollaborationRequest
from opsloop.organisation.models import Person
from opsloop.records.refusals import Refused
from opsloop.work.actions import tasks
from opsloop.work.models import Task
from opsloop.work.permissions import can_edit

LONGEST_TITLE = 200


def begin_work(request: CollaborationRequest, *, at: datetime) -> None:
    """Make the tasks of the two sides, or bring those there are to the agreed terms; in the caller's transaction.

    The caller writes `asking_task` and `doing_task` of the request.
    """
    handler, contact = request.handler, request.contact or request.author
    if handler is None or contact is None:
        raise Refused(_("Say who does it on the side of the department asked."), field="handler")
    if request.doing_task is None:
        request.doing_task = tasks.create(
            by=handler, at=at, title=request.title[:LONGEST_TITLE], owner=handler, department=_home(request, handler),
            requester=contact, due_at=request.due_at, deliverable=request.standard, description=_about(request),
        )  # fmt: skip
    if request.asking_task is None:
        request.asking_task = tasks.create(
            by=contact, at=at, title=_("Follow up: %(title)s") % {"title": request.title[:180]}, owner=contact,
            department=contact.department or request.from_department, due_at=request.due_at,
            description=_("Request %(number)s to %(department)s, done by %(name)s.")
            % {"number": request.number, "department": request.to_department, "name": handler.name},
        )  # fmt: skip
    bring_to_terms(request, at=at)


def _home(request: CollaborationRequest, handler: Person) -> Any:
    """Return the department whose work it is: the handler's team where that stands below the one asked."""
    asked, own = request.to_department, handler.department
    return own if own and asked and own.path.startswith(asked.path) else asked


def _about(request: CollaborationRequest) -> str:
    head = _("Request %(number)s of %(department)s.") % {
        "number": request.number, "department": request.from_department,
    }  # fmt: skip
    return "\n\n".join(part for part in (head, request.background, request.asked) if part)


def bring_to_terms(request: CollaborationRequest, *, at: datetime) -> None:
    """Give both tasks the agreed date, and the doing one its standard and owner: one clock for both sides."""
    terms = {"due_at": request.due_at}
    if request.doing_task is not None and request.handler is not None:
        _write(
            request.doing_task,
            {**terms, "deliverable": request.standard, "owner": request.handler},
            request,
            at,
        )
    if request.asking_task is not None:
        _write(request.asking_task, terms, request, at)


def finish_doing(request: CollaborationRequest, *, by: Person, at: datetime) -> None:
    """Close the doing task with the delivery; what stands in the way of that stands in the way of delivering."""
    task = request.doing_task
    if task is not None and task.is_open and not task.is_binned:
        actor = _actor(task, by, request.handler)
        if actor is not None:
            tasks.close(task=task, by=actor, at=at, version=task.version)


def reopen_doing(request: CollaborationRequest, *, at: datetime) -> None:
    """Open the doing task again: what was delivered was returned."""
    task = request.doing_task
    if task is not None and task.status == Task.Status.DONE and not task.is_binned:
        actor = _actor(task, request.handler)
        if actor is not None:
            tasks.reopen(task=task, by=actor, at=at, version=task.version)


def finish_asking(request: CollaborationRequest, *, by: Person, at: datetime) -> None:
    """Close the follow-up task: what was asked is there."""
    if request.asking_task is not None and request.asking_task.is_open:
        _write(request.asking_task, {"status": Task.Status.DONE}, request, at, first=by)


def cancel(request: CollaborationRequest, *, by: Person, at: datetime) -> None:
    """Cancel what is still open of both tasks: the request is withdrawn or ended."""
    for task in (request.doing_task, request.asking_task):
        if task is not None and task.is_open:
            _write(task, {"status": Task.Status.CANCELLED}, request, at, first=by)


def tell_progress(request: CollaborationRequest, progress: int, *, by: Person, at: datetime) -> None:
    """Let the doing task stand where its handler says it does."""
    task = request.doing_task
    if task is not None and task.is_open and task.progress != progress:
        status = Task.Status.DOING if task.status == Task.Status.TODO and progress else task.status
        # A task at 100 % that is not closed stays at 99: it is closed by the delivery.
        _write(task, {"progress": min(progress, 99), "status": status}, request, at, first=by)


def _write(
    task: Task,
    values: Mapping[str, Any],
    request: CollaborationRequest,
    at: datetime,
    *,
    first: Person | None = None,
) -> None:
    """Write a task in the name of the first who may; one in the bin, or that nobody of them may write, stays."""
    actor = None if task.is_binned else _actor(task, first, task.owner, request.handler, request.contact)
    if actor is not None:
        tasks.write(task, values, actor, at, task.version, why=request.number)


def _actor(task: Task, *people: Person | None) -> Person | None:
    return next((one for one in people if one is not None and one.is_active and can_edit(task, one)), None)
