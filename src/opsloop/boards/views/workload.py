"""The workload: people by days or weeks, and what fills one cell."""

from __future__ import annotations

from datetime import date

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from opsloop.boards.queries import workload as queries
from opsloop.boards.queries.workload import KEEP
from opsloop.boards.views.opening import usual_address
from opsloop.engines.filters.dates import is_date
from opsloop.web.http import PageRequest, render_page_or_partial
from opsloop.work.queries.lists import ListState

LONGEST_SPAN = 31


@login_required
@require_GET
def workload(request: PageRequest) -> HttpResponse:
    """Show the open work of people against their working time."""
    usual = usual_address(request, "workload")
    if usual:
        return redirect(usual)
    state = ListState.read(request.GET, keep=KEEP)
    asked = request.GET.get("span", "")
    span = asked if asked in queries.SPANS else ""
    day = request.GET.get("day", "")
    shown = queries.workload(request.person, state, day=day, span=span, now=request.now)

    def at(span: str, day: str) -> str:
        return state.address(extras=tuple(pair for pair in (("span", span), ("day", day)) if pair[1]))

    context = {
        "rail_name": "tasks",
        "state": state,
        "workload": shown,
        "before": at(span, shown.before),
        "after": at(span, shown.after),
        "today": at(span, ""),
        "days_address": at("", day),
        "month_address": at("month", day),
        "weeks_address": at("weeks", day),
        "query": state.address(extras=()),
    }
    return render_page_or_partial(request, "boards/workload.html", "rows", context)


@login_required
@require_GET
def cell(request: PageRequest, pk: int, first: str, last: str) -> HttpResponse:
    """Show the tasks that fill a cell."""
    state = ListState.read(request.GET)
    who = next((one for one in queries.people_of(request.person, "all") if one.pk == pk), None)
    if who is None or not (is_date(first) and is_date(last)):
        raise Http404
    since, until = date.fromisoformat(first), date.fromisoformat(last)
    if not 0 <= (until - since).days <= LONGEST_SPAN:
        raise Http404
    shares, available = queries.shares(request.person, state, who, first=since, last=until, now=request.now)
    context = {
        "rail_name": "tasks", "who": who, "first": since, "last": until, "shares": shares, "available": available,
        "planned": sum(share.minutes for share in shares),
        "crumbs": [(_("Workload"), reverse("boards:workload"))],
    }  # fmt: skip
    return render(request, "boards/workload_cell.html", context)
