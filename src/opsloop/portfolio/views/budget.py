"""The people and the money of a project."""

from __future__ import annotations

from functools import partial

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from opsloop.activity.submissions import once
from opsloop.portfolio import permissions
from opsloop.portfolio.actions import budget as actions
from opsloop.portfolio.forms.budget import BudgetForm, ExpenseForm
from opsloop.portfolio.models import Budget, Expense
from opsloop.portfolio.queries import resources as queries
from opsloop.portfolio.views.answers import (
    add_view,
    changed,
    edit_view,
    find_project,
    find_record,
    require_module,
    show_form,
    writer_of,
)
from opsloop.records.refusals import Refused, StaleVersion
from opsloop.web import versions
from opsloop.web.http import PageRequest
from opsloop.work.models import Task
from opsloop.work.queries.projects import Tally, tallies

# The most loaded people of a project that are shown unasked.
MOST_CARRIERS = 50


@login_required
@require_GET
def people(request: PageRequest, pk: int) -> HttpResponse:
    """Show who carries a project and how full their coming days are; a part of its page. With `?all` everybody."""
    project = find_project(request, pk)
    carriers = queries.carriers(project, request.person, now=request.now)
    shown = carriers if "all" in request.GET else carriers[:MOST_CARRIERS]
    context = {
        "project": project,
        "carriers": shown,
        "count": len(carriers),
        "is_cut": len(shown) < len(carriers),
    }
    return render(request, "portfolio/people.html", context)


@login_required
@require_GET
def costs(request: PageRequest, pk: int) -> HttpResponse:
    """Show what a project has cost against its plan; a part of its page."""
    require_module("budget")
    project = find_project(request, pk)
    counted = tallies(Task.objects.visible_to(request.person), "project", [pk], now=request.now)
    context = {
        "project": project,
        "costs": queries.costs(project, request.person, counted.get(pk, Tally())),
        "expenses": queries.expenses(project),
        "may_contribute": permissions.can_contribute(project, request.person),
        "may_steer": permissions.can_steer(project, request.person),
    }
    return render(request, "portfolio/costs.html", context)


@login_required
@require_http_methods(["GET", "POST"])
@once
def plan(request: PageRequest, pk: int) -> HttpResponse:
    """Plan the money and the hours of a project."""
    require_module("budget")
    project = find_project(request, pk)
    permissions.check_can_steer(project, request.person)
    budget = Budget.objects.visible_to(request.person).filter(project=project).first()
    form = BudgetForm(request.POST if request.method == "POST" else None, record=budget)
    if request.method == "POST":
        seen = versions.read_version(request) if budget or request.POST.get("version") else None
        if form.is_valid():
            try:
                undo = actions.plan(
                    project=project, values=form.cleaned_data, by=request.person, at=request.now, version=seen
                )
            except StaleVersion as stale:
                theirs = BudgetForm(record=stale.record)
                return versions.conflict(request, stale, theirs=theirs, **writer_of(pk))
            except Refused as refused:
                form.refuse(refused)
            else:
                return changed(request, pk, _("The budget was saved."), undo)
    context = {"project": project, "title": _("Budget"), "button": _("Save"), "version_of": budget}
    return show_form(request, form, context)


@login_required
@require_http_methods(["GET", "POST"])
@once
def new_expense(request: PageRequest, pk: int) -> HttpResponse:
    """Record money spent."""
    require_module("budget")
    words = {
        "title": _("New expense"), "button": _("Record the expense"),
        "added": _("The expense “%(title)s” was recorded."),
    }  # fmt: skip
    initial = {"person": request.person.pk, "spent_on": timezone.localtime(request.now).date()}
    return add_view(
        request, project=find_project(request, pk), form_class=ExpenseForm, initial=initial,
        verb=actions.spend, words=words,
    )  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
@once
def expense(request: PageRequest, pk: int) -> HttpResponse:
    """Correct an expense."""
    require_module("budget")
    found = find_record(request, Expense, pk)
    words = {"title": _("Expense"), "button": _("Save"), "saved": _("The expense “%(title)s” was saved.")}
    verb = partial(actions.change_expense, expense=found)
    return edit_view(request, record=found, form_class=ExpenseForm, verb=verb, words=words)
