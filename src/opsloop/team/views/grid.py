"""The planner of a team: people by days, and one proposal for all of them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from opsloop.activity.models import Undo
from opsloop.activity.submissions import once
from opsloop.boards.queries.workload import FAR
from opsloop.engines.filters.dates import is_date
from opsloop.organisation.models import Person
from opsloop.organisation.queries import working_calendar
from opsloop.planning import actions
from opsloop.planning.models import Placement, Proposal
from opsloop.planning.queries import accepted
from opsloop.planning.queries.changes import preview
from opsloop.planning.weeks import monday, parse_week, week_name
from opsloop.records.refusals import Refused
from opsloop.team.actions.laying import Seen, lay
from opsloop.team.actions.proposing import accept_team, propose_team
from opsloop.team.forms import LayForm
from opsloop.team.permissions import check_can_lead
from opsloop.team.queries import grid as queries
from opsloop.team.queries.people import team_of
from opsloop.team.queries.proposals import left_open, proposal_sums, running_search, waiting_proposals
from opsloop.team.views.day import chosen_people
from opsloop.team.views.tabs import tabs
from opsloop.web.http import (
    PageRequest,
    add_toast,
    hx_redirect,
    in_drawer,
    is_fragment,
    read_id,
    refresh,
    render_page_or_partial,
    saved,
)
from opsloop.web.versions import read_version
from opsloop.work.models import Task
from opsloop.work.queries import tasks as work

# More rows are no grid any more; the page says so and offers the departments.
MOST_ROWS = 60


@login_required
@require_GET
def this_week(request: PageRequest) -> HttpResponse:
    """Go to the current week."""
    return redirect("team:week", week=week_name(timezone.localtime(request.now).date()))


@login_required
@require_GET
def week(request: PageRequest, week: str) -> HttpResponse:
    """Show people by the days of a week (`?day=` one of them, `?department=` part of the team)."""
    check_can_lead(request.person)
    start = read_week(week)
    today = timezone.localtime(request.now).date()
    team = team_of(request.person)
    wanted = read_id(request.GET.get("department"))
    people = chosen_people(team, wanted)
    days = _days(start, request.GET.get("day", ""))
    calendar = working_calendar({days[0].year, days[-1].year, today.year, (today + FAR).year})
    departments = {one.department_id: one.department for one in team if one.department}
    context: dict[str, Any] = {
        "rail_name": "team",
        "tabs": tabs("this_week"),
        "week": week,
        "is_day": len(days) == 1,
        "first": days[0],
        "last": days[-1],
        "today": today,
        "before": week_name(start - timedelta(days=7)),
        "after": week_name(start + timedelta(days=7)),
        "grid": queries.grid(request.person, people[:MOST_ROWS], days, calendar=calendar, now=request.now),
        "hidden": max(0, len(people) - MOST_ROWS),
        "departments": sorted(departments.values(), key=lambda one: one.path),
        "department": departments.get(wanted),
        "can_propose": start + timedelta(days=7) > today,
    }
    return render_page_or_partial(request, "team/plan.html", "plan", context)


def read_week(week: str) -> date:
    """Return the Monday of a week in an address; 404 for none."""
    try:
        return monday(parse_week(week))
    except ValueError as error:
        raise Http404 from error


def _days(start: date, day: str) -> list[date]:
    every = [start + timedelta(days=n) for n in range(7)]
    if not day:
        return every
    if not is_date(day) or date.fromisoformat(day) not in every:
        raise Http404
    return [date.fromisoformat(day)]


@login_required
@require_http_methods(["GET", "POST"])
@once
def laying(request: PageRequest, pk: int) -> HttpResponse:
    """Ask who shall do a task on which day (GET), or lay it there (POST `person`, `day`): drags, keys and the form."""
    task = get_object_or_404(work.editable(request.person), pk=pk)
    people = team_of(request.person)
    if request.method == "GET":
        today = timezone.localtime(request.now).date()
        initial = {"person": task.owner_id, "day": today}
        return _form(request, task, LayForm(people=people, initial=initial))
    seen = read_version(request)
    form = LayForm(request.POST, people=people)
    if not form.is_valid():
        if in_drawer(request) or request.headers.get("HX-Request") != "true":
            return _form(request, task, form)
        raise Refused(str(next(iter(form.errors.values()))[0]), field=next(iter(form.errors)))
    try:
        undo = lay(
            task=task, person=form.cleaned_data["person"], day=form.cleaned_data["day"], by=request.person,
            at=request.now, version=seen, piece=_piece(request, task), over=form.cleaned_data["over"],
        )  # fmt: skip
    except Refused as refused:
        if refused.field not in form.fields or not in_drawer(request):
            raise
        form.add_error(refused.field, refused.reason)
        return _form(request, task, form)
    text = _("“%(title)s” stands on %(day)s for %(name)s.") % {
        "title": task.title, "day": f"{form.cleaned_data['day']:%m-%d}", "name": form.cleaned_data["person"].name,
    }  # fmt: skip
    undo_url = reverse("activity:undo", args=[undo.pk])
    topics = ["tasks", f"task:{task.pk}"]
    if in_drawer(request) or request.headers.get("HX-Request") != "true":
        return saved(request, reverse("team:this_week"), text, topics=topics, undo_url=undo_url)
    return refresh(add_toast(HttpResponse(status=204), text, undo_url=undo_url), *topics)


def _piece(request: PageRequest, task: Task) -> Seen | None:
    """Return the piece that is dragged, if it is one."""
    wanted = read_id(request.POST.get("piece"))
    if wanted is None:
        return None
    rows = Placement.objects.visible_to(request.person).filter(task=task).select_related("person", "task")
    found = rows.filter(pk=wanted).first()
    if found is None:
        raise Refused(_("This piece does not stand there any more. Look at the week again."), field="piece")
    return Seen(found, read_id(request.POST.get("piece_version")) or 0)


def _form(request: PageRequest, task: Task, form: LayForm) -> HttpResponse:
    asked = request.POST if request.method == "POST" else request.GET
    context = {
        "rail_name": "team", "task": task, "form": form,
        "piece": read_id(asked.get("piece")), "piece_version": read_id(asked.get("piece_version")),
    }  # fmt: skip
    return render(request, "team/lay.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
@once
def proposal(request: PageRequest, week: str) -> HttpResponse:
    """Propose a week for the team (POST), or show what is proposed, person by person (GET)."""
    check_can_lead(request.person)
    start = read_week(week)
    people = _proposed_for(request)
    if request.method == "POST":
        propose_team(people=people, week_start=start, by=request.person, at=request.now)
        return hx_redirect(request, reverse("team:proposal", args=[week]))
    found = waiting_proposals(request.person, start)
    context: dict[str, Any] = {
        "rail_name": "team",
        "tabs": tabs("this_week"),
        "week": week,
        "first": start,
        "last": start + timedelta(days=6),
        "proposals": found,
        "sums": proposal_sums(found),
        "job": running_search(request.person, week),
        "left_open": left_open(request.person, found),
    }
    return render_page_or_partial(request, "team/proposal.html", "proposal", context)


def _proposed_for(request: PageRequest) -> list[Person]:
    team = team_of(request.person)
    wanted = read_id(request.POST.get("department"))
    return chosen_people(team, wanted)


@login_required
@require_GET
def part(request: PageRequest, pk: int) -> HttpResponse:
    """Show what one proposal would do, beside how the week stands."""
    rows = Proposal.objects.visible_to(request.person).waiting().select_related("person")
    found = get_object_or_404(rows, pk=pk)
    if not is_fragment(request):
        return redirect("team:proposal", week=week_name(found.week_start))
    current = accepted(found.person, found.week_start)
    shown = preview(found, current, request.person)
    context = {"proposal": found, "preview": shown, "week": week_name(found.week_start)}
    return render(request, "team/parts/proposed.html", context)


@login_required
@require_POST
@once
def decision(request: PageRequest, week: str) -> HttpResponse:
    """Accept proposals (`proposal`, several; with `decision=chosen` the tasks `task` of them), or put them aside."""
    ids = {pk for one in request.POST.getlist("proposal") if (pk := read_id(one))}
    found = [one for one in waiting_proposals(request.person, read_week(week)) if one.pk in ids]
    if not found:
        raise Refused(_("These proposals were decided on already. Make new ones."), field="proposal")
    url = reverse("team:proposal", args=[week])
    if request.POST.get("decision") == "dismiss":
        for one in found:
            actions.dismiss(proposal=one, by=request.person, at=request.now)
        return _decided(request, url, _("Put aside; every week stays as it is."), None)
    chosen = None
    if request.POST.get("decision") == "chosen":
        chosen = {pk for one in request.POST.getlist("task") if (pk := read_id(one))}
        if not chosen:
            raise Refused(_("Choose at least one task, or accept the whole proposal."), field="task")
    done = accept_team(proposals=found, by=request.person, at=request.now, chosen=chosen)
    if not done.people:
        raise Refused("\n".join(f"{person.name}: {why}" for person, why in done.refused))
    text = ngettext("%(n)s week is planned.", "%(n)s weeks are planned.", done.people) % {"n": done.people}
    for person, why in done.refused:
        text += f"\n{person.name}: {why}"
    return _decided(request, url, text, done.undo)


def _decided(request: PageRequest, url: str, text: str, undo: Undo | None) -> HttpResponse:
    if request.headers.get("HX-Request") != "true":
        return redirect(url)
    undo_url = reverse("activity:undo", args=[undo.pk]) if undo else ""
    return refresh(add_toast(HttpResponse(status=204), text, undo_url=undo_url), "proposals", "tasks")
