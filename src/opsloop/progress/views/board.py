"""The lead's board of a day."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from opsloop.boards.queries.moves import read_day
from opsloop.boards.queries.workload import people_of
from opsloop.organisation.models import Person
from opsloop.organisation.queries import working_calendar
from opsloop.organisation.roles import Permission
from opsloop.progress.queries import board as queries
from opsloop.progress.queries.rules import rules
from opsloop.progress.views.answers import tabs
from opsloop.records.refusals import Forbidden
from opsloop.web.http import PageRequest, read_id, render_page_or_partial

# More people at once are no board; a department is chosen first.
MOST_PEOPLE = 60


def check_can_lead(by: Person) -> None:
    """Raise Forbidden unless `by` plans the weeks of others."""
    if not by.may(Permission.PLAN_TEAM):
        raise Forbidden(_("Only who plans the weeks of others has a team here."))


@login_required
@require_GET
def board(request: PageRequest) -> HttpResponse:
    """Show who told the progress of a day, what they said and what holds them up (`?day=`, `?department=`)."""
    check_can_lead(request.person)
    today = timezone.localtime(request.now).date()
    day = min(read_day(request.GET.get("day")) or today, today)
    everybody = people_of(request.person, "all")
    departments = {one.department_id: one.department for one in everybody if one.department}
    wanted = read_id(request.GET.get("department"))
    if wanted is not None and wanted not in departments:
        raise Http404
    chosen = [one for one in everybody if wanted is None or one.department_id == wanted]
    calendar = working_calendar({day.year})
    found = queries.board(
        request.person, chosen[:MOST_PEOPLE], day, rules=rules(), calendar=calendar, now=request.now
    )
    context: dict[str, Any] = {
        "rail_name": "team",
        "tabs": tabs("board", request.person),
        "board": found,
        "day": day,
        "is_today": day == today,
        "before": calendar.previous_workday(day),
        "after": min(day + timedelta(days=1), today),
        "department": departments.get(wanted),
        "departments": sorted(departments.values(), key=lambda one: one.path),
        "is_cut": len(chosen) > MOST_PEOPLE,
    }
    return render_page_or_partial(request, "progress/board.html", "board", context)
