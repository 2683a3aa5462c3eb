"""The lists of meetings: coming and past ones of one's own, drafts, those of departments; and Today's strip."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from opsloop.meetings import permissions
from opsloop.meetings.queries import lists as queries
from opsloop.organisation.roles import Permission
from opsloop.web.http import PageRequest, is_fragment, render_page_or_partial

PER_PAGE = 30
# Meetings that the strip of Today names.
ON_TODAY = 4


@login_required
@require_GET
def meetings(request: PageRequest) -> HttpResponse:
    """Show a list of meetings: `box` is what is coming, past, a draft, or all that one oversees."""
    person = request.person
    numbers = queries.box_counts(person, at=request.now)
    boxes = {"coming", "past", "drafts", *(["all"] if person.may(Permission.MEETING_VIEW) else [])}
    box = request.GET.get("box", "")
    box = box if box in boxes else "coming"
    wanted = request.GET.get("q", "").replace("\0", "")[:100]
    page = Paginator(queries.listed(person, box, wanted, at=request.now), PER_PAGE).get_page(
        request.GET.get("page")
    )
    context = {
        "rail_name": "meetings",
        "box": box,
        "q": wanted,
        "page": page,
        "lines": queries.lines(person, list(page.object_list)),
        "tabs": [
            {
                "label": label,
                "url": f"{reverse('meetings:meetings')}?box={name}",
                "current": name == box,
                "count": numbers.get(name) or None,
            }
            for name, label in queries.BOXES.items()
            if name in boxes
        ],
        "may_call": permissions.can(permissions.check_may_call, person),
        "may_manage": permissions.can(permissions.check_can_manage_rooms, person),
        "may_set": permissions.can(permissions.check_can_set_rules, person),
    }
    return render_page_or_partial(request, "meetings/meetings.html", "rows", context)


@login_required
@require_GET
def strip(request: PageRequest) -> HttpResponse:
    """Show, on Today, the meetings of the day that are still to come; nothing where there are none."""
    if not is_fragment(request):
        return redirect("meetings:meetings")
    found = queries.today(request.person, at=request.now, most=ON_TODAY + 1)
    context = {"seats": found[:ON_TODAY], "more": len(found) > ON_TODAY}
    return render(request, "meetings/strip.html", context)
