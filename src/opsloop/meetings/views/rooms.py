"""Rooms: who has which when, day by day; and, for administrators, which there are."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from opsloop.activity.submissions import once
from opsloop.meetings import permissions
from opsloop.meetings.actions import rooms as actions
from opsloop.meetings.forms import RoomForm
from opsloop.meetings.models import Room
from opsloop.meetings.queries import rooms as queries
from opsloop.meetings.views.finding import crumbs
from opsloop.notices.views.finding import open_departments, zone_here
from opsloop.organisation.views.answers import attempt
from opsloop.records.refusals import StaleVersion
from opsloop.web import versions
from opsloop.web.http import PageRequest, render_page_or_partial, saved
from opsloop.web.versions import read_version


@login_required
@require_GET
def rooms(request: PageRequest) -> HttpResponse:
    """Show one day of all rooms: when each is taken, by what as far as one may know."""
    today = timezone.localtime(request.now).date()
    day = _day(request.GET.get("day", ""), today)
    since = datetime.combine(day, time(), tzinfo=zone_here())
    context = {
        "rail_name": "meetings",
        "crumbs": crumbs(),
        "day": day,
        "today": today,
        "before": day - timedelta(days=1),
        "after": day + timedelta(days=1),
        "hours": [(hour, (since + timedelta(hours=hour)).isoformat()) for hour in queries.HOURS],
        "lines": queries.day(request.person, since),
        "may_manage": permissions.can(permissions.check_can_manage_rooms, request.person),
        "may_call": permissions.can(permissions.check_may_call, request.person),
    }
    return render_page_or_partial(request, "meetings/rooms.html", "rooms", context)


def _day(text: str, otherwise: date) -> date:
    try:
        found = date.fromisoformat(text[:10])
    except ValueError:
        return otherwise
    return found if 2000 <= found.year <= 2100 else otherwise


@login_required
@require_http_methods(["GET", "POST"])
@once
def new(request: PageRequest) -> HttpResponse:
    """Add a room."""
    permissions.check_can_manage_rooms(request.person)
    form = RoomForm(request.POST if request.method == "POST" else None, departments=open_departments())
    if request.method == "POST" and form.is_valid():
        made = attempt(form, lambda: actions.add(values=form.cleaned_data, by=request.person, at=request.now))
        if made:
            return saved(request, reverse("meetings:rooms"), _("The room was added."), topics=["rooms"])
    return _page(request, form)


def _page(request: PageRequest, form: RoomForm, room: Room | None = None) -> HttpResponse:
    context: dict[str, Any] = {
        "rail_name": "meetings", "crumbs": crumbs((_("Rooms"), reverse("meetings:rooms"))), "form": form, "room": room,
    }  # fmt: skip
    return render(request, "meetings/room.html", context, status=422 if form.errors else 200)


def _find(request: PageRequest, pk: int) -> Room:
    permissions.check_can_manage_rooms(request.person)
    rows = Room.objects.visible_to(request.person).current().select_related("department")
    found: Room = get_object_or_404(rows, pk=pk)
    return found


@login_required
@require_http_methods(["GET", "POST"])
@once
def room(request: PageRequest, pk: int) -> HttpResponse:
    """Show a room to administrators (GET), or change it (POST)."""
    found = _find(request, pk)
    form = RoomForm(
        request.POST if request.method == "POST" else None, room=found, departments=open_departments()
    )
    if request.method == "POST":
        seen = read_version(request)
        if form.is_valid():
            try:
                done = attempt(
                    form,
                    lambda: actions.change(
                        room=found, values=form.cleaned_data, by=request.person, at=request.now, version=seen
                    ),
                )
            except StaleVersion as stale:
                theirs = RoomForm(room=stale.record, departments=open_departments())
                return versions.conflict(request, stale, theirs=theirs)
            if done:
                return saved(request, reverse("meetings:rooms"), _("Saved."), topics=["rooms"])
            found = _find(request, pk)
    return _page(request, form, found)


@login_required
@require_POST
@once
def room_removal(request: PageRequest, pk: int) -> HttpResponse:
    """Take a room away."""
    found = _find(request, pk)
    actions.remove(room=found, by=request.person, at=request.now, version=read_version(request))
    return saved(request, reverse("meetings:rooms"), _("The room was removed."), topics=["rooms"])
