"""Starting a template: choose, look, create."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from opsloop.activity.submissions import once
from opsloop.organisation.roles import Permission
from opsloop.playbooks import permissions
from opsloop.playbooks.actions.starting import start as make
from opsloop.playbooks.forms.start import StartForm
from opsloop.playbooks.models import Playbook
from opsloop.playbooks.queries import outlines as queries
from opsloop.playbooks.views.pages import find, undo_url
from opsloop.records.refusals import Refused
from opsloop.web.http import PageRequest, add_toast, hx_redirect


@login_required
@require_GET
def choose(request: PageRequest) -> HttpResponse:
    """Offer the templates to start from; without the right to create projects, those of tasks."""
    permissions.check_can_make(request.person)
    kind = "" if request.person.may(Permission.PROJECT_EDIT) else Playbook.Kind.TASK
    context = {"rail_name": "projects", "cards": queries.cards(request.person, kind=kind)}
    return render(request, "playbooks/choose.html", context)


@login_required
@require_http_methods(["GET", "POST"])
@once
def start(request: PageRequest, pk: int) -> HttpResponse:
    """Show what a template would make, with real days and people (GET), and make it (POST)."""
    found = find(request, pk)
    permissions.check_can_start(found, request.person)
    form = _form(request, found, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        values = {name: form.cleaned_data[name] for name in ("name", "start", "due", "department")}
        try:
            made = make(playbook=found, people=form.people(), by=request.person, at=request.now, **values)
        except Refused as refused:
            form.refuse(refused)
        else:
            to = (
                reverse("portfolio:project", args=[made.project.pk])
                if made.project
                else reverse("work:task", args=[made.tasks[0].pk])
            )
            text = _("“%(name)s” was created with %(n)s tasks.") % {
                "name": values["name"],
                "n": len(made.tasks),
            }
            return add_toast(hx_redirect(request, to), text, undo_url=undo_url(made.undo))
    context = {"rail_name": "projects", "playbook": found, "form": form, **_preview(request, found, form)}
    return render(request, "playbooks/start.html", context, status=422 if form.errors else 200)


@login_required
@require_GET
def preview(request: PageRequest, pk: int) -> HttpResponse:
    """Show the steps again for other days and people."""
    found = find(request, pk)
    form = _form(request, found, request.GET)
    form.is_valid()
    return render(request, "playbooks/preview.html", _preview(request, found, form))


def _form(request: PageRequest, found: Playbook, data: Any) -> StartForm:
    people = queries.remembered(found, request.person) if data is None else {}
    start_on = queries.next_workday(request.now)
    return StartForm(data, playbook=found, person=request.person, people=people, start=start_on)


def _preview(request: PageRequest, found: Playbook, form: StartForm) -> dict[str, Any]:
    outline = queries.outline_of(found)
    if form.is_bound:
        values = getattr(form, "cleaned_data", {})
        start_on, due, people = values.get("start"), values.get("due"), form.people()
    else:
        start_on, due, people = form.initial["start"], None, queries.remembered(found, request.person)
    layout = queries.place(outline, start_on or queries.next_workday(request.now), due)
    return {
        "outline": outline,
        "layout": layout,
        "rows": queries.preview(outline, layout, people),
        "nodes": list(zip(outline.nodes, layout.nodes, strict=True)),
    }
