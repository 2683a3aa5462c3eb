"""The own fields of a project or a category: add, change, order, remove."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from opsloop.activity.submissions import once
from opsloop.organisation.roles import Permission
from opsloop.records.refusals import Forbidden, Refused, StaleVersion
from opsloop.web import versions
from opsloop.web.http import PageRequest, add_toast, refresh, saved
from opsloop.work import permissions
from opsloop.work.actions import customs as actions
from opsloop.work.forms.customs import CustomFieldForm
from opsloop.work.models import Category, CustomField, Project
from opsloop.work.views.answers import undo_url


@login_required
@require_http_methods(["GET", "POST"])
@once
def project_fields(request: PageRequest, pk: int) -> HttpResponse:
    """Show the own fields of a project's tasks, or add one."""
    found = get_object_or_404(Project.objects.visible_to(request.person).alive(), pk=pk)
    return _fields(request, found, reverse("work:project_fields", args=[pk]))


@login_required
@require_GET
def categories(request: PageRequest) -> HttpResponse:
    """Show the categories of work with the fields that each gives its tasks."""
    if not request.person.may(Permission.SETTINGS_MANAGE):
        raise Forbidden(_("Only administrators may change the fields of a category."))
    rows = [(one, list(one.custom_fields.current())) for one in Category.objects.all()]
    context = {"rail_name": "manage", "rows": rows, "crumbs": [(_("Manage"), reverse("organisation:manage"))]}
    return render(request, "work/categories.html", context)


@login_required
@require_http_methods(["GET", "POST"])
@once
def category_fields(request: PageRequest, pk: int) -> HttpResponse:
    """Show the own fields of a category's tasks, or add one."""
    return _fields(request, get_object_or_404(Category, pk=pk), reverse("work:category_fields", args=[pk]))


def _fields(request: PageRequest, owner: Project | Category, address: str) -> HttpResponse:
    permissions.check_can_edit_fields(owner, request.person)
    form = CustomFieldForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            field, undo = actions.add_field(owner=owner, by=request.person, at=request.now, **form.values())
        except Refused as refused:
            form.refuse(refused)
        else:
            text = _("The field “%(name)s” was added.") % {"name": field.name}
            return saved(request, address, text, topics=_topics(field), undo_url=undo_url(undo))
    own: dict[str, Any] = {"project": owner} if isinstance(owner, Project) else {"category": owner}
    fields = list(CustomField.objects.current().filter(**own))
    context = {
        "rail_name": "projects" if isinstance(owner, Project) else "manage", "owner": owner, "fields": fields,
        "form": form, "crumbs": _crumbs(owner),
    }  # fmt: skip
    return render(request, "work/fields.html", context, status=422 if form.errors else 200)


def _crumbs(owner: Project | Category) -> list[tuple[str, str]]:
    if isinstance(owner, Project):
        return [
            (_("Projects"), reverse("portfolio:projects")),
            (owner.name, reverse("portfolio:project", args=[owner.pk])),
        ]
    return [(_("Manage"), reverse("organisation:manage")), (_("Categories"), reverse("work:categories"))]


def _topics(field: CustomField) -> list[str]:
    return [f"project:{field.project_id}"] if field.project_id else ["categories"]


def _list_of(field: CustomField) -> str:
    """Return the address of the list that a field stands in."""
    if field.project_id:
        return reverse("work:project_fields", args=[field.project_id])
    return reverse("work:category_fields", args=[field.category_id])


def _field(request: PageRequest, pk: int) -> CustomField:
    rows = CustomField.objects.visible_to(request.person).current().select_related("project", "category")
    found: CustomField = get_object_or_404(rows, pk=pk)
    permissions.check_can_edit_fields(actions.owner_of(found), request.person)
    return found


@login_required
@require_http_methods(["GET", "POST"])
@once
def field(request: PageRequest, pk: int) -> HttpResponse:
    """Change an own field."""
    found = _field(request, pk)
    form = CustomFieldForm(request.POST or None, field=found)
    if request.method == "POST":
        seen = versions.read_version(request)
        if form.is_valid():
            try:
                undo = actions.change_field(
                    field=found, by=request.person, at=request.now, version=seen, **form.values()
                )
            except StaleVersion as stale:
                return versions.conflict(request, stale, theirs=CustomFieldForm(field=stale.record))
            except Refused as refused:
                form.refuse(refused)
            else:
                text = _("The field “%(name)s” was saved.") % {"name": found.name}
                return saved(request, _list_of(found), text, topics=_topics(found), undo_url=undo_url(undo))
    context = {"form": form, "field": found, "rail_name": "projects", "back": _list_of(found)}
    return render(request, "work/field_form.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def field_removal(request: PageRequest, pk: int) -> HttpResponse:
    """Take a field away; what tasks say in it is kept for its return."""
    found = _field(request, pk)
    undo = actions.remove_field(field=found, by=request.person, at=request.now)
    if request.headers.get("HX-Request") != "true":
        return redirect(_list_of(found))
    response = HttpResponse(status=204)
    response["HX-Redirect"] = _list_of(found)
    text = _("The field “%(name)s” was removed. What the tasks say in it is kept.") % {"name": found.name}
    return refresh(add_toast(response, text, undo_url=undo_url(undo)), *_topics(found))


@login_required
@require_POST
def field_place(request: PageRequest, pk: int) -> HttpResponse:
    """Put a field at another place, counted from 0."""
    found = _field(request, pk)
    place = request.POST.get("place", "")
    if not place.isascii() or not place.isdigit() or len(place) > 6:
        raise Refused(_("Say as a number where the field goes."), field="place")
    actions.move_field(field=found, place=int(place), by=request.person, at=request.now)
    if request.headers.get("HX-Request") != "true":
        return redirect(_list_of(found))
    response = HttpResponse(status=204)
    response["HX-Redirect"] = _list_of(found)
    return response
