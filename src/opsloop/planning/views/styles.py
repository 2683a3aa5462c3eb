"""What matters more in plans: sliders whose effect on one's own week is seen before anything is saved."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from opsloop.activity.submissions import once
from opsloop.engines import blocks, scheduling
from opsloop.engines.scheduling import LEANINGS, Style
from opsloop.organisation.models import Department, Person
from opsloop.planning import recent
from opsloop.planning.actions.styles import FIELDS, set_style
from opsloop.planning.forms.trying import StyleForm
from opsloop.planning.permissions import check_can_plan, check_can_style
from opsloop.planning.proposals import Week, solve
from opsloop.planning.queries.effects import effect
from opsloop.planning.styles import Chosen, style_above, style_for
from opsloop.planning.trials import Outcome, difference
from opsloop.planning.views.finding import planned_person, undo_url, week_start, week_url
from opsloop.planning.weeks import week_name
from opsloop.web.http import PageRequest, read_id, saved


@login_required
@require_GET
def own_style(request: PageRequest) -> HttpResponse:
    """Go to one's own sliders, their effect shown in the current week."""
    return redirect("planning:style", person_pk=request.person.pk, week=_now(request))


@login_required
@require_http_methods(["GET", "POST"])
@once
def style(request: PageRequest, week: str, person_pk: int) -> HttpResponse:
    """Show a person's sliders beside what they would change in a week (GET), or keep them (POST)."""
    person = planned_person(request, person_pk)
    check_can_plan(person, request.person)
    week_start(week)
    above = style_above(person.department)
    address = reverse("planning:style", args=[person.pk, week])
    back = week_url(request.person, person, week)
    return _edit(request, style_for(person), above, address=address, back=back, week=week, person=person)


@login_required
@require_http_methods(["GET", "POST"])
@once
def organisation_style(request: PageRequest) -> HttpResponse:
    """Set what counts for everybody who has not chosen otherwise."""
    check_can_style(person=None, department=None, by=request.person)
    address = reverse("planning:organisation_style")
    return _edit(
        request, style_above(None), Chosen(Style(), 0), address=address, back=address, week=_now(request)
    )


@login_required
@require_http_methods(["GET", "POST"])
@once
def department_style(request: PageRequest, pk: int) -> HttpResponse:
    """Set what counts for the people of a department who have not chosen otherwise."""
    department = get_object_or_404(
        Department.objects.visible_to(request.person).select_related("parent"), pk=pk
    )
    check_can_style(person=None, department=department, by=request.person)
    address = reverse("planning:department_style", args=[pk])
    back = reverse("organisation:department", args=[pk])
    return _edit(
        request, style_above(department), style_above(department.parent), address=address, back=back,
        week=_now(request), department=department,
    )  # fmt: skip


def _now(request: PageRequest) -> str:
    return week_name(request.now.astimezone(ZoneInfo(request.person.time_zone)).date())


def _edit(
    request: PageRequest,
    chosen: Chosen,
    above: Chosen,
    *,
    address: str,
    back: str,
    week: str,
    person: Person | None = None,
    department: Department | None = None,
) -> HttpResponse:
    form = StyleForm(request.POST if request.method == "POST" else None, initial=_levels(chosen))
    if request.method == "POST":
        seen = read_id(request.POST.get("version"))
        if request.POST.get("decision") == "above":
            values: dict[str, int | None] = dict.fromkeys(FIELDS)
        elif form.is_valid():
            values = _own(form, above)
        else:
            values = {}
        if values:
            undo = set_style(
                values=values,
                by=request.person,
                at=request.now,
                version=seen,
                person=person,
                department=department,
            )
            return saved(
                request, back, _("Kept. Proposals from now on go by it; nothing has moved."),
                topics=["proposals"], undo_url=undo_url(undo),
            )  # fmt: skip
    tried = person or request.person
    context: dict[str, Any] = {
        "rail_name": "plan" if person else "manage",
        "form": form,
        "address": address,
        "back": back,
        "owner": str(person or department or ""),
        "is_own": bool(person and person.pk == request.person.pk),
        "has_own": chosen.own is not None,
        "version": chosen.own.version if chosen.own else "",
        "effect_url": reverse("planning:style_effect", args=[tried.pk, week]),
    }
    return render(request, "planning/style.html", context, status=422 if form.errors else 200)


def _own(form: StyleForm, above: Chosen) -> dict[str, int | None]:
    """Return what was chosen; what is as above stays open, so that a change there counts here too."""
    usual = _levels(above)
    return {name: None if value == usual[name] else value for name, value in form.cleaned_data.items()}


def _levels(chosen: Chosen) -> dict[str, int]:
    return {**{name: getattr(chosen.style, name) for name in LEANINGS}, "flex_percent": chosen.flex}


@login_required
@require_GET
def style_effect(request: PageRequest, week: str, person_pk: int) -> HttpResponse:
    """Show how the proposal for a week would change with the sliders of the query; nothing is written."""
    person = planned_person(request, person_pk)
    check_can_plan(person, request.person)
    read = recent.read(person, week_start(week), at=request.now)
    form = StyleForm({**_levels(read.week.chosen), **request.GET.dict()})
    context: dict[str, Any] = {"effect": None, "is_first": False, "form": form}
    if form.is_valid():
        context["is_first"] = form.cleaned_data == _levels(read.week.chosen)
        tried = _styled(read.week, form.style, form.cleaned_data["flex_percent"])
        plan = solve(tried, tried.movable, effort=recent.effort(tried))
        found = difference(Outcome(read.week, read.plan), Outcome(tried, plan))
        context["effect"] = effect(found, request.person)
    return render(request, "planning/style_effect.html", context)


def _styled(week: Week, chosen: Style, flex: int) -> Week:
    worker = scheduling.Person(
        id=week.worker.id, blocks=blocks.keep_flexible(week.plain, flex), busy=week.worker.busy
    )
    return replace(week, weights=chosen.weights(), worker=worker)
