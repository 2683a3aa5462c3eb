"""The note of a day: its two sentences, and what those who lead do about a blocker."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from opsloop.activity.submissions import once
from opsloop.organisation.models import Person
from opsloop.records.refusals import Refused
from opsloop.rituals.actions import notes, runs
from opsloop.rituals.models import DailyNote
from opsloop.rituals.queries.evening import Evening
from opsloop.rituals.queries.notes import leads_of
from opsloop.rituals.views.pages import answered, which
from opsloop.web.http import PageRequest, read_id, saved
from opsloop.web.versions import read_version
from opsloop.work.models import Task

LONGEST = 300


@login_required
@require_POST
@once
def sentence(request: PageRequest) -> HttpResponse:
    """Keep the sentences of today (`gain`, `blocker`, `task`) and go on to the next step."""
    ritual = Evening(request.person, at=request.now)
    gain, blocker = (_typed(request, name) for name in ("gain", "blocker"))
    if gain or blocker or ritual.note:
        notes.write(
            person=request.person,
            day=ritual.day.on,
            gain=gain,
            blocker=blocker,
            task=_task(request),
            at=request.now,
            version=read_version(request),
        )
    runs.go_to(which=which(ritual, "evening"), step="tomorrow", at=request.now)
    return answered(request, "evening")


def _typed(request: PageRequest, name: str) -> str:
    text = " ".join(request.POST.get(name, "").replace("\0", "").split())
    if len(text) > LONGEST:
        raise Refused(_("One sentence is enough: at most %(n)s characters.") % {"n": LONGEST}, field=name)
    return text


def _task(request: PageRequest) -> Task | None:
    sent = read_id(request.POST.get("task"))
    return Task.objects.visible_to(request.person).alive().filter(pk=sent).first() if sent else None


@login_required
@require_GET
def note(request: PageRequest, pk: int) -> HttpResponse:
    """Show a note, and to those who lead its person what they can do about the blocker."""
    found = _note(request, pk)
    return render(request, "rituals/note.html", _context(request, found))


def _context(request: PageRequest, found: DailyNote) -> dict[str, Any]:
    can_answer = DailyNote.objects.answerable_by(request.person).filter(pk=found.pk).exists()
    task = found.task
    if task is not None and not Task.objects.visible_to(request.person).alive().filter(pk=task.pk).exists():
        task = None
    return {
        "rail_name": "today",
        "note": found,
        "task": task,
        "can_answer": can_answer and found.is_blocked,
        "leads": leads_of(found.person, besides=request.person) if can_answer else [],
        "tomorrow": found.day + timedelta(days=1),
    }


@login_required
@require_POST
@once
def reply(request: PageRequest, pk: int) -> HttpResponse:
    """Answer a blocker (`reply`)."""
    found = _note(request, pk)
    text = request.POST.get("reply", "").replace("\0", "")
    undo = notes.answer(
        note=found, reply=text, by=request.person, at=request.now, version=read_version(request)
    )
    words = _("Answered. %(name)s is told.") % {"name": found.person.name}
    return _done(request, found, words, undo.pk)


@login_required
@require_POST
@once
def escalation(request: PageRequest, pk: int) -> HttpResponse:
    """Hand a blocker on to somebody else who leads (`to`)."""
    found = _note(request, pk)
    to = Person.objects.visible_to(request.person).active().filter(pk=read_id(request.POST.get("to"))).first()
    if to is None:
        raise Refused(_("Choose to whom it goes."), field="to")
    undo = notes.escalate(note=found, to=to, by=request.person, at=request.now, version=read_version(request))
    return _done(request, found, _("Handed on to %(name)s.") % {"name": to.name}, undo.pk)


def _done(request: PageRequest, found: DailyNote, text: str, undo: int) -> HttpResponse:
    url = reverse("rituals:note", args=[found.pk])
    return saved(
        request,
        url,
        text,
        topics=["notes", f"note:{found.pk}"],
        undo_url=reverse("activity:undo", args=[undo]),
    )


def _note(request: PageRequest, pk: int) -> DailyNote:
    rows = DailyNote.objects.visible_to(request.person).select_related(
        "person", "task", "replied_by", "escalated_to"
    )
    return get_object_or_404(rows, pk=pk)
