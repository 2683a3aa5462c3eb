"""The stand-up of a team, and the push meeting of a project."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_GET

from opsloop.organisation.queries import working_calendar
from opsloop.progress.queries import standup as queries
from opsloop.progress.views.answers import tabs
from opsloop.web.http import PageRequest, render_page_or_partial
from opsloop.work.models import Project


@login_required
@require_GET
def of_team(request: PageRequest) -> HttpResponse:
    """Show yesterday, today and what stands in the way, one row a person, with a timer of fifteen minutes."""
    return _show(request, None)


@login_required
@require_GET
def of_project(request: PageRequest, pk: int) -> HttpResponse:
    """Show the same for those who work on a project, with ten minutes: the push meeting of a Monday."""
    project = get_object_or_404(Project.objects.visible_to(request.person).alive(), pk=pk)
    return _show(request, project)


def _show(request: PageRequest, project: Project | None) -> HttpResponse:
    day = timezone.localtime(request.now).date()
    people = queries.people_at(request.person, project)
    found = queries.standup(
        request.person,
        people,
        project=project,
        calendar=working_calendar({day.year}),
        now=request.now,
        day=day,
    )
    context = {
        "rail_name": "projects" if project else "team",
        "tabs": [] if project else tabs("standup", request.person),
        "project": project,
        "standup": found,
        "day": day,
        "share": max(30, found.minutes * 60 // max(1, len(found.rows))),
    }
    return render_page_or_partial(request, "progress/standup.html", "standup", context)
