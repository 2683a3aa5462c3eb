"""Writing a request: begun, kept while it is written, discarded and brought back, sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from opsloop.activity import actions as activity
from opsloop.activity import submissions
from opsloop.activity.models import Undo
from opsloop.collaboration import permissions
from opsloop.collaboration.actions.moving import add_step, check_date, move, record
from opsloop.collaboration.answers import lacking
from opsloop.collaboration.events import RequestSent
from opsloop.collaboration.filing import beside
from opsloop.collaboration.models import CollaborationRequest, RequestForm, Step
from opsloop.collaboration.queries.heads import doing_people
from opsloop.collaboration.routing import handler_of
from opsloop.collaboration.ruling import answer_due, rules
from opsloop.discussion.actions.files import leave_behind, take_back
from opsloop.organisation.models import Department, Person
from opsloop.organisation.numbering import next_number
from opsloop.records.refusals import Refused
from opsloop.search import actions as search

TEXTS = ("title", "background", "asked", "standard")
# What a draft holds; `answers` are those to the questions of `form`.
FIELDS = (*TEXTS, "due_at", "contact", "from_department", "to_department", "sync_days", "form", "answers")


@transaction.atomic
def begin(*, values: Mapping[str, Any], by: Person, at: datetime) -> CollaborationRequest:
    """Begin a draft; nobody else knows of it. `values` are some of FIELDS."""
    permissions.check_may_ask(by)
    submissions.claim()
    given = {"contact": by, "from_department": by.department, "sync_days": rules().sync_days}
    given |= {name: values[name] for name in FIELDS if name in values}
    if given.get("to_department") == given["from_department"]:
        given["to_department"] = None
    made = CollaborationRequest(**given, author=by, created_at=at, saved_at=at)
    made.save(force_insert=True)
    return made


@transaction.atomic
def keep(
    *, request: CollaborationRequest, values: Mapping[str, Any], by: Person, at: datetime, version: int
) -> CollaborationRequest:
    """Keep what was typed into a draft, however unfinished.

    Raises:
        Forbidden, Refused: it is somebody else's, was sent already, or both departments are the same.
        StaleVersion: it was written in another window since.
    """
    permissions.check_can_write(request, by)
    submissions.claim()
    for name in FIELDS:
        if name in values:
            setattr(request, name, values[name])
    if request.from_department_id and request.from_department_id == request.to_department_id:
        raise Refused(_("A request goes to another department than one's own."), field="to_department")
    request.saved_at = at
    # The state is asked again by the guarded UPDATE: sending it bumps the version.
    request.bump(version, [*FIELDS, "saved_at"])
    return request


@transaction.atomic
def discard(*, request: CollaborationRequest, by: Person, at: datetime) -> Undo:
    """Discard a draft; within an hour it can be brought back."""
    permissions.check_can_write(request, by)
    submissions.claim()
    kept = {name: getattr(request, name) for name in (*TEXTS, "sync_days", "answers")}
    kept["due_at"] = request.due_at.isoformat() if request.due_at else None
    links = {
        name: getattr(request, f"{name}_id")
        for name in ("contact", "from_department", "to_department", "form")
    }
    files = leave_behind(place=beside(request), by=by, at=at)
    drafts = CollaborationRequest.objects.filter(pk=request.pk, state="draft", version=request.version)
    if not drafts.delete()[0]:
        raise Refused(_("It was sent or changed meanwhile. Load the page again."))
    arguments = {"kept": kept, "links": links, "files": files}
    return activity.offer_undo(verb="request.bring_back", arguments=arguments, by=by, at=at)


@transaction.atomic
def bring_back(
    *, by: Person, at: datetime, kept: dict[str, Any], links: dict[str, int | None], files: Sequence[int] = ()
) -> None:  # fmt: skip
    """Write a draft anew that was discarded, with its files."""
    models: dict[str, Any] = {
        "contact": Person, "from_department": Department, "to_department": Department, "form": RequestForm,
    }  # fmt: skip
    found = {name: models[name].objects.filter(pk=pk or 0).first() for name, pk in links.items()}
    due = parse_datetime(kept["due_at"]) if kept["due_at"] else None
    made = begin(values={**kept, **found, "due_at": due}, by=by, at=at)
    take_back(place=beside(made), files=files)


@transaction.atomic
def copy(*, request: CollaborationRequest, by: Person, at: datetime) -> CollaborationRequest:
    """Begin a draft with the text of a request: next month's, or the same of another department."""
    permissions.check_can_copy(request, by)
    values = {
        name: getattr(request, name) for name in (*TEXTS, "to_department", "sync_days", "form", "answers")
    }
    return begin(values=values, by=by, at=at)


@transaction.atomic
def send(*, request: CollaborationRequest, by: Person, at: datetime, version: int) -> CollaborationRequest:
    """Send a draft to the other department: numbered, routed, and its clock begins.

    Raises:
        Refused: something is missing; `field` names it.
        StaleVersion: it was written in another window since.
    """
    permissions.check_can_write(request, by)
    check_ready(request, at)
    request.handler = handler_of(request)
    local = at.astimezone(ZoneInfo(settings.TIME_ZONE))
    number = request.number or next_number("request", at=local)
    move(
        request, "asked", at=at, version=version, number=number, asked_at=at, handler=request.handler,
        contact=request.contact or by, answer_due_at=answer_due(request, at),
    )  # fmt: skip
    add_step(request, Step.Kind.ASKED, by=by, at=at, due_at=request.due_at, to=request.handler)
    make_findable(request)
    record(RequestSent, request, by, at, doing_people(request))
    return request


def check_ready(request: CollaborationRequest, at: datetime) -> None:
    """Raise Refused unless a request says what it wants of whom, by when and how that is measured."""
    for problem in lacks(request, at):
        raise problem


def lacks(request: CollaborationRequest, at: datetime) -> list[Refused]:
    """Return what a draft still lacks before it can be sent, each with its field."""
    found = []
    if request.from_department is None:
        found.append(Refused(_("Say which department asks."), field="from_department"))
    if request.to_department is None:
        found.append(Refused(_("Choose the department that is asked."), field="to_department"))
    elif request.to_department.closed_at is not None:
        text = _("The department %(name)s has been closed.") % {"name": request.to_department.name}
        found.append(Refused(text, field="to_department"))
    elif request.to_department_id == request.from_department_id:
        found.append(
            Refused(_("A request goes to another department than one's own."), field="to_department")
        )
    for name, text in (
        ("title", _("Say in a few words what it is about.")),
        ("asked", _("Say what is asked.")),
        ("standard", _("Say how it is measured that it was delivered: one point a line.")),
    ):
        if not getattr(request, name).strip():
            found.append(Refused(text, field=name))
    try:
        check_date(request.due_at, at, field="due_at")
    except Refused as refused:
        found.append(refused)
    found += [
        Refused(_("Answer the question “%(question)s”.") % {"question": label}, field="answers")
        for label in lacking(request.form, request.answers)
    ]
    if request.contact is not None and not request.contact.is_active:
        text = _("%(name)s has been disabled; choose another contact.") % {"name": request.contact.name}
        found.append(Refused(text, field="contact"))
    return found


def make_findable(request: CollaborationRequest) -> None:
    """Bring the search index up to date, in the caller's transaction."""
    texts = [request.number, request.background, request.asked, request.standard]
    search.index(kind="request", object_id=request.pk, title=request.title, texts=texts)
