"""The week of a person as a calendar, with the tray beside it; or the waiting proposal for it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from opsloop.organisation.models import Person
from opsloop.organisation.roles import Permission
from opsloop.planning import room
from opsloop.planning.drawing import draw
from opsloop.planning.models import Proposal
from opsloop.planning.permissions import can_plan, check_can_plan
from opsloop.planning.queries.calendar import Calendar, calendar
from opsloop.planning.queries.changes import Preview, preview
from opsloop.planning.queries.tray import tray
from opsloop.planning.queries.veil import veiled
from opsloop.planning.queries.weeks import accepted
from opsloop.planning.remedies import Remedy, against, remedies
from opsloop.planning.views.finding import planned_person, week_start, week_url
from opsloop.planning.weeks import week_name
from opsloop.web.http import PageRequest, render_page_or_partial
from opsloop.work.models import Task


@login_required
@require_GET
def this_week(request: PageRequest) -> HttpResponse:
    """Go to one's own current week."""
    today = request.now.astimezone(ZoneInfo(request.person.time_zone)).date()
    return redirect("planning:week", week=week_name(today))


@login_required
@require_GET
def week(request: PageRequest, week: str, person_pk: int | None = None) -> HttpResponse:
    """Show a week as it was accepted, or the waiting proposal for it (`?proposal=1`); `?day=` one day of it."""
    start = week_start(week)
    person = planned_person(request, person_pk)
    proposal = _waiting(request, person, start)
    shown, found = _calendar(request, person, start, proposal)
    plans = can_plan(person, request.person)
    here = week_url(request.person, person, week)
    today = request.now.astimezone(ZoneInfo(person.time_zone)).date()
    day = _day(request, found)
    now = request.now.astimezone(ZoneInfo(person.time_zone))
    why_url = reverse("planning:reasons", args=[person.pk, week, 0])
    is_movable = plans and proposal is None
    days = [
        (one, draw(one.pieces, first=found.first, now=now, is_movable=is_movable, reasons=why_url))
        for one in found.days
        if day in (None, one.day)
    ]
    context = {
        "rail_name": "plan",
        "planned_person": person,
        "is_own": person.pk == request.person.pk,
        "week": week,
        "here": here,
        "week_start": start,
        "week_end": start + timedelta(days=6),
        "previous_url": week_url(request.person, person, week_name(start - timedelta(days=7))),
        "next_url": week_url(request.person, person, week_name(start + timedelta(days=7))),
        "calendar": found,
        "days": days,
        "day": day,
        "opening": _opening(found, today, day),
        "offset": 1 - found.first,
        "rows": found.last - found.first,
        "today": today,
        "proposal": proposal,
        "preview": shown,
        "is_interruption": bool(proposal and proposal.content.get("is_interruption")),
        "sacrifices": _sacrifices(found, shown, request.now),
        "fixed": _fixed(person, shown, request),
        **_helped(shown, found, now),
        "what_if_url": reverse("planning:what_if", args=[person.pk, week]),
        "style_url": reverse("planning:style", args=[person.pk, week]),
        "can_plan": plans,
        "has_tray": plans and proposal is None,
        "leads": request.person.reaches.departments(Permission.PLAN_TEAM) != frozenset(),
        "words": _words(),
    }
    return render_page_or_partial(request, "planning/week.html", "week", context)


@login_required
@require_GET
def waiting(request: PageRequest, person_pk: int) -> HttpResponse:
    """Show the tray: what of a person's open work has no place yet. The page of the week loads it."""
    person = planned_person(request, person_pk)
    check_can_plan(person, request.person)
    today = request.now.astimezone(ZoneInfo(person.time_zone)).date()
    context = {
        "rail_name": "plan",
        "planned_person": person,
        "tray": tray(person, at=request.now),
        "week": week_name(today),
        "week_url": week_url(request.person, person, week_name(today)),
    }
    return render_page_or_partial(request, "planning/tray.html", "tray", context)


@login_required
@require_GET
def colleagues(request: PageRequest, week: str) -> HttpResponse:
    """List the people whose week one may plan, for the menu of the page; at most 30."""
    week_start(week)
    reach = request.person.reaches.departments(Permission.PLAN_TEAM)
    people = Person.objects.active().exclude(pk=request.person.pk).order_by("name")
    found = people if reach is None else people.filter(department_id__in=reach)
    return render(request, "planning/colleagues.html", {"colleagues": found[:30], "week": week})


def _calendar(
    request: PageRequest, person: Person, start: date, proposal: Proposal | None
) -> tuple[Preview | None, Calendar]:
    current = accepted(person, start)
    if proposal is not None:
        shown = preview(proposal, current, request.person)
        return shown, calendar(
            person, start, shown.pieces, ghosts=shown.ghosts, by=request.person, at=request.now
        )
    if person.pk != request.person.pk:
        current = veiled(current, [], request.person)[0]
    return None, calendar(person, start, current, by=request.person, at=request.now)


def _day(request: PageRequest, found: Calendar) -> date | None:
    """Return the day the address asks for, if it is one of the shown ones."""
    asked = request.GET.get("day", "")
    return next((one.day for one in found.days if one.day.isoformat() == asked), None)


def _sacrifices(found: Calendar, shown: Preview | None, at: datetime) -> list[Task]:
    """Return the tasks that might give way for an interruption: those with free pieces ahead."""
    if shown is None or shown.only is None:
        return []
    pieces = [piece for day in found.days for piece in (*day.ghosts, *day.pieces)]
    free = [piece for piece in pieces if piece.placement and not piece.is_pinned and piece.starts_at > at]
    tasks = {piece.task.pk: piece.task for piece in free if piece.task.pk != shown.only.pk}
    return list(tasks.values())


def _fixed(person: Person, shown: Preview | None, request: PageRequest) -> list[room.Taken]:
    """Return what is fixed between now and when the urgent task is due: pinned pieces and appointments."""
    if shown is None or shown.only is None:
        return []
    now = request.now
    until, zone = shown.only.due_at or now + timedelta(days=1), ZoneInfo(person.time_zone)
    pinned = [
        room.Taken(piece.starts_at, piece.ends_at, piece.task.title)
        for piece in shown.pieces
        if piece.is_pinned
        and piece.ends_at > now
        and piece.starts_at < until
        and piece.task.pk != shown.only.pk
    ]
    busy = room.busy(person, (now, until), by=request.person) if now < until else []
    local = [
        room.Taken(one.starts_at.astimezone(zone), one.ends_at.astimezone(zone), one.label) for one in busy
    ]
    return sorted([*pinned, *local], key=lambda one: one.starts_at)


def _helped(shown: Preview | None, found: Calendar, now: datetime) -> dict[str, list[Any]]:
    """Return what is late, left out or overloaded in a proposal, each with what would help."""
    if shown is None:
        return {"late": [], "unplaced": [], "overloads": []}
    days = [one.day for one in found.days if one.available and one.day >= now.date()]

    def helps(task: Task, lacks: int, late: int = 0, *, cut: bool = False) -> list[Remedy]:
        # Of a task that is hidden from the viewer nothing can be changed.
        if not task.number:
            return []
        return remedies(task, cut=cut, lacks=lacks, late=late, due=task.due_at, days=days, now=now)

    return {
        "late": [(one, helps(one.task, one.lacks, one.minutes)) for one in shown.late],
        "unplaced": [(one, helps(one.task, one.lacks, cut=one.is_whole)) for one in shown.unplaced],
        "overloads": [(one, against(one.tasks, one.missing, one.due, days, now)) for one in shown.overloads],
    }


def _opening(found: Calendar, today: date, day: date | None) -> date | None:
    """Return the day a phone opens with: the one asked for, today, or the first."""
    days = [one.day for one in found.days]
    return day or (today if today in days else next(iter(days), None))


def _waiting(request: PageRequest, person: Person, start: date) -> Proposal | None:
    if "proposal" not in request.GET:
        return None
    rows = Proposal.objects.visible_to(request.person).waiting().select_related("person")
    rows = rows.filter(person=person, week_start=start, content__has_key="standing")
    return rows.order_by("-pk").first()


def _words() -> dict[str, str]:
    """Return the sentences of the island."""
    return {
        "moved": _("{title}: {day}, {start} to {end}."),
        "offHours": _("{title}: {day}, {start} to {end}, outside of working time."),
        "back": _("{title} is back where it was."),
        "offline": _("No connection. The piece is back where it was; try again."),
        "taken": _("“{title}” stands there. Choose a free time."),
    }
