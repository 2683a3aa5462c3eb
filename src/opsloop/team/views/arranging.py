"""Sending everybody what their day holds, and reading what one was sent."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from opsloop.activity.submissions import once
from opsloop.inbox.arrangements import GRACE
from opsloop.inbox.models import Arrangement
from opsloop.team.actions import arranging
from opsloop.team.permissions import check_can_lead
from opsloop.team.queries import arrangements as queries
from opsloop.team.queries.people import led_by
from opsloop.team.views.tabs import tabs
from opsloop.web.http import PageRequest, add_toast, read_id, refresh, render_page_or_partial


@login_required
@require_http_methods(["GET", "POST"])
@once
def arrangements(request: PageRequest) -> HttpResponse:
    """Show what everybody's day holds before it is sent (GET), or send it (POST `person`, `note`)."""
    check_can_lead(request.person)
    day = timezone.localtime(request.now).date()
    if request.method == "POST":
        return _send(request)
    drafts = queries.drafts(request.person, led_by(request.person), day)
    drafts.sort(key=lambda one: (not one.can_be_sent, one.person.name))
    sent = [one.sent for one in drafts if one.sent]
    context: dict[str, Any] = {
        "rail_name": "team",
        "tabs": tabs("arrangements"),
        "day": day,
        "drafts": drafts,
        "open": sum(one.can_be_sent for one in drafts),
        "sent": len(sent),
    }
    return render_page_or_partial(request, "team/arrangements.html", "arrangements", context)


def _send(request: PageRequest) -> HttpResponse:
    people = {pk for one in request.POST.getlist("person") if (pk := read_id(one))}
    count, undo = arranging.send_day(
        day=timezone.localtime(request.now).date(), people=people, note=request.POST.get("note", ""),
        by=request.person, at=request.now,
    )  # fmt: skip
    if request.headers.get("HX-Request") != "true":
        return redirect("team:arrangements")
    minutes = int(GRACE.total_seconds() // 60)
    text = ngettext(
        "Sent to %(n)s person. It can be taken back for %(minutes)s minutes.",
        "Sent to %(n)s people. It can be taken back for %(minutes)s minutes.",
        count,
    ) % {"n": count, "minutes": minutes}
    undo_url = reverse("activity:undo", args=[undo.pk])
    return refresh(add_toast(HttpResponse(status=204), text, undo_url=undo_url), "arrangements")


@login_required
@require_GET
def arrangement(request: PageRequest, pk: int) -> HttpResponse:
    """Show what one was sent for a day."""
    rows = Arrangement.objects.visible_to(request.person).select_related("sent_by", "person")
    found = get_object_or_404(rows, pk=pk)
    context = {
        "rail_name": "inbox",
        "arrangement": found,
        "items": queries.items_of(found, request.person),
    }
    return render(request, "team/arrangement.html", context)
