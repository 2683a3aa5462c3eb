"""Entering, changing and removing one's own appointments; each page opens in the drawer too."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from opsloop.activity.submissions import once
from opsloop.calendars.actions import appointments as actions
from opsloop.calendars.forms import AppointmentForm
from opsloop.calendars.models import Appointment
from opsloop.calendars.queries import occurrences, origin_url
from opsloop.calendars.queries import zone_of as zone_of_row
from opsloop.engines.filters.dates import is_date
from opsloop.organisation.queries.blocks import zone_of
from opsloop.organisation.views.answers import attempt, conflict
from opsloop.records.dates import is_plausible
from opsloop.records.refusals import Refused, StaleVersion
from opsloop.web import versions
from opsloop.web.http import PageRequest, safe_next, saved

TOPICS = ("appointments",)
# Occurrences that can be left out from the page of the appointment; for later ones its day is opened in the week.
SHOWN_DAYS = 6


def _home(request: PageRequest) -> str:
    return safe_next(request, reverse("calendars:mine"))


@login_required
@require_http_methods(["GET", "POST"])
@once
def new(request: PageRequest) -> HttpResponse:
    """Enter an appointment; the address may say from when (`at=`, a moment) to begin with."""
    form = AppointmentForm(request.POST or None, by=request.person, initial=_initial(request))
    if request.method == "POST" and form.is_valid():
        made = attempt(form, lambda: actions.add(**form.values, by=request.person, at=request.now))
        if made:
            _row, undo = made
            url = reverse("activity:undo", args=[undo.pk])
            said = _("The appointment was entered.")
            return saved(request, _home(request), said, topics=TOPICS, undo_url=url)
    context = {"rail_name": "settings", "form": form}
    return render(request, "calendars/appointment_new.html", context, status=422 if form.errors else 200)


def _initial(request: PageRequest) -> dict[str, Any]:
    zone = zone_of(request.person)
    begins = _asked(request) or request.now.replace(minute=0) + timedelta(hours=1)
    begins = begins.astimezone(zone)
    return {
        "first_day": begins.date(),
        "start": begins.time().replace(second=0, microsecond=0),
        "end": (begins + timedelta(hours=1)).time().replace(second=0, microsecond=0),
    }


def _asked(request: PageRequest) -> datetime | None:
    try:
        asked = parse_datetime(request.GET.get("at", "")[:40])
    except ValueError:
        return None
    if asked is None or not is_plausible(asked):
        return None
    return asked if asked.tzinfo else asked.replace(tzinfo=zone_of(request.person))


@login_required
@require_http_methods(["GET", "POST"])
@once
def edit(request: PageRequest, pk: int) -> HttpResponse:
    """Show an appointment; its own person changes it."""
    by = request.person
    row = get_object_or_404(Appointment.objects.visible_to(by).select_related("person"), pk=pk)
    if row.origin_kind and request.method == "GET" and (url := origin_url(row.origin_kind, row.origin_id)):
        return redirect(url)
    if row.person_id != by.pk and request.method == "GET":
        return render(request, "calendars/appointment.html", {"rail_name": "plan", "appointment": row})
    actions.check_is_own(row, by)
    form = AppointmentForm(request.POST or None, by=by, appointment=row)
    if request.method == "POST":
        seen = versions.read_version(request)
        if form.is_valid():
            try:
                undo = attempt(
                    form,
                    lambda: actions.change(
                        appointment=row, values=form.values, by=by, at=request.now, version=seen
                    ),
                )
            except StaleVersion as stale:
                theirs = AppointmentForm(by=by, appointment=stale.record)
                return conflict(request, stale, theirs=theirs, subject_kind="appointment")
            if undo:
                url = reverse("activity:undo", args=[undo.pk]) if undo is not True else ""
                return saved(request, _home(request), _("Saved."), topics=TOPICS, undo_url=url)
    context = {
        "rail_name": "settings",
        "form": form,
        "appointment": row,
        "occurrences": _single_days(request, row),
        # Whoever comes from a day of the week means that day first.
        "from_day": is_date(request.GET.get("day", "")),
    }
    return render(request, "calendars/appointment_edit.html", context, status=422 if form.errors else 200)


def _single_days(request: PageRequest, row: Appointment) -> list[dict[str, Any]]:
    """Return the next occurrences of what repeats, or those from `?day=` on, to leave single ones out."""
    if not row.rule:
        return []
    asked, zone = request.GET.get("day", ""), zone_of_row(row)
    since = request.now
    if is_date(asked):
        since = datetime.combine(date.fromisoformat(asked), time(), tzinfo=zone)
    found = occurrences(row, since, most=SHOWN_DAYS)
    return [{"starts": span[0], "day": span[0].date(), "is_skipped": skipped} for span, skipped in found]


@login_required
@require_POST
@once
def skips(request: PageRequest, pk: int) -> HttpResponse:
    """Leave one occurrence out (`day`, on which it begins), or take it in again (with `back`)."""
    row = get_object_or_404(Appointment.objects.visible_to(request.person).select_related("person"), pk=pk)
    seen = versions.read_version(request)
    sent = request.POST.get("day", "")
    if not is_date(sent):
        raise Refused(_("Choose a day on which it takes place."), field="day")
    day = date.fromisoformat(sent)
    is_back = bool(request.POST.get("back"))
    verb = actions.bring_back if is_back else actions.skip
    undo = verb(appointment=row, day=day, by=request.person, at=request.now, version=seen)
    text = _("Takes place on %(day)s again.") if is_back else _("Left out on %(day)s.")
    url = reverse("activity:undo", args=[undo.pk]) if undo else ""
    return saved(request, _home(request), text % {"day": f"{day:%Y-%m-%d}"}, topics=TOPICS, undo_url=url)


@login_required
@require_POST
@once
def removal(request: PageRequest, pk: int) -> HttpResponse:
    """Take an appointment away."""
    row = get_object_or_404(Appointment.objects.visible_to(request.person), pk=pk)
    seen = versions.read_version(request)
    undo = actions.remove(appointment=row, by=request.person, at=request.now, version=seen)
    url = reverse("activity:undo", args=[undo.pk])
    return saved(request, _home(request), _("The appointment was removed."), topics=TOPICS, undo_url=url)
