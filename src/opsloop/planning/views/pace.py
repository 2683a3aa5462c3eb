"""How much gets done by the week: of one's own tasks, a team's, a project's, a goal's."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET

from opsloop.engines.forecasting.throughput import HORIZONS
from opsloop.goals.models import Goal
from opsloop.organisation.roles import Permission
from opsloop.planning.pace import WEEKS_SHOWN, Pace, pace
from opsloop.web.http import PageRequest, read_id, render_page_or_partial
from opsloop.work.models import Project, Task
from opsloop.work.models.tasks import TaskQuerySet
from opsloop.work.queries.scopes import team_departments

# The drawing, in its own units: a bar for each week, and the space to the next.
BAR, STEP, HEIGHT = 20, 28, 120


@login_required
@require_GET
def throughput(request: PageRequest) -> HttpResponse:
    """Show what was finished by the week and the range of the weeks ahead; of a project or goal if one is named."""
    tasks, subject, subject_url = _asked(request)
    scope = _scope(request)
    found = pace(tasks, by=request.person, at=request.now)
    context: dict[str, Any] = {
        "rail_name": "plan",
        "pace": found,
        "drawing": _drawing(found),
        "subject": subject,
        "subject_url": subject_url,
        "scopes": [] if subject else _scopes(request, scope),
    }
    return render_page_or_partial(request, "planning/throughput.html", "throughput", context)


def _asked(request: PageRequest) -> tuple[TaskQuerySet, str, str]:
    """Return the tasks asked for, and name and address of the project or goal they belong to, if one is named."""
    visible = Task.objects.visible_to(request.person).alive()
    if request.GET.get("project"):
        projects = Project.objects.visible_to(request.person).alive()
        project = get_object_or_404(projects, pk=read_id(request.GET.get("project")))
        return visible.filter(project=project), project.name, reverse("portfolio:project", args=[project.pk])
    if request.GET.get("goal"):
        goals = Goal.objects.visible_to(request.person).alive()
        goal = get_object_or_404(goals, pk=read_id(request.GET.get("goal")))
        return visible.filter(goal=goal), goal.title, reverse("goals:goal", args=[goal.pk])
    scope = _scope(request)
    if scope == "mine":
        return visible.filter(owner=request.person), "", ""
    team = team_departments(request.person) if scope == "team" else None
    return (visible if team is None else visible.filter(owner__department_id__in=team)), "", ""


def _scope(request: PageRequest) -> str:
    leads = request.person.may(Permission.PLAN_TEAM)
    scope = request.GET.get("scope", "")
    if scope in ("mine", "all") or (scope == "team" and leads):
        return scope
    return "team" if leads else "mine"


def _scopes(request: PageRequest, chosen: str) -> list[tuple[str, str, bool]]:
    labels = [
        ("mine", pgettext("progress", "Mine")),
        ("team", _("My team")),
        ("all", _("All that I may see")),
    ]
    if not request.person.may(Permission.PLAN_TEAM):
        del labels[1]
    return [(label, "?" + urlencode({"scope": name}), name == chosen) for name, label in labels]


def _drawing(found: Pace) -> dict[str, Any]:
    """Return the bars of the past weeks and of the running one, and the range of each week ahead.

    The frame has room for all that can be shown: a first week is no wall. The range of two weeks is drawn over the
    first two, that of four over the next two, that of eight over the rest, each as its mean by the week.
    """
    weeks = [*found.weeks, found.running]
    bands: list[tuple[int, int, float, float, float]] = []
    reached = 0
    for said in found.ahead:
        low, middle, high = (value / said.weeks for value in (said.p10, said.p50, said.p90))
        bands.append((reached, said.weeks, low, middle, high))
        reached = said.weeks
    most = max([*(week.finished for week in weeks), *(band[4] for band in bands), 1])

    def y(value: float) -> int:
        return HEIGHT - round(value * HEIGHT / most)

    ahead = (WEEKS_SHOWN + 1) * STEP
    first_bar = ahead - len(weeks) * STEP
    return {
        "width": ahead + HORIZONS[-1] * STEP,
        "height": HEIGHT,
        "bar": BAR,
        "bars": [
            {
                "x": first_bar + n * STEP,
                "finished": week.finished,
                "y": y(week.finished),
                "height": HEIGHT - y(week.finished),
                "is_running": n == len(weeks) - 1,
            }
            for n, week in enumerate(weeks)
        ],
        "bands": [
            {
                "x": ahead + first * STEP,
                "width": (last - first) * STEP - (STEP - BAR),
                "y": y(high),
                "height": max(2, y(low) - y(high)),
                "middle": y(middle) - 1,
            }
            for first, last, low, middle, high in bands
        ],
    }
