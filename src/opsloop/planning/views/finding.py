"""What the views of plans share: whose week is asked for, where it is, and the answer to a change."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse

from opsloop.activity.models import Undo
from opsloop.organisation.models import Person
from opsloop.organisation.roles import Permission
from opsloop.planning.models import Placement, Proposal
from opsloop.planning.weeks import monday, parse_week, week_name
from opsloop.web.http import PageRequest, add_toast, add_trigger, close_drawer, in_drawer, refresh


def week_start(week: str) -> date:
    """Return the Monday of a week of the address, or raise Http404."""
    try:
        return monday(parse_week(week))
    except ValueError as error:
        raise Http404 from error


def planned_person(request: PageRequest, pk: int | None) -> Person:
    """Return whose week is asked for: one's own, or one's team's; anybody else's does not exist."""
    if pk is None or pk == request.person.pk:
        person: Person = request.person
        return person
    reach = request.person.reaches.departments(Permission.WORK_VIEW)
    people = Person.objects.visible_to(request.person).active().select_related("department")
    found: Person = get_object_or_404(
        people if reach is None else people.filter(department_id__in=reach), pk=pk
    )
    return found


def placement_of(request: PageRequest, pk: int) -> Placement:
    """Return the piece of the address, if its week may be seen."""
    rows = Placement.objects.visible_to(request.person).select_related("person", "task")
    return get_object_or_404(rows.filter(task__deleted_at__isnull=True), pk=pk)


def proposal_of(request: PageRequest, pk: int) -> Proposal:
    """Return the proposal of the address, decided on or not, if one may decide on it."""
    rows = Proposal.objects.visible_to(request.person).select_related("person")
    return get_object_or_404(rows, pk=pk)


def week_url(by: Person, person: Person, week: str) -> str:
    """Return where `by` sees a week of `person`."""
    if person.pk == by.pk:
        return reverse("planning:week", args=[week])
    return reverse("planning:person_week", args=[person.pk, week])


def preview_url(by: Person, proposal: Proposal) -> str:
    """Return where `by` sees a proposal beside the week it is for."""
    return f"{week_url(by, proposal.person, week_name(proposal.week_start))}?proposal=1"


def url_at(by: Person, person: Person, moment: datetime) -> str:
    """Return where `by` sees the week of `moment` of `person`."""
    return week_url(by, person, week_name(moment.astimezone(ZoneInfo(person.time_zone)).date()))


def undo_url(undo: Undo | None) -> str:
    """Return where a step is taken back."""
    return reverse("activity:undo", args=[undo.pk]) if undo else ""


def changed(
    request: PageRequest,
    person: Person,
    text: str,
    *,
    to: str,
    undo: Undo | None = None,
    piece: Placement | None = None,
) -> HttpResponse:
    """Answer a change of a week: say so, and refresh the calendar where there is one; else go on `to`.

    `piece` is told with its version, so that the next key press finds it.
    """
    if request.headers.get("HX-Request") != "true":
        tags = f"undo:{undo_url(undo)}" if undo else ""
        messages.success(request, text, extra_tags=tags)
        return HttpResponseRedirect(to, status=303)
    response = HttpResponse(status=204)
    if in_drawer(request):
        close_drawer(response)
    if piece is not None:
        add_trigger(response, "placement:saved", {"id": piece.pk, "version": piece.version})
    add_toast(response, text, undo_url=undo_url(undo))
    return refresh(response, f"person:{person.pk}", "tasks")
