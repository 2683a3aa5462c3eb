"""Priorities: the ranking table and the board of four quadrants."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from opsloop.activity.registry import planned_tasks
from opsloop.engines.workcalendar import WorkCalendar
from opsloop.organisation.models import Person
from opsloop.organisation.queries import blocks_for, working_calendar
from opsloop.records.refusals import Refused
from opsloop.web import versions
from opsloop.web.http import PageRequest, add_toast, read_id, refresh, render_page_or_partial
from opsloop.work import priorities
from opsloop.work.actions import tasks as actions
from opsloop.work.models import Task
from opsloop.work.queries import ranking
from opsloop.work.queries import tasks as queries
from opsloop.work.queries.lists import ListState
from opsloop.work.views.answers import may_create, topics, undo_url
from opsloop.work.views.triage import default_reason

# What the address of the board holds besides the view of the tasks.
OWN = ("for",)


def _context(request: PageRequest, state: ListState) -> dict[str, Any]:
    return {
        "rail_name": "tasks",
        "state": state,
        "most": ranking.MOST,
        "may_create": may_create(request.person),
    }


def _shown(request: PageRequest, least: int) -> int:
    """Return how many cards of a column, or rows, the address asks for."""
    return max(least, min(read_id(request.GET.get("shown")) or 0, ranking.MOST))


def _showing(state: ListState, shown: int) -> str:
    """Return the query string of a view that shows so many."""
    return f"{state.address()}&shown={shown}"


@login_required
@require_GET
def ranking_table(request: PageRequest) -> HttpResponse:
    """Show the ranking table: relevance, urgency, estimate, rank and what to do with each task."""
    return _ranking(request)


def _ranking(request: PageRequest, *, fragment: bool = False) -> HttpResponse:
    state = ListState.read(request.GET)
    shown = _shown(request, ranking.ROWS)
    view = _showing(state, shown) if shown > ranking.ROWS else state.address()
    found = ranking.ranking(request.person, state, now=timezone.localtime(request.now), shown=shown)
    context = _context(request, state) | {
        "ranking": found,
        "more": _showing(state, shown + ranking.MORE),
        "here": f"{reverse('work:ranking')}{view}",
        "view": view.removeprefix("?"),
        "urgencies": Task.Urgency.choices,
        "relevances": range(1, 6),
    }
    if fragment:
        return render(request, "work/ranking.html#rows", context)
    return render_page_or_partial(request, "work/ranking.html", "rows", context)


@login_required
@require_POST
def priority(request: PageRequest, pk: int) -> HttpResponse:
    """Set relevance or urgency of a row of the ranking table and show the table in its new order."""
    found = get_object_or_404(queries.changeable(request.person), pk=pk)
    seen = versions.read_version(request)
    values = _weighed(request)
    undo = actions.change(task=found, values=values, by=request.person, at=request.now, version=seen)
    if request.headers.get("HX-Request") != "true":
        return _ranking(request)
    response = _ranking(request, fragment=True)
    if undo:
        text = _("“%(title)s” was saved.") % {"title": found.title}
        add_toast(response, text, undo_url=undo_url(undo))
    return refresh(response, *(topic for topic in topics(found) if topic != "tasks"))


def _weighed(request: PageRequest) -> dict[str, Any]:
    """Read the one value that is set."""
    relevance, urgency = request.POST.get("importance"), request.POST.get("urgency")
    if relevance is not None and relevance in {"1", "2", "3", "4", "5"}:
        return {"importance": int(relevance)}
    if urgency in Task.Urgency.values:
        return {"urgency": urgency}
    raise Refused(_("Choose a goal relevance from 1 to 5, or an urgency."))


@login_required
@require_GET
def rank_reasons(request: PageRequest, pk: int) -> HttpResponse:
    """Explain the rank of a task: the parts of its score, and why it stands in its quadrant."""
    found = get_object_or_404(queries.visible(request.person), pk=pk)
    now = timezone.localtime(request.now)
    placed = priorities.assess(found, now=now)
    context = {
        "task": found,
        "reasons": priorities.reasons(found, placed),
        "score": priorities.score_reasons(found, placed),
        "quadrant": priorities.QUADRANT_NAMES[placed.quadrant],
        "rail_name": "tasks",
    }
    return render(request, "work/rank_reasons.html", context)


@login_required
@require_GET
def quadrants(request: PageRequest) -> HttpResponse:
    """Show the open tasks on the board of four quadrants; `?for=tomorrow` those of the next working day."""
    state = ListState.read(request.GET, keep=OWN)
    is_tomorrow = ("for", "tomorrow") in state.extras
    now = timezone.localtime(request.now)
    shown = _shown(request, ranking.CARDS)
    calendar = _calendar(now) if is_tomorrow else None
    day = calendar.next_workday(now.date()) if calendar else None
    on = ranking.due_on(day, planned_tasks(request.person, day)) if day else None
    context = _context(request, state) | {
        "board": ranking.board(request.person, state, now=now, shown=shown, on=on),
        "more": _showing(state, shown + ranking.MORE),
        "day": day,
        "other_day": state.address(extras=() if is_tomorrow else (("for", "tomorrow"),)),
        "available": (
            _available(request.person, day, calendar) if day and calendar and state.scope == "mine" else 0
        ),
        "quadrants": Task.Quadrant.choices,
        "default_reason": default_reason(),
        "reasons": [
            _("The deadline can be moved."),
            _("Somebody else waits for it."),
            _("It decides about the goal of this quarter."),
            _("Others can do it as well."),
        ],
        "words": card_words(),
    }
    return render_page_or_partial(request, "work/quadrants.html", "rows", context)


def _calendar(now: datetime) -> WorkCalendar:
    """Return the working calendar of today and the next days."""
    today = now.date()
    return working_calendar({today.year, (today + timedelta(days=14)).year})


def _available(person: Person, day: date, calendar: WorkCalendar) -> int:
    """Return the working minutes of a person's day."""
    blocks = blocks_for(person, [day], calendar=calendar)
    return sum(
        round((block.end - block.start) / timedelta(minutes=1)) for block in blocks if block.kind.workable
    )


def card_words() -> dict[str, str]:
    """Return the words that every card repeats, looked up once."""
    return {
        "move": _("Move"),
        "move_task": _("Move “%(title)s” to another quadrant"),
        "select": _("Select “%(title)s”"),
        "repeats": _("Repeats"),
        "deferred": _("Put off until %(day)s"),
        "back": _("Was put off until %(day)s and is back"),
        "suggested": _("Suggested: %(quadrant)s"),
        "blocked": _("Blocked"),
    }
