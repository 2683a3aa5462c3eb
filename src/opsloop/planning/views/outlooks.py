"""When a task, a project or a goal will be done: a line that its page loads after itself."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from opsloop.goals.models import Goal
from opsloop.planning import outlooks
from opsloop.web.http import PageRequest
from opsloop.work.models import Project, Task


@login_required
@require_GET
def of_task(request: PageRequest, pk: int) -> HttpResponse:
    """Say how likely a task meets its due date, and what decides it."""
    task = get_object_or_404(Task.objects.visible_to(request.person).alive(), pk=pk)
    return _answer(request, [task.pk], task.due_at)


@login_required
@require_GET
def of_project(request: PageRequest, pk: int) -> HttpResponse:
    """Say when the open work of a project will be done."""
    project = get_object_or_404(Project.objects.visible_to(request.person).alive(), pk=pk)
    open_ = Task.objects.open().filter(project=project).order_by("due_at")
    keys = list(open_.values_list("pk", flat=True)[: outlooks.MOST_TASKS])
    return _answer(request, keys, outlooks.end_of(project.due_on, request.person), f"project={pk}")


@login_required
@require_GET
def of_goal(request: PageRequest, pk: int) -> HttpResponse:
    """Say when the open work for a goal will be done."""
    goal = get_object_or_404(Goal.objects.visible_to(request.person).alive(), pk=pk)
    open_ = Task.objects.open().filter(goal=goal).order_by("due_at")
    keys = list(open_.values_list("pk", flat=True)[: outlooks.MOST_TASKS])
    return _answer(request, keys, outlooks.end_of(goal.due_on, request.person), f"goal={pk}")


def _answer(
    request: PageRequest, keys: Collection[int], due_at: datetime | None, pace_of: str = ""
) -> HttpResponse:
    found = outlooks.outlook(keys, due_at=due_at, by=request.person, at=request.now)
    return render(request, "planning/outlook.html", {"outlook": found, "pace_of": pace_of})
