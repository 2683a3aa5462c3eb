"""What the lead says and decides: updates, the health, the stage, the end; and how a record is removed."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from opsloop.activity.submissions import once
from opsloop.portfolio import permissions
from opsloop.portfolio.actions import records
from opsloop.portfolio.actions import steering as actions
from opsloop.portfolio.forms.steering import ClosingForm, HealthForm, UpdateForm
from opsloop.portfolio.models import KINDS, HealthCall
from opsloop.portfolio.queries import page
from opsloop.portfolio.queries.closing import still_open
from opsloop.portfolio.queries.standing import in_words, modules
from opsloop.portfolio.views.answers import (
    acted,
    changed,
    find_project,
    find_record,
    show_form,
    writer_of,
)
from opsloop.records.refusals import Refused, StaleVersion
from opsloop.web import versions
from opsloop.web.http import PageRequest, in_drawer
from opsloop.work.models import Project


def _level(project: Any, request: PageRequest) -> tuple[page.Overview, HealthCall | None]:
    """Return how a project stands, with the call on its health if there is one."""
    seen = page.overview(project, request.person, now=request.now, shown=modules())
    call = HealthCall.objects.visible_to(request.person).filter(project=project).first()
    if call:
        seen.standing.called = (call.level, call.reason)
    return seen, call


@login_required
@require_http_methods(["GET", "POST"])
@once
def new_update(request: PageRequest, pk: int) -> HttpResponse:
    """Write how a project is going."""
    project = find_project(request, pk)
    permissions.check_can_contribute(project, request.person)
    if request.method == "GET":
        form = UpdateForm(initial={"health": _level(project, request)[0].standing.level})
    else:
        form = UpdateForm(request.POST)
        if form.is_valid():
            try:
                _made, undo = actions.post_update(
                    project=project, by=request.person, at=request.now, **form.cleaned_data
                )
            except Refused as refused:
                form.refuse(refused)
            else:
                return changed(request, pk, _("The update was published."), undo)
    context = {"project": project, "title": _("New update"), "button": _("Publish"), "vague": True}
    return show_form(request, form, context)


@login_required
@require_http_methods(["GET", "POST", "DELETE"])
@once
def health(request: PageRequest, pk: int) -> HttpResponse:
    """Call the health of a project (POST), or let the rule speak again (DELETE)."""
    project = find_project(request, pk)
    permissions.check_can_steer(project, request.person)
    seen, call = _level(project, request)
    if request.method == "DELETE":
        if call is None:
            raise Http404
        version = versions.read_version(request)
        undo = actions.withdraw_health(call=call, by=request.person, at=request.now, version=version)
        return acted(pk, _("The rule decides about the health again."), undo)
    initial = {"level": seen.standing.level, "reason": call.reason if call else ""}
    form = HealthForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        seen_call = versions.read_version(request) if call or request.POST.get("version") else None
        try:
            undo = actions.call_health(
                project=project, by=request.person, at=request.now, version=seen_call, **form.cleaned_data
            )
        except StaleVersion as stale:
            theirs = HealthForm(initial={"level": stale.record.level, "reason": stale.record.reason})
            return versions.conflict(request, stale, theirs=theirs, **writer_of(pk))
        except Refused as refused:
            form.refuse(refused)
        else:
            return changed(request, pk, _("The health was set."), undo)
    context = {
        "project": project, "title": _("Health of the project"), "button": _("Set"), "version_of": call,
        "verdict": seen.standing.verdict, "reasons": [in_words(one) for one in seen.standing.verdict.reasons],
        "rail_name": "projects", "form": form, "call": call,
    }  # fmt: skip
    return render(request, "portfolio/health.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
@once
def stage(request: PageRequest, pk: int) -> HttpResponse:
    """Put a project into another stage."""
    project = find_project(request, pk)
    wanted = request.POST.get("status", "")
    if wanted not in Project.Status.values or wanted == Project.Status.CLOSED:
        raise Refused(_("Choose a stage of the list."), field="status")
    seen = versions.read_version(request)
    undo = actions.move(project=project, status=wanted, by=request.person, at=request.now, version=seen)
    words = {"stage": Project.Status(wanted).label}
    return acted(pk, _("The project is now in the stage “%(stage)s”.") % words, undo)


@login_required
@require_http_methods(["GET", "POST", "DELETE"])
@once
def closure(request: PageRequest, pk: int) -> HttpResponse:
    """Show what is still open and close the project (POST with a note), or open it again (DELETE)."""
    project = find_project(request, pk)
    permissions.check_can_steer(project, request.person)
    if request.method == "DELETE":
        seen = versions.read_version(request)
        undo = actions.reopen(project=project, by=request.person, at=request.now, version=seen)
        return acted(pk, _("The project is open again."), undo)
    level = _level(project, request)[0].standing.level if request.method == "GET" else ""
    form = ClosingForm(request.POST if request.method == "POST" else None, initial={"health": level})
    if request.method == "POST":
        seen = versions.read_version(request)
        if form.is_valid():
            try:
                undo = actions.close(
                    project=project, by=request.person, at=request.now, version=seen, **form.cleaned_data
                )
            except Refused as refused:
                form.refuse(refused)
            else:
                return changed(request, pk, _("The project “%(name)s” was closed.") % {"name": project}, undo)
    context = {
        "rail_name": "projects", "project": project, "form": form,
        "open": still_open(project, request.person, shown=modules()),
    }  # fmt: skip
    return render(request, "portfolio/closure.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
@once
def removal(request: PageRequest, kind: str, pk: int) -> HttpResponse:
    """Remove a node, a risk, an expense or an update; the undo brings it back."""
    if kind not in KINDS:
        raise Http404
    record = find_record(request, KINDS[kind], pk)
    seen = versions.read_version(request)
    undo = records.remove(record=record, by=request.person, at=request.now, version=seen)
    text = _("“%(title)s” was removed.") % {"title": record}
    if in_drawer(request):
        return changed(request, record.project_id, text, undo)
    return acted(record.project_id, text, undo)
