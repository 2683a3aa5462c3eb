"""Dashboards that come by themselves: one's subscriptions, and the form of one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import time
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.auth.decorators import login_required
from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from opsloop.activity.submissions import once
from opsloop.background.timers import calendar_around
from opsloop.channels.models import Channel
from opsloop.channels.words import ERRORS
from opsloop.dashboards.actions import subscriptions as actions
from opsloop.dashboards.forms import SubscriptionForm, rhythm_of, rhythms, ways
from opsloop.dashboards.models import Issue, Subscription
from opsloop.dashboards.queries.looks import seen_departments
from opsloop.dashboards.views.looking import asked
from opsloop.engines.timers import following
from opsloop.organisation.roles import Permission
from opsloop.web import versions
from opsloop.web.http import PageRequest, add_toast, hx_refresh, render_page_or_partial, saved

SHOWN_ISSUES = 3


@login_required
@require_GET
def subscriptions(request: PageRequest) -> HttpResponse:
    """Show what one subscribed to, when it comes next, and what became of the last ones."""
    rows = Subscription.objects.visible_to(request.person).select_related("department", "channel", "person")
    newest = Prefetch("issues", Issue.objects.select_related("letter").order_by("-moment"))
    found = list(rows.prefetch_related(newest).order_by("pk"))
    has_ways = ways(request.person).exists()
    context = {
        "rail_name": "dashboard",
        "rows": [_row(one, request) for one in found],
        "has_ways": has_ways,
        "may_add_ways": request.person.may(Permission.SETTINGS_MANAGE),
        "has_address": bool(request.person.email),
        "crumbs": [(_("Dashboard"), reverse("dashboards:dashboard"))],
    }
    return render_page_or_partial(request, "dashboards/subscriptions.html", "subscriptions", context)


def _row(one: Subscription, request: PageRequest) -> dict[str, Any]:
    zone = ZoneInfo(one.person.time_zone)
    coming = None
    if not one.is_paused:
        calendar = calendar_around([request.now.date()])
        coming = following(one.rule(), request.now, calendar=calendar, zone=zone)
    return {
        "it": one,
        "rhythm": dict(rhythms()).get(rhythm_of(one), ""),
        "next": coming,
        "issues": [
            (issue, ERRORS.get(issue.letter.error, "")) for issue in list(one.issues.all())[:SHOWN_ISSUES]
        ],
    }


@login_required
@require_http_methods(["GET", "POST"])
@once
def new(request: PageRequest) -> HttpResponse:
    """Subscribe to the dashboard that the address looks at."""
    look = asked(request).look
    initial = {
        "scope": look.scope, "department": look.department.pk if look.department else None,
        "step": look.stretch.step, "when": "w0" if look.stretch.step == "week" else "m1", "at_time": time(9),
        "on_day_off": Subscription.OnDayOff.NEXT,
    }  # fmt: skip
    form = _form(request, initial)
    if request.method == "POST" and form.is_valid():
        actions.subscribe(values=form.cleaned_data, by=request.person, at=request.now)
        return saved(request, reverse("dashboards:subscriptions"), _("Subscribed."), topics=["subscriptions"])
    context = {
        "rail_name": "dashboard", "form": form, "subscription": None, "has_ways": ways(request.person).exists(),
        "may_add_ways": request.person.may(Permission.SETTINGS_MANAGE), "has_address": bool(request.person.email),
    }  # fmt: skip
    return render(request, "dashboards/subscription.html", context, status=422 if form.errors else 200)


def _form(request: PageRequest, initial: dict[str, Any]) -> SubscriptionForm:
    departments: Sequence[Any] = seen_departments(request.person)
    sent = request.POST if request.method == "POST" else None
    return SubscriptionForm(sent, person=request.person, departments=departments, initial=initial)


def _own(request: PageRequest, pk: int) -> Subscription:
    rows = Subscription.objects.visible_to(request.person).select_related("channel", "department", "person")
    found: Subscription = get_object_or_404(rows, pk=pk)
    return found


@login_required
@require_http_methods(["GET", "POST"])
@once
def edit(request: PageRequest, pk: int) -> HttpResponse:
    """Change a subscription."""
    one = _own(request, pk)
    form = _form(request, _initial(one))
    if request.method == "POST":
        seen = versions.read_version(request)
        if form.is_valid():
            actions.change(
                subscription=one, values=form.cleaned_data, by=request.person, at=request.now, version=seen
            )
            to = reverse("dashboards:subscriptions")
            return saved(request, to, _("Saved."), topics=["subscriptions"])
    context = {
        "rail_name": "dashboard", "form": form, "subscription": one, "has_ways": True, "may_add_ways": False,
        "has_address": True,
    }  # fmt: skip
    return render(request, "dashboards/subscription.html", context, status=422 if form.errors else 200)


def _initial(one: Subscription) -> dict[str, Any]:
    names = ("scope", "step", "at_time", "on_day_off")
    return {
        **{name: getattr(one, name) for name in names},
        "when": rhythm_of(one), "department": one.department_id, "channel": one.channel_id,
    }  # fmt: skip


@login_required
@require_POST
@once
def pause(request: PageRequest, pk: int) -> HttpResponse:
    """Let nothing come for the time being."""
    return _moved(request, pk, Subscription.State.PAUSED, _("Paused. It comes again when you say so."))


@login_required
@require_POST
@once
def resumption(request: PageRequest, pk: int) -> HttpResponse:
    """Let it come again."""
    return _moved(request, pk, Subscription.State.ACTIVE, _("It comes again."))


@login_required
@require_POST
@once
def removal(request: PageRequest, pk: int) -> HttpResponse:
    """Unsubscribe."""
    return _moved(request, pk, Subscription.State.ENDED, _("Unsubscribed. Nothing comes any more."))


def _moved(request: PageRequest, pk: int, to: str, text: str) -> HttpResponse:
    one = _own(request, pk)
    version = versions.read_version(request)
    actions.move(subscription=one, to=to, by=request.person, at=request.now, version=version)
    return add_toast(hx_refresh(request, reverse("dashboards:subscriptions")), text)


@login_required
@require_POST
@once
def sending(request: PageRequest, pk: int) -> HttpResponse:
    """Send a dashboard at once."""
    one = _own(request, pk)
    actions.send_now(subscription=one, by=request.person, at=request.now)
    text = _("It is on its way to %(name)s.") % {"name": _way(one.channel, request.person.email)}
    return add_toast(hx_refresh(request, reverse("dashboards:subscriptions")), text)


def _way(channel: Channel, email: str) -> str:
    return email if channel.is_mail else channel.name
