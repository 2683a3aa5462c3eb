"""The pages of schedules: when reports are sent to whom, and what became of it."""

from __future__ import annotations

from datetime import time
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from opsloop.activity.models import Undo
from opsloop.activity.submissions import once
from opsloop.engines.reviewing import period_of
from opsloop.organisation.views.answers import attempt
from opsloop.reports import permissions
from opsloop.reports.actions import schedules as actions
from opsloop.reports.forms import ScheduleForm, day_name
from opsloop.reports.models import Report, Schedule, Subjected
from opsloop.reports.queries import pages
from opsloop.reports.queries import schedules as queries
from opsloop.reports.views.finding import named
from opsloop.web import versions
from opsloop.web.http import PageRequest, render_page_or_partial, saved
from opsloop.web.versions import read_version


def _crumbs() -> list[tuple[str, str]]:
    return [(_("Reports"), reverse("reports:reports")), (_("Schedules"), reverse("reports:schedules"))]


def _day(row: Schedule) -> str:
    return f"{day_name(row.kind, row.day)} {row.at:%H:%M}"


@login_required
@require_GET
def schedules(request: PageRequest) -> HttpResponse:
    """Show the schedules of reports that the person may write, and the subjects one can be made for."""
    person = request.person
    places = [
        ("me", _("Mine")),
        *((f"d{one.pk}", one.name) for one in pages.led(person)),
        *((f"p{one.pk}", one.name) for one in pages.own_projects(person)),
    ]
    context = {
        "rail_name": "reports",
        "rows": [(row, _day(row.schedule)) for row in queries.rows(person, at=request.now)],
        "places": places,
        "crumbs": _crumbs()[:1],
    }
    return render_page_or_partial(request, "reports/schedules.html", "rows", context)


@login_required
@require_http_methods(["GET", "POST"])
@once
def new(request: PageRequest, whose: str) -> HttpResponse:
    """Make a schedule of the report of a person, department or project."""
    which = named(request, period_of("week", request.now.date()), whose)
    of = which.unwritten(request.now)
    if not permissions.can_write_for(of, request.person):
        raise Http404
    initial = {
        "kind": "week", "day": "last", "at": time(18, 0), "on_free_day": "previous", "shape": "pdf", "remind_hours": 4,
        "looks_back": "0",
    }  # fmt: skip
    form = ScheduleForm(request.POST or None, person=request.person, of=of, initial=initial)
    if request.method == "POST" and form.is_valid():
        values, by = form.cleaned_data, request.person
        made = attempt(form, lambda: actions.add(of=of, values=values, by=by, at=request.now))
        if made:
            return saved(request, _page(made), _("The schedule is made."), topics=["schedules"])
    context = {"rail_name": "reports", "form": form, "of": of, "whose": whose, "crumbs": _crumbs()}
    return render(request, "reports/new_schedule.html", context, status=422 if form.errors else 200)


def _page(row: Schedule) -> str:
    return reverse("reports:schedule", args=[row.pk])


def _schedule(request: PageRequest, pk: int) -> Schedule:
    rows = Schedule.objects.visible_to(request.person).select_related(*queries.RELATED)
    return get_object_or_404(rows, pk=pk)


@login_required
@require_GET
def schedule(request: PageRequest, pk: int) -> HttpResponse:
    """Show a schedule: when it sends next, to whom, and what became of what it sent."""
    found = _schedule(request, pk)
    context = {
        "rail_name": "reports",
        "schedule": found,
        "day": _day(found),
        "row": queries.row(found, at=request.now),
        "people": list(found.people.order_by("name")),
        "groups": list(found.channels.order_by("name")),
        "history": queries.history(found),
        "may_write": permissions.can_write_for(_subject(found), request.person),
        "crumbs": _crumbs(),
    }
    return render_page_or_partial(request, "reports/schedule.html", "history", context)


def _subject(row: Subjected) -> Report:
    return Report(person=row.person, department=row.department, project=row.project)


@login_required
@require_http_methods(["GET", "POST"])
@once
def edit(request: PageRequest, pk: int) -> HttpResponse:
    """Change a schedule."""
    found = _schedule(request, pk)
    initial: dict[str, Any] = {name: getattr(found, name) for name in actions.FIELDS}
    initial |= {
        "day": queries.day_key(found), "looks_back": "1" if found.looks_back else "0",
        "people": list(found.people.values_list("pk", flat=True)),
        "channels": list(found.channels.values_list("pk", flat=True)),
    }  # fmt: skip
    form = ScheduleForm(request.POST or None, person=request.person, of=_subject(found), initial=initial)
    if request.method == "POST":
        seen = read_version(request)
        if form.is_valid():
            values, by = form.cleaned_data, request.person
            undo = actions.change(schedule=found, values=values, by=by, at=request.now, version=seen)
            return _moved(request, _page(found), _("Saved."), undo)
    context = {"rail_name": "reports", "form": form, "schedule": found, "of": found, "crumbs": _crumbs()}
    return render(request, "reports/edit_schedule.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
@once
def pause(request: PageRequest, pk: int) -> HttpResponse:
    """Send nothing for the time being."""
    found = _schedule(request, pk)
    seen = versions.read_version(request)
    undo = actions.pause(schedule=found, by=request.person, at=request.now, version=seen)
    return _moved(request, _page(found), _("The schedule is paused."), undo)


@login_required
@require_POST
@once
def resumption(request: PageRequest, pk: int) -> HttpResponse:
    """Send again."""
    found = _schedule(request, pk)
    seen = versions.read_version(request)
    undo = actions.resume(schedule=found, by=request.person, at=request.now, version=seen)
    return _moved(request, _page(found), _("The schedule sends again."), undo)


@login_required
@require_POST
@once
def skip(request: PageRequest, pk: int) -> HttpResponse:
    """Leave the next moment out (`left_out` "1"), or send it after all."""
    found, version = _schedule(request, pk), versions.read_version(request)
    is_left_out = request.POST.get("left_out") == "1"
    undo = actions.skip(
        schedule=found, is_left_out=is_left_out, by=request.person, at=request.now, version=version
    )
    text = _("The next one is left out.") if is_left_out else _("The next one is sent after all.")
    return _moved(request, _page(found), text, undo)


@login_required
@require_POST
@once
def removal(request: PageRequest, pk: int) -> HttpResponse:
    """Remove a schedule."""
    found = _schedule(request, pk)
    seen = versions.read_version(request)
    undo = actions.remove(schedule=found, by=request.person, at=request.now, version=seen)
    return _moved(request, reverse("reports:schedules"), _("The schedule is removed."), undo)


def _moved(request: PageRequest, to: str, text: str, undo: Undo) -> HttpResponse:
    """Answer a step with its undo."""
    url = reverse("activity:undo", args=[undo.pk])
    return saved(request, to, text, topics=["schedules"], undo_url=url)
