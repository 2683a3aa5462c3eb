"""One field of a task edited in place: a click shows its editor, Enter or leaving it saves."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from opsloop.records.refusals import Refused, StaleVersion
from opsloop.web import dates, versions
from opsloop.web.http import PageRequest, is_fragment
from opsloop.work import permissions
from opsloop.work.actions import customs
from opsloop.work.actions import tasks as actions
from opsloop.work.forms.customs import CustomValuesForm
from opsloop.work.forms.tasks import FULL, REASONED, TOGETHER, TaskForm
from opsloop.work.models import Task
from opsloop.work.queries import tasks as queries
from opsloop.work.queries.customs import lines_of
from opsloop.work.views.answers import changed_by, saved_sentence, show_detail
from opsloop.work.views.tasks import answer


@login_required
@require_http_methods(["GET", "POST"])
def field(request: PageRequest, pk: int, name: str) -> HttpResponse:
    """Show the editor of a field (GET) or save it (POST)."""
    if name not in FULL:
        raise Http404
    found = get_object_or_404(queries.changeable(request.person), pk=pk)
    permissions.check_can_edit(found, request.person)
    names = TOGETHER.get(name, (name,))
    form = TaskForm(request.POST or None, person=request.person, now=request.now, task=found, names=names)
    if request.method == "POST":
        return _save(request, found, form, names)
    if not is_fragment(request):
        return redirect("work:edit", pk=pk)
    return _editor(request, found, form, name)


def _save(request: PageRequest, found: Task, form: TaskForm, names: tuple[str, ...]) -> HttpResponse:
    seen = versions.read_version(request)
    if form.is_valid():
        values: dict[str, Any] = dict(form.cleaned_data)
        if "tags" in values:
            values["tags"] = actions.tags_named(values["tags"])
        why = request.POST.get("why", "").strip()[:300]
        try:
            undo = actions.change(
                task=found, values=values, by=request.person, at=request.now, version=seen, why=why
            )
        except StaleVersion as stale:
            theirs = TaskForm(person=request.person, now=request.now, task=stale.record, names=names)
            return versions.conflict(request, stale, theirs=theirs, **changed_by(stale.record))
        except Refused as refused:
            if refused.field not in names:
                raise
            form.refuse(refused)
        else:
            text = _told(found, names, request.now)
            return answer(request, found, text, undo) if undo else _unchanged(request, found)
    return _editor(request, found, form, names[0], status=422)


def _told(task: Task, names: tuple[str, ...], now: datetime) -> str:
    """Say what a task is now, where one word says it: its status, its day."""
    about = {"title": task.title}
    if names[0] == "status":
        return _("“%(title)s” is now “%(status)s”.") % {**about, "status": task.get_status_display()}
    if names[0] == "due_at" and task.due_at:
        return _("“%(title)s” is now due %(when)s.") % {**about, "when": dates.sentence(task.due_at, now)}
    return saved_sentence(task)


def _unchanged(request: PageRequest, found: Task) -> HttpResponse:
    """Put the field back as it was: what was typed is what stood already."""
    if request.headers.get("HX-Request") != "true":
        return redirect("work:task", pk=found.pk)
    return show_detail(request, found)


def _editor(
    request: PageRequest, found: Task, form: TaskForm, name: str, *, status: int = 200
) -> HttpResponse:
    address = reverse("work:field", args=[found.pk, name])
    return show_editor(request, found, form, name, address, status=status)


def show_editor(
    request: PageRequest, found: Task, form: Any, name: str, address: str, *, status: int = 200
) -> HttpResponse:
    """Answer with the editor of one field; with its errors, it goes back to where it stood."""
    context = {
        "task": found, "form": form, "name": name, "rail_name": "tasks", "address": address,
        "asks_why": name in REASONED, "why": request.POST.get("why", ""),
    }  # fmt: skip
    response = render(request, "work/field_editor.html", context, status=status)
    if status == 422:
        response["HX-Retarget"] = f"#field-{found.pk}-{name}"
        response["HX-Reswap"] = "innerHTML"
    return response


@login_required
@require_http_methods(["GET", "POST"])
def own_field(request: PageRequest, pk: int, field: int) -> HttpResponse:
    """Show the editor of an own field of a task (GET) or save it (POST)."""
    found = get_object_or_404(queries.shown(request.person), pk=pk)
    permissions.check_can_edit(found, request.person)
    lines = [
        one for one in lines_of(found, with_project=queries.sees(found, "project")) if one.field.pk == field
    ]
    if not lines:
        raise Http404
    form = CustomValuesForm(
        request.POST or None, lines=lines, person=request.person, task_version=found.version
    )
    address = reverse("work:own_field", args=[pk, field])
    if request.method == "GET":
        if not is_fragment(request):
            return redirect("work:edit", pk=pk)
        return show_editor(request, found, form, f"own-{field}", address)
    seen = versions.read_version(request)
    if form.is_valid():
        try:
            undo = customs.change_task(
                task=found, values={}, customs=form.values(), by=request.person, at=request.now, version=seen
            )
        except Refused as refused:
            form.refuse(refused)
        else:
            return answer(request, found, saved_sentence(found) if undo else "", undo)
    return show_editor(request, found, form, f"own-{field}", address, status=422)
