"""One thing that stands in the way: its page, and what can be done about it."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from opsloop.activity.models import Undo
from opsloop.activity.submissions import once
from opsloop.organisation.models import Person
from opsloop.progress import permissions
from opsloop.progress.actions import blockers as actions
from opsloop.progress.forms import BlockerTaskForm
from opsloop.progress.models import Blocker
from opsloop.progress.views.answers import editable, topics, undo_url
from opsloop.records.refusals import Refused
from opsloop.rituals.models import DailyNote
from opsloop.web.forms import people_options
from opsloop.web.http import PageRequest, read_id, saved
from opsloop.web.versions import read_version
from opsloop.work.models import Task


def _found(request: PageRequest, pk: int) -> Blocker:
    rows = Blocker.objects.visible_to(request.person).alive()
    related = (
        "task__owner",
        "task__project",
        "task__department",
        "person",
        "owner",
        "made",
        "ended_by",
        "note",
    )
    return get_object_or_404(rows.select_related(*related), pk=pk)


@login_required
@require_GET
def blocker(request: PageRequest, pk: int) -> HttpResponse:
    """Show what stands in the way of a task, and what can be done about it."""
    found = _found(request, pk)
    may_clear = permissions.can_clear(found, request.person)
    made = Task.objects.visible_to(request.person).alive().filter(pk=found.made_id).first()
    context = {
        "rail_name": "tasks",
        "blocker": found,
        # It may have been moved to where not everybody sees it.
        "made": made,
        "may_clear": may_clear,
        "options": people_options(_people(request)) if may_clear else "",
    }
    return render(request, "progress/blocker.html", context)


def _people(request: PageRequest) -> Any:
    return Person.objects.visible_to(request.person).active().only("name")


@login_required
@require_POST
@once
def owner(request: PageRequest, pk: int) -> HttpResponse:
    """Let somebody else clear it (`owner`)."""
    found = _found(request, pk)
    sent = read_id(request.POST.get("owner"))
    to = Person.objects.visible_to(request.person).active().filter(pk=sent).first() if sent else None
    if to is None:
        raise Refused(_("Choose who clears it."), field="owner")
    undo = actions.give(
        blocker=found, owner=to, by=request.person, at=request.now, version=read_version(request)
    )
    return _done(request, found, _("%(name)s clears it now.") % {"name": to.name}, undo)


@login_required
@require_POST
@once
def clearing(request: PageRequest, pk: int) -> HttpResponse:
    """Say that it stands in the way no more, and what was done (`answer`)."""
    found = _found(request, pk)
    answer = request.POST.get("answer", "").replace("\0", "")
    undo = actions.clear(
        blocker=found, answer=answer, by=request.person, at=request.now, version=read_version(request)
    )
    return _done(request, found, _("Cleared. %(name)s is told.") % {"name": found.person.name}, undo)


@login_required
@require_http_methods(["GET", "POST"])
@once
def task(request: PageRequest, pk: int) -> HttpResponse:
    """Make a task of it, with an owner and a date."""
    found = _found(request, pk)
    permissions.check_can_clear(found, request.person)
    initial = {"title": found.text[:200], "owner": found.owner_id}
    form = BlockerTaskForm(
        request.POST if request.method == "POST" else None, by=request.person, initial=initial
    )
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            made = actions.make_task(
                blocker=found, title=values["title"], owner=values["owner"], due_at=values["due"],
                by=request.person, at=request.now, version=read_version(request),
            )  # fmt: skip
        except Refused as refused:
            form.refuse(refused)
        else:
            address = reverse("work:task", args=[made.pk])
            text = _("%(number)s “%(title)s” was created.") % {"number": made.number, "title": made.title}
            return saved(request, address, text, topics=topics(found.task), link=address, link_text=_("Open"))
    context = {"rail_name": "tasks", "blocker": found, "form": form}
    return render(request, "progress/blocker_task.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
@once
def taking_up(request: PageRequest, pk: int) -> HttpResponse:
    """Make the obstacle of somebody's day into a blocker that a person owns (`owner`, else oneself)."""
    note = get_object_or_404(
        DailyNote.objects.visible_to(request.person).select_related("person__department"), pk=pk
    )
    if note.task_id is None:
        raise Refused(_("This obstacle names no task. Answer it, or make a task of it."))
    sent = read_id(request.POST.get("owner"))
    to = (
        Person.objects.visible_to(request.person).active().filter(pk=sent).first() if sent else request.person
    )
    made = actions.take_up(
        note=note, task=editable(request, note.task_id), owner=to, by=request.person, at=request.now
    )
    words = _("%(name)s clears it now.") % {"name": made.owner.name if made.owner else "—"}
    return saved(request, reverse("progress:blocker", args=[made.pk]), words, topics=["blockers", "notes"])


def _done(request: PageRequest, found: Blocker, text: str, undo: Undo) -> HttpResponse:
    address = reverse("progress:blocker", args=[found.pk])
    return saved(request, address, text, topics=topics(found.task), undo_url=undo_url(undo))
