"""The list of projects, the page of one, and its history."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET

from opsloop.organisation.roles import Permission
from opsloop.portfolio import permissions
from opsloop.portfolio.models import HealthCall, ProjectUpdate
from opsloop.portfolio.models.updates import LEVELS
from opsloop.portfolio.queries import listing, page
from opsloop.portfolio.queries.history import history
from opsloop.portfolio.queries.listing import ANY, ListState
from opsloop.portfolio.queries.standing import modules
from opsloop.portfolio.views.answers import find_project
from opsloop.web.http import PageRequest, is_fragment, read_id, render_page_or_partial
from opsloop.work.models import Project
from opsloop.work.views.answers import may_create


@login_required
@require_GET
def projects(request: PageRequest) -> HttpResponse:
    """Show the projects that the person may see and how they stand."""
    state, shown = ListState.read(request.GET), modules()
    rows = listing.rows(request.person, state, now=request.now, shown=shown)
    context = {
        "rail_name": "projects",
        "state": state,
        "tabs": _tabs(state),
        "page": Paginator(rows, listing.PAGE).get_page(request.GET.get("page")),
        "healths": [
            {"value": value, "label": label, "url": state.query(health=value)} for value, label in LEVELS
        ],
        "sorts": listing.SORTS,
        "chips": _chips(state),
        "shown": shown,
        "may_create": request.person.may(Permission.PROJECT_EDIT),
    }
    return render_page_or_partial(request, "portfolio/projects.html", "rows", context)


def _tabs(state: ListState) -> list[dict[str, Any]]:
    address = reverse("portfolio:projects")
    stages = [("", pgettext("project", "Running")), *Project.Status.choices, (ANY, _("All"))]
    return [
        {
            "label": label,
            "url": address + state.query(status=value),
            "current": state.status == value,
            "count": None,
        }
        for value, label in stages
    ]


def _chips(state: ListState) -> list[dict[str, str]]:
    address = reverse("portfolio:projects")
    chips = []
    if state.health:
        text = str(dict(LEVELS)[state.health])
        chips.append({"key": _("Health"), "text": text, "remove_url": address + state.query(health="")})
    if state.mine:
        chips.append({"key": "", "text": _("I take part"), "remove_url": address + state.query(mine="")})
    if state.q:
        chips.append({"key": _("Text"), "text": state.q, "remove_url": address + state.query(q="")})
    return chips


@login_required
@require_GET
def project(request: PageRequest, pk: int) -> HttpResponse:
    """Show a project on one screen: stage, health, next node, work, risks, the last update."""
    found, shown = find_project(request, pk), modules()
    seen = page.overview(found, request.person, now=request.now, shown=shown)
    call = HealthCall.objects.select_related("called_by").get(pk=found.call_id) if found.call_id else None
    if call:
        seen.standing.called = (call.level, call.reason)
    context = {
        "rail_name": "projects",
        "project": found,
        "crumbs": [(_("Projects"), reverse("portfolio:projects"))],
        "stages": [one for one in Project.Status.choices if one[0] != Project.Status.CLOSED],
        "seen": seen,
        "call": call,
        "matrix": page.matrix(seen.risks) if "risks" in shown else [],
        "scale": page.SCALE,
        "shown": shown,
        "may_edit": permissions.can_steer(found, request.person),
        "may_contribute": permissions.can_contribute(found, request.person),
        "may_create": may_create(request.person),
    }
    return render_page_or_partial(request, "portfolio/project.html", "project-body", context)


@login_required
@require_GET
def updates(request: PageRequest, pk: int) -> HttpResponse:
    """Show all updates of a project, the newest first."""
    found = find_project(request, pk)
    rows = ProjectUpdate.objects.alive().filter(project=found).select_related("created_by").order_by("-pk")
    context = {
        "rail_name": "projects",
        "project": found,
        "crumbs": [(found.name, reverse("portfolio:project", args=[pk]))],
        "page": Paginator(rows, 20).get_page(request.GET.get("page")),
        "may_contribute": permissions.can_contribute(found, request.person),
    }
    return render_page_or_partial(request, "portfolio/updates.html", "updates", context)


@login_required
@require_GET
def project_history(request: PageRequest, pk: int) -> HttpResponse:
    """Show the history of a project, from the event `before` on."""
    found = find_project(request, pk)
    if not is_fragment(request):
        return redirect("portfolio:project", pk=pk)
    shown = history(found, request.person, before=read_id(request.GET.get("before")) or 0)
    context = {"history": shown, "record": found, "history_url": "portfolio:project_history", "field": ""}
    return render(request, "work/history.html", context)
