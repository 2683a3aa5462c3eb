"""Who does what: the matrix of a project (RACI), and the roles of one task."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from opsloop.engines import raci
from opsloop.engines.language.readings import alphabetical
from opsloop.organisation.models import Person
from opsloop.records.refusals import Refused
from opsloop.web.http import PageRequest, add_toast, read_id, refresh, render_page_or_partial
from opsloop.work import permissions
from opsloop.work.actions import roles as actions
from opsloop.work.models import Project, Responsibility, Task
from opsloop.work.queries import roles as queries
from opsloop.work.queries import tasks as tasks_queries
from opsloop.work.views.answers import topics, undo_url


def _project(request: PageRequest, pk: int) -> Project:
    rows = (
        Project.objects.visible_to(request.person).alive().select_related("owner").prefetch_related("members")
    )
    found: Project = get_object_or_404(rows, pk=pk)
    return found


@login_required
@require_GET
def raci_matrix(request: PageRequest, pk: int) -> HttpResponse:
    """Show who does what in a project, all of it or what is wrong."""
    return _matrix(request, _project(request, pk))


def _matrix(request: PageRequest, found: Project) -> HttpResponse:
    only_bad = (request.POST.get("view") or request.GET.get("view")) == "problems"
    matrix = queries.matrix(found, request.person)
    address = reverse("work:raci", args=[found.pk])
    context = {
        "rail_name": "projects",
        "project": found,
        "crumbs": [
            (_("Projects"), reverse("portfolio:projects")),
            (found.name, reverse("portfolio:project", args=[found.pk])),
        ],
        "matrix": matrix,
        "rows": [row for row in matrix.rows if row.problems or not only_bad],
        "view": "problems" if only_bad else "",
        "tabs": [
            {"label": _("All tasks"), "url": address, "current": not only_bad, "count": None},
            {
                "label": _("Problems"),
                "url": f"{address}?view=problems",
                "current": only_bad,
                "count": matrix.bad,
            },
        ],
        "legend": Responsibility.Role.choices,
        "may_edit": permissions.can_edit_project(found, request.person),
        "others": _others(request, matrix),
    }
    return render_page_or_partial(request, "work/raci.html", "raci", context)


def _others(request: PageRequest, matrix: queries.Matrix) -> list[tuple[int, str]]:
    """Return who could be given a role and has no column yet."""
    shown = [one.pk for one in matrix.people]
    people = Person.objects.visible_to(request.person).filter(is_active=True).exclude(pk__in=shown)
    return list(people.values_list("pk", "name"))


@login_required
@require_POST
def raci_roles(request: PageRequest, pk: int) -> HttpResponse:
    """Give one person a role of the project or of one of its tasks: `cell` is row:person:role."""
    found = _project(request, pk)
    row, who, role = _cell(request)
    record: Project | Task = found
    if row != "project":
        rows = tasks_queries.editable(request.person).filter(project=found)
        record = get_object_or_404(rows, pk=read_id(row) or 0)
    person = get_object_or_404(Person.objects.visible_to(request.person), pk=who)
    undo = actions.set_role(record=record, person=person, role=role, by=request.person, at=request.now)
    if request.headers.get("HX-Request") != "true":
        return redirect("work:raci", pk=pk)
    response = _matrix(request, found)
    if undo:
        add_toast(response, _said(person, role), undo_url=undo_url(undo))
    return refresh(response, f"project:{pk}")


def _cell(request: PageRequest) -> tuple[str, int, str]:
    """Return row, person and role, from one button or from a small form of three fields."""
    parts = request.POST.get("cell", "").split(":")
    if len(parts) != 3:
        parts = [request.POST.get(name, "") for name in ("row", "person", "role")]
    who = read_id(parts[1])
    if who is None:
        raise Refused(_("Choose a person."), field="person")
    return parts[0], who, parts[2]


def _said(person: Person, role: str) -> str:
    if not role:
        return _("%(name)s has no role here any more.") % {"name": person.name}
    words = {"name": person.name, "role": Responsibility.Role(role).label}
    return _("%(name)s: %(role)s.") % words


@login_required
@require_http_methods(["GET", "POST"])
def roles(request: PageRequest, pk: int) -> HttpResponse:
    """Show the roles of one task (GET), or give somebody one of them (POST)."""
    found = get_object_or_404(tasks_queries.editable(request.person), pk=pk)
    permissions.check_can_set_roles(found, request.person)
    if request.method == "POST":
        who = read_id(request.POST.get("person"))
        person = get_object_or_404(Person.objects.visible_to(request.person), pk=who or 0)
        role = request.POST.get("role", "")
        undo = actions.set_role(record=found, person=person, role=role, by=request.person, at=request.now)
        if request.headers.get("HX-Request") != "true":
            return redirect("work:roles", pk=pk)
        response = _roles(request, found)
        if undo:
            add_toast(response, _said(person, role), undo_url=undo_url(undo))
        return refresh(response, *topics(found))
    return _roles(request, found)


def _roles(request: PageRequest, found: Task) -> HttpResponse:
    given = {one.person_id: one for one in found.responsibilities.select_related("person")}
    people = [(one.person, one.role) for one in given.values()]
    if found.owner is not None and found.owner_id not in given:
        people.insert(0, (found.owner, ""))
    held = [one.role for one in given.values()] + (
        ["R"] if found.owner_id and found.owner_id not in given else []
    )
    free = Person.objects.visible_to(request.person).filter(is_active=True).exclude(pk__in=given)
    others = sorted(free.values_list("pk", "name"), key=lambda row: alphabetical(row[1]))
    context = {
        "task": found, "rail_name": "tasks", "people": people, "legend": Responsibility.Role.choices,
        "problems": [queries.PROBLEMS[code] for code in raci.violations(held)] if given else [],
        "others": others, "back": reverse("work:task", args=[found.pk]),
    }  # fmt: skip
    return render_page_or_partial(request, "work/roles.html", "roles", context)


@login_required
@require_GET
def other_tasks(request: PageRequest, pk: int) -> HttpResponse:
    """Suggest tasks to merge into or to stand in; a press takes the number over."""
    found = get_object_or_404(tasks_queries.editable(request.person), pk=pk)
    hits = tasks_queries.suggestions(request.person, request.GET.get("q", "")[:100], besides=found, role="")
    return render(request, "work/other_tasks.html", {"task": found, "hits": hits})
