"""Proposals: computed, decided on, and interruptions with their sacrifice."""

from __future__ import annotations

from datetime import date, timedelta
from zoneinfo import ZoneInfo

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from opsloop.activity.submissions import once
from opsloop.organisation.models import Person
from opsloop.planning import actions
from opsloop.planning.actions.interruptions import end_of_day, find_room, take_in
from opsloop.planning.forms.pieces import InterruptionForm
from opsloop.planning.models import Proposal
from opsloop.planning.views.finding import (
    planned_person,
    preview_url,
    proposal_of,
    undo_url,
    week_start,
    week_url,
)
from opsloop.planning.weeks import monday, week_name
from opsloop.records.refusals import Refused
from opsloop.web.http import PageRequest, hx_redirect, read_id, saved
from opsloop.work import capture
from opsloop.work.models import Task
from opsloop.work.queries import tasks


@login_required
@require_POST
@once
def proposals(request: PageRequest, week: str, person_pk: int) -> HttpResponse:
    """Compute a proposal for a week and show it; nothing changes yet."""
    person = planned_person(request, person_pk)
    actions.propose(person=person, week_start=week_start(week), by=request.person, at=request.now)
    return hx_redirect(request, f"{week_url(request.person, person, week)}?proposal=1")


@login_required
@require_POST
@once
def task_proposal(request: PageRequest, pk: int) -> HttpResponse:
    """Look for a place for one task in its owner's week, the next one if this is full; nothing changes yet."""
    task = get_object_or_404(tasks.changeable(request.person), pk=pk)
    owner = _owner(task)
    start = _this_monday(owner, request)
    for first in (start, start + timedelta(days=7)):
        proposal = actions.propose(
            person=owner, week_start=first, by=request.person, at=request.now, only=task
        )
        if proposal.content["placements"]:
            break
    return _to_preview(request, proposal)


@login_required
@require_http_methods(["POST", "DELETE"])
def acceptance(request: PageRequest, pk: int) -> HttpResponse:
    """Accept a proposal (POST; `task` chooses parts of it), or put it aside (DELETE)."""
    proposal = proposal_of(request, pk)
    url = week_url(request.person, proposal.person, week_name(proposal.week_start))
    if request.method == "DELETE" or request.POST.get("decision") == "dismiss":
        actions.dismiss(proposal=proposal, by=request.person, at=request.now)
        return hx_redirect(request, url)
    chosen = {key for sent in request.POST.getlist("task") if (key := read_id(sent)) is not None}
    if request.POST.get("decision") == "chosen" and not chosen:
        raise Refused(_("Choose at least one task, or accept the whole proposal."))
    part = chosen if request.POST.get("decision") == "chosen" else None
    done = actions.accept(proposal=proposal, by=request.person, at=request.now, chosen=part)
    text = ngettext("%(count)s piece stands in the week.", "%(count)s pieces stand in the week.", done.pieces)
    return saved(request, url, text % {"count": done.pieces}, undo_url=undo_url(done.undo))


@login_required
@require_http_methods(["GET", "POST"])
@once
def interruptions(request: PageRequest) -> HttpResponse:
    """Take in something urgent (POST): it becomes a task, and what would move for it is shown before it does."""
    initial = {"due": end_of_day(request.person, request.now)}
    form = InterruptionForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "GET" or not form.is_valid():
        context = {"rail_name": "plan", "form": form}
        return render(request, "planning/interruption.html", context, status=422 if form.errors else 200)
    values = form.cleaned_data
    task = take_in(
        reading=capture.read(values["text"], by=request.person, at=request.now),
        minutes=values["minutes"],
        due=values["due"],
        by=request.person,
        at=request.now,
    )
    if request.POST.get("decision") == "tray":
        url = week_url(request.person, request.person, week_name(_this_monday(request.person, request)))
        return saved(request, url, _("“%(title)s” waits in the tray.") % {"title": task.title})
    return _to_preview(request, find_room(task=task, by=request.person, at=request.now))


@login_required
@require_POST
@once
def interruption(request: PageRequest, pk: int) -> HttpResponse:
    """Compute again what moves for an urgent task; with `sacrifice` only these tasks may give way."""
    task = get_object_or_404(tasks.changeable(request.person), pk=pk)
    sent = request.POST.getlist("sacrifice")
    wanted = {key for text in sent if (key := read_id(text)) is not None} if sent else None
    return _to_preview(request, find_room(task=task, by=request.person, at=request.now, sacrifice=wanted))


def _owner(task: Task) -> Person:
    if task.owner_id is None:
        raise Refused(_("Nobody owns this task yet. Choose an owner, and it can be put into their week."))
    if not task.is_open:
        raise Refused(_("This task is closed already."))
    owner: Person = Person.objects.get(pk=task.owner_id)
    return owner


def _this_monday(person: Person, request: PageRequest) -> date:
    return monday(request.now.astimezone(ZoneInfo(person.time_zone)).date())


def _to_preview(request: PageRequest, proposal: Proposal) -> HttpResponse:
    return hx_redirect(request, preview_url(request.person, proposal))
