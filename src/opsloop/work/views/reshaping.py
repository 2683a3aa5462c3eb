"""Copying, moving, merging and converting a task."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from opsloop.activity.models import Undo
from opsloop.activity.submissions import once
from opsloop.records.refusals import Refused, StaleVersion
from opsloop.web import versions
from opsloop.web.http import PageRequest, saved
from opsloop.work import permissions
from opsloop.work.actions import reshaping as actions
from opsloop.work.actions import tasks
from opsloop.work.forms.reshaping import ConversionForm, CopyForm, MergeForm
from opsloop.work.forms.tasks import MOVED, TaskForm
from opsloop.work.models import Task
from opsloop.work.queries import tasks as queries
from opsloop.work.views.answers import changed_by, may_create, topics, undo_url


def _found(request: PageRequest, pk: int) -> Task:
    found: Task = get_object_or_404(queries.editable(request.person), pk=pk)
    return found


@login_required
@require_http_methods(["GET", "POST"])
@once
def copy(request: PageRequest, pk: int) -> HttpResponse:
    """Make a task like this one."""
    found = _found(request, pk)
    permissions.check_can_create(found.department, request.person)
    title = (_("%(title)s (copy)") % {"title": found.title})[:200]
    form = CopyForm(request.POST or None, initial={"title": title})
    if request.method == "POST" and form.is_valid():
        try:
            made, undo = actions.copy(task=found, by=request.person, at=request.now, **form.cleaned_data)
        except Refused as refused:
            form.refuse(refused)
        else:
            text = _("%(number)s “%(title)s” was created.") % {"number": made.number, "title": made.title}
            return _saved(request, made, text, undo)
    return _form(request, found, form, _("Copy the task"), _("Copy"))


@login_required
@require_http_methods(["GET", "POST"])
@once
def move(request: PageRequest, pk: int) -> HttpResponse:
    """Move a task to another project, goal, department or task; its actions go along."""
    found = _found(request, pk)
    permissions.check_can_edit(found, request.person)
    form = TaskForm(request.POST or None, person=request.person, now=request.now, task=found, names=MOVED)
    if request.method == "POST":
        seen = versions.read_version(request)
        if form.is_valid():
            why = request.POST.get("why", "")[:300]
            try:
                undo = actions.move(
                    task=found,
                    values=form.cleaned_data,
                    by=request.person,
                    at=request.now,
                    version=seen,
                    why=why,
                )
            except StaleVersion as stale:
                theirs = TaskForm(person=request.person, now=request.now, task=stale.record, names=MOVED)
                return versions.conflict(request, stale, theirs=theirs, **changed_by(stale.record))
            except Refused as refused:
                form.refuse(refused)
            else:
                return _saved(request, found, _("“%(title)s” was moved.") % {"title": found.title}, undo)
    return _form(request, found, form, _("Move the task"), _("Move"), lede=_("Its actions go along."))


@login_required
@require_http_methods(["GET", "POST"])
@once
def merge(request: PageRequest, pk: int) -> HttpResponse:
    """Let a task go into another one."""
    found = _found(request, pk)
    permissions.check_can_edit(found, request.person)
    form = MergeForm(request.POST or None, person=request.person)
    if request.method == "POST":
        seen = versions.read_version(request)
        if form.is_valid():
            into = _found(request, form.cleaned_data["into"].pk)
            try:
                undo = actions.merge(task=found, into=into, by=request.person, at=request.now, version=seen)
            except Refused as refused:
                form.refuse(refused)
            else:
                words = {"title": found.title, "number": into.number}
                return _saved(request, into, _("“%(title)s” went into %(number)s.") % words, undo, found)
    lede = _(
        "Everything goes over: actions, checklist, links, helpers, tags, hours, comments, files and watchers. "
        "This task is cancelled and points to the other one."
    )
    return _form(request, found, form, _("Merge into another task"), _("Merge"), lede=lede)


@login_required
@require_http_methods(["GET", "POST"])
@once
def conversion(request: PageRequest, pk: int) -> HttpResponse:
    """Turn a task into an action, a task, a line of a checklist or a project."""
    found = _found(request, pk)
    permissions.check_can_edit(found, request.person)
    form = ConversionForm(request.POST or None, person=request.person, task=found)
    if request.method == "POST":
        seen = versions.read_version(request)
        if form.is_valid():
            try:
                return _converted(request, found, form, seen)
            except Refused as refused:
                form.refuse(_on_the_form(refused))
    return _form(request, found, form, _("Turn the task into something else"), _("Convert"))


def _on_the_form(refused: Refused) -> Refused:
    """Return the refusal of a parent as one of the field that asks for it here."""
    return Refused(refused.reason, field="of") if refused.field == "parent" else refused


def _converted(request: PageRequest, found: Task, form: ConversionForm, seen: int) -> HttpResponse:
    common: dict[str, Any] = {"by": request.person, "at": request.now}
    kind, other = form.cleaned_data["into"], form.cleaned_data["of"]
    if kind == "item":
        undo: Undo | None = actions.make_item(task=found, of=_found(request, other.pk), **common)
        text = _("“%(title)s” stands in the checklist of %(number)s now.")
        return _saved(request, other, text % {"title": found.title, "number": other.number}, undo)
    if kind == "project":
        project, undo = actions.make_project(task=found, version=seen, **common)
        text = _("The project “%(name)s” was created.") % {"name": project.name}
        address = reverse("portfolio:project", args=[project.pk])
        return saved(
            request, address, text, topics=["projects", *topics(found)], undo_url=undo_url(undo), link=address,
            link_text=_("Open"),
        )  # fmt: skip
    values = {"parent": other if kind == "action" else None}
    undo = tasks.change(task=found, values=values, version=seen, **common)
    if kind == "task":
        return _saved(
            request, found, _("“%(title)s” is a task of its own now.") % {"title": found.title}, undo
        )
    words = {"title": found.title, "number": other.number}
    return _saved(request, found, _("“%(title)s” is an action of %(number)s now.") % words, undo)


def _saved(request: PageRequest, shown: Task, text: str, undo: Undo | None, *others: Task) -> HttpResponse:
    address = reverse("work:task", args=[shown.pk])
    named = dict.fromkeys([*topics(shown), *(topic for other in others for topic in topics(other))])
    return saved(
        request, address, text, topics=list(named), undo_url=undo_url(undo), link=address, link_text=_("Open")
    )


def _form(
    request: PageRequest, found: Task, form: Any, title: str, button: str, *, lede: str = ""
) -> HttpResponse:
    context = {
        "form": form, "task": found, "rail_name": "tasks", "back": reverse("work:task", args=[found.pk]),
        "title": title, "button": button, "lede": lede, "asks_why": isinstance(form, TaskForm),
        "finds_tasks": isinstance(form, (MergeForm, ConversionForm)), "may_create": may_create(request.person),
        "q": request.POST.get("q", "")[:200],
    }  # fmt: skip
    return render(request, "work/reshape.html", context, status=422 if form.errors else 200)
