"""What meetings take of people's time: the month by person, department and organiser, and the meetings behind it."""

from __future__ import annotations

import re
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from opsloop.meetings.queries import load as queries
from opsloop.meetings.views.finding import crumbs
from opsloop.organisation.models import Person
from opsloop.web.http import PageRequest, render_page_or_partial

_MONTH = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])")


def _month(request: PageRequest, zone: ZoneInfo) -> date:
    """Return the first day of the month that the address names; this month without one, or with a mangled one."""
    named = _MONTH.fullmatch(request.GET.get("month", ""))
    if named:
        return date(int(named[1]), int(named[2]), 1)
    return request.now.astimezone(zone).date().replace(day=1)


@login_required
@require_GET
def load(request: PageRequest) -> HttpResponse:
    """Show the meeting load of a month: one's own, and that of the people one leads."""
    zone = ZoneInfo(request.person.time_zone)
    first = _month(request, zone)
    found = queries.month_of(request.person, first, zone)
    own = next((one for one in found.people if one.person.pk == request.person.pk), None)
    context = {
        "rail_name": "meetings",
        "crumbs": crumbs(),
        "month": first,
        "before": f"{first - timedelta(days=1):%Y-%m}",
        "after": f"{first + timedelta(days=32):%Y-%m}",
        "found": found,
        "own": own,
        "is_alone": len(found.people) == 1,
    }
    return render_page_or_partial(request, "meetings/load.html", "load", context)


def _person(request: PageRequest, pk: int) -> Person:
    """Return somebody whose load one may see; 404 otherwise."""
    found = next((one for one in queries.overseen(request.person) if one.pk == pk), None)
    if found is None:
        raise Http404
    return found


@login_required
@require_GET
def person_load(request: PageRequest, pk: int) -> HttpResponse:
    """Show the meetings behind the numbers of one person."""
    zone = ZoneInfo(request.person.time_zone)
    first, person = _month(request, zone), _person(request, pk)
    context = {
        "rail_name": "meetings",
        "crumbs": crumbs((_("Meeting load"), _back(first))),
        "month": first,
        "person": person,
        "found": queries.rows_of(request.person, person, first, zone),
    }
    return render(request, "meetings/load_person.html", context)


@login_required
@require_GET
def organiser_load(request: PageRequest, pk: int) -> HttpResponse:
    """Show what the meetings of one organiser cost, the dearest first."""
    zone = ZoneInfo(request.person.time_zone)
    first, person = _month(request, zone), _person(request, pk)
    context = {
        "rail_name": "meetings",
        "crumbs": crumbs((_("Meeting load"), _back(first))),
        "month": first,
        "person": person,
        "rows": queries.led_by(request.person, person, first, zone),
    }
    return render(request, "meetings/load_organiser.html", context)


def _back(first: date) -> str:
    return f"{reverse('meetings:load')}?month={first:%Y-%m}"
