"""“My calendars”: own appointments, calendars of other systems, the link of one's feed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from opsloop.activity.submissions import once
from opsloop.calendars import queries
from opsloop.calendars.actions import feeds
from opsloop.calendars.actions import outside as actions
from opsloop.calendars.forms import OutsideCalendarForm
from opsloop.calendars.models import FeedLink, OutsideCalendar
from opsloop.calendars.words import ERRORS
from opsloop.organisation.views.answers import attempt, conflict
from opsloop.records.refusals import StaleVersion
from opsloop.web import versions
from opsloop.web.http import PageRequest, hx_redirect, saved

TOPICS = ("outside_calendars", "appointments")
# How far ahead the page shows own appointments, and how many of them.
SHOWN_AHEAD = timedelta(days=60)
MOST_SHOWN = 40


@login_required
@require_GET
def mine(request: PageRequest) -> HttpResponse:
    """Show one's calendars; what is older than half an hour is fetched anew meanwhile."""
    by = request.person
    actions.refresh_if_due(by=by, at=request.now)
    # What repeats is shown once, at its next time.
    coming = {
        row.pk: (row, span) for row, span in reversed(queries.own(by, request.now, request.now + SHOWN_AHEAD))
    }
    rows = sorted(coming.values(), key=lambda pair: pair[1])
    context = {
        "rail_name": "settings",
        "appointments": [{"row": row, "starts": span[0], "ends": span[1]} for row, span in rows[:MOST_SHOWN]],
        "calendars": [_shown(row) for row in queries.subscriptions(by)],
        "link": FeedLink.objects.visible_to(by).first(),
    }
    return render(request, "calendars/mine.html", context)


def _shown(row: OutsideCalendar) -> dict[str, Any]:
    return {"row": row, "error": ERRORS.get(row.error, "")}


def _home() -> str:
    return reverse("calendars:mine")


@login_required
@require_http_methods(["GET", "POST"])
@once
def subscribe(request: PageRequest) -> HttpResponse:
    """Subscribe to a calendar by its address."""
    initial = {"takes_time": True, "colour": OutsideCalendar.Colour.CYAN}
    form = OutsideCalendarForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        done = attempt(
            form, lambda: actions.subscribe(**form.cleaned_data, by=request.person, at=request.now)
        )
        if done:
            return saved(request, _home(), _("Subscribed. The calendar is being fetched."), topics=TOPICS)
    context = {"rail_name": "settings", "form": form}
    return render(request, "calendars/subscribe.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
@once
def subscription(request: PageRequest, pk: int) -> HttpResponse:
    """Change a subscription."""
    by = request.person
    row = get_object_or_404(OutsideCalendar.objects.visible_to(by), pk=pk)
    form = OutsideCalendarForm(request.POST or None, initial=_values(row))
    if request.method == "POST":
        seen = versions.read_version(request)
        if form.is_valid():
            try:
                done = attempt(
                    form,
                    lambda: actions.change(
                        calendar=row, values=form.cleaned_data, by=by, at=request.now, version=seen
                    ),
                )
            except StaleVersion as stale:
                theirs = OutsideCalendarForm(initial=_values(stale.record))
                return conflict(request, stale, theirs=theirs, subject_kind="outside_calendar")
            if done:
                return saved(request, _home(), _("Saved."), topics=TOPICS)
    context = {"rail_name": "settings", "form": form, "calendar": row}
    return render(request, "calendars/subscription.html", context, status=422 if form.errors else 200)


def _values(row: OutsideCalendar) -> dict[str, Any]:
    return {
        name: getattr(row, name) for name in ("url", "name", "colour", "takes_time", "all_day_takes_time")
    }


@login_required
@require_POST
@once
def unsubscription(request: PageRequest, pk: int) -> HttpResponse:
    """End a subscription."""
    row = get_object_or_404(OutsideCalendar.objects.visible_to(request.person), pk=pk)
    seen = versions.read_version(request)
    actions.unsubscribe(calendar=row, by=request.person, at=request.now, version=seen)
    return saved(request, _home(), _("The subscription has ended."), topics=TOPICS)


@login_required
@require_POST
def refreshing(request: PageRequest) -> HttpResponse:
    """Fetch all one's calendars now."""
    actions.start_refresh(by=request.person, at=request.now, all_of_them=True)
    return saved(request, _home(), _("The calendars are being fetched."), topics=TOPICS)


@login_required
@require_POST
def feed_link(request: PageRequest) -> HttpResponse:
    """Make the link of one's feed, or make it anew; it is shown on this page and never again."""
    token = feeds.make_link(by=request.person, at=request.now)
    address = request.build_absolute_uri(reverse("desk:feed", args=[token]))
    context = {
        "rail_name": "settings",
        "address": address,
        "subscribing": address.replace("https:", "webcal:", 1).replace("http:", "webcal:", 1),
    }
    return render(request, "calendars/feed_link.html", context)


@login_required
@require_POST
def feed_revocation(request: PageRequest) -> HttpResponse:
    """Revoke the link of one's feed."""
    feeds.revoke_link(by=request.person, at=request.now)
    return hx_redirect(request, _home())
