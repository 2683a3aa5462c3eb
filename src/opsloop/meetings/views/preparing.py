"""The agenda and what is to be prepared: topics added, changed, put in order; things ticked."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from opsloop.activity.submissions import once
from opsloop.meetings.actions import writing as actions
from opsloop.meetings.forms import PreparationForm, TopicForm
from opsloop.meetings.models import AgendaItem, Meeting, Preparation
from opsloop.meetings.ruling import rules
from opsloop.meetings.views.finding import crumbs, find, page_of
from opsloop.meetings.views.writing import check_writes
from opsloop.records.refusals import Refused, StaleVersion
from opsloop.web import versions
from opsloop.web.http import PageRequest, hx_redirect, is_fragment, refresh, saved
from opsloop.web.versions import read_version


def _home(meeting: Meeting) -> str:
    return reverse("meetings:edit", args=[meeting.pk])


@login_required
@require_http_methods(["GET", "POST"])
@once
def topics(request: PageRequest, pk: int) -> HttpResponse:
    """Show the agenda (GET, a fragment), or put a topic at its end (POST)."""
    found = find(request, pk)
    check_writes(found, request.person)
    if request.method == "GET":
        return _agenda(request, found) if is_fragment(request) else redirect("meetings:edit", pk)
    form = TopicForm(request.POST)
    if not form.is_valid():
        raise Refused(str(next(iter(form.errors.values()))[0]), field=next(iter(form.errors)))
    actions.add_topic(meeting=found, values=form.cleaned_data, by=request.person, at=request.now)
    return _answer(request, found)


def _agenda(request: PageRequest, found: Meeting) -> HttpResponse:
    context: dict[str, Any] = {
        "meeting": found,
        "agenda": list(found.agenda.select_related("owner")),
        "topic_minutes": min(15, rules().topic_minutes),
    }
    return render(request, "meetings/parts/agenda.html", context)


def _answer(request: PageRequest, found: Meeting) -> HttpResponse:
    """Answer a change with the agenda as it stands, and let the page add up anew."""
    if not is_fragment(request):
        return hx_redirect(request, _home(found))
    return refresh(_agenda(request, found), f"meeting-draft:{found.pk}", f"meeting:{found.pk}")


def _topic(request: PageRequest, pk: int) -> AgendaItem:
    rows = AgendaItem.objects.visible_to(request.person).select_related("meeting", "owner")
    found: AgendaItem = get_object_or_404(rows, pk=pk)
    check_writes(found.meeting, request.person)
    return found


@login_required
@require_http_methods(["GET", "POST"])
@once
def topic(request: PageRequest, pk: int) -> HttpResponse:
    """Show a topic with its goal and material (GET, in the drawer), or change it (POST)."""
    row = _topic(request, pk)
    form = TopicForm(request.POST if request.method == "POST" else None, topic=row)
    if request.method == "POST":
        seen = read_version(request)
        if form.is_valid():
            try:
                actions.change_topic(
                    topic=row, values=form.cleaned_data, by=request.person, at=request.now, version=seen
                )
            except StaleVersion as stale:
                return versions.conflict(request, stale, theirs=TopicForm(topic=stale.record))
            topics = [f"meeting-draft:{row.meeting_id}", f"meeting:{row.meeting_id}"]
            return saved(request, _home(row.meeting), _("Saved."), topics=topics)
    context = {
        "rail_name": "meetings",
        "crumbs": crumbs((str(row.meeting), page_of(row.meeting_id))),
        "form": form,
        "topic": row,
    }
    return render(request, "meetings/topic.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
@once
def topic_place(request: PageRequest, pk: int) -> HttpResponse:
    """Put a topic at `place`, counted from 0."""
    row = _topic(request, pk)
    place = request.POST.get("place", "")
    if not (place.isascii() and place.isdigit() and len(place) < 4):
        raise Refused(_("Choose a place in the agenda."))
    actions.move_topic(topic=row, place=int(place), by=request.person, at=request.now)
    return _answer(request, row.meeting)


@login_required
@require_POST
@once
def topic_removal(request: PageRequest, pk: int) -> HttpResponse:
    """Take a topic off the agenda."""
    row = _topic(request, pk)
    actions.remove_topic(topic=row, by=request.person, at=request.now)
    return _answer(request, row.meeting)


@login_required
@require_POST
@once
def preparations(request: PageRequest, pk: int) -> HttpResponse:
    """Add something that is to be prepared."""
    found = find(request, pk)
    check_writes(found, request.person)
    form = PreparationForm(request.POST)
    if not form.is_valid():
        raise Refused(str(next(iter(form.errors.values()))[0]), field=next(iter(form.errors)))
    actions.add_preparation(meeting=found, **form.cleaned_data, by=request.person, at=request.now)
    return _prepared(request, found)


def _prepared(request: PageRequest, found: Meeting) -> HttpResponse:
    if not is_fragment(request):
        return hx_redirect(request, _home(found))
    context = {"meeting": found, "preparations": list(found.preparations.select_related("owner"))}
    return refresh(render(request, "meetings/parts/preparations.html", context), f"meeting:{found.pk}")


def _preparation(request: PageRequest, pk: int) -> Preparation:
    rows = Preparation.objects.visible_to(request.person).select_related("meeting", "owner")
    found: Preparation = get_object_or_404(rows, pk=pk)
    return found


@login_required
@require_POST
@once
def preparation_done(request: PageRequest, pk: int) -> HttpResponse:
    """Tick something that is prepared, or take the tick back (with `open`)."""
    row = _preparation(request, pk)
    done = not request.POST.get("open")
    actions.tick_preparation(preparation=row, done=done, by=request.person, at=request.now)
    if not is_fragment(request):
        return hx_redirect(request, page_of(row.meeting_id))
    return refresh(HttpResponse(status=204), f"meeting:{row.meeting_id}")


@login_required
@require_POST
@once
def preparation_removal(request: PageRequest, pk: int) -> HttpResponse:
    """Take something off the list of what is to be prepared."""
    row = _preparation(request, pk)
    actions.remove_preparation(preparation=row, by=request.person, at=request.now)
    return _prepared(request, row.meeting)
