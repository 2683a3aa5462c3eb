"""A meeting as those in it see it: when and where, who comes, its agenda, and one's own answer."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET

from opsloop.meetings import permissions
from opsloop.meetings.models import Meeting
from opsloop.meetings.queries import meetings as queries
from opsloop.meetings.views.finding import crumbs, find
from opsloop.web.http import PageRequest, render_page_or_partial


@login_required
@require_GET
def meeting(request: PageRequest, pk: int) -> HttpResponse:
    """Show a meeting; a draft opens in its editor."""
    found = find(request, pk)
    if found.is_draft:
        return redirect("meetings:edit", pk)
    return render_page_or_partial(request, "meetings/meeting.html", "meeting", page_of(request, found))


def page_of(request: PageRequest, found: Meeting) -> dict[str, Any]:
    """Return what the page of a meeting shows. Five queries."""
    person = request.person
    seats = queries.seats(found)
    own = next((one for one in seats if one.person_id == person.pk), None)
    return {
        "rail_name": "meetings",
        "crumbs": crumbs(),
        "meeting": found,
        "seats": seats,
        "tables": queries.by_role(seats),
        "counts": queries.answered(seats),
        "own": own,
        "agenda": list(found.agenda.select_related("owner")),
        "preparations": list(found.preparations.select_related("owner")),
        "leads": permissions.leads(found, person),
        "may_answer": permissions.can(permissions.check_can_answer, found, own),
        "may_change": permissions.can(permissions.check_can_change, found, person),
    }
