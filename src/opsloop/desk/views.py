"""The pages that mix domains."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from opsloop.activity.submissions import once
from opsloop.calendars.actions import feeds
from opsloop.collaboration.actions import records as talks
from opsloop.collaboration.models import CommunicationRecord
from opsloop.desk import actions, queries
from opsloop.desk.feed import compose, etag_of
from opsloop.desk.openers import meeting_url, opening_of
from opsloop.engines.workcalendar import WorkCalendar
from opsloop.goals import actions as goals
from opsloop.goals.models import Goal
from opsloop.organisation.modes import modules_of
from opsloop.organisation.queries import blocks_for, current_organisation, working_calendar
from opsloop.organisation.roles import Permission
from opsloop.planning.views.finding import preview_url
from opsloop.playbooks.actions import editing
from opsloop.playbooks.models import Playbook
from opsloop.portfolio.actions import records
from opsloop.portfolio.models import KINDS as AROUND
from opsloop.records.refusals import Forbidden, Refused
from opsloop.rituals.queries import offers
from opsloop.web import limits
from opsloop.web.http import (
    PageRequest,
    add_toast,
    add_trigger,
    hx_redirect,
    hx_refresh,
    refresh,
    render_page_or_partial,
)
from opsloop.work import capture
from opsloop.work.actions import projects, tasks
from opsloop.work.models import Project, Task

LONGEST_QUERY = 100
# Of the page of results; who looks for more narrows the list of tasks.
HITS_A_KIND = 30
# Tasks whose timer the palette starts; who means another one types more of its name.
MOST_TIMED = 2
LONGEST_QUICK_ADD = 20_000


@login_required
@require_GET
def today(request: PageRequest) -> HttpResponse:
    """Show one's day: the plan beside a ranked list of at most seven, what is late, the load."""
    person = request.person
    now = request.now.astimezone(ZoneInfo(person.time_zone))
    day = now.date()
    # The next working day may lie in the next year, the last one in the year before.
    calendar = working_calendar({(day + timedelta(days=days)).year for days in (-14, 0, 14)})
    blocks = blocks_for(person, [day], calendar=calendar)
    rituals = offers(person, at=request.now, blocks=blocks, calendar=calendar)
    view = queries.today(person, at=request.now, calendar=calendar, picked=rituals.picked)
    context = {
        "rail_name": "today",
        "rituals": rituals,
        "day": day,
        "day_kind": calendar.kind_of(day),
        "day_name": calendar.name_of(day),
        "is_provisional": calendar.is_provisional(day.year),
        "view": view,
        "available": view.available(blocks),
        "greeting": _greeting(now.hour),
        "later": _later(day, calendar),
        "leads": person.may(Permission.PLAN_TEAM),
        "has_notices": "notices" in modules_of(person.organisation),
        "has_requests": "collaboration" in modules_of(person.organisation),
        "has_meetings": "meetings" in modules_of(person.organisation),
    }
    return render_page_or_partial(request, "desk/today.html", "today", context)


def _later(day: date, calendar: WorkCalendar) -> list[tuple[str, str, date]]:
    """Return to when work may be put off with one press: key, words, day. Never a day off."""
    soon = calendar.next_workday(day)
    monday = calendar.next_workday(day + timedelta(days=6 - day.weekday()))
    is_tomorrow = soon == day + timedelta(days=1)
    choices = [("m", _("Tomorrow") if is_tomorrow else _("Next working day"), soon)]
    if monday > soon:
        choices.append(("", _("Beginning of next week"), monday))
    return choices


def _greeting(hour: int) -> str:
    if hour < 11:
        return _("Good morning")
    return _("Good afternoon") if hour < 18 else _("Good evening")


@login_required
@require_GET
def palette(request: PageRequest) -> HttpResponse:
    """Answer the command palette: pages, then tasks, goals, projects and people."""
    text = _query(request)
    groups = queries.find(request.person, text, limit=5) if text else []
    views = queries.saved_views(request.person, text)
    groups = [*([views] if views.hits else []), *groups]
    context = {"places": queries.places(text)[:6], "groups": groups, "query": text}
    context["timed"] = [hit for group in groups for hit in group.hits if hit.task_id][:MOST_TIMED]
    context["may_create"] = request.person.may(Permission.WORK_CREATE)
    return render(request, "desk/palette.html", context)


@login_required
@require_GET
def search(request: PageRequest) -> HttpResponse:
    """Show everything that matches, by kind."""
    text = _query(request)
    groups = queries.find(request.person, text, limit=HITS_A_KIND, with_talk=True) if text else []
    context = {"query": text, "groups": groups, "total": sum(len(group.hits) for group in groups)}
    return render_page_or_partial(request, "desk/search.html", "results", context)


def _query(request: PageRequest) -> str:
    return request.GET.get("q", "").replace("\0", "").strip()[:LONGEST_QUERY]


@login_required
@require_http_methods(["GET", "POST"])
@once
def quick_add(request: PageRequest) -> HttpResponse:
    """Create tasks from typed lines (POST), or show the form as a page for those without scripts (GET).

    With `interrupts` it is one urgent task, and what would move for it is shown before anything moves.
    """
    if request.method == "GET":
        return render(
            request,
            "desk/quick_add.html",
            {"text": request.GET.get("text", ""), "error": "", "interrupts": False},
        )
    text, kept = _typed(request)
    try:
        if request.POST.get("interrupts"):
            proposal = actions.interrupt(text=text, kept=kept, by=request.person, at=request.now)
            return hx_redirect(request, preview_url(request.person, proposal))
        if opening := opening_of(text, request.person):
            return hx_redirect(request, opening.begin(request.person, request.now))
        made, undo = actions.quick_add(text=text, kept=kept, by=request.person, at=request.now)
    except Refused as refusal:
        return _refused(request, text, refusal)
    first = reverse("work:task", args=[made[0].pk])
    if request.headers.get("HX-Request") != "true":
        return redirect(first)
    response = HttpResponse(status=204)
    add_toast(
        response,
        _created(made),
        undo_url=reverse("activity:undo", args=[undo.pk]),
        link=first,
        link_text=_("Open"),
    )
    add_trigger(response, "quick-add:done")
    return refresh(response, "tasks")


@login_required
@require_POST
def quick_add_preview(request: PageRequest) -> HttpResponse:
    """Show as chips how each typed line is understood; creates nothing."""
    text, kept = _typed(request)
    if opening := opening_of(text, request.person):
        return render(request, "desk/quick_add_preview.html", {"opening": opening, "error": ""})
    shown = actions.lines(text)[:20]
    readings = [capture.read(line, kept=kept, by=request.person, at=request.now) for line in shown]
    offers = [
        meeting_url(line, reading, request.person) for line, reading in zip(shown, readings, strict=True)
    ]
    context = {"readings": list(zip(readings, offers, strict=True)), "error": ""}
    return render(request, "desk/quick_add_preview.html", context)


def _typed(request: PageRequest) -> tuple[str, list[str]]:
    text = request.POST.get("text", "").replace("\0", "")[:LONGEST_QUICK_ADD]
    return text, [piece.replace("\0", "") for piece in request.POST.getlist("kept")[:50]]


def _created(made: Sequence[Task]) -> str:
    # Chinese has one plural form, so a sentence of its own names the one task.
    if len(made) == 1:
        one = {"number": made[0].number, "title": made[0].title}
        return _("%(number)s “%(title)s” was created.") % one
    many = {"count": len(made), "title": made[0].title}
    return ngettext("Created: %(title)s", "%(count)s tasks created", len(made)) % many


def _refused(request: PageRequest, text: str, refusal: Refused) -> HttpResponse:
    if request.headers.get("HX-Request") == "true":
        context: dict[str, Any] = {"readings": [], "error": refusal.reason}
        return render(request, "desk/quick_add_preview.html", context, status=422)
    context = {"text": text, "error": refusal.reason, "interrupts": bool(request.POST.get("interrupts"))}
    return render(request, "desk/quick_add.html", context, status=422)


@login_required
@require_GET
def more(request: PageRequest) -> HttpResponse:
    """Show the whole menu, which a phone has no rail for."""
    return render(request, "desk/more.html", {"rail_name": "more"})


@login_required
@require_GET
def recycle_bin(request: PageRequest) -> HttpResponse:
    """Show what was deleted in the last 30 days."""
    rows = queries.binned(request.person, at=request.now)
    return render_page_or_partial(request, "desk/bin.html", "bin", {"rows": rows, "rail_name": "bin"})


@login_required
@require_POST
def restoration(request: PageRequest, kind: str, pk: int) -> HttpResponse:
    """Bring a record back from the bin."""
    if kind == "task":
        task = get_object_or_404(Task.objects.visible_to(request.person), pk=pk)
        tasks.restore(task=task, by=request.person, at=request.now)
    elif kind == "project":
        project = get_object_or_404(Project.objects.visible_to(request.person), pk=pk)
        projects.restore(project=project, by=request.person, at=request.now)
    elif kind == "goal":
        goal = get_object_or_404(Goal.objects.visible_to(request.person), pk=pk)
        goals.restore(goal=goal, by=request.person, at=request.now)
    elif kind == "playbook":
        playbook = get_object_or_404(Playbook.objects.visible_to(request.person), pk=pk)
        editing.restore(playbook=playbook, by=request.person, at=request.now)
    elif kind == "communication":
        record = get_object_or_404(CommunicationRecord.objects.visible_to(request.person), pk=pk)
        talks.restore(record=record, by=request.person, at=request.now)
    else:
        found = get_object_or_404(AROUND[kind].objects.visible_to(request.person), pk=pk)
        records.undo_remove(by=request.person, at=request.now, kind=kind, pk=found.pk)
    return add_toast(hx_refresh(request, reverse("desk:bin")), _("Restored."))


@login_required
@require_GET
def sample_page(request: PageRequest) -> HttpResponse:
    """Say what the sample department is, and let administrators remove it."""
    from opsloop.sample.build import facts as sample_facts

    current = current_organisation()
    if current is None or not current.is_demo:
        raise Http404
    context = {
        "rail_name": "",
        "facts": sample_facts(),
        "can_remove": request.person.may(Permission.SETTINGS_MANAGE),
        "time": request.now,
    }
    return render(request, "desk/sample.html", context)


@login_required
@require_POST
def sample_removal(request: PageRequest) -> HttpResponse:
    """Remove the sample with everything in it; the installation is empty again and leads to its set-up."""
    from opsloop.sample import actions as sample

    if not request.person.may(Permission.SETTINGS_MANAGE):
        raise Forbidden(_("Only administrators may remove the sample."))
    sample.remove()
    logout(request)  # the account of who asks is gone as well
    return hx_redirect(request, "/")


@require_safe
def feed(request: PageRequest, token: str) -> HttpResponse:
    """Answer one's plan, deadlines and appointments as a calendar file to whoever knows the secret link.

    No cookie is asked for or set. An unknown link, a revoked one and that of somebody disabled all answer 404.
    """
    link = feeds.link_of(token)
    # Servers of large calendar sites ask for many people, so only what finds nothing is counted by address.
    name, key, most = ("feed", link.token_hash, 60) if link else ("feed-unknown", limits.knocker(request), 30)
    if not limits.within(name, key, most=most, seconds=60):
        return HttpResponse(status=429, headers={"Retry-After": "60"})
    if link is None:
        raise Http404
    site = request.build_absolute_uri("/").rstrip("/")
    with translation.override(link.person.language):
        content = compose(link.person, at=request.now, site=site)
    feeds.note_read(link, at=request.now)
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    response["ETag"] = etag_of(content)
    response["Cache-Control"] = "private, max-age=0, must-revalidate"
    response["Content-Disposition"] = 'inline; filename="opsloop.ics"'
    return get_conditional_response(request, etag=response["ETag"], response=response) or response
