"""The page on which a meeting runs: clocks, topics, what is typed and noted beside them. Others read along."""

from __future__ import annotations

import re
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from opsloop.activity.submissions import once
from opsloop.meetings import holding_permissions as permissions
from opsloop.meetings.actions import minuting, noting, running
from opsloop.meetings.holding_forms import RemarksForm, TopicForm
from opsloop.meetings.models import AgendaItem, Meeting, Minutes
from opsloop.meetings.queries import running as queries
from opsloop.meetings.queries.people import inside
from opsloop.meetings.views.finding import crumbs, find, page_of
from opsloop.records.refusals import Refused, StaleVersion
from opsloop.web import versions
from opsloop.web.http import PageRequest, add_toast, hx_redirect, is_fragment, refresh, render_page_or_partial
from opsloop.web.versions import read_version

# A line that begins so is a decision, whichever button sends it.
_DECISION = re.compile(r"^\s*(?:决议|决定|決議|決定|[Dd]ecision)\s*[:：]\s*")


def _run_page(pk: int) -> str:
    return reverse("meetings:run", args=[pk])


@login_required
@require_GET
def run(request: PageRequest, pk: int) -> HttpResponse:
    """Show a meeting as it runs, or as it was held."""
    found = find(request, pk)
    _check_in_room(found, request)
    return render_page_or_partial(request, "meetings/run.html", "run-head", page(request, found))


def _check_in_room(found: Meeting, request: PageRequest) -> None:
    """Raise 404 for who only gets the minutes, or oversees the department: they read them once they are out."""
    if found.is_draft or found.state == Meeting.State.CANCELLED or request.person.pk not in inside(found):
        raise Http404


def page(request: PageRequest, found: Meeting) -> dict[str, Any]:
    """Return what the page shows. About ten queries."""
    person, at = request.person, request.now
    minutes = Minutes.objects.filter(pk=found.pk).first()
    topics = queries.topics_of(found, at)
    writes = permissions.can(permissions.check_can_write, found, minutes, person)
    running_one = next((one for one in topics if one.is_running), None)
    return {
        "rail_name": "meetings",
        "crumbs": crumbs((str(found), page_of(found.pk))),
        "meeting": found,
        "minutes": minutes,
        "topics": [(one, _form(one.topic, writes=writes)) for one in topics],
        "room": queries.room_of(found, at),
        "running": running_one,
        "is_running": found.state == Meeting.State.RUNNING,
        "writes": writes,
        "may_run": permissions.can(permissions.check_can_run, found, person),
        "may_begin": permissions.can(permissions.check_can_begin, found, person, at),
        "may_hold": permissions.can(permissions.check_can_hold, found, person, at),
        "may_tick": permissions.can(permissions.check_can_tick, found, person),
        "remarks": RemarksForm(minutes=minutes) if minutes and writes else None,
        "saved_at": None,
    }


def _form(topic: AgendaItem, *, writes: bool) -> TopicForm | None:
    return TopicForm(topic=topic) if writes else None


@login_required
@require_POST
@once
def beginning(request: PageRequest, pk: int) -> HttpResponse:
    """Begin a meeting, or take it up again."""
    found = find(request, pk)
    running.begin(meeting=found, by=request.person, at=request.now, version=read_version(request))
    return add_toast(hx_redirect(request, _run_page(pk)), _("The meeting runs."))


@login_required
@require_POST
@once
def ending(request: PageRequest, pk: int) -> HttpResponse:
    """End a meeting."""
    found = find(request, pk)
    running.end(meeting=found, by=request.person, at=request.now, version=read_version(request))
    return add_toast(
        hx_redirect(request, reverse("meetings:minutes", args=[pk])), _("The meeting is over. Its minutes are next.")
    )  # fmt: skip


@login_required
@require_POST
@once
def holding(request: PageRequest, pk: int) -> HttpResponse:
    """Say that a meeting was held without this page, so that its minutes can be written."""
    found = find(request, pk)
    running.hold(meeting=found, by=request.person, at=request.now, version=read_version(request))
    return add_toast(hx_redirect(request, _run_page(pk)), _("You can write the minutes now."))


def find_topic(request: PageRequest, pk: int) -> AgendaItem:
    """Return a topic of a meeting that the person is in; 404 otherwise. Two queries."""
    rows = AgendaItem.objects.visible_to(request.person).select_related(
        "owner", "meeting__host", "meeting__organiser", "meeting__department"
    )
    topic: AgendaItem = get_object_or_404(rows, pk=pk)
    _check_in_room(topic.meeting, request)
    return topic


@login_required
@require_POST
@once
def start(request: PageRequest, pk: int) -> HttpResponse:
    """Let a topic run; what ran before rests."""
    topic = find_topic(request, pk)
    running.start_topic(topic=topic, by=request.person, at=request.now)
    return _moved(request, topic)


@login_required
@require_POST
@once
def pause(request: PageRequest, pk: int) -> HttpResponse:
    """Let a topic rest."""
    topic = find_topic(request, pk)
    running.pause_topic(topic=topic, by=request.person, at=request.now)
    return _moved(request, topic)


@login_required
@require_POST
@once
def topic_end(request: PageRequest, pk: int) -> HttpResponse:
    """End a topic; the next one runs."""
    topic = find_topic(request, pk)
    running.end_topic(topic=topic, by=request.person, at=request.now)
    return _moved(request, topic)


def _moved(request: PageRequest, topic: AgendaItem) -> HttpResponse:
    if not is_fragment(request):
        return hx_redirect(request, _run_page(topic.meeting_id))
    return render(request, "meetings/run.html#run-head", page(request, find(request, topic.meeting_id)))


@login_required
@require_http_methods(["GET", "POST"])
@once
def topic(request: PageRequest, pk: int) -> HttpResponse:
    """Show one topic with what is noted (GET), or keep what is typed beside it (POST)."""
    found = find_topic(request, pk)
    if request.method == "GET":
        return render(request, "meetings/parts/topic.html", _topic(request, found))
    form, version = TopicForm(request.POST, topic=found), read_version(request)
    if not form.is_valid():
        raise Refused(str(next(iter(form.errors.values()))[0]))
    try:
        kept = minuting.keep_topic(
            topic=found, **form.cleaned_data, by=request.person, at=request.now, version=version
        )
    except StaleVersion as stale:
        return versions.conflict(request, stale, theirs=TopicForm(topic=stale.record))
    if not _is_autosave(request):
        return refresh(hx_redirect(request, f"{_run_page(found.meeting_id)}#topic-{pk}"), f"agenda_item:{pk}")
    context = {"topic": kept, "saved_at": request.now}
    return render(request, "meetings/parts/topic_saved.html", context)


def _is_autosave(request: PageRequest) -> bool:
    """Whether the page saves by itself, and puts the answer in place of the line that says what is saved."""
    return is_fragment(request) and not request.POST.get("go")


def _topic(request: PageRequest, found: AgendaItem) -> dict[str, Any]:
    minutes = Minutes.objects.filter(pk=found.meeting_id).first()
    writes = permissions.can(permissions.check_can_write, found.meeting, minutes, request.person)
    one = queries.topic_of(found, request.now)
    return {
        "one": one, "form": _form(found, writes=writes), "writes": writes, "meeting": found.meeting,
        "saved_at": None,
    }  # fmt: skip


@login_required
@require_POST
@once
def lines(request: PageRequest, pk: int) -> HttpResponse:
    """Note action items or decisions beside a topic, one a line."""
    found = find_topic(request, pk)
    text = request.POST.get("text", "")[:6000]
    given = {"meeting": found.meeting, "topic": found, "by": request.person, "at": request.now}
    said = [line for line in text.splitlines() if line.strip()]
    is_decision = request.POST.get("kind") == "decision"
    decisions = [line for line in said if is_decision or _DECISION.match(line)]
    if decisions:
        noting.decide(lines="\n".join(_DECISION.sub("", line) for line in decisions), **given)
    if rest := [line for line in said if line not in decisions]:
        noting.note(lines="\n".join(rest), **given)
    elif not decisions:
        noting.note(lines="", **given)
    if not is_fragment(request):
        return hx_redirect(request, f"{_run_page(found.meeting_id)}#topic-{pk}")
    return render(request, "meetings/parts/notes.html", _topic(request, found))


@login_required
@require_POST
@once
def remarks(request: PageRequest, pk: int) -> HttpResponse:
    """Keep what belongs to no topic."""
    found = find(request, pk)
    _check_in_room(found, request)
    minutes = get_object_or_404(Minutes.objects.visible_to(request.person), pk=pk)
    form, version = RemarksForm(request.POST, minutes=minutes), read_version(request)
    if not form.is_valid():
        raise Refused(str(next(iter(form.errors.values()))[0]))
    try:
        kept = minuting.keep_remarks(
            minutes=minutes, **form.cleaned_data, by=request.person, at=request.now, version=version
        )
    except StaleVersion as stale:
        return versions.conflict(request, stale, theirs=RemarksForm(minutes=stale.record))
    if not _is_autosave(request):
        return hx_redirect(request, _run_page(pk))
    return render(request, "meetings/parts/remarks_saved.html", {"minutes": kept, "saved_at": request.now})
