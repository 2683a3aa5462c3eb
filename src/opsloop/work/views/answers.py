"""What several views of work answer alike."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from opsloop.activity import queries as activity
from opsloop.activity.models import Undo
from opsloop.organisation.models import Person
from opsloop.organisation.roles import Permission
from opsloop.web.http import PageRequest, add_toast, refresh
from opsloop.work.forms.repeats import words
from opsloop.work.models import Project, Task
from opsloop.work.queries import tasks as queries


def undo_url(undo: Undo | None) -> str:
    """Return where the toast's undo posts to, or ""."""
    return reverse("activity:undo", args=[undo.pk]) if undo else ""


def topics(task: Task) -> list[str]:
    """Return what shows a task: its own page, its parent's, its project's, and every list."""
    named = [f"task:{task.pk}", "tasks"]
    if task.parent_id:
        named.append(f"task:{task.parent_id}")
    if task.project_id:
        named.append(f"project:{task.project_id}")
    return named


def changed_by(record: Task | Project) -> dict[str, Any]:
    """Say who wrote a record last and when, for the dialog of a conflict."""
    event = activity.history(record._meta.model_name or "", record.pk).first()
    if event is None:
        return {}
    return {"changed_by": Person.objects.filter(pk=event.actor_id).first(), "changed_at": event.at}


def detail_context(task: Task, person: Person, now: datetime) -> dict[str, Any]:
    """Return what the page of a task shows."""
    return {
        "rail_name": "tasks",
        "task": task,
        "detail": queries.detail(task, person, now=now),
        "repeats": words(task.recurrence) if task.recurrence else "",
    }


def show_detail(request: PageRequest, task: Task) -> HttpResponse:
    """Answer with the fragment that shows a task after a change to it."""
    fresh = queries.shown(request.person).get(pk=task.pk)
    context = detail_context(fresh, request.person, request.now)
    return render(request, "work/task.html#detail", context)


def done(response: HttpResponse, task: Task, text: str, undo: Undo | None) -> HttpResponse:
    """Say with a toast what was done to a task, with its undo, and refresh what shows it.

    Without a text nothing is said: a tick speaks for itself.
    """
    if text:
        add_toast(response, text, undo_url=undo_url(undo))
    shown_here = f"task:{task.pk}"
    # The fragment itself is fresh already; asking for it again would only flicker.
    others = [topic for topic in topics(task) if topic != shown_here or response.status_code == 204]
    return refresh(response, *others)


def row_words() -> dict[str, str]:
    """Return the words that every row of a list repeats, looked up once."""
    return {
        "done": pgettext("verb", "Done"),
        "reopen": _("Open again"),
        "milestone": _("Milestone"),
        "repeats": _("Repeats"),
        "change_status": _("Change the status"),
        "starts": _("Starts"),
        "edit": _("Edit"),
        "move": _("Move to"),
        "deferred": _("Put off until %(day)s"),
        "back": _("Was put off until %(day)s and is back"),
    }


def may_create(person: Person) -> bool:
    """Whether `person` may create tasks at all."""
    return person.may(Permission.WORK_CREATE)


def saved_sentence(task: Task) -> str:
    """Say that a task was saved."""
    return _("“%(title)s” was saved.") % {"title": task.title}
