"""The page of the team's day."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from opsloop.boards.queries.workload import FAR, people_of
from opsloop.organisation.models import Person
from opsloop.organisation.queries import working_calendar
from opsloop.organisation.roles import Permission
from opsloop.planning.weeks import week_name
from opsloop.team.permissions import can_lead
from opsloop.team.queries import absences as absence_queries
from opsloop.team.queries import day as queries
from opsloop.team.views.tabs import tabs
from opsloop.web.http import PageRequest, is_fragment, read_id, render_page_or_partial


@login_required
@require_GET
def today(request: PageRequest) -> HttpResponse:
    """Show a line a person, or the departments with their sums when they are many (`?department=` one of them)."""
    people = people_of(request.person, "all")
    wanted = read_id(request.GET.get("department"))
    chosen = chosen_people(people, wanted)
    day = timezone.localtime(request.now).date()
    # Far enough for work that is spread until it is due.
    calendar = working_calendar({day.year, (day + FAR).year})
    lines = queries.team_day(request.person, chosen, calendar=calendar, now=request.now)
    departments = {one.department_id: one.department for one in people if one.department}
    context: dict[str, Any] = {
        "rail_name": "team",
        "day": day,
        "day_kind": calendar.kind_of(day),
        "day_name": calendar.name_of(day),
        "week": week_name(day),
        "lines": lines,
        "counts": queries.counted(lines),
        "groups": queries.grouped(lines) if wanted is None and is_wide(request.person, people) else [],
        "departments": sorted(departments.values(), key=lambda one: one.path),
        "department": departments.get(wanted),
        "tabs": tabs("today") if can_lead(request.person) else [],
    }
    if request.GET.get("part") == "lines" and is_fragment(request):
        return render(request, "team/parts/lines.html", context)
    return render_page_or_partial(request, "team/today.html", "rows", context)


@login_required
@require_GET
def absences(request: PageRequest) -> HttpResponse:
    """Show who is away soon, and what should be handed over before."""
    people = people_of(request.person, "all")
    found = absence_queries.absences(request.person, people, now=request.now)
    context = {"rail_name": "team", "tabs": tabs("absences"), "absences": found}
    return render_page_or_partial(request, "team/absences.html", "absences", context)


def is_wide(person: Person, people: list[Person]) -> bool:
    """Whether so many are looked at that departments come first."""
    return person.reaches.departments(Permission.PLAN_TEAM) is None or len(people) > queries.FLAT


def chosen_people(people: list[Person], department: int | None) -> list[Person]:
    """Return those of `people` who belong to a department, all without one; 404 for one that has none of them."""
    chosen = [one for one in people if department is None or one.department_id == department]
    if not chosen:
        raise Http404
    return chosen
