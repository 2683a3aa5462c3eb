"""What the pages of lower packages show of work: they load these by address, because they cannot import it."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from opsloop.goals.models import Goal
from opsloop.web.http import PageRequest, read_id, render_page_or_partial
from opsloop.work.queries import gaps as gap_queries
from opsloop.work.queries import goals as queries
from opsloop.work.views.answers import may_create


@login_required
@require_GET
def goal_tasks(request: PageRequest, pk: int) -> HttpResponse:
    """Show the tasks of a goal and how far they are, on the page of the goal."""
    goal = get_object_or_404(Goal.objects.visible_to(request.person).alive(), pk=pk)
    context = {
        "goal": goal,
        "work": queries.work_of(goal, request.person, now=request.now),
        "may_create": may_create(request.person),
    }
    return render(request, "work/goal_tasks.html", context)


@login_required
@require_GET
def goal_shares(request: PageRequest) -> HttpResponse:
    """Show the work completion of all goals of the tree at once, each filled into its place."""
    status = request.GET.get("status", "")
    known = status if status in Goal.Status.values else Goal.Status.ACTIVE
    shares = queries.shares_of(request.person, known, now=request.now)
    return render(request, "work/goal_shares.html", {"shares": shares})


@login_required
@require_GET
def map_tasks(request: PageRequest) -> HttpResponse:
    """Show the open tasks behind the cells of the scope map, each filled into its place."""
    return render(request, "work/map_tasks.html", {"cells": queries.map_tasks(request.person)})


@login_required
@require_GET
def gaps(request: PageRequest) -> HttpResponse:
    """Show in a line what is missing, above the tree of goals."""
    return render(request, "work/gaps.html", {"gaps": gap_queries.gaps(request.person, now=request.now)})


@login_required
@require_GET
def goal_gaps(request: PageRequest) -> HttpResponse:
    """Show what goals and tasks lack, by team, each line one click from its mending."""
    kind, team = request.GET.get("kind", ""), read_id(request.GET.get("team"))
    context = {
        "rail_name": "goals",
        "page": gap_queries.page(request.person, kind, team, now=request.now),
        "may_create": may_create(request.person),
    }
    return render_page_or_partial(request, "work/goal_gaps.html", "gap-page", context)
