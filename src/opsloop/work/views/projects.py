"""The tasks of a project, its form and its way to the bin; the page around them is in `portfolio`."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from opsloop.activity.models import Undo
from opsloop.activity.submissions import once
from opsloop.records.refusals import Refused, StaleVersion
from opsloop.web import versions
from opsloop.web.http import PageRequest, add_toast, hx_redirect, refresh, saved
from opsloop.work import permissions
from opsloop.work.actions import projects as actions
from opsloop.work.forms.projects import ProjectForm
from opsloop.work.models import Project
from opsloop.work.queries import projects as queries
from opsloop.work.views.answers import changed_by, may_create, undo_url


def _find(request: PageRequest, pk: int) -> Project:
    rows = Project.objects.visible_to(request.person).alive()
    found: Project = get_object_or_404(
        rows.select_related("owner", "department", "goal").prefetch_related("members"), pk=pk
    )
    return found


@login_required
@require_GET
def project_tasks(request: PageRequest, pk: int) -> HttpResponse:
    """Show the tasks of a project by status, and their order; a part of its page, which stands above us."""
    found = _find(request, pk)
    context = {
        "project": found,
        "groups": queries.by_status(found, request.person),
        "dependencies": queries.dependencies(found, request.person),
        "may_create": may_create(request.person),
    }
    return render(request, "work/project_tasks.html", context)


@login_required
@require_http_methods(["GET", "POST"])
@once
def new_project(request: PageRequest) -> HttpResponse:
    """Create a project."""
    permissions.check_can_create_projects(request.person)
    initial = {"owner": request.person.pk, "department": request.person.department_id}
    form = ProjectForm(request.POST or None, person=request.person, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.create(by=request.person, at=request.now, **form.cleaned_data)
        except Refused as refused:
            form.refuse(refused)
        else:
            text = _("The project “%(name)s” was created.") % {"name": made.name}
            return saved(request, reverse("portfolio:project", args=[made.pk]), text, topics=["projects"])
    return _form(request, form, None)


@login_required
@require_http_methods(["GET", "POST"])
@once
def edit_project(request: PageRequest, pk: int) -> HttpResponse:
    """Change a project."""
    found = _find(request, pk)
    permissions.check_can_edit_project(found, request.person)
    form = ProjectForm(request.POST or None, person=request.person, project=found)
    if request.method == "POST":
        seen = versions.read_version(request)
        if form.is_valid():
            try:
                undo = actions.change(
                    project=found, values=form.cleaned_data, by=request.person, at=request.now, version=seen
                )
            except StaleVersion as stale:
                theirs = ProjectForm(person=request.person, project=stale.record)
                return versions.conflict(request, stale, theirs=theirs, **changed_by(stale.record))
            except Refused as refused:
                form.refuse(refused)
            else:
                return _saved(request, found, undo)
    return _form(request, form, found)


def _saved(request: PageRequest, found: Project, undo: Undo | None) -> HttpResponse:
    text = _("The project “%(name)s” was saved.") % {"name": found.name}
    topics = ["projects", f"project:{found.pk}"]
    return saved(
        request, reverse("portfolio:project", args=[found.pk]), text, topics=topics, undo_url=undo_url(undo)
    )


def _form(request: PageRequest, form: ProjectForm, found: Project | None) -> HttpResponse:
    back = reverse("portfolio:project", args=[found.pk]) if found else reverse("portfolio:projects")
    context = {"form": form, "project": found, "rail_name": "projects", "back": back}
    return render(request, "work/project_form.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def bin_project(request: PageRequest, pk: int) -> HttpResponse:
    """Move a project to the recycle bin; its tasks stay."""
    found = _find(request, pk)
    seen = versions.read_version(request)
    undo = actions.put_in_bin(project=found, by=request.person, at=request.now, version=seen)
    response = hx_redirect(request, reverse("portfolio:projects"))
    text = _("The project “%(name)s” was moved to the recycle bin.") % {"name": found.name}
    return refresh(add_toast(response, text, undo_url=undo_url(undo)), "projects")
