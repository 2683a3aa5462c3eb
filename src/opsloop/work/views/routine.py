"""Routine work: all of it on a page, the next instances of one, and what can be done with a rhythm."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from opsloop.engines.recurrence import names_working_days
from opsloop.records.refusals import Refused
from opsloop.web import versions
from opsloop.web.http import PageRequest, is_fragment, render_page_or_partial
from opsloop.work import permissions, routine
from opsloop.work.forms.repeats import words
from opsloop.work.forms.tasks import TaskForm
from opsloop.work.models import Task
from opsloop.work.queries import lists, tasks
from opsloop.work.queries import routine as queries
from opsloop.work.queries.scopes import SCOPES
from opsloop.work.views.answers import done

PREVIEWED = ("due_at", "starts_at", "recurrence", "on_holiday")


@login_required
@require_GET
def rhythms(request: PageRequest) -> HttpResponse:
    """Show all routine work of a view with its owners and next dates."""
    scope = lists.ListState.read(request.GET).scope
    address = reverse("work:routine")
    calendar = queries.calendar_from(queries.today_of(request.now))
    found = queries.page(request.person, scope, now=request.now, calendar=calendar)
    context = {
        "rail_name": "tasks",
        "tabs": [
            {"label": label, "url": f"{address}?scope={name}", "current": scope == name, "count": None}
            for name, label in SCOPES.items()
        ],
        "rows": [(one, words(one.task.recurrence)) for one in found.rhythms],
        "is_cut": found.is_cut,
        "most": queries.MOST,
    }
    return render_page_or_partial(request, "work/routine.html", "rhythms", context)


@login_required
@require_POST
def preview(request: PageRequest) -> HttpResponse:
    """Show when what is being typed would come round; nothing is stored."""
    form = TaskForm(request.POST, person=request.person, now=request.now, names=PREVIEWED)
    form.is_valid()
    context: dict[str, Any] = {
        "problems": form.errors.get("recurrence") or [],
        "coming": [],
        "words": "",
        "has_date": True,
    }
    values = getattr(form, "cleaned_data", {})
    rule = values.get("recurrence", "")
    if rule:
        base = values.get("starts_at") or values.get("due_at")
        first = (
            timezone.localtime(base).date() if isinstance(base, datetime) else queries.today_of(request.now)
        )
        calendar = queries.calendar_from(first)
        on_holiday = values.get("on_holiday") or Task.OnHoliday.KEEP
        coming = queries.coming(rule, on_holiday, first=first, calendar=calendar)
        context |= {"words": words(rule), "coming": coming, "has_date": base is not None}
    return render(request, "work/repeat_next.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def rhythm(request: PageRequest, pk: int) -> HttpResponse:
    """Show the next instances of a task and those before it (GET); skip, pause or stop it (POST `decision`)."""
    if request.method == "POST":
        return _decide(request, get_object_or_404(tasks.changeable(request.person), pk=pk))
    task = get_object_or_404(tasks.visible(request.person).select_related("owner", "project"), pk=pk)
    if not is_fragment(request):
        return redirect("work:task", pk=pk)
    today = queries.today_of(request.now)
    coming = queries.next_instances(task, queries.calendar_from(today)) if task.recurrence else []
    context = {
        "task": task,
        "words": words(task.recurrence) if task.recurrence else "",
        "of_working_days": names_working_days(task.recurrence),
        "coming": coming,
        "before": list(queries.before(task, request.person)),
        "may_edit": task.is_open and permissions.can_edit(task, request.person),
        "tomorrow": today + timedelta(days=1),
    }
    return render(request, "work/repeats_panel.html", context)


def _decide(request: PageRequest, task: Task) -> HttpResponse:
    seen = versions.read_version(request)
    decision = request.POST.get("decision", "")
    common: dict[str, Any] = {"task": task, "by": request.person, "at": request.now, "version": seen}
    if decision == "skip":
        undo, text = routine.skip(**common), _("“%(title)s” is left out this time.")
    elif decision == "stop":
        undo, text = routine.stop(**common), _("“%(title)s” does not repeat any more.")
    elif decision == "pause":
        undo = routine.pause(**common, until=_day(request.POST.get("until", "")))
        text = _("“%(title)s” rests until then.")
    else:
        raise Refused(_("Choose what to do with this routine work: skip, pause or stop it."))
    if request.headers.get("HX-Request") != "true":
        return redirect("work:task", pk=task.pk)
    return done(HttpResponse(status=204), task, text % {"title": task.title}, undo)


def _day(text: str) -> date:
    try:
        day = parse_date(text)
    except ValueError:
        day = None
    if day is None:
        raise Refused(_("This is no date. Write it like 2026-11-30."), field="until")
    return day
