"""The department tree."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from opsloop.activity.submissions import once
from opsloop.organisation.actions import departments as actions
from opsloop.organisation.forms.organisation import DepartmentForm
from opsloop.organisation.history import entries_of
from opsloop.organisation.models import Department
from opsloop.organisation.queries.departments import flat, tree
from opsloop.organisation.roles import Permission
from opsloop.organisation.views.answers import attempt, conflict, needs
from opsloop.records.refusals import StaleVersion
from opsloop.web import versions
from opsloop.web.http import PageRequest, saved


@login_required
@require_GET
def department_list(request: PageRequest) -> HttpResponse:
    """The tree with people, leads and vacancies."""
    manages = request.person.may(Permission.DEPARTMENTS_MANAGE)
    with_closed = manages and request.GET.get("closed") == "1"
    rows = list(flat(tree(request.person, with_closed=with_closed)))
    context = {
        "rail_name": "people",
        "rows": rows,
        "manages": manages,
        "with_closed": with_closed,
        "people": sum(node.own for _depth, node in rows),
        "vacancies": sum(node.vacancies for _depth, node in rows),
        "unled": sum(1 for _depth, node in rows if node.own and not node.leads),
    }
    return render(request, "organisation/departments.html", context)


def _list_url() -> str:
    return reverse("organisation:departments")


@login_required
@needs(Permission.DEPARTMENTS_MANAGE)
@require_http_methods(["GET", "POST"])
@once
def new_department(request: PageRequest) -> HttpResponse:
    """Add a department."""
    form = DepartmentForm(
        request.POST or None, by=request.person, initial={"parent": request.GET.get("parent")}
    )
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        made = attempt(form, lambda: actions.create(**data, by=request.person, at=request.now))
        if made:
            text = _("“%(name)s” was created.") % {"name": made.name}
            return saved(request, _list_url(), text, topics=["departments"])
    context = {"rail_name": "people", "form": form}
    return render(request, "organisation/department_new.html", context, status=422 if form.errors else 200)


@login_required
@needs(Permission.DEPARTMENTS_MANAGE)
@require_http_methods(["GET", "POST"])
@once
def department(request: PageRequest, pk: int) -> HttpResponse:
    """Rename, move or close a department."""
    by = request.person
    found = get_object_or_404(Department.objects.visible_to(by).select_related("parent"), pk=pk)
    form = DepartmentForm(request.POST or None, by=by, department=found)
    if request.method == "POST":
        seen = versions.read_version(request)
        if form.is_valid():
            try:
                data = form.cleaned_data
                done = attempt(
                    form,
                    lambda: actions.change(
                        department=found, values=data, by=by, at=request.now, version=seen
                    ),
                )
            except StaleVersion as stale:
                theirs = DepartmentForm(by=by, department=stale.record)
                return conflict(request, stale, theirs=theirs, subject_kind="department")
            if done:
                return saved(request, _list_url(), _("Saved."), topics=["departments"])
            found.refresh_from_db()
    context = {
        "rail_name": "people",
        "form": form,
        "department": found,
        "history": entries_of("department", found.pk, limit=8),
    }
    return render(request, "organisation/department.html", context, status=422 if form.errors else 200)


@login_required
@needs(Permission.DEPARTMENTS_MANAGE)
@require_POST
@once
def department_closure(request: PageRequest, pk: int) -> HttpResponse:
    """Close a department."""
    found = get_object_or_404(Department.objects.visible_to(request.person), pk=pk)
    actions.close(department=found, by=request.person, at=request.now, version=versions.read_version(request))
    text = _("“%(name)s” is closed.") % {"name": found.name}
    return saved(request, _list_url(), text, topics=["departments"])


@login_required
@needs(Permission.DEPARTMENTS_MANAGE)
@require_POST
@once
def department_opening(request: PageRequest, pk: int) -> HttpResponse:
    """Open a closed department again."""
    found = get_object_or_404(Department.objects.visible_to(request.person), pk=pk)
    actions.reopen(
        department=found, by=request.person, at=request.now, version=versions.read_version(request)
    )
    text = _("“%(name)s” is open again.") % {"name": found.name}
    return saved(request, _list_url(), text, topics=["departments"])
