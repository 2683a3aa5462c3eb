"""The scope map, who takes on a blank of it, and the work modules that are its columns."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from opsloop.activity.submissions import once
from opsloop.goals import actions, forms, permissions
from opsloop.goals.models import Goal, Module
from opsloop.goals.queries import goals as queries
from opsloop.goals.queries import scope
from opsloop.goals.views.answers import changed_by, find, topics, undo_url
from opsloop.organisation.models import Department
from opsloop.organisation.roles import Permission
from opsloop.records.refusals import Refused, StaleVersion
from opsloop.web import versions
from opsloop.web.http import PageRequest, add_toast, read_id, refresh, render_page_or_partial, saved


@login_required
@require_GET
def scope_map(request: PageRequest) -> HttpResponse:
    """Show departments × work modules with overlaps and blanks; the open tasks of the cells come from `work`."""
    context = {
        "rail_name": "goals",
        "map": scope.scope_map(request.person),
        "may_create": request.person.may(Permission.WORK_CREATE),
        "may_arrange": request.person.may(Permission.GOAL_EDIT),
    }
    return render_page_or_partial(request, "goals/map.html", "scope-map", context)


@login_required
@require_http_methods(["GET", "POST"])
@once
def assignment(request: PageRequest) -> HttpResponse:
    """Let a department take on a module: with one of its goals, or with a new one."""
    module = get_object_or_404(Module, pk=read_id(request.GET.get("module")) or 0)
    department = _department(request)
    goals = queries.visible(request.person).filter(status=Goal.Status.ACTIVE, department=department)
    if request.method == "POST":
        return _assign(request, module)
    offered = [one for one in goals.order_by("due_on", "pk") if permissions.can_edit(one, request.person)]
    context = {
        "rail_name": "goals", "module": module, "department": department,
        "offered": [one for one in offered if one.module_id != module.pk],
        "may_create": request.person.may(Permission.WORK_CREATE),
    }  # fmt: skip
    return render(request, "goals/assignment.html", context)


def _department(request: PageRequest) -> Department | None:
    """Return the department of the address; none of them is the whole organisation."""
    text = request.GET.get("department", "")
    if not text:
        return None
    found: Department = get_object_or_404(
        Department.objects.visible_to(request.person), pk=read_id(text) or 0
    )
    return found


def _assign(request: PageRequest, module: Module) -> HttpResponse:
    found = find(request, read_id(request.POST.get("goal")) or 0)
    seen = versions.read_version(request)
    try:
        undo = actions.change(
            goal=found, values={"module": module}, by=request.person, at=request.now, version=seen
        )
    except StaleVersion as stale:
        theirs = forms.GoalForm(person=request.person, goal=stale.record)
        return versions.conflict(request, stale, theirs=theirs, **changed_by(stale.record))
    text = _("“%(goal)s” now stands in %(module)s.") % {"goal": found.title, "module": module.name}
    return saved(request, reverse("goals:map"), text, topics=topics(found.pk), undo_url=undo_url(undo))


@login_required
@require_http_methods(["GET", "POST"])
@once
def modules(request: PageRequest) -> HttpResponse:
    """List the work modules, and add one."""
    permissions.check_can_arrange(request.person)
    form = forms.ModuleForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.add_module(name=form.cleaned_data["name"], by=request.person, at=request.now)
        except Refused as refused:
            form.add_error(refused.field, refused.reason)
        else:
            text = _("The module “%(name)s” was added.") % {"name": made.name}
            return _modules(request, forms.ModuleForm(), text)
    return _modules(request, form, "")


def _modules(request: PageRequest, form: forms.ModuleForm, text: str) -> HttpResponse:
    context = {"rail_name": "goals", "form": form, "modules": list(Module.objects.all())}
    response = render(request, "goals/modules.html", context, status=422 if form.errors else 200)
    return refresh(add_toast(response, text), "goals") if text else response


@login_required
@require_POST
def module(request: PageRequest, pk: int) -> HttpResponse:
    """Rename a work module or move it; with `verb=remove`, remove one that nothing stands in."""
    permissions.check_can_arrange(request.person)
    found = Module.objects.filter(pk=pk).first()
    if found is None:
        raise Http404
    seen = versions.read_version(request)
    text = _("The module “%(name)s” was removed.") % {"name": found.name}
    try:
        if request.POST.get("verb") == "remove":
            actions.remove_module(module=found, by=request.person, at=request.now, version=seen)
        else:
            form = forms.ModuleForm(request.POST)
            if not form.is_valid():
                return _modules(request, form, "")
            place = form.cleaned_data["position"]
            actions.change_module(
                module=found, name=form.cleaned_data["name"], by=request.person, at=request.now, version=seen,
                position=found.position if place is None else place - 1,
            )  # fmt: skip
            text = _("The module “%(name)s” was saved.") % {"name": found.name}
    except StaleVersion as stale:
        return versions.plain_conflict(request, stale)
    return _modules(request, forms.ModuleForm(), text)
